"""Convolutions and the dense layer: the operations that multiply and add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real, size
from .activations import activation_cost, fused_activation
from .base import (
    Cost,
    Inputs,
    Op,
    OpError,
    Shape,
    Weight,
    Window,
    elements,
    map_shape,
    shape_text,
    side_window,
    sides_after,
)
from .shaping import MOST_FILTERS

PADDINGS = ("same", "valid")
INITIALIZERS = (
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "random_uniform",
    "random_normal",
    "zeros",
    "ones",
)

_FILTERS = "number of filters, which is the number of output channels"
_KERNEL = "kernel height and width"
_STRIDES = "step of the kernel along height and width"
_PADDING = "same: output side is input side / stride, rounded up; valid: no padding"
_DILATION = "distance between the kernel's taps"
_BIAS = "add one learned number to each output channel"
_INITIALIZER = "how the kernel's first values are drawn"
_L2 = "factor of the L2 penalty on the kernel, 0 for none"


def _bias_weight(use_bias: bool, filters: int) -> tuple[Weight, ...]:
    return (Weight("bias", (("biases", filters),)),) if use_bias else ()


def _bias_cost(use_bias: bool, out: Shape) -> Cost:
    return ((*elements(out), ("bias", 1)),) if use_bias else ()


class _Sliding(Op):
    """What the three convolutions share: one window that slides over a map."""

    __slots__ = ()
    family: ClassVar[str] = "convolution"
    kernel_size: Shape
    strides: Shape
    padding: str
    dilation_rate: Shape
    use_bias: bool
    activation: str

    def rule(self) -> str | None:
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            return (
                f"strides {shape_text(self.strides)} and dilation_rate {shape_text(self.dilation_rate)} cannot both be "
                "over 1; Keras supports no such convolution"
            )
        return None

    def _sides(self, inputs: Inputs) -> tuple[int, int]:
        shape = map_shape(self, inputs)
        return sides_after(self, shape, self.kernel_size, self.strides, self.dilation_rate, self.padding)

    def window(self, inputs: Inputs) -> tuple[Window, Window]:
        """extent = (kernel − 1)·dilation + 1 along each axis."""
        (height, width, _), (kh, kw), (sh, sw), (dh, dw) = (
            inputs[0],
            self.kernel_size,
            self.strides,
            self.dilation_rate,
        )
        return side_window(height, kh, sh, dh, self.padding), side_window(width, kw, sw, dw, self.padding)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """One addition a value for the bias, one operation a value for the activation."""
        return _bias_cost(self.use_bias, out) + activation_cost(self.activation, out)


@dataclass(frozen=True, slots=True)
class Conv(_Sliding):
    """Convolution over height and width: every filter sees all input channels of its group."""

    word: ClassVar[str] = "conv"
    title: ClassVar[str] = "Convolution"
    positional: ClassVar[tuple[str, ...]] = ("filters", "kernel_size", "activation")

    filters: int = integer(1, MOST_FILTERS, _FILTERS)
    kernel_size: Shape = size(1, 256, _KERNEL)
    activation: str = fused_activation()
    strides: Shape = size(1, 64, _STRIDES, 1)
    padding: str = choice(PADDINGS, _PADDING, "same")
    dilation_rate: Shape = size(1, 64, _DILATION, 1)
    groups: int = integer(1, MOST_FILTERS, "input and output channels are split into this many groups", 1)
    use_bias: bool = flag(_BIAS, True)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "glorot_uniform")
    kernel_l2: float = real(0, 10, _L2, 0.0)

    def rule(self) -> str | None:
        if self.filters % self.groups:
            return f"filters must be a multiple of groups, got {self.filters} filters in {self.groups} groups"
        return _Sliding.rule(self)

    def output_shape(self, inputs: Inputs) -> Shape:
        height, width = self._sides(inputs)
        if inputs[0][2] % self.groups:
            raise OpError(f"{self.groups} groups do not divide the {inputs[0][2]} input channels evenly")
        return height, width, self.filters

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """kernel: kernel height · kernel width · input channels / groups · filters; bias: filters."""
        return (Weight("kernel", self._kernel(inputs)), *_bias_weight(self.use_bias, self.filters))

    def macs(self, inputs: Inputs, out: Shape) -> Cost:
        """output height · output width · kernel height · kernel width · input channels / groups · filters."""
        return (_positions(out) + self._kernel(inputs),)

    def _kernel(self, inputs: Inputs) -> tuple[tuple[str, int], ...]:
        kh, kw = self.kernel_size
        channels = "input channels" if self.groups == 1 else "input channels of a group"
        size = inputs[0][2] // self.groups
        return (("kernel height", kh), ("kernel width", kw), (channels, size), ("filters", self.filters))


@dataclass(frozen=True, slots=True)
class DepthwiseConv(_Sliding):
    """Convolution of each channel by itself; `depth_multiplier` outputs for each input channel."""

    word: ClassVar[str] = "depthwise_conv"
    title: ClassVar[str] = "Depthwise convolution"
    positional: ClassVar[tuple[str, ...]] = ("kernel_size", "activation")

    kernel_size: Shape = size(1, 256, _KERNEL)
    activation: str = fused_activation()
    strides: Shape = size(1, 64, _STRIDES, 1)
    padding: str = choice(PADDINGS, _PADDING, "same")
    dilation_rate: Shape = size(1, 64, _DILATION, 1)
    depth_multiplier: int = integer(1, 1024, "outputs for each input channel", 1)
    use_bias: bool = flag(_BIAS, True)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "glorot_uniform")
    kernel_l2: float = real(0, 10, _L2, 0.0)

    def output_shape(self, inputs: Inputs) -> Shape:
        height, width = self._sides(inputs)
        return height, width, inputs[0][2] * self.depth_multiplier

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """kernel: kernel height · kernel width · input channels · depth multiplier; bias: their product of channels."""
        kernel = _depthwise_kernel(self.kernel_size, inputs[0][2], self.depth_multiplier)
        return (Weight("kernel", kernel), *_bias_weight(self.use_bias, inputs[0][2] * self.depth_multiplier))

    def macs(self, inputs: Inputs, out: Shape) -> Cost:
        """output height · output width · kernel height · kernel width · input channels · depth multiplier."""
        return (_positions(out) + _depthwise_kernel(self.kernel_size, inputs[0][2], self.depth_multiplier),)


@dataclass(frozen=True, slots=True)
class SeparableConv(_Sliding):
    """Depthwise convolution followed by a 1×1 convolution across channels."""

    word: ClassVar[str] = "separable_conv"
    title: ClassVar[str] = "Separable convolution"
    positional: ClassVar[tuple[str, ...]] = ("filters", "kernel_size", "activation")

    filters: int = integer(1, MOST_FILTERS, _FILTERS)
    kernel_size: Shape = size(1, 256, _KERNEL)
    activation: str = fused_activation()
    strides: Shape = size(1, 64, _STRIDES, 1)
    padding: str = choice(PADDINGS, _PADDING, "same")
    dilation_rate: Shape = size(1, 64, _DILATION, 1)
    depth_multiplier: int = integer(1, 1024, "outputs of the depthwise step for each input channel", 1)
    use_bias: bool = flag(_BIAS, True)
    kernel_initializer: str = choice(INITIALIZERS, "how the first values of both kernels are drawn", "glorot_uniform")
    kernel_l2: float = real(0, 10, "factor of the L2 penalty on both kernels, 0 for none", 0.0)

    def output_shape(self, inputs: Inputs) -> Shape:
        height, width = self._sides(inputs)
        return height, width, self.filters

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """Depthwise kernel, then pointwise kernel 1 · 1 · (input channels · depth multiplier) · filters, then bias."""
        return (
            Weight("depthwise_kernel", _depthwise_kernel(self.kernel_size, inputs[0][2], self.depth_multiplier)),
            Weight("pointwise_kernel", (("1", 1), ("1", 1), *self._pointwise(inputs))),
            *_bias_weight(self.use_bias, self.filters),
        )

    def macs(self, inputs: Inputs, out: Shape) -> Cost:
        """Depthwise and pointwise step, each output height · output width times its kernel."""
        depthwise = _depthwise_kernel(self.kernel_size, inputs[0][2], self.depth_multiplier)
        return (_positions(out) + depthwise, _positions(out) + self._pointwise(inputs))

    def _pointwise(self, inputs: Inputs) -> tuple[tuple[str, int], ...]:
        return (("depthwise channels", inputs[0][2] * self.depth_multiplier), ("filters", self.filters))


@dataclass(frozen=True, slots=True)
class Dense(Op):
    """Fully connected layer on the last axis; a map keeps its height and width (flatten it first to join them)."""

    word: ClassVar[str] = "dense"
    title: ClassVar[str] = "Dense"
    family: ClassVar[str] = "dense"
    positional: ClassVar[tuple[str, ...]] = ("units", "activation")

    units: int = integer(1, MOST_FILTERS, "number of outputs")
    activation: str = fused_activation()
    use_bias: bool = flag("add one learned number to each output", True)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "glorot_uniform")
    kernel_l2: float = real(0, 10, _L2, 0.0)

    def output_shape(self, inputs: Inputs) -> Shape:
        return (*inputs[0][:-1], self.units)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """kernel: inputs · units; bias: units."""
        kernel = (("inputs", inputs[0][-1]), ("units", self.units))
        return (Weight("kernel", kernel), *_bias_weight(self.use_bias, self.units))

    def macs(self, inputs: Inputs, out: Shape) -> Cost:
        """inputs · units, at each position of a map."""
        positions = _positions(out) if len(out) == 3 else ()
        return ((*positions, ("inputs", inputs[0][-1]), ("units", self.units)),)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """One addition a value for the bias, one operation a value for the activation."""
        return _bias_cost(self.use_bias, out) + activation_cost(self.activation, out)


def _positions(out: Shape) -> tuple[tuple[str, int], ...]:
    return (("output height", out[0]), ("output width", out[1]))


def _depthwise_kernel(kernel: Shape, channels: int, multiplier: int) -> tuple[tuple[str, int], ...]:
    return (
        ("kernel height", kernel[0]),
        ("kernel width", kernel[1]),
        ("input channels", channels),
        ("depth multiplier", multiplier),
    )
