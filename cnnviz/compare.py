"""Two nets block by block: which blocks are the same, which were changed, added or removed, and what that costs.

Both nets' written blocks stand in their order. A change pairs a run of blocks of one net with a run of the other; the
runs of all changes in order are the whole nets, so the costs of all parts add up to both totals. The pairing is the
best one that keeps the order: see `alignment`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from . import alignment, costs, declare, notation
from .alignment import Unit
from .costs import NodeCost
from .declare import Param
from .graph import Graph, Node, Place
from .net import Aux, Item, Parallel, Repeat, Step
from .ops import Op, Shape, shape_text
from .report import Report

Kind = Literal["same", "changed", "added", "removed"]

# How weights start and are held down while they are trained: the blocks compute the same.
_ONLY_TRAINING = ("kernel_initializer", "kernel_l2")


class Part(NamedTuple):
    """One written block, all its rounds together. `received` and `shape` are what it takes and gives.

    The input is a part too, with place () and no item.
    """

    text: str
    place: Place
    cost: NodeCost
    shape: Shape
    received: Shape
    item: Item | None


class Change(NamedTuple):
    """A run of the left net and the run of the right net that stands in its place; one of them may be empty.

    "same": the same operations on the same shapes, however they are written. "added" is only on the right, "removed"
    only on the left. `differences` says in words what is written differently, also where it has no effect on the
    operations or only on how their weights start.
    """

    kind: Kind
    left: tuple[Part, ...]
    right: tuple[Part, ...]
    differences: tuple[str, ...] = ()

    @property
    def before(self) -> NodeCost:
        """What the left run costs."""
        return costs.total(part.cost for part in self.left)

    @property
    def after(self) -> NodeCost:
        """What the right run costs."""
        return costs.total(part.cost for part in self.right)


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
    return Comparison(tuple(changes), left.total, right.total)


def _input_change(left: Report, right: Report) -> Change:
    parts = [
        Part(notation.print_declared(net.input), (), costs.total(()), shape, shape, None)
        for net, shape in ((left.net, left.graph.nodes[0].shape), (right.net, right.graph.nodes[0].shape))
    ]
    found = tuple(_received(*parts))
    return Change("changed" if found else "same", (parts[0],), (parts[1],), found)


def _change(left: Report, ours: list[Unit], right: Report, theirs: list[Unit]) -> Change:
    before, after = _parts(left, ours), _parts(right, theirs)
    if not ours or not theirs:
        return Change("removed" if ours else "added", before, after)
    pair = _Pair(left.graph, ours, right.graph, theirs)
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
            )
            for unit in units
        ]
    )


# --- what differs -----------------------------------------------------------------------------------------------------


class _Pair(NamedTuple):
    """Two runs of blocks that stand in each other's place."""

    left: Graph
    ours: list[Unit]
    right: Graph
    theirs: list[Unit]

    def same(self) -> bool:
        """Whether both runs are the same operations, connected alike, on the same shapes."""
        if self.ours[0].received != self.theirs[0].received:
            return False
        if [unit.plain for unit in self.ours] == [unit.plain for unit in self.theirs]:
            return True
        mine, other = self._nodes()
        return len(mine) == len(other) and all(
            a.shape == b.shape and _alike(a.op, b.op) and wiring == other_wiring
            for (a, wiring), (b, other_wiring) in zip(mine, other, strict=True)
        )

    def differences(self) -> Iterator[str]:
        """What differs, in words."""
        ours, theirs = self.ours[0], self.theirs[0]
        if len(self.ours) == len(self.theirs) == 1 and ours.word == theirs.word:
            found = [*_items(ours.plain, theirs.plain)]
        else:
            found = [*self._operations()]
        yield from found
        if ours.received != theirs.received:
            yield _arrow("input", shape_text(ours.received), shape_text(theirs.received))
        elif not found and not self.same():
            yield "the same operations in another order or connected otherwise"

    def _operations(self) -> Iterator[str]:
        """Operation by operation where both runs have the same kinds in a row, else how many there are of each."""
        mine, other = [[node for node, _ in run] for run in self._nodes()]
        if [node.op.word for node in mine] == [node.op.word for node in other]:
            yield from _each(mine, other)
            return
        for title in dict.fromkeys(node.op.title for node in (*mine, *other)):
            counts = [sum(node.op.title == title for node in nodes) for nodes in (mine, other)]
            if counts[0] != counts[1]:
                yield _arrow(title, *[f"{count:,}" if count else "none" for count in counts])

    def _nodes(self) -> tuple[list[tuple[Node, tuple[int, ...]]], list[tuple[Node, tuple[int, ...]]]]:
        """The nodes of both runs, each with its inputs counted from the run's start; −1 is what the run receives."""
        return _wired(self.left, self.ours), _wired(self.right, self.theirs)


