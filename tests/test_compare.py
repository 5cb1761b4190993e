"""Two nets block by block: nothing is lost, what is said to be the same is the same, and it reads as a person would."""

import dataclasses
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nets import nets, nets_of_like_blocks

from cnnviz import zoo
from cnnviz.compare import MOVED, compare
from cnnviz.costs import total
from cnnviz.net import Net
from cnnviz.report import Report, of_net, of_text

PAIRS = [(row.original, row.name) for row in zoo.ROWS if row.original]
RESIDUAL = "conv(3, 3, relu, use_bias=false), conv(3, 3, use_bias=false)"
ANY = st.one_of(nets(), nets_of_like_blocks())


def report(name):
    return of_text(zoo.BY_NAME[name].notation if name in zoo.BY_NAME else name)


def compared(left, right):
    return compare(report(left), report(right))


def changed(left, right):
    """The changes that are not "same", without the input's."""
    return [change for change in compared(left, right).changes[1:] if change.kind != "same"]


def texts(parts):
    return [part.text for part in parts]


def operations(found, parts):
    """The operations that these blocks make, with one way for all to start their weights."""
    ops = [node.op for part in parts for node in found.graph.nodes if part.place and node.place[:1] == part.place]
    alike = {"kernel_initializer": "zeros", "kernel_l2": 0.0}
    return [dataclasses.replace(op, **{key: alike[key] for key in alike if hasattr(op, key)}) for op in ops]


def check(comparison, left, right):
    """Every block of both nets stands in exactly one change, in order, and the costs add up to the totals."""
    for side, found in (("left", left), ("right", right)):
        parts = [part for change in comparison.changes for part in getattr(change, side)]
        assert [part.place for part in parts] == [(), *((i,) for i in range(len(found.net.items)))]
        assert [part.item for part in parts[1:]] == list(found.net.items)
        assert total(part.cost for part in parts) == found.total == getattr(comparison, side)
    for change in comparison.changes:
        one_sided = bool(change.left) != bool(change.right)
        assert (change.kind in ("added", "removed", *MOVED)) == one_sided
        assert (change.partner is not None) == (change.kind in MOVED)
        if change.kind == "same":
            assert change.before == change.after
            assert change.left[0].received == change.right[0].received
            assert change.left[-1].shape == change.right[-1].shape
            assert operations(left, change.left) == operations(right, change.right)
        elif change.kind in MOVED:
            check_moved(change, comparison, left, right)
        else:
            assert bool(change.differences) == (change.kind == "changed")


def check_moved(change, comparison, left, right):
    """A moved block stands in just one other change, on the other side; unless it was changed, it is the same there."""
    (other,) = [found for found in comparison.changes if (change.left or change.right)[0] is found.partner]
    assert other.kind == change.kind
    assert change.partner is (other.left or other.right)[0]
    assert bool(change.left) != bool(other.left)
    leaving, arriving = (change, other) if change.left else (other, change)
    alike = operations(left, leaving.left) == operations(right, arriving.right)
    assert alike == (change.kind == "moved")
    assert len(change.differences) > 1 or alike
    assert arriving.both == (leaving.left, arriving.right)
    assert leaving.both == ((), ())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANY, ANY)
def test_nothing_is_lost_between_random_nets(left, right):
    left, right = of_net(left), of_net(right)
    check(compare(left, right), left, right)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANY, st.data())
def test_a_net_without_its_last_blocks_lacks_just_these(net, data):
    keep = data.draw(st.integers(1, len(net.items)))
    whole, part = of_net(net), of_net(Net(net.input, net.items[:keep]))
    kinds = [change.kind for change in compare(whole, part).changes]
    assert kinds == ["same"] * (keep + 1) + ["removed"] * (len(net.items) - keep)
    check(compare(part, whole), part, whole)


@pytest.mark.parametrize(("left", "right"), PAIRS, ids=lambda name: name)
def test_nothing_is_lost_between_a_network_and_its_original(left, right):
    check(compared(left, right), report(left), report(right))


def test_nothing_is_lost_between_neighbours_of_the_zoo():
    reports = [Report(*zoo.find(row.name)) for row in zoo.ROWS]
    for left, right in itertools.pairwise(reports):
        check(compare(left, right), left, right)


@pytest.mark.parametrize("row", zoo.ROWS, ids=lambda row: row.name)
def test_a_network_is_the_same_as_itself(row):
    assert {change.kind for change in compared(row.name, row.name).changes} == {"same"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("vgg(8, convs=2)", "conv(8, 3, relu); conv(8, 3, relu); maxpool()"),
        ("conv_bn(8, 3)", "conv(8, 3, use_bias=false); bn(); activation()"),
        ("3 * conv(8, 3)", "conv(8, 3); conv(8, 3); conv(8, 3)"),
        ("conv(8, 3, name=stem)", "conv(8, 3)"),
        ("parallel([conv(8, 3, name=a)], [])", "parallel([conv(8, 3)], [], name=both)"),
        ("classifier(5, flatten, [7])", "flatten(); dense(7, relu); dense(5, softmax)"),
        ("residual(3, use_bn=false)", f"parallel([{RESIDUAL}], [], merge=add); activation()"),
    ],
)
def test_the_same_operations_written_otherwise_are_the_same(left, right):
    found = compared(f"input(16, 16, 3); {left}", f"input(16, 16, 3); {right}")
    assert {change.kind for change in found.changes} == {"same"}


