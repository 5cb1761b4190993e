"""Two nets block by block or layer by layer, as a table: what stands on both sides, and what it costs more or less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import units
from ..compare import MARKS, MOVED, Change, Comparison
from ..labs import measures
from ..layer_changes import LayerChange
from ..ops import shape_text
from ..report import WORKS, Report
from . import assets

MOST_ROWS = 600  # of more layers those that are the same are left out, then those at the end

Side = tuple[str, Report]  # a net's title and report
Numbers = tuple[int, ...]  # one for each measure


def show(found: Comparison, left: Side, right: Side, key: str) -> None:
    """Draw the table of blocks. `left` and `right` are the nets' titles and reports."""
    draw(payload(found, left, right), key)


def draw(data: dict[str, Any], key: str) -> None:
    """Draw a table that `payload` or `layer_payload` has made."""
    assets.component("comparison")(key=key, data=assets.as_json(data))


def payload(found: Comparison, left: Side, right: Side, work: str = "macs") -> dict[str, Any]:
    """The table of blocks, as plain data; work is counted as `work` says."""
    table = _Table(left, right, work)
    rows = [
        table.row(
            change.kind,
            [[(part.text, shape_text(part.shape), range(part.start, part.stop)) for part in side] for side in sides],
            change.differences if change.kind not in MOVED or change.right else (),
            _elsewhere(change),
        )
        for change in found.changes
        for sides in [(change.left, change.right)]
    ]
    for row, change in zip(rows, found.changes, strict=True):
        if change.kind in MOVED:
            ours, theirs = ([i for part in side for i in range(part.start, part.stop)] for side in change.both)
            row["difference"] = table.difference(ours, theirs) if change.right else []
    return table.whole(rows, "places", len(rows), sum(row["kind"] == "same" for row in rows))


def layer_payload(
    changes: Sequence[LayerChange], found: Comparison, left: Side, right: Side, work: str
) -> dict[str, Any]:
    """The table of layers, as plain data. A layer of a moved block stands where its block stands on the right."""
    table = _Table(left, right, work)
    rows = []
    drawn = changes if len(changes) <= MOST_ROWS else [change for change in changes if change.kind != "same"]
    for change in drawn[:MOST_ROWS]:
        sides = [[] if i is None else [_layer(net, i)] for (_, net), i in zip((left, right), change[1:3], strict=True)]
        said = change.differences
        if change.kind in MOVED:
            said = (f"in a block that was moved: {found.changes[change.block].differences[0]}", *said)
        rows.append(table.row(change.kind, sides, said))
    return table.whole(rows, "layers", len(changes), sum(change.kind == "same" for change in changes))


Told = tuple[str, str, Sequence[int]]  # what is written, its shape, its nodes


class _Table:
    """The numbers of both nets' nodes under all measures, and rows of them."""

    def __init__(self, left: Side, right: Side, work: str) -> None:
        self.titles = (left[0], right[0])
        self.measures = [measures.measure(key, work) for key in measures.KEYS]
        self.numbers = [[measures.values(net, key, work) for key in measures.KEYS] for _, net in (left, right)]
        self.rule = WORKS[work].rule

    def row(
        self,
        kind: str,
        sides: Sequence[Sequence[Told]],
        differences: Sequence[str],
        elsewhere: tuple[str, str] = ("", ""),
    ) -> dict[str, Any]:
        """A row; `elsewhere` is what stands on an empty side."""
        nodes = [[i for _, _, run in told for i in run] for told in sides]
        return {
            "kind": kind,
            "mark": MARKS[kind],
            "left": [self._part(0, *told) for told in sides[0]],
            "right": [self._part(1, *told) for told in sides[1]],
            "elsewhere": elsewhere,
            "differences": [*differences],
            "difference": self.difference(*nodes),
        }

    def difference(self, ours: Sequence[int], theirs: Sequence[int]) -> list[dict[str, str]]:
        """What the right side measures more, under each measure."""
        before, after = self._sums(0, ours), self._sums(1, theirs)
        sums = zip(before, after, self.measures, strict=True)
        return [_changed(one, other, measure.show) for one, other, measure in sums]

    def whole(self, rows: list[dict[str, Any]], unit: str, count: int, same: int) -> dict[str, Any]:
        """The table of these rows, out of `count`, of which so many are the same."""
        said = f"{count - same:,} of {count:,} {unit} differ" if same < count else "The same operations"
        drawn = sum(row["kind"] != "same" for row in rows)
        if drawn < count - same:
            said += f"; the first {drawn:,} of these stand here, all {unit} in the exported file"
        elif len(rows) < count:
            said += f"; the {same:,} that are the same are not listed here, but in the exported file"
        everything = [range(len(side[0])) for side in self.numbers]
        return {
            "left": self.titles[0],
            "right": self.titles[1],
            "columns": [self.measures[0].name, self.measures[1].name, "Memory"],
            "rows": rows,
            "total": {
                "left": self._told(0, everything[0]),
                "right": self._told(1, everything[1]),
                "difference": self.difference(*everything),
            },
            "said": said,
            "rule": f"{self.measures[1].name}: {self.rule}. Memory: activations of one picture in float32.",
        }

    def _part(self, side: int, text: str, shape: str, nodes: Sequence[int]) -> dict[str, str]:
        return {"text": text, "shape": shape, **self._told(side, nodes)}

    def _told(self, side: int, nodes: Sequence[int]) -> dict[str, str]:
        sums = self._sums(side, nodes)
        parameters, work = (measure.show(number) for measure, number in zip(self.measures[:2], sums, strict=False))
        exact = [f"{units.exact(number)} {measure.unit}" for measure, number in zip(self.measures, sums, strict=True)]
        return {
            "parameters": parameters,
            "work": f"{work} {self.measures[1].name}",
            "exact": ", ".join(exact) + " of activations",
        }

    def _sums(self, side: int, nodes: Sequence[int]) -> Numbers:
        return tuple([sum([values[i] for i in nodes]) for values in self.numbers[side]])


def _elsewhere(change: Change) -> tuple[str, str]:
    """What stands on the empty side of a moved block: where it is found."""
    if change.kind not in MOVED or change.partner is None:
        return ("", "")
    there = f"block {change.partner.number:,}"
    return (f"was {there}", "") if change.right else ("", f"{change.kind}: now {there}")


def _layer(net: Report, index: int) -> Told:
    node = net.graph.nodes[index]
    return f"{node.id} · {node.op.title}", shape_text(node.shape), (index,)


def _changed(before: int, after: int, show: Any) -> dict[str, str]:
    tone = "same" if before == after else "up" if after > before else "down"
    text = "–" if before == after else units.change(after, before, show)
    ratio = f", {after / before:.3g} times" if before and after and before != after else ""
    return {"text": text, "tone": tone, "exact": f"{units.exact(before)} → {units.exact(after)}{ratio}"}
