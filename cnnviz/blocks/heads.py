"""Heads: from a map to class probabilities, at the end of the trunk or beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..declare import choice, integer, integers, real
from ..graph import Builder
from ..ops import ACTIVATIONS, MOST_FILTERS, AvgPool, Conv, Dense, Dropout, Flatten, GlobalAvgPool, GlobalMaxPool
from .base import Block

_POOLINGS = {"gap": GlobalAvgPool, "global_maxpool": GlobalMaxPool, "flatten": Flatten}


@dataclass(frozen=True, slots=True)
class Classifier(Block):
    """Flatten or global pooling, hidden dense layers with dropout, then one output for each class."""

    word: ClassVar[str] = "classifier"
    title: ClassVar[str] = "Classifier"
    family: ClassVar[str] = "head"
    positional: ClassVar[tuple[str, ...]] = ("classes", "pooling", "units")

    classes: int = integer(1, MOST_FILTERS, "number of classes")
    pooling: str = choice(tuple(_POOLINGS), "how the map becomes a vector", "gap")
    units: tuple[int, ...] = integers(1, MOST_FILTERS, 8, "widths of the hidden dense layers", ())
    dropout: float = real(
        0, 0.99, "probability of dropping before the last layer and after each hidden one, 0 for none", 0.0
    )
    activation: str = choice(ACTIVATIONS, "activation of the hidden layers", "relu")
    output_activation: str = choice(ACTIVATIONS, "activation of the output", "softmax")

    def expand(self, build: Builder, x: int) -> int:
        x = build.add(_POOLINGS[self.pooling](), x, name=self.pooling)
        if self.dropout and not self.units:
            x = build.add(Dropout(self.dropout), x, name="dropout")
        for number, width in enumerate(self.units, 1):
            x = build.add(Dense(width, self.activation), x, name=f"dense{number}")
            if self.dropout:
                x = build.add(Dropout(self.dropout), x, name=f"dropout{number}")
        return build.add(Dense(self.classes, self.output_activation), x, name="predictions")


@dataclass(frozen=True, slots=True)
class AuxHead(Block):
    """GoogLeNet's auxiliary classifier, a further output of the net: pool, 1×1 convolution, dense, dropout, classes."""

    word: ClassVar[str] = "aux"
    title: ClassVar[str] = "Auxiliary head"
    family: ClassVar[str] = "head"
    positional: ClassVar[tuple[str, ...]] = ("classes",)

    classes: int = integer(1, MOST_FILTERS, "number of classes")
    pool_size: int = integer(1, 64, "window of the average pooling", 5)
    pool_strides: int = integer(1, 64, "step of the average pooling", 3)
    filters: int = integer(1, MOST_FILTERS, "filters of the 1×1 convolution", 128)
    units: int = integer(1, MOST_FILTERS, "width of the hidden dense layer", 1024)
    dropout: float = real(0, 0.99, "probability of dropping after the hidden layer, 0 for none", 0.7)
    activation: str = choice(ACTIVATIONS, "activation of the hidden layers", "relu")
    output_activation: str = choice(ACTIVATIONS, "activation of the output", "softmax")

    def expand(self, build: Builder, x: int) -> int:
        pool = AvgPool((self.pool_size,) * 2, (self.pool_strides,) * 2)
        y = build.add(pool, x, name="pool")
        y = build.add(Conv(self.filters, (1, 1), self.activation), y, name="conv")
        y = build.add(Flatten(), y, name="flatten")
        y = build.add(Dense(self.units, self.activation), y, name="dense")
        if self.dropout:
            y = build.add(Dropout(self.dropout), y, name="dropout")
        build.head(build.add(Dense(self.classes, self.output_activation), y, name="predictions"))
        return x
