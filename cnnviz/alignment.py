"""Which blocks of one net stand in the place of which of another: the best pairing that keeps the order.

Units are the blocks as written; a repetition is one. A unit may be paired with one unit or with a run of up to eight
(a VGG block with its convolutions and pooling); the rest stays alone. A pairing is worth the operations that both sides
have in common (half where only the family is: max and average pooling), times how well the sides agree: fully for the
same block, less for the same kind with other parameters and for other kinds, less again where the maps have been halved
a different number of times; blocks that only normalise, activate or reshape count less. The sum over all pairings is
made as large as possible.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from math import log2
from typing import NamedTuple

from . import declare
from .graph import Graph, Place
from .net import Aux, Item, Net, Parallel, Repeat, Step
from .ops import Shape

MOST_RUN = 8  # units of one net that stand in the place of one of the other
MOST_PAIRS = 10_000  # pairs of units that are looked at; in nets of over 70 units those far from the diagonal are not
_VECTOR = 100  # the stage behind flattening and global pooling
_LIGHT = {"normalisation", "activation", "regularisation", "shape"}  # families that count less: they follow the others
_UNMATCHED = 0.05  # what an operation without counterpart takes from a pairing of runs


class Unit(NamedTuple):
    """A written block after expansion: the nodes from `start` up to but without `stop`, and what they do in sum.

    `plain` is the item without names. `stage` and `end` say how often the map has been halved before and after it.
    `words` and `families` count its `size` operations by word and by family.
    """

    item: Item
    plain: Item
    word: str
    place: Place
    start: int
    stop: int
    received: Shape
    shape: Shape
    stage: int
    end: int
    words: dict[str, int]
    families: dict[str, int]
    size: int


Run = slice


def units(net: Net, graph: Graph) -> list[Unit]:
    """The written blocks of a net, in order."""
    stops = [0] * len(net.items)
    for span in graph.spans:
        stops[span.place[0]] = max(stops[span.place[0]], span.stop)
    found: list[Unit] = []
    start, trunk, stage = 1, graph.nodes[0].shape, 0
    for number, (item, made) in enumerate(zip(net.items, stops, strict=True)):
        stop = max(made, start)
        received, shape = trunk, graph.nodes[stop - 1].shape if stop > start else trunk
        end = stage
        if word(item) != "aux":
            trunk, end = shape, _stage_after(stage, received, shape)
        made_ops = [node.op for node in graph.nodes[start:stop]]
        found.append(
            Unit(
                item,
                _plain(item),
                word(item),
                (number,),
                start,
                stop,
                received,
                shape,
                stage,
                end,
                Counter([op.word for op in made_ops]),
                Counter([op.family for op in made_ops]),
                stop - start,
            )
        )
        start, stage = stop, end
    return found


def word(item: Item) -> str:
    """What a kind of item is called in the notation; a repetition has no word of its own."""
    match item:
        case Step():
            return item.block.word
        case Repeat():
            return "repeat"
        case _:
            return item.word


def align(ours: list[Unit], theirs: list[Unit]) -> Iterator[tuple[Run, Run]]:
    """Runs of both lists that stand in each other's place, in order; together they are both lists."""
    first = _equal_ends(ours, theirs)
    last = _equal_ends(ours[first:][::-1], theirs[first:][::-1])
    for i in range(first):
        yield slice(i, i + 1), slice(i, i + 1)
    i, j = first, first
    for step_i, step_j in _best(ours[first : len(ours) - last], theirs[first : len(theirs) - last]):
        yield slice(i, i + step_i), slice(j, j + step_j)
        i, j = i + step_i, j + step_j
    for back in range(last, 0, -1):
        i, j = len(ours) - back, len(theirs) - back
        yield slice(i, i + 1), slice(j, j + 1)


def _equal_ends(ours: list[Unit], theirs: list[Unit]) -> int:
    """How many units at the beginning of both lists are the same, on the same shapes."""
    count = 0
    for mine, other in zip(ours, theirs, strict=False):
        if mine.plain != other.plain or mine.received != other.received:
            break
        count += 1
    return count


def _best(ours: list[Unit], theirs: list[Unit]) -> Iterator[tuple[int, int]]:
    """The lengths of the runs of the best pairing, in order; (1, 0) and (0, 1) for units that stay alone."""
    rows, columns = len(ours), len(theirs)
    longer = max(rows, columns)
    away = MOST_PAIRS // 2 // max(longer, 1) * longer
    worth = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    step = [[(1, 0)] * (columns + 1) for _ in range(rows + 1)]
    step[rows] = [(0, 1)] * (columns + 1)
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best, taken = worth[i + 1][j], (1, 0)
            if worth[i][j + 1] > best:
                best, taken = worth[i][j + 1], (0, 1)
            if abs(i * columns - j * rows) <= away:
                for run_i, run_j, own in _pairings(ours, i, theirs, j):
                    reached = own + worth[i + run_i][j + run_j]
                    if reached > best:
                        best, taken = reached, (run_i, run_j)
            worth[i][j], step[i][j] = best, taken
    i = j = 0
    while i < rows or j < columns:
        taken = step[i][j]
        yield taken
        i, j = i + taken[0], j + taken[1]


def _pairings(ours: list[Unit], i: int, theirs: list[Unit], j: int) -> Iterator[tuple[int, int, float]]:
    """Pairings that begin with units i and j: the lengths of the runs, and what the pairing is worth."""
    mine, other = ours[i], theirs[j]
    yield 1, 1, _one_to_one(mine, other)
    if mine.stage == other.stage:
        for length, own in _runs(mine, theirs, j):
            yield 1, length, own
        for length, own in _runs(other, ours, i):
            yield length, 1, own


