"""Operations that join branches: add, multiply, concatenate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Cost, Inputs, Op, OpError, Shape, elements, shape_text


def _received(inputs: Inputs) -> str:
    return ", ".join(shape_text(shape) for shape in inputs)


@dataclass(frozen=True, slots=True)
class Add(Op):
    """Element-wise sum; all shapes must be equal."""

    word: ClassVar[str] = "add"
    title: ClassVar[str] = "Add"
    family: ClassVar[str] = "merge"

    def output_shape(self, inputs: Inputs) -> Shape:
        if any(shape != inputs[0] for shape in inputs):
            raise OpError(f"add needs branches of one shape, got {_received(inputs)}")
        return inputs[0]

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """inputs − 1 additions a value."""
        return ((*elements(out), ("additions", len(inputs) - 1)),)


@dataclass(frozen=True, slots=True)
class Multiply(Op):
    """Element-wise product; a branch may also hold one value for each channel (squeeze-and-excite)."""

    word: ClassVar[str] = "multiply"
    title: ClassVar[str] = "Multiply"
    family: ClassVar[str] = "merge"

    def output_shape(self, inputs: Inputs) -> Shape:
        largest = max(inputs, key=lambda shape: (len(shape), shape))
        channels = largest[-1]
        for shape in inputs:
            if shape != largest and shape not in ((channels,), (1, 1, channels)):
                raise OpError(
                    f"multiply needs branches of one shape, or with one value for each of {channels} channels, "
                    f"got {_received(inputs)}"
                )
        return largest

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """inputs − 1 multiplications a value."""
        return ((*elements(out), ("multiplications", len(inputs) - 1)),)


@dataclass(frozen=True, slots=True)
class Concat(Op):
    """Branches side by side along the last axis; heights and widths must be equal."""

    word: ClassVar[str] = "concat"
    title: ClassVar[str] = "Concatenate"
    family: ClassVar[str] = "merge"

    def output_shape(self, inputs: Inputs) -> Shape:
        *sides, channels = inputs[0]
        for shape in inputs[1:]:
            *others, more = shape
            if others != sides:
                raise OpError(f"concatenate needs branches of one height and width, got {_received(inputs)}")
            channels += more
        return (*sides, channels)
