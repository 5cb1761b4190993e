"""Dense blocks and transitions of DenseNet (Huang et al. 2016): plain, B and BC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, AvgPool, BatchNorm, Concat, Conv, Dropout, Scale
from .base import Block, activate, numbered, pad

_JOIN = Concat()
_SCALE = Scale()

_USE_SCALE = "a learned scale and shift after each BN, on top of the BN's own, as a port from Caffe has it"


@dataclass(frozen=True, slots=True)
class DenseBlock(Block):
    """Layers that each read all maps before them and add `growth_rate` new ones, by concatenation."""

    word: ClassVar[str] = "dense_block"
    title: ClassVar[str] = "Dense block"
    family: ClassVar[str] = "densenet"
    positional: ClassVar[tuple[str, ...]] = ("layers", "growth_rate")

    layers: int = integer(1, 400, "number of layers")
    growth_rate: int = integer(1, MOST_FILTERS, "channels that each layer adds, k in the paper")
    bottleneck_width: int = integer(
        0, 64, "a 1×1 convolution to this many times growth_rate before each 3×3 (DenseNet-B); 0 for none", 4
    )
    dropout: float = real(0, 0.99, "probability of dropping after each convolution, 0 for no dropout", 0.0)
    activation: str = choice(ACTIVATIONS, "activation after each BN", "relu")
    use_bias: bool = flag("biases in the convolutions", False)
    epsilon: float = real(1e-12, 1, "added to the variance in the BN", 1e-3)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernels' first values are drawn", "he_normal")
    use_scale: bool = flag(_USE_SCALE, False)
    padding: str = choice(
        ("same", "zeropad"),
        "of the 3×3; zeropad: a row and a column of zeros on every side, as their own layer",
        "same",
    )

    def expand(self, build: Builder, x: int) -> int:
        last = 2 if self.bottleneck_width else 1
        for number in range(1, self.layers + 1):
            with build.scope(f"layer{number}"):
                new = x
                if self.bottleneck_width:
                    new = _bn_act_conv(self, build, new, self.bottleneck_width * self.growth_rate, 1, "same", 1)
                new = _bn_act_conv(self, build, new, self.growth_rate, 3, self.padding, last)
                x = build.add(_JOIN, x, new, name="concat")
        return x


@dataclass(frozen=True, slots=True)
class Transition(Block):
    """Between dense blocks: BN, activation, 1×1 convolution to a share of the channels, average pooling."""

    word: ClassVar[str] = "transition"
    title: ClassVar[str] = "Transition"
    family: ClassVar[str] = "densenet"
    positional: ClassVar[tuple[str, ...]] = ("compression",)

    compression: float = real(0.001, 1, "share of the channels that stay, θ in the paper; 1 for no compression", 0.5)
    pool_size: int = integer(1, 16, "window and step of the average pooling; 1 for no pooling", 2)
    dropout: float = real(0, 0.99, "probability of dropping after the convolution, 0 for no dropout", 0.0)
    activation: str = choice(ACTIVATIONS, "activation after the BN", "relu")
    use_bias: bool = flag("biases in the convolution", False)
    epsilon: float = real(1e-12, 1, "added to the variance in the BN", 1e-3)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernel's first values are drawn", "he_normal")
    use_scale: bool = flag(_USE_SCALE, False)

    def expand(self, build: Builder, x: int) -> int:
        filters = max(int(build.shape(x)[-1] * self.compression), 1)
        x = _bn_act_conv(self, build, x, filters, 1, "same", 1)
        return x if self.pool_size == 1 else build.add(AvgPool((self.pool_size,) * 2), x, name="pool")


def _bn_act_conv(
    block: DenseBlock | Transition, build: Builder, x: int, filters: int, kernel: int, padding: str, number: int
) -> int:
    """BN, with a scale where asked for, activation, convolution and, where asked for, dropout."""
    conv, bn, act = numbered(number)
    x = build.add(BatchNorm(block.epsilon), x, name=bn)
    if block.use_scale:
        x = build.add(_SCALE, x, name=f"scale{number}")
    x = activate(build, x, block.activation, act)
    x, padding = pad(build, x, (kernel, kernel), (1, 1), padding, f"{conv}_pad")
    op = Conv(
        filters,
        (kernel, kernel),
        padding=padding,
        use_bias=block.use_bias,
        kernel_initializer=block.kernel_initializer,
    )
    x = build.add(op, x, name=conv)
    return build.add(Dropout(block.dropout), x, name=f"dropout{number}") if block.dropout else x
