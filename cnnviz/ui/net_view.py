"""A net to look at, not to edit: its figures, its diagram, and what is selected in it."""

from __future__ import annotations

import streamlit as st

from ..draw.scene import scene
from ..report import Report
from . import assets, diagram, headline, inspector
from .session import Session


def session_of(kept_as: str, name: str, found: Report, opened: frozenset[str] = frozenset()) -> Session:
    """What this visitor has opened and selected in the net `name`: a session of its own, apart from the net in Build.

    `opened` are the groups of the diagram that are open at first.
    """
    kept: dict[str, Session] = st.session_state.setdefault(kept_as, {})
    if name not in kept:
        kept[name] = Session(text=found.text, now=found, open_groups=opened)
    return kept[name]


def figures(session: Session, key: str, labels: tuple[str, ...] = ()) -> None:
    """The headline figures, or those of them that are named in `labels`."""
    cards = headline.cards(session.now, None, session.work)
    data = {"cards": [card._asdict() for card in cards if not labels or card.label in labels], "answer": ""}
    assets.component("headline")(key=key, data=assets.as_json(data), on_poll_change=lambda: None)


def drawing(session: Session, key: str, name: str, height: int) -> None:
    """The diagram; blocks unfold, boxes are selected. `height` is in pixels."""
    graph = session.now.graph

    def happened(event: diagram.Event) -> None:
        session.open_groups = diagram.opened_after(event, graph, session.open_groups)
        if event.type == "select":
            session.select_node(event.id)

    diagram.diagram(
        scene(graph, session.now.costs, session.open_groups),
        key=key,
        revision=session.revision,
        selected=session.selected_id,
        height=height,
        on_event=happened,
        name=name,
    )


def selected(session: Session) -> None:
    """The inspector of what is selected, or how to select."""
    if session.selected_id:
        inspector.show(session, lambda: session.select_node(inspector.sent()))
    else:
        st.caption("Click a box to open its numbers, or the arrow of a block to fold or unfold it.")
