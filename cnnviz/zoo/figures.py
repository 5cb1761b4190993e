"""Our figures for the zoo's rows, and the published ones held against them under the published convention."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from math import prod
from typing import NamedTuple

from ..costs import NodeCost, node_costs, total
from ..graph import Graph, Node
from ..notation import load
from ..ops import AvgPool, Inputs, MaxPool, Shape, value
from ..report import Report
from . import ROWS
from .row import Published, Row


class MeasureError(ValueError):
    """A graph holds an operation that a measure's rule says nothing about; the message names both."""


class Measure(NamedTuple):
    """A way to measure a net: its name, the rule in words, and its value for a graph."""

    name: str
    rule: str
    of: Callable[[Graph], int]


class Compared(NamedTuple):
    """A published figure beside ours under the same convention; `met` within one unit of its last printed digit."""

    published: Published
    ours: int
    met: bool


class Overview(NamedTuple):
    """A row's main figures. `depth` counts layers with a kernel on the longest way; `input` is (height, width, …)."""

    row: Row
    parameters: int
    trainable: int
    macs: int
    depth: int
    input: Shape


def overview() -> tuple[Overview, ...]:
    """The main figures of every row, in the zoo's order."""
    return tuple([of_row(row)[0] for row in ROWS])


def compared(row: Row) -> tuple[Compared, ...]:
    """Every published figure of a row beside ours. Raises MeasureError when its measure cannot be taken of this net."""
    return of_row(row)[1]


def compare_figure(published: Published, graph: Graph) -> Compared:
    """One published figure beside that of a graph. Raises ValueError when it is no figure or no measure of ours."""
    measure = MEASURES.get(published.what)
    if measure is None:
        raise ValueError(f"there is no measure {published.what}; there are {', '.join(MEASURES)}")
    figure, unit = read_figure(published.figure)
    ours = measure.of(graph)
    return Compared(published, ours, abs(ours - figure) < unit)


_FIGURE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?: ([kMG]))?")
_POWERS = {None: 0, "k": 3, "M": 6, "G": 9}


def read_figure(text: str) -> tuple[int, int]:
    """A printed figure and one unit of its last digit: "3.8 G" → (3_800_000_000, 100_000_000).

    Raises ValueError for what is no whole number in the end.
    """
    match = _FIGURE.fullmatch(text)
    if match is None:
        raise ValueError(f"a figure is printed like 25,557,032 or 3.8 G, got {text}")
    whole, decimals, prefix = match.groups("")[0], match.group(2) or "", match.group(3)
    power = _POWERS[prefix] - len(decimals)
    if power < 0:
        raise ValueError(f"a figure counts whole things, got {text}")
    unit: int = 10**power
    return int(whole.replace(",", "") + decimals) * unit, unit


@functools.cache
def of_row(row: Row) -> tuple[Overview, tuple[Compared, ...]]:
    """The main figures of a row, and its published ones beside ours: worked out once, as rows do not change."""
    report = Report(*load(row.notation))
    cost = report.total
    main = Overview(row, cost.parameters, cost.trainable, cost.macs, report.depth, report.graph.nodes[0].shape)
    return main, tuple([compare_figure(published, report.graph) for published in row.published])


# --- the measures -----------------------------------------------------------------------------------------------------


def _whole(graph: Graph) -> NodeCost:
    return total(node_costs(graph))


def _without_heads(graph: Graph) -> NodeCost:
    """The cost of what leads to the main output."""
    needed = graph.leading_to(graph.outputs[0])
    return total([cost for i, cost in enumerate(node_costs(graph)) if i in needed])


def _with_biases(graph: Graph) -> int:
    """Parameters, and one for each filter of a convolution that has no biases."""
    missing = [
        node.shape[-1]
        for node in graph.nodes
        if node.op.family == "convolution" and not getattr(node.op, "use_bias", True)
    ]
    return _whole(graph).parameters + sum(missing)


def _connections(graph: Graph) -> int:
    return sum([_node_connections(node, graph.input_shapes(i)) for i, node in enumerate(graph.nodes)])


# Operations that only pass values on: a squashing function, a change of form.
_PASSING = ("input", "activation", "flatten", "reshape", "zeropad", "dropout")


def _node_connections(node: Node, received: Inputs) -> int:
    """Connections of one operation. Raises MeasureError for one that the LeNet paper's count does not speak about."""
    op, values = node.op, prod(node.shape)
    if op.word in _PASSING:
        return 0
    if op.word == "rbf":
        return values * received[0][-1]
    if op.family in ("convolution", "dense"):
        return value(op.macs(received, node.shape)) + (values if getattr(op, "use_bias", False) else 0)
    if isinstance(op, (AvgPool, MaxPool)):
        return values * prod(op.pool_size)
    if op.word == "scale":
        return values  # the bias of a subsampling unit; its coefficient multiplies what the window has counted
    raise MeasureError(f"{node.id}: the LeNet paper's count of connections knows no {op.title.lower()}")


_TWO_OF_BN = "Batch normalisation counts with the two numbers a channel that are trained."
_MACS = "Multiply-adds of convolutions and dense layers, without biases, one picture"

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "parameters",
            "As Keras counts them: all outputs, and batch normalisation with four numbers a channel, its running mean "
            "and variance included.",
            lambda graph: _whole(graph).parameters,
        ),
        Measure(
            "trainable parameters",
            f"What training changes, all outputs. {_TWO_OF_BN}",
            lambda graph: _whole(graph).trainable,
        ),
        Measure(
            "parameters with conv biases",
            "As Keras counts them, if every convolution had a bias for each filter.",
            _with_biases,
        ),
        Measure(
            "trainable parameters without heads",
            f"What training changes and leads to the main output, auxiliary heads left out. {_TWO_OF_BN}",
            lambda graph: _without_heads(graph).trainable,
        ),
        Measure("MACs", f"{_MACS}, all outputs.", lambda graph: _whole(graph).macs),
        Measure(
            "MACs without heads",
            f"{_MACS}, of what leads to the main output; auxiliary heads left out.",
            lambda graph: _without_heads(graph).macs,
        ),
        Measure(
            "FLOPs", "Twice the multiply-adds: one for each multiplication and addition.", lambda g: _whole(g).flops
        ),
        Measure(
            "connections",
            "As the LeNet paper counts them: for every value of a convolution or dense layer its inputs and its bias, "
            "for every value of a subsampling its window and its bias, for every radial basis function its inputs.",
            _connections,
        ),
    )
}
