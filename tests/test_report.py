"""What is said about a whole net and its blocks, how numbers are written, and what the palette offers."""

import pytest

from cnnviz import palette, report, units
from cnnviz.blocks import BLOCKS
from cnnviz.zoo import BY_NAME

# The numbers in the names of these networks count their layers with a kernel.
DEPTHS = {"lenet5": 5, "alexnet": 8, "vgg16": 16, "vgg19": 19, "googlenet": 22, "resnet18": 18, "resnet50": 50}
DEPTHS |= {"resnet152": 152, "densenet121": 121, "densenet201": 201}


def of(name):
    return report.of_text(BY_NAME[name].notation)


@pytest.mark.parametrize(("name", "depth"), DEPTHS.items())
def test_depth_is_what_the_papers_count(name, depth):
    assert of(name).depth == depth


@pytest.mark.parametrize("name", BY_NAME)
def test_blocks_add_up_to_the_net(name):
    found = of(name)
    trunk = [figures for place, figures in found.blocks.items() if len(place) == 1]
    assert sum(figures.cost.parameters for figures in trunk) == found.total.parameters
    assert sum(figures.cost.macs for figures in trunk) == found.total.macs
    assert sum(figures.nodes for figures in trunk) == len(found.graph.nodes) - 1


def test_a_repetition_counts_all_its_rounds():
    once = report.of_text("input(8, 8, 4)\nconv(4, 3)")
    thrice = report.of_text("input(8, 8, 4)\n3 * conv(4, 3)")
    assert thrice.blocks[(0,)].cost.macs == thrice.blocks[(0, 0)].cost.macs == 3 * once.total.macs


def test_a_branch_counts_its_own_blocks_only():
    found = report.of_text("input(8, 8, 4)\nparallel([conv(4, 1)], [conv(4, 3), conv(4, 3)], [])")
    whole = found.blocks[(0,)].cost.macs
    assert found.blocks[(0, 0)].cost.macs + found.blocks[(0, 1)].cost.macs == whole
    assert (0, 2) not in found.blocks


def test_the_last_map_is_before_global_pooling_and_flatten():
    for name in ("googlenet", "vgg16", "lenet5"):
        found = of(name)
        assert len(found.graph.nodes[found.last_map].shape) == 3
        assert found.graph.nodes[found.last_map].shape[0] > 1
    kept = report.of_text("input(8, 8, 4)\nconv(4, 3)\ngap(keepdims=true)\nconv(9, 1)")
    assert kept.graph.nodes[kept.last_map].id == "conv1"


SI = {0: "0", 999: "999", 1000: "1.00 k", 23_100: "23.1 k", 999_960: "1.00 M", 7_020_584: "7.02 M", -5_000: "−5.00 k"}
BINARY = {0: "0 B", 1023: "1,023 B", 6 * 2**20: "6.00 MiB", 3 * 2**39: "1.50 TiB"}


@pytest.mark.parametrize(("number", "text"), SI.items())
def test_si(number, text):
    assert units.si(number) == text


@pytest.mark.parametrize(("size", "text"), BINARY.items())
def test_binary(size, text):
    assert units.binary(size) == text


def test_changes_carry_their_sign():
    assert units.change(5, 5) == "unchanged"
    assert units.change(23_100, 0) == "+23.1 k"
    assert units.change(0, 23_100) == "−23.1 k"


def test_tiny_shares_are_not_none():
    assert units.percent(1, 10**9) == "< 0.01 %"
    assert units.percent(0, 10**9) == "0 %"
    assert units.percent(1, 0) == "0 %"


def test_the_palette_offers_everything_that_can_be_written():
    assert set(palette.STARTS) == set(BLOCKS) | {"parallel", "repeat"}
    assert {entry.family for entry in palette.entries()} == set(palette.FAMILIES)


@pytest.mark.parametrize("word", palette.STARTS)
def test_a_new_block_stands_on_a_map_or_says_that_it_needs_one(word):
    refused = [message for start in ("", "\ngap()") if (message := refusal(f"input(64, 64, 8){start}\nbn()", word))]
    assert len(refused) < 2
    assert all("needs a map" in message for message in refused)


def refusal(text, word):
    """Why a new block cannot stand at the end of a net; "" when it can."""
    before = report.of_text(text)
    item = palette.new(word, before.graph.nodes[-1].shape)
    try:
        report.of_net(type(before.net)(before.net.input, (*before.net.items, item)))
    except ValueError as error:
        return str(error)
    return ""
