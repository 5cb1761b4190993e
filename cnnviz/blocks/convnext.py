"""The block of ConvNeXt (Liu et al. 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, integer, real, size
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, Add, Dense, DepthwiseConv, LayerNorm, Scale, Shape
from .base import Block, activate, repeated
from .mobile import DROP_RATE, DROP_RATE_STEP, MOST_RATE, drop_branch, drop_rate_rule, grown

_JOIN = Add()


@dataclass(frozen=True, slots=True)
class ConvNeXt(Block):
    """Depthwise 7×7, layer normalisation, dense to four times the channels and back, a learned scale, the shortcut.

    The dense layers act on each position, as 1×1 convolutions do.
    """

    word: ClassVar[str] = "convnext"
    title: ClassVar[str] = "ConvNeXt block"
    family: ClassVar[str] = "residual"
    positional: ClassVar[tuple[str, ...]] = ("filters", "blocks")

    filters: int = integer(1, MOST_FILTERS, "output channels, which must be those that come in")
    blocks: int = integer(1, 200, "how many such blocks in a row", 1)
    kernel_size: Shape = size(1, 64, "kernel height and width of the depthwise convolution", 7)
    expansion: int = integer(1, 64, "width of the first dense layer, as a multiple of the channels", 4)
    activation: str = choice(ACTIVATIONS, "activation between the dense layers", "gelu")
    layer_scale: float = real(0, 1, "first value of the learned scale of each channel; 0 for no such scale", 1e-6)
    drop_rate: float = real(0, MOST_RATE, DROP_RATE, 0.0)
    drop_rate_step: float = real(0, MOST_RATE, DROP_RATE_STEP, 0.0)
    epsilon: float = real(1e-12, 1, "added to the variance in the layer normalisation", 1e-6)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernels' first values are drawn", "glorot_uniform")

    def rule(self) -> str | None:
        return drop_rate_rule(self.drop_rate, self.drop_rate_step, self.blocks)

    def expand(self, build: Builder, x: int) -> int:
        def one(x: int, number: int) -> int:
            return self._one(build, x, grown(self.drop_rate, self.drop_rate_step, number - 1))

        return repeated(build, x, self.blocks, one)

    def _one(self, build: Builder, x: int, drop_rate: float) -> int:
        received, drawn = x, self.kernel_initializer
        x = build.add(DepthwiseConv(self.kernel_size, kernel_initializer=drawn), x, name="depthwise_conv")
        x = build.add(LayerNorm(self.epsilon), x, name="layernorm")
        x = build.add(Dense(self.expansion * self.filters, kernel_initializer=drawn), x, name="dense1")
        x = activate(build, x, self.activation, "act")
        x = build.add(Dense(self.filters, kernel_initializer=drawn), x, name="dense2")
        if self.layer_scale:
            x = build.add(Scale(center=False, initial=self.layer_scale), x, name="scale")
        return build.add(_JOIN, received, drop_branch(build, x, drop_rate), name="add")
