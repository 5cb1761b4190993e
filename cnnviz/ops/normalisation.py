"""Normalisation and learned scaling: operations that keep the shape and act on channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import flag, integer, real
from .base import Cost, Inputs, Op, Shape, Weight, elements, map_shape


def _per_channel(inputs: Inputs, *named: tuple[str, bool]) -> tuple[Weight, ...]:
    channels = inputs[0][-1]
    return tuple([Weight(name, ((name.replace("_", " "), channels),), trainable) for name, trainable in named])


@dataclass(frozen=True, slots=True)
class BatchNorm(Op):
    """Batch normalisation over the last axis: γ · (x − mean) / √(variance + ε) + β.

    γ and β are trained; the running mean and variance are kept but not trained.
    """

    word: ClassVar[str] = "bn"
    title: ClassVar[str] = "Batch normalisation"
    family: ClassVar[str] = "normalisation"

    epsilon: float = real(1e-12, 1, "added to the variance", 1e-3)
    momentum: float = real(0, 1, "share of the old running statistics that a step keeps", 0.99)
    center: bool = flag("learn a shift β", True)
    scale: bool = flag("learn a scale γ", True)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """channels each: gamma, beta, moving mean, moving variance."""
        learned = (("gamma", True),) * self.scale + (("beta", True),) * self.center
        return _per_channel(inputs, *learned, ("moving_mean", False), ("moving_variance", False))

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """Two a value: at inference, mean, variance, γ and β fold into one scale and one shift."""
        return ((*elements(out), ("scale and shift", 2)),)


@dataclass(frozen=True, slots=True)
class LayerNorm(Op):
    """Layer normalisation over the last axis, with the statistics of each position."""

    word: ClassVar[str] = "layernorm"
    title: ClassVar[str] = "Layer normalisation"
    family: ClassVar[str] = "normalisation"

    epsilon: float = real(1e-12, 1, "added to the variance", 1e-3)
    center: bool = flag("learn a shift β", True)
    scale: bool = flag("learn a scale γ", True)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """channels each: gamma, beta."""
        return _per_channel(inputs, *(("gamma", True),) * self.scale, *(("beta", True),) * self.center)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """A value: 1 for the mean, 3 for the variance (subtract, square, add), 1 to normalise, 1 each for γ and β."""
        return ((*elements(out), ("mean, variance, normalise, γ, β", 5 + self.scale + self.center)),)


@dataclass(frozen=True, slots=True)
class LocalResponseNorm(Op):
    """Local response normalisation: x / (bias + α · Σ x² over `size` neighbouring channels)^β (AlexNet, section 3.3).

    The sum is not divided by `size`.
    """

    word: ClassVar[str] = "lrn"
    title: ClassVar[str] = "Local response normalisation"
    family: ClassVar[str] = "normalisation"
    positional: ClassVar[tuple[str, ...]] = ("size",)

    size: int = integer(1, 255, "number of neighbouring channels summed, an odd number", 5)
    bias: float = real(1e-6, 100, "k in the paper", 2.0)
    alpha: float = real(0, 100, "factor of the sum of squares", 1e-4)
    beta: float = real(0, 10, "exponent", 0.75)

    def rule(self) -> str | None:
        return None if self.size % 2 else f"size must be odd, got {self.size}"

    def output_shape(self, inputs: Inputs) -> Shape:
        return map_shape(self, inputs)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """A value: `size` squares, size − 1 additions, then times α, plus bias, power, division."""
        return ((*elements(out), ("squares, sum, α, bias, power, division", 2 * self.size + 3)),)


@dataclass(frozen=True, slots=True)
class Scale(Op):
    """One learned factor γ for each channel, and with `center` a learned shift β."""

    word: ClassVar[str] = "scale"
    title: ClassVar[str] = "Scale"
    family: ClassVar[str] = "normalisation"
    positional: ClassVar[tuple[str, ...]] = ()

    center: bool = flag("learn a shift β too", True)
    initial: float = real(-1e6, 1e6, "first value of γ", 1.0)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """channels each: gamma, beta."""
        return _per_channel(inputs, ("gamma", True), *(("beta", True),) * self.center)

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """One multiplication a value, and one addition for β."""
        return ((*elements(out), ("scale and shift" if self.center else "scale", 1 + self.center)),)


@dataclass(frozen=True, slots=True)
class ConstantScale(Op):
    """Every value times one fixed number (Inception-ResNet scales residuals so)."""

    word: ClassVar[str] = "constant_scale"
    title: ClassVar[str] = "Constant scaling"
    family: ClassVar[str] = "normalisation"
    positional: ClassVar[tuple[str, ...]] = ("factor",)

    factor: float = real(-1e6, 1e6, "the fixed number")

    def other_operations(self, inputs: Inputs, out: Shape) -> Cost:
        """One multiplication a value."""
        return ((*elements(out), ("scale", 1)),)


@dataclass(frozen=True, slots=True)
class Dropout(Op):
    """Training sets each value to zero with probability `rate` and scales the rest up; inference changes nothing."""

    word: ClassVar[str] = "dropout"
    title: ClassVar[str] = "Dropout"
    family: ClassVar[str] = "regularisation"
    positional: ClassVar[tuple[str, ...]] = ("rate",)
    alias: ClassVar[bool] = True

    rate: float = real(0, 0.99, "probability of dropping a value")


@dataclass(frozen=True, slots=True)
class StochasticDepth(Op):
    """Training drops a sample's branch with probability `rate` and scales the rest up; inference changes nothing."""

    word: ClassVar[str] = "stochastic_depth"
    title: ClassVar[str] = "Stochastic depth"
    family: ClassVar[str] = "regularisation"
    positional: ClassVar[tuple[str, ...]] = ("rate",)
    alias: ClassVar[bool] = True

    rate: float = real(0, 0.99, "probability of dropping a sample's branch", 0.1)
