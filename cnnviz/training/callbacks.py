"""What happens beside Keras' loop: progress, stopping, measuring, checkpoints. Runs in the worker.

Between two looks, half a second apart, a step costs one comparison: Keras' own list of callbacks would fetch the loss
from the device after each step, and wait for it.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from typing import Any

import keras

from .. import costs
from . import checkpoints, device, surroundings
from .batches import Follow
from .checkpoints import Progress
from .device import Peak
from .fitting import Fitting
from .folder import STEPS, Run, State

LOOK = 0.5  # seconds between two looks at the stop file and two lines of steps
_OUTCOMES = ("loss", "accuracy", "top5_accuracy")


class Ended(Exception):
    """Training ends here on purpose; the message says why, in one line. `status` is stopped or failed."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


class Watch(keras.callbacks.CallbackList):
    """Keras' list of callbacks, with a look at the run twice a second in place of one callback a step."""

    def __init__(self, run: Run, made: Fitting, before: Progress, is_called_off: Callable[[], str]) -> None:
        self.run, self.made, self.is_called_off = run, made, is_called_off
        self.epoch = before.epoch  # finished ones
        self.step, self.steps = 0, len(made.training)
        self.seconds_before = before.seconds
        self.begun = self.next_look = time.monotonic()
        self.epoch_begun = self.trained = 0.0
        self.first_step: tuple[float, int] | None = None  # when the first step was done, and its pictures
        self.looked = (self.begun, 0)
        self.throughput = 0.0
        super().__init__([], add_history=True, model=made.model, epochs=made.settings.epochs, steps=self.steps)

    @property
    def seconds(self) -> float:
        """Of training so far, over all resumes."""
        return self.seconds_before + time.monotonic() - self.begun

    def state(self, status: str = "running", message: str = "") -> State:
        return State(status, self.epoch, self.step, self.steps, os.getpid(), message, round(self.seconds, 3))

    # --- what Keras calls

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.check()  # an epoch may be shorter than the time between two looks
        super().on_epoch_begin(epoch, logs)
        self.step = 0
        self.epoch_begun = time.monotonic()
        self.looked = (self.epoch_begun, 0)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        pass

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.step = batch + 1
        if self.first_step is None or time.monotonic() >= self.next_look:
            self.look(logs)

    def on_test_begin(self, logs: Any = None) -> None:
        device.wait(self.made.model)
        self.trained = time.monotonic()

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        pass

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if time.monotonic() >= self.next_look:
            self.check()
            self.next_look = time.monotonic() + LOOK

    def on_test_end(self, logs: Any = None) -> None:
        pass

    # --- looking

    def check(self) -> None:
        """Raise Ended when somebody or something wants the run to end."""
        why = self.is_called_off()
        if why:
            raise Ended("stopped", why)
        limit = self.made.settings.time_limit
        if limit and self.seconds >= limit:
            raise Ended("stopped", f"the time limit of {limit:,} seconds was reached")

    def look(self, logs: Any) -> None:
        """See where the run stands, say it, and whether it must end."""
        found = outcomes(logs)
        now = time.monotonic()
        done = self.pictures(self.step)
        if self.first_step is None:
            self.first_step = (now, done)
        if now > self.looked[0]:
            self.throughput = (done - self.looked[1]) / (now - self.looked[0])
        self.looked = (now, done)
        self.next_look = now + LOOK
        self.refuse_no_number(found)
        row = {
            "epoch": self.epoch + 1,
            "step": self.step,
            "steps": self.steps,
            **{name: number(found.get(name)) for name in ("loss", "accuracy")},
            "learning_rate": number(self.rate()),
            "images_per_second": number(self.throughput),
            "time": round(time.time(), 3),
        }
        with (self.run.path / STEPS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")
        self.run.write_state(self.state(), lasting=False)
        self.check()

    def refuse_no_number(self, found: dict[str, float]) -> None:
        if math.isfinite(found.get("loss", 0.0)):
            return
        rate, form = self.made.settings.learning_rate, self.made.settings.number_format
        hint = "" if form == "float32" else f", or number_format=float32 in place of {form}"
        raise Ended(
            "failed",
            f"the loss is not a number (NaN) in epoch {self.epoch + 1}: the weights grew without bound. Try a learning "
            f"rate of {rate / 10:g} in place of {rate:g}, or a warm-up{hint}",
        )

    def pictures(self, steps: int) -> int:
        """Pictures in the first `steps` steps of an epoch."""
        return min(steps * self.made.settings.batch_size, self.made.pictures)

    def rate(self) -> float:
        """The learning rate of the last step."""
        return self.made.schedule.at(self.epoch * self.steps + max(self.step - 1, 0))

    def epoch_throughput(self) -> float:
        """Pictures in a second of this epoch's training, without the first step of all, which compiles."""
        since, done = self.epoch_begun, 0
        if self.first_step and self.first_step[0] > since:
            since, done = self.first_step
        if self.made.pictures == done:
            since, done = self.epoch_begun, 0
        return (self.made.pictures - done) / max(self.trained - since, 1e-9)


class Begin(keras.callbacks.Callback):
    """At the beginning of each epoch: dropout's random numbers follow from (seed, epoch), gradient norms begin anew."""

    def __init__(self, made: Fitting) -> None:
        super().__init__()
        self._made = made
        self._seeds = [variable for variable in made.model.variables if variable.name == "seed_generator_state"]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        first = (self._made.settings.seed * 1_000_003 + epoch * 10_007) % 2**31
        device.seed(first, self._made.settings.backend)
        for place, variable in enumerate(self._seeds):
            variable.assign([(first + place) % 2**31, 0])
        self._made.norms.restart()


class Record(keras.callbacks.Callback):
    """At the end of each epoch: its metric line, and the checkpoint that makes it a finished one."""

    def __init__(self, watch: Watch, peak: Peak, before: Progress, stopping: Any, said: Callable[[str], None]) -> None:
        super().__init__()
        self._watch, self._peak, self._said = watch, peak, said
        self._flops = surroundings.flops(costs.total(costs.node_costs(watch.made.graph)).macs)
        self._stopping = stopping
        self.progress = before

    def on_train_begin(self, logs: Any = None) -> None:
        if self._stopping:  # Keras' callback has just forgotten all
            self._stopping.wait, self._stopping.best = self.progress.waited, self.progress.best

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        watch = self._watch
        found = outcomes(logs)
        watch.refuse_no_number(found)
        line = self._line(epoch + 1, found)
        stopping = self._stopping
        is_over = bool(self.model.stop_training)
        self.progress = Progress(
            epoch + 1,
            (*self.progress.lines, line),
            round(watch.seconds, 3),
            stopping.wait if stopping else 0,
            number(stopping.best, 12) if stopping and stopping.best is not None else None,
            watch.made.settings.epochs if is_over else 0,
        )
        checkpoints.save(watch.run, self.model, self.progress, watch.made.settings)
        watch.epoch = epoch + 1
        self._said(said_of(line, watch.made.settings.epochs))

    def _line(self, epoch: int, found: dict[str, float]) -> dict[str, Any]:
        watch = self._watch
        speed = watch.epoch_throughput()
        names = [name for name in found if name.removeprefix("val_") in _OUTCOMES]
        return {
            "epoch": epoch,
            **{name: number(found[name], 8) for name in sorted(names)},
            "learning_rate": number(watch.rate()),
            "seconds": number(watch.trained - watch.epoch_begun),
            "images_per_second": number(speed),
            "flops_per_second": number(self._flops * speed),
            "peak_memory": self._peak.bytes(),
            "gradient_norms": {path: number(norm, 4) for path, norm in watch.made.norms.means().items()},
            "time": round(time.time(), 3),
        }


def early_stopping(epochs: int) -> Any:
    """Keras' callback that ends a run after so many epochs without a lower validation loss; None for 0."""
    return keras.callbacks.EarlyStopping("val_loss", mode="min", patience=epochs) if epochs else None


def together(
    run: Run,
    made: Fitting,
    before: Progress,
    peak: Peak,
    is_called_off: Callable[[], str],
    said: Callable[[str], None],
) -> tuple[Watch, Record]:
    """The list that `fit` takes, its callbacks in the order in which they must come, and the one that records."""
    watch = Watch(run, made, before, is_called_off)
    stopping = early_stopping(made.settings.early_stopping)
    record = Record(watch, peak, before, stopping, said)
    watch.callbacks.extend([Follow(made.training), Begin(made), *([stopping] if stopping else []), record])
    watch.set_model(made.model)
    return watch, record


def outcomes(logs: Any) -> dict[str, float]:
    """What Keras reports, as plain numbers under our names: those of the main output without its name before them."""
    found = {}
    for name, value in (logs or {}).items():
        number_of = float(keras.ops.convert_to_numpy(value)) if keras.ops.is_tensor(value) else float(value)
        before = "val_" if name.startswith("val_") else ""
        known = next((one for one in ("top5_accuracy", "accuracy") if name.endswith(one)), name.removeprefix(before))
        found[before + known] = number_of
    return found


def number(value: float | None, digits: int = 6) -> float | None:
    """So many digits of a number; None for what is none."""
    return float(f"{value:.{digits}g}") if value is not None and math.isfinite(value) else None


def said_of(line: dict[str, Any], epochs: int) -> str:
    """A finished epoch in one line, for whoever watches the worker's output."""
    words = [f"epoch {line['epoch']}/{epochs}"]
    for name, called in (("loss", "loss"), ("val_loss", "validation loss")):
        words.append(f"{called} {line[name]:.4f}" if line.get(name) is not None else f"{called} is not a number")
    for name, called in (("accuracy", "accuracy"), ("val_accuracy", "validation accuracy")):
        words.append(f"{called} {100 * (line.get(name) or 0):.1f} %")
    return ", ".join([*words, f"{line['seconds']:.1f} s"])
