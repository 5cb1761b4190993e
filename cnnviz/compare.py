"""Two nets block by block: which blocks are the same, were changed, added, removed or moved, and what that costs.

Both nets' written blocks stand in their order. A change pairs a run of blocks of one net with a run of the other; the
runs of all changes in order are the whole nets, so the costs of all parts add up to both totals. The pairing is the
best one that keeps the order: see `alignment`. What stays alone on both sides and is the same block was moved; where it
is clearly the same block with other parameters, it was moved and changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from . import alignment, costs, notation_print
from .alignment import Unit
from .costs import NodeCost
from .differences import ONLY_TRAINING, Pair, arrow, wired
from .graph import Graph, Place
from .net import Item
from .ops import Shape, shape_text
from .report import Report

Kind = Literal["same", "changed", "added", "removed", "moved", "moved and changed"]
MOVED = ("moved", "moved and changed")
MARKS = {"same": "=", "changed": "≠", "added": "+", "removed": "−", "moved": "↕", "moved and changed": "↕≠"}


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
    it has a change for each of its two places. "moved and changed": likewise, but `partner` computes something else;
    it has the same name, or most of what is said of it is equal. `differences` says in words what is written
    differently, also where it has no effect on the operations or only on how their weights start.
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
        if self.kind in MOVED and self.partner:
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
    _find_moves(changes, left.graph, right.graph)
    _find_changed_moves(changes, left.graph, ours, right.graph, theirs)
    return Comparison(tuple(changes), left.total, right.total)


def _input_change(left: Report, right: Report) -> Change:
    parts = [
        Part(notation_print.print_declared(net.input), (), costs.total(()), shape, shape, None, 0, 1)
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
                notation_print.print_item(unit.item),
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


def _find_moves(changes: list[Change], left: Graph, right: Graph) -> None:
    """Say every pair "removed here, added there" of one and the same block as moved.

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
            _say_moved("moved", changes, was, at, _received(changes[was].left[0], change.right[0]))


def _find_changed_moves(changes: list[Change], left: Graph, ours: list[Unit], right: Graph, theirs: list[Unit]) -> None:
    """Say pairs "removed here, added there" of clearly the same block as moved and changed, the most alike first.

    Where there are so many that looking at all pairs would take long, none is.
    """
    gone, come = (
        [(at, units[getattr(change, side)[0].place[0]]) for at, change in enumerate(changes) if change.kind == kind]
        for kind, side, units in (("removed", "left", ours), ("added", "right", theirs))
    )
    if len(gone) * len(come) > alignment.MOST_PAIRS:
        return
    found = [
        (alignment.likeness(mine, other), -abs(was - at), was, at, mine, other)
        for was, mine in gone
        for at, other in come
        if mine.size and other.size
    ]
    taken: set[int] = set()
    for alike, _, was, at, mine, other in sorted(found, key=lambda one: one[:2], reverse=True):
        if alike and not taken & {was, at}:
            taken |= {was, at}
            _say_moved("moved and changed", changes, was, at, Pair(left, [mine], right, [other]).differences())


def _say_moved(kind: Kind, changes: list[Change], was: int, at: int, differences: Iterable[str]) -> None:
    """The block that goes at change `was` is the one that comes at change `at`."""
    ours, theirs = changes[was].left[0], changes[at].right[0]
    said = (arrow("place", f"{ours.number:,}", f"{theirs.number:,}"), *differences)
    changes[was] = Change(kind, (ours,), (), said, theirs)
    changes[at] = Change(kind, (), (theirs,), said, ours)


def _operations(graph: Graph, parts: tuple[Part, ...]) -> Any:
    """What a run of blocks computes, whatever it is written like: equal for equal operations connected alike."""
    return tuple([(_plain(node.op), inputs) for node, inputs in wired(graph, parts[0].start, parts[-1].stop)])


def _plain(op: Any) -> Any:
    """The operation without how its weights start."""
    own = {name: None for name in ONLY_TRAINING if getattr(op, name, None)}
    return dataclasses.replace(op, **own) if own else op
