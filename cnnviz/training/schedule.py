"""The learning rate of each step: constant, in steps or along a cosine, after a warm-up. Runs in the worker.

It follows from the number of the step alone, so that a resumed run goes on where it was.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from .settings import Settings

FALLS = ((0.5, 0.1), (0.75, 0.1))  # the step schedule: after this share of the run, times this


@keras.saving.register_keras_serializable(package="cnnviz")
class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate at a step of `steps`, the first `warmup` of which rise in a straight line to `peak`."""

    def __init__(self, kind: str, peak: float, steps: int, warmup: int = 0) -> None:
        self.kind, self.peak, self.steps, self.warmup = kind, peak, steps, warmup

    def __call__(self, step: Any) -> Any:
        return self._rate(keras.ops.cast(step, "float32"), keras.ops)

    def at(self, step: int) -> float:
        """The same as a plain number."""
        return float(self._rate(np.float64(step), np))

    def get_config(self) -> dict[str, Any]:
        return {"kind": self.kind, "peak": self.peak, "steps": self.steps, "warmup": self.warmup}

    def _rate(self, step: Any, m: Any) -> Any:
        """peak · min(1, (step + 1) / warmup) · fall, with fall = ½ (1 + cos π t) or a product of tenths."""
        rate = self.peak * m.minimum(1.0, (step + 1) / max(self.warmup, 1))
        if self.kind == "cosine":
            share = m.clip((step - self.warmup) / max(self.steps - self.warmup, 1), 0.0, 1.0)
            return rate * 0.5 * (1 + m.cos(np.pi * share))
        if self.kind == "step":
            for after, times in FALLS:
                rate = rate * m.where(step >= after * self.steps, times, 1.0)
        return rate


def schedule(settings: Settings, steps: int) -> Schedule:
    """The schedule of a whole run of `steps` steps."""
    return Schedule(settings.schedule, settings.learning_rate, steps, round(settings.warmup * steps))
