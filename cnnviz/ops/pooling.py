"""Pooling: over a sliding window, or over the whole map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, flag, size
from .base import Cost, Inputs, Op, Shape, Window, map_shape, side_window, sides_after
from .convolutions import PADDINGS

_POOL = "height and width of the window"
_STRIDES = "step of the window; none: as large as the window"
_PADDING = "same: output side is input side / stride, rounded up; valid: only whole windows"


class _Pool(Op):
    """A window that slides and gives one value a channel at each stop."""

    __slots__ = ()
    family: ClassVar[str] = "pooling"
    positional: ClassVar[tuple[str, ...]] = ("pool_size",)
    pool_size: Shape
    strides: Shape | None
    padding: str

    def output_shape(self, inputs: Inputs) -> Shape:
        shape = map_shape(self, inputs)
        strides = self.strides or self.pool_size
        height, width = sides_after(self, shape, self.pool_size, strides, (1, 1), self.padding)
        return height, width, shape[2]

    def window(self, inputs: Inputs) -> tuple[Window, Window]:
        """extent = pool size along each axis."""
        (height, width, _), (ph, pw), (sh, sw) = inputs[0], self.pool_size, self.strides or self.pool_size
        return side_window(height, ph, sh, 1, self.padding), side_window(width, pw, sw, 1, self.padding)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """pool height · pool width for each output value (comparisons, or additions and one division)."""
        ph, pw = self.pool_size
        output = (("output height", out[0]), ("output width", out[1]), ("channels", out[2]))
        return ((*output, ("pool height", ph), ("pool width", pw)),)


@dataclass(frozen=True, slots=True)
class MaxPool(_Pool):
    """The largest value under the window; padded cells never win."""

    word: ClassVar[str] = "maxpool"
    title: ClassVar[str] = "Max pooling"

    pool_size: Shape = size(1, 4096, _POOL, 2)
    strides: Shape | None = size(1, 4096, _STRIDES, None, optional=True)
    padding: str = choice(PADDINGS, _PADDING, "valid")


@dataclass(frozen=True, slots=True)
class AvgPool(_Pool):
    """The mean under the window; padded cells are not counted."""

    word: ClassVar[str] = "avgpool"
    title: ClassVar[str] = "Average pooling"

    pool_size: Shape = size(1, 4096, _POOL, 2)
    strides: Shape | None = size(1, 4096, _STRIDES, None, optional=True)
    padding: str = choice(PADDINGS, _PADDING, "valid")


class _GlobalPool(Op):
    """One value a channel over the whole map."""

    __slots__ = ()
    family: ClassVar[str] = "pooling"
    keepdims: bool

    def output_shape(self, inputs: Inputs) -> Shape:
        channels = map_shape(self, inputs)[2]
        return (1, 1, channels) if self.keepdims else (channels,)

    def window(self, inputs: Inputs) -> None:
        return None

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """input height · input width · channels."""
        height, width, channels = inputs[0]
        return ((("input height", height), ("input width", width), ("channels", channels)),)


@dataclass(frozen=True, slots=True)
class GlobalMaxPool(_GlobalPool):
    """The largest value of each channel."""

    word: ClassVar[str] = "global_maxpool"
    title: ClassVar[str] = "Global max pooling"

    keepdims: bool = flag("keep a 1×1 map instead of a vector", False)


@dataclass(frozen=True, slots=True)
class GlobalAvgPool(_GlobalPool):
    """The mean of each channel (global average pooling)."""

    word: ClassVar[str] = "gap"
    title: ClassVar[str] = "Global average pooling"

    keepdims: bool = flag("keep a 1×1 map instead of a vector", False)
