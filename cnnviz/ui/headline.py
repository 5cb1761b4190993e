"""The headline figures, with their change since the last edit, and whether Keras agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from .. import units
from ..keras_service import Answer, KerasService
from ..ops import shape_text
from ..report import WORKS, Report
from . import assets
from .session import Session

_POLL = 0.15  # seconds until the page asks again whether Keras has answered
_POLL_WARMING = 1.0


@st.fragment
def fragment(session: Session, keras: KerasService, owner: str) -> None:
    """The cards, as a fragment: asking whether Keras has answered redraws nothing else."""
    show(session, keras, owner)


def show(session: Session, keras: KerasService, owner: str) -> None:
    """Draw the cards. The component asks again by itself while Keras is at work."""
    shown = session.shown
    state = keras.state
    # A net under a dragged control is not built: the one that is let go is.
    answer = None if session.preview else keras.check(shown.line, owner=owner)
    waiting = not session.preview and answer is None and state.word != "unavailable"
    data = {
        "cards": [*cards(shown, session.compared, session.work), keras_card(answer, state, dragging=bool(session.preview))],
        "poll": (_POLL_WARMING if state.word == "warming" else _POLL) * 1000 if waiting else 0,
    }
    assets.component("headline")(key="headline", data=data, on_poll_change=lambda: None)


def cards(shown: Report, before: Report | None, work: str) -> list[dict[str, Any]]:
    """One card for each figure: its label, value, exact value on hover, change, and what it counts."""
    counted = WORKS[work]
    cost, peak = shown.total, shown.inference.peak
    seen = shown.fields[shown.last_map]
    fixed = cost.parameters - cost.trainable
    picture = shown.graph.nodes[0].shape
    last = shape_text(shown.graph.nodes[shown.last_map].shape)
    reach = "the whole picture" if seen.whole else f"part of the {shape_text(picture[:2])} picture"
    size = str(seen.size[0]) if seen.size[0] == seen.size[1] else shape_text(seen.size)
    figures: list[tuple[str, str, str, str, Callable[[Report], int], Callable[[int], str]]] = [
        (
            "Parameters",
            units.si(cost.parameters),
            f"{units.exact(cost.parameters)} parameters, {units.exact(cost.trainable)} of them trainable",
            f"{units.si(fixed)} fixed" if fixed else "all trainable",
            lambda r: r.total.parameters,
            units.si,
        ),
        (
            counted.name,
            units.si(counted.of(cost)),
            f"{units.exact(counted.of(cost))} {counted.name} for one picture. Counted: {counted.rule}",
            "per picture",
            lambda r: counted.of(r.total),
            units.si,
        ),
        (
            "Peak memory",
            units.binary(peak),
            f"{units.exact(peak)} bytes of activations at once, at {shown.inference.peak_node}; one picture, float32, "
            f"weights apart ({units.binary(shown.inference.weights)})",
            "activations",
            lambda r: r.inference.peak,
            units.binary,
        ),
        (
            "Receptive field",
            f"{size} px",
            f"One position of the last map ({last}, {shown.graph.nodes[shown.last_map].id}) sees {shape_text(seen.size)} "
            f"pixels, before clipping at the border: {reach}",
            "whole picture" if seen.whole else f"of {shape_text(picture[:2])}",
            lambda r: r.fields[r.last_map].size[0],
            lambda n: f"{n} px",
        ),
        (
            "Depth",
            str(shown.depth),
            f"{shown.depth} layers with a kernel (convolutions and dense layers) on the longest way to the output; "
            f"{len(shown.graph.nodes) - 1} operations in all",
            "layers deep",
            lambda r: r.depth,
            units.exact,
        ),
    ]
    return [
        {"label": label, "value": value, "exact": exact, "note": note, **_change(of, show, shown, before)}
        for label, value, exact, note, of, show in figures
    ]


def keras_card(answer: Answer | None, state: Any, *, dragging: bool = False) -> dict[str, Any]:
    """What Keras says of the net."""
    card = {"label": "Keras", "change": "", "tone": "", "note": ""}
    if dragging:
        return card | {"value": "…", "tone": "busy", "note": "when let go", "exact": "Keras builds the net when you let go"}
    if answer is None:
        if state.word == "unavailable":
            return card | {"value": "not there", "tone": "bad", "note": "figures are ours", "exact": state.reason}
        note = "starting" if state.word == "warming" else "building"
        return card | {"value": "checking", "tone": "busy", "note": note, "exact": state.reason or "Keras builds this net"}
    if answer.error:
        return card | {"value": "cannot say", "tone": "bad", "note": answer.error, "exact": answer.error}
    note = f"{answer.layers:,} layers"
    if answer.agrees:
        said = f"Keras built this net in {answer.seconds:.2f} s: {answer.layers:,} layers, {units.exact(answer.parameters)} parameters"
        return card | {"value": "agrees ✓", "tone": "good", "note": note, "exact": f"{said}; every layer has our name, shape and count"}
    return card | {"value": "differs", "tone": "bad", "note": note, "exact": "; ".join(answer.differences[:5])}


def _change(of: Callable[[Report], int], show: Callable[[int], str], shown: Report, before: Report | None) -> dict[str, str]:
    """The change of one figure and its tone: more costs more."""
    if before is None or before is shown:
        return {"change": "", "tone": ""}
    now, then = of(shown), of(before)
    return {"change": units.change(now, then, show), "tone": "same" if now == then else "up" if now > then else "down"}
