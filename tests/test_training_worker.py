"""The worker: what it writes, how it ends, and the small rooms it is made of."""

import base64
import errno
import io
import json
import math
import os
import signal
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from cnnviz import costs, notation
from cnnviz.training import (
    callbacks,
    checkpoints,
    classify,
    data,
    device,
    evaluation,
    failures,
    fitting,
    heads,
    settings,
    worker,
)
from cnnviz.training.folder import LOG, METRICS, MODEL, STEPS, Run
from cnnviz.training.schedule import Schedule
from tests.training_runs import NET, lines, make


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of three epochs, with what was said."""
    run = make(tmp_path_factory.mktemp("finished") / "run", learning_rate=0.02)
    said = []
    assert worker.run(run, said.append) == 0
    return run, said


# --- what it writes


def test_metric_lines(finished):
    run, said = finished
    metrics = lines(run.path / METRICS)
    assert [line["epoch"] for line in metrics] == [1, 2, 3]
    assert metrics[-1]["loss"] < metrics[0]["loss"]
    for line in metrics:
        assert {"loss", "accuracy", "val_loss", "val_accuracy"} < set(line)
        assert all(math.isfinite(line[name]) for name in ("loss", "val_loss", "seconds", "images_per_second"))
        assert set(line["gradient_norms"]) == {"conv1", "bn1", "dense1", "dense2"}
        assert all(norm > 0 for norm in line["gradient_norms"].values())
        assert line["peak_memory"] > 0
    macs = costs.total(costs.node_costs(notation.load(NET).graph)).macs
    assert metrics[0]["flops_per_second"] == pytest.approx(6 * macs * metrics[0]["images_per_second"], rel=1e-4)
    assert sum(line.startswith("epoch ") for line in said) == 3
    assert said[-1] == "finished"


def test_state_environment_and_steps(finished):
    run, _ = finished
    state, environment = run.state(), run.environment()
    assert (state.status, state.epoch, state.message) == ("finished", 3, "")
    assert state.seconds > 0
    assert environment["kind"] == "cpu"
    assert environment["backend"].startswith("TensorFlow 2")
    assert environment["parameters"] == keras.models.load_model(run.path / MODEL).count_params()
    assert environment["classes"] == list("0123456789")
    for row in lines(run.path / STEPS):
        assert 0 < row["step"] <= row["steps"] == 12


def test_the_model_is_plain_and_is_the_one_that_was_measured(finished):
    run, _ = finished
    model = keras.models.load_model(run.path / MODEL, compile=False)
    asked = run.config().settings
    pictures = data.load(asked, Path())
    made = fitting.make(notation.load(NET).graph, pictures, asked)
    outputs = np.concatenate([model.predict_on_batch(made.validation[i][0]) for i in range(len(made.validation))])
    right = (outputs.argmax(axis=1) == pictures.y_val).mean()
    assert right == pytest.approx(run.metrics()[-1]["val_accuracy"], abs=1e-6)
    results = run.results()
    assert results["accuracy"] == pytest.approx(right)
    assert np.trace(results["confusion"]) == round(right * len(pictures.y_val))
    assert np.sum(results["confusion"]) == len(pictures.y_val) == results["val_pictures"]


def test_mistakes_are_the_most_confident_ones(finished):
    run, _ = finished
    found = run.results()["mistakes"]
    assert found
    assert all(one["true"] != one["predicted"] for one in found)
    assert [one["confidence"] for one in found] == sorted((one["confidence"] for one in found), reverse=True)
    picture = Image.open(io.BytesIO(base64.b64decode(found[0]["picture"])))
    kept = data.load(run.config().settings, Path()).x_val[found[0]["index"]]
    np.testing.assert_array_equal(np.asarray(picture), kept[..., 0])


def test_classify_says_what_the_model_says(finished, tmp_path):
    run, _ = finished
    picture = data.load(run.config().settings, Path()).x_val[5]
    Image.fromarray(picture[..., 0]).save(tmp_path / "digit.png")
    found = classify.classify(run, (tmp_path / "digit.png").read_bytes())
    prepared = (picture[None].astype(np.float32) - run.environment()["prepare"]["mean"]) / np.float32(
        run.environment()["prepare"]["std"]
    )
    shares = keras.models.load_model(run.path / MODEL).predict_on_batch(prepared)[0]
    assert found["classes"][0] == [str(shares.argmax()), pytest.approx(float(shares.max()), abs=1e-4)]
    assert sum(share for _, share in found["classes"]) == pytest.approx(1, abs=1e-3)


def test_classify_refuses_what_it_cannot_use(finished, tmp_path):
    run, _ = finished
    (tmp_path / "text").write_text("no picture", encoding="utf-8")
    assert classify.main([str(run.path), str(tmp_path / "text")]) == 2
    assert classify.main([str(tmp_path), str(tmp_path / "text")]) == 2
    assert classify.main([str(run.path), str(tmp_path / "nothing")]) == 2


# --- how it ends


@pytest.mark.parametrize("how", ["file", "SIGTERM"])
def test_stopped_within_an_epoch(tmp_path, how):
    run = make(tmp_path / "run", epochs=50)

    def stop(line):
        if line.startswith("epoch 2/"):
            run.ask_to_stop() if how == "file" else signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    assert worker.run(run, stop) == 0
    assert signal.getsignal(signal.SIGTERM) is before
    state = run.state()
    assert state.status == "stopped"
    assert "2 finished epochs are kept" in state.message
    assert not run.is_asked_to_stop()
    assert [line["epoch"] for line in lines(run.path / METRICS)] == [1, 2]
    assert (run.path / MODEL).exists() is (how == "file")  # told to end, a process does not dawdle
    if how == "file":
        assert run.results()["epoch"] == 2
        assert run.results()["accuracy"] == pytest.approx(run.metrics()[-1]["val_accuracy"], abs=1e-6)


def test_asked_to_stop_before_it_began(tmp_path):
    run = make(tmp_path / "run")
    run.ask_to_stop()
    assert worker.run(run, lambda line: None) == 0
    assert run.state().status == "stopped"
    assert "no epoch was finished" in run.state().message
    assert not (run.path / METRICS).exists()


def test_time_limit(tmp_path):
    run = make(tmp_path / "run", epochs=1000, time_limit=1)
    assert worker.run(run, lambda line: None) == 0
    assert run.state().status == "stopped"
    assert "time limit of 1 seconds" in run.state().message


def test_a_loss_that_is_no_number_ends_the_run_at_once(tmp_path):
    net = "input(8, 8, 1); flatten(); 6 * dense(64, relu); dense(10, linear)"
    run = make(tmp_path / "run", net, epochs=50, optimizer="sgd", learning_rate=10.0)
    said = []
    assert worker.run(run, said.append) == 1
    state = run.state()
    assert state.status == "failed"
    assert "the loss is not a number (NaN)" in state.message
    assert "Try a learning rate of 1 in place of 10, or a warm-up" in state.message
    assert len(said) < 10
    for line in run.metrics():
        assert "NaN" not in json.dumps(line)


def test_disk_full_while_a_checkpoint_is_written(tmp_path, monkeypatch):
    run = make(tmp_path / "run")
    plain = checkpoints._sync

    def full(path):
        if run.metrics():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        plain(path)

    monkeypatch.setattr(checkpoints, "_sync", full)
    assert worker.run(run, lambda line: None) == 1
    assert "the disk is full" in run.state().message
    assert not list(run.path.rglob(".making*"))
    monkeypatch.undo()
    assert worker.run(run, lambda line: None) == 0
    assert [line["epoch"] for line in lines(run.path / METRICS)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("net", "given", "words"),
    [
        ("input(8, 8, 1); flatten(); dense(10, relu)", {}, "its last activation is relu"),
        ("input(8, 8, 1); flatten(); dense(10, softmax); nonsense()", {}, "there is no block"),
        ("input(8, 8, 1); flatten(); dense(10, softmax)", {"data": "cifar10"}, "download"),
        (NET, {"device": "gpu"}, "finds no GPU"),
        (NET, {"backend": "torch"}, "already runs Keras on TensorFlow"),
    ],
)
def test_what_cannot_be_trained_says_so_in_one_line(tmp_path, monkeypatch, net, given, words):
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    run = make(tmp_path / "run", net, **given)
    said = []
    assert worker.run(run, said.append) == 1
    assert words in run.state().message
    assert "\n" not in run.state().message
    assert said[-1] == f"failed: {run.state().message}"


def test_whatever_happens_the_reader_gets_a_cause_and_the_log_the_trace(tmp_path, monkeypatch):
    run = make(tmp_path / "run")
    monkeypatch.setattr(fitting, "fit", lambda *given: {}["surprise"])
    said = []
    assert worker.run(run, said.append, foreground=True) == 1
    assert "KeyError" in run.state().message
    assert not any("Traceback" in line for line in said)
    assert "Traceback" in (run.path / LOG).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "batch size (16 in place of 32)"),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 1 bytes"), "not enough memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "Permission denied"),
        (ValueError("Incompatible shapes: [32,10] vs. [32,9]"), "shapes of net and data"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError"),
    ],
)
def test_causes_in_words(error, words):
    assert words in failures.cause(error, settings.make({"batch_size": 32}))


def test_two_workers_never_train_one_run(tmp_path):
    run, said = make(tmp_path / "run"), []
    with run.hold():
        assert worker.run(run, said.append) == 2
    assert "being trained by another process" in said[0]


# --- what it is made of


@pytest.mark.parametrize(
    ("net", "losses"),
    [
        ("input(8, 8, 1); flatten(); dense(10, softmax)", "softmax"),
        ("input(8, 8, 1); flatten(); dense(10, linear)", "softmax"),
        ("input(8, 8, 1); flatten(); dense(10, sigmoid)", "sigmoid"),
        ("input(8, 8, 1); flatten(); dense(12, tanh); rbf(10)", "distances"),
    ],
)
def test_losses_and_metrics_follow_from_the_last_operation(net, losses):
    graph = notation.load(net).graph
    head = heads.target(graph)[0]
    labels = np.eye(10, dtype=np.float32)[[3, 7]]
    outputs = np.random.default_rng(0).normal(size=(2, 10)).astype(np.float32)
    given = outputs
    if losses == "softmax":
        shares = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        given = outputs if head.from_logits else shares
        expected = -np.log((shares * labels).sum(axis=1)).mean()
    elif losses == "distances":
        shares = np.exp(-outputs) / np.exp(-outputs).sum(axis=1, keepdims=True)
        expected = -np.log((shares * labels).sum(axis=1)).mean()
    else:
        shares = given = 1 / (1 + np.exp(-outputs))
        expected = -(labels * np.log(shares) + (1 - labels) * np.log(1 - shares)).mean()
    assert float(fitting.loss(head, 0.0)(labels, given)) == pytest.approx(float(expected), rel=1e-4)
    measure = fitting.measure(keras.metrics.categorical_accuracy, head, "accuracy")
    measure.update_state(labels, given)
    assert float(measure.result()) == np.mean(shares.argmax(axis=1) == [3, 7])
    np.testing.assert_allclose(evaluation.shares(given, head), shares, rtol=1e-5)


def test_several_outputs_train_with_weighted_losses(tmp_path):
    net = "input(8, 8, 1); conv(4, 3, relu); aux([gap(), dense(10, softmax)]); flatten(); dense(10, softmax)"
    graph = notation.load(net).graph
    assert len(graph.outputs) == 2
    asked = settings.make({"batch_size": 128, "epochs": 1, "aux_weight": 0.25})
    made = fitting.make(graph, data.load(asked, Path()), asked)
    pictures, labels = made.training[0]
    main, aux = made.model.predict_on_batch(pictures)
    entropy = keras.losses.CategoricalCrossentropy()
    expected = float(entropy(labels[0], main)) + 0.25 * float(entropy(labels[1], aux))
    found = made.model.test_on_batch(pictures, labels, return_dict=True)
    assert float(found["loss"]) == pytest.approx(expected, rel=1e-4)
    run = make(tmp_path / "run", net, epochs=1)
    assert worker.run(run, lambda line: None) == 0
    assert {"accuracy", "val_accuracy"} < set(run.metrics()[0])


def test_gradient_norms_are_those_of_the_gradients():
    import tensorflow as tf

    net = "input(8, 8, 1); conv(4, 3, relu, name=a); flatten(); dense(10, softmax, name=b)"
    asked = settings.make({"batch_size": 128, "optimizer": "sgd", "learning_rate": 1e-6, "momentum": 0.0})
    made = fitting.make(notation.load(net).graph, data.load(asked, Path()), asked)
    pictures, labels = made.training[0]
    with tf.GradientTape() as tape:
        loss = fitting.loss(made.heads[0], 0.0)(labels, made.model(pictures))
    gradients = tape.gradient(loss, [variable.value for variable in made.model.trainable_variables])
    first, second = (math.sqrt(sum(float(tf.reduce_sum(g**2)) for g in gradients[at : at + 2])) for at in (0, 2))
    made.norms.restart()
    made.model.train_on_batch(pictures, labels)
    assert made.norms.means() == {"a": pytest.approx(first, rel=1e-3), "b": pytest.approx(second, rel=1e-3)}


def test_weight_decay_takes_from_kernels_alone():
    asked = settings.make({"batch_size": 128, "optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 0.5})
    made = fitting.make(notation.load(NET).graph, data.load(asked, Path()), asked)
    decayed = [v.name for v in made.model.trainable_variables if made.model.optimizer._use_weight_decay(v)]
    assert decayed == ["kernel"] * 3


@pytest.mark.parametrize("number_format", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_formats_end_in_float32(tmp_path, number_format):
    model = fitting.build(notation.load(NET).graph, number_format)
    assert model.layers[1].compute_dtype == number_format.removeprefix("mixed_")
    assert model.layers[-1].compute_dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"
    run = make(tmp_path / "run", epochs=2, number_format=number_format, learning_rate=0.02)
    assert worker.run(run, lambda line: None) == 0
    assert run.metrics()[1]["loss"] < run.metrics()[0]["loss"]
    assert keras.models.load_model(run.path / MODEL).layers[1].compute_dtype == "float32"


def test_schedules():
    cosine = Schedule("cosine", 0.1, 100, 10)
    assert [cosine.at(step) for step in (0, 9, 10, 55, 100)] == pytest.approx([0.01, 0.1, 0.1, 0.05, 0.0], abs=1e-9)
    steps = Schedule("step", 1.0, 100)
    assert [steps.at(step) for step in (0, 49, 50, 74, 75, 99)] == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])
    assert Schedule("constant", 0.3, 100).at(99) == pytest.approx(0.3)
    for made in (cosine, steps):
        for step in (0, 7, 50, 80):
            assert float(made(step)) == pytest.approx(made.at(step), rel=1e-5)


def test_top_five_is_told_of_many_classes():
    graph = notation.load("input(8, 8, 1); flatten(); dense(30, softmax)").graph
    asked = settings.make({})
    model = fitting.build(graph, "float32")
    fitting.compile_model(model, heads.target(graph), asked, 30, keras.optimizers.SGD())
    found = model.test_on_batch(np.zeros((4, 8, 8, 1)), np.eye(30)[:4], return_dict=True)
    assert "top5_accuracy" in found


def test_an_output_is_told_under_our_names():
    assert callbacks.outcomes({"loss": 1.0, "head_accuracy": 0.5, "val_head_top5_accuracy": 0.9, "aux_loss": 3.0}) == {
        "loss": 1.0,
        "accuracy": 0.5,
        "val_top5_accuracy": 0.9,
        "aux_loss": 3.0,
    }


def test_the_cpu_is_chosen_before_keras_is_imported():
    environment = {}
    device.prepare(settings.make({"device": "cpu"}), environment)
    assert environment["CUDA_VISIBLE_DEVICES"] == "-1"
    assert environment["KERAS_BACKEND"] == "tensorflow"


def test_main_refuses_what_is_no_run(tmp_path, capsys):
    assert worker.main([str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err
    assert worker.main([]) == 2
    assert sys.stdout.writable()
    assert Run(tmp_path).metrics() == []
