"""Two nets layer by layer: inside blocks that stand in each other's place, which layer stands in the place of which.

Each layer of both nets stands in exactly one change. Layers of blocks that are the same, or were moved, meet one by
one. Inside changed blocks the pairing keeps the order and is the best by what the layers have in common: kind,
parameters, output shape and name; convolutions and dense layers count double.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .compare import MOVED, Change, Comparison, Kind
from .differences import alike, arrow, said
from .graph import Graph, Node
from .ops import shape_text
from .report import Report

MOST_TOGETHER = 150  # layers of one side that are looked at together; longer runs are cut in proportion
_WEIGHTY = ("convolution", "dense")


class LayerChange(NamedTuple):
    """A layer of the left net and the one in its place; each is a node's index, or None. `block` is its change's."""

    kind: Kind
    left: int | None
    right: int | None
    differences: tuple[str, ...]
    block: int


def layer_changes(found: Comparison, left: Report, right: Report) -> tuple[LayerChange, ...]:
    """All layers of both nets, the input included, in the order of the blocks' changes."""
    changes: list[LayerChange] = []
    for number, change in enumerate(found.changes):
        ours, theirs = [[i for part in parts for i in range(part.start, part.stop)] for parts in change.both]
        for mine, other in _pairs(change, left.graph, ours, right.graph, theirs):
            changes.append(_layer(change.kind, left.graph, mine, right.graph, other, number))
    return tuple(changes)


Pair = tuple[int | None, int | None]


def _pairs(change: Change, left: Graph, ours: list[int], right: Graph, theirs: list[int]) -> Iterator[Pair]:
    if change.kind in ("same", "moved"):
        yield from zip(ours, theirs, strict=True)
        return
    pieces = -(-max(len(ours), len(theirs)) // MOST_TOGETHER)
    for piece in range(pieces):
        mine, other = (run[len(run) * piece // pieces : len(run) * (piece + 1) // pieces] for run in (ours, theirs))
        for i, j in _best([left.nodes[n] for n in mine], [right.nodes[n] for n in other]):
            yield None if i is None else mine[i], None if j is None else other[j]


def _layer(kind: Kind, left: Graph, ours: int | None, right: Graph, theirs: int | None, block: int) -> LayerChange:
    if ours is None or theirs is None:
        return LayerChange("added" if ours is None else "removed", ours, theirs, (), block)
    mine, other = left.nodes[ours], right.nodes[theirs]
    found = [*said(mine.op, other.op)] if type(mine.op) is type(other.op) else [_kinds(mine, other)]
    received, taken = left.input_shapes(ours)[:1], right.input_shapes(theirs)[:1]
    if received != taken:
        found.append(arrow("input", *[shape_text(shapes[0]) for shapes in (received, taken)]))
    elif not mine.inputs and mine.shape != other.shape and not found:
        found.append(arrow("input", shape_text(mine.shape), shape_text(other.shape)))
    same = received == taken and mine.shape == other.shape and alike(mine.op, other.op)
    if not same and not found:
        found.append(arrow("output", shape_text(mine.shape), shape_text(other.shape)))
    if kind in MOVED:
        kind = "moved" if same or kind == "moved" else "moved and changed"
    else:
        kind = "same" if same else "changed"
    return LayerChange(kind, ours, theirs, tuple(found), block)


def _kinds(mine: Node, other: Node) -> str:
    return arrow("operation", mine.op.title, other.op.title)


def _best(ours: Sequence[Node], theirs: Sequence[Node]) -> Iterator[Pair]:
    """The pairing of most worth that keeps the order."""
    rows, columns = len(ours), len(theirs)
    worth = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        here, below = worth[i], worth[i + 1]
        for j in range(columns - 1, -1, -1):
            own = _worth(ours[i], theirs[j])
            best = below[j] if below[j] > here[j + 1] else here[j + 1]
            here[j] = own + below[j + 1] if own and own + below[j + 1] > best else best
    i = j = 0
    while i < rows and j < columns:
        if worth[i][j] == worth[i + 1][j]:
            yield i, None
            i += 1
        elif worth[i][j] == worth[i][j + 1]:
            yield None, j
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1
    for rest in range(i, rows):
        yield rest, None
    for rest in range(j, columns):
        yield None, rest


def _worth(mine: Node, other: Node) -> float:
    """What it is worth that two layers stand in each other's place; 0 when they cannot."""
    if mine.op.family != other.op.family:
        return 0.0
    agreement = 0.4
    if mine.op.word == other.op.word:
        agreement = 1.5 if mine.op == other.op else 1.0
    agreement += 0.3 * (mine.shape == other.shape) + 0.4 * (_last(mine.id) == _last(other.id))
    return agreement * (2 if mine.op.family in _WEIGHTY else 1)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
