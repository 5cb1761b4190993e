"""The pages by their files, and links from one to another."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ..guide import tour
from ..zoo import BY_NAME
from . import visit
from .links import link_of

PAGES = Path(__file__).resolve().parent.parent.parent / "pages"
BUILD, GUIDE, ZOO, COMPARE, TRAIN = (
    str(PAGES / name) for name in ("build.py", "guide.py", "zoo.py", "compare.py", "train.py")
)


def row_link(name: str) -> None:
    """A link to a row of the zoo, for where no fragment is."""
    st.page_link(ZOO, label=BY_NAME[name].title, icon=":material/open_in_new:", query_params={"row": name})


def row_button(name: str) -> None:
    """The same in a fragment, which runs without the navigation that links are checked against."""
    if st.button("See it in the zoo", icon=":material/open_in_new:", key="to_zoo"):
        st.switch_page(ZOO, query_params={"row": name})


def to_build() -> None:
    """Turn to Build with the session's net, its link in the address from the start."""
    link = visit.session().link
    st.switch_page(BUILD, query_params={"net": link} if link is not None else {})


def to_train() -> None:
    """Turn to Train with the session's net, ready for a new run."""
    session = visit.session()
    st.switch_page(TRAIN, query_params={"net": link_of(session.now, session.preset), "view": "new"})


def help_button(word: str) -> None:
    """To the page of the guide that explains a block or operation; to its first page for ""."""
    page = tour.of_block(word)
    label = f"Guide: {tour.titled(page)}" if page else "Guide: the architectures"
    if st.button(label, icon=":material/menu_book:", type="tertiary", key="to_guide"):
        st.switch_page(GUIDE, query_params={"page": page} if page else {})
