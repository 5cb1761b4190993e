"""Receptive field, effective stride and offset of every node, height and width apart, through branches.

Along one axis, output position p of a node sees the input pixels from a + p·j to b + p·j: j is the effective stride. A
window of extent k, stride s and padding q before it turns (j, a, b) into (j·s, a − q·j, b + (k − 1 − q)·j). Branches
join by union. Branches of different stride whose maps happen to be equally long keep one such triple each, so the
result stays exact at every position. (Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural
Networks", Distill 2019.)
"""

from __future__ import annotations

from typing import NamedTuple

from .graph import Graph, Node
from .ops import Shape, Window
from .ops.base import ONE_CELL

Piece = tuple[int, int, int]  # effective stride, first and last pixel of position 0
Axis = tuple[Piece, ...]
_PIXEL: Axis = ((1, 0, 0),)
_FAR = (
    10**12
)  # pixels; a net whose strides multiply to more than that steps no further, or its figures could not be printed


class Field(NamedTuple):
    """What one output position sees of the input, in pixels.

    `size` is (height, width): the theoretical extent, which may reach past the border; behind flatten and global
    pooling it is what is seen of the picture. `stride` is the step between neighbouring positions, None where branches
    of unequal stride meet. `offset` is the centre of the first position's field. `whole`: every position sees the whole
    picture.
    """

    size: tuple[int, int]
    stride: tuple[int | None, int | None]
    offset: tuple[float, float]
    whole: bool


def fields(graph: Graph) -> tuple[Field, ...]:
    """The receptive field of every node, in the graph's order."""
    nodes, seen = graph.nodes, axes(graph)
    picture = nodes[0].shape
    results: list[Field] = []
    for i, node in enumerate(nodes):
        source = node.inputs[0] if node.inputs else i
        if source != i and seen[i] is seen[source] and node.shape[:-1] == nodes[source].shape[:-1]:
            results.append(results[source])
        else:
            results.append(_field(*seen[i], node.shape, picture))
    return tuple(results)


def axes(graph: Graph) -> list[tuple[Axis, Axis]]:
    """For each node the exact triples (effective stride, first, last pixel of position 0) of height and width."""
    seen: list[tuple[Axis, Axis]] = [(_PIXEL, _PIXEL)]
    nodes = graph.nodes
    picture = nodes[0].shape
    for node in nodes[1:]:
        if len(node.inputs) == 1:
            seen.append(_through(node, nodes[node.inputs[0]].shape, seen[node.inputs[0]], picture))
        else:
            seen.append(_join([seen[source] for source in node.inputs]))
    return seen


def bounds(axis: Axis, position: int) -> tuple[int, int]:
    """First and last pixel that `position` sees along one axis, before clipping at the border."""
    return (
        min(first + position * stride for stride, first, _ in axis),
        max(last + position * stride for stride, _, last in axis),
    )


def _through(node: Node, shape: Shape, axes: tuple[Axis, Axis], picture: Shape) -> tuple[Axis, Axis]:
    """The axes behind an operation with one input of this shape."""
    windows = node.op.window((shape,))
    if windows is ONE_CELL:
        return axes
    if windows is None:
        sides = shape[:2] if len(shape) == 3 else (1, 1)
        return _everything(axes[0], sides[0], picture[0]), _everything(axes[1], sides[1], picture[1])
    rows = _slide(axes[0], windows[0])
    return rows, rows if axes[0] == axes[1] and windows[0] == windows[1] else _slide(axes[1], windows[1])


def _slide(axis: Axis, window: Window) -> Axis:
    extent, stride, before = window
    if axis[-1][0] * stride > _FAR:
        stride = 1
    return tuple([(j * stride, a - before * j, b + (extent - 1 - before) * j) for j, a, b in axis])


def _everything(axis: Axis, positions: int, side: int) -> Axis:
    """All positions together, within the picture."""
    return ((0, max(bounds(axis, 0)[0], 0), min(bounds(axis, positions - 1)[1], side - 1)),)


def _join(branches: list[tuple[Axis, Axis]]) -> tuple[Axis, Axis]:
    first = branches[0]
    if all(branch == first for branch in branches):
        return first
    rows = _union([branch[0] for branch in branches])
    square = all(rows == columns for rows, columns in branches)
    return rows, rows if square else _union([branch[1] for branch in branches])


def _union(branches: list[Axis]) -> Axis:
    joined: dict[int, tuple[int, int]] = {}
    for branch in branches:
        for stride, a, b in branch:
            low, high = joined.get(stride, (a, b))
            joined[stride] = (a if a < low else low, b if b > high else high)
    return tuple([(stride, *joined[stride]) for stride in sorted(joined)])


def _field(rows: Axis, columns: Axis, shape: Shape, picture: Shape) -> Field:
    sides = shape[:2] if len(shape) == 3 else (1, 1)
    along_rows = _along(rows, sides[0], picture[0])
    square = rows == columns and sides[0] == sides[1] and picture[0] == picture[1]
    along_columns = along_rows if square else _along(columns, sides[1], picture[1])
    (height, row_stride, row_offset, row_whole) = along_rows
    (width, column_stride, column_offset, column_whole) = along_columns
    return Field((height, width), (row_stride, column_stride), (row_offset, column_offset), row_whole and column_whole)


def _along(axis: Axis, positions: int, side: int) -> tuple[int, int | None, float, bool]:
    """Along one axis: the extent (the largest, where positions differ), stride, offset, and whether all is seen."""
    if len(axis) == 1:
        stride, first, last = axis[0]
        whole = first + (positions - 1) * stride <= 0 and last >= side - 1
        return last - first + 1, stride, (first + last) / 2, whole
    # The extent is convex in the position (a greatest minus a least linear function), so it is largest at one end.
    (first, last), (final_first, final_last) = bounds(axis, 0), bounds(axis, positions - 1)
    whole = final_first <= 0 and last >= side - 1
    return max(last - first, final_last - final_first) + 1, None, (first + last) / 2, whole
