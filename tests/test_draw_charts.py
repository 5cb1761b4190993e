"""The bars of the Costs tab: their sum is the net's, and what is chosen is what the diagram means by it."""

import json
from math import prod

import pytest

from cnnviz import report, zoo
from cnnviz.draw import charts

DENSE = report.of_text(zoo.BY_NAME["densenet121"].notation)
GOOGLE = report.of_text(zoo.BY_NAME["googlenet"].notation)


@pytest.mark.parametrize("layers", [False, True])
@pytest.mark.parametrize(
    ("measure", "total"),
    [
        ("parameters", DENSE.total.parameters),
        ("work", DENSE.total.macs),
        ("activations", 4 * sum(prod(node.shape) for node in DENSE.graph.nodes if node.inputs)),
    ],
)
def test_bars_sum_up_to_the_net(measure, total, layers):
    assert sum(bar.value for bar in charts.bars(DENSE, measure, "macs", layers=layers)) == total


def test_of_many_the_largest_are_drawn_in_their_order_and_the_rest_is_said():
    found = charts.bars(DENSE, "work", "macs", layers=True)
    drawn = charts.largest(found)
    assert len(drawn) == 60
    assert [bar for bar in found if bar in drawn] == drawn
    rest = [bar for bar in found if bar.value and bar not in drawn]
    assert min(bar.value for bar in drawn) >= max(bar.value for bar in rest)
    told = charts.chart(found, "work", "macs", layers=True)
    assert told["note"] == f"The 60 largest are drawn; {len(rest)} smaller layers are not."


@pytest.mark.parametrize(
    ("measure", "work", "title", "exact"),
    [
        ("work", "macs", "MACs of each block, 1.58 G in all", "118,013,952 MACs"),
        ("work", "flops", "FLOPs of each block, 3.17 G in all", "236,027,904 FLOPs"),
        ("parameters", "macs", "Parameters of each block, 7.00 M in all", "9,472 parameters"),
        ("activations", "macs", "Activation memory of each block, 25.5 MiB in all", "3,211,264 bytes"),
    ],
)
def test_a_chart_says_what_it_shows(measure, work, title, exact):
    found = charts.bars(GOOGLE, measure, work, layers=False)
    told = charts.chart(found, measure, work, layers=False)
    assert (told["title"], told["note"]) == (title, "")
    assert told["bars"][0]["exact"] == exact
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    ("layers", "chosen", "expected"),
    [
        (False, "", []),
        (False, "inception_3b", ["inception_3b"]),
        (False, "inception_3b/conv_1x1", ["inception_3b"]),
        (True, "inception_3b/conv_1x1", ["inception_3b/conv_1x1"]),
        (False, "inception_3", []),
    ],
)
def test_what_is_chosen_is_marked_on_its_bar(layers, chosen, expected):
    found = charts.bars(GOOGLE, "work", "macs", layers=layers)
    told = charts.chart(found, "work", "macs", layers=layers, chosen=chosen)
    assert [bar["id"] for bar in told["bars"] if bar["chosen"]] == expected


def test_a_chosen_block_marks_its_layers():
    told = charts.chart(
        charts.bars(GOOGLE, "work", "macs", layers=True), "work", "macs", layers=True, chosen="inception_3b"
    )
    marked = [bar["id"] for bar in told["bars"] if bar["chosen"]]
    assert len(marked) == 6
    assert all(name.startswith("inception_3b/") for name in marked)
