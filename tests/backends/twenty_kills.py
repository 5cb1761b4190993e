"""A worker killed with SIGKILL at 20 random moments.

Each resume goes on from the last finished epoch, and the end is that of an undisturbed run with the same seed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np

from cnnviz.training import checkpoints, folder
from cnnviz.training.folder import METRICS, STEPS, Run
from tests.training_runs import lines, make, without_times

ROOT = Path(__file__).parent.parent.parent
KILLS = 20
LONGEST = 3.0  # seconds from the first step to a kill; an epoch takes about a tenth of one
EPOCHS = 400


def start(run: Run) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "cnnviz.training.worker", str(run.path)]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def test_killed_twenty_times(tmp_path):
    seed = int(os.environ.get("CNNVIZ_KILL_SEED", "1"))
    chance = random.Random(seed)
    given = {"epochs": EPOCHS, "learning_rate": 0.01, "weight_decay": 0.001, "flip": True, "shift": 1}
    cut, whole = (make(tmp_path / name, **given) for name in ("cut", "whole"))
    kills, last, within = 0, 0, 0
    while kills < KILLS:
        process, begun = start(cut), time.time()
        while process.poll() is None and not since(cut, begun):
            time.sleep(0.002)
        time.sleep(chance.uniform(0, LONGEST))
        assert process.poll() is None, f"it ended by itself before kill {kills + 1}: {cut.log_tail(1_000)}"
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        assert cut.status() == "died"
        log = cut.log_tail(4_000).splitlines()
        told = next(line for line in reversed(log) if "training on" in line)
        assert (f"going on after epoch {last}" if last else "from the beginning") in told
        before = checkpoints.progress(cut).epoch
        found, _ = folder.read_lines(cut.path / METRICS)
        epochs = [line["epoch"] for line in found]
        assert epochs == list(range(1, len(epochs) + 1)), "nothing twice, nothing lost"
        assert 0 <= before - len(epochs) <= 1  # the kill may fall between the checkpoint and its line
        steps, _ = folder.read_lines(cut.path / STEPS)
        within += bool(steps and steps[-1]["epoch"] > before)
        last = before
        print(f"kill {kills}: after epoch {before}", flush=True)
    for run in (cut, whole):
        assert start(run).wait() == 0
        assert run.state().status == "finished"
    assert [line["epoch"] for line in lines(cut.path / METRICS)] == list(range(1, EPOCHS + 1))
    ours, theirs = cut.metrics(), whole.metrics()
    print(f"{within} kills fell into an epoch that had begun")
    print(f"final validation accuracy: {ours[-1]['val_accuracy']} killed, {theirs[-1]['val_accuracy']} undisturbed")
    difference = max(np.abs(a - b).max() for a, b in zip(weights(cut), weights(whole), strict=True))
    print(f"largest difference of a weight: {difference}")
    assert without_times(ours) == without_times(theirs)
    assert difference == 0


def since(run: Run, moment: float) -> bool:
    """Whether a step was taken after `moment`."""
    found, _ = folder.read_lines(run.path / STEPS)
    return bool(found) and found[-1]["time"] > moment


def weights(run: Run) -> list[np.ndarray]:
    """All values of the newest checkpoint: weights, the optimizer's, its step counter."""
    with h5py.File(checkpoints.saved(run)[0][1] / checkpoints.WEIGHTS, "r") as file:
        return [file[name][()].astype(np.float64) for name in sorted(file)]
