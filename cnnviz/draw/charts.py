"""Where the costs are: a bar for each block or layer, in the colours of the families."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

from .. import units
from ..report import WORKS, Report
from . import labels

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


def largest(found: Sequence[Bar]) -> list[Bar]:
    """Those that cost anything; of a deep net the largest, in their order."""
    drawn = [bar for bar in found if bar.value]
    by_value = sorted(range(len(drawn)), key=lambda i: -drawn[i].value)
    return [drawn[i] for i in sorted(by_value[:_MOST_BARS])]


def chart(found: Sequence[Bar], measure: str, work: str, *, layers: bool, chosen: str = "") -> dict[str, Any]:
    """What the component `cost_bars` draws, as plain data.

    `chosen` is the path of the selected node or block: its own bar, those inside it and the one around it are chosen.
    """
    short = units.binary if measure == "activations" else units.si
    unit = {"parameters": "parameters", "activations": "bytes"}.get(measure, WORKS[work].name)
    drawn, whole = largest(found), sum(bar.value for bar in found)
    part = "layer" if layers else "block"
    left_out = sum(1 for bar in found if bar.value) - len(drawn)
    return {
        "kind": "costs",
        "title": f"{measures(work)[measure]} of each {part}, {short(whole)} in all",
        "note": f"The {len(drawn)} largest are drawn; {left_out} smaller {part}s are not." if left_out else "",
        "chosen": chosen,
        "bars": [
            {
                **bar._asdict(),
                "chosen": bool(chosen and bar.id) and (_is_in(bar.id, chosen) or _is_in(chosen, bar.id)),
                "text": short(bar.value),
                "exact": f"{units.exact(bar.value)} {unit}",
                "share": units.percent(bar.value, whole),
            }
            for bar in drawn
        ],
    }


def _is_in(path: str, around: str) -> bool:
    return f"{path}/".startswith(f"{around}/")
