"""The pages by their files, and links from one to another."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ..guide import tour
from ..zoo import BY_NAME

PAGES = Path(__file__).resolve().parent.parent.parent / "pages"
BUILD, GUIDE, ZOO = (str(PAGES / name) for name in ("build.py", "guide.py", "zoo.py"))


def row_link(name: str) -> None:
    """A link to a row of the zoo."""
    if not Path(ZOO).exists():
        st.markdown(f"{BY_NAME[name].title}")
        return
    st.page_link(ZOO, label=BY_NAME[name].title, icon=":material/open_in_new:", query_params={"row": name})


def help_link(word: str) -> None:
    """A link to the page of the guide that explains a block or operation; to its first page for ""."""
    page = tour.of_block(word)
    label = f"Guide: {tour.titled(page)}" if page else "Guide: a tour through the architectures"
    st.page_link(GUIDE, label=label, icon=":material/menu_book:", query_params={"page": page} if page else {})
