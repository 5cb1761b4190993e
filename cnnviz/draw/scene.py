"""The scene: everything that a diagram shows, with its place, as plain data for the browser and for the SVG export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..costs import NodeCost
from ..graph import Graph
from . import labels
from .folding import Folded, fold, tree
from .groups import Captions
from .layout import Layout, Rectangle, layout
from .series_parallel import Point

HEIGHT = 40.0
LEAST_WIDTH = 126.0
BESIDE_TITLE = 36.0  # the coloured edge and air
MARKER = 14.0  # of a closed group
TITLE_CHARACTER = 7.6  # width of an average character, in pixels, generously: fonts differ between computers
NOTE_CHARACTER = 6.3

Scene = dict[str, Any]


class Sketch(NamedTuple):
    """Where everything of a scene stands, and what that follows from: an edit that moves nothing takes it over."""

    folded: Folded
    sizes: dict[str, tuple[float, float]]
    extents: dict[str, float]
    placed: Layout
    edges: list[dict[str, str]]


def scene(graph: Graph, costs: Sequence[NodeCost], open_groups: frozenset[str] = frozenset()) -> Scene:
    """The diagram of a graph with these groups open, as data that JSON can hold. Lengths are pixels.

    width, height; trunk: the x of the main line.
    nodes: the boxes, nodes and closed groups alike. `bar` is the box's MACs next to those of the largest box in sight,
    `block` the path of the written block that it belongs to.
    frames: the open groups. edges: SVG path data. hidden: path and title of each node inside closed groups, for search.
    Ids are paths, so that they stay the same when the net is edited.
    """
    return drawn(graph, costs, open_groups)[0]


def drawn(
    graph: Graph, costs: Sequence[NodeCost], open_groups: frozenset[str], before: Sketch | None = None
) -> tuple[Scene, Sketch]:
    """The scene, and its sketch for the next one; `before` is the sketch of the last one, if there is one."""
    groups = tree(graph)
    folded = fold(graph, open_groups, groups)
    captions = Captions(graph, costs)
    titles = {path: captions.title(item) for path, item in folded.items.items()}
    opened = {path: groups.groups[path] for path in folded.levels if path}
    heads = {path: (captions.group_title(path, g.start), *captions.group_costs(g)) for path, g in opened.items()}
    sizes = {path: (_width(titles[path], item.group), HEIGHT) for path, item in folded.items.items()}
    extents = {
        path: max(len(title) * TITLE_CHARACTER, len(short) * NOTE_CHARACTER) + BESIDE_TITLE
        for path, (title, _, short) in heads.items()
    }
    sketch = before
    if sketch is None or (sketch.folded, sketch.sizes, sketch.extents) != (folded, sizes, extents):
        sketch = _sketch(folded, sizes, extents)
    placed = sketch.placed
    made = {
        "width": round(placed.width, 1),
        "height": round(placed.height, 1),
        "trunk": round(placed.trunk, 1),
        "nodes": _nodes(folded, placed.boxes, titles, captions),
        "frames": [
            {
                "id": path,
                **_place(placed.frames[path]),
                "family": captions.group_family(path),
                "title": title,
                "note": note if _fits(note, placed.frames[path]) else short,
            }
            for path, (title, note, short) in heads.items()
        ],
        "edges": sketch.edges,
        "hidden": [
            [node.id, labels.heading(node.op)]
            for item in folded.items.values()
            if item.group
            for node in graph.nodes[item.start : item.stop]
        ],
    }
    return made, sketch


def path_data(points: Sequence[Point]) -> str:
    """SVG path data through the points: straight down, and smooth curves where the x changes."""
    (x, y), *rest = points
    parts = [f"M{_number(x)} {_number(y)}"]
    for to_x, to_y in rest:
        if abs(to_x - x) < 0.5:
            parts.append(f"L{_number(to_x)} {_number(to_y)}")
        else:
            middle = _number((y + to_y) / 2)
            parts.append(f"C{_number(x)} {middle} {_number(to_x)} {middle} {_number(to_x)} {_number(to_y)}")
        x, y = to_x, to_y
    return "".join(parts)


def _sketch(folded: Folded, sizes: dict[str, tuple[float, float]], extents: dict[str, float]) -> Sketch:
    placed = layout(folded, sizes, extents)
    edges = [{"id": f"{a}>{b}", "d": path_data(points)} for (a, b), points in placed.routes.items()]
    return Sketch(folded, sizes, extents, placed, edges)


def _nodes(
    folded: Folded, boxes: dict[str, Rectangle], titles: dict[str, str], captions: Captions
) -> list[dict[str, Any]]:
    work = {path: captions.work(item) for path, item in folded.items.items()}
    largest = max(work.values())
    return [
        {
            "id": path,
            **_place(boxes[path]),
            "family": captions.family(item),
            "title": titles[path],
            "subtitle": captions.shape(item),
            "detail": captions.detail(item),
            "note": captions.costs(item),
            "kind": "group" if item.group else "node",
            "foldable": item.group,
            "block": captions.block(path),
            "bar": round(work[path] / largest, 3) if largest else 0.0,
        }
        for path, item in folded.items.items()
    ]


def _width(title: str, group: bool) -> float:
    return max(LEAST_WIDTH, len(title) * TITLE_CHARACTER + BESIDE_TITLE + (MARKER if group else 0))


def _fits(note: str, frame: Rectangle) -> bool:
    return len(note) * NOTE_CHARACTER + BESIDE_TITLE / 2 < frame.width / 2


def _place(at: Rectangle) -> dict[str, float]:
    return {
        "x": round(at.x, 1),
        "y": round(at.y, 1),
        "w": round(at.width, 1),
        "h": round(at.height, 1),
        "spine": round(at.spine, 1),
    }


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
