"""Runs of tiny nets for the tests of training."""

from __future__ import annotations

import json
from pathlib import Path

from cnnviz.training import folder, settings
from cnnviz.training.folder import Run

# Dropout and normalisation carry state of their own from step to step.
NET = "input(8, 8, 1); conv(4, 3, relu); bn(); maxpool(); dropout(0.2); flatten(); dense(16, relu); dense(10, softmax)"


def make(place: Path, net: str = NET, **given: object) -> Run:
    """A run in the folder `place`: digits, three epochs of 12 steps, unless `given` says otherwise."""
    asked = settings.make({"epochs": 3, "batch_size": 128, "device": "cpu", **given})
    return folder.create(folder.Config(net, "tiny", asked), place)


def lines(path: Path) -> list[dict[str, object]]:
    """All lines of a file; each must be whole."""
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def without_times(metrics: list[dict[str, object]]) -> list[dict[str, object]]:
    """Metric lines without what depends on the clock and on the machine's memory."""
    clocked = {"seconds", "images_per_second", "flops_per_second", "peak_memory", "time"}
    return [{name: value for name, value in line.items() if name not in clocked} for line in metrics]
