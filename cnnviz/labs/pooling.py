"""Max and average pooling of the same windows, step by step, and what each keeps of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ..ops import MaxPool, Shape
from . import sliding
from .sliding import Axis, Grid


class Step(NamedTuple):
    """One window of the one channel: `values` row by row, None where it is padding, which neither wins nor is counted.

    `winner` is the tap of the first largest value.
    """

    row: int
    column: int
    values: tuple[int | None, ...]
    winner: int
    largest: int
    sum: int
    counted: int

    @property
    def mean(self) -> Fraction:
        return Fraction(self.sum, self.counted)


class Look(NamedTuple):
    """A map in three figures: its mean (the background), its lowest and its highest value."""

    mean: Fraction
    low: Fraction
    high: Fraction


class Pooled(NamedTuple):
    """All steps, row by row, and the look of the input and of both outputs."""

    height: Axis
    width: Axis
    steps: tuple[Step, ...]
    input: Look
    max: Look
    average: Look


def pool(grid: Grid, pool_size: Shape, strides: Shape | None, padding: str) -> Pooled:
    """Both poolings of a grid of one channel; their windows are the same. Raises OpError when one does not fit."""
    height, width = sliding.axes(MaxPool(pool_size, strides, padding), grid, pool_size)
    steps = tuple([_step(stop) for stop in sliding.stops(grid, height, width)])
    return Pooled(
        height,
        width,
        steps,
        look(sliding.flat(grid)),
        look([step.largest for step in steps]),
        look([step.mean for step in steps]),
    )


def look(values: Sequence[int | Fraction]) -> Look:
    """The three figures of a map."""
    exact = [Fraction(value) for value in values]
    return Look(sum(exact, Fraction(0)) / len(exact), min(exact), max(exact))


def _step(stop: sliding.Stop) -> Step:
    values = stop.values[0]
    inside = [value for value in values if value is not None]
    largest = max(inside)
    return Step(stop.row, stop.column, values, values.index(largest), largest, sum(inside), len(inside))
