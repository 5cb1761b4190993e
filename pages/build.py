"""Build: put a network together from blocks, and see at once what it is and what it costs."""

import streamlit as st

from cnnviz.ui import block_list, headline, inspector, shared, suggestions, tabs, toolbar, visit


def edited() -> None:
    """An event of the block list."""
    if block_list.handle(session, block_list.sent()):
        session.link_due = True
        work_out()
        toolbar.follow(session)


def picked() -> None:
    """An operation was clicked in the inspector."""
    session.select_node(inspector.sent())


def work_out() -> None:
    """Work out all that is shown, before anything is drawn: what is sent in one go reaches the screen in one."""
    session.work_out()
    tabs.work_out(tab, session)


@st.fragment(key="workbench")
def workbench() -> None:
    """All that an edit changes, drawn into the panes; the list under the user's hand comes last, as its answer."""
    work_out()
    with figures:
        headline.show(session, keras, visit.identity())
        toolbar.show_problem(session)
    with panel:
        tabs.draw(tab, session, keras)
    with details:
        inspector.show(session, picked)
        inspector.show_help(session)
    with left:
        block_list.show(session, edited)
        suggestions.show(session)
    if session.link_due:  # last, so that what the user waits for is on its way before the address bar changes
        visit.write_link()


session, keras = visit.session(), shared.keras()
toolbar.show(session, keras)
with st.container(key="workbench", horizontal=True, gap=None):
    left, middle, right = (st.container(key=key) for key in ("left", "middle", "right"))
with middle:
    figures = st.container(key="figures")
    tab, panel = tabs.bar()
with right:
    details = st.container()
    toolbar.show_work(session)
workbench()
