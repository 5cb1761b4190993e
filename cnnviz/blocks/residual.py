"""Residual blocks (He et al. 2015), with every choice in which papers and tutorials differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real, size
from ..graph import Builder
from ..ops import (
    ACTIVATIONS,
    INITIALIZERS,
    MOST_FILTERS,
    Add,
    BatchNorm,
    ChannelPad,
    MaxPool,
    Shape,
    shape_text,
)
from .base import BLOCK_PADDINGS, PADDING_HELP, Block, activate, conv_bn_act, numbered, repeated

SHORTCUTS = ("projection", "projection_always", "identity", "zero_pad")
_RESIDUAL_ORDERS = ("conv_bn_act", "conv_act_bn")
_JOIN = Add()

_BLOCKS = "how many such blocks in a row; only the first has the stride"
_STRIDES = "step of the first block"
_SHORTCUT = (
    "projection: a convolution where the shape changes, else identity; projection_always: in every block; "
    "identity: never changed; zero_pad: subsampled and padded with zero channels (option A)"
)
_SHORTCUT_KERNEL = "kernel of the projection"
_SHORTCUT_ACTIVATION = "activation on the projection; the paper has none"
_USE_BN = "batch normalisation after each convolution"
_ORDER = "whether batch normalisation comes before or after the activation"
_ACTIVATION = "activation between the convolutions"
_LAST = "activation on the main path's last convolution, before the addition; the paper has none"
_FINAL = "activation after the addition; linear for none"
_BIAS = "biases in the convolutions"
_EPSILON = "added to the variance in the BN"
_INITIALIZER = "how the kernels' first values are drawn"


def odd_kernels(padding: str, *kernels: Shape) -> str | None:
    """What is wrong where zeros on every side would make the map larger than the shortcut's, or None."""
    if padding == "zeropad" and any(side % 2 == 0 for kernel in kernels for side in kernel):
        listed = ", ".join(map(shape_text, kernels))
        return f"padding=zeropad needs kernels of odd sides, got {listed}; use an odd kernel or padding=same"
    return None


def subsample(build: Builder, x: int, strides: Shape, name: str) -> int:
    """A shortcut's every `strides`-th position, without weights."""
    return x if strides == (1, 1) else build.add(MaxPool((1, 1), strides), x, name=name)


def zero_pad_shortcut(build: Builder, x: int, filters: int, strides: Shape) -> int:
    """Shortcut A of the paper, without weights: every `strides`-th position, then channels of zeros up to `filters`."""
    x = subsample(build, x, strides, "shortcut_subsample")
    return x if build.shape(x)[-1] == filters else build.add(ChannelPad(filters), x, name="shortcut_pad")


class _Residual(Block):
    """What basic and bottleneck blocks share: repetition, shortcut, addition."""

    __slots__ = ()
    family: ClassVar[str] = "residual"
    positional: ClassVar[tuple[str, ...]] = ("filters", "blocks")
    blocks: int
    strides: Shape
    kernel_size: Shape
    padding: str
    shortcut: str
    shortcut_kernel: Shape
    shortcut_activation: str
    use_bn: bool
    order: str
    activation: str
    last_activation: str
    final_activation: str
    use_bias: bool
    epsilon: float
    kernel_initializer: str

    def rule(self) -> str | None:
        return odd_kernels(self.padding, self.kernel_size, self.shortcut_kernel)

    def _out_filters(self) -> int:
        raise NotImplementedError

    def _main(self, build: Builder, x: int, strides: Shape) -> int:
        raise NotImplementedError

    def expand(self, build: Builder, x: int) -> int:
        def one(x: int, number: int) -> int:
            return self._one(build, x, self.strides if number == 1 else (1, 1))

        return repeated(build, x, self.blocks, one)

    def _one(self, build: Builder, x: int, strides: Shape) -> int:
        main = self._main(build, x, strides)
        added = build.add(_JOIN, main, self._short(build, x, strides), name="add")
        return activate(build, added, self.final_activation, "act_out")

    def _short(self, build: Builder, x: int, strides: Shape) -> int:
        filters = self._out_filters()
        changes = strides != (1, 1) or build.shape(x)[-1] != filters
        if self.shortcut == "identity" or (not changes and self.shortcut != "projection_always"):
            return x
        if self.shortcut == "zero_pad":
            return zero_pad_shortcut(build, x, filters, strides)
        names = ("shortcut_conv", "shortcut_bn", "shortcut_act")
        return self._unit(build, x, filters, self.shortcut_kernel, self.shortcut_activation, strides, names)

    def _unit(
        self,
        build: Builder,
        x: int,
        filters: int,
        kernel_size: Shape,
        activation: str,
        strides: Shape,
        names: tuple[str, str, str],
    ) -> int:
        return conv_bn_act(
            build,
            x,
            filters,
            kernel_size,
            activation,
            strides,
            names,
            order=self.order,
            use_bn=self.use_bn,
            use_bias=self.use_bias,
            bn=BatchNorm(self.epsilon),
            kernel_initializer=self.kernel_initializer,
            padding=self.padding,
        )


