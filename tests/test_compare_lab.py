"""The numbers of the Compare page: they add up to the nets' own totals, and say what a person would say."""

import csv
import io
from math import prod

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nets import nets, nets_of_like_blocks

from cnnviz import zoo
from cnnviz.compare import MOVED, compare
from cnnviz.labs import invariants, measures, side_by_side, waterfall
from cnnviz.layer_changes import layer_changes
from cnnviz.net import Net
from cnnviz.report import WORKS, of_net, of_text
from cnnviz.summary import as_json, summarize

ANY = st.one_of(nets(), nets_of_like_blocks())
SLOW = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
HEAD = "gap(); dense(10, softmax)"


def report(name):
    return of_text(zoo.BY_NAME[name].notation if name in zoo.BY_NAME else name)


def falls(left, right, key="parameters", work="macs"):
    """The waterfall by blocks and by layers."""
    found = compare(left, right)
    numbers = [measures.values(net, key, work) for net in (left, right)]
    layers = layer_changes(found, left, right)
    return waterfall.of_blocks(found, *numbers), waterfall.of_layers(layers, (left, right), *numbers)


def said(left, right):
    """The invariants of two nets by what they are about."""
    return {found.about: found for found in invariants.invariants([report(left), report(right)])}


# --- sums -------------------------------------------------------------------------------------------------------------


@SLOW
@given(ANY, ANY, st.sampled_from(sorted(WORKS)))
def test_bars_add_up_to_the_difference_of_what_summary_says(left, right, work):
    left, right = of_net(left), of_net(right)
    column = {"macs": "macs", "flops": "flops", "operations": "all_operations"}[work]
    sums = [as_json(net.net, summarize(net.graph))["totals"] for net in (left, right)]
    for key, totals in (
        ("parameters", [one["params"] for one in sums]),
        ("work", [one[column] for one in sums]),
        ("activations", [net.inference.activations for net in (left, right)]),
    ):
        for fall in falls(left, right, key, work):
            assert [fall.left, fall.right] == totals
            assert sum(bar.change for bar in fall.bars) == totals[1] - totals[0]
            assert len(fall.bars) <= waterfall.MOST_BARS
            assert all(bar.change for bar in fall.bars) or fall.bars[-1].places > 1


@SLOW
@given(ANY, ANY)
def test_every_layer_of_both_nets_stands_in_one_change(left, right):
    left, right = of_net(left), of_net(right)
    found = layer_changes(compare(left, right), left, right)
    for side, net in (("left", left), ("right", right)):
        indices = [getattr(change, side) for change in found if getattr(change, side) is not None]
        assert sorted(indices) == list(range(len(net.graph.nodes)))
    for change in found:
        if change.kind == "same":
            mine, other = left.graph.nodes[change.left], right.graph.nodes[change.right]
            assert (mine.shape, mine.parameters) == (other.shape, other.parameters)
            assert left.graph.input_shapes(change.left)[:1] == right.graph.input_shapes(change.right)[:1]
        elif change.kind == "changed":
            assert change.differences
        elif change.kind not in MOVED:
            assert (change.left is None) == (change.kind == "added")


@SLOW
@given(st.lists(ANY, min_size=2, max_size=4), st.sampled_from(measures.KEYS), st.sampled_from(sorted(WORKS)))
def test_stages_and_layers_add_up_to_the_totals(drawn, key, work):
    reports = [of_net(net) for net in drawn]
    totals = [measures.total(net, key, work) for net in reports]
    stages = side_by_side.stages(reports, key, work)
    assert [sum(stage.values[i] for stage in stages) for i in range(len(reports))] == totals
    assert [sum(stage.layers[i] for stage in stages) for i in range(len(reports))] == [
        len(net.graph.nodes) - 1 for net in reports
    ]
    assert [sum(layer.value for layer in side_by_side.layers(net, key, work)) for net in reports] == totals


@SLOW
@given(ANY)
def test_a_net_against_itself_differs_nowhere(net):
    found = of_net(net)
    assert all(not fall.bars for key in measures.KEYS for fall in falls(found, found, key))
    assert all(one.holds for one in invariants.invariants([found, of_net(net)]))
    assert {change.kind for change in layer_changes(compare(found, found), found, found)} == {"same"}


@SLOW
@given(ANY, st.data())
def test_a_block_put_elsewhere_is_found_and_nothing_is_counted_twice(net, data):
    """Whatever is said, both nets are told whole; blocks that are said to be moved are the same in both."""
    at = data.draw(st.integers(0, len(net.items) - 1))
    rest = [*net.items[:at], *net.items[at + 1 :]]
    to = data.draw(st.integers(0, len(rest)))
    try:
        other = of_net(Net(net.input, (*rest[:to], net.items[at], *rest[to:])))
    except ValueError:  # the block does not fit there
        return
    found = compare(of_net(net), other)
    told = [side for change in found.changes for side in change.both]
    assert sorted(part.number for part in sum(told[::2], ())) == list(range(len(net.items) + 1))
    assert sorted(part.number for part in sum(told[1::2], ())) == list(range(len(net.items) + 1))


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_two_small_kernels_for_a_large_one_bar_by_bar():
    """5·5·64·64 + 64 = 102,464 goes; twice 3·3·64·64 + 64 = 36,928 comes; the receptive field stays 5."""
    left = f"input(32, 32, 64); conv(64, 5, relu); {HEAD}"
    right = f"input(32, 32, 64); conv(64, 3, relu); conv(64, 3, relu); {HEAD}"
    blocks, layers = falls(report(left), report(right))
    assert [(bar.before, bar.after) for bar in blocks.bars] == [(0, 36_928), (102_464, 36_928)]
    assert sorted(bar.change for bar in layers.bars) == [36_928 - 102_464, 36_928]
    held = said(left, right)
    assert held["Receptive field"].holds
    assert held["Output"].holds
    assert not held["Depth"].holds
    assert held["Depth"].said == "2 | 3 layers with a kernel"
    assert not held["Weights"].holds


