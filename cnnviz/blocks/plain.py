"""Plain stacks: convolution with batch normalisation, and the VGG block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real, size
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, PADDINGS, BatchNorm, MaxPool, Shape
from .base import ORDERS, Block, conv_bn_act, numbered


@dataclass(frozen=True, slots=True)
class ConvBN(Block):
    """Convolution, batch normalisation and activation in one of their three orders."""

    word: ClassVar[str] = "conv_bn"
    title: ClassVar[str] = "Convolution + BN"
    family: ClassVar[str] = "convolution"
    positional: ClassVar[tuple[str, ...]] = ("filters", "kernel_size", "activation")

    filters: int = integer(1, MOST_FILTERS, "number of filters, which is the number of output channels")
    kernel_size: Shape = size(1, 256, "kernel height and width")
    activation: str = choice(ACTIVATIONS, "the activation function; linear for none", "relu")
    strides: Shape = size(1, 64, "step of the kernel along height and width", 1)
    padding: str = choice(PADDINGS, "same: output side is input side / stride, rounded up; valid: no padding", "same")
    dilation_rate: Shape = size(1, 64, "distance between the kernel's taps", 1)
    groups: int = integer(1, MOST_FILTERS, "input and output channels are split into this many groups", 1)
    order: str = choice(
        ORDERS, "which follows which; conv_act_bn fuses the activation into the convolution", "conv_bn_act"
    )
    use_bias: bool = flag("a bias in the convolution, which the BN after it makes superfluous", False)
    epsilon: float = real(1e-12, 1, "added to the variance in the BN", 1e-3)
    momentum: float = real(0, 1, "share of the old running statistics that a step of the BN keeps", 0.99)
    bn_scale: bool = flag("learn the BN's scale γ", True)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernel's first values are drawn", "glorot_uniform")

    def rule(self) -> str | None:
        if self.filters % self.groups:
            return f"filters must be a multiple of groups, got {self.filters} filters in {self.groups} groups"
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            return "strides and dilation_rate cannot both be over 1; Keras supports no such convolution"
        return None

    def expand(self, build: Builder, x: int) -> int:
        return conv_bn_act(
            build,
            x,
            self.filters,
            self.kernel_size,
            self.activation,
            self.strides,
            order=self.order,
            use_bias=self.use_bias,
            bn=BatchNorm(self.epsilon, self.momentum, scale=self.bn_scale),
            kernel_initializer=self.kernel_initializer,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            groups=self.groups,
        )


@dataclass(frozen=True, slots=True)
class VGG(Block):
    """Some 3×3 convolutions of one width, then max pooling (Simonyan and Zisserman 2014)."""

    word: ClassVar[str] = "vgg"
    title: ClassVar[str] = "VGG block"
    family: ClassVar[str] = "vgg"
    positional: ClassVar[tuple[str, ...]] = ("filters",)

    filters: int = integer(1, MOST_FILTERS, "filters of each convolution")
    convs: int = integer(1, 16, "number of convolutions")
    kernel_size: Shape = size(1, 64, "kernel height and width of each convolution", 3)
    activation: str = choice(ACTIVATIONS, "the activation function; linear for none", "relu")
    use_bn: bool = flag("batch normalisation after each convolution", False)
    use_bias: bool = flag("biases in the convolutions", True)
    pool_size: Shape = size(1, 64, "window and step of the max pooling; 1 for no pooling", 2)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernels' first values are drawn", "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        for number in range(1, self.convs + 1):
            x = conv_bn_act(
                build,
                x,
                self.filters,
                self.kernel_size,
                self.activation,
                (1, 1),
                numbered(number),
                use_bn=self.use_bn,
                use_bias=self.use_bias,
                kernel_initializer=self.kernel_initializer,
            )
        return x if self.pool_size == (1, 1) else build.add(MaxPool(self.pool_size), x, name="pool")
