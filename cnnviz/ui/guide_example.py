"""The examples of a page of the guide: figures, live diagram, what is selected in it; each opens in Build."""

from __future__ import annotations

import streamlit as st

from ..guide.figures import report_of
from ..guide.page import Example, Family
from ..zoo import BY_NAME
from . import net_view, rooms, visit

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
    session = net_view.session_of("guide_nets", example.name, report_of(example.net), frozenset(example.opened))
    st.caption(example.note)
    net_view.figures(session, "guide_figures", ("Parameters", "MACs", "Receptive field"))
    _doors(example)
    net_view.drawing(session, f"guide_diagram_{example.name}", example.name, _HEIGHT)
    net_view.selected(session)


def _doors(example: Example) -> None:
    """To Build with this net, and to its row of the zoo."""
    with st.container(key="guide_doors", horizontal=True, vertical_alignment="center"):
        if st.button("Open in Build", type="primary", icon=":material/construction:", key="guide_open"):
            if example.net in BY_NAME:
                visit.session().pick(example.net)
            else:
                visit.session().open_text(example.notation)
            rooms.to_build()
        if example.net in BY_NAME:
            rooms.row_button(example.net)
