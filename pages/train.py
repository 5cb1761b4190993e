"""Train: fit a net to data, launch a run, watch it, compare runs, and run whole studies."""

import streamlit as st

from cnnviz.ui import assets, train_run, train_runs, train_setup, train_state, train_studies

st.html(f"<style>{assets.text('train_page.css')}</style>")
view, run = train_state.view(), train_state.run_id()
with st.container(key="train_heading", horizontal=True, vertical_alignment="center"):
    st.markdown("# Train")
    train_setup.show_views(view, run)
    tools = st.container(key="train_tools", horizontal=True, width="content")
if run:
    train_run.show(run)
elif view.view == "runs":
    train_runs.show()
elif view.view == "studies":
    train_studies.show()
else:
    with tools:
        train_setup.share(view)
    train_setup.show()
