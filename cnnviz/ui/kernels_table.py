"""Kernels: the target and its candidates side by side, a line each, and the way to Build."""

from __future__ import annotations

from typing import Any

from .. import units
from ..labs.kernel_figures import Figures, figures, report_of
from ..labs.kernels import BY_KEY, TARGET, Candidate, CannotBe, Kernels, chosen
from ..ops import shape_text
from ..report import WORKS
from . import assets, rooms, visit

KEY = "kernels_table"

# A candidate → the family of operations and blocks whose colour it takes.
PAINT: dict[str, str] = {
    "one": "convolution",
    "stack": "residual",
    "factorised": "pooling",
    "dilated": "inception",
    "grouped": "normalisation",
    "separable": "head",
    "bottleneck": "shape",
}


def show(settings: Kernels) -> None:
    """Draw the table. A click on a line's button opens the candidate in Build."""
    component = assets.component("kernels_table")
    answer = component(key=KEY, data=assets.as_json(payload(settings)), on_open_change=lambda: None)
    asked = getattr(answer, "open", None)
    if isinstance(asked, str) and asked in BY_KEY:
        _open(BY_KEY[asked], settings)


def payload(settings: Kernels) -> dict[str, Any]:
    """All that the component draws, as plain data."""
    target = _figures(TARGET, settings)
    return {
        "rows": [_row(candidate, settings, target) for candidate in chosen(settings)],
        "map": f"On a {shape_text((settings.side, settings.side, settings.channels))} map",
        "rule": f"MACs: {WORKS['macs'].rule}. Activations: the input and what each layer puts out, in float32, for one "
        "picture. A relu follows each layer.",
    }


def nets(settings: Kernels) -> list[tuple[str, str]]:
    """Title and notation of each chosen candidate that can be built: what is timed."""
    found = [(candidate.title(settings), _figures(candidate, settings)) for candidate in chosen(settings)]
    return [(title, each.text) for title, each in found if isinstance(each, Figures)]


def _row(candidate: Candidate, settings: Kernels, target: Figures | str) -> dict[str, Any]:
    found = _figures(candidate, settings)
    row = {"key": candidate.key, "paint": PAINT[candidate.key], "note": candidate.note}
    if isinstance(found, str):
        return {**row, "title": candidate.label, "cannot": found}
    whole = target if isinstance(target, Figures) else found
    return {
        **row,
        "title": candidate.title(settings),
        "text": "; ".join(found.text.splitlines()[1:]),
        "field": shape_text(found.field),
        "same_field": found.field == (settings.kernel, settings.kernel),
        "output": shape_text(found.shape),
        "nonlinearities": str(found.nonlinearities),
        "parameters": _number(found.parameters, whole.parameters),
        "macs": _number(found.macs, whole.macs),
        "activations": _number(found.activations, whole.activations, binary=True),
    }


def _number(value: int, whole: int, *, binary: bool = False) -> dict[str, Any]:
    show = units.binary if binary else units.si
    return {
        "text": show(value),
        "exact": f"{units.exact(value)}{' bytes' if binary else ''}",
        "share": units.percent(value, whole),
        "part": min(value / whole, 1),
        "more": value > whole,
    }


def _figures(candidate: Candidate, settings: Kernels) -> Figures | str:
    try:
        return figures(candidate, settings)
    except CannotBe as error:
        return str(error)


def _open(candidate: Candidate, settings: Kernels) -> None:
    try:
        text = report_of(candidate, settings).text
    except CannotBe:
        return
    visit.session().open_text(text)
    rooms.to_build()
