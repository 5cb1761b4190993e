"""Blocks that stand elsewhere in another net: what is told as moved, as moved and changed, and what is not."""

import pytest

from cnnviz.compare import compare
from cnnviz.layer_changes import layer_changes
from tests.test_compare_lab import HEAD, falls, report


@pytest.mark.parametrize(
    ("left", "right", "moved"),
    [
        ("bn(); conv(8, 3); conv(9, 5)", "conv(8, 3); conv(9, 5); bn()", ["bn()"]),
        ("conv(8, 3); conv(9, 5); maxpool()", "maxpool(); conv(8, 3); conv(9, 5)", ["maxpool()"]),
        ("residual(8); conv(8, 5); conv(8, 7)", "conv(8, 5); conv(8, 7); residual(8)", ["conv(8, 5)", "conv(8, 7)"]),
    ],
)
def test_a_block_that_stands_elsewhere_was_moved(left, right, moved):
    """Of two blocks that change places the one of more operations stays."""
    found = compare(report(f"input(16, 16, 8); {left}; {HEAD}"), report(f"input(16, 16, 8); {right}; {HEAD}"))
    arrived = [change for change in found.changes if change.kind == "moved" and change.right]
    assert [change.right[0].text for change in arrived] == moved
    assert [change.partner.text for change in arrived] == moved
    assert arrived[0].differences[0].startswith("place: ")
    assert not any(change.kind in ("added", "removed") for change in found.changes)


STAY = "residual(8); residual(8, 2)"  # two blocks that stay where they are, as they are of more operations


@pytest.mark.parametrize(
    ("left", "right", "differences"),
    [
        ("conv(8, 3, name=stem)", "conv(8, 5, elu, name=stem)", ("kernel_size: 3×3 → 5×5", "activation: linear → elu")),
        ("conv(8, 3, relu)", "conv(8, 5, relu)", ("kernel_size: 3×3 → 5×5",)),
        ("conv(8, 3, relu)", "conv(8, 5, relu, name=last)", ("kernel_size: 3×3 → 5×5",)),
        ("2 * [conv(8, 3), bn()]", "3 * [conv(8, 3), bn()]", ("times: 2 → 3",)),
        (
            "parallel([conv(8, 1)], [conv(8, 3)], [], merge=add)",
            "parallel([conv(8, 1)], [conv(8, 5)], [], merge=add)",
            ("branch 2: kernel_size: 3×3 → 5×5",),
        ),
    ],
)
def test_a_block_that_stands_elsewhere_with_other_parameters_was_moved_and_changed(left, right, differences):
    nets = report(f"input(16, 16, 8); {left}; {STAY}; {HEAD}"), report(f"input(16, 16, 8); {STAY}; {right}; {HEAD}")
    found = compare(*nets)
    assert [change.kind for change in found.changes[1:]] == [
        "moved and changed", "same", "same", "moved and changed", "same", "same"
    ]  # fmt: skip
    gone, come = (change for change in found.changes if change.kind == "moved and changed")
    assert gone.differences == come.differences == ("place: 1 → 3", *differences)
    assert (gone.both, come.both) == (((), ()), (gone.left, come.right))
    blocks, layers = falls(*nets)
    total = nets[1].total.parameters - nets[0].total.parameters
    assert sum(bar.change for bar in blocks.bars) == sum(bar.change for bar in layers.bars) == total
    assert {bar.kind for bar in blocks.bars} == {"moved and changed"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("conv(8, 3, relu, name=a)", "conv(8, 5, relu, name=b)"),  # two names
        ("conv(8, 3)", "conv(8, 5)"),  # half of what is said
        ("dropout(0.5)", "dropout(0.4)"),  # nothing that is said
        ("maxpool(3, strides=1, padding=same)", "conv(8, 3, strides=1, padding=same)"),  # another kind
    ],
)
def test_blocks_that_may_well_be_others_were_removed_and_added(left, right):
    nets = report(f"input(16, 16, 8); {left}; {STAY}; {HEAD}"), report(f"input(16, 16, 8); {STAY}; {right}; {HEAD}")
    assert {change.kind for change in compare(*nets).changes} == {"same", "removed", "added"}


def test_of_two_candidates_the_one_that_is_more_alike_was_moved():
    left = f"input(16, 16, 8); conv(8, 3, relu, strides=1); conv(8, 7, elu); {STAY}; {HEAD}"
    found = compare(report(left), report(f"input(16, 16, 8); {STAY}; conv(8, 5, elu); {HEAD}"))
    assert [change.kind for change in found.changes[1:3]] == ["removed", "moved and changed"]


def test_layers_of_a_block_that_was_moved_and_changed_meet():
    left = report(f"input(16, 16, 8); 2 * [conv(8, 3), bn()]; {STAY}; {HEAD}")
    right = report(f"input(16, 16, 8); {STAY}; 3 * [conv(8, 3), bn()]; {HEAD}")
    found = layer_changes(compare(left, right), left, right)
    kinds = [change.kind for change in found if change.kind != "same"]
    assert sorted(kinds) == ["added", "added", "moved", "moved", "moved", "moved"]


def test_a_block_moved_to_another_map_costs_what_the_map_makes_of_it():
    """3·3·8·8 MACs a position: on 16×16 before the pooling, on 8×8 behind it."""
    left = report(f"input(16, 16, 8); conv(8, 3); maxpool(); {HEAD}")
    right = report(f"input(16, 16, 8); maxpool(); conv(8, 3); {HEAD}")
    blocks, layers = falls(left, right, "work")
    assert sum(bar.change for bar in blocks.bars) == 3 * 3 * 8 * 8 * (64 - 256)
    assert sum(bar.change for bar in layers.bars) == 3 * 3 * 8 * 8 * (64 - 256)
