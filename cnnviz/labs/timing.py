"""Measured time beside counted work: what candidates cost in MACs and in bytes moved, and why time and MACs part.

Bytes moved: each operation reads its inputs and its weights and writes its output once, in float32; operations that
only rename values (flatten, reshape, dropout at inference) move nothing, and a fused activation is part of its
operation. What a kernel holds inside itself and what stays in a cache is not seen. Arithmetic intensity is FLOPs per
byte moved, all operations counted, 2 for a MAC (Williams, Waterman, Patterson, "Roofline: An Insightful Visual
Performance Model for Multicore Architectures", CACM 2009).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from .. import costs, memory, notation, units
from ..graph import Graph
from ..notation import NotationError

REPETITIONS = 9
LEAST_REPETITIONS = 5
MOST_CANDIDATES = 8
MOST_BATCH = 64
MOST_MACS = 6 * 10**9  # of one forward pass of a batch
MOST_LAYERS = 300
MOST_BYTES = 800 * 10**6  # of weights, gradients and activations of one candidate

_FLOAT = memory.FORMATS["float32"]


class Work(NamedTuple):
    """What one candidate does in a forward pass of a batch: MACs, FLOPs of all operations, bytes moved."""

    parameters: int
    macs: int
    flops: int
    moved: int

    @property
    def intensity(self) -> float:
        """FLOPs per byte moved."""
        return self.flops / self.moved if self.moved else 0.0


class Spread(NamedTuple):
    """Seconds of one pass: median and quartiles over the repetitions."""

    lower: float
    median: float
    upper: float
    repetitions: int


class Candidate(NamedTuple):
    """One candidate: counted and measured. `least` is the time in seconds that the machine's peak speed and memory
    would need (roofline, operation by operation). Without `forward` or `both` (forward and backward), `note` says why.
    """

    title: str
    notation: str
    work: Work
    least: float
    memory_share: float
    forward: Spread | None
    both: Spread | None
    note: str = ""


class Machine(NamedTuple):
    """What was measured on: the device's name, threads, a GPU that was left alone, and three speeds.

    `speed` in FLOPs a second of a matrix product, `bandwidth` in bytes a second of copying an array larger than the
    caches, `start` in seconds of a call that computes next to nothing, `busy` the share of the time in which the
    process had the processor.
    """

    device: str
    threads: int
    unused: tuple[str, ...]
    backend: str
    speed: float
    bandwidth: float
    start: float
    busy: float

    @property
    def ridge(self) -> float:
        """FLOPs per byte from which on arithmetic, not memory, is the limit."""
        return self.speed / self.bandwidth


class Measured(NamedTuple):
    """A whole measurement."""

    machine: Machine
    batch: int
    candidates: tuple[Candidate, ...]


def moved(graph: Graph, batch: int = 1) -> tuple[int, ...]:
    """Bytes that each node reads and writes in a forward pass of a batch."""
    found = []
    for i, node in enumerate(graph.nodes):
        values = 0 if node.op.alias or not node.inputs else sum(map(prod, graph.input_shapes(i))) + prod(node.shape)
        found.append(values * _FLOAT.activation * batch + node.parameters * _FLOAT.weight)
    return tuple(found)


def work_of(graph: Graph, batch: int = 1) -> Work:
    """What a forward pass of a batch counts to."""
    total = costs.total(costs.node_costs(graph))
    return Work(
        total.parameters,
        total.macs * batch,
        total.all_operations * batch,
        sum(moved(graph, batch)),
    )


def refusal(
    graph: Graph,
    batch: int = 1,
    most_bytes: int = MOST_BYTES,
    most_macs: int = MOST_MACS,
    most_layers: int = MOST_LAYERS,
) -> str:
    """Why a net is not run, "" where it is."""
    work = work_of(graph, batch)
    if work.macs > most_macs:
        return f"it has {units.si(work.macs)} MACs in one pass; at most {units.si(most_macs)} are allowed"
    if len(graph.nodes) > most_layers:
        return f"it has {len(graph.nodes) - 1:,} layers; at most {most_layers:,} are allowed"
    needed = memory.training(graph, batch, optimizer="sgd").total + memory.inference(graph, batch=batch).activations
    if needed > most_bytes:
        return f"it needs about {units.binary(needed)} to run; at most {units.binary(most_bytes)} are allowed"
    return ""


def problem(texts: Sequence[str], batch: int = 1) -> str:
    """Why nothing can be timed at all, "" where something can."""
    if not texts:
        return "there is nothing to time"
    if len(texts) > MOST_CANDIDATES:
        return f"at most {MOST_CANDIDATES} candidates are timed at once, got {len(texts)}"
    if not 1 <= batch <= MOST_BATCH:
        return f"the batch must be 1 to {MOST_BATCH}, got {batch}"
    reasons = [_reason(text, batch) for text in texts]
    return "" if not all(reasons) else f"nothing is timed: {reasons[0]}"


def measured(titles: Sequence[str], texts: Sequence[str], result: Mapping[str, Any]) -> Measured:
    """The worker's result beside what is counted. `titles` and `texts` are the candidates in the order asked for."""
    given = result["machine"]
    machine = Machine(**{**given, "unused": tuple(given["unused"])})
    batch = int(result["batch"])
    return Measured(
        machine,
        batch,
        tuple(
            _candidate(title, text, found, machine, batch)
            for title, text, found in zip(titles, texts, result["candidates"], strict=True)
        ),
    )


def spread(seconds: Sequence[float]) -> Spread:
    """Median and quartiles of repeated measurements (at least two)."""
    lower, middle, upper = statistics.quantiles(seconds, n=4, method="inclusive")
    return Spread(lower, middle, upper, len(seconds))


def least_seconds(graph: Graph, machine: Machine, batch: int = 1) -> tuple[float, float]:
    """The seconds that the roofline gives, and the share of them in which memory is the limit.

    For each operation the larger of FLOPs / speed and bytes / bandwidth; operations run one after the other.
    """
    whole = waiting = 0.0
    for cost, size in zip(costs.node_costs(graph), moved(graph, batch), strict=True):
        arithmetic, traffic = cost.all_operations * batch / machine.speed, size / machine.bandwidth
        whole += max(arithmetic, traffic)
        waiting += traffic if traffic > arithmetic else 0.0
    return whole, waiting / whole if whole else 0.0


def _reason(text: str, batch: int) -> str:
    try:
        return refusal(notation.load(text).graph, batch)
    except NotationError as error:
        return str(error)


def _candidate(title: str, text: str, found: Mapping[str, Any], machine: Machine, batch: int) -> Candidate:
    try:
        graph = notation.load(text).graph
    except NotationError as error:
        return Candidate(title, text, Work(0, 0, 0, 0), 0.0, 0.0, None, None, str(error))
    least, share = least_seconds(graph, machine, batch)
    forward, both = (spread(found[name]) if len(found[name]) > 1 else None for name in ("forward", "both"))
    return Candidate(title, text, work_of(graph, batch), least, share, forward, both, str(found["note"]))
