"""Letting visitors in, as many as the operator allows; what the others see until there is room."""

from __future__ import annotations

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from . import shared

_AGAIN = 10.0  # seconds until a visitor who waits is looked after again
_LET_IN = "let_in"


def let_in() -> None:
    """Go on where there is room for this page; else show that there is none, and end the script."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():
        return
    if st.session_state.get(_LET_IN):
        shared.crowd().returns(context.session_id)
    elif _admitted(context.session_id):
        st.session_state[_LET_IN] = True
    else:
        _wait(context.session_id)
        st.stop()


def _admitted(page: str) -> bool:
    return shared.crowd().admits(page, runtime.get_instance().is_active_session)


@st.fragment(run_every=_AGAIN)
def _wait(page: str) -> None:
    """Say that the server is full, and look again from time to time."""
    if _admitted(page):
        st.session_state[_LET_IN] = True
        st.rerun()
    st.info(
        f"**This server is full.** {shared.crowd().most:,} pages are open, and more would make all of them slow. This "
        "page opens by itself as soon as somebody leaves; your link is kept.",
        icon=":material/hourglass_top:",
    )
