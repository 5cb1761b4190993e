"""What a selection can be: a written block by its place, and one of its nodes by its path, or neither."""

from __future__ import annotations

from typing import NamedTuple

from ..graph import Place
from ..report import Report
from . import places


class Selected(NamedTuple):
    """A block's place, and the path of a node or of a group of nodes in it, "" for the whole block."""

    place: Place | None = None
    node: str = ""


def of_path(shown: Report, path: str) -> Selected:
    """What a path of the diagram means: a node, or a block or a group of nodes inside one; nothing for ""."""
    graph = shown.graph
    if path in graph.index:
        return Selected(graph.nodes[graph.index[path]].place or None, path)
    around = [span for span in graph.spans if f"{path}/".startswith(f"{span.id}/")]
    return Selected(around[-1].place, path) if path and around else Selected()


def kept(shown: Report, place: Place | None, node: str) -> Selected:
    """What is left of a selection in this net; where its last block is gone, the one before is selected."""
    blocks = shown.blocks
    if node and not shown.inside(node):
        node = ""
    if place is not None and place not in blocks and not places.is_branch(shown.net, place):
        earlier = (*place[:-1], place[-1] - 1)
        place = earlier if earlier in blocks else None
    return Selected(place, node)
