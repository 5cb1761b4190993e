"""Two to four nets side by side: their figures with ratios, their costs by stage and by layer, and all of it as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .. import units
from ..ops import shape_text
from ..report import WORKS, Report
from . import measures
from .waterfall import Bar

VECTOR = "vector"


class Figure(NamedTuple):
    """One figure of all nets. `rule` says how it is counted; `texts` are short, `exacts` in full."""

    name: str
    unit: str
    rule: str
    values: tuple[int, ...]
    texts: tuple[str, ...]
    exacts: tuple[str, ...]

    @property
    def ratios(self) -> tuple[float | None, ...]:
        """Each value as so many times the first; None where that has no meaning."""
        first = self.values[0]
        return tuple([value / first if first else None for value in self.values])


class Stage(NamedTuple):
    """All layers whose output map has one size, "56×56", or that put out a vector: their sum in each net."""

    name: str
    values: tuple[int, ...]
    layers: tuple[int, ...]


class Layer(NamedTuple):
    """One layer in Keras' order: its path, what it is, its family, its output, and its measure."""

    id: str
    title: str
    family: str
    shape: str
    value: int


def figures(nets: Sequence[Report], work: str) -> tuple[Figure, ...]:
    """The figures of all nets; work is counted as `work` says."""
    counted = WORKS[work]
    made = [
        _figure("Parameters", "", "as Keras counts them", nets, lambda net: net.total.parameters),
        _figure("Trainable", "", "parameters that training changes", nets, lambda net: net.total.trainable),
        _figure(counted.name, "", f"one picture; {counted.rule}", nets, lambda net: counted.of(net.total)),
        _figure("Weights", "bytes", "size in float32", nets, lambda net: net.inference.weights),
        _figure("Activations", "bytes", "all of a forward pass, one picture, float32", nets, _activations),
        _figure("Peak memory", "bytes", "activations that live at once, without weights", nets, _peak),
    ]
    sizes = [net.fields[net.last_map].size for net in nets]
    texts = tuple([f"{units.exact(h)} px" if h == w else f"{shape_text((h, w))} px" for h, w in sizes])
    rule = "side of the picture's part that the last map's positions see, before clipping at the border"
    made.append(Figure("Receptive field", "px", rule, tuple([max(size) for size in sizes]), texts, texts))
    made.append(_figure("Depth", "layers", "layers with a kernel on the longest way", nets, lambda net: net.depth))
    made.append(_figure("Layers", "layers", "all of the Keras model but the input", nets, _nodes))
    return tuple(made)


def _activations(net: Report) -> int:
    return net.inference.activations


def _peak(net: Report) -> int:
    return net.inference.peak


def _nodes(net: Report) -> int:
    return len(net.graph.nodes) - 1


def _figure(name: str, unit: str, rule: str, nets: Sequence[Report], of: Callable[[Report], int]) -> Figure:
    values = tuple(map(of, nets))
    show = units.binary if unit == "bytes" else units.exact if unit else units.si
    exacts = [units.exact(value) + (f" {unit}" if unit else "") for value in values]
    return Figure(name, unit, rule, values, tuple(map(show, values)), tuple(exacts))


def ratio_text(ratio: float | None) -> str:
    """Three digits, ×0.290; very small ones as 1/250; "same" for one."""
    if ratio is None:
        return "–"
    if ratio == 1:
        return "same"
    if ratio < 0.01:
        return f"1/{1 / ratio:,.0f}" if ratio else "×0"
    return f"×{ratio:,.0f}" if ratio >= 100 else f"×{ratio:#.3g}"


def stages(nets: Sequence[Report], key: str, work: str) -> tuple[Stage, ...]:
    """The measure by size of the output map, the largest first, vectors last. All stages add up to the totals."""
    sums: dict[tuple[int, ...], list[int]] = {}
    counts: dict[tuple[int, ...], list[int]] = {}
    for place, net in enumerate(nets):
        for node, value in zip(net.graph.nodes, measures.values(net, key, work), strict=True):
            size = node.shape[:2] if len(node.shape) == 3 else ()
            sums.setdefault(size, [0] * len(nets))[place] += value
            counts.setdefault(size, [0] * len(nets))[place] += bool(node.inputs)
    order = sorted(sums, key=lambda size: (not size, -max(size, default=0), size))
    return tuple([Stage(shape_text(size) or VECTOR, tuple(sums[size]), tuple(counts[size])) for size in order])


def layers(net: Report, key: str, work: str) -> tuple[Layer, ...]:
    """The measure of every layer in Keras' order, the input first. They add up to the total."""
    values, nodes = measures.values(net, key, work), net.graph.nodes
    return tuple(
        [
            Layer(nodes[i].id, nodes[i].op.title, nodes[i].op.family, shape_text(nodes[i].shape), values[i])
            for i in net.graph.keras_order
        ]
    )


def changes_csv(nets: tuple[Report, Report], work: str, bars: Callable[[list[int], list[int]], list[Bar]]) -> str:
    """Every place of a comparison, a line each, with all measures before and after; the columns add up to the totals.

    `bars` gives the places for the measures of all nodes of both nets, the same places for each.
    """
    kinds = [measures.measure(key, work) for key in measures.KEYS]
    found = [bars(*[measures.values(net, kind.key, work) for net in nets]) for kind in kinds]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    sides = [f"{kind.name}, {side}" for kind in kinds for side in ("first", "second")]
    writer.writerow(["change", "first", "second", "differences", *sides])
    for places in zip(*found, strict=True):
        kind, left, right, differences = places[0][:4]
        numbers = [number for place in places for number in (place.before, place.after)]
        writer.writerow([kind, left, right, "; ".join(differences), *numbers])
    return text.getvalue()


def figures_csv(titles: Sequence[str], nets: Sequence[Report], work: str) -> str:
    """The figures, a line each: exact values, and ratios against the first net; then the nets' notations."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    rest = [f"{title} / {titles[0]}" for title in titles[1:]]
    writer.writerow(["figure", "unit", *titles, *rest])
    for figure in figures(nets, work):
        ratios = ["" if ratio is None else f"{ratio:.6g}" for ratio in figure.ratios[1:]]
        writer.writerow([figure.name, figure.unit, *figure.values, *ratios])
    writer.writerow(["notation", "", *[net.line for net in nets]])
    return text.getvalue()
