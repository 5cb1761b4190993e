"""What two nets are compared by, node by node, so that every sum over nodes is the net's own total.

Parameters and work are the nodes' own. Activation memory is the bytes (float32, one picture) of the values that a node
puts into memory of its own: nothing for one that writes over its input or only hands it on, so that the sum over all
nodes, the input included, is the net's activation memory as `memory.inference` counts it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .. import units
from ..memory import FORMATS, buffers
from ..report import WORKS, Report

FLOAT = FORMATS["float32"]


class Measure(NamedTuple):
    """A key, a name, the rule in words, and how its numbers are shown."""

    key: str
    name: str
    unit: str
    rule: str
    show: Callable[[int], str]


KEYS = ("parameters", "work", "activations")


def measure(key: str, work: str) -> Measure:
    """The measure of this key; `work` is how work is counted, a key of WORKS."""
    if key == "work":
        counted = WORKS[work]
        return Measure(key, counted.name, counted.name, f"{counted.name} for one picture: {counted.rule}", units.si)
    if key == "activations":
        rule = "bytes of float32 for one picture; what writes over its input or only hands it on takes none"
        return Measure(key, "Activation memory", "bytes", rule, units.binary)
    return Measure(key, "Parameters", "parameters", "as Keras counts them, trainable or not", units.si)


def values(report: Report, key: str, work: str) -> list[int]:
    """The measure of every node, in the graph's order. Their sum is the net's total."""
    if key == "activations":
        return _own_bytes(report)
    of = WORKS[work].of if key == "work" else None
    return [of(cost) if of else cost.parameters for cost in report.costs]


def total(report: Report, key: str, work: str) -> int:
    """The net's total, as its report says it."""
    if key == "activations":
        return report.inference.activations
    return WORKS[work].of(report.total) if key == "work" else report.total.parameters


def _own_bytes(report: Report) -> list[int]:
    found = buffers(report.graph)
    own = [0] * len(report.graph.nodes)
    met: set[int] = set()
    for node in report.graph.keras_order:
        piece = found.of_node[node]
        if piece not in met:
            met.add(piece)
            own[node] = FLOAT.activation * found.values[piece]
    return own