@pytest.mark.parametrize(
    ("left", "right", "difference"),
    [
        ("conv(8, 3)", "conv(8, (3, 2))", "kernel_size: 3×3 → 3×2"),
        ("residual(8)", "residual(8, shortcut_activation=relu)", "shortcut_activation: linear → relu"),
        ("maxpool()", "maxpool(strides=1)", "strides: none → 1×1"),
        ("5 * conv(8, 3)", "7 * conv(8, 3)", "times: 5 → 7"),
        ("2 * [conv(8, 3), bn()]", "2 * [conv(8, 3), lrn()]", "blocks: conv(8, 3); bn() → conv(8, 3); lrn()"),
        ("parallel([conv(3, 3)], [])", "parallel([conv(3, 3)], [], merge=add)", "merge: concat → add"),
        ("parallel([conv(3, 3)], [])", "parallel([conv(3, 3)], [], [])", "branches: 2 → 3"),
        ("parallel([conv(3, 3)], [])", "parallel([conv(3, 5)], [])", "branch 1: kernel_size: 3×3 → 5×5"),
        ("aux([gap(), dense(2)])", "aux([gap(), dense(3)])", "units: 2 → 3"),
        ("dropout(0.4)", "dropout(0.5)", "rate: 0.4 → 0.5"),
    ],
)
def test_differences_are_said_from_the_declarations(left, right, difference):
    (change,) = changed(f"input(16, 16, 3); {left}", f"input(16, 16, 3); {right}")
    assert change.kind == "changed"
    assert change.differences == (difference,)


def test_how_weights_start_is_said_but_changes_no_cost():
    found = compared("input(8, 8, 3); conv(4, 3)", "input(8, 8, 3); conv(4, 3, kernel_initializer=zeros)")
    assert [change.kind for change in found.changes] == ["same", "same"]
    assert found.changes[1].differences == ("kernel_initializer: glorot_uniform → zeros",)


def test_the_same_block_on_another_map_is_changed():
    first, second, third = compared("input(8, 8, 3); conv(4, 3); bn()", "input(9, 9, 3); conv(4, 3); bn()").changes
    assert first.differences == ("input: 8×8×3 → 9×9×3",)
    assert (second.kind, second.differences) == ("changed", ("input: 8×8×3 → 9×9×3",))
    assert third.differences == ("input: 8×8×4 → 9×9×4",)


# --- the tutorials' networks against the papers' ----------------------------------------------------------------------


def test_csdn_vgg16_has_one_odd_kernel():
    (change,) = changed("vgg16", "csdn-vgg16")
    assert texts(change.left) == ["vgg(128, convs=2)"]
    assert "vgg2/conv1: kernel_size: 3×3 → 3×2" in change.differences
    assert change.after.parameters - change.before.parameters == -3 * 64 * 128


def test_ddi_vgg16_saves_in_its_head_and_pays_for_three_pixels():
    found = compared("vgg16", "ddi-vgg16")
    assert [change.kind for change in found.changes] == [*["changed"] * 3, *["same"] * 3, "changed"]
    head = found.changes[-1]
    assert head.after.parameters - head.before.parameters == -48 * 512 * 4096 == found.right[0] - found.left[0]
    assert {change.after.parameters - change.before.parameters for change in found.changes[:-1]} == {0}


def test_ddi_googlenet_module_by_module():
    found = compared("googlenet-aux", "ddi-googlenet")
    named = {change.left[0].item.name: change for change in found.changes[1:] if change.left and change.right}
    assert named["inception_4d"].differences == ("conv_5x5: 64 → 48", "projection: after_pool → before_pool")
    assert named["inception_4c"].differences == ("projection: after_pool → before_pool",)
    assert "input: 14×14×528 → 14×14×512" in named["inception_4e"].differences
    assert [texts(change.right)[-1] for change in found.changes if change.kind == "added"][
        -1
    ] == "maxpool(3, strides=2)"


def test_csdn_resnet50_stage_by_stage():
    stages = [change for change in changed("resnet50", "csdn-resnet50") if "bottleneck" in str(texts(change.left))]
    assert [len(change.left) for change in stages] == [len(change.right) for change in stages] == [1] * 4
    for change in stages:
        assert "shortcut_kernel: 1×1 → 3×3" in change.differences
        assert "final_activation: relu → linear" in change.differences


def test_densenet_201_is_121_with_two_longer_blocks():
    found = changed("densenet121", "densenet201")
    assert [change.differences[0] for change in found if texts(change.left) != texts(change.right)] == [
        "layers: 24 → 48",
        "layers: 16 → 32",
    ]


def test_a_vgg_block_meets_its_layers_and_what_is_put_between_stands_alone():
    found = changed("vgg16", "tfnotes-vgg16")
    assert [texts(change.right) for change in found if change.kind == "added"] == [["dropout(0.2)"]] * 5
    blocks = [change for change in found if change.kind == "changed"]
    assert [len(change.left) for change in blocks] == [1] * 6
    assert texts(blocks[0].right) == ["vgg(64, convs=2, use_bn=true, pool_size=1)", "maxpool(padding=same)"]
    assert "Batch normalisation: none → 2" in blocks[0].differences


def test_long_nets_of_nothing_alike_are_compared_too():
    left = "input(32, 32, 3); " + "; ".join(f"conv({8 + i % 9}, {1 + i % 5})" for i in range(300))
    right = "input(32, 32, 3); " + "; ".join(f"conv_bn({9 + i % 7}, {1 + i % 3})" for i in range(150))
    check(compared(left, right), report(left), report(right))
