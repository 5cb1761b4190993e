"""The diagram as a component of the page: draws a scene, and tells what the user did in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, cast, get_args

import streamlit as st

from ..draw.folding import everything, reveal, toggle
from ..draw.scene import Scene
from ..graph import Graph
from .assets import as_json, component

EventType = Literal["select", "toggle", "fold_all", "unfold_all"]
LONGEST_ID = 1_000  # a path is at most a dozen names of at most 40 letters, with the ordinals of repetitions


class Event(NamedTuple):
    """What the user did: `id` is the path of a node or group, "" for fold_all and unfold_all.

    A `select` may name a node inside a closed group, chosen in the search; `opened_after` opens what hides it.
    """

    type: EventType
    id: str


def parse_event(value: object, revision: int) -> Event | None:
    """An event that the component sent; None for anything else: other types, long texts, another revision's drawing."""
    if not isinstance(value, dict):
        return None
    kind, path, sent = value.get("type"), value.get("id", ""), value.get("revision")
    if not isinstance(kind, str) or kind not in get_args(EventType) or type(sent) is not int or sent != revision:
        return None
    if not isinstance(path, str) or len(path) > LONGEST_ID or bool(path) != (kind in ("select", "toggle")):
        return None
    return Event(cast(EventType, kind), path)


def opened_after(event: Event, graph: Graph, opened: frozenset[str]) -> frozenset[str]:
    """The open groups after an event."""
    match event.type:
        case "toggle":
            return toggle(graph, opened, event.id)
        case "select":
            return reveal(graph, opened, event.id)
        case "fold_all":
            return frozenset()
        case "unfold_all":
            return everything(graph)


def diagram(
    scene: Scene,
    *,
    key: str,
    revision: int,
    selected: str = "",
    height: int = 560,
    on_event: Callable[[Event], None] | None = None,
    name: str = "network",
) -> None:
    """Draw a scene of `cnnviz.draw.scene`.

    `revision` counts the net's changes: an event of another revision's drawing is dropped. `selected` is the path of a
    node, group or written block; what hides it is highlighted in its place. `height` is in pixels. `on_event` is called
    before the script runs again. `name` names the picture files; another name starts with a fresh view, the same one
    keeps pan and zoom.
    """

    def received() -> None:
        event = parse_event(st.session_state.get(key, {}).get("event"), revision)
        if event and on_event:
            on_event(event)

    data: dict[str, Any] = {
        "scene": packed(scene),
        "revision": revision,
        "selected": selected,
        "height": height,
        "name": name,
    }
    draw = component("diagram")
    draw(key=key, data=as_json(data), on_event_change=received)


def packed(scene: Scene) -> Scene:
    """The scene as it travels, a third shorter: nodes as rows under one list of keys, edges by places in that list."""
    nodes = scene["nodes"]
    place = {node["id"]: i for i, node in enumerate(nodes)}
    ends = (edge["id"].split(">") for edge in scene["edges"])
    return {
        **scene,
        "nodes": {"keys": list(nodes[0]), "rows": [list(node.values()) for node in nodes]},
        "edges": [[place[a], place[b], edge["d"]] for (a, b), edge in zip(ends, scene["edges"], strict=True)],
    }
