"""Compare: two to four nets side by side, and where what they cost came from and went."""

import streamlit as st

from cnnviz.ui import assets, compare_picker, compare_state, compare_views, lab_state

st.html(f"<style>{assets.text('compare_page.css')}</style>")
nets = compare_state.nets()
with st.container(key="compare_heading", horizontal=True, vertical_alignment="center"):
    st.markdown("# Compare")
    tools = st.container(key="compare_files", horizontal=True, width="content")
compare_picker.cards(nets)
compare_picker.problems(nets)
view = lab_state.settings(compare_state.View, compare_state.VIEW)
with tools:
    compare_views.export(nets, view)
    compare_picker.share(nets, view)
with st.container(key="compare_summary", horizontal=True, gap=None):
    with st.container(key="compare_numbers"):
        compare_views.figures(nets)
    with st.container(key="compare_held"):
        compare_views.held(nets)
compare_views.controls(nets, view)
compare_views.show(nets, view)
