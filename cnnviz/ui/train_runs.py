"""The runs: a table to sort and choose from, curves of the chosen ones over one another, accuracy against cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from ..training import folder, run_live, run_views, run_words
from ..training.bounds import Bounds
from ..training.folder import FolderError, Run
from . import assets, runs_route, train_state, visitor

KEY = "train_runs"
MOST = 300  # runs in the table, the newest


@st.fragment(key="train_runs_view")
def show() -> None:
    """Draw it. The browser keeps it up to date; it is drawn again when runs are made, end or are deleted."""
    allowed = train_state.bounds()
    if not allowed:
        return
    data = payload(own(allowed))
    if not data["rows"]:
        st.info("No run yet. A new one takes a minute: tfnotes-baseline on digits.", icon=":material/model_training:")
        if st.button("New run", type="primary", key="runs_to_new"):
            train_state.go("new")
            st.rerun()
    component = assets.component("train_runs")
    answer = component(
        key=KEY,
        data=assets.as_json(data),
        on_open_change=lambda: None,
        on_changed_change=lambda: None,
    )
    asked = getattr(answer, "open", None)
    if isinstance(asked, str) and folder.NAME.fullmatch(asked):
        train_state.open_run(asked)
        st.rerun()


def own(allowed: Bounds) -> list[Run]:
    """The runs that this visitor may list, the newest first."""
    found = []
    for run in folder.listed(allowed.runs):
        try:
            if visitor.lists(run_live.config(run)):
                found.append(run)
        except FolderError:
            continue
        if len(found) == MOST:
            break
    return found


def payload(runs: Iterable[Run]) -> dict[str, Any]:
    """What the component is told."""
    rows = run_views.rows(runs)
    return {
        "path": runs_route.path(),
        "asked": train_state.asked_runs(),
        "rows": rows,
        "titles": run_words.TITLES,
        "studies": [*dict.fromkeys(row["study"] for row in rows if row["study"])],
        "data": [*dict.fromkeys(row["data"] for row in rows)],
    }
