"""Build: put a network together from blocks, and see at once what it is and what it costs."""

import streamlit as st

from cnnviz.ui import block_list, headline, inspector, shared, tabs, toolbar, visit


def edited() -> None:
    """An event of the block list."""
    if block_list.handle(session, block_list.sent()):
        visit.write_link()


def picked() -> None:
    """An operation was clicked in the inspector."""
    session.select_node(inspector.sent())


@st.fragment(key="workbench")
def workbench() -> None:
    """All that an edit changes. Cheap text is sent first; the list under the user's hand comes last, as its answer."""
    with st.container(key="page"):
        toolbar.show(session, keras)
        with st.container(key="workbench", horizontal=True, gap=None):
            left, middle, right = (st.container(key=key) for key in ("left", "middle", "right"))
    with middle:
        headline.show(session, keras, visit.owner())
        toolbar.show_problem(session)
        drawing = {
            "Diagram": tabs.draw_diagram,
            "Layers": tabs.draw_layers,
            "Costs": tabs.draw_costs,
            "Notation": tabs.draw_notation,
            "Python": tabs.draw_python,
            "Keras": lambda session: tabs.draw_keras(session, keras),
        }
        for tab, draw in zip(st.tabs([*drawing], key="tab", on_change="rerun"), drawing.values(), strict=True):
            if tab.open:
                with tab:
                    draw(session)
    with right:
        inspector.show(session, picked)
        toolbar.show_work(session)
    with left:
        block_list.show(session, edited)


session, keras = visit.session(), shared.keras()
workbench()
