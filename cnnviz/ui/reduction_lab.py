"""The 1×1 reduction of one convolution: its controls, both ways drawn, the chart against the width, the condition."""

from __future__ import annotations

from typing import Any

import streamlit as st

from .. import units
from ..labs import reduction
from ..labs.reduction import DEEP, EXAMPLE, PUZZLE, Condition, Line, Settings
from . import assets, lab_state

PREFIX = KEY = "reduction"
FIELDS = {
    "side": "Side of the map",
    "channels": "Input channels",
    "filters": "Filters",
    "kernel": "Kernel side",
    "strides": "Step",
    "reduction": "Width of the 1×1",
}
PRESETS = {
    "The worked example": EXAMPLE,
    "A reader’s puzzle: 3,584 became 110,720": PUZZLE,
    "The same deep inside a network": DEEP,
}
_LATEX = {
    "²": "^2",
    "·": r"\cdot ",
    "Cin": r"C_\text{in}",
    "Cout": r"C_\text{out}",
    "Pin": r"P_\text{in}",
    "Pout": r"P_\text{out}",
}


def show_presets() -> None:
    """Settings that are worth a look, one click each. The residual blocks below stay as they are."""
    with st.container(key="reduction_presets", horizontal=True, gap="small"):
        for number, (name, preset) in enumerate(PRESETS.items()):
            st.button(name, key=f"reduction_preset_{number}", on_click=_take, args=(preset,))


def show_controls() -> None:
    """The settings of the convolution and its reduction."""
    with st.container(key="reduction_controls", horizontal=True, vertical_alignment="bottom"):
        for name, label in FIELDS.items():
            lab_state.widget(Settings, name, PREFIX, label)
        lab_state.widget(Settings, "bias", PREFIX, "Count biases")


def show(settings: Settings) -> None:
    """Both ways and their charts. The width can be dragged; it becomes the setting when it is let go."""

    def let_go() -> None:
        width = (st.session_state.get(KEY) or {}).get("width")
        if type(width) is int:
            lab_state.change(Settings, PREFIX, reduction=width)

    component = assets.component("reduction")
    component(key=KEY, data=assets.as_json(payload(settings)), on_width_change=let_go)


def show_condition(settings: Settings) -> None:
    """Where the reduction breaks even: the formula, its numbers, and the largest width that saves."""
    parameters, macs = reduction.condition(settings), reduction.condition_of_macs(settings)
    with st.container(key="reduction_condition"):
        st.markdown("### When does it pay?")
        noun = _noun(settings)
        st.markdown(
            f"Directly, the kernel costs k²·Cin·Cout {'weights' if settings.bias else noun}. The 1×1 costs Cin·r, "
            "and the kernel behind it k²·r·Cout. Both grow evenly with the width r, so the two ways meet at one width:"
        )
        if parameters.line.limit == macs.line.limit:
            _condition("For weights and MACs alike", parameters)
        else:
            _condition(f"For {noun}", parameters)
            _condition("For MACs", macs)
        st.markdown(_why_they_differ(settings, parameters.line, macs.line))


def payload(settings: Settings) -> dict[str, Any]:
    """All that the component draws, as plain data. In products, null stands for the width that is dragged."""
    found = reduction.ways(settings)
    direct = reduction.layers(found.direct)[0]
    lines = reduction.lines(settings)
    return {
        "map": [*direct.received],
        "out": [*direct.shape],
        "width": settings.reduction,
        "channels": settings.channels,
        "reach": reduction.reach(settings),
        "large": f"{settings.kernel}×{settings.kernel}",
        "direct": {"parameters": _numbers(direct.parameters), "macs": _numbers(direct.macs)},
        "parts": [pattern._asdict() for pattern in reduction.patterns(settings)],
        "lines": {
            "parameters": _line(lines.parameters, "Parameters" if settings.bias else "Weights", _noun(settings)),
            "macs": _line(lines.macs, "MACs for one picture", "MACs"),
        },
        "enlarges": "A 1×1 with as many filters as there are channels, or more, reduces nothing.",
    }


def shown_limit(line: Line) -> str:
    """The width at which both ways cost the same, to two digits behind the point: 110.34."""
    limit = line.limit
    return units.exact(int(limit)) if limit.denominator == 1 else f"{float(limit):,.2f}"


def _take(preset: Settings) -> None:
    lab_state.change(Settings, PREFIX, **{name: getattr(preset, name) for name in (*FIELDS, "bias")})


def _noun(settings: Settings) -> str:
    return "parameters" if settings.bias else "weights"


def _condition(heading: str, found: Condition) -> None:
    line = found.line
    fraction = f"{units.exact(line.limit.numerator)}/{units.exact(line.limit.denominator)}"
    value = shown_limit(line)
    exact = f" = {value}" if line.limit.denominator == 1 else rf" = \frac{{{_braced(fraction)}}} \approx {value}"
    st.markdown(
        f"**{heading}**\n\n$$\nr \\;<\\; {_fraction(*found.symbols)} \\;=\\; {_fraction(*found.numbers)}"
        f"{exact.replace(',', '{,}')}\n$$"
    )
    if line.largest:
        st.markdown(f"The largest whole width that saves is **{units.exact(line.largest)}**.")
    else:
        st.markdown("No whole width lies below it: **a 1×1 cannot save anything here.**")


def _braced(fraction: str) -> str:
    return fraction.replace("/", "}{")


def _fraction(numerator: str, denominator: str) -> str:
    for plain, latex in _LATEX.items():
        numerator, denominator = numerator.replace(plain, latex), denominator.replace(plain, latex)
    return rf"\frac{{{numerator}}}{{{denominator}}}"


def _why_they_differ(settings: Settings, parameters: Line, macs: Line) -> str:
    if settings.strides > 1:
        return (
            "With a step the kernel works at fewer positions (Pout) than the 1×1 before it, which sees every position "
            "that comes in (Pin): the MACs break even at a smaller width than the weights."
        )
    if parameters.limit != macs.limit:
        return (
            "MACs leave biases out; the 1×1 brings one bias for each of its filters, so parameters break even earlier."
        )
    return (
        "Each weight is used once at every position of the map, so weights and MACs rise together and fall together: "
        "more weights for less computation is never the trade here."
    )


def _numbers(cost: Any) -> list[list[int]]:
    return [[number for _, number in term] for term in cost]


def _line(line: Line, name: str, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "unit": unit,
        "limit": float(line.limit),
        "limitText": shown_limit(line),
        "largest": line.largest,
    }
