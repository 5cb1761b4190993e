"""The benchmarks: what they conclude from times. Nothing here measures anything."""

import importlib
from functools import partial

import pytest

from benchmarks import __main__ as command
from benchmarks import costs, diagram, table, turns
from benchmarks.child import PeerFailed
from benchmarks.table import Row
from cnnviz import zoo

THREE = [0.010, 0.011, 0.012]


@pytest.mark.parametrize(
    ("row", "ratio", "budget", "verdict"),
    [
        (Row("engine", "net", [0.01], "Keras", [1.2], least=100), "120× faster", "100× faster", "met"),
        (Row("engine", "net", [0.01], "Keras", [0.9], least=100), "90× faster", "100× faster", "missed"),
        (Row("browser", "net", [0.03], "button", [0.02], least=1 / 2), "1.50× slower", "at most 2× slower", "met"),
        (Row("browser", "net", [0.03], "button", [0.02], least=1), "1.50× slower", "no slower", "missed"),
        (Row("zoo", "all", THREE, "Keras", [1.0], most=1.0), "91× faster", "at most 1 s", "met"),
        (Row("zoo", "all", [1.5], "Keras", [3.0], most=1.0), "2.00× faster", "at most 1 s", "missed"),
        (Row("costs", "net", THREE, "fvcore", [0.022]), "2.00× faster", "", ""),
        (Row("costs", "net", THREE, "fvcore", [], least=2, why="not installed"), "", "2× faster", ""),
        (Row("training", "net", [1, 2, 4], "fit", [2, 4, 1], least=1, paired=True), "2.00× faster", "no slower", "met"),
    ],
)
def test_row(row, ratio, budget, verdict):
    line = table.printed([row]).splitlines()[2]
    assert line.startswith(row.part)
    assert line.endswith(verdict)
    assert all(text in line for text in (ratio, budget, row.why, row.peer))
    assert row.verdict == verdict


@pytest.mark.parametrize(
    ("value", "text"), [(0.00312, "3.12 ms"), (0.0512, "51.2 ms"), (0.4, "400 ms"), (1.234, "1.23 s"), (123, "123 s")]
)
def test_seconds(value, text):
    assert table.seconds(value) == text


def test_peers_that_cannot_are_named_and_asked_no_more(capsys, monkeypatch):
    monkeypatch.setattr(turns, "repeated", lambda work: [1.0])
    asked = []

    def ask(title, net):
        asked.append((title, net))
        if title == "broken":
            raise PeerFailed("no such layer")
        return 2.0

    peers = {"good": partial(ask, "good"), "broken": partial(ask, "broken"), "away": None}
    found = turns.take("vgg16", 2, lambda: None, peers)
    assert found.theirs == {"good": [2.0, 2.0], "broken": [], "away": []}
    assert found.why == {"broken": "failed", "away": "not installed"}
    assert found.ours == [1.0, 1.0]
    assert asked == [("good", turns.WARM_UP), ("broken", turns.WARM_UP), ("good", "vgg16"), ("good", "vgg16")]
    assert capsys.readouterr().out == "broken failed: no such layer\n"


def test_unlike_networks_are_not_compared():
    ours = costs.expected("vgg16")
    assert ours["trainable parameters"] == 138_357_544
    costs.agree("peer", "vgg16", ours, {"trainable parameters": 138_357_544, "reported": 1})
    with pytest.raises(ValueError, match="another network"):
        costs.agree("peer", "vgg16", ours, {"trainable parameters": 138_357_543})


def test_ours_is_the_whole_work(tmp_path):
    assert "138,357,544 parameters" in costs.print_table("vgg16")
    boxes = diagram.draw(diagram.NET, True, tmp_path / "all.svg")
    assert boxes == len(zoo.find(diagram.NET).graph.nodes)
    assert (tmp_path / "all.svg").read_text(encoding="utf-8").endswith("</svg>\n")
    assert diagram.draw(diagram.NET, False, tmp_path / "folded.svg") < 20


def test_every_part_can_be_named(monkeypatch, capsys):
    def part(name, run):
        monkeypatch.setattr(importlib.import_module(f"benchmarks.{name}"), "run", run)

    def missing(arguments):
        raise table.Missing("there is no browser")

    def broken(arguments):
        raise RuntimeError("out of order")

    for name in command.PARTS:
        part(name, lambda arguments: [])
    part("engine", lambda arguments: [Row("engine", "net", THREE, "Keras", [1.0])])
    part("browser", missing)
    assert command.main(["--rounds", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Medians")
    assert command.main(["browser"]) == 2, "nothing was measured"
    assert "browser: there is no browser" in capsys.readouterr().out
    part("zoo", broken)
    assert command.main([]) == 1
    shown = capsys.readouterr()
    assert "91× faster" in shown.out, "the others are shown all the same"
    assert shown.err.endswith("benchmarks: broke, for the reason above: zoo\n")
    assert command.main(["engin"]) == 2
    assert "there is no 'engin'; there are engine, zoo" in capsys.readouterr().err
