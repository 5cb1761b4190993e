"""Dropout on a few numbers: in training a drawn mask and the rest scaled up, at inference nothing at all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from ..ops import Dropout


class Draw(NamedTuple):
    """One training step: which values were kept, what comes out, and the mean of all outputs so far, value by value."""

    kept: tuple[bool, ...]
    outputs: tuple[float, ...]
    means: tuple[float, ...]


def draws(op: Dropout, values: Sequence[int], seed: int, number: int) -> tuple[Draw, ...]:
    """`number` training steps; the same seed draws the same masks."""
    chance = random.Random(seed)
    made: list[Draw] = []
    sums = [0.0] * len(values)
    for done in range(1, number + 1):
        kept = tuple([chance.random() >= op.rate for _ in values])
        outputs = dropped(op, values, kept)
        sums = [total + output for total, output in zip(sums, outputs, strict=True)]
        made.append(Draw(kept, outputs, tuple([total / done for total in sums])))
    return tuple(made)


def dropped(op: Dropout, values: Sequence[float], kept: Sequence[bool]) -> tuple[float, ...]:
    """Dropped values are 0; the others are divided by 1 − rate, so that the expected output is the input."""
    return tuple([value / (1 - op.rate) if keep else 0.0 for value, keep in zip(values, kept, strict=True)])
