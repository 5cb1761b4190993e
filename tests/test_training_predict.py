"""What is predicted before a run: memory by hand, what fits, devices told from files and programs, and the probe."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from cnnviz import memory_step, notation, zoo
from cnnviz.training import devices, fit, folder, peaks, predict, probe
from cnnviz.training import settings as settings_of
from cnnviz.training.devices import Device, DeviceError

CPU = Device("cpu", "a processor", 16 * 10**9, 8 * 10**9, 4)
GPU = Device("gpu", "NVIDIA A100-SXM4-40GB", 40 * 2**30, 39 * 2**30)
DEFAULTS = settings_of.make({})


def graph(blocks, side=4):
    return notation.load(f"input({side}, {side}, 1); {blocks}").graph


# --- one step, by hand ------------------------------------------------------------------------------------------------


def test_a_step_on_tensorflow_by_hand():
    # Weights: conv 9·2 + 2 = 20, dense 32·3 + 3 = 99. Kept: the input 16, relu's output 32, softmax's 3.
    found = memory_step.step(graph("conv(2, 3, relu); flatten(); dense(3, softmax)"), 10, backend="tensorflow")
    assert (found.weights, found.slots) == (4 * 119, 8 * 119)
    assert found.activations == 10 * 4 * (16 + 32 + 3)
    # Most is alive when the convolution goes backward: its input, relu's output and its gradient, as much room again,
    # and the gradients of all weights; what softmax kept is gone.
    assert found.gradients + found.working == 10 * 4 * (16 + 32 + 32 + 32) + 4 * 119 - found.activations
    assert found.total == sum(found)


def test_pytorch_keeps_copies_and_all_outputs():
    # The convolution keeps a copy of its input and of its kernel; BN its input and what it normalised.
    found = memory_step.step(graph("conv(2, 3); bn()"), 10, backend="torch")
    kernel, weights = 18, 24
    assert found.activations == 10 * 4 * (16 + 32 + 32) + 4 * kernel
    # At the end of the forward pass there are also BN's output and the last step's gradients.
    forward = 10 * 4 * 32 + 4 * weights
    backward = 10 * 4 * (32 + 32 + 4 * 32) + 4 * 4  # BN's output and input have gradients, and it needs room
    assert found.gradients + found.working == max(forward, backward)


def test_in_mixed_formats_normalisation_stays_in_float32():
    # 16 bits: the convolution's input 16 and relu's output 32, which the dense layer needs too, and 3 of softmax.
    net = graph("conv(2, 3); bn(); activation(relu); flatten(); dense(3, softmax)")
    found = memory_step.step(net, 10, "mixed_bfloat16")
    assert found.activations == 10 * (2 * (16 + 32 + 3) + 4 * 32)
    # XLA on the CPU computes in 32 bits whatever the format, from a widened copy of each kernel.
    wide = memory_step.step(net, 10, "mixed_bfloat16", backend="xla_cpu").activations
    assert wide == memory_step.step(net, 10, backend="xla_cpu").activations + 4 * 18


@pytest.mark.parametrize("backend", memory_step.BACKENDS)
def test_what_is_kept_goes_during_the_backward_pass(backend):
    # Ten layers more keep ten outputs more, but need no more room for the moment.
    short, long = (
        memory_step.step(graph(f"{layers} * conv(8, 3, relu); classifier(3)", 16), 64, backend=backend)
        for layers in (5, 15)
    )
    image = 16 * 16 * 8 * 4 * 64
    copies = 2 if backend == "torch" else 1
    assert long.activations - short.activations == pytest.approx(10 * copies * image, rel=0.02)
    assert long.working <= short.working + 0.02 * image


def test_memory_grows_with_the_batch_and_shrinks_with_the_format():
    net = zoo.find("tfnotes-resnet18").graph
    sizes = [memory_step.step(net, batch).total for batch in (1, 32, 64, 128)]
    assert sizes == sorted(sizes)
    assert sizes[3] - sizes[2] == pytest.approx(2 * (sizes[2] - sizes[1]), rel=0.05)
    assert memory_step.step(net, 128, "mixed_float16").total < 0.85 * sizes[3]


@pytest.mark.parametrize(
    ("optimizer", "momentum", "slots"), [("sgd", 0.0, 0), ("sgd", 0.9, 1), ("rmsprop", 0.0, 1), ("adamw", 0.0, 2)]
)
def test_slots_follow_the_optimizer(optimizer, momentum, slots):
    net = graph("conv(2, 3); gap(); dense(3)")
    found = predict.memory(net, replace(DEFAULTS, optimizer=optimizer, momentum=momentum))
    assert found.slots == slots * found.weights


@pytest.mark.parametrize(
    "row", [row for row in zoo.ROWS if not row.name.startswith("ddi-")][::4], ids=lambda row: row.name
)
def test_every_kind_of_network_can_be_predicted(row):
    net = fit.fit(zoo.find(row.name).net, (32, 32, 3), 10).graph
    for backend in memory_step.BACKENDS:
        found = memory_step.step(net, 8, backend=backend)
        assert min(found) >= 0
        assert found.total > found.weights + found.slots + found.activations


# --- what fits --------------------------------------------------------------------------------------------------------


def test_the_backend_and_xla_decide_how_the_step_runs():
    assert predict.way(DEFAULTS, on_gpu=False) == "tensorflow"
    assert predict.way(DEFAULTS, on_gpu=True) == "xla_gpu"
    assert predict.way(replace(DEFAULTS, xla="on"), on_gpu=False) == "xla_cpu"
    assert predict.way(replace(DEFAULTS, xla="off"), on_gpu=True) == "tensorflow"
    assert predict.way(replace(DEFAULTS, backend="jax"), on_gpu=False) == "xla_cpu"
    assert predict.way(replace(DEFAULTS, backend="torch"), on_gpu=True) == "torch"


def test_what_cannot_fit_is_refused_and_what_can_is_offered():
    net = zoo.find("vgg16").graph
    large = replace(DEFAULTS, batch_size=4096)
    assert not predict.fits(predict.memory(net, large, GPU), GPU.memory)
    refusal = predict.refusal(net, large, GPU)
    assert "NVIDIA A100-SXM4-40GB has 40.0 GiB; what fits: " in refusal
    offers = predict.offers(net, large, GPU.memory, GPU)
    assert offers
    for offer in offers:
        assert predict.fits(predict.memory(net, offer.settings, GPU), GPU.memory)
        assert offer.words in refusal
    most = predict.largest_batch(net, large, GPU.memory, GPU)
    assert predict.fits(predict.memory(net, replace(large, batch_size=most), GPU), GPU.memory)
    assert not predict.fits(predict.memory(net, replace(large, batch_size=most + 1), GPU), GPU.memory)


def test_half_the_memory_is_offered_where_16_bits_do():
    net = zoo.find("resnet50").graph
    needed = predict.memory(net, replace(DEFAULTS, batch_size=64), GPU).total
    offers = predict.offers(net, replace(DEFAULTS, batch_size=64), int(0.9 * needed), GPU)
    assert [offer.settings.number_format for offer in offers] == ["mixed_bfloat16", "float32"]
    assert offers[1].settings.batch_size == 32


def test_nothing_is_offered_where_nothing_fits():
    net = zoo.find("vgg16").graph
    assert predict.offers(net, DEFAULTS, 10**8, GPU) == ()
    assert predict.refusal(net, DEFAULTS, GPU, 10**8).endswith("what fits: a smaller net or smaller pictures")
    assert predict.refusal(net, DEFAULTS, GPU) == ""
    assert predict.refusal(net, DEFAULTS, GPU._replace(memory=0)) == ""


def test_steps_and_seconds():
    assert predict.steps(replace(DEFAULTS, batch_size=32), 1437) == 45
    assert predict.steps(replace(DEFAULTS, batch_size=32), 1) == 1
    assert predict.seconds(replace(DEFAULTS, epochs=10), 1437, 0.5) == 225
    assert predict.seconds(replace(DEFAULTS, epochs=10, time_limit=60), 1437, 0.5) == 60


# --- devices ----------------------------------------------------------------------------------------------------------


def test_a_gpu_is_taken_when_there_is_one():
    assert devices.choose(DEFAULTS, (CPU, GPU)) == GPU
    assert devices.choose(DEFAULTS, (CPU,)) == CPU
    assert devices.choose(replace(DEFAULTS, device="cpu"), (CPU, GPU)) == CPU
    with pytest.raises(DeviceError, match="^no GPU was found; device=auto or device=cpu trains on the CPU$"):
        devices.choose(replace(DEFAULTS, device="gpu"), (CPU,))


def test_this_machine_has_a_processor():
    first = devices.found()[0]
    assert first.kind == "cpu"
    assert first.name
    assert 0 < first.free <= first.memory
    assert first.cores >= 1
    assert first.flops("float32") is None


def program(tmp_path, monkeypatch, script):
    """Put an nvidia-smi before all others on the path."""
    place = tmp_path / "nvidia-smi"
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(devices, "_DRIVER", tmp_path / "driver")


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        (None, ["Tesla T4", "NVIDIA L4"]),
        ("1", ["NVIDIA L4"]),
        ("", []),
        ("-1", []),
        ("7", []),
        ("GPU-ab", ["Tesla T4"]),
    ],
)
def test_gpus_are_told_by_nvidias_program(tmp_path, monkeypatch, visible, names):
    program(tmp_path, monkeypatch, "echo 'Tesla T4, 15360, 15000'; echo 'NVIDIA L4, 23034, [N/A]'; echo nonsense")
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    found = devices.found()[1:]
    assert [device.name for device in found] == names
    if visible is None:
        assert [(device.memory, device.free) for device in found] == [
            (15360 * 2**20, 15000 * 2**20),
            (23034 * 2**20, 0),
        ]


@pytest.mark.parametrize("script", ["exit 9", "sleep 30", "echo 'No devices were found'; exit 6"])
def test_without_its_answer_the_drivers_files_tell(tmp_path, monkeypatch, script):
    program(tmp_path, monkeypatch, script)
    monkeypatch.setattr(devices, "_SECONDS", 0.2)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert len(devices.found()) == 1
    card = tmp_path / "driver" / "0000:01:00.0"
    card.mkdir(parents=True)
    (card / "information").write_text("Model: \t NVIDIA GeForce RTX 3090\nIRQ: 5\n")
    assert devices.found()[1:] == (Device("gpu", "NVIDIA GeForce RTX 3090", 0, 0),)


def test_a_containers_bounds_are_kept(tmp_path, monkeypatch):
    for name, text in (("memory.max", "2000000000"), ("memory.current", "900000000"), ("cpu.max", "150000 100000")):
        (tmp_path / name).write_text(text + "\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 400000000\n")
    monkeypatch.setattr(devices, "_own_cgroup", lambda: tmp_path)
    first = devices.found()[0]
    assert first.memory == 2_000_000_000
    assert first.free <= 1_500_000_000
    assert first.cores <= 2


@pytest.mark.parametrize(
    ("name", "number_format", "tera"),
    [
        ("NVIDIA H100 80GB HBM3", "mixed_bfloat16", 989.5),
        ("NVIDIA H100 PCIe", "float32", 378),
        ("Tesla V100-PCIE-16GB", "mixed_float16", 112),
        ("Tesla V100-SXM2-16GB", "mixed_bfloat16", 15.7),
        ("NVIDIA L40S", "float32", 183),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", "float32", None),
        ("Quadro T400", "float32", None),
    ],
)
def test_peaks_are_those_of_the_card_that_is_named(name, number_format, tera):
    assert peaks.flops(name, number_format) == (tera and tera * 10**12)
    assert Device("gpu", name, 0, 0).source


# --- the probe --------------------------------------------------------------------------------------------------------


def probed(tmp_path, text, **given):
    settings = settings_of.make({"device": "cpu", **given})
    run = folder.create(folder.Config(text, "net", settings), tmp_path / "run")
    own = {"CNNVIZ_DATA": str(tmp_path / "data"), "CNNVIZ_RUNS": str(tmp_path / "runs")}
    command = [sys.executable, "-m", "cnnviz.training.probe", str(run.path)]
    ran = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=300)
    return ran, json.loads((run.path / "probe.json").read_text())


def test_the_probe_times_real_steps(tmp_path):
    ran, found = probed(tmp_path, "input(8, 8, 1); conv(4, 3, relu); classifier(10)")
    assert ran.returncode == 0, ran.stderr
    assert 0 < found["seconds_per_step"] <= found["first_step"]
    assert found["peak_memory"] > found["baseline"] > 0
    assert found["kind"] == "cpu"


def test_the_probe_says_why_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    run = folder.create(folder.Config("input(8, 8", "net", DEFAULTS), tmp_path / "run")
    assert probe.main([str(run.path)]) == 2
    assert "the net cannot be read" in folder.read_json(run.path / "probe.json")["message"]
    assert probe.main([str(tmp_path / "none")]) == 2
    assert probe.main([]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert "holds no run" in said[1]
