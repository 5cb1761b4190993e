"""The receptive field of any node of the current net, drawn on a picture: theoretical, and on a click effective."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from .. import units
from ..draw import labels
from ..keras_service import Errand
from ..labs import field
from ..labs.field import NodeField, Rectangle
from ..ops import shape_text
from ..report import Report
from . import assets, errand
from .session import Session

WEIGHTS = {"random": "fresh random weights", "equal": "all weights equal"}
SHARE = 90  # per cent of the gradient whose place is told


def show(session: Session, key: str) -> None:
    """Draw the panel for the net on screen; the selected node comes first, else the last map."""
    _panel(session, key)


@st.fragment
def _panel(session: Session, key: str) -> None:
    shown = session.shown
    chosen = _choose(session, shown, key)
    graph = shown.graph
    index = graph.index[chosen]
    found = field.field_of(graph, index)
    asked = None
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}_ask"):
        weights = st.segmented_control(
            "Effective field with",
            list(WEIGHTS),
            format_func=WEIGHTS.__getitem__,
            default="random",
            required=True,
            key=f"{key}_weights",
            help="A fresh net's field is measured by its gradient. With equal weights the gradient counts the ways "
            "from a pixel to the output. Training changes both, mostly to something wider.",
        )
        if index:
            asked = Errand("field", (shown.line,), (("node", chosen), ("weights", weights)))
            st.button(
                "Measure the effective field",
                icon=":material/blur_on:",
                key=f"{key}_measure",
                on_click=errand.begin,
                args=(asked, key),
            )
    waiting = st.container()
    picture, beside = st.columns([3, 2])
    with waiting:
        result = errand.result(asked, key) if asked else None
    with picture:
        assets.component("field")(key=f"{key}_picture", data=assets.as_json(payload(shown, index, result)))
    with beside:
        for line in lines(found, result):
            st.markdown(line)


def payload(shown: Report, index: int, result: Mapping[str, Any] | None) -> dict[str, Any]:
    """All that the component draws: the picture's size, the fields of all positions, the measured one."""
    found, seen = field.field_of(shown.graph, index), field.reach(shown.graph, index)
    return {
        "node": found.node,
        "picture": found.picture,
        "position": found.position,
        "rows": seen.rows,
        "columns": seen.columns,
        "heat": {name: result[name] for name in ("rectangle", "cell", "rows")} if result else None,
    }


def lines(found: NodeField, result: Mapping[str, Any] | None) -> list[str]:
    """What is to be said of a field."""
    said = [_theoretical(found)]
    if result:
        said.append(_effective(result))
    return said


def _effective(result: Mapping[str, Any]) -> str:
    high, wide = result["cell"]
    random = result["weights"] == "random"
    draws = f"mean over {result['draws']} draws of weights and pictures" if random else "with equal weights"
    cells = f", drawn in cells of {high} × {wide} pixels" if max(high, wide) > 1 else ""
    share = units.percent(round(1000 * result["share"]), 1000)
    return (
        f"**Effective:** {SHARE} % of the gradient lies in **{share}** of the theoretical field's pixels inside the "
        f"picture ({draws}{cells}). The middle of a field has more ways to the output than its edge."
    )


def _theoretical(found: NodeField) -> str:
    place = f"position {found.position[0] + 1} down, {found.position[1] + 1} across of {shape_text(found.places)}"
    value = f"one {place}" if found.places != (1, 1) else "its only position"
    picture = shape_text(found.picture)
    if found.whole:
        reach = "" if found.full == found.seen else f" (the field of {_size(found.full)} px reaches into the padding)"
        return f"**Theoretical:** {value} sees the **whole picture**, {picture} px{reach}."
    inside = "" if found.full == found.seen else f", {_size(found.seen)} of them inside the picture"
    return f"**Theoretical:** {value} sees **{_size(found.full)} px** of the {picture} picture{inside}."


def _choose(session: Session, shown: Report, key: str) -> str:
    """The node whose field is shown."""
    nodes = shown.graph.nodes
    inside = shown.inside(session.selected_id) if session.selected_id else []
    first = nodes[inside[-1] if inside else shown.last_map].id
    names = {node.id: f"{node.id} · {labels.heading(node.op)} · {shape_text(node.shape)}" for node in nodes}
    options = [first, *(name for name in names if name != first)]
    return st.selectbox("Node", options, format_func=names.__getitem__, key=f"{key}_node_{session.revision}_{first}")


def _size(rectangle: Rectangle) -> str:
    return f"{units.exact(rectangle.height)} × {units.exact(rectangle.width)}"