def _one_to_one(mine: Unit, other: Unit) -> float:
    common = _common(mine.words, mine.families, other.words, other.families)
    if mine.word == other.word:
        agreement = 1.2 if mine.plain == other.plain else 0.7 + 0.25 * _equal_parameters(mine.plain, other.plain)
        common = common or 1
    elif common:
        agreement = 0.4 + 0.5 * common / (mine.size + other.size - common)
    elif (mine.stage, mine.end) == (other.stage, other.end) and mine.end > mine.stage:
        return 0.3  # flatten and global pooling
    else:
        return 0.0
    agreement += 0.1 * ((mine.received == other.received) + (mine.shape == other.shape))
    agreement += 0.1 * (_name(mine.item) == _name(other.item) != "")
    if _LIGHT.issuperset(mine.families):
        agreement *= 0.4
    stages = (mine.stage == other.stage) + (mine.end == other.end)
    return common * agreement * ((0.7, 0.85, 1.0) if mine.word == other.word else (0.4, 0.7, 1.0))[stages]


def _runs(one: Unit, many: list[Unit], start: int) -> Iterator[tuple[int, float]]:
    """Runs of two and more units from `start` on that end at the stage where `one` ends, and what they are worth."""
    words, families, size = dict(many[start].words), dict(many[start].families), many[start].size
    for length in range(2, min(MOST_RUN, len(many) - start) + 1):
        unit = many[start + length - 1]
        if unit.end > one.end:
            return
        _add(words, unit.words)
        _add(families, unit.families)
        size += unit.size
        if unit.end == one.end:
            common = _common(one.words, one.families, words, families)
            united = one.size + size - common
            if common:
                agreement = 0.35 + 0.5 * common / united + 0.1 * (unit.shape[-1:] == one.shape[-1:])
                yield length, common * agreement - _UNMATCHED * (united - common)


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for key, number in more.items():
        counts[key] = counts.get(key, 0) + number


def _common(
    words: dict[str, int], families: dict[str, int], other_words: dict[str, int], other_families: dict[str, int]
) -> float:
    """How many operations both sides have; those that have only their family in common are half."""
    return (_shared(words, other_words) + _shared(families, other_families)) / 2


def _shared(ours: dict[str, int], theirs: dict[str, int]) -> int:
    return sum([min(number, theirs[key]) for key, number in ours.items() if key in theirs])


def _equal_parameters(mine: Item, other: Item) -> float:
    """The share of equal parameters of two items of one kind."""
    if not isinstance(mine, Step) or not isinstance(other, Step) or type(mine.block) is not type(other.block):
        return 0.5
    known = declare.params(type(mine.block))
    equal = [getattr(mine.block, param.name) == getattr(other.block, param.name) for param in known]
    return sum(equal) / len(equal) if equal else 1.0


def likeness(mine: Unit, other: Unit) -> float:
    """How clearly two blocks are one that was changed: 0 when it cannot be told, over 1 when the reader's name says so.

    Both are of one kind, and not of two names. Without a name, more than half of what is said of either must be equal:
    at least two of the parameters that have no default or differ from it; of several blocks in one, the blocks inside.
    """
    names = {_name(mine.item), _name(other.item)} - {""}
    if mine.word != other.word or len(names) > 1:
        return 0.0
    equal, said = _said_alike(mine.plain, other.plain)
    share = equal / said if said else 0.0
    if _name(mine.item) == _name(other.item) != "":
        return 1 + share
    return share if share > 0.5 and equal > 1 else 0.0


def _said_alike(mine: Item, other: Item) -> tuple[int, int]:
    """How much of what is said of two items of one kind is equal, out of how much."""
    match mine, other:
        case Step(), Step() if type(mine.block) is type(other.block):
            pairs = [
                (getattr(mine.block, param.name), getattr(other.block, param.name), param.default)
                for param in declare.params(type(mine.block))
            ]
            told = [left == right for left, right, default in pairs if not left == right == default]
        case Repeat(), Repeat():
            told = [mine.times == other.times, *_items_alike(mine.items, other.items)]
        case Parallel(), Parallel():
            told = [mine.merge == other.merge, *_items_alike(mine.branches, other.branches)]
        case Aux(), Aux():
            told = _items_alike(mine.items, other.items)
        case _:
            return 0, 0
    return sum(told), len(told)


def _items_alike(ours: tuple[object, ...], theirs: tuple[object, ...]) -> list[bool]:
    return [left == right for left, right in zip_longest(ours, theirs)]


def _stage_after(stage: int, received: Shape, shape: Shape) -> int:
    """The stage behind a block: one more for each time that it halves its map's longer side, a border not counted."""
    if len(shape) != 3 or len(received) != 3:
        return _VECTOR
    return stage + round(log2(max(received[:2]) / max(shape[:2])))


def _name(item: Item) -> str:
    return "" if isinstance(item, Repeat) else item.name


def _plain(item: Item) -> Item:
    """The item without names, inside too."""
    match item:
        case Step():
            return Step(item.block) if item.name else item
        case Repeat():
            return Repeat(item.times, tuple(map(_plain, item.items)))
        case Parallel():
            return Parallel(tuple(tuple(map(_plain, branch)) for branch in item.branches), item.merge)
        case Aux():
            return dataclasses.replace(item, items=tuple(map(_plain, item.items)), name="")
