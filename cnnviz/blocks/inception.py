"""Inception modules of GoogLeNet (Szegedy et al. 2014): parallel windows, concatenated along the channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from ..declare import choice, flag, integer, size
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, Concat, MaxPool, Shape
from .base import Block, conv_bn_act

_POOL = MaxPool((3, 3), (1, 1), "same")
_JOIN = Concat()
_ORDERS = ("conv_bn_act", "conv_act_bn")
_PROJECTIONS = ("after_pool", "before_pool")
_ORDER = "which follows which; conv_act_bn fuses the activation into the convolution"


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
    order: str = choice(_ORDERS, _ORDER, "conv_bn_act")
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
    strides: Shape = size(1, 16, "step of each branch's first convolution; the pooling keeps step 1", 1)
    kernel_5x5: int = integer(1, 64, "kernel of the third branch, 5 in the paper", 5)
    projection: str = choice(
        _PROJECTIONS, "whether the projection follows the pooling or comes before it", "after_pool"
    )
    activation: str = choice(ACTIVATIONS, "the activation function of every convolution", "relu")
    use_bn: bool = flag("batch normalisation after each convolution", False)
    order: str = choice(_ORDERS, _ORDER, "conv_bn_act")
    use_bias: bool = flag("biases in the convolutions", True)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernels' first values are drawn", "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        unit = _unit(self, build)
        step = self.strides
        branches = (
            unit(x, self.conv_1x1, 1, "conv_1x1", step),
            unit(unit(x, self.reduce_3x3, 1, "reduce_3x3", step), self.conv_3x3, 3, "conv_3x3"),
            unit(unit(x, self.reduce_5x5, 1, "reduce_5x5", step), self.conv_5x5, self.kernel_5x5, "conv_5x5"),
            self._pooled(build, unit, x),
        )
        return build.add(_JOIN, *branches, name="concat")

    def _pooled(self, build: Builder, unit: _Unit, x: int) -> int:
        """The pooling and its projection, in either order."""
        if self.projection == "before_pool":
            return build.add(_POOL, unit(x, self.pool_proj, 1, "pool_proj", self.strides), name="pool")
        return unit(build.add(_POOL, x, name="pool"), self.pool_proj, 1, "pool_proj", self.strides)


class _Unit(Protocol):
    """Adds a convolution of so many filters and such a kernel, with what belongs to it."""

    def __call__(self, x: int, filters: int, kernel: int, name: str, strides: Shape = (1, 1)) -> int: ...


def _unit(block: NaiveInception | Inception, build: Builder) -> _Unit:
    """The convolution that all branches of one module are made of."""

    def unit(x: int, filters: int, kernel: int, name: str, strides: Shape = (1, 1)) -> int:
        return conv_bn_act(
            build,
            x,
            filters,
            (kernel, kernel),
            block.activation,
            strides,
            (name, f"{name}_bn", f"{name}_act"),
            order=block.order,
            use_bn=block.use_bn,
            use_bias=block.use_bias,
            kernel_initializer=block.kernel_initializer,
        )

    return unit
