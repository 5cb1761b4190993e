"""Dense blocks and transitions of DenseNet (Huang et al. 2016): plain, B and BC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

from ..declare import choice, flag, integer, real
from ..graph import Builder
from ..ops import (
    ACTIVATIONS,
    INITIALIZERS,
    MOST_FILTERS,
    Activation,
    AvgPool,
    BatchNorm,
    Concat,
    Conv,
    Dropout,
    Scale,
)
from .base import Block, numbered, pad

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
        width = self.bottleneck_width * self.growth_rate
        narrow = _Unit.of(self, width, 1, "same", 1) if width else None
        grow = _Unit.of(self, self.growth_rate, 3, self.padding, 2 if width else 1)
        for number in range(1, self.layers + 1):
            with build.scope(f"layer{number}"):
                new = grow.add(build, narrow.add(build, x) if narrow else x)
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
        x = _Unit.of(self, filters, 1, "same", 1).add(build, x)
        return x if self.pool_size == 1 else build.add(AvgPool((self.pool_size,) * 2), x, name="pool")


class _Unit(NamedTuple):
    """BN, activation and convolution, with scale and dropout where asked for. A block makes its operations once."""

    bn: BatchNorm
    scale: Scale | None
    act: Activation | None
    conv: Conv
    padding: str
    dropout: Dropout | None
    number: int

    @classmethod
    def of(cls, block: DenseBlock | Transition, filters: int, kernel: int, padding: str, number: int) -> Self:
        return cls(
            BatchNorm(block.epsilon),
            _SCALE if block.use_scale else None,
            None if block.activation == "linear" else Activation(block.activation),
            Conv(
                filters,
                (kernel, kernel),
                padding="same" if padding == "same" else "valid",
                use_bias=block.use_bias,
                kernel_initializer=block.kernel_initializer,
            ),
            padding,
            Dropout(block.dropout) if block.dropout else None,
            number,
        )

    def add(self, build: Builder, x: int) -> int:
        """Add its nodes after node `x`; gives the last one."""
        conv, bn, act = numbered(self.number)
        x = build.add(self.bn, x, name=bn)
        if self.scale:
            x = build.add(self.scale, x, name=f"scale{self.number}")
        if self.act:
            x = build.add(self.act, x, name=act)
        x, _ = pad(build, x, self.conv.kernel_size, (1, 1), self.padding, f"{conv}_pad")
        x = build.add(self.conv, x, name=conv)
        return build.add(self.dropout, x, name=f"dropout{self.number}") if self.dropout else x
