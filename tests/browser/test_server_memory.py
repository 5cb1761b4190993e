"""The page server stays light: no memory for weights, no TensorFlow in it."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from cnnviz import report, zoo

MIB = 2**20


def test_its_memory_does_not_grow_with_the_parameters_on_show(visit, server):
    process = psutil.Process(server.process.pid)
    vgg16 = report.of_text(zoo.BY_NAME["vgg16"].notation)
    lenet5 = report.of_text(zoo.BY_NAME["lenet5"].notation)

    def show(name: str, wanted: report.Report) -> int:
        """Bytes that the server holds once Keras has checked a net and each of its tabs has been seen."""
        build = visit(f"?net={name}")
        build.expect_keras_agrees(wanted)
        for tab in ("Layers", "Costs", "Python", "Keras"):
            build.tab(tab)
        return process.memory_info().rss

    small = show("lenet5", lenet5)
    large = show("vgg16", vgg16)
    weights = 4 * vgg16.total.parameters
    assert weights > 500 * MIB
    assert large - small < 60 * MIB, f"grew by {(large - small) / MIB:.0f} MiB"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_it_never_loads_tensorflow(visit, server):
    build = visit("?net=lenet5")
    build.expect_keras_agrees(report.of_text(zoo.BY_NAME["lenet5"].notation))
    mapped = Path(f"/proc/{server.process.pid}/maps").read_text().lower()
    assert "libpython" in mapped or "python" in mapped
    assert "tensorflow" not in mapped
    workers = psutil.Process(server.process.pid).children()
    assert any("tensorflow" in Path(f"/proc/{worker.pid}/maps").read_text().lower() for worker in workers), (
        "the process of its own has it, so that this test would see it"
    )
