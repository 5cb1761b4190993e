"""Inception-ResNet (Szegedy et al. 2016): Inception modules that are scaled and added to what they received.

Widths default to those of the second version, as its authors released it and Keras builds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real
from ..graph import Builder
from ..ops import ACTIVATIONS, MOST_FILTERS, PADDINGS, Add, ConstantScale, Conv
from .base import activate, repeated
from .inception_bn import ACTIVATION, BN_SCALE, CONV_1X1, JOIN, Module
from .inception_grid import PADDING, Reduction

_ADD = Add()
_BLOCKS = "how many such blocks follow one another"
_SCALE = "factor of what the module adds; 1 for no scaling"
_FINAL = "activation after the addition; linear for none"


class _InceptionResNet(Module):
    """What the three kinds share: repetition, a linear 1×1 back to the input's channels, scaling, addition."""

    __slots__ = ()
    positional: ClassVar[tuple[str, ...]] = ("blocks", "scale")
    blocks: int
    scale: float
    final_activation: str

    def _branches(self, build: Builder, x: int) -> tuple[int, ...]:
        raise NotImplementedError

    def expand(self, build: Builder, x: int) -> int:
        return repeated(build, x, self.blocks, lambda x, _: self._one(build, x))

    def _one(self, build: Builder, x: int) -> int:
        y = build.add(JOIN, *self._branches(build, x), name="concat")
        # The one convolution with a bias and no BN.
        y = build.add(Conv(build.shape(x)[-1], (1, 1)), y, name="expand_1x1")
        if self.scale != 1:
            y = build.add(ConstantScale(self.scale), y, name="scale")
        y = build.add(_ADD, x, y, name="add")
        return activate(build, y, self.final_activation, "act_out")


