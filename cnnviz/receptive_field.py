"""Receptive field, effective stride and offset of every node, height and width apart, through branches.

Along one axis, output position p of a node sees the input pixels from a + p·j to b + p·j: j is the effective stride. A
window of extent k, stride s and padding q before it turns (j, a, b) into (j·s, a − q·j, b + (k − 1 − q)·j). Branches join by
union. Branches of different stride whose maps happen to be equally long keep one such triple each, so the result stays exact
at every position. (Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.)
"""

from __future__ import annotations

from typing import NamedTuple

from .graph import Graph, Node
from .ops import Window

Piece = tuple[int, int, int]  # effective stride, first and last pixel of position 0
Axis = tuple[Piece, ...]
_PIXEL: Axis = ((1, 0, 0),)


class Field(NamedTuple):
    """What one output position sees of the input, in pixels.

    `size` is (height, width): the theoretical extent, which may reach past the border; behind flatten and global pooling
    it is what is seen of the picture. `stride` is the step between neighbouring positions, None where branches of unequal
    stride meet. `offset` is the centre of the first position's field. `whole`: every position sees the whole picture.
    """

    size: tuple[int, int]
    stride: tuple[int | None, int | None]
    offset: tuple[float, float]
    whole: bool


def fields(graph: Graph) -> tuple[Field, ...]:
    """The receptive field of every node, in the graph's order."""
    picture = graph.nodes[0].shape
    found: dict[tuple[Axis, Axis, int, int], Field] = {}
    results = []
    for node, (rows, columns) in zip(graph.nodes, axes(graph), strict=True):
        height, width = node.shape[:2] if len(node.shape) == 3 else (1, 1)
        key = (rows, columns, height, width)
        field = found.get(key)
        if field is None:
            field = found[key] = _field(rows, columns, height, width, picture[0], picture[1])
        results.append(field)
    return tuple(results)


def axes(graph: Graph) -> list[tuple[Axis, Axis]]:
    """For each node the exact triples (effective stride, first, last pixel of position 0) of height and width."""
    seen: list[tuple[Axis, Axis]] = [(_PIXEL, _PIXEL)]
    nodes = graph.nodes
    for node in nodes[1:]:
        if len(node.inputs) == 1:
            seen.append(_through(nodes, node, *seen[node.inputs[0]]))
        else:
            rows, columns = zip(*[seen[source] for source in node.inputs], strict=True)
            seen.append((_union(rows), _union(columns)))
    return seen


def bounds(axis: Axis, position: int) -> tuple[int, int]:
    """First and last pixel that `position` sees along one axis, before clipping at the border."""
    return (
        min(first + position * stride for stride, first, _ in axis),
        max(last + position * stride for stride, _, last in axis),
    )


def _through(nodes: tuple[Node, ...], node: Node, rows: Axis, columns: Axis) -> tuple[Axis, Axis]:
    """The axes behind an operation with one input."""
    shape = nodes[node.inputs[0]].shape
    windows = node.op.window((shape,))
    if windows is None:
        height, width = shape[:2] if len(shape) == 3 else (1, 1)
        return _everything(rows, height), _everything(columns, width)
    return _slide(rows, windows[0]), _slide(columns, windows[1])


def _slide(axis: Axis, window: Window) -> Axis:
    extent, stride, before = window
    if extent == 1 and stride == 1 and before == 0:
        return axis
    return tuple([(j * stride, a - before * j, b + (extent - 1 - before) * j) for j, a, b in axis])


def _everything(axis: Axis, positions: int) -> Axis:
    """All positions together."""
    return ((0, bounds(axis, 0)[0], bounds(axis, positions - 1)[1]),)


def _union(branches: tuple[Axis, ...]) -> Axis:
    first = branches[0]
    if all(branch is first or branch == first for branch in branches):
        return first
    joined: dict[int, tuple[int, int]] = {}
    for branch in branches:
        for stride, a, b in branch:
            low, high = joined.get(stride, (a, b))
            joined[stride] = (min(low, a), max(high, b))
    return tuple([(stride, *ends) for stride, ends in sorted(joined.items())])


def _field(rows: Axis, columns: Axis, height: int, width: int, image_height: int, image_width: int) -> Field:
    sizes, strides, offsets, whole = [], [], [], True
    for axis, positions, side in ((rows, height, image_height), (columns, width, image_width)):
        first, last = bounds(axis, 0), bounds(axis, positions - 1)
        if axis[-1][0] == 0:
            size = min(first[1], side - 1) - max(first[0], 0) + 1
        else:
            ends = [bounds(axis, p) for p in range(positions)] if len(axis) > 1 else [first]
            size = max(high - low for low, high in ends) + 1
        sizes.append(size)
        strides.append(axis[0][0] if len(axis) == 1 else None)
        offsets.append(sum(first) / 2)
        whole = whole and last[0] <= 0 and first[1] >= side - 1
    return Field((sizes[0], sizes[1]), (strides[0], strides[1]), (offsets[0], offsets[1]), whole)
