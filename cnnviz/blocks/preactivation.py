"""Residual blocks with full pre-activation (He et al. 2016): BN and activation before each convolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real, size
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, Add, BatchNorm, Conv, Shape
from .base import BLOCK_PADDINGS, PADDING_HELP, Block, activate, numbered, pad, repeated
from .residual import SHORTCUTS, odd_kernels, subsample, zero_pad_shortcut

_SHORTCUTS_FROM = ("preactivation", "input")
_STRIDES_IN = ("first", "last")
_JOIN = Add()

_BLOCKS = "how many such blocks in a row; only one of them has the stride"
_STRIDES = "step of one block"
_STRIDES_IN_HELP = "which block in the row has the stride: the first in the paper, the last one in Keras"
_SHORTCUT = (
    "projection: a convolution where the channels change, 1×1 pooling where only the sides do, else identity; "
    "projection_always: a convolution in every block; identity: never changed; "
    "zero_pad: subsampled and padded with zero channels (option A)"
)
_STRIDE_ON = "which convolution of that block has the stride: the first 1×1 or the one in the middle"
_SHORTCUT_FROM = "whether the projection reads the block's input after its first BN and activation, or the bare input"
_ACTIVATION = "activation before each convolution"
_BIAS = "biases in the convolutions that a BN follows"
_LAST_BIAS = "biases in the last convolution and in the projection, which no BN follows"
_EPSILON = "added to the variance in the BN"
_INITIALIZER = "how the kernels' first values are drawn"


class _Preactivated(Block):
    """What basic and bottleneck blocks share: repetition, first BN and activation, shortcut, addition."""

    __slots__ = ()
    family: ClassVar[str] = "residual"
    positional: ClassVar[tuple[str, ...]] = ("filters", "blocks")
    blocks: int
    strides: Shape
    strides_in: str
    kernel_size: Shape
    padding: str
    shortcut: str
    shortcut_from: str
    activation: str
    use_bias: bool
    last_bias: bool
    epsilon: float
    kernel_initializer: str

    def rule(self) -> str | None:
        return odd_kernels(self.padding, self.kernel_size)

    def _out_filters(self) -> int:
        raise NotImplementedError

    def _main(self, build: Builder, x: int, strides: Shape) -> int:
        """The convolutions, from the value after the first BN and activation."""
        raise NotImplementedError

    def expand(self, build: Builder, x: int) -> int:
        strided = 1 if self.strides_in == "first" else self.blocks

        def one(x: int, number: int) -> int:
            return self._one(build, x, self.strides if number == strided else (1, 1))

        return repeated(build, x, self.blocks, one)

    def _one(self, build: Builder, x: int, strides: Shape) -> int:
        before = self._before(build, x, 1)
        main = self._main(build, before, strides)
        return build.add(_JOIN, main, self._short(build, x, before, strides), name="add")

    def _short(self, build: Builder, x: int, before: int, strides: Shape) -> int:
        filters = self._out_filters()
        if self.shortcut == "identity":
            return x
        if self.shortcut == "zero_pad":
            return zero_pad_shortcut(build, x, filters, strides)
        if self.shortcut == "projection" and build.shape(x)[-1] == filters:
            return subsample(build, x, strides, "shortcut_pool")
        source = before if self.shortcut_from == "preactivation" else x
        return self._conv(build, source, "shortcut_conv", filters, (1, 1), strides, use_bias=self.last_bias)

    def _before(self, build: Builder, x: int, number: int) -> int:
        """BN and activation number `number`."""
        _, bn, act = numbered(number)
        return activate(build, build.add(BatchNorm(self.epsilon), x, name=bn), self.activation, act)

    def _conv(
        self, build: Builder, x: int, name: str, filters: int, kernel: Shape, strides: Shape, *, use_bias: bool
    ) -> int:
        x, padding = pad(build, x, kernel, strides, self.padding, f"{name}_pad")
        conv = Conv(
            filters,
            kernel,
            strides=strides,
            padding=padding,
            use_bias=use_bias,
            kernel_initializer=self.kernel_initializer,
        )
        return build.add(conv, x, name=name)


@dataclass(frozen=True, slots=True)
class PreactResidual(_Preactivated):
    """Basic residual block with pre-activation: twice BN, activation, 3×3 convolution; then the shortcut is added."""

    word: ClassVar[str] = "preact_residual"
    title: ClassVar[str] = "Pre-activation residual"

    filters: int = integer(1, MOST_FILTERS, "filters of both convolutions, and output channels")
    blocks: int = integer(1, 200, _BLOCKS, 1)
    strides: Shape = size(1, 16, _STRIDES, 1)
    strides_in: str = choice(_STRIDES_IN, _STRIDES_IN_HELP, "first")
    kernel_size: Shape = size(1, 64, "kernel height and width of both convolutions", 3)
    padding: str = choice(BLOCK_PADDINGS, PADDING_HELP, "same")
    shortcut: str = choice(SHORTCUTS, _SHORTCUT, "projection")
    shortcut_from: str = choice(_SHORTCUTS_FROM, _SHORTCUT_FROM, "preactivation")
    activation: str = choice(ACTIVATIONS, _ACTIVATION, "relu")
    use_bias: bool = flag(_BIAS, False)
    last_bias: bool = flag(_LAST_BIAS, False)
    epsilon: float = real(1e-12, 1, _EPSILON, 1e-3)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "he_normal")

    def _out_filters(self) -> int:
        return self.filters

    def _main(self, build: Builder, x: int, strides: Shape) -> int:
        x = self._conv(build, x, "conv1", self.filters, self.kernel_size, strides, use_bias=self.use_bias)
        x = self._before(build, x, 2)
        return self._conv(build, x, "conv2", self.filters, self.kernel_size, (1, 1), use_bias=self.last_bias)


@dataclass(frozen=True, slots=True)
class PreactBottleneck(_Preactivated):
    """Bottleneck residual block with pre-activation: BN, activation and convolution thrice, 1×1, 3×3 and 1×1."""

    word: ClassVar[str] = "preact_bottleneck"
    title: ClassVar[str] = "Pre-activation bottleneck"

    filters: int = integer(1, MOST_FILTERS, "filters of the first 1×1 and of the 3×3")
    blocks: int = integer(1, 200, _BLOCKS, 1)
    strides: Shape = size(1, 16, _STRIDES, 1)
    strides_in: str = choice(_STRIDES_IN, _STRIDES_IN_HELP, "first")
    stride_on: str = choice(("first", "middle"), _STRIDE_ON, "middle")
    out_filters: int | None = integer(
        1, MOST_FILTERS, "filters of the last 1×1; none: 4 × filters", None, optional=True
    )
    kernel_size: Shape = size(1, 64, "kernel height and width of the middle convolution", 3)
    padding: str = choice(BLOCK_PADDINGS, PADDING_HELP, "same")
    shortcut: str = choice(SHORTCUTS, _SHORTCUT, "projection")
    shortcut_from: str = choice(_SHORTCUTS_FROM, _SHORTCUT_FROM, "preactivation")
    activation: str = choice(ACTIVATIONS, _ACTIVATION, "relu")
    use_bias: bool = flag(_BIAS, False)
    last_bias: bool = flag(_LAST_BIAS, False)
    epsilon: float = real(1e-12, 1, _EPSILON, 1e-3)
    kernel_initializer: str = choice(INITIALIZERS, _INITIALIZER, "he_normal")

    def _out_filters(self) -> int:
        return self.out_filters or 4 * self.filters

    def _main(self, build: Builder, x: int, strides: Shape) -> int:
        first, middle = (strides, (1, 1)) if self.stride_on == "first" else ((1, 1), strides)
        x = self._conv(build, x, "conv1", self.filters, (1, 1), first, use_bias=self.use_bias)
        x = self._before(build, x, 2)
        x = self._conv(build, x, "conv2", self.filters, self.kernel_size, middle, use_bias=self.use_bias)
        x = self._before(build, x, 3)
        return self._conv(build, x, "conv3", self._out_filters(), (1, 1), (1, 1), use_bias=self.last_bias)