@dataclass(frozen=True, slots=True)
class InceptionResNetA(_InceptionResNet):
    """Residual module of the 35×35 grid: 1×1; 3×3; two 3×3; a linear 1×1; scaled and added."""

    word: ClassVar[str] = "inception_resnet_a"
    title: ClassVar[str] = "Inception-ResNet-A"

    blocks: int = integer(1, 200, _BLOCKS, 1)
    scale: float = real(-1e6, 1e6, _SCALE, 0.17)
    conv_1x1: int = integer(1, MOST_FILTERS, CONV_1X1, 32)
    reduce_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the 3×3", 32)
    conv_3x3: int = integer(1, MOST_FILTERS, "filters of the 3×3 convolution", 32)
    reduce_double_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the two 3×3", 32)
    middle_3x3: int = integer(1, MOST_FILTERS, "filters of the first of the two 3×3: 48, and 32 in version 1", 48)
    double_3x3: int = integer(1, MOST_FILTERS, "filters of the second: 64, and 32 in version 1", 64)
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    final_activation: str = choice(ACTIVATIONS, _FINAL, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def _branches(self, build: Builder, x: int) -> tuple[int, ...]:
        one = self.unit(build, x, self.conv_1x1, (1, 1), "conv_1x1")
        y = self.unit(build, x, self.reduce_3x3, (1, 1), "reduce_3x3")
        three = self.unit(build, y, self.conv_3x3, (3, 3), "conv_3x3")
        y = self.unit(build, x, self.reduce_double_3x3, (1, 1), "reduce_double_3x3")
        y = self.unit(build, y, self.middle_3x3, (3, 3), "middle_3x3")
        return one, three, self.unit(build, y, self.double_3x3, (3, 3), "double_3x3")


@dataclass(frozen=True, slots=True)
class InceptionResNetB(_InceptionResNet):
    """Residual module of the 17×17 grid: 1×1; 1×7 and 7×1; a linear 1×1; scaled and added."""

    word: ClassVar[str] = "inception_resnet_b"
    title: ClassVar[str] = "Inception-ResNet-B"

    blocks: int = integer(1, 200, _BLOCKS, 1)
    scale: float = real(-1e6, 1e6, _SCALE, 0.1)
    conv_1x1: int = integer(1, MOST_FILTERS, f"{CONV_1X1}: 192, and 128 in version 1", 192)
    reduce_7x7: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the 1×7", 128)
    conv_1x7: int = integer(1, MOST_FILTERS, "filters of the 1×7: 160, and 128 in version 1", 160)
    conv_7x1: int = integer(1, MOST_FILTERS, "filters of the 7×1: 192, and 128 in version 1", 192)
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    final_activation: str = choice(ACTIVATIONS, _FINAL, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def _branches(self, build: Builder, x: int) -> tuple[int, ...]:
        one = self.unit(build, x, self.conv_1x1, (1, 1), "conv_1x1")
        y = self.unit(build, x, self.reduce_7x7, (1, 1), "reduce_7x7")
        y = self.unit(build, y, self.conv_1x7, (1, 7), "conv_1x7")
        return one, self.unit(build, y, self.conv_7x1, (7, 1), "conv_7x1")


@dataclass(frozen=True, slots=True)
class InceptionResNetC(_InceptionResNet):
    """Residual module of the 8×8 grid: 1×1; 1×3 and 3×1; a linear 1×1; scaled and added."""

    word: ClassVar[str] = "inception_resnet_c"
    title: ClassVar[str] = "Inception-ResNet-C"

    blocks: int = integer(1, 200, _BLOCKS, 1)
    scale: float = real(-1e6, 1e6, _SCALE, 0.2)
    conv_1x1: int = integer(1, MOST_FILTERS, CONV_1X1, 192)
    reduce_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the 1×3", 192)
    conv_1x3: int = integer(1, MOST_FILTERS, "filters of the 1×3: 224, and 192 in version 1", 224)
    conv_3x1: int = integer(1, MOST_FILTERS, "filters of the 3×1: 256, and 192 in version 1", 256)
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    final_activation: str = choice(ACTIVATIONS, _FINAL, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def _branches(self, build: Builder, x: int) -> tuple[int, ...]:
        one = self.unit(build, x, self.conv_1x1, (1, 1), "conv_1x1")
        y = self.unit(build, x, self.reduce_3x3, (1, 1), "reduce_3x3")
        y = self.unit(build, y, self.conv_1x3, (1, 3), "conv_1x3")
        return one, self.unit(build, y, self.conv_3x1, (3, 1), "conv_3x1")


@dataclass(frozen=True, slots=True)
class InceptionResNetReduction(Reduction):
    """Reduction-B of Inception-ResNet: two branches of one 3×3, one of two, max pooling, each with a step of 2."""

    word: ClassVar[str] = "inception_resnet_reduction"
    title: ClassVar[str] = "ResNet Reduction-B"
    positional: ClassVar[tuple[str, ...]] = ("reduce", "first_3x3", "second_3x3", "double_3x3")

    reduce: int = integer(1, MOST_FILTERS, "filters of the 1×1 reductions of all three branches", 256)
    first_3x3: int = integer(1, MOST_FILTERS, "filters of the first branch's 3×3", 384)
    second_3x3: int = integer(
        1, MOST_FILTERS, "filters of the second branch's 3×3, and of the first of the two 3×3; 256 in version 1", 288
    )
    double_3x3: int = integer(1, MOST_FILTERS, "filters of the second of the two 3×3: 320, and 256 in version 1", 320)
    padding: str = choice(PADDINGS, PADDING, "valid")
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def expand(self, build: Builder, x: int) -> int:
        y = self.unit(build, x, self.reduce, (1, 1), "reduce_first")
        first = self.down(build, y, self.first_3x3, "first_3x3")
        y = self.unit(build, x, self.reduce, (1, 1), "reduce_second")
        second = self.down(build, y, self.second_3x3, "second_3x3")
        y = self.unit(build, x, self.reduce, (1, 1), "reduce_double")
        y = self.unit(build, y, self.second_3x3, (3, 3), "middle_3x3")
        return self.join(build, x, first, second, self.down(build, y, self.double_3x3, "double_3x3"))
