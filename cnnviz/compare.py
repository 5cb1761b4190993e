"""Two nets block by block: which blocks are the same, were changed, added, removed or moved, and what that costs.

Both nets' written blocks stand in their order. A change pairs a run of blocks of one net with a run of the other; the
runs of all changes in order are the whole nets, so the costs of all parts add up to both totals. The pairing is the
best one that keeps the order: see `alignment`. What stays alone on both sides and is the same block was moved.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Literal, NamedTuple

from . import alignment, costs, notation
from .alignment import Unit
from .costs import NodeCost
from .differences import ONLY_TRAINING, Pair, arrow, wired
from .graph import Graph, Place
from .net import Item
from .ops import Shape, shape_text
from .report import Report

Kind = Literal["same", "changed", "added", "removed", "moved"]


class Part(NamedTuple):
    """One written block, all its rounds together: the graph's nodes from `start` up to but without `stop`.

    `received` and `shape` are what it takes and gives. The input is a part too, with place () and no item.
    """

    text: str
    place: Place
    cost: NodeCost
    shape: Shape
    received: Shape
    item: Item | None
    start: int
    stop: int

    @property
    def number(self) -> int:
        """Its number in the net, from 1; the input has 0."""
        return self.place[0] + 1 if self.place else 0


class Change(NamedTuple):
    """A run of the left net and the run of the right net that stands in its place; one of them may be empty.

    "same": the same operations on the same shapes, however they are written. "added" is only on the right, "removed"
    only on the left. "moved": one side is empty, and `partner` is the same block where it stands in the other net;
    it has a change for each of its two places. `differences` says in words what is written differently, also where it
    has no effect on the operations or only on how their weights start.
    """

    kind: Kind
    left: tuple[Part, ...]
    right: tuple[Part, ...]
    differences: tuple[str, ...] = ()
    partner: Part | None = None

    @property
    def before(self) -> NodeCost:
        """What the left run costs."""
        return costs.total(part.cost for part in self.left)

    @property
    def after(self) -> NodeCost:
        """What the right run costs."""
        return costs.total(part.cost for part in self.right)

    @property
    def both(self) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """The two runs that belong together: of a moved block both its places, told where it arrives.

        Where it leaves there is nothing to tell, so that over all changes each block is told once.
        """
        if self.kind == "moved" and self.partner:
            return ((self.partner,), self.right) if self.right else ((), ())
        return self.left, self.right


class Comparison(NamedTuple):
    """All changes in order, and what each net costs in total."""

    changes: tuple[Change, ...]
    left: NodeCost
    right: NodeCost


def compare(left: Report, right: Report) -> Comparison:
    """How the right net differs from the left one."""
    ours, theirs = alignment.units(left.net, left.graph), alignment.units(right.net, right.graph)
    changes = [_input_change(left, right)]
    for i, j in alignment.align(ours, theirs):
        changes.append(_change(left, ours[i], right, theirs[j]))
    return Comparison(tuple(_with_moves(changes, left.graph, right.graph)), left.total, right.total)


def _input_change(left: Report, right: Report) -> Change:
    parts = [
        Part(notation.print_declared(net.input), (), costs.total(()), shape, shape, None, 0, 1)
        for net, shape in ((left.net, left.graph.nodes[0].shape), (right.net, right.graph.nodes[0].shape))
    ]
    found = tuple(_received(*parts))
    return Change("changed" if found else "same", (parts[0],), (parts[1],), found)


def _change(left: Report, ours: list[Unit], right: Report, theirs: list[Unit]) -> Change:
    before, after = _parts(left, ours), _parts(right, theirs)
    if not ours or not theirs:
        return Change("removed" if ours else "added", before, after)
    pair = Pair(left.graph, ours, right.graph, theirs)
    return Change("same" if pair.same() else "changed", before, after, tuple(pair.differences()))


def _parts(report: Report, units: list[Unit]) -> tuple[Part, ...]:
    return tuple(
        [
            Part(
                notation.print_item(unit.item),
                unit.place,
                costs.total(report.costs[unit.start : unit.stop]),
                unit.shape,
                unit.received,
                unit.item,
                unit.start,
                unit.stop,
            )
            for unit in units
        ]
    )


def _received(ours: Part, theirs: Part) -> list[str]:
    if ours.received == theirs.received:
        return []
    return [arrow("input", shape_text(ours.received), shape_text(theirs.received))]


# --- moved blocks -----------------------------------------------------------------------------------------------------


def _with_moves(changes: list[Change], left: Graph, right: Graph) -> list[Change]:
    """The changes with every pair "removed here, added there" of one and the same block said as moved.

    Of several equal blocks the first that was removed is the first that was added.
    """
    gone: dict[Any, list[int]] = {}
    for at, change in enumerate(changes):
        if change.kind == "removed" and change.left[0].stop > change.left[0].start:
            gone.setdefault(_operations(left, change.left), []).append(at)
    for at, change in enumerate(changes):
        if change.kind != "added" or not gone:
            continue
        waiting = gone.get(_operations(right, change.right))
        if waiting:
            was = waiting.pop(0)
            ours, theirs = changes[was].left[0], change.right[0]
            said = (arrow("place", f"{ours.number:,}", f"{theirs.number:,}"), *_received(ours, theirs))
            changes[was] = Change("moved", (ours,), (), said, theirs)
            changes[at] = Change("moved", (), (theirs,), said, ours)
    return changes


def _operations(graph: Graph, parts: tuple[Part, ...]) -> Any:
    """What a run of blocks computes, whatever it is written like: equal for equal operations connected alike."""
    return tuple([(_plain(node.op), inputs) for node, inputs in wired(graph, parts[0].start, parts[-1].stop)])


def _plain(op: Any) -> Any:
    """The operation without how its weights start."""
    own = {name: None for name in ONLY_TRAINING if getattr(op, name, None)}
    return dataclasses.replace(op, **own) if own else op
