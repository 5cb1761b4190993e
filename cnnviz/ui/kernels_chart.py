"""Kernels: the chart of cost against the map's side, the kernel or the channels, with the places where curves meet."""

from __future__ import annotations

from typing import Any

import streamlit as st

from .. import units
from ..labs.kernel_figures import Crossing, Point, crossings, curve
from ..labs.kernels import TARGET, Candidate, Kernels, chosen
from . import assets
from .kernels_table import PAINT

KEY = "kernels_chart"

# What the chart goes along: the axis' name, its letter.
_AXES = {
    "side": ("side x of the map, in pixels", "x"),
    "kernel": ("side k of the target kernel", "k"),
    "channels": ("channels that come in", "C"),
}
# What it shows: the axis' name, the unit.
_MEASURES = {
    "macs": ("MACs for one picture", "MACs"),
    "parameters": ("parameters", "parameters"),
    "activations": ("activation memory, in bytes", "bytes"),
}

# Colour is never alone: each candidate has a dash and a mark of its own.
_LOOKS: dict[str, tuple[str, str]] = {
    "one": ("none", "circle"),
    "stack": ("none", "square"),
    "factorised": ("9 4", "diamond"),
    "dilated": ("2 4", "up"),
    "grouped": ("9 4 2 4", "down"),
    "separable": ("14 5", "cross"),
    "bottleneck": ("14 5 3 5", "bar"),
}

Met = tuple[tuple[Candidate, Crossing], ...]


def show(settings: Kernels) -> None:
    """Draw the chart, and in words where its curves meet."""
    points = {candidate: curve(candidate, settings) for candidate in chosen(settings)}
    met = meetings(points)
    component = assets.component("kernels_chart")
    component(key=KEY, data=assets.as_json(payload(settings, points, met)))
    st.caption(caption(settings, met))


def meetings(points: dict[Candidate, tuple[Point, ...]]) -> Met:
    """Where each candidate's curve meets the target's."""
    others = [candidate for candidate in points if candidate is not TARGET]
    return tuple([(each, place) for each in others for place in crossings(points[TARGET], points[each])])


def payload(settings: Kernels, points: dict[Candidate, tuple[Point, ...]], met: Met) -> dict[str, Any]:
    """All that the component draws, as plain data."""
    axis, letter = _AXES[settings.view]
    measure, unit = _MEASURES[settings.measure]
    return {
        "axis": axis,
        "letter": letter,
        "measure": measure,
        "unit": unit,
        "bytes": settings.measure == "activations",
        "log": settings.log,
        "here": getattr(settings, settings.view),
        "series": [_series(candidate, settings, found) for candidate, found in points.items()],
        "met": [_met(candidate, settings, place) for candidate, place in met],
        "said": caption(settings, met),
    }


def caption(settings: Kernels, met: Met) -> str:
    """What to read off the chart, in words."""
    said = [f"{_name(candidate, settings)} at {_place(settings, place)}" for candidate, place in met]
    text = f"Meets the target: {'; '.join(said)}." if said else "No curve crosses the target's here."
    if settings.view == "side" and settings.padding == "valid" and settings.x[0] < settings.kernel:
        k = settings.kernel
        text += f" The curves begin at x = {k}: a valid {k}×{k} needs x ≥ {k}."
    return text


def _series(candidate: Candidate, settings: Kernels, points: tuple[Point, ...]) -> dict[str, Any]:
    dash, mark = _LOOKS[candidate.key]
    return {
        "title": _name(candidate, settings),
        "paint": PAINT[candidate.key],
        "dash": dash,
        "mark": mark,
        "points": points,
    }


def _met(candidate: Candidate, settings: Kernels, place: Crossing) -> dict[str, Any]:
    """A ring of the chart: its place, what stands beside it, what it says."""
    both = f"{_name(TARGET, settings)} and {_name(candidate, settings)}"
    label = _place(settings, place)
    _, unit = _MEASURES[settings.measure]
    value = f"{units.exact(round(place.value))} {unit} each"
    text = f"{both}: {label}, {value}" if place.low == place.high else f"{both} change places, {label}"
    return {"at": place.at, "value": place.value, "label": label, "text": text}


def _name(candidate: Candidate, settings: Kernels) -> str:
    """With a number in it only where the number stays the same along the axis."""
    return candidate.label if settings.view == "kernel" else candidate.title(settings)


def _place(settings: Kernels, place: Crossing) -> str:
    _, letter = _AXES[settings.view]
    return f"{letter} = {place.low:,}" if place.low == place.high else f"{place.low:,} < {letter} < {place.high:,}"
