"""Blocks that squeeze channels: SqueezeNet's fire module, and squeeze-and-excite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, Concat, Conv, GlobalAvgPool, Multiply
from .base import Block, conv_bn_act

_INITIALIZER = "how the kernels' first values are drawn"
_SQUEEZE = GlobalAvgPool(keepdims=True)
_JOIN = Concat()
_WEIGH = Multiply()


@dataclass(frozen=True, slots=True)
class Fire(Block):
    """A 1×1 convolution to few channels, read by a 1×1 and a 3×3 side by side (SqueezeNet, Iandola et al. 2016)."""

    word: ClassVar[str] = "fire"
    title: ClassVar[str] = "Fire"
    family: ClassVar[str] = "mobile"
    positional: ClassVar[tuple[str, ...]] = ("squeeze", "expand_1x1", "expand_3x3")

    squeeze: int = integer(1, MOST_FILTERS, "filters of the 1×1 convolution that squeezes, s1x1 in the paper")
    expand_1x1: int = integer(1, MOST_FILTERS, "filters of the 1×1 convolution that expands, e1x1 in the paper")
    expand_3x3: int | None = integer(
        1, MOST_FILTERS, "filters of the 3×3 convolution that expands; none: as the 1×1", None, optional=True
    )
    activation: str = choice(ACTIVATIONS, "the activation function of every convolution", "relu")
    use_bn: bool = flag("batch normalisation after each convolution", False)
    use_bias: bool = flag("biases in the convolutions", True)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        x = self._unit(build, x, self.squeeze, 1, "squeeze")
        few = self._unit(build, x, self.expand_1x1, 1, "expand_1x1")
        many = self._unit(build, x, self.expand_3x3 or self.expand_1x1, 3, "expand_3x3")
        return build.add(_JOIN, few, many, name="concat")

    def _unit(self, build: Builder, x: int, filters: int, kernel: int, name: str) -> int:
        return conv_bn_act(
            build,
            x,
            filters,
            (kernel, kernel),
            self.activation,
            (1, 1),
            (name, f"{name}_bn", f"{name}_act"),
            use_bn=self.use_bn,
            use_bias=self.use_bias,
            kernel_initializer=self.kernel_initializer,
        )


@dataclass(frozen=True, slots=True)
class SqueezeExcite(Block):
    """One weight from 0 to 1 for each channel, read from the means of all channels (Hu et al. 2017)."""

    word: ClassVar[str] = "squeeze_excite"
    title: ClassVar[str] = "Squeeze-and-excite"
    family: ClassVar[str] = "mobile"
    positional: ClassVar[tuple[str, ...]] = ("ratio",)

    ratio: float = real(0.001, 1, "width between the two 1×1 convolutions, as a share of the channels", 0.0625)
    width: int | None = integer(
        1, MOST_FILTERS, "width between the two 1×1 convolutions; none: by ratio", None, optional=True
    )
    activation: str = choice(ACTIVATIONS, "activation after the first 1×1 convolution", "relu")
    gate_activation: str = choice(ACTIVATIONS, "activation after the second, which gives the weights", "sigmoid")
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        width = self.width or share(build.shape(x)[-1], self.ratio)
        return squeeze_and_excite(
            build, x, width, self.activation, self.kernel_initializer, gate_activation=self.gate_activation
        )


def share(channels: int, ratio: float) -> int:
    """A share of the channels, rounded down, at least one."""
    return max(int(channels * ratio), 1)


def squeeze_and_excite(
    build: Builder,
    x: int,
    width: int,
    activation: str,
    kernel_initializer: str,
    prefix: str = "",
    *,
    gate_activation: str = "sigmoid",
) -> int:
    """Add global average pooling to 1×1, a 1×1 convolution to `width`, one back, and the product with node `x`.

    `prefix` stands before the nodes' names, where the block around has more.
    """
    channels = build.shape(x)[-1]
    gate = build.add(_SQUEEZE, x, name=f"{prefix}squeeze")
    for filters, fused, name in ((width, activation, "reduce"), (channels, gate_activation, "expand")):
        conv = Conv(filters, (1, 1), fused, kernel_initializer=kernel_initializer)
        gate = build.add(conv, gate, name=prefix + name)
    return build.add(_WEIGH, x, gate, name=f"{prefix}excite")
