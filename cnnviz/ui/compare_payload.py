"""What the charts of the Compare page are told, as plain data. Pure Python, without Streamlit."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from .. import units
from ..compare import MARKS
from ..labs import measures, side_by_side
from ..labs.measures import Measure
from ..labs.waterfall import Bar, Waterfall
from ..zoo import BY_NAME
from ..zoo.figures import overview
from .compare_nets import LETTERS, Slot


def figures(slots: Sequence[Slot], work: str) -> dict[str, Any]:
    """The table of figures."""
    return {
        "nets": _nets(slots),
        "rows": [
            {
                "name": figure.name,
                "rule": figure.rule,
                "cells": [
                    {
                        "text": text,
                        "exact": exact,
                        "ratio": side_by_side.ratio_text(ratio),
                        "share": value / (max(figure.values) or 1),
                    }
                    for text, exact, ratio, value in zip(
                        figure.texts, figure.exacts, figure.ratios, figure.values, strict=True
                    )
                ],
            }
            for figure in side_by_side.figures([slot.report for slot in slots], work)
        ],
    }


def waterfall(fall: Waterfall, measure: Measure, slots: Sequence[Slot], pair: tuple[int, int]) -> dict[str, Any]:
    """From one net's total to the other's."""
    left, right = pair
    difference = units.change(fall.right, fall.left, measure.show)
    return {
        "kind": "waterfall",
        "name": _file(slots, pair, measure.key),
        "title": f"{measure.name} from {LETTERS[left].upper()} to {LETTERS[right].upper()}: {difference}",
        "axis": _axis(measure),
        "unit": _scale(measure),
        "left": _end(slots, left, fall.left, measure),
        "right": _end(slots, right, fall.right, measure),
        "bars": [_bar(bar, measure) for bar in fall.bars],
    }


def _bar(bar: Bar, measure: Measure) -> dict[str, Any]:
    rest = f"{bar.places:,} smaller differences" if bar.places > 1 else ""
    label = bar.right or bar.left
    if bar.left and bar.right and _word(bar.left) != _word(bar.right):
        label = f"{_word(bar.left)} → {bar.right}"
    return {
        "mark": "…" if rest else MARKS[bar.kind],
        "kind": rest or bar.kind,
        "label": rest or label,
        "left": bar.left if bar.kind != "added" else "",
        "right": bar.right if bar.kind != "removed" and bar.right != bar.left else "",
        "differences": [*bar.differences[:8]],
        "change": bar.change,
        "text": units.change(bar.after, bar.before, measure.show),
        "exact": f"{units.exact(bar.before)} → {units.exact(bar.after)} {measure.unit}",
    }


def _word(text: str) -> str:
    """What a block or layer begins with: its word, its path, `3 * residual` of a repetition."""
    found = re.match(r"(\d+ \* )?\[*[\w/]+", text)
    return found[0] if found else text


def stages(slots: Sequence[Slot], measure: Measure, work: str) -> dict[str, Any]:
    """The measure of each net by the size of its maps."""
    reports = [slot.report for slot in slots]
    totals = [measures.total(found, measure.key, work) for found in reports]
    drawn = [stage for stage in side_by_side.stages(reports, measure.key, work) if any(stage.values)]
    return {
        "kind": "stages",
        "name": _file(slots, range(len(slots)), f"{measure.key}-by-stage"),
        "title": f"{measure.name} by size of the output map",
        "axis": _axis(measure),
        "unit": _scale(measure),
        "nets": _nets(slots),
        "stages": [
            {
                "name": stage.name,
                "values": stage.values,
                "layers": stage.layers,
                "texts": [measure.show(value) for value in stage.values],
                "exacts": [f"{units.exact(value)} {measure.unit}" for value in stage.values],
                "shares": [units.percent(*one) for one in zip(stage.values, totals, strict=True)],
            }
            for stage in drawn
        ],
    }


def layers(slots: Sequence[Slot], measure: Measure, work: str) -> dict[str, Any]:
    """The measure of every layer of each net, from the input down."""
    rows = []
    for slot in slots:
        found = side_by_side.layers(slot.report, measure.key, work)
        whole = sum(layer.value for layer in found)
        rows.append(
            {
                "count": len(found),
                "said": f"{len(found) - 1:,} layers, {measure.show(whole)}",
                "layers": [
                    [
                        place,
                        layer.id,
                        layer.value,
                        f"{units.exact(layer.value)} {measure.unit}, {units.percent(layer.value, whole)} of the net",
                        f"{layer.title} → {layer.shape}",
                    ]
                    for place, layer in enumerate(found)
                    if layer.value
                ],
            }
        )
    return {
        "kind": "layers",
        "name": _file(slots, range(len(slots)), f"{measure.key}-by-layer"),
        "title": f"{measure.name}, layer by layer",
        "axis": _axis(measure),
        "unit": _scale(measure),
        "nets": _nets(slots),
        "rows": rows,
    }


def zoo(slots: Sequence[Slot], up: str) -> dict[str, Any]:
    """The nets among those of the zoo; `up` is what they are placed by, upwards: parameters or top5."""
    presets = [slot.link for slot in slots]
    top5 = [BY_NAME[name].top5 if name in BY_NAME else None for name in presets]
    note = "Area: published top-5 error; rings: none published."
    if up == "top5":
        note = "Dashed: no network of fewer MACs has a smaller error."
    return {
        "kind": "zoo",
        "name": _file(slots, range(len(slots)), "in-the-zoo"),
        "title": "Work and " + ("published top-5 error on ImageNet" if up == "top5" else "parameters, among the zoo"),
        "up": up,
        "note": note,
        "nets": [
            {
                **one,
                "macs": slot.report.total.macs,
                "parameters": slot.report.total.parameters,
                "top5": found.error if found else None,
                "source": found.source if found else "",
            }
            for one, slot, found in zip(_nets(slots), slots, top5, strict=True)
        ],
        "zoo": [one for one in _ground() if one["row"] not in presets],
    }


@functools.cache
def _ground() -> list[dict[str, Any]]:
    """The zoo's networks as dots: the same for every visitor, as rows do not change."""
    return [
        {
            "row": one.row.name,
            "title": one.row.title,
            "macs": one.macs,
            "parameters": one.parameters,
            "top5": one.row.top5.error if one.row.top5 else None,
            "source": one.row.top5.source if one.row.top5 else "",
        }
        for one in overview()
    ]


def _nets(slots: Sequence[Slot]) -> list[dict[str, str]]:
    return [{"letter": LETTERS[at].upper(), "title": slot.title} for at, slot in enumerate(slots)]


def _end(slots: Sequence[Slot], at: int, value: int, measure: Measure) -> dict[str, Any]:
    return {
        "letter": LETTERS[at].upper(),
        "title": slots[at].title,
        "value": value,
        "text": measure.show(value),
        "exact": f"{units.exact(value)} {measure.unit}",
    }


def _axis(measure: Measure) -> str:
    return {"parameters": "parameters", "activations": "activation memory, float32, one picture"}.get(
        measure.key, f"{measure.name} for one picture"
    )


def _scale(measure: Measure) -> str:
    return "bytes" if measure.unit == "bytes" else "si"


def _file(slots: Sequence[Slot], which: Sequence[int], about: str) -> str:
    """What a file of these nets is called."""
    names = [slots[at].row or f"net-{LETTERS[at]}" for at in which]
    return "-".join([*dict.fromkeys(names), about])
