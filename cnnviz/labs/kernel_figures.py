"""Kernels: the figures of the candidates, each those of its own net's report, for one map and along an axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from .. import report
from ..graph import GraphError
from ..net import Net, NetError, Step
from ..ops import Input, Shape
from ..report import Report
from .kernels import KERNELS, Candidate, CannotBe, Kernels

CHANNELS = tuple(2**power for power in range(11))  # along the chart's axis


class Figures(NamedTuple):
    """What one candidate comes to, for one map. `field` is (height, width) in pixels, `activations` bytes of float32.

    Activation memory is the input and all that the layers put out, as `memory` counts it.
    """

    text: str
    field: tuple[int, int]
    layers: int
    nonlinearities: int
    parameters: int
    macs: int
    activations: int
    shape: Shape


MEASURES: dict[str, Callable[[Report], int]] = {
    "macs": lambda found: found.total.macs,
    "parameters": lambda found: found.total.parameters,
    "activations": lambda found: found.inference.activations,
}


def report_of(candidate: Candidate, settings: Kernels) -> Report:
    """The candidate as a net. Raises CannotBe."""
    candidate.check(settings)
    if settings.side < settings.least_side:
        k = settings.kernel
        raise CannotBe(f"a valid {k}×{k} needs a map of {k}×{k} or more, got {settings.side}×{settings.side}")
    try:
        layers = tuple([Step(layer) for layer in candidate.layers(settings)])
        return report.of_net(Net(Input(settings.side, settings.side, settings.channels), layers))
    except (NetError, GraphError) as error:
        raise CannotBe(str(error)) from None


def figures(candidate: Candidate, settings: Kernels) -> Figures:
    """The figures of a candidate. Raises CannotBe."""
    found = report_of(candidate, settings)
    nodes = found.graph.nodes
    return Figures(
        found.text,
        found.fields[found.last_map].size,
        found.depth,
        sum(getattr(node.op, "activation", "linear") != "linear" for node in nodes),
        found.total.parameters,
        found.total.macs,
        found.inference.activations,
        nodes[-1].shape,
    )


# --- along an axis ----------------------------------------------------------------------------------------------------


class Point(NamedTuple):
    """One point of a curve: where it is, and the measure there."""

    at: int
    value: int


class Crossing(NamedTuple):
    """Where two curves meet: at a point of both (`low` is `high`), or between two neighbouring ones.

    `at` and `value` are where the drawn lines cross; between points that is a place on the drawing, no map.
    """

    at: float
    value: float
    low: int
    high: int


def places(settings: Kernels) -> tuple[int, ...]:
    """What the chart's axis goes through."""
    if settings.view == "side":
        return tuple(range(settings.x[0], settings.x[1] + 1))
    return tuple(KERNELS) if settings.view == "kernel" else CHANNELS


def at_place(settings: Kernels, at: int) -> Kernels:
    """The settings at one place of the chart's axis."""
    varied: dict[str, Any] = {settings.view: at}
    return replace(settings, **varied)


def curve(candidate: Candidate, settings: Kernels) -> tuple[Point, ...]:
    """The measure along the chart's axis, from the candidate's report at each point; nothing where it cannot be."""
    return tuple(_points(candidate, settings))


def _points(candidate: Candidate, settings: Kernels) -> Iterator[Point]:
    measure = MEASURES[settings.measure]
    for at in places(settings):
        try:
            yield Point(at, measure(report_of(candidate, at_place(settings, at))))
        except CannotBe:
            continue


def crossings(first: tuple[Point, ...], second: tuple[Point, ...]) -> tuple[Crossing, ...]:
    """Where two curves meet; not where they run together."""
    other = dict(second)
    shared = [(at, value, value - other[at]) for at, value in first if at in other]
    found = []
    for i, (at, value, here) in enumerate(shared):
        beside = [difference for _, _, difference in (*shared[max(i - 1, 0) : i], *shared[i + 1 : i + 2])]
        if not here and beside and all(beside):
            found.append(Crossing(at, value, at, at))
    for (at, value, here), (to, later, there) in pairwise(shared):
        if here * there < 0:
            share = here / (here - there)
            found.append(Crossing(at + share * (to - at), value + share * (later - value), at, to))
    return tuple(sorted(found))
