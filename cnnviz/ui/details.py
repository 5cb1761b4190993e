"""What the inspector says of a node or a written block: shapes, weights, shares, and where the numbers come from."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from .. import costs, units
from ..draw import label_lines, labels
from ..graph import Graph, Place
from ..net import Item, Repeat, walk
from ..ops import Conv, Cost, formula, shape_text, symbols, value
from ..receptive_field import Field
from ..report import WORKS, Report

_MOST_PARTS = 12


class Line(NamedTuple):
    """A name and its value, with the exact value where that is shortened."""

    label: str
    value: str
    exact: str = ""


class Formula(NamedTuple):
    """A number opened: in words, with the numbers put in, its value, and a remark."""

    symbols: str
    numbers: str
    value: str
    remark: str = ""


class Part(NamedTuple):
    """One operation of a block: its path, its title, its share of the block's parameters and work."""

    id: str
    title: str
    parameters: str
    work: str


class Details(NamedTuple):
    """All that the inspector shows."""

    kind: str
    title: str
    subtitle: str
    family: str
    lines: tuple[Line, ...]
    weights: tuple[Line, ...] = ()
    formulas: tuple[Formula, ...] = ()
    parts: tuple[Part, ...] = ()


def of_node(shown: Report, index: int, work: str) -> Details:
    """One operation of the graph."""
    graph = shown.graph
    node, cost = graph.nodes[index], shown.costs[index]
    counted = WORKS[work]
    inputs = " + ".join(map(shape_text, graph.input_shapes(index)))
    lines = [Line("Input", inputs)] if inputs else []
    lines.append(Line("Output", shape_text(node.shape)))
    if cost.parameters:
        lines += [
            Line("Parameters", units.si(cost.parameters), units.exact(cost.parameters)),
            Line("Of all parameters", units.percent(cost.parameters, shown.total.parameters)),
        ]
    if cost.trainable != cost.parameters:
        lines.append(Line("Trainable", units.exact(cost.trainable)))
    if counted.of(cost):
        lines += [
            Line(counted.name, units.si(counted.of(cost)), units.exact(counted.of(cost))),
            Line(f"Of all {counted.name}", units.percent(counted.of(cost), counted.of(shown.total))),
        ]
    size = 4 * prod(node.shape)
    lines.append(Line("Output in memory", units.binary(size), f"{units.exact(size)} bytes, one picture, float32"))
    lines += field_lines(shown.fields[index])
    weights = tuple(
        Line(
            w.name,
            shape_text(w.shape),
            f"{units.exact(prod(w.shape))} numbers" + ("" if w.trainable else ", not trained"),
        )
        for w in node.weights
    )
    title = " / ".join(node.id.split("/"))
    subtitle = " · ".join(filter(None, (labels.title(node.op), label_lines.detail(node.op))))
    return Details(
        "Selected node", title, subtitle, node.op.family, tuple(lines), weights, tuple(_formulas(graph, index, work))
    )


def of_group(shown: Report, path: str, work: str) -> Details:
    """Some operations of a block, by the path they share; or one expansion of a block."""
    inside = shown.inside(path)
    span = next((span for span in shown.graph.spans if span.id == path), None)
    item = item_of(shown, span.place) if span else None
    *_, last = path.split("/")
    family = labels.item_family(item) if item else shown.graph.nodes[inside[-1]].op.family
    title = labels.name_title(last) if item else " / ".join(path.split("/"))
    return _several(shown, inside, "Selected block", title, labels.item_detail(item) if item else "", family, work)


def of_block(shown: Report, place: Place, item: Item, work: str) -> Details:
    """One written block with all that it makes, all its rounds together."""
    inside = [i for i, node in enumerate(shown.graph.nodes) if node.place[: len(place)] == place]
    kind = "Selected blocks" if isinstance(item, Repeat) else "Selected block"
    title, detail, family = labels.item_title(item), labels.item_detail(item), labels.item_family(item)
    return _several(shown, inside, kind, title, detail, family, work)


def _several(shown: Report, inside: list[int], kind: str, title: str, subtitle: str, family: str, work: str) -> Details:
    """Operations that belong together, in the graph's order."""
    nodes, counted = shown.graph.nodes, WORKS[work]
    if not inside:
        return Details(kind, title, "makes no operation of its own", family, ())
    cost = costs.total(shown.costs[i] for i in inside)
    within = set(inside)
    entry = next((source for i in inside for source in nodes[i].inputs if source not in within), 0)
    lines = [
        Line("Input", shape_text(nodes[entry].shape)),
        Line("Output", shape_text(nodes[inside[-1]].shape)),
        Line("Operations", units.exact(len(inside))),
        Line("Parameters", units.si(cost.parameters), units.exact(cost.parameters)),
        Line("Of all parameters", units.percent(cost.parameters, shown.total.parameters)),
        Line(counted.name, units.si(counted.of(cost)), units.exact(counted.of(cost))),
        Line(f"Of all {counted.name}", units.percent(counted.of(cost), counted.of(shown.total))),
        *field_lines(shown.fields[inside[-1]]),
    ]
    return Details(kind, title, subtitle, family, tuple(lines), parts=_parts(shown, inside, work))


