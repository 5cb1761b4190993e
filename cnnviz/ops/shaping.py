"""Operations that only move values: input, flatten, reshape, padding in space and in channels."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from ..declare import integer, integers, padding
from .base import Inputs, Op, OpError, Shape, Window, map_shape, shape_text

MOST_SIDE = 4_096
MOST_FILTERS = 65_536


@dataclass(frozen=True, slots=True)
class Input(Op):
    """The picture that the network takes: height × width × channels."""

    word: ClassVar[str] = "input"
    title: ClassVar[str] = "Input"
    family: ClassVar[str] = "shape"
    positional: ClassVar[tuple[str, ...]] = ("height", "width", "channels")

    height: int = integer(1, MOST_SIDE, "rows of the picture")
    width: int = integer(1, MOST_SIDE, "columns of the picture")
    channels: int = integer(1, MOST_FILTERS, "3 for colour, 1 for grey")

    def output_shape(self, inputs: Inputs) -> Shape:
        return self.height, self.width, self.channels


@dataclass(frozen=True, slots=True)
class Flatten(Op):
    """A map as one vector, row by row, channels innermost."""

    word: ClassVar[str] = "flatten"
    title: ClassVar[str] = "Flatten"
    family: ClassVar[str] = "shape"
    alias: ClassVar[bool] = True

    def output_shape(self, inputs: Inputs) -> Shape:
        return (prod(inputs[0]),)

    def window(self, inputs: Inputs) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Reshape(Op):
    """The same values under another shape."""

    word: ClassVar[str] = "reshape"
    title: ClassVar[str] = "Reshape"
    family: ClassVar[str] = "shape"
    positional: ClassVar[tuple[str, ...]] = ("shape",)
    alias: ClassVar[bool] = True

    shape: Shape = integers(1, 10**9, 3, "the new shape: [units] or [height, width, channels]")

    def rule(self) -> str | None:
        return None if len(self.shape) in (1, 3) else f"shape must have 1 or 3 sides, got {len(self.shape)}"

    def output_shape(self, inputs: Inputs) -> Shape:
        if prod(self.shape) != prod(inputs[0]):
            raise OpError(
                f"{shape_text(inputs[0])} holds {prod(inputs[0]):,} values, the new shape {shape_text(self.shape)} "
                f"{prod(self.shape):,}; they must be equal"
            )
        return self.shape

    def window(self, inputs: Inputs) -> None:
        return None


@dataclass(frozen=True, slots=True)
class ZeroPad(Op):
    """Rows and columns of zeros around a map."""

    word: ClassVar[str] = "zeropad"
    title: ClassVar[str] = "Zero padding"
    family: ClassVar[str] = "shape"
    positional: ClassVar[tuple[str, ...]] = ("padding",)

    padding: Shape = padding(
        1024, "rows and columns to add: all sides, (height, width), or (top, bottom, left, right)", 1
    )

    def output_shape(self, inputs: Inputs) -> Shape:
        height, width, channels = map_shape(self, inputs)
        top, bottom, left, right = self.padding
        return height + top + bottom, width + left + right, channels

    def window(self, inputs: Inputs) -> tuple[Window, Window]:
        return Window(1, 1, self.padding[0]), Window(1, 1, self.padding[2])


@dataclass(frozen=True, slots=True)
class ChannelPad(Op):
    """Zero channels after the last one, up to `filters` channels in all (the shortcut "A" of ResNet)."""

    word: ClassVar[str] = "channel_pad"
    title: ClassVar[str] = "Channel padding"
    family: ClassVar[str] = "shape"
    positional: ClassVar[tuple[str, ...]] = ("filters",)

    filters: int = integer(1, MOST_FILTERS, "channels after padding")

    def output_shape(self, inputs: Inputs) -> Shape:
        height, width, channels = map_shape(self, inputs)
        if channels > self.filters:
            raise OpError(f"channel padding cannot go from {channels} channels down to {self.filters}")
        return height, width, self.filters
