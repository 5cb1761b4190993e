"""The Inception module with batch normalisation (Ioffe and Szegedy 2015), and the unit of all that came after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, size
from ..graph import Builder
from ..ops import ACTIVATIONS, MOST_FILTERS, AvgPool, BatchNorm, Concat, MaxPool, Shape
from .base import Block, conv_bn_act

JOIN = Concat()
SAME_AVERAGE = AvgPool((3, 3), (1, 1), "same")

CONV_1X1 = "filters of the 1×1 convolution"
POOL_PROJ = "filters of the 1×1 projection after the pooling"
ACTIVATION = "activation after each BN"
BN_SCALE = "learn the BNs' scale γ"
_POOLS = {"avg": AvgPool, "max": MaxPool}


class Module(Block):
    """What the modules since BN-Inception share: every convolution has no bias, a BN and an activation after it."""

    __slots__ = ()
    family: ClassVar[str] = "inception"
    activation: str
    bn_scale: bool

    def unit(
        self,
        build: Builder,
        x: int,
        filters: int,
        kernel_size: Shape,
        name: str,
        strides: Shape = (1, 1),
        padding: str = "same",
    ) -> int:
        """Convolution, BN, activation, called `name`, `name`_bn and `name`_act."""
        return conv_bn_act(
            build,
            x,
            filters,
            kernel_size,
            self.activation,
            strides,
            (name, f"{name}_bn", f"{name}_act"),
            bn=BatchNorm(scale=self.bn_scale),
            padding=padding,
        )

    def pooled(self, build: Builder, x: int, filters: int) -> int:
        """3×3 average pooling at step 1, then the 1×1 projection: the last branch of every module of v3 and v4."""
        return self.unit(build, build.add(SAME_AVERAGE, x, name="pool"), filters, (1, 1), "pool_proj")


@dataclass(frozen=True, slots=True)
class InceptionBN(Module):
    """The module with BN and two 3×3 in place of the 5×5; with strides over 1 it makes the map smaller."""

    word: ClassVar[str] = "inception_bn"
    title: ClassVar[str] = "BN-Inception"
    positional: ClassVar[tuple[str, ...]] = (
        "conv_1x1",
        "reduce_3x3",
        "conv_3x3",
        "reduce_double_3x3",
        "double_3x3",
        "pool_proj",
    )

    conv_1x1: int = integer(0, MOST_FILTERS, f"{CONV_1X1}; 0 for no such branch")
    reduce_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the 3×3")
    conv_3x3: int = integer(1, MOST_FILTERS, "filters of the 3×3 convolution")
    reduce_double_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the two 3×3")
    double_3x3: int = integer(1, MOST_FILTERS, "filters of each of the two 3×3 convolutions")
    pool_proj: int = integer(0, MOST_FILTERS, f"{POOL_PROJ}; 0 for none, the pooling passes through")
    pool: str = choice(tuple(_POOLS), "average or max pooling", "avg")
    strides: Shape = size(1, 16, "step of the last convolution of each branch and of the pooling", 1)
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    bn_scale: bool = flag(BN_SCALE, True)

    def expand(self, build: Builder, x: int) -> int:
        step = self.strides
        branches = []
        if self.conv_1x1:
            branches.append(self.unit(build, x, self.conv_1x1, (1, 1), "conv_1x1", step))
        y = self.unit(build, x, self.reduce_3x3, (1, 1), "reduce_3x3")
        branches.append(self.unit(build, y, self.conv_3x3, (3, 3), "conv_3x3", step))
        y = self.unit(build, x, self.reduce_double_3x3, (1, 1), "reduce_double_3x3")
        y = self.unit(build, y, self.double_3x3, (3, 3), "middle_3x3")
        branches.append(self.unit(build, y, self.double_3x3, (3, 3), "double_3x3", step))
        y = build.add(_POOLS[self.pool]((3, 3), step, "same"), x, name="pool")
        branches.append(self.unit(build, y, self.pool_proj, (1, 1), "pool_proj") if self.pool_proj else y)
        return build.add(JOIN, *branches, name="concat")
