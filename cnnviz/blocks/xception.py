"""The module of Xception (Chollet 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, integer, real, size
from ..graph import Builder
from ..ops import ACTIVATIONS, INITIALIZERS, MOST_FILTERS, Add, BatchNorm, MaxPool, SeparableConv, Shape
from .base import Block, activate, conv_bn_act, numbered

_JOIN = Add()


@dataclass(frozen=True, slots=True)
class Xception(Block):
    """Activation, separable convolution and BN some times over, max pooling where it has a stride, and a shortcut."""

    word: ClassVar[str] = "xception"
    title: ClassVar[str] = "Xception module"
    family: ClassVar[str] = "residual"
    positional: ClassVar[tuple[str, ...]] = ("filters", "convs")

    filters: int = integer(1, MOST_FILTERS, "filters of the separable convolutions, and output channels")
    convs: int = integer(1, 16, "number of separable convolutions", 2)
    first_filters: int | None = integer(
        1, MOST_FILTERS, "filters of the convolutions before the last; none: as the last", None, optional=True
    )
    strides: Shape = size(1, 16, "step of the max pooling and of the shortcut; 1 for no pooling", 1)
    kernel_size: Shape = size(1, 64, "kernel height and width of the separable convolutions", 3)
    pool_size: Shape = size(1, 64, "window of the max pooling", 3)
    activation: str = choice(ACTIVATIONS, "activation before each separable convolution", "relu")
    first_activation: bool = flag("an activation before the first convolution too", True)
    use_bias: bool = flag("biases in the convolutions", False)
    epsilon: float = real(1e-12, 1, "added to the variance in the BN", 1e-3)
    momentum: float = real(0, 1, "share of the old running statistics that a step of the BN keeps", 0.99)
    kernel_initializer: str = choice(INITIALIZERS, "how the kernels' first values are drawn", "glorot_uniform")

    def expand(self, build: Builder, x: int) -> int:
        main = x
        for number in range(1, self.convs + 1):
            filters = self.filters if number == self.convs else self.first_filters or self.filters
            main = self._separable(build, main, filters, number)
        if self.strides != (1, 1):
            pool = MaxPool(self.pool_size, self.strides, "same")
            main = build.add(pool, main, name="pool")
        return build.add(_JOIN, main, self._short(build, x), name="add")

    def _separable(self, build: Builder, x: int, filters: int, number: int) -> int:
        """Activation, separable convolution, BN."""
        conv_name, bn_name, act_name = numbered(number)
        if number > 1 or self.first_activation:
            x = activate(build, x, self.activation, act_name)
        conv = SeparableConv(
            filters, self.kernel_size, use_bias=self.use_bias, kernel_initializer=self.kernel_initializer
        )
        x = build.add(conv, x, name=conv_name)
        return build.add(BatchNorm(self.epsilon, self.momentum), x, name=bn_name)

    def _short(self, build: Builder, x: int) -> int:
        """The input itself, or where the shape changes a 1×1 convolution of it with BN."""
        if self.strides == (1, 1) and build.shape(x)[-1] == self.filters:
            return x
        return conv_bn_act(
            build,
            x,
            self.filters,
            (1, 1),
            "linear",
            self.strides,
            ("shortcut_conv", "shortcut_bn", "shortcut_act"),
            use_bias=self.use_bias,
            bn=BatchNorm(self.epsilon, self.momentum),
            kernel_initializer=self.kernel_initializer,
        )
