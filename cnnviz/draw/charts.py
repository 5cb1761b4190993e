"""Charts of where the costs are, in the colours of the families."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

import plotly.graph_objects as go

from .. import units
from ..report import WORKS, Report
from . import labels, theme
from .theme import Mode

_MOST_BARS = 60


class Bar(NamedTuple):
    """One bar: the path of its node or block, what it is called, its family, its value."""

    id: str
    name: str
    family: str
    value: int


def measures(work: str) -> dict[str, str]:
    """What can be drawn: key → name."""
    return {"parameters": "Parameters", "work": WORKS[work].name, "activations": "Activation memory"}


def bars(shown: Report, measure: str, work: str, *, layers: bool) -> list[Bar]:
    """The bars of one measure, for each block of the trunk or for each layer; activations in bytes of float32."""
    of_cost = WORKS[work].of
    if layers:
        of: dict[str, Callable[[int], int]] = {
            "parameters": lambda i: shown.costs[i].parameters,
            "work": lambda i: of_cost(shown.costs[i]),
            "activations": lambda i: 4 * prod(shown.graph.nodes[i].shape),
        }
        nodes = shown.graph.nodes
        return [
            Bar(nodes[i].id, nodes[i].id, nodes[i].op.family, of[measure](i))
            for i in shown.graph.keras_order
            if nodes[i].inputs
        ]
    found = []
    for i, item in enumerate(shown.net.items):
        figures = shown.blocks[(i,)]
        value = {
            "parameters": figures.cost.parameters,
            "work": of_cost(figures.cost),
            "activations": 4 * figures.activations,
        }[measure]
        name = labels.name_title(figures.id) if figures.id else labels.item_title(item)
        found.append(Bar(figures.id, name, labels.item_family(item), value))
    return found


def cost_chart(found: Sequence[Bar], measure: str, mode: Mode, selected: str = "") -> go.Figure:
    """Horizontal bars from the input down. Of a deep net only the largest are drawn, in their order."""
    show = units.binary if measure == "activations" else units.si
    drawn = [bar for bar in found if bar.value]
    if len(drawn) > _MOST_BARS:
        least = sorted((bar.value for bar in drawn), reverse=True)[_MOST_BARS - 1]
        drawn = [bar for bar in drawn if bar.value >= least][:_MOST_BARS]
    whole = sum(bar.value for bar in found) or 1
    names = _distinct([bar.name for bar in drawn])
    bar = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": [bar.value for bar in drawn],
        "customdata": [bar.id for bar in drawn],
        "text": [show(bar.value) for bar in drawn],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [
            f"<b>{bar.name}</b><br>{units.exact(bar.value)}{' bytes' if measure == 'activations' else ''}"
            f"<br>{units.percent(bar.value, whole)} of all"
            for bar in drawn
        ],
        "hoverinfo": "text",
        "marker": {
            "color": [theme.colour(bar.family, mode) for bar in drawn],
            "opacity": [1.0 if not selected or bar.id == selected else 0.45 for bar in drawn],
        },
        # Plotly's script fails on a click where these are not said.
        "selected": {"textfont": {"color": theme.PAGES[mode].muted}},
        "unselected": {"textfont": {"color": theme.PAGES[mode].muted}},
    }
    return go.Figure(
        {
            "data": [bar],
            "layout": {
                "height": max(120, 26 * len(drawn) + 30),
                "margin": {"l": 4, "r": 64, "t": 4, "b": 4},
                "bargap": 0.35,
                "showlegend": False,
                "xaxis": {"visible": False, "fixedrange": True},
                "yaxis": {
                    "autorange": "reversed",
                    "automargin": True,
                    "fixedrange": True,
                    "ticks": "",
                    "showgrid": False,
                },
                "dragmode": False,
            },
        },
        skip_invalid=True,
    )


def _distinct(names: list[str]) -> list[str]:
    """Names that differ, so that two blocks of one name get bars of their own; the difference cannot be seen."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name + "\u200b" * (seen[name] - 1))
    return found
