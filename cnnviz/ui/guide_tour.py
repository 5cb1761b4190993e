"""The way through the guide: which page the address asks for, the list of pages, before and next."""

from __future__ import annotations

import streamlit as st

from ..guide import read, tour
from . import assets, location
from .plain_text import escaped

INDEX = ""
ASKED = "page"  # in the address: /guide?page=residual


def asked() -> tuple[str, str]:
    """The page that the address asks for, "" for the index, and what is wrong with the address, if anything."""
    word = location.held().get(ASKED, "")
    try:
        return (tour.find(word), "") if word else (INDEX, "")
    except tour.NoPage as error:
        return INDEX, str(error)


def go(name: str) -> None:
    """In a callback: turn to a page, "" for the index. It is a step of the browser's history."""
    others = {key: value for key, value in location.held().items() if key != ASKED}
    location.write(others | ({ASKED: name} if name else {}))


def show(here: str) -> None:
    """The list of all pages; the one in sight is marked, and begins at its top."""
    assets.component("guide_top")(key="guide_top", data=here)
    for number, name in enumerate((INDEX, *tour.NAMES)):
        st.button(
            f"{number} · {tour.titled(name)}" if name else "All pages",
            key=f"guide_to_{name or 'index'}",
            type="secondary" if name == here else "tertiary",
            on_click=go,
            args=(name,),
            width="stretch",
        )


def show_neighbours(here: str) -> None:
    """Before and next, at the end of a page."""
    names = (INDEX, *tour.NAMES)
    at = names.index(here)
    with st.container(key="guide_neighbours", horizontal=True, horizontal_alignment="distribute"):
        if at:
            before = names[at - 1]
            label = tour.titled(before) if before else "All pages"
            st.button(label, key="guide_before", icon=":material/arrow_back:", on_click=go, args=(before,))
        if at + 1 < len(names):
            after = names[at + 1]
            label = f"Next: {tour.titled(after)}" if at else "Begin the tour"
            st.button(
                label,
                key="guide_next",
                icon=":material/arrow_forward:",
                icon_position="right",
                type="primary",
                on_click=go,
                args=(after,),
            )


def show_index(problem: str) -> None:
    """All pages with what they are about; above them what is wrong with the address."""
    text = read.text("index")
    if problem:
        st.error(escaped(problem), icon=":material/link_off:")
    st.markdown(f"# {text.title}\n\n{text.idea}")
    with st.container(key="guide_cards"):
        for number, name in enumerate(tour.NAMES, 1):
            with st.container(key=f"guide_card_{name}", border=True):
                about = tour.BY_PAGE[name].about if name in tour.BY_PAGE else "All seventeen, answered"
                st.markdown(f"**{number} · {tour.titled(name)}**  \n{about}.")
                st.button("Read", key=f"guide_read_{name}", on_click=go, args=(name,))
    show_neighbours(INDEX)
