"""Layout of what is in sight: each open group is placed by itself and stands, with its frame, as one member of its own.

Lengths are pixels, x to the right and y downwards from the top left corner. The same input gives the same layout.
"""

from __future__ import annotations

from typing import NamedTuple

from .folding import OUTSIDE_BEFORE, Folded, Level, crossings
from .series_parallel import Block, Point, Size, place

MARGIN = 16.0
FRAME_SIDE = 16.0
FRAME_TOP = 30.0  # the row of the title
FRAME_BOTTOM = 16.0


class Rectangle(NamedTuple):
    """A box or frame; `spine` is the x at which edges come in at its top and go out at its bottom."""

    x: float
    y: float
    width: float
    height: float
    spine: float


class Layout(NamedTuple):
    """Where everything stands: boxes by item, frames by open group, and the points of each edge, top to bottom."""

    boxes: dict[str, Rectangle]
    frames: dict[str, Rectangle]
    routes: dict[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float
    trunk: float


def layout(folded: Folded, sizes: dict[str, tuple[float, float]], heads: dict[str, float]) -> Layout:
    """Place every item in sight.

    `sizes`: item → least width and height of its box. `heads`: open group → the least extent of its frame to either
    side of the spine, so that its title row stays clear of the edge that comes in.
    """
    placing = _Placing(folded, sizes, heads)
    root = placing.level("")
    trunk = root.left + MARGIN
    placing.put("", trunk, MARGIN + root.lead)
    routes = {edge: placing.route(edge) for edge in folded.edges}
    width = root.left + root.right + 2 * MARGIN
    height = root.lead + root.height + root.trail + 2 * MARGIN
    return Layout(placing.boxes, placing.frames, routes, width, height, trunk)


class _Placing:
    """The work on one layout: blocks from the innermost groups outwards, then positions from the outermost inwards."""

    def __init__(self, folded: Folded, sizes: dict[str, tuple[float, float]], heads: dict[str, float]) -> None:
        self.folded = folded
        self.sizes = sizes
        self.heads = heads
        self.blocks: dict[str, Block] = {}
        self.members: dict[str, dict[str, int]] = {}
        self.boxes: dict[str, Rectangle] = {}
        self.frames: dict[str, Rectangle] = {}
        self.origins: dict[str, Point] = {}

    def level(self, path: str) -> Block:
        """Place the members of an open group, those inside them first."""
        level: Level = self.folded.levels[path]
        sizes = []
        for member in level.members:
            if member in self.folded.levels:
                sizes.append(self.framed(member, self.level(member)))
            else:
                width, height = self.sizes[member]
                sizes.append(Size(width / 2, width / 2, height))
        block = place(list(range(len(level.members))), list(level.edges), sizes)
        self.blocks[path] = block
        self.members[path] = {member: i for i, member in enumerate(level.members)}
        return block

    def framed(self, path: str, block: Block) -> Size:
        """The size of an open group with its frame."""
        half = max(block.left + FRAME_SIDE, block.right + FRAME_SIDE, self.heads[path])
        return Size(half, half, FRAME_TOP + block.lead + block.height + block.trail + FRAME_BOTTOM, plain=False)

    def put(self, path: str, x: float, y: float) -> None:
        """Give the members of an open group their positions; (x, y) is the top of its content on its spine."""
        block = self.blocks[path]
        self.origins[path] = x, y
        for member, number in self.members[path].items():
            at, top = block.spots[number]
            at, top = at + x, top + y
            inner = self.blocks.get(member)
            if inner is None:
                width, height = self.sizes[member]
                half = block.widths.get(number, width / 2)
                self.boxes[member] = Rectangle(at - half, top, 2 * half, height, at)
                continue
            size = self.framed(member, inner)
            self.frames[member] = Rectangle(at - size.left, top, size.left + size.right, size.height, at)
            self.put(member, at, top + FRAME_TOP + inner.lead)

    def route(self, edge: tuple[str, str]) -> tuple[Point, ...]:
        """The points of an edge: out of the frames around its source, across, into those around its target."""
        source, target = edge
        box, end = self.boxes[source], self.boxes[target]
        points: list[Point] = [(box.spine, box.y + box.height)]
        for level, (first, second) in crossings(source, target, self.folded.chains):
            places = self.members[level]
            frame = self.frames.get(level)
            if first is None and frame:
                points += [(frame.spine, frame.y), (frame.spine, frame.y + FRAME_TOP)]
            key = (
                OUTSIDE_BEFORE if first is None else places[first],
                len(places) if second is None else places[second],
            )
            x, y = self.origins[level]
            points += [(x + at, y + top) for at, top in self.blocks[level].vias.get(key, ())]
            if second is None and frame:
                bottom = frame.y + frame.height
                points += [(frame.spine, bottom - FRAME_BOTTOM), (frame.spine, bottom)]
        points.append((end.spine, end.y))
        return _joined(points)


def _joined(points: list[Point]) -> tuple[Point, ...]:
    """Without the points in the middle of a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and abs(kept[-1][0] - point[0]) < 0.5 and abs(kept[-2][0] - point[0]) < 0.5:
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)
