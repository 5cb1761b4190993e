"""What is written differently in two runs of blocks that stand in each other's place, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from . import alignment, declare, notation_print
from .alignment import Unit
from .declare import Param
from .graph import Graph, Node
from .net import Aux, Item, Parallel, Repeat, Step
from .ops import Op, shape_text

# How weights start and are held down while they are trained: the blocks compute the same.
ONLY_TRAINING = ("kernel_initializer", "kernel_l2")


class Pair(NamedTuple):
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
            a.shape == b.shape and alike(a.op, b.op) and wiring == other_wiring
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
            yield arrow("input", shape_text(ours.received), shape_text(theirs.received))
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
                yield arrow(title, *[f"{count:,}" if count else "none" for count in counts])

    def _nodes(self) -> tuple[list[tuple[Node, tuple[int, ...]]], list[tuple[Node, tuple[int, ...]]]]:
        """The nodes of both runs, each with its inputs counted from the run's start; −1 is what the run receives."""
        ours, theirs = self.ours, self.theirs
        return wired(self.left, ours[0].start, ours[-1].stop), wired(self.right, theirs[0].start, theirs[-1].stop)


def wired(graph: Graph, start: int, stop: int) -> list[tuple[Node, tuple[int, ...]]]:
    """The nodes from `start` up to but without `stop`, each with its inputs counted from `start`; −1 is from before."""
    return [(node, tuple([max(source - start, -1) for source in node.inputs])) for node in graph.nodes[start:stop]]


def alike(op: Op, other: Op) -> bool:
    """Whether two operations compute the same; how their weights start does not matter."""
    if op == other:
        return True
    return type(op) is type(other) and all(param.name in ONLY_TRAINING for param, _, _ in unequal(op, other))


def unequal(ours: Any, theirs: Any) -> Iterator[tuple[Param, Any, Any]]:
    """The declared parameters in which two blocks or operations of one kind differ, with both values."""
    for param in declare.params(type(ours)):
        left, right = getattr(ours, param.name), getattr(theirs, param.name)
        if left != right:
            yield param, left, right


def said(ours: Any, theirs: Any) -> Iterator[str]:
    """The declared parameters in which two blocks or operations of one kind differ, in words."""
    for param, left, right in unequal(ours, theirs):
        yield arrow(param.name, shown(param, left), shown(param, right))


def _items(ours: Item, theirs: Item) -> Iterator[str]:
    """What differs between two items of one kind, from their declarations."""
    match ours, theirs:
        case Step(), Step() if type(ours.block) is type(theirs.block):
            yield from said(ours.block, theirs.block)
        case Repeat(), Repeat():
            if ours.times != theirs.times:
                yield arrow("times", f"{ours.times:,}", f"{theirs.times:,}")
            yield from _lists(ours.items, theirs.items)
        case Parallel(), Parallel():
            if ours.merge != theirs.merge:
                yield arrow("merge", ours.merge, theirs.merge)
            if len(ours.branches) != len(theirs.branches):
                yield arrow("branches", str(len(ours.branches)), str(len(theirs.branches)))
            else:
                for number, branches in enumerate(zip(ours.branches, theirs.branches, strict=True), 1):
                    yield from (f"branch {number}: {found}" for found in _lists(*branches))
        case Aux(), Aux():
            yield from _lists(ours.items, theirs.items)
        case _:
            yield arrow("block", notation_print.print_item(ours), notation_print.print_item(theirs))


def _lists(ours: tuple[Item, ...], theirs: tuple[Item, ...]) -> Iterator[str]:
    """What differs between two lists of blocks: item by item where they are of the same kinds, else both in full."""
    if [alignment.word(item) for item in ours] == [alignment.word(item) for item in theirs]:
        for mine, other in zip(ours, theirs, strict=True):
            yield from _items(mine, other)
    else:
        yield arrow("blocks", *["; ".join(map(notation_print.print_item, items)) or "none" for items in (ours, theirs)])


def _each(ours: Iterable[Node], theirs: Iterable[Node]) -> Iterator[str]:
    """What differs operation by operation; what differs in all of a kind is said once."""
    found: dict[tuple[str, str], list[str]] = {}
    kinds: dict[str, int] = {}
    for mine, other in zip(ours, theirs, strict=True):
        kinds[mine.op.title] = kinds.get(mine.op.title, 0) + 1
        for text in said(mine.op, other.op):
            found.setdefault((mine.op.title, text), []).append(mine.id)
    for (title, text), nodes in found.items():
        if len(nodes) == kinds[title]:
            yield f"{title}: {text}" if len(kinds) > 1 else text
        else:
            yield from (f"{node}: {text}" for node in nodes)


def shown(param: Param, value: Any) -> str:
    """A parameter's value as people read it: a size as 3×3."""
    return shape_text(value) if param.kind == "size" and value is not None else notation_print.print_value(param, value)


def arrow(name: str, left: str, right: str) -> str:
    """A difference as it is written: name: left → right."""
    return f"{name}: {left} → {right}"
