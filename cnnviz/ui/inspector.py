"""The inspector: what is selected, opened to its formulas. Without a selection, what the net is as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from .. import units
from ..net import Step
from ..ops import shape_text
from ..report import WORKS, Report
from . import assets, details, rooms
from .details import Details, Line
from .session import Session

KEY = "inspector"


def show(session: Session, on_event: Callable[[], None]) -> None:
    """Draw the panel. `on_event` runs when one of the block's operations is clicked; `sent()` is its path."""
    found = selected(session)
    data = found._asdict() | {"lines": _plain(found.lines), "weights": _plain(found.weights)}
    data["formulas"] = [formula._asdict() for formula in found.formulas]
    data["parts"] = [part._asdict() for part in found.parts]
    data["work"] = WORKS[session.work].name
    component = assets.component("inspector")
    component(key=KEY, data=assets.as_json(data), on_select_change=on_event)


def show_help(session: Session) -> None:
    """To the page of the guide that explains what is selected."""
    shown, place = session.shown, session.place
    item = details.item_of(shown, place) if place is not None else None
    if session.node in shown.graph.index and not isinstance(item, Step):
        word = shown.graph.nodes[shown.graph.index[session.node]].op.word
    else:
        word = item.block.word if isinstance(item, Step) else getattr(item, "word", "")
    rooms.help_button(word)


def sent() -> str:
    """The path of the operation that was clicked, "" for none."""
    chosen = (st.session_state.get(KEY) or {}).get("select")
    return chosen if isinstance(chosen, str) else ""


def selected(session: Session) -> Details:
    """The details of what is selected."""
    shown = session.shown
    if session.node in shown.graph.index:
        return details.of_node(shown, shown.graph.index[session.node], session.work)
    if session.node:
        return details.of_group(shown, session.node, session.work)
    if session.place is not None and session.place in shown.blocks:
        item = details.item_of(shown, session.place)
        made = [i for i, node in enumerate(shown.graph.nodes) if node.place == session.place]
        if isinstance(item, Step) and len(made) == 1:
            return details.of_node(shown, made[0], session.work)
        if item is not None:
            return details.of_block(shown, session.place, item, session.work)
    return of_net(shown, session.work)


def of_net(shown: Report, work: str) -> Details:
    """The net as a whole."""
    cost, counted = shown.total, WORKS[work]
    memory = shown.inference
    outputs = ", ".join(shape_text(shown.graph.nodes[i].shape) for i in shown.graph.outputs)
    lines = (
        Line("Input", shape_text(shown.graph.nodes[0].shape)),
        Line("Output" if len(shown.graph.outputs) == 1 else "Outputs", outputs),
        Line("Parameters", units.exact(cost.parameters)),
        Line("Trainable", units.exact(cost.trainable)),
        Line(counted.name, units.exact(counted.of(cost))),
        Line("Weights, float32", units.binary(memory.weights), f"{units.exact(memory.weights)} bytes"),
        Line("Activations, sum", units.binary(memory.activations), f"{units.exact(memory.activations)} bytes, float32"),
        Line(
            "Activations, peak", units.binary(memory.peak), f"{units.exact(memory.peak)} bytes, at {memory.peak_node}"
        ),
    )
    hint = "Click a block or a node of the diagram to open its numbers."
    return Details("The whole net", f"{len(shown.graph.nodes) - 1} operations", hint, "shape", lines)


def _plain(lines: tuple[Line, ...]) -> list[dict[str, Any]]:
    return [line._asdict() for line in lines]