@dataclass(frozen=True, slots=True)
class Residual(_Residual):
    """Basic residual block: two 3×3 convolutions, the shortcut added, then the activation."""

    word: ClassVar[str] = "residual"
    title: ClassVar[str] = "Residual"

    filters: int = integer(1, MOST_FILTERS, "filters of both convolutions, and output channels")
    blocks: int = integer(1, 200, _BLOCKS, 1)
    strides: Shape = size(1, 16, _STRIDES, 1)
    kernel_size: Shape = size(1, 64, "kernel height and width of both convolutions", 3)
    padding: str = choice(BLOCK_PADDINGS, PADDING_HELP, "same")
    shortcut: str = choice(SHORTCUTS, _SHORTCUT, "projection")
    shortcut_kernel: Shape = size(1, 64, _SHORTCUT_KERNEL, 1)
    shortcut_activation: str = choice(ACTIVATIONS, _SHORTCUT_ACTIVATION, "linear")
    use_bn: bool = flag(_USE_BN, True)
    order: str = choice(_RESIDUAL_ORDERS, _ORDER, "conv_bn_act")
    activation: str = choice(ACTIVATIONS, _ACTIVATION, "relu")
    last_activation: str = choice(ACTIVATIONS, _LAST, "linear")
    final_activation: str = choice(ACTIVATIONS, _FINAL, "relu")
    use_bias: bool = flag(_BIAS, False)
    epsilon: float = real(1e-12, 1, _EPSILON, 1e-3)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "he_normal")

    def _out_filters(self) -> int:
        return self.filters

    def _main(self, build: Builder, x: int, strides: Shape) -> int:
        x = self._unit(build, x, self.filters, self.kernel_size, self.activation, strides, numbered(1))
        return self._unit(build, x, self.filters, self.kernel_size, self.last_activation, (1, 1), numbered(2))


@dataclass(frozen=True, slots=True)
class Bottleneck(_Residual):
    """Bottleneck residual block: 1×1 to few channels, 3×3, 1×1 to many, the shortcut added, then the activation."""

    word: ClassVar[str] = "bottleneck"
    title: ClassVar[str] = "Bottleneck"

    filters: int = integer(1, MOST_FILTERS, "filters of the first 1×1 and of the 3×3")
    blocks: int = integer(1, 200, _BLOCKS, 1)
    strides: Shape = size(1, 16, _STRIDES, 1)
    stride_on: str = choice(
        ("first", "middle"), "which convolution has the stride: the first in the paper, the middle one in v1.5", "first"
    )
    middle_filters: int | None = integer(
        1, MOST_FILTERS, "filters of the 3×3; none: as the first 1×1", None, optional=True
    )
    out_filters: int | None = integer(
        1, MOST_FILTERS, "filters of the last 1×1; none: 4 × filters", None, optional=True
    )
    kernel_size: Shape = size(1, 64, "kernel height and width of the middle convolution", 3)
    padding: str = choice(BLOCK_PADDINGS, PADDING_HELP, "same")
    shortcut: str = choice(SHORTCUTS, _SHORTCUT, "projection")
    shortcut_kernel: Shape = size(1, 64, _SHORTCUT_KERNEL, 1)
    shortcut_activation: str = choice(ACTIVATIONS, _SHORTCUT_ACTIVATION, "linear")
    use_bn: bool = flag(_USE_BN, True)
    order: str = choice(_RESIDUAL_ORDERS, _ORDER, "conv_bn_act")
    activation: str = choice(ACTIVATIONS, _ACTIVATION, "relu")
    last_activation: str = choice(ACTIVATIONS, _LAST, "linear")
    final_activation: str = choice(ACTIVATIONS, _FINAL, "relu")
    use_bias: bool = flag(_BIAS, False)
    epsilon: float = real(1e-12, 1, _EPSILON, 1e-3)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "he_normal")

    def _out_filters(self) -> int:
        return self.out_filters or 4 * self.filters

    def _main(self, build: Builder, x: int, strides: Shape) -> int:
        first, middle = (strides, (1, 1)) if self.stride_on == "first" else ((1, 1), strides)
        x = self._unit(build, x, self.filters, (1, 1), self.activation, first, numbered(1))
        width = self.middle_filters or self.filters
        x = self._unit(build, x, width, self.kernel_size, self.activation, middle, numbered(2))
        return self._unit(build, x, self._out_filters(), (1, 1), self.last_activation, (1, 1), numbered(3))
