"""The examples of a page of the guide: figures, live diagram, what is selected in it; each opens in Build."""

from __future__ import annotations

import streamlit as st

from ..draw.scene import scene
from ..guide.figures import report_of
from ..guide.page import Example, Family
from ..zoo import BY_NAME
from . import assets, diagram, headline, inspector, rooms, visit
from .session import Session

_HEIGHT = 420  # of the diagram, in pixels, where the style sheet does not say


@st.fragment(key="guide_example")
def show(family: Family) -> None:
    """Draw the example that is chosen."""
    examples = {example.name: example for example in family.examples}
    chosen = st.pills(
        "Example",
        [*examples],
        default=family.examples[0].name,
        required=True,
        format_func=lambda name: examples[name].title,
        key=f"guide_examples_{family.name}",
        label_visibility="collapsed",
    )
    example = examples.get(chosen or "", family.examples[0])
    session = _session(example)
    st.caption(example.note)
    _figures(session)
    _doors(example)
    _diagram(example, session)
    if session.selected_id:
        inspector.show(session, lambda: session.select_node(inspector.sent()))
    else:
        st.caption("Click a box to open its numbers, or the arrow of a block to fold it.")


def _session(example: Example) -> Session:
    """What this visitor has opened and selected in the example: a session of its own, apart from the net in Build."""
    kept: dict[str, Session] = st.session_state.setdefault("guide_nets", {})
    if example.name not in kept:
        found = report_of(example.net)
        kept[example.name] = Session(text=found.text, now=found, open_groups=frozenset(example.opened))
    return kept[example.name]


def _figures(session: Session) -> None:
    parameters, macs, _, field, _ = headline.cards(session.now, None, session.work)
    data = {"cards": [card._asdict() for card in (parameters, macs, field)], "answer": ""}
    assets.component("headline")(key="guide_figures", data=assets.as_json(data), on_poll_change=lambda: None)


def _doors(example: Example) -> None:
    """To Build with this net, and to its row of the zoo."""
    with st.container(key="guide_doors", horizontal=True, vertical_alignment="center"):
        if st.button("Open in Build", type="primary", icon=":material/construction:", key="guide_open"):
            if example.net in BY_NAME:
                visit.session().pick(example.net)
            else:
                visit.session().open_text(example.notation)
            st.switch_page(rooms.BUILD)
        if example.net in BY_NAME:
            rooms.row_link(example.net)


def _diagram(example: Example, session: Session) -> None:
    graph = session.now.graph

    def happened(event: diagram.Event) -> None:
        session.open_groups = diagram.opened_after(event, graph, session.open_groups)
        if event.type == "select":
            session.select_node(event.id)

    diagram.diagram(
        scene(graph, session.now.costs, session.open_groups),
        key=f"guide_diagram_{example.name}",
        revision=session.revision,
        selected=session.selected_id,
        height=_HEIGHT,
        on_event=happened,
        name=example.name,
    )