def test_layers_meet_inside_a_changed_block():
    left, right = report("googlenet"), report("ddi-googlenet")
    found = layer_changes(compare(left, right), left, right)
    ours, theirs = left.graph.index["inception_4d/conv_5x5"], right.graph.index["inception_4d/conv_5x5"]
    (change,) = [change for change in found if change.left == ours]
    assert change.right == theirs
    assert change.kind == "changed"
    assert "filters: 64 → 48" in change.differences


def test_long_blocks_are_cut_in_proportion_and_stay_whole():
    left, right = report("input(8, 8, 2); 700 * conv(2, 3)"), report("input(8, 8, 2); 400 * [conv(3, 1), bn()]")
    found = layer_changes(compare(left, right), left, right)
    assert sorted(change.left for change in found if change.left is not None) == list(range(701))
    assert sorted(change.right for change in found if change.right is not None) == list(range(801))


def test_activation_memory_is_each_tensor_once():
    """Separate activations write over their input; flatten hands it on: input, convolution, dense are left."""
    found = report("input(8, 8, 3); conv(4, 3); activation(relu); flatten(); dense(10)")
    values = measures.values(found, "activations", "macs")
    assert values == [4 * prod(shape) for shape in ((8, 8, 3), (8, 8, 4), (0,), (0,), (10,))]


def test_a_dense_head_holds_most_of_vgg16_and_convolutions_most_of_its_work():
    vgg, res = report("vgg16"), report("resnet50")
    parameters = {stage.name: stage.values for stage in side_by_side.stages([vgg, res], "parameters", "macs")}
    assert parameters["vector"] == (25088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000, 2048 * 1000 + 1000)
    work = {stage.name: stage.values for stage in side_by_side.stages([vgg, res], "work", "macs")}
    assert work["224×224"] == (9 * 224 * 224 * (3 * 64 + 64 * 64), 0)


# --- figures, words, files --------------------------------------------------------------------------------------------


def test_figures_stand_beside_ratios_against_the_first():
    found = {figure.name: figure for figure in side_by_side.figures([report("vgg16"), report("resnet50")], "flops")}
    assert found["Parameters"].values == (138_357_544, 25_610_152)
    assert found["Trainable"].values == (138_357_544, 25_557_032)
    assert found["FLOPs"].exacts[0] == "30,940,528,640"
    assert found["Weights"].values == (4 * 138_357_544, 4 * 25_610_152)
    assert side_by_side.ratio_text(found["Parameters"].ratios[1]) == "×0.185"
    assert found["Depth"].values == (16, 50)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1.0, "same"), (None, "–"), (0.2899, "×0.290"), (0.999999, "×1.00"), (12.345, "×12.3"), (98765.4, "×98,765"),
     (0.0, "×0"),
        (0.004, "1/250")],
)  # fmt: skip
def test_ratios_as_people_read_them(ratio, text):
    assert side_by_side.ratio_text(ratio) == text


def test_weights_that_fit_and_weights_in_another_order():
    one = "input(8, 8, 3); conv(3, 3); bn(); conv(3, 1)"
    fits = said(one, "input(8, 8, 3); conv(3, 3); bn(); activation(relu); conv(3, 1); dropout(0.5)")["Weights"]
    assert fits.holds
    assert fits.said == "8 tensors, the same shapes in the same order: trained weights of one fit the others"
    turned = said(one, "input(8, 8, 3); conv(3, 1); bn(); conv(3, 3)")["Weights"]
    assert (turned.holds, turned.said) == (True, "8 tensors, the same shapes in another order")


def test_an_invariant_of_one_net_is_none():
    with pytest.raises(ValueError, match="two nets"):
        invariants.invariants([report("lenet5")])


def test_the_sides_of_the_maps_are_said_in_order():
    held = said("vgg16", "vgg19")["Sides of the maps"]
    assert held.said == "224 112 56 28 14 7: the picture is reduced in the same steps"


def test_files_hold_exact_figures_and_columns_add_up():
    left, right = report("resnet18"), report("ddi-resnet18")
    rows = [*csv.reader(io.StringIO(side_by_side.figures_csv(["A, of four", "B"], [left, right], "macs")))]
    assert rows[0] == ["figure", "unit", "A, of four", "B", "B / A, of four"]
    assert rows[1][:4] == ["Parameters", "", str(left.total.parameters), str(right.total.parameters)]
    assert float(rows[1][4]) == pytest.approx(right.total.parameters / left.total.parameters, rel=1e-5)
    assert rows[-1][2:4] == [left.line, right.line]
    found = compare(left, right)
    layers = layer_changes(found, left, right)
    for bars in (
        lambda a, b: waterfall.block_bars(found, a, b),
        lambda a, b: waterfall.layer_bars(layers, (left, right), a, b),
    ):
        heading, *lines = csv.reader(io.StringIO(side_by_side.changes_csv((left, right), "macs", bars)))
        sums = [sum(int(line[i]) for line in lines) for i in range(4, 10)]
        assert heading[4:8] == ["Parameters, first", "Parameters, second", "MACs, first", "MACs, second"]
        assert sums[:4] == [left.total[0], right.total[0], left.total.macs, right.total.macs]
        assert sums[4:] == [left.inference.activations, right.inference.activations]
