"""Fitting the net to the data, on the page: what it changes, line by line, or what is wrong with the net."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from ..ops import shape_text
from ..report import Report
from ..training.fit import FitError, Problem, fit, problems
from . import lab_state, visit
from .compare_nets import Slot
from .plain_text import escaped
from .train_data import Chosen
from .train_state import VIEW, View

_MOST_LINES = 6
_GIVES_WAY = {"pictures": "Resize the pictures", "net": "Change the net's input"}


class Shown(NamedTuple):
    """The net as it will be trained, or why it cannot be: `refused` in one line, `wrong` in detail."""

    report: Report | None
    changes: tuple[str, ...] = ()
    refused: str = ""
    wrong: tuple[Problem, ...] = ()

    @property
    def text(self) -> str:
        """The notation that is trained."""
        return self.report.text if self.report else ""


def work_out(slot: Slot, data: Chosen, view: View) -> Shown:
    """Fit the net. The last result of a visitor is kept, as fitting a large net takes a while."""
    if not data.shape:
        return Shown(None)
    of = (slot.report.line, data.shape, data.classes, view.fit)
    found: Shown = visit.session().keep("train_fit", of, lambda: _fit(slot.report, data, view))
    return found


def show(slot: Slot, data: Chosen, view: View, fitted: Shown) -> None:
    """Draw the card."""
    with st.container(key="train_fit"):
        st.markdown("### Fit the net to the data")
        if not data.shape:
            st.caption("Once there are pictures, the net is fitted to their size and classes here.")
            return
        height, width, _ = slot.report.graph.nodes[0].shape
        if (height, width) != data.shape[:2]:
            with st.container(key="train_fit_way"):
                lab_state.widget(View, "fit", VIEW, "The sizes differ", names=_GIVES_WAY)
        if fitted.report is None:
            st.error(f"This net cannot be trained on this data: {escaped(fitted.refused)}", icon=":material/error:")
            if view.fit == "pictures":  # else its size alone is in the way
                _why(fitted, "What is wrong with it")
            return
        lines = [f":material/check: {line}" for line in _lines(slot, data, view, fitted)]
        st.markdown("\n\n".join(lines))
        _why(fitted, "Why it cannot stay as it is")


def _fit(found: Report, data: Chosen, view: View) -> Shown:
    assert data.shape
    try:
        made = fit(found.net, data.shape, data.classes, resize=view.fit == "pictures")
    except FitError as error:
        return Shown(None, refused=str(error), wrong=problems(found.graph, data.shape, data.classes))
    return Shown(Report(made.net, made.graph), made.changes, wrong=problems(found.graph, data.shape, data.classes))


def _lines(slot: Slot, data: Chosen, view: View, fitted: Shown) -> list[str]:
    """What is done to pictures and net, a line each."""
    assert data.shape
    assert fitted.report
    height, width, _ = fitted.report.graph.nodes[0].shape
    lines = [_bold(change) for change in fitted.changes]
    if (height, width) != data.shape[:2]:
        lines.append(f"**Pictures** {data.shape[0]}×{data.shape[1]} → {height}×{width}: resized as they are fed")
    if not lines:
        lines.append(f"Nothing to change: it takes {shape_text(data.shape)} and tells {data.classes} classes apart.")
    return lines


def _bold(change: str) -> str:
    """A change with what is changed in bold; escaped, as names of blocks are the user's."""
    what, _, rest = change.partition(" ")
    return f"**{escaped(what)}** {escaped(rest)}"


def _why(fitted: Shown, title: str) -> None:
    """What is wrong with the net as it is, and why that matters."""
    if fitted.wrong:
        with st.expander(title, key="train_fit_why"):
            for problem in fitted.wrong[:_MOST_LINES]:
                st.markdown(f"**{escaped(problem.what)}** {escaped(problem.why)}")
                if fitted.report is None:
                    st.markdown(escaped(problem.remedy))
