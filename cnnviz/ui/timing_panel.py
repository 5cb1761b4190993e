"""Measured time beside MACs: one click times candidates in the Keras process on this machine."""

from __future__ import annotations

from typing import Any

import streamlit as st

from .. import units
from ..declare import sentence
from ..keras_service import Errand
from ..labs import timing, timing_words
from ..labs.timing import Candidate, Measured, Spread
from ..labs.timing_words import duration, times
from . import assets, errand
from .plain_text import escaped

BATCHES = (1, 2, 4, 8, 16, 32)
# What is drawn: key, name, its family's colour.
SERIES = (
    ("macs", "MACs (counted)", "convolution"),
    ("forward", "Forward", "residual"),
    ("both", "Forward and backward", "dense"),
)


def show(candidates: list[tuple[str, str]], key: str) -> None:
    """Draw the panel. `candidates` are titles and notations; the first is what the others are measured against."""
    _panel(tuple(candidates), key)


@st.fragment
def _panel(candidates: tuple[tuple[str, str], ...], key: str) -> None:
    titles, texts = [title for title, _ in candidates], tuple(text for _, text in candidates)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}_ask"):
        batch = st.selectbox("Batch", BATCHES, key=f"{key}_batch", width=90, help="pictures in one pass")
        asked = Errand("time", texts, (("batch", batch),))
        problem = timing.problem(texts, batch)
        st.button(
            "Measure on this machine",
            icon=":material/timer:",
            type="primary",
            key=f"{key}_measure",
            disabled=bool(problem),
            on_click=errand.begin,
            args=(asked, key),
        )
    if problem:
        st.info(escaped(sentence(problem)), icon=":material/timer_off:")
        return
    result = errand.result(asked, key)
    if result is None:
        return
    measured = timing.measured(titles, texts, result)
    component = assets.component("timing")
    component(key=f"{key}_times", data=assets.as_json(payload(measured)))


def payload(measured: Measured) -> dict[str, Any]:
    """All that the component draws, as plain data."""
    return {
        "device": timing_words.device(measured),
        "speeds": timing_words.speeds(measured),
        "series": [{"key": key, "name": name, "paint": paint} for key, name, paint in SERIES],
        "reference": measured.candidates[0].title,
        "rows": [_row(one, measured.candidates[0]) for one in measured.candidates],
        "words": timing_words.words(measured),
        "rule": (
            f"Median of {_repetitions(measured)} repetitions after warming up, in rounds through all candidates; the "
            "thin line goes from the lower to the upper quartile. Backward: the gradient of the summed output with "
            "respect to all weights and the input. FLOPs per byte: 2 for each MAC and all other operations, over "
            "weights, inputs and outputs that each operation reads and writes once."
        ),
    }


def _row(one: Candidate, first: Candidate) -> dict[str, Any]:
    return {
        "title": one.title,
        "notation": one.notation,
        "note": one.note,
        "macs": {
            "text": units.si(one.work.macs),
            "exact": f"{units.exact(one.work.macs)} MACs, {units.exact(one.work.parameters)} parameters",
            "ratio": [one.work.macs / first.work.macs] if first.work.macs and one.work.macs else [],
        },
        "forward": _time(one.forward, first.forward),
        "both": _time(one.both, first.both),
        "rate": f"{units.si(round(timing_words.rate(one)))}/s" if one.forward else "–",
        "intensity": f"{one.work.intensity:.3g}",
        "moved": f"{units.binary(one.work.moved)} moved in a forward pass, {units.exact(one.work.flops)} FLOPs",
    }


def _time(found: Spread | None, first: Spread | None) -> dict[str, Any]:
    """A time with its quartiles, in words and against the first candidate's median."""
    if found is None:
        return {"text": "–", "spread": "", "exact": "not timed", "ratio": []}
    ratio = [value / first.median for value in found[:3]] if first else []
    against = f", {times(ratio[1])} the first's" if ratio else ""
    return {
        "text": duration(found.median),
        "spread": f"{duration(found.lower)} to {duration(found.upper)}",
        "exact": f"median of {found.repetitions} repetitions{against}; quartiles {duration(found.lower)} and "
        f"{duration(found.upper)}",
        "ratio": ratio,
    }


def _repetitions(measured: Measured) -> int:
    return max((one.forward.repetitions for one in measured.candidates if one.forward), default=0)
