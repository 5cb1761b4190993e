"""Two nets block by block, as a table: what stands on both sides, and what it costs more or less."""

from __future__ import annotations

from typing import Any

from .. import units
from ..compare import Change, Comparison, Part
from ..costs import NodeCost
from ..ops import shape_text
from ..report import WORKS, Report
from . import assets

KINDS = {"same": "=", "changed": "≠", "added": "+", "removed": "−"}


def show(found: Comparison, left: tuple[str, Report], right: tuple[str, Report], key: str) -> None:
    """Draw the table. `left` and `right` are the nets' titles and reports."""
    assets.component("comparison")(key=key, data=assets.as_json(payload(found, left, right)))


def payload(found: Comparison, left: tuple[str, Report], right: tuple[str, Report]) -> dict[str, Any]:
    """All that the component draws, as plain data."""
    changed = [change for change in found.changes if change.kind != "same"]
    return {
        "left": left[0],
        "right": right[0],
        "rows": [_row(change) for change in found.changes],
        "total": {
            "left": _sums(found.left),
            "right": _sums(found.right),
            "difference": _difference(found.left, found.right),
        },
        "said": f"{len(changed)} of {len(found.changes)} places differ" if changed else "The same operations",
        "rule": f"MACs: {WORKS['macs'].rule}.",
    }


def _row(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "mark": KINDS[change.kind],
        "left": [_part(part) for part in change.left],
        "right": [_part(part) for part in change.right],
        "differences": [*change.differences],
        "difference": _difference(change.before, change.after),
    }


def _part(part: Part) -> dict[str, str]:
    return {"text": part.text, "shape": shape_text(part.shape), **_sums(part.cost)}


def _sums(cost: NodeCost) -> dict[str, str]:
    return {
        "parameters": units.si(cost.parameters),
        "macs": units.si(cost.macs),
        "exact": f"{units.exact(cost.parameters)} parameters, {units.exact(cost.macs)} MACs",
    }


def _difference(before: NodeCost, after: NodeCost) -> dict[str, Any]:
    """What the right side costs more, for the last two columns."""
    return {
        "parameters": _changed(before.parameters, after.parameters),
        "macs": _changed(before.macs, after.macs),
    }


def _changed(before: int, after: int) -> dict[str, str]:
    tone = "same" if before == after else "up" if after > before else "down"
    text = "–" if before == after else units.change(after, before)
    ratio = f", {after / before:.3g} times" if before and after and before != after else ""
    return {"text": text, "tone": tone, "exact": f"{units.exact(before)} → {units.exact(after)}{ratio}"}
