"""The receptive field of any node as a rectangle on the picture, and the part of a graph that it depends on.

Everything is in pixels of the input, height before width. The rectangle of a position is exact
(`cnnviz.receptive_field`): the pixels that can reach it, first to last along each axis.
"""

from __future__ import annotations

from typing import NamedTuple

from .. import receptive_field
from ..graph import Graph, Node
from ..ops import Shape

MOST_CELLS = 128  # of a measured field along one side; a larger one is averaged down to that

Position = tuple[int, int]


class Rectangle(NamedTuple):
    """Pixels from (top, left), which may lie outside the picture, over `height` rows and `width` columns."""

    top: int
    left: int
    height: int
    width: int

    @property
    def pixels(self) -> int:
        return self.height * self.width


class NodeField(NamedTuple):
    """What one output position of a node sees.

    `full` is the theoretical field, which may reach into the padding; `seen` is its part inside the picture. `whole`:
    it covers the picture. `places` are the node's positions (height, width), (1, 1) where it is no map.
    """

    node: str
    shape: Shape
    picture: tuple[int, int]
    places: tuple[int, int]
    position: Position
    full: Rectangle
    seen: Rectangle
    whole: bool


class Reach(NamedTuple):
    """First and last pixel that each row and each column of a node's positions sees, before clipping."""

    rows: tuple[tuple[int, int], ...]
    columns: tuple[tuple[int, int], ...]


def reach(graph: Graph, index: int) -> Reach:
    """What every position of node `index` sees, along height and along width."""
    rows, columns = receptive_field.axes(graph)[index]
    height, width = places(graph.nodes[index].shape)
    return Reach(
        tuple(receptive_field.bounds(rows, i) for i in range(height)),
        tuple(receptive_field.bounds(columns, i) for i in range(width)),
    )


def field_of(graph: Graph, index: int, position: Position | None = None) -> NodeField:
    """The field of one output position of node `index`, of the central one where none is given.

    Raises IndexError for a position that the node does not have.
    """
    node, picture = graph.nodes[index], graph.nodes[0].shape[:2]
    row, column = position or central(node.shape)
    if not (0 <= row < places(node.shape)[0] and 0 <= column < places(node.shape)[1]):
        raise IndexError(f"{node.id} has no position {(row, column)}")
    rows, columns = receptive_field.axes(graph)[index]
    (top, bottom), (left, right) = receptive_field.bounds(rows, row), receptive_field.bounds(columns, column)
    full = Rectangle(top, left, bottom - top + 1, right - left + 1)
    seen = clipped(full, (picture[0], picture[1]))
    return NodeField(
        node.id,
        node.shape,
        (picture[0], picture[1]),
        places(node.shape),
        (row, column),
        full,
        seen,
        (seen.height, seen.width) == picture,
    )


def clipped(rectangle: Rectangle, picture: tuple[int, int]) -> Rectangle:
    """The part of a rectangle inside the picture; one without pixels where there is none."""
    top, left = max(rectangle.top, 0), max(rectangle.left, 0)
    bottom = min(rectangle.top + rectangle.height, picture[0])
    right = min(rectangle.left + rectangle.width, picture[1])
    if bottom <= top or right <= left:
        return Rectangle(min(top, picture[0]), min(left, picture[1]), 0, 0)
    return Rectangle(top, left, bottom - top, right - left)


def places(shape: Shape) -> tuple[int, int]:
    """How many positions an output has along height and width; (1, 1) for a vector."""
    return (shape[0], shape[1]) if len(shape) == 3 else (1, 1)


def central(shape: Shape) -> Position:
    """The central output position; of an even side, the one after the middle."""
    height, width = places(shape)
    return height // 2, width // 2


def cell(rectangle: Rectangle) -> tuple[int, int]:
    """Height and width, in pixels, of one cell of a measured field, so that it has at most MOST_CELLS along a side."""
    return max(1, -(-rectangle.height // MOST_CELLS)), max(1, -(-rectangle.width // MOST_CELLS))


def up_to(graph: Graph, index: int) -> Graph:
    """The part of a graph that node `index` depends on, with that node as its only output."""
    new_index = {old: new for new, old in enumerate(sorted(graph.leading_to(index)))}
    nodes: list[Node] = [
        graph.nodes[old]._replace(inputs=tuple(new_index[source] for source in graph.nodes[old].inputs))
        for old in new_index
    ]
    return Graph(tuple(nodes), (new_index[index],), ())
