"""Blocks of the mobile networks: depthwise separable (MobileNet), inverted residual (MobileNetV2) and MBConv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real, size
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, Add, BatchNorm, DepthwiseConv, Shape, StochasticDepth
from .base import BLOCK_PADDINGS, PADDING_HELP, Block, activate, conv_bn_act, pad, repeated
from .squeeze import share, squeeze_and_excite

MOST_RATE = 0.99
DROP_RATE = "stochastic depth: probability of dropping the branch beside the shortcut, in the first block; 0 for none"
DROP_RATE_STEP = "what drop_rate grows by from block to block"

_JOIN = Add()
_KERNEL = "kernel height and width of the depthwise convolution"
_ACTIVATION = "activation after the first two BN, and inside squeeze-and-excite"
_SE_RATIO = "width of squeeze-and-excite as a share of the channels that come in; 0 for no squeeze-and-excite"
_BIAS = "biases in the convolutions"
_EPSILON = "added to the variance in the BN"
_MOMENTUM = "share of the old running statistics that a step of the BN keeps"
_INITIALIZER = "how the kernels' first values are drawn"


class _Separated(Block):
    """What both blocks share: a depthwise and a 1×1 convolution, each with BN."""

    __slots__ = ()
    family: ClassVar[str] = "mobile"
    kernel_size: Shape
    padding: str
    activation: str
    use_bias: bool
    epsilon: float
    momentum: float
    kernel_initializer: str

    def _depthwise(self, build: Builder, x: int, strides: Shape) -> int:
        """Depthwise convolution, BN, activation."""
        x, padding = pad(build, x, self.kernel_size, strides, self.padding, "depthwise_pad")
        conv = DepthwiseConv(
            self.kernel_size,
            strides=strides,
            padding=padding,
            use_bias=self.use_bias,
            kernel_initializer=self.kernel_initializer,
        )
        x = build.add(conv, x, name="depthwise_conv")
        x = build.add(BatchNorm(self.epsilon, self.momentum), x, name="depthwise_bn")
        return activate(build, x, self.activation, "depthwise_act")

    def _pointwise(self, build: Builder, x: int, filters: int, activation: str, name: str) -> int:
        """1×1 convolution, BN, activation."""
        return conv_bn_act(
            build,
            x,
            filters,
            (1, 1),
            activation,
            (1, 1),
            (f"{name}_conv", f"{name}_bn", f"{name}_act"),
            use_bias=self.use_bias,
            bn=BatchNorm(self.epsilon, self.momentum),
            kernel_initializer=self.kernel_initializer,
        )


@dataclass(frozen=True, slots=True)
class DepthwiseSeparable(_Separated):
    """Depthwise convolution, then 1×1 convolution, each with BN and activation (MobileNet, Howard et al. 2017)."""

    word: ClassVar[str] = "depthwise_separable"
    title: ClassVar[str] = "Depthwise separable"
    positional: ClassVar[tuple[str, ...]] = ("filters", "kernel_size")

    filters: int = integer(1, MOST_FILTERS, "filters of the 1×1 convolution, and output channels")
    kernel_size: Shape = size(1, 64, _KERNEL, 3)
    strides: Shape = size(1, 16, "step of the depthwise convolution", 1)
    padding: str = choice(BLOCK_PADDINGS, PADDING_HELP, "zeropad_same")
    activation: str = choice(ACTIVATIONS, "activation after each BN", "relu6")
    use_bias: bool = flag(_BIAS, False)
    epsilon: float = real(1e-12, 1, _EPSILON, 1e-3)
    momentum: float = real(0, 1, _MOMENTUM, 0.99)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        x = self._depthwise(build, x, self.strides)
        return self._pointwise(build, x, self.filters, self.activation, "pointwise")


@dataclass(frozen=True, slots=True)
class InvertedResidual(_Separated):
    """1×1 to many channels, depthwise, 1×1 to few without activation, the shortcut (MobileNetV2, Sandler et al. 2018).

    The shortcut is added where the stride is 1 and the channels that come in are as many as go out.
    """

    word: ClassVar[str] = "inverted_residual"
    title: ClassVar[str] = "Inverted residual"
    positional: ClassVar[tuple[str, ...]] = ("filters", "blocks", "kernel_size")

    filters: int = integer(1, MOST_FILTERS, "output channels, those of the narrow ends")
    blocks: int = integer(1, 200, "how many such blocks in a row; only the first has the stride", 1)
    kernel_size: Shape = size(1, 64, _KERNEL, 3)
    expansion: int = integer(
        1, 64, "channels between the ends, as a multiple of those that come in; 1 for no expanding convolution", 6
    )
    strides: Shape = size(1, 16, "step of the first block's depthwise convolution", 1)
    padding: str = choice(BLOCK_PADDINGS, PADDING_HELP, "zeropad_same")
    activation: str = choice(ACTIVATIONS, _ACTIVATION, "relu6")
    se_ratio: float = real(0, 1, _SE_RATIO, 0.0)
    drop_rate: float = real(0, MOST_RATE, DROP_RATE, 0.0)
    drop_rate_step: float = real(0, MOST_RATE, DROP_RATE_STEP, 0.0)
    use_bias: bool = flag(_BIAS, False)
    epsilon: float = real(1e-12, 1, _EPSILON, 1e-3)
    momentum: float = real(0, 1, _MOMENTUM, 0.99)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "glorot_uniform")

    def rule(self) -> str | None:
        return drop_rate_rule(self.drop_rate, self.drop_rate_step, self.blocks)

    def expand(self, build: Builder, x: int) -> int:
        def one(x: int, number: int) -> int:
            rate = grown(self.drop_rate, self.drop_rate_step, number - 1)
            return self._one(build, x, self.strides if number == 1 else (1, 1), rate)

        return repeated(build, x, self.blocks, one)

    def _one(self, build: Builder, x: int, strides: Shape, drop_rate: float) -> int:
        received = x
        channels = build.shape(x)[-1]
        if self.expansion > 1:
            x = self._pointwise(build, x, self.expansion * channels, self.activation, "expand")
        x = self._depthwise(build, x, strides)
        if self.se_ratio:
            width = share(channels, self.se_ratio)
            x = squeeze_and_excite(build, x, width, self.activation, self.kernel_initializer, "se_")
        x = self._pointwise(build, x, self.filters, "linear", "project")
        if strides != (1, 1) or build.shape(x) != build.shape(received):
            return x
        return build.add(_JOIN, drop_branch(build, x, drop_rate), received, name="add")


@dataclass(frozen=True, slots=True)
class MBConv(InvertedResidual):
    """Inverted residual with SiLU and squeeze-and-excite before its last convolution (EfficientNet, Tan and Le 2019).

    The shortcut is added where the stride is 1 and the channels that come in are as many as go out.
    """

    word: ClassVar[str] = "mbconv"
    title: ClassVar[str] = "MBConv"

    activation: str = choice(ACTIVATIONS, _ACTIVATION, "silu")
    se_ratio: float = real(0, 1, _SE_RATIO, 0.25)


def drop_branch(build: Builder, x: int, rate: float) -> int:
    """Add stochastic depth, or nothing at rate 0."""
    return build.add(StochasticDepth(rate), x, name="stochastic_depth") if rate else x


def grown(first: float, step: float, number: int) -> float:
    """The stochastic-depth rate of block `number`, counted from 0, without the last digits of binary fractions."""
    return round(first + number * step, 12)


def drop_rate_rule(first: float, step: float, blocks: int) -> str | None:
    """What is wrong with a stochastic-depth rate that grows from block to block, or None."""
    last = grown(first, step, blocks - 1)
    if last <= MOST_RATE:
        return None
    return f"drop_rate must stay up to {MOST_RATE:g}, got {last:g} in the last of {blocks} blocks"
