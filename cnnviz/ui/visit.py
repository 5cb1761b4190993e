"""One visit: its session, and its link in the address bar, written in callbacks and on a page switch only."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from . import addresses, location
from .links import link_of
from .session import Session


def session() -> Session:
    """The visitor's session."""
    if "session" not in st.session_state:
        st.session_state["session"] = Session()
    found: Session = st.session_state["session"]
    return found


def identity() -> str:
    """Which open page this is, for what one page has of a kind: its newer question takes the place of the older one."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else "alone"


def arrive(page: str) -> None:
    """At the start of a full run: on Build follow the address, or write it again, as a page switch clears it."""
    here = session()
    switched = st.session_state.get("page", page) != page
    location.look(switched)
    st.session_state["page"] = page
    st.session_state["switched"] = switched
    if page:  # only on Build the address holds the net; elsewhere it is left alone
        return
    link = st.query_params.get("net")
    if switched and link is None:
        write_link()
    else:
        here.follow(link)


@st.fragment(run_every=24 * 60 * 60)
def come_back() -> None:
    """Draws nothing. A page whose server was started again asks it for a run only if a part of it runs by itself."""


def switched() -> bool:
    """Whether this run began with a page switch, which clears the address."""
    return bool(st.session_state.get("switched"))


def write_link() -> None:
    """Put the current net into the address bar. Each writing is a step of the browser's history."""
    here = session()
    here.link_due = False
    if here.link is not None and here.preview is None:
        location.write(location.held() | {"net": here.link})


def address() -> str:
    """The full link to the net on screen."""
    return addresses.full_link(f"net={quote(link_of(session().now, session().preset), safe=addresses.PLAIN)}")
