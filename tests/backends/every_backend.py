"""The worker on each of Keras' backends, on the CPU: it learns, stops, resumes bit by bit, saves, classifies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.training import shapes
from cnnviz.training.folder import METRICS, MODEL
from cnnviz.training.settings import BACKENDS
from tests.training_runs import lines, make, without_times

ROOT = Path(__file__).parent.parent.parent
NET = (
    "input(32, 32, 3); conv(8, 3, relu); bn(); aux([gap(), dense(10, softmax)]); maxpool(4); dropout(0.2); "
    "conv(16, 3, relu); gap(); dense(10, softmax)"
)
# Train, and die by SIGKILL right after the checkpoint of epoch 2.
KILLED = """
import os, signal, sys
from cnnviz.training import checkpoints, worker
plain = checkpoints.save
def save(run, model, made, settings):
    plain(run, model, made, settings)
    if made.epoch == 2:
        os.kill(os.getpid(), signal.SIGKILL)
checkpoints.save = save
worker.main(sys.argv[1:])
"""
GIVEN = {"data": "shapes", "size": 400, "batch_size": 64, "learning_rate": 0.02}


def call(module: str, *arguments: object, code: int = 0) -> str:
    """Run one of our modules in a process of its own, which no GPU is shown; what it prints."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", f"cnnviz.training.{module}", *map(str, arguments)]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert made.returncode == code, made.stderr
    return made.stdout


@pytest.mark.parametrize("backend", BACKENDS)
def test_trains_resumes_and_classifies(tmp_path, backend):
    whole = make(tmp_path / "whole", NET, **GIVEN, epochs=4, backend=backend)
    call("worker", whole.path)
    metrics = lines(whole.path / METRICS)
    assert [line["epoch"] for line in metrics] == [1, 2, 3, 4]
    assert metrics[-1]["loss"] < metrics[0]["loss"]
    assert set(metrics[0]["gradient_norms"]) == {"conv1", "bn1", "aux1", "conv2", "dense1"}
    assert all(norm > 0 for line in metrics for norm in line["gradient_norms"].values())
    assert backend in whole.environment()["backend"].lower()
    assert whole.results()["val_pictures"] == 80

    cut = make(tmp_path / "cut", NET, **GIVEN, epochs=4, backend=backend)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(cut.path)],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": backend},
        check=False,
        timeout=300,
    )
    assert killed.returncode == -signal.SIGKILL
    assert cut.status() == "died"
    assert [line["epoch"] for line in lines(cut.path / METRICS)] == [1, 2]
    call("worker", cut.path)
    assert "going on after epoch 2" in cut.log_tail()
    for ours, theirs in zip(without_times(cut.metrics()), without_times(metrics), strict=True):
        norms, others = ours.pop("gradient_norms"), theirs.pop("gradient_norms")
        assert norms == pytest.approx(others, rel=1e-2)
        assert ours == pytest.approx(theirs, rel=1e-3)

    Image.fromarray(shapes.draw(3, 1)[0][0]).save(tmp_path / "shape.png")
    found = json.loads(call("classify", whole.path, tmp_path / "shape.png"))
    assert sum(share for _, share in found["classes"]) == pytest.approx(1, abs=1e-3)
    assert (whole.path / MODEL).stat().st_size > 10_000


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("number_format", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_formats(tmp_path, backend, number_format):
    run = make(tmp_path / "run", NET, **GIVEN, epochs=2, backend=backend, number_format=number_format)
    call("worker", run.path)
    assert run.state().status == "finished"
    assert np.isfinite([line["loss"] for line in run.metrics()]).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_gpu_here_is_said_plainly(tmp_path, backend):
    run = make(tmp_path / "run", NET, **{**GIVEN, "device": "gpu"}, backend=backend)
    call("worker", run.path, code=1)
    assert "finds no GPU" in run.state().message
