"""Modules of Inception-v3 (Szegedy et al. 2015) and v4 (2016), for the grids of 35×35, 17×17 and 8×8 positions.

Named as in the paper of v4. Inception-v3 has the same modules with other widths, a 5×5 in the first and one 3×3 less
factorised in the last; torchvision calls its five kinds A to E. No BN learns a scale unless asked to, as in Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer
from ..graph import Builder
from ..ops import ACTIVATIONS, MOST_FILTERS, PADDINGS, MaxPool
from .inception_bn import ACTIVATION, BN_SCALE, CONV_1X1, JOIN, POOL_PROJ, Module

PADDING = "of what has step 2; valid: only whole windows, as in the papers; same: the side is halved, rounded up"
_STEP = (2, 2)


@dataclass(frozen=True, slots=True)
class InceptionA(Module):
    """Module of the 35×35 grid: 1×1; 3×3 (5×5 in v3); two 3×3; average pooling, projected."""

    word: ClassVar[str] = "inception_a"
    title: ClassVar[str] = "Inception-A"
    positional: ClassVar[tuple[str, ...]] = (
        "conv_1x1",
        "reduce_3x3",
        "conv_3x3",
        "reduce_double_3x3",
        "double_3x3",
        "pool_proj",
    )

    conv_1x1: int = integer(1, MOST_FILTERS, CONV_1X1)
    reduce_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the 3×3")
    conv_3x3: int = integer(1, MOST_FILTERS, "filters of the 3×3 convolution")
    reduce_double_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the two 3×3")
    double_3x3: int = integer(1, MOST_FILTERS, "filters of each of the two 3×3 convolutions")
    pool_proj: int = integer(1, MOST_FILTERS, POOL_PROJ)
    kernel_3x3: int = integer(1, 64, "kernel of the second branch: 3 in v4, 5 in v3", 3)
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def expand(self, build: Builder, x: int) -> int:
        one = self.unit(build, x, self.conv_1x1, (1, 1), "conv_1x1")
        y = self.unit(build, x, self.reduce_3x3, (1, 1), "reduce_3x3")
        three = self.unit(build, y, self.conv_3x3, (self.kernel_3x3,) * 2, "conv_3x3")
        y = self.unit(build, x, self.reduce_double_3x3, (1, 1), "reduce_double_3x3")
        y = self.unit(build, y, self.double_3x3, (3, 3), "middle_3x3")
        double = self.unit(build, y, self.double_3x3, (3, 3), "double_3x3")
        return build.add(JOIN, one, three, double, self.pooled(build, x, self.pool_proj), name="concat")


@dataclass(frozen=True, slots=True)
class InceptionB(Module):
    """Module of the 17×17 grid: 1×1; 1×n and n×1, once and twice; average pooling, projected."""

    word: ClassVar[str] = "inception_b"
    title: ClassVar[str] = "Inception-B"
    positional: ClassVar[tuple[str, ...]] = ("conv_1x1", "reduce_nxn", "middle_nxn", "conv_nxn", "pool_proj")

    conv_1x1: int = integer(1, MOST_FILTERS, CONV_1X1)
    reduce_nxn: int = integer(
        1, MOST_FILTERS, "filters of the 1×1 reductions, and of the first n×1 of the longer branch"
    )
    middle_nxn: int = integer(1, MOST_FILTERS, "filters of the 1×n and n×1 between the first and the last of a branch")
    conv_nxn: int = integer(1, MOST_FILTERS, "filters of the last convolution of both n×n branches")
    pool_proj: int = integer(1, MOST_FILTERS, POOL_PROJ)
    n: int = integer(1, 64, "the longer side of the 1×n and n×1 kernels", 7)
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def expand(self, build: Builder, x: int) -> int:
        across, down = (1, self.n), (self.n, 1)
        one = self.unit(build, x, self.conv_1x1, (1, 1), "conv_1x1")
        y = self.unit(build, x, self.reduce_nxn, (1, 1), "reduce_nxn")
        y = self.unit(build, y, self.middle_nxn, across, "conv_1xn")
        once = self.unit(build, y, self.conv_nxn, down, "conv_nx1")
        y = self.unit(build, x, self.reduce_nxn, (1, 1), "reduce_double_nxn")
        y = self.unit(build, y, self.reduce_nxn, down, "first_nx1")
        y = self.unit(build, y, self.middle_nxn, across, "first_1xn")
        y = self.unit(build, y, self.middle_nxn, down, "second_nx1")
        twice = self.unit(build, y, self.conv_nxn, across, "second_1xn")
        return build.add(JOIN, one, once, twice, self.pooled(build, x, self.pool_proj), name="concat")


@dataclass(frozen=True, slots=True)
class InceptionC(Module):
    """Module of the 8×8 grid: 1×1; two branches that end in a 1×3 beside a 3×1; average pooling, projected."""

    word: ClassVar[str] = "inception_c"
    title: ClassVar[str] = "Inception-C"
    positional: ClassVar[tuple[str, ...]] = (
        "conv_1x1",
        "reduce_3x3",
        "split_3x3",
        "reduce_double_3x3",
        "double_3x3",
        "pool_proj",
    )

    conv_1x1: int = integer(1, MOST_FILTERS, CONV_1X1)
    reduce_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction before the split")
    split_3x3: int = integer(1, MOST_FILTERS, "filters of each 1×3 and 3×1 that stand side by side")
    reduce_double_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 reduction of the deeper branch")
    double_3x3: int = integer(1, MOST_FILTERS, "filters before the split of the deeper branch")
    pool_proj: int = integer(1, MOST_FILTERS, POOL_PROJ)
    double_3x1: int = integer(
        0, MOST_FILTERS, "filters of a 3×1, before a 1×3, for the deeper branch's 3×3 (v4); 0 for one 3×3 (v3)", 0
    )
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def expand(self, build: Builder, x: int) -> int:
        one = self.unit(build, x, self.conv_1x1, (1, 1), "conv_1x1")
        y = self.unit(build, x, self.reduce_3x3, (1, 1), "reduce_3x3")
        split = self._split(build, y, "split")
        y = self.unit(build, x, self.reduce_double_3x3, (1, 1), "reduce_double_3x3")
        if self.double_3x1:
            y = self.unit(build, y, self.double_3x1, (3, 1), "double_3x1")
            y = self.unit(build, y, self.double_3x3, (1, 3), "double_1x3")
        else:
            y = self.unit(build, y, self.double_3x3, (3, 3), "double_3x3")
        double = self._split(build, y, "double_split")
        return build.add(JOIN, one, split, double, self.pooled(build, x, self.pool_proj), name="concat")

    def _split(self, build: Builder, x: int, name: str) -> int:
        """1×3 and 3×1 on the same map, side by side."""
        across = self.unit(build, x, self.split_3x3, (1, 3), f"{name}_1x3")
        down = self.unit(build, x, self.split_3x3, (3, 1), f"{name}_3x1")
        return build.add(JOIN, across, down, name=name)


class Reduction(Module):
    """What the modules between the grids share: step 2, and max pooling as one branch."""

    __slots__ = ()
    padding: str

    def down(self, build: Builder, x: int, filters: int, name: str) -> int:
        """A 3×3 convolution of step 2."""
        return self.unit(build, x, filters, (3, 3), name, _STEP, self.padding)

    def join(self, build: Builder, x: int, *branches: int) -> int:
        """The branches and the pooling of `x`, concatenated."""
        pool = build.add(MaxPool((3, 3), _STEP, self.padding), x, name="pool")
        return build.add(JOIN, *branches, pool, name="concat")


@dataclass(frozen=True, slots=True)
class ReductionA(Reduction):
    """From 35×35 to 17×17: a 3×3, two 3×3 and max pooling, each branch with a step of 2."""

    word: ClassVar[str] = "reduction_a"
    title: ClassVar[str] = "Reduction-A"
    positional: ClassVar[tuple[str, ...]] = ("reduce_double_3x3", "middle_3x3", "double_3x3", "conv_3x3")

    reduce_double_3x3: int = integer(1, MOST_FILTERS, "k in the paper: filters of the 1×1 before the two 3×3")
    middle_3x3: int = integer(1, MOST_FILTERS, "l in the paper: filters of the first of the two 3×3")
    double_3x3: int = integer(1, MOST_FILTERS, "m in the paper: filters of the second, of step 2")
    conv_3x3: int = integer(1, MOST_FILTERS, "n in the paper: filters of the single 3×3 of step 2")
    padding: str = choice(PADDINGS, PADDING, "valid")
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def expand(self, build: Builder, x: int) -> int:
        single = self.down(build, x, self.conv_3x3, "conv_3x3")
        y = self.unit(build, x, self.reduce_double_3x3, (1, 1), "reduce_double_3x3")
        y = self.unit(build, y, self.middle_3x3, (3, 3), "middle_3x3")
        return self.join(build, x, single, self.down(build, y, self.double_3x3, "double_3x3"))


@dataclass(frozen=True, slots=True)
class ReductionB(Reduction):
    """From 17×17 to 8×8: a 3×3; 1×7, 7×1 and 3×3; max pooling, each branch with a step of 2."""

    word: ClassVar[str] = "reduction_b"
    title: ClassVar[str] = "Reduction-B"
    positional: ClassVar[tuple[str, ...]] = ("reduce_3x3", "conv_3x3", "reduce_7x7", "conv_7x7")

    reduce_3x3: int = integer(1, MOST_FILTERS, "filters of the 1×1 before the 3×3")
    conv_3x3: int = integer(1, MOST_FILTERS, "filters of the 3×3 of step 2")
    reduce_7x7: int = integer(1, MOST_FILTERS, "filters of the 1×1 and of the 1×7 after it")
    conv_7x7: int = integer(1, MOST_FILTERS, "filters of the 7×1 and of the 3×3 of step 2 after it")
    padding: str = choice(PADDINGS, PADDING, "valid")
    activation: str = choice(ACTIVATIONS, ACTIVATION, "relu")
    bn_scale: bool = flag(BN_SCALE, False)

    def expand(self, build: Builder, x: int) -> int:
        y = self.unit(build, x, self.reduce_3x3, (1, 1), "reduce_3x3")
        three = self.down(build, y, self.conv_3x3, "conv_3x3")
        y = self.unit(build, x, self.reduce_7x7, (1, 1), "reduce_7x7")
        y = self.unit(build, y, self.reduce_7x7, (1, 7), "conv_1x7")
        y = self.unit(build, y, self.conv_7x7, (7, 1), "conv_7x1")
        return self.join(build, x, three, self.down(build, y, self.conv_7x7, "conv_7x7"))
