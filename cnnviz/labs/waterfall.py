"""Where a total came from and went: a bar for each place in which two nets differ, from one total to the other.

The bars in order add up to the difference of the totals, exactly: a comparison holds each block, and each layer, of
both nets once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..compare import Comparison, Kind, Part
from ..layer_changes import LayerChange
from ..ops import shape_text
from ..report import Report

MOST_BARS = 24  # more than these, the smallest come together in one


class Bar(NamedTuple):
    """One step: what stands there on the left and on the right ("" for nothing), and what each side measures.

    `places` is how many places it stands for; a rest of several small ones has no texts.
    """

    kind: Kind
    left: str
    right: str
    differences: tuple[str, ...]
    before: int
    after: int
    places: int = 1

    @property
    def change(self) -> int:
        """What the right side measures more."""
        return self.after - self.before


class Waterfall(NamedTuple):
    """From the total of the left net to that of the right one."""

    left: int
    bars: tuple[Bar, ...]
    right: int


def of_blocks(found: Comparison, left: Sequence[int], right: Sequence[int]) -> Waterfall:
    """A bar for each change of blocks. `left` and `right` are the measures of all nodes of each net."""
    return Waterfall(sum(left), _steps(block_bars(found, left, right)), sum(right))


def of_layers(
    found: Sequence[LayerChange], nets: tuple[Report, Report], left: Sequence[int], right: Sequence[int]
) -> Waterfall:
    """The same for layers."""
    return Waterfall(sum(left), _steps(layer_bars(found, nets, left, right)), sum(right))


def block_bars(found: Comparison, left: Sequence[int], right: Sequence[int]) -> list[Bar]:
    """Every place, also those where nothing changes; a block that was moved away stands only where it arrives."""
    bars = []
    for change in found.changes:
        ours, theirs = change.both
        if ours or theirs:
            before = sum([sum(left[part.start : part.stop]) for part in ours])
            after = sum([sum(right[part.start : part.stop]) for part in theirs])
            bars.append(Bar(change.kind, _texts(ours), _texts(theirs), change.differences, before, after))
    return bars


def layer_bars(
    found: Sequence[LayerChange], nets: tuple[Report, Report], left: Sequence[int], right: Sequence[int]
) -> list[Bar]:
    """The same for layers."""
    return [
        Bar(
            change.kind,
            layer_text(nets[0], change.left),
            layer_text(nets[1], change.right),
            change.differences,
            0 if change.left is None else left[change.left],
            0 if change.right is None else right[change.right],
        )
        for change in found
    ]


def layer_text(net: Report, index: int | None) -> str:
    """A layer by its path, what it is, and its output; "" for none."""
    if index is None:
        return ""
    node = net.graph.nodes[index]
    return f"{node.id} · {node.op.title} → {shape_text(node.shape)}"


def _texts(parts: tuple[Part, ...]) -> str:
    return "; ".join([part.text for part in parts])


def _steps(bars: list[Bar]) -> tuple[Bar, ...]:
    """The bars that change anything, in order; of many the small ones together at the end."""
    steps = [bar for bar in bars if bar.change]
    if len(steps) <= MOST_BARS:
        return tuple(steps)
    by_size = sorted(range(len(steps)), key=lambda i: -abs(steps[i].change))
    kept, rest = set(by_size[: MOST_BARS - 1]), by_size[MOST_BARS - 1 :]
    before, after = (sum(getattr(steps[i], side) for i in rest) for side in ("before", "after"))
    return (*[bar for i, bar in enumerate(steps) if i in kept], Bar("changed", "", "", (), before, after, len(rest)))
