"""What every operation says of itself: its output shape, its weights, its work, its window on the input.

Conventions. Shapes are (height, width, channels) or (units,); the batch is left out. A cost is a sum of products of
named factors: its value is that sum, its explanation is its print, so number and explanation never differ. Work is
counted for one picture, as a forward pass at inference.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import ClassVar, NamedTuple, Protocol

Shape = tuple[int, ...]
Factor = tuple[str, int]  # ("kernel height", 3)
Term = tuple[Factor, ...]  # a product
Cost = tuple[Term, ...]  # a sum of products
Inputs = tuple[Shape, ...]

NOTHING: Cost = ()


class OpError(ValueError):
    """An operation cannot take these input shapes; the message states the rule and the shapes received."""


class Weight(NamedTuple):
    """One weight of an operation: Keras' name, its shape as named factors, whether training changes it."""

    name: str
    factors: Term
    trainable: bool = True

    @property
    def shape(self) -> Shape:
        return tuple(size for _, size in self.factors)


class Window(NamedTuple):
    """What an output position sees along one axis: `extent` input cells, moving by `stride`, after `before` padding."""

    extent: int
    stride: int
    before: int


ONE_CELL = (Window(1, 1, 0), Window(1, 1, 0))


class Adds(Protocol):
    """What an operation needs of a graph under construction."""

    def add(self, op: Op, *inputs: int) -> int: ...


class Op:
    """An operation. Subclasses are frozen dataclasses of declared parameters.

    `inputs` is the tuple of input shapes, `out` the output shape.
    """

    __slots__ = ()

    word: ClassVar[str] = ""
    title: ClassVar[str] = ""
    family: ClassVar[str] = "operation"
    positional: ClassVar[tuple[str, ...]] = ()
    # The output may take its input's memory: the values are changed in place, or are the same ones under another shape.
    in_place: ClassVar[bool] = False
    alias: ClassVar[bool] = False

    def rule(self) -> str | None:
        """What is wrong between the parameters, or None."""
        return None

    def expand(self, build: Adds, x: int) -> int:
        """Add this operation to a graph under construction, as a block of one node."""
        return build.add(self, x)

    def output_shape(self, inputs: Inputs) -> Shape:
        """The output's shape. Raises OpError when the operation cannot take these inputs."""
        return inputs[0]

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """The weights, in Keras' order."""
        return ()

    def macs(self, inputs: Inputs, out: Shape) -> Cost:
        """Multiply-adds of convolutions and dense layers, without biases. Unit: MAC."""
        return NOTHING

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """Work that is no multiply-add of a convolution or dense layer. Unit: operations."""
        return NOTHING

    def window(self, inputs: Inputs) -> tuple[Window, Window] | None:
        """The window along height and width; None when every output value sees the whole input."""
        return ONE_CELL


def value(cost: Iterable[Term]) -> int:
    """The sum of the products of a cost."""
    total = 0
    for term in cost:
        product = 1
        for _, factor in term:
            product *= factor
        total += product
    return total


def count(weights: tuple[Weight, ...]) -> int:
    """How many numbers these weights hold."""
    return value([weight.factors for weight in weights])


def formula(cost: Cost) -> str:
    """The sum with its numbers put in: "3·3·64·128 + 128 = 73,856"."""
    if not cost:
        return "0"
    total = f"{value(cost):,}"
    products = " + ".join("·".join(str(number) for _, number in term) for term in cost)
    return total if products.replace(",", "") == str(value(cost)) else f"{products} = {total}"


def symbols(cost: Cost) -> str:
    """The sum in words: "kernel height · kernel width · input channels · filters + biases"."""
    return " + ".join(" · ".join(name for name, _ in term) for term in cost) or "nothing"


def map_shape(op: Op, inputs: Inputs) -> Shape:
    """The one input's shape, which must be a map (height, width, channels)."""
    shape = inputs[0]
    if len(shape) != 3:
        raise OpError(f"{op.title} needs a map (height, width, channels), got {shape_text(shape)}")
    return shape


def shape_text(shape: Shape) -> str:
    """A shape as people write it: 14×14×512."""
    return "×".join(str(side) for side in shape)


def side_after(side: int, kernel: int, stride: int, dilation: int, padding: str) -> int:
    """Output side of a sliding window (TensorFlow's rules); 0 or less where a valid window does not fit.

    same: ⌈side / stride⌉. valid: ⌊(side − extent) / stride⌋ + 1 with extent = (kernel − 1)·dilation + 1.
    """
    if padding == "same":
        return -(-side // stride)
    return (side - (kernel - 1) * dilation - 1) // stride + 1


def side_window(side: int, kernel: int, stride: int, dilation: int, padding: str) -> Window:
    """The window along one axis; `same` puts the smaller half of the padding before."""
    extent = (kernel - 1) * dilation + 1
    if padding == "valid":
        return Window(extent, stride, 0)
    total = max((-(-side // stride) - 1) * stride + extent - side, 0)
    return Window(extent, stride, total // 2)


def sides_after(op: Op, shape: Shape, kernel: Shape, strides: Shape, dilation: Shape, padding: str) -> tuple[int, int]:
    """Output height and width of a sliding window. Raises OpError when the window is larger than the map."""
    height = side_after(shape[0], kernel[0], strides[0], dilation[0], padding)
    width = side_after(shape[1], kernel[1], strides[1], dilation[1], padding)
    if height < 1 or width < 1:
        extent = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
        raise OpError(
            f"a {shape_text(extent)} window does not fit on a {shape_text(shape)} map with padding=valid; "
            "use a smaller window or padding=same"
        )
    return height, width


def elements(shape: Shape) -> Term:
    """The number of values of a shape, as named factors."""
    if len(shape) == 3:
        return (("output height", shape[0]), ("output width", shape[1]), ("channels", shape[2]))
    return (("units", prod(shape)),)
