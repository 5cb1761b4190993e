"""Activation functions: the names that `activation=` takes everywhere, and the operation that stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..declare import choice
from .base import Cost, Inputs, Op, Shape, elements

ACTIVATIONS = (
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "sigmoid",
    "tanh",
    "softmax",
)


def fused_activation(default: str = "linear") -> Any:
    """The `activation` parameter of an operation that applies one to its own output."""
    return choice(ACTIVATIONS, "function applied to the output", default)


def activation_cost(activation: str, out: Shape) -> Cost:
    """One operation a value, whatever the function; nothing for linear."""
    return () if activation == "linear" else ((*elements(out), (activation, 1)),)


@dataclass(frozen=True, slots=True)
class Activation(Op):
    """A function applied to each value (softmax: over the last axis). leaky_relu has slope 0.2, as Keras' name has."""

    word: ClassVar[str] = "activation"
    title: ClassVar[str] = "Activation"
    family: ClassVar[str] = "activation"
    positional: ClassVar[tuple[str, ...]] = ("activation",)
    in_place: ClassVar[bool] = True

    activation: str = choice(ACTIVATIONS, "the function", "relu")

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """output height · output width · channels: one operation a value."""
        return activation_cost(self.activation, out)
