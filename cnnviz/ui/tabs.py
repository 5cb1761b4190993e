"""The tabs of the Build page. Each function draws one; only the one in sight is called.

What needs pandas is imported where it is used: the first page does without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..draw import charts
from ..draw.scene import Scene, Sketch, drawn
from ..keras_service import DIRECTIONS, KerasError, KerasService
from . import assets, diagram, notation_editor, shared, visit
from .exports import NO_DOT, python, title
from .keras_route import Awaited
from .plain_text import escaped
from .session import Session

if TYPE_CHECKING:
    from .tables import LayerTable

_DIAGRAM_HEIGHT = 560
_TABLE_HEIGHT = 500
_BARS = "cost_bars"


def bar() -> tuple[str, DeltaGenerator]:
    """The row of tabs: which one is open, and where its content goes."""
    names = [*_DRAW, "Keras"]
    for name, tab in zip(names, st.tabs(names, key="tab", on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                return name, st.container()
    raise AssertionError("one tab is always open")


def work_out(name: str, session: Session) -> None:
    """Work out what a tab shows, where that takes time; drawing it then takes none."""
    if name in _WORK_OUT:
        _WORK_OUT[name](session)


def draw(name: str, session: Session, keras: KerasService) -> None:
    """The content of a tab."""
    if name == "Keras":
        draw_keras(session, keras)
    else:
        _DRAW[name](session)


def draw_diagram(session: Session) -> None:
    """The diagram, folded to blocks, with what is selected."""

    def happened(event: diagram.Event) -> None:
        session.open_groups = diagram.opened_after(event, session.shown.graph, session.open_groups)
        if event.type == "select":
            session.select_node(event.id)

    diagram.diagram(
        _scene(session),
        key="diagram",
        revision=session.revision,
        selected=session.selected_id,
        height=_DIAGRAM_HEIGHT,
        on_event=happened,
        name=title(session),
    )


def draw_layers(session: Session) -> None:
    """The table of Keras' layers; its selected row is the selected node."""
    from .tables import layer_columns

    shown = session.shown
    table = _table(session)
    inside = shown.inside(session.selected_id) if session.selected_id else []
    of_selection = {shown.graph.nodes[i].id for i in inside}
    rows = [row for row, path in enumerate(table.ids) if path in of_selection][:1]  # of a block, its first layer
    st.session_state["layers"] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def select() -> None:
        match st.session_state["layers"]:
            case {"selection": {"rows": [int(row), *_]}} if 0 <= row < len(table.ids):
                session.select_node(table.ids[row])
            case _:
                session.select_node("")

    st.dataframe(
        table.frame,
        key="layers",
        height=_TABLE_HEIGHT,
        hide_index=True,
        column_config=layer_columns(session.work),
        on_select=select,
        selection_mode="single-row",
    )


def draw_costs(session: Session) -> None:
    """Where the costs are: bars in the families' colours; a click selects."""
    names = charts.measures(session.work)
    with st.container(horizontal=True, key="cost_choice"):
        measure = st.segmented_control(
            "Measure",
            [*names],
            format_func=names.__getitem__,
            default="work",
            required=True,
            key="measure",
            label_visibility="collapsed",
        )
        by = st.segmented_control(
            "By", ["blocks", "layers"], default="blocks", required=True, key="cost_by", label_visibility="collapsed"
        )
    shown, measured = session.shown, measure or "work"
    bars = charts.bars(shown, measured, session.work, layers=by == "layers")
    if not any(bar.value for bar in bars):
        st.caption(f"Nothing here has any {names[measured]}.")
        return

    def select() -> None:
        session.select_node(picked_bar())

    told = charts.chart(bars, measured, session.work, layers=by == "layers", chosen=session.selected_id)
    counted = session.work if measured == "work" else measured
    told["name"] = f"{title(session)}.{counted}.{by}"
    assets.component("cost_bars")(key=_BARS, data=assets.as_json(told), on_select_change=select)


def picked_bar() -> str:
    """The path of the bar that was clicked, "" for none."""
    chosen = (st.session_state.get(_BARS) or {}).get("select")
    return chosen if isinstance(chosen, str) else ""


