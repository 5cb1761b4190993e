"""One visit: its session, and its link in the address bar, written in callbacks and on a page switch only."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from .links import link_of
from .session import Session

_PLAIN = "(),;=[]*"  # what a query need not escape and the notation is full of


def session() -> Session:
    """The visitor's session."""
    if "session" not in st.session_state:
        st.session_state["session"] = Session()
    found: Session = st.session_state["session"]
    return found


def owner() -> str:
    """Who asks Keras: one visitor's newer question takes the place of the older one."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else "alone"


def arrive(page: str) -> None:
    """At the start of a full run: on Build follow the address, or write it again, as a page switch clears it."""
    here = session()
    switched = st.session_state.get("page", page) != page
    st.session_state["page"] = page
    st.session_state["switched"] = switched
    if page:  # only on Build the address holds the net; elsewhere it is left alone
        return
    link = st.query_params.get("net")
    if switched and link is None:
        write_link()
    else:
        here.follow(link)


def switched() -> bool:
    """Whether this run began with a page switch, which clears the address."""
    return bool(st.session_state.get("switched"))


def write_link() -> None:
    """Put the current net into the address bar. Each writing is a step of the browser's history."""
    here = session()
    here.link_due = False
    if here.link is not None and here.preview is None and st.query_params.get("net") != here.link:
        st.query_params["net"] = here.link


def address() -> str:
    """The full link to the net on screen."""
    scheme, host, path, _, _ = urlsplit(st.context.url or "http://localhost:8501/")
    held = quote(link_of(session().now, session().preset), safe=_PLAIN)
    if held.endswith(")"):
        held = held[:-1] + "%29"  # programs that find links in a text leave a closing bracket out
    return urlunsplit((scheme, host, path or "/", f"net={held}", ""))
