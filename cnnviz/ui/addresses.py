"""Addresses on this server: paths that our scripts ask, and full links to what is on screen."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import streamlit as st
from streamlit import config

PLAIN = "(),;=[]*"  # what a query need not escape and the notation is full of


def path(place: str) -> str:
    """A path of ours as the browser asks for it: below the base path of the server, if it has one."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{place}" if base else place


def full_link(query: str, page: str = "") -> str:
    """The full link to the page on screen with this query; `page` is its path where its address is not known."""
    scheme, host, place, _, _ = urlsplit(st.context.url or f"http://localhost:8501/{page}")
    if query.endswith(")"):
        query = query[:-1] + "%29"  # programs that find links in a text leave a closing bracket out
    return urlunsplit((scheme, host, place or "/", query, ""))