def draw_notation(session: Session) -> None:
    """The notation as text, and the upload of a text file."""

    def take() -> None:
        notation_editor.apply(session)
        visit.write_link()

    def upload() -> None:
        given = st.session_state.get("upload")
        if given is not None:
            session.open_file(given.getvalue())
            visit.write_link()

    notation_editor.show(session, take)
    st.file_uploader("Open a text file", type=["txt", "cnn", "md"], key="upload", on_change=upload, max_upload_size=1)


def draw_python(session: Session) -> None:
    """The generated program."""
    st.code(_code(session), language="python", height=_TABLE_HEIGHT)


def draw_keras(session: Session, keras: KerasService) -> None:
    """What Keras says of the net: agreement, its own summary, its own picture."""
    state = keras.state
    answer = keras.check(session.now.line, owner=f"{visit.identity()} tab")
    if answer is None and state.word == "unavailable":
        st.error(f"Keras is not available: {escaped(state.reason)}. The figures on this page do not need it.")
        return
    path = "" if answer else shared.waiting().path(Awaited(session.now.line, with_summary=True))
    assets.component("ticker")(key="ticker", data=assets.as_json({"answer": path}), on_poll_change=lambda: None)
    if answer is None:
        st.info(state.reason or "Keras is building this net …", icon=":material/hourglass_top:")
        return
    if answer.error:
        st.error(f"Keras cannot build this net: {escaped(answer.error)}")
        st.button("Try again", on_click=lambda: keras.forget(session.now.line))
        return
    if answer.agrees:
        st.success(
            f"Keras agrees: {answer.layers:,} layers with the same names, shapes and parameters, "
            f"{answer.parameters:,} in all. Built in {answer.seconds:.2f} s.",
            icon=":material/check:",
        )
    else:
        st.error("Keras differs:\n" + "\n".join(f"* {escaped(line)}" for line in answer.differences[:20]))
    _plot(session, keras)
    with st.expander("model.summary()", expanded=True, key="summary"):
        st.code(answer.summary, language=None)


def _plot(session: Session, keras: KerasService) -> None:
    """plot_model with its usual options, drawn on request."""
    with st.expander("plot_model", expanded=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            shapes = st.checkbox("shapes", value=True)
            names = st.checkbox("names", value=True)
            activations = st.checkbox("activations")
            direction = st.selectbox("Direction", DIRECTIONS, width=90, label_visibility="collapsed")
            dpi = st.number_input("Dots per inch", 20, 300, 96, step=10, width=120, label_visibility="collapsed")
            asked = st.button("Draw", type="primary")
        options: dict[str, Any] = {
            "show_shapes": shapes,
            "show_layer_names": names,
            "show_layer_activations": activations,
            "rankdir": direction,
            "dpi": int(dpi),
        }
        wanted = (session.now.line, tuple(options.values()))
        if asked:
            try:
                with st.spinner("Keras is drawing …"):
                    session.plot = (wanted, keras.plot_png(session.now.line, **options))
            except KerasError as error:
                st.error(NO_DOT if "raphviz" in str(error) else escaped(str(error)))
        if session.plot and session.plot[0][0] == session.now.line:
            st.image(session.plot[1])
            name = f"{title(session)}.plot.png"
            st.download_button("Download", session.plot[1], name, "image/png", key="plot_file", on_click="ignore")


def _scene(session: Session) -> Scene:
    shown, opened = session.shown, session.open_groups

    def draw() -> Scene:
        before: Sketch | None = session.kept["sketch"][1] if "sketch" in session.kept else None
        made, sketch = drawn(shown.graph, shown.costs, opened, before)
        session.kept["sketch"] = (None, sketch)
        return made

    made: Scene = session.keep("scene", (shown, opened), draw)
    return made


def _table(session: Session) -> LayerTable:
    shown, work = session.shown, session.work
    from .tables import layers

    made: LayerTable = session.keep("layers", (shown, work), lambda: layers(shown, work))
    return made


def _code(session: Session) -> str:
    return str(session.keep("python", (session.now, session.preset), lambda: python(session)))


_WORK_OUT: dict[str, Callable[[Session], object]] = {"Diagram": _scene, "Layers": _table, "Python": _code}

_DRAW: dict[str, Callable[[Session], None]] = {
    "Diagram": draw_diagram,
    "Layers": draw_layers,
    "Costs": draw_costs,
    "Notation": draw_notation,
    "Python": draw_python,
}
