"""One convolution filter on a small grid, step by step: window, products, sum, output cell.

As in every network library the kernel is not flipped (mathematicians call it cross-correlation). Arithmetic is exact.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from ..ops import Conv, Shape, count
from ..ops.base import Cost
from . import sliding
from .sliding import Axis, Grid


class Step(NamedTuple):
    """One output cell: sum of the products, divided, plus bias, and through ReLU if there is one.

    `values` holds the input under each tap, channel by channel and row by row, None where it is padding (which counts
    as 0).
    """

    row: int
    column: int
    values: tuple[int | None, ...]
    products: tuple[int, ...]
    sum: int
    output: Fraction


class Convolved(NamedTuple):
    """All steps, row by row, with the geometry of both axes and what the layer costs."""

    height: Axis
    width: Axis
    steps: tuple[Step, ...]
    weights: tuple[int, ...]  # in the order of a step's values
    parameters: int
    macs: Cost


def convolve(
    grid: Grid,
    kernel: Grid,
    *,
    strides: Shape = (1, 1),
    padding: str = "valid",
    dilation_rate: Shape = (1, 1),
    divisor: int = 1,
    bias: int = 0,
    relu: bool = False,
) -> Convolved:
    """One filter over a grid; each weight is the kernel's number / divisor. Raises OpError when it does not fit."""
    op = operation(kernel, strides, padding, dilation_rate)
    height, width = sliding.axes(op, grid, op.kernel_size, op.dilation_rate)
    weights = sliding.flat(kernel)
    steps = []
    for stop in sliding.stops(grid, height, width):
        values = tuple(chain.from_iterable(stop.values))
        products = tuple([weight * (value or 0) for weight, value in zip(weights, values, strict=True)])
        output = Fraction(sum(products), divisor) + bias
        steps.append(
            Step(stop.row, stop.column, values, products, sum(products), max(output, Fraction(0)) if relu else output)
        )
    shape = (height.side, width.side, len(grid))
    return Convolved(
        height,
        width,
        tuple(steps),
        weights,
        count(op.weights((shape,))),
        op.macs((shape,), (height.out, width.out, 1)),
    )


def operation(kernel: Grid, strides: Shape, padding: str, dilation_rate: Shape) -> Conv:
    """The engine's convolution with one filter of this kernel's size."""
    return Conv(1, (len(kernel[0]), len(kernel[0][0])), strides=strides, padding=padding, dilation_rate=dilation_rate)


def size_formula(axis: Axis, padding: str) -> str:
    """The output side with its numbers put in: "⌊(6 − 3) / 1⌋ + 1 = 4", "⌈6 / 2⌉ = 3"."""
    if padding == "same":
        return f"⌈{axis.side} / {axis.window.stride}⌉ = {axis.out}"
    return f"⌊({axis.side} − {axis.window.extent}) / {axis.window.stride}⌋ + 1 = {axis.out}"


def extent_formula(axis: Axis) -> str:
    """How far a dilated window reaches: "(3 − 1)·2 + 1 = 5"."""
    return f"({axis.taps} − 1)·{axis.dilation} + 1 = {axis.window.extent}"


def padding_formula(axis: Axis) -> str:
    """How many padded cells `same` needs: "max((3 − 1)·2 + 3 − 6, 0) = 1"."""
    total = axis.before + axis.after
    return f"max(({axis.out} − 1)·{axis.window.stride} + {axis.window.extent} − {axis.side}, 0) = {total}"
