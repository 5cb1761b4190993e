"""Inception modules of GoogLeNet (Szegedy et al. 2014): parallel windows, concatenated along the channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, Concat, MaxPool
from .base import Block, conv_bn_act

_POOL = MaxPool((3, 3), (1, 1), "same")
_JOIN = Concat()


@dataclass(frozen=True, slots=True)
class NaiveInception(Block):
    """1×1, 3×3 and 5×5 convolutions and a 3×3 max pooling side by side, without reductions."""

    word: ClassVar[str] = "naive_inception"
    title: ClassVar[str] = "Inception, naive"
    family: ClassVar[str] = "inception"
    positional: ClassVar[tuple[str, ...]] = ("conv_1x1", "conv_3x3", "conv_5x5")

    conv_1x1: int = integer(1, MOST_FILTERS, "filters of the 1×1 convolution")
    conv_3x3: int = integer(1, MOST_FILTERS, "filters of the 3×3 convolution")
    conv_5x5: int = integer(1, MOST_FILTERS, "filters of the 5×5 convolution")
    activation: str = choice(ACTIVATIONS, "the activation function of every convolution", "relu")
    use_bn: bool = flag("batch normalisation after each convolution", False)
    use_bias: bool = flag("biases in the convolutions", True)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernels' first values are drawn", "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        unit = _unit(self, build)
        branches = (
            unit(x, self.conv_1x1, 1, "conv_1x1"),
            unit(x, self.conv_3x3, 3, "conv_3x3"),
            unit(x, self.conv_5x5, 5, "conv_5x5"),
            build.add(_POOL, x, name="pool"),
        )
        return build.add(_JOIN, *branches, name="concat")


@dataclass(frozen=True, slots=True)
class Inception(Block):
    """The module with 1×1 reductions before the 3×3 and 5×5 convolutions and a 1×1 projection after the pooling."""

    word: ClassVar[str] = "inception"
    title: ClassVar[str] = "Inception"
    family: ClassVar[str] = "inception"
    positional: ClassVar[tuple[str, ...]] = (
        "conv_1x1",
        "reduce_3x3",
        "conv_3x3",
        "reduce_5x5",
        "conv_5x5",
        "pool_proj",
    )

    conv_1x1: int = integer(1, MOST_FILTERS, "filters of the 1×1 convolution")
    reduce_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the 3×3")
    conv_3x3: int = integer(1, MOST_FILTERS, "filters of the 3×3 convolution")
    reduce_5x5: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the 5×5")
    conv_5x5: int = integer(1, MOST_FILTERS, "filters of the 5×5 convolution")
    pool_proj: int = integer(1, MOST_FILTERS, "filters of the 1×1 projection after the pooling")
    activation: str = choice(ACTIVATIONS, "the activation function of every convolution", "relu")
    use_bn: bool = flag("batch normalisation after each convolution", False)
    use_bias: bool = flag("biases in the convolutions", True)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernels' first values are drawn", "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        unit = _unit(self, build)
        branches = (
            unit(x, self.conv_1x1, 1, "conv_1x1"),
            unit(unit(x, self.reduce_3x3, 1, "reduce_3x3"), self.conv_3x3, 3, "conv_3x3"),
            unit(unit(x, self.reduce_5x5, 1, "reduce_5x5"), self.conv_5x5, 5, "conv_5x5"),
            unit(build.add(_POOL, x, name="pool"), self.pool_proj, 1, "pool_proj"),
        )
        return build.add(_JOIN, *branches, name="concat")


def _unit(block: NaiveInception | Inception, build: Builder) -> Callable[[int, int, int, str], int]:
    """The convolution that all branches of one module are made of."""

    def unit(x: int, filters: int, kernel: int, name: str) -> int:
        return conv_bn_act(
            build,
            x,
            filters,
            (kernel, kernel),
            block.activation,
            (1, 1),
            (name, f"{name}_bn", f"{name}_act"),
            use_bn=block.use_bn,
            use_bias=block.use_bias,
            kernel_initializer=block.kernel_initializer,
        )

    return unit
