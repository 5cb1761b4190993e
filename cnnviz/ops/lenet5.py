"""The two operations that LeNet-5 had in 1998 and few networks since: a convolution with a table of connections, and
outputs that are distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, integers, size
from .activations import activation_cost, fused_activation
from .base import Cost, Inputs, Op, OpError, Shape, Weight, Window, elements, map_shape, side_window, sides_after
from .convolutions import INITIALIZERS, PADDINGS
from .shaping import MOST_FILTERS

_MOST_MAPS = 32
_MOST_TABLE = 128


@dataclass(frozen=True, slots=True)
class SparseConv(Op):
    """Convolution in which each filter reads only some of the input maps, by a table of connections (LeNet-5's C3).

    `connections` holds a number for each filter; its binary digits say which maps the filter reads, the lowest digit
    the first map. The kernel has one window for each connection, filter after filter, each filter's maps in order.
    """

    word: ClassVar[str] = "sparse_conv"
    title: ClassVar[str] = "Sparse convolution"
    family: ClassVar[str] = "convolution"
    positional: ClassVar[tuple[str, ...]] = ("connections", "kernel_size", "activation")

    connections: tuple[int, ...] = integers(
        1,
        2**_MOST_MAPS - 1,
        _MOST_TABLE,
        "for each filter the sum of the maps that it reads: 1 the first, 2 the second, 4 the third, 8 the fourth …",
    )
    kernel_size: Shape = size(1, 256, "kernel height and width")
    activation: str = fused_activation()
    strides: Shape = size(1, 64, "step of the kernel along height and width", 1)
    padding: str = choice(PADDINGS, "same: output side is input side / stride, rounded up; valid: no padding", "same")
    use_bias: bool = flag("add one learned number to each output channel", True)
    kernel_initializer: str = choice(
        INITIALIZERS, "how the kernel's first values are drawn, as those of a full convolution", "glorot_uniform"
    )

    @property
    def filters(self) -> int:
        """The number of filters, which is the number of output channels."""
        return len(self.connections)

    @property
    def connected(self) -> int:
        """How many pairs of an input map and a filter are connected."""
        return sum(map(int.bit_count, self.connections))

    def rule(self) -> str | None:
        return None if self.connections else "connections must hold at least one filter's number, got none"

    def output_shape(self, inputs: Inputs) -> Shape:
        shape = map_shape(self, inputs)
        for number, maps in enumerate(self.connections, 1):
            if maps.bit_length() > shape[2]:
                raise OpError(
                    f"filter {number} reads map {maps.bit_length()} (its number is {maps:,}), but {shape[2]} come in; "
                    f"with {shape[2]} maps a filter's number is at most {2 ** shape[2] - 1:,}"
                )
        return *sides_after(self, shape, self.kernel_size, self.strides, (1, 1), self.padding), self.filters

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """kernel: kernel height · kernel width · connections; bias: filters."""
        bias = (Weight("bias", (("biases", self.filters),)),) if self.use_bias else ()
        return (Weight("kernel", self._kernel()), *bias)

    def macs(self, inputs: Inputs, out: Shape) -> Cost:
        """output height · output width · kernel height · kernel width · connections."""
        return ((("output height", out[0]), ("output width", out[1]), *self._kernel()),)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """One addition a value for the bias, one operation a value for the activation."""
        bias: Cost = ((*elements(out), ("bias", 1)),) if self.use_bias else ()
        return bias + activation_cost(self.activation, out)

    def window(self, inputs: Inputs) -> tuple[Window, Window]:
        """extent = kernel size along each axis."""
        (height, width, _), (kh, kw), (sh, sw) = inputs[0], self.kernel_size, self.strides
        return side_window(height, kh, sh, 1, self.padding), side_window(width, kw, sw, 1, self.padding)

    def _kernel(self) -> tuple[tuple[str, int], ...]:
        kh, kw = self.kernel_size
        return (("kernel height", kh), ("kernel width", kw), ("connections of maps and filters", self.connected))


@dataclass(frozen=True, slots=True)
class RadialBasis(Op):
    """Euclidean radial basis functions on the last axis: y_i = Σ_j (x_j − w_ij)², the distance to a fixed centre.

    The centres are −1 or 1, drawn once and never trained. The work is no multiply-add of a weight, so it counts under
    other operations and not as MACs.
    """

    word: ClassVar[str] = "rbf"
    title: ClassVar[str] = "Radial basis functions"
    family: ClassVar[str] = "dense"
    positional: ClassVar[tuple[str, ...]] = ("units",)

    units: int = integer(1, MOST_FILTERS, "number of outputs, each the squared distance to one centre")

    def output_shape(self, inputs: Inputs) -> Shape:
        return (*inputs[0][:-1], self.units)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """centres: units · inputs, not trained."""
        return (Weight("centres", (("units", self.units), ("inputs", inputs[0][-1])), trainable=False),)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """Three for each input of each unit: subtract, square, add; at each position of a map."""
        positions = (("output height", out[0]), ("output width", out[1])) if len(out) == 3 else ()
        return ((*positions, ("inputs", inputs[0][-1]), ("units", self.units), ("subtract, square, add", 3)),)
