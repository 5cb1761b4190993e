"""Guide: a tour through the families of networks, with live examples, numbers, papers and readers' questions."""

import streamlit as st

from cnnviz.guide import tour
from cnnviz.ui import assets, guide_example, guide_text, guide_tour

st.html(f"<style>{assets.text('guide.css')}</style>")
name, problem = guide_tour.asked()
family = tour.BY_PAGE.get(name)

with st.container(key="guide", horizontal=True, gap=None):
    with st.container(key="guide_tour"):
        guide_tour.show(name)
    with st.container(key=f"guide_text_{name or 'index'}"):  # another page is another container: it begins at its top
        if family:
            with st.container(key="guide_idea"):
                guide_text.show_idea(name)
            with st.container(key="guide_rest"):
                guide_text.show_rest(family)
                guide_tour.show_neighbours(name)
        elif name == tour.QUESTIONS:
            guide_text.show_questions()
            guide_tour.show_neighbours(name)
        else:
            guide_tour.show_index(problem)
    if family:
        with st.container(key="guide_example_pane"):
            guide_example.show(family)