def field_lines(field: Field) -> list[Line]:
    """Receptive field with its stride and offset."""
    if field.whole and field.stride[0] == 0:
        return [Line("Receptive field", "whole picture")]
    size = f"{field.size[0]} px" if field.size[0] == field.size[1] else f"{shape_text(field.size)} px"
    step = "mixed" if None in field.stride else "×".join(map(str, dict.fromkeys(field.stride)))
    first = " × ".join(f"{offset:g}" for offset in dict.fromkeys(field.offset))
    lines = [
        Line("Receptive field", size, "before clipping at the border" + (": the whole picture" if field.whole else "")),
        Line("Step in the picture", f"{step} px", "between neighbouring positions of this map"),
        Line("First centre at", f"{first} px", "where the first position's field is centred in the picture"),
    ]
    return lines


def _formulas(graph: Graph, index: int, work: str) -> list[Formula]:
    explained = costs.explain(graph, index)
    counts = [("parameters", explained.parameters), ("MACs", explained.macs)]
    if work == "operations" or not explained.macs:
        counts.append(("other operations", explained.other_operations))
    found = [_formula(name, cost) for name, cost in counts if cost]
    saved = _reduction(graph, index)
    return [*found, saved] if saved else found


def _formula(name: str, cost: Cost) -> Formula:
    numbers, _, total = formula(cost).rpartition(" = ")
    return Formula(f"{name} = {symbols(cost)}", numbers, total or formula(cost))


def _reduction(graph: Graph, index: int) -> Formula | None:
    """A convolution behind a 1×1 one with fewer filters than channels come in: what it would cost without."""
    node = graph.nodes[index]
    if not isinstance(node.op, Conv) or max(node.op.kernel_size) == 1 or node.op.groups > 1:
        return None
    at = node.inputs[0]
    while graph.nodes[at].op.family in ("normalisation", "activation", "regularisation"):
        at = graph.nodes[at].inputs[0]
    before = graph.nodes[at]
    if not isinstance(before.op, Conv) or max(before.op.kernel_size) > 1 or before.op.groups > 1:
        return None
    (kh, kw), filters, narrow = node.op.kernel_size, node.op.filters, before.op.filters
    wide = graph.nodes[before.inputs[0]].shape[-1]
    if wide == narrow:
        return None
    direct: Cost = ((("kernel height", kh), ("kernel width", kw), ("channels in", wide), ("filters", filters)),)
    first: Cost = ((("channels in", wide), ("reduced", narrow)),)
    second: Cost = ((("kernel height", kh), ("kernel width", kw), ("reduced", narrow), ("filters", filters)),)
    without, through = value(direct), value(first) + value(second)
    times = without / through
    word = "fewer" if times > 1 else "more"
    ratio = times if times > 1 else 1 / times
    what = "reduction" if narrow < wide else "expansion"
    return Formula(
        f"without the 1×1 {what} ({wide} → {narrow}) before it",
        formula(direct).rpartition(" = ")[0],
        f"{without:,} weights",
        f"with it {through:,} · {f'{ratio:.0f}' if ratio >= 10 else f'{ratio:.1f}'}× {word}",
    )


def _parts(shown: Report, inside: list[int], work: str) -> tuple[Part, ...]:
    """The operations that cost most, in the order of the graph."""
    of, nodes = WORKS[work].of, shown.graph.nodes
    weighty = [i for i in inside if shown.costs[i].parameters or of(shown.costs[i])]
    kept = sorted(sorted(weighty, key=lambda i: -(of(shown.costs[i]) + shown.costs[i].parameters))[:_MOST_PARTS])
    return tuple(
        Part(
            nodes[i].id,
            nodes[i].id.partition("/")[2] or labels.heading(nodes[i].op),
            units.si(shown.costs[i].parameters),
            units.si(of(shown.costs[i])),
        )
        for i in kept
    )


def item_of(shown: Report, place: Place) -> Item | None:
    """The item written at a place; None for a branch."""
    return next((item for found, item in walk(shown.net.items) if found == place), None)