def _wired(graph: Graph, units: list[Unit]) -> list[tuple[Node, tuple[int, ...]]]:
    start = units[0].start
    return [
        (node, tuple([max(source - start, -1) for source in node.inputs]))
        for node in graph.nodes[start : units[-1].stop]
    ]


def _alike(op: Op, other: Op) -> bool:
    """Whether two operations compute the same; how their weights start does not matter."""
    if op == other:
        return True
    return type(op) is type(other) and all(param.name in _ONLY_TRAINING for param, _, _ in _unequal(op, other))


def _unequal(ours: Any, theirs: Any) -> Iterator[tuple[Param, Any, Any]]:
    """The declared parameters in which two blocks or operations of one kind differ, with both values."""
    for param in declare.params(type(ours)):
        left, right = getattr(ours, param.name), getattr(theirs, param.name)
        if left != right:
            yield param, left, right


def _items(ours: Item, theirs: Item) -> Iterator[str]:
    """What differs between two items of one kind, from their declarations."""
    match ours, theirs:
        case Step(), Step() if type(ours.block) is type(theirs.block):
            for param, left, right in _unequal(ours.block, theirs.block):
                yield _arrow(param.name, _shown(param, left), _shown(param, right))
        case Repeat(), Repeat():
            if ours.times != theirs.times:
                yield _arrow("times", f"{ours.times:,}", f"{theirs.times:,}")
            yield from _lists(ours.items, theirs.items)
        case Parallel(), Parallel():
            if ours.merge != theirs.merge:
                yield _arrow("merge", ours.merge, theirs.merge)
            if len(ours.branches) != len(theirs.branches):
                yield _arrow("branches", str(len(ours.branches)), str(len(theirs.branches)))
            else:
                for number, branches in enumerate(zip(ours.branches, theirs.branches, strict=True), 1):
                    yield from (f"branch {number}: {found}" for found in _lists(*branches))
        case Aux(), Aux():
            yield from _lists(ours.items, theirs.items)
        case _:
            yield _arrow("block", notation.print_item(ours), notation.print_item(theirs))


def _lists(ours: tuple[Item, ...], theirs: tuple[Item, ...]) -> Iterator[str]:
    """What differs between two lists of blocks: item by item where they are of the same kinds, else both in full."""
    if [alignment.word(item) for item in ours] == [alignment.word(item) for item in theirs]:
        for mine, other in zip(ours, theirs, strict=True):
            yield from _items(mine, other)
    else:
        yield _arrow("blocks", *["; ".join(map(notation.print_item, items)) or "none" for items in (ours, theirs)])


def _each(ours: Iterable[Node], theirs: Iterable[Node]) -> Iterator[str]:
    """What differs operation by operation; what differs in all of a kind is said once."""
    found: dict[tuple[str, str], list[str]] = {}
    kinds: dict[str, int] = {}
    for mine, other in zip(ours, theirs, strict=True):
        kinds[mine.op.title] = kinds.get(mine.op.title, 0) + 1
        for param, left, right in _unequal(mine.op, other.op):
            text = _arrow(param.name, _shown(param, left), _shown(param, right))
            found.setdefault((mine.op.title, text), []).append(mine.id)
    for (title, text), nodes in found.items():
        if len(nodes) == kinds[title]:
            yield f"{title}: {text}" if len(kinds) > 1 else text
        else:
            yield from (f"{node}: {text}" for node in nodes)


def _received(ours: Part, theirs: Part) -> Iterator[str]:
    if ours.received != theirs.received:
        yield _arrow("input", shape_text(ours.received), shape_text(theirs.received))


def _shown(param: Param, value: Any) -> str:
    """A parameter's value as people read it: a size as 3×3."""
    return shape_text(value) if param.kind == "size" and value is not None else notation.print_value(param, value)


def _arrow(name: str, left: str, right: str) -> str:
    return f"{name}: {left} → {right}"
