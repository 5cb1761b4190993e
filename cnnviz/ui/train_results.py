"""After training: the confusion matrix, the most confident mistakes, a picture of one's own, files."""

from __future__ import annotations

import streamlit as st

from ..training import run_results, run_views
from ..training.folder import Config, Run
from . import assets, train_picture

_MOST = 2_000_000_000  # bytes of a model that is handed out


def show(run: Run, config: Config) -> None:
    """What there is of it; a run without a result shows only its files."""
    found = run_results.of_run(run)
    if found:
        st.markdown("### Result")
        component = assets.component("train_results")
        component(key=f"run_results_{run.id}", data=assets.as_json(found))
    if run.model():
        train_picture.show(run)
    _files(run, config)


@st.fragment(key="run_files")
def _files(run: Run, config: Config) -> None:
    """A fragment of its own, so that a click while the page changes still finds its file."""
    model = run.model()
    with st.container(key="run_file_row", horizontal=True):
        if model and model.stat().st_size <= _MOST:
            st.download_button(
                "Trained model, .keras",
                model.read_bytes,
                file_name=f"{run.id}.keras",
                mime="application/zip",
                icon=":material/download:",
                key="run_file_model",
                on_click="ignore",
            )
        if run_views.best(run).epochs:
            st.download_button(
                "Metrics, CSV",
                lambda: run_views.csv_of(run).encode(),
                file_name=f"{run.id}.csv",
                mime="text/csv",
                icon=":material/download:",
                key="run_file_metrics",
                on_click="ignore",
            )
