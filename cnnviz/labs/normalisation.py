"""Batch normalisation of one channel on small batches: training with their statistics, inference with the running ones.

    training:  y = γ · (x − mean of the batch) / √(variance of the batch + ε) + β
               running ← momentum · running + (1 − momentum) · of the batch, for mean and variance
    inference: y = γ · (x − running mean) / √(running variance + ε) + β

The variance is that of the batch itself, divided by its size. Running statistics begin at mean 0 and variance 1.
Source: Ioffe and Szegedy 2015, algorithms 1 and 2; the running statistics as Keras keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from ..ops import BatchNorm


class Statistics(NamedTuple):
    """Mean and variance."""

    mean: float
    variance: float


START = Statistics(0.0, 1.0)


class Step(NamedTuple):
    """One training step: its batch, that batch's statistics, what comes out, and the running statistics after it."""

    batch: tuple[int, ...]
    batch_statistics: Statistics
    outputs: tuple[float, ...]
    before: Statistics
    after: Statistics


def train(op: BatchNorm, batches: Sequence[Sequence[int]], steps: int, gamma: float, beta: float) -> tuple[Step, ...]:
    """`steps` training steps, going round through the batches."""
    made: list[Step] = []
    running = START
    for number in range(steps):
        batch = tuple(batches[number % len(batches)])
        found = statistics(batch)
        after = Statistics(
            op.momentum * running.mean + (1 - op.momentum) * found.mean,
            op.momentum * running.variance + (1 - op.momentum) * found.variance,
        )
        made.append(Step(batch, found, normalised(op, batch, found, gamma, beta), running, after))
        running = after
    return tuple(made)


def statistics(values: Sequence[float]) -> Statistics:
    """Mean and variance of some values; the variance is divided by their number."""
    mean = sum(values) / len(values)
    return Statistics(mean, sum((value - mean) ** 2 for value in values) / len(values))


def normalised(op: BatchNorm, values: Sequence[float], by: Statistics, gamma: float, beta: float) -> tuple[float, ...]:
    """The values normalised by given statistics, then scaled and shifted."""
    spread = sqrt(by.variance + op.epsilon)
    return tuple([gamma * (value - by.mean) / spread + beta for value in values])
