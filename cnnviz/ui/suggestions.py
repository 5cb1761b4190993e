"""Three things to try, each one click, while the net that a new visitor finds is on screen."""

from __future__ import annotations

import functools

import streamlit as st

from .. import edit, notation
from . import rooms, toolbar, visit
from .session import START, Session

BLOCK, FILTERS = (1,), 128  # the VGG block of the starting net, with twice its filters
NETWORK, MODULE = "googlenet", "inception_4a"


def show(session: Session) -> None:
    """Draw them below the list, until the visitor goes on with a net of their own."""
    start, wider = _texts()
    if session.shown.text not in (start, wider):
        return
    with st.container(key="suggestions"):
        st.caption("**New here?** Three things to try:")
        done = session.shown.text == wider
        st.button(
            "Double the filters of the VGG block",
            icon=":material/check:" if done else ":material/open_in_full:",
            key="try_wider",
            type="tertiary",
            disabled=done,
            on_click=_widen,
            args=(session,),
        )
        if done:
            st.caption("Done: each figure shows what it costs. Undo takes it back; click a block for all its settings.")
        st.button(
            "Look into a module of GoogLeNet",
            icon=":material/account_tree:",
            key="try_module",
            type="tertiary",
            on_click=_open_module,
            args=(session,),
        )
        if st.button(
            "Train this net on handwritten digits", icon=":material/model_training:", key="try_train", type="tertiary"
        ):
            rooms.to_train()


@functools.cache
def _texts() -> tuple[str, str]:
    """The starting net and the one with the wider block, as they are printed."""
    net = notation.parse(START)
    return notation.print_net(net), notation.print_net(edit.set_parameter(net, BLOCK, "filters", FILTERS))


def _widen(session: Session) -> None:
    session.select(BLOCK)
    session.set_parameter(BLOCK, "filters", FILTERS)
    visit.write_link()
    toolbar.redraw()


def _open_module(session: Session) -> None:
    session.pick(NETWORK)
    session.open_groups = frozenset({MODULE})
    session.select_node(MODULE)
    st.session_state["tab"] = "Diagram"
    visit.write_link()
    toolbar.redraw()
