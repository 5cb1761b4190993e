"""Downloads: each file is made, and is what its name says."""

from __future__ import annotations

import csv
import io
import struct
import xml.etree.ElementTree as ElementTree
import zipfile

import pytest
from playwright.sync_api import expect

from cnnviz import edit, notation, report, zoo

LENET = zoo.BY_NAME["lenet5"].notation


def png_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG picture, whose signature and end are checked."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert content.endswith(b"IEND\xaeB`\x82")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


@pytest.mark.skipif("not __import__('shutil').which('dot')", reason="plot_model needs Graphviz' dot")
def test_the_plot_of_googlenet_is_a_picture(visit, tmp_path):
    build = visit("?net=googlenet")
    build.press("Export")
    path = build.download("plot", tmp_path)
    assert path.name == "googlenet.plot.png"
    width, height = png_size(path.read_bytes())
    assert height > 84 * 20, "84 layers, one below the other"
    assert width > 500, "four branches side by side"


def test_every_export_is_what_it_says(visit, tmp_path):
    lenet = report.of_text(LENET)
    build = visit("?net=lenet5")
    build.expect_net(lenet)
    build.press("Export")

    drawn = ElementTree.fromstring(build.download("SVG", tmp_path).read_text(encoding="utf-8"))
    assert drawn.tag.endswith("svg")
    assert "".join(drawn.itertext()).count("Average pool 2×2") >= 2

    dot = build.download("DOT", tmp_path).read_text(encoding="utf-8")
    assert dot.startswith("digraph")
    assert dot.count("->") >= len(lenet.graph.nodes) - 1

    table = list(csv.DictReader(io.StringIO(build.download("CSV", tmp_path).read_text(encoding="utf-8"))))
    assert sum(int(row["params"]) for row in table) == lenet.total.parameters
    assert sum(int(row["macs"]) for row in table) == lenet.total.macs

    source = build.download("Python", tmp_path).read_text(encoding="utf-8")
    compile(source, "lenet5.py", "exec")
    assert "keras" in source

    text = build.download("Notation", tmp_path).read_text(encoding="utf-8")
    assert notation.load(text).net == lenet.net

    with zipfile.ZipFile(build.download("Keras model", tmp_path)) as kept:
        assert {"config.json", "model.weights.h5", "metadata.json"} <= set(kept.namelist())


def test_a_file_is_of_the_net_on_screen_at_the_click(visit, tmp_path):
    build = visit("?net=lenet5")
    build.expect_net(report.of_text(LENET))
    build.type_into("classes", "7")
    build.expect_net(report.of_net(edit.set_classes(report.of_text(LENET).net, 7)))
    build.press("Export")
    kept = notation.load(build.download("Notation", tmp_path).read_text(encoding="utf-8"))
    assert kept.graph.nodes[kept.graph.outputs[0]].shape == (7,)


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_diagram_saves_itself_as_a_picture(visit, tmp_path, kind):
    build = visit("?net=lenet5")
    button = build.diagram.get_by_role("button", name=f"Save this diagram as a{'n' if kind == 'SVG' else ''} {kind}")
    expect(build.node("Input")).to_be_visible()
    with build.page.expect_download() as found:
        button.click()
    path = tmp_path / found.value.suggested_filename
    found.value.save_as(path)
    assert path.name == f"lenet5.{kind.lower()}"
    if kind == "PNG":
        width, height = png_size(path.read_bytes())
        assert height > width > 100
    else:
        drawn = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert drawn.tag.endswith("svg")
        assert "".join(drawn.itertext()).count("Conv 5×5") == 2
