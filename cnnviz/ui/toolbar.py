"""The toolbar: preset, undo and redo, export, share; and what is said once, above everything."""

from __future__ import annotations

import functools

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ..keras_service import KerasService
from ..report import WORKS
from ..zoo import BY_NAME, ROWS
from . import exports, rooms, told, visit
from .plain_text import escaped
from .session import Session

_LOOK = "toolbar_look"


@st.fragment(key="toolbar")
def show(session: Session, keras: KerasService) -> None:
    """Draw the toolbar."""
    st.session_state[_LOOK] = _look(session)
    picker = told.key("preset", session.preset if _is_preset(session) else None)
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            "Network",
            _presets(),
            index=None,
            format_func=_label,
            key=picker,
            placeholder=f"{BY_NAME[session.preset].title}, edited" if session.preset else "Open a network …",
            on_change=told.used(picker, lambda name: _pick(session, name)),
            required=True,
            label_visibility="collapsed",
            width=240,
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo",
            help="Undo",
            disabled=not session.undo,
            on_click=_step,
            args=(session, "back"),
            shortcut="Mod+Z",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            key="redo",
            help="Redo",
            disabled=not session.redo,
            on_click=_step,
            args=(session, "forward"),
            shortcut="Mod+Shift+Z",
        )
        if st.button("", icon=":material/model_training:", key="train_this", help="Train this net"):
            rooms.to_train()
        export = st.popover("Export", key="export", on_change="rerun")
        if export.open:  # what is closed costs nothing
            with export, st.container(key="exports"):
                exports.buttons(session, keras)
        share = st.popover("Share", type="primary", key="share", on_change="rerun")
        if share.open:
            with share, st.container(key="link"):
                st.caption("This link opens the net as it is now.")
                st.code(visit.address(), language=None, wrap_lines=True)


def show_problem(session: Session) -> None:
    """A link that holds no network, in plain sight; other problems stand where they belong."""
    if session.problem and session.problem.of_link:
        st.error(escaped(session.problem.message), icon=":material/link_off:")


def show_work(session: Session) -> None:
    """How work is counted, and the choice."""

    key = told.key("work", session.work)

    def choose(work: str | None) -> None:
        session.work = work or "macs"

    with st.container(key="counting"):
        st.segmented_control(
            "Count work in",
            [*WORKS],
            format_func=lambda work: WORKS[work].name,
            required=True,
            key=key,
            on_change=told.used(key, choose),
        )
        st.caption(f"Counted: {WORKS[session.work].rule}.")


def follow(session: Session) -> None:
    """After an edit, in its callback: draw the toolbar again too, if it would look different."""
    if st.session_state.get(_LOOK) != _look(session):
        redraw()


@functools.cache
def _presets() -> tuple[str, ...]:
    """The zoo by families; in each the papers' networks first, then the tutorials'."""
    families = [*dict.fromkeys(row.family for row in ROWS)]
    return tuple([row.name for row in sorted(ROWS, key=lambda row: families.index(row.family))])


def _label(name: str) -> str:
    """A network's title, with its tutorial where the title does not say it."""
    row = BY_NAME[name]
    if row.source is None:
        return row.title
    words = row.source.name.split()
    short = (words[0], "".join(word[0] for word in words))  # Coursera, DDI
    return row.title if any(name in row.title for name in short) else f"{row.title} · {row.source.name}"


def _look(session: Session) -> tuple[object, ...]:
    """All that the toolbar shows of the session."""
    link = session.link if st.session_state.get("share") else None
    return bool(session.undo), bool(session.redo), session.preset, _is_preset(session), link


def _is_preset(session: Session) -> bool:
    """Whether the preset that was picked is on screen unedited."""
    return bool(session.preset) and BY_NAME[session.preset].notation == session.now.text


def _pick(session: Session, name: str | None) -> None:
    if name:
        session.pick(name)
        visit.write_link()
        redraw()


def _step(session: Session, way: str) -> None:
    session.step_back() if way == "back" else session.step_forward()
    visit.write_link()
    redraw()


def redraw() -> None:
    """End a callback: draw the toolbar and what an edit changes, and nothing else.

    A click can arrive together with a page switch: then the whole other page is drawn, and ending its run here would
    leave it empty. Or it arrives after the switch, when both are gone: then Streamlit has nothing to draw, and the page
    to which the visitor has gone is asked for once more.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if not context or not context.fragment_ids_this_run:
        return
    try:
        st.rerun(["toolbar", "workbench"])
    except StreamlitAPIException:
        st.switch_page(rooms.PAGES / f"{st.session_state.get('page') or 'build'}.py")
