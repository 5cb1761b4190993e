"""A run that is killed goes on from its last finished epoch, and ends as if nothing had happened."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnviz.training import callbacks, checkpoints, worker
from cnnviz.training.folder import CHECKPOINTS, METRICS, MODEL, STEPS, Run
from tests.training_runs import lines, make, without_times

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """An undisturbed run, and copies of its folder as a kill at a dangerous moment would have left it."""
    place = tmp_path_factory.mktemp("snapshots")
    run = make(place / "whole", early_stopping=9)
    plain_save, plain_look = checkpoints.save, callbacks.Watch.look

    def copy(name, epoch):
        if epoch == 2:
            shutil.copytree(run.path, place / name)

    def save(run, model, made, settings):
        def step(done):
            copy(done, made.epoch)
            if done == "line" and made.epoch == 2:
                shutil.copytree(place / "renamed", place / "half")
                written = (run.path / METRICS).read_bytes()
                (place / "half" / METRICS).write_bytes(written[:-30])

        plain_save(run, model, made, settings, step)

    def look(watch, logs):
        plain_look(watch, logs)
        if watch.epoch == 1 and not (place / "within").exists():
            shutil.copytree(run.path, place / "within")

    def on_train_batch_end(watch, batch, logs=None):
        watch.step = batch + 1
        watch.look(logs)  # at each step, so that one falls into the second epoch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "save", save)
        patch.setattr(callbacks.Watch, "look", look)
        patch.setattr(callbacks.Watch, "on_train_batch_end", on_train_batch_end)
        assert worker.run(run, lambda line: None) == 0
    return place


KILLED = {"within": 1, "weights": 1, "renamed": 2, "half": 2, "line": 2}  # moment → finished epochs


@pytest.mark.parametrize("moment", KILLED)
def test_killed_at_a_dangerous_moment(snapshots, tmp_path, moment):
    run, whole = Run(tmp_path / "run"), Run(snapshots / "whole")
    shutil.copytree(snapshots / moment, run.path)
    assert run.status() == "died"
    said = []
    assert worker.run(run, said.append) == 0
    done = KILLED[moment]
    assert f"going on after epoch {done}" in said[0]
    assert sum(line.startswith("epoch ") for line in said) == 3 - done
    assert without_times(lines(run.path / METRICS)) == without_times(lines(whole.path / METRICS))
    assert [line["epoch"] for line in lines(run.path / METRICS)] == [1, 2, 3]
    assert not list(run.path.rglob(".making*"))
    assert run.state().status == "finished"
    ours, theirs = (keras.models.load_model(one.path / MODEL).get_weights() for one in (run, whole))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert run.results()["confusion"] == whole.results()["confusion"]


def test_steps_of_a_lost_epoch_are_dropped(snapshots, tmp_path):
    run = Run(tmp_path / "run")
    shutil.copytree(snapshots / "weights", run.path)
    before = lines(run.path / STEPS)
    assert before[-1]["epoch"] == 2
    checkpoints.restore(run, _model(), lambda line: None)
    assert {row["epoch"] for row in lines(run.path / STEPS)} == {1}


def test_a_damaged_checkpoint_gives_way_to_the_one_before(snapshots, tmp_path):
    run = Run(tmp_path / "run")
    shutil.copytree(snapshots / "line", run.path)
    weights = run.path / CHECKPOINTS / "epoch-0002" / checkpoints.WEIGHTS
    weights.write_bytes(weights.read_bytes()[:1000])
    said = []
    found = checkpoints.restore(run, _model(), said.append)
    assert found.epoch == 1
    assert "epoch-0002 cannot be read" in said[0]
    assert [line["epoch"] for line in lines(run.path / METRICS)] == [1]


def test_a_checkpoint_that_says_a_huge_epoch_gives_way_to_the_one_before(snapshots, tmp_path):
    run = Run(tmp_path / "run")
    shutil.copytree(snapshots / "line", run.path)
    (run.path / CHECKPOINTS / "epoch-0002").rename(run.path / CHECKPOINTS / f"epoch-{10**14}")
    assert checkpoints.progress(run).epoch == 1


def test_two_newest_and_the_best_are_kept(snapshots):
    whole = Run(snapshots / "whole")
    kept = {epoch for epoch, _ in checkpoints.saved(whole)}
    assert kept == {2, 3, checkpoints.best(whole.metrics(), whole.config().settings)}


def test_resuming_before_the_first_checkpoint_and_after_the_end(tmp_path):
    run = make(tmp_path / "run", epochs=1)
    (run.path / METRICS).write_text('{"epoch": 1}\n{"epo', encoding="utf-8")
    said = []
    assert worker.run(run, said.append) == 0
    assert "from the beginning" in said[0]
    assert len(lines(run.path / METRICS)) == 1
    said.clear()
    before = (run.path / METRICS).read_bytes()
    assert worker.run(run, said.append) == 0
    assert "is finished: 1 epochs" in said[0]
    assert (run.path / METRICS).read_bytes() == before
    _ask_for(run, epochs=2)
    assert worker.run(run, said.append) == 0
    assert [line["epoch"] for line in lines(run.path / METRICS)] == [1, 2]


def test_early_stopping_counts_on_over_a_kill(tmp_path, monkeypatch):
    never = keras.callbacks.EarlyStopping("val_loss", mode="min", min_delta=1e9, patience=2)
    monkeypatch.setattr(callbacks, "early_stopping", lambda epochs: never)
    whole, cut = (make(tmp_path / name, epochs=8, early_stopping=2) for name in ("whole", "cut"))
    assert worker.run(whole, lambda line: None) == 0
    assert len(whole.metrics()) == 3  # the first is the best so far, two are not better
    assert "early stopping" in whole.state().message
    assert whole.results()["epoch"] == checkpoints.best(whole.metrics(), whole.config().settings) != 0

    def line_then_kill(line):
        if line.startswith("epoch 2/"):
            shutil.copytree(cut.path, tmp_path / "killed")

    assert worker.run(cut, line_then_kill) == 0
    killed = Run(tmp_path / "killed")
    assert worker.run(killed, lambda line: None) == 0
    assert without_times(killed.metrics()) == without_times(whole.metrics())
    # asked for no more epochs it is over; asked for more it goes on
    said = []
    assert worker.run(killed, said.append) == 0
    assert "nothing is left to do" in said[0]


@pytest.mark.slow
def test_sigkill_of_the_process(tmp_path):
    run = make(tmp_path / "run", epochs=40)
    environment = {**os.environ, "CNNVIZ_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "cnnviz.training.worker", str(run.path)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 120
        while len(run.metrics()) < 2 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert run.is_alive()
        assert run.status() == "running"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert run.status() == "died"
    done = checkpoints.progress(run).epoch
    assert done >= 2
    _ask_for(run, epochs=done + 1)
    said = []
    assert worker.run(run, said.append) == 0
    assert f"going on after epoch {done}" in said[0]
    assert [line["epoch"] for line in lines(run.path / METRICS)] == list(range(1, done + 2))


def _ask_for(run: Run, **changed: object) -> None:
    given = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    given["settings"].update(changed)
    (run.path / "run.json").write_text(json.dumps(given), encoding="utf-8")


def _model():
    from cnnviz import notation
    from cnnviz.training import data, fitting, settings
    from tests.training_runs import NET

    asked = settings.make({"epochs": 3, "batch_size": 128, "early_stopping": 9})
    return fitting.make(notation.load(NET).graph, data.load(asked, Path()), asked).model
