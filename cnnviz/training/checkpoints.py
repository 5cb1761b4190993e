"""Checkpoints that are complete or not there, so that a run which is killed goes on from its last finished epoch.

    checkpoints/epoch-0007/latest.weights.h5, training_metadata.json    by keras.callbacks.BackupAndRestore
                           metrics.jsonl                                the lines of all epochs up to this one
                           progress.json                                seconds so far, early stopping

An epoch is finished at the moment its folder gets this name: everything in it is on the disk by then. metrics.jsonl of
the run gets its line afterwards; resuming writes that file anew from the checkpoint, so that no epoch is there twice or
not at all, wherever the kill fell.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import keras
import numpy as np

from . import folder
from .folder import CHECKPOINTS, METRICS, STEPS, Run
from .settings import Settings

KEPT = 2  # the newest checkpoints that stay, beside the best
PROGRESS = "progress.json"
WEIGHTS = "latest.weights.h5"  # as BackupAndRestore calls it
_NAME = re.compile(r"epoch-(\d{4,})")
_MAKING = ".making"
_PART = 2**24  # values, about, that are written as one
_MOST = 256_000_000  # bytes of all metric lines


class Progress(NamedTuple):
    """Where a run stands after its last finished epoch: all metric lines, seconds of training, early stopping's count.

    `ended` is the number of epochs that were asked for when early stopping ended the run; 0 otherwise.
    """

    epoch: int = 0
    lines: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0
    waited: int = 0
    best: float | None = None
    ended: int = 0


def saved(run: Run) -> list[tuple[int, Path]]:
    """The complete checkpoints, the newest first: epoch (from 1) and folder."""
    try:
        names = os.listdir(run.path / CHECKPOINTS)
    except OSError:
        return []
    found = [(int(named[1]), run.path / CHECKPOINTS / name) for name in names if (named := _NAME.fullmatch(name))]
    return sorted(found, reverse=True)


def progress(run: Run) -> Progress:
    """What the newest checkpoint knows; nothing where there is none."""
    for epoch, path in saved(run):
        found = _read(epoch, path)
        if found:
            return found
    return Progress()


def _read(epoch: int, path: Path) -> Progress | None:
    given = folder.read_json(path / PROGRESS)
    lines, _ = folder.read_lines(path / METRICS, most=_MOST)
    if given is None or len(lines) != epoch or [line.get("epoch") for line in lines] != [*range(1, epoch + 1)]:
        return None
    best = given.get("best")
    try:
        return Progress(
            epoch,
            tuple(lines),
            float(given.get("seconds") or 0),
            int(given.get("waited") or 0),
            None if best is None else float(best),
            int(given.get("ended") or 0),
        )
    except (TypeError, ValueError, OverflowError):
        return None


def save(run: Run, model: Any, made: Progress, settings: Settings, step: Callable[[str], None] | None = None) -> None:
    """Keep the model as it is after epoch `made.epoch`, then write that epoch's metric line. Raises OSError.

    `step` is told what was just done, for tests that kill between any two.
    """
    say = step or (lambda done: None)
    place = run.path / CHECKPOINTS
    making = place / f"{_MAKING}-{os.getpid()}"
    try:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        backup(making, model).on_epoch_end(made.epoch - 1)
        say("weights")
        _write_lines(making / METRICS, made.lines)
        rest = {"seconds": made.seconds, "waited": made.waited, "best": made.best, "ended": made.ended}
        (making / PROGRESS).write_text(json.dumps(rest), encoding="utf-8")
        say("progress")
        for name in os.listdir(making):
            _sync(making / name)
        _sync(making)
        kept = place / f"epoch-{made.epoch:04}"
        shutil.rmtree(kept, ignore_errors=True)
        making.rename(kept)
        _sync(place)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    say("renamed")
    append(run.path / METRICS, made.lines[-1])
    say("line")
    _tidy(run, made.lines, settings)


def restore(run: Run, model: Any, said: Callable[[str], None]) -> Progress:
    """Bring the model to the newest checkpoint that can be read, and the run's files in line with it.

    Without a checkpoint the model stays as it is.
    """
    _clear(run)
    for epoch, path in saved(run):
        found = _read(epoch, path)
        if found:
            try:
                load(model, path)
            except (OSError, ValueError, KeyError) as error:
                said(f"checkpoint {path.name} cannot be read ({_first_line(error)}); going back to the one before it")
                continue
            _realign(run, found)
            return found
        said(f"checkpoint {path.name} is damaged; going back to the one before it")
    _realign(run, Progress())
    return Progress()


def load(model: Any, path: Path) -> None:
    """Weights, optimizer and number of epochs from a checkpoint's folder."""
    if not (path / WEIGHTS).is_file():
        raise OSError("it holds no weights")
    backup(path, model).on_train_begin()


def backup(path: Path, model: Any) -> Any:
    """Keras' callback that writes into, and reads from, this folder alone."""
    made = keras.callbacks.BackupAndRestore(str(path), delete_checkpoint=False)
    made.set_model(Weights(model))
    return made


class Weights:
    """What BackupAndRestore takes for its model: the same values, written and read in a tenth of the time.

    Keras' own way looks through every attribute of every layer; here all variables stand in one list, weights first,
    then the optimizer's with its step counter. Random numbers need no place: they follow from (seed, epoch).
    """

    def __init__(self, model: Any) -> None:
        self.built, self.optimizer, self._model = True, model.optimizer, model
        self.trainable_variables = model.trainable_variables
        self._initial_epoch = 0

    def save_weights(self, filepath: str, overwrite: bool = True) -> None:
        with h5py.File(filepath, "w" if overwrite else "x", libver="latest") as file:
            for place, part in enumerate(self._parts()):
                file.create_dataset(str(place), data=np.concatenate([variable.numpy().ravel() for variable in part]))

    def load_weights(self, filepath: str) -> None:
        parts = self._parts()
        with h5py.File(filepath, "r") as file:
            found = [file[str(place)][()] for place in range(len(file))]
        if [len(values) for values in found] != [sum(map(_size, part)) for part in parts]:
            raise ValueError("its values are not those of this model")
        for values, part in zip(found, parts, strict=True):
            ends = np.cumsum([_size(variable) for variable in part])
            for variable, value in zip(part, np.split(values, ends[:-1]), strict=True):
                variable.assign(value.reshape(variable.shape))

    def _parts(self) -> list[list[Any]]:
        """All variables in order, in parts of one format each: h5py takes long over each data set."""
        parts: list[list[Any]] = []
        room = 0
        for variable in (*self._model.weights, *self.optimizer.variables):
            if room <= 0 or variable.dtype != parts[-1][0].dtype:
                parts.append([])
                room = _PART
            parts[-1].append(variable)
            room -= _size(variable)
        return parts


def _size(variable: Any) -> int:
    return math.prod(variable.shape)


def best(lines: Iterable[Mapping[str, Any]], settings: Settings) -> int:
    """The epoch whose model is the best: by what early stopping watches where it is on, else by accuracy."""

    def worth(line: Mapping[str, Any]) -> tuple[float, float]:
        low, right = -_real(line.get("val_loss"), 1e300), _real(line.get("val_accuracy"), -1.0)
        return (low, right) if settings.early_stopping else (right, low)

    return max(lines, key=lambda line: (worth(line), -int(line["epoch"])), default={"epoch": 0})["epoch"]


def _real(value: Any, other: float) -> float:
    """A finite number, or the `other` in place of anything else."""
    return float(value) if isinstance(value, (int, float)) and abs(value) < 1e300 else other


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Add one line to a file of lines and see it onto the disk."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _realign(run: Run, made: Progress) -> None:
    """metrics.jsonl as the checkpoint has it, steps.jsonl without later epochs; files that agree stay untouched."""
    for name, wanted in (
        (METRICS, list(made.lines)),
        (STEPS, [row for row in folder.read_lines(run.path / STEPS)[0] if _epoch(row) <= made.epoch]),
    ):
        path = run.path / name
        with suppress(OSError):
            text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in wanted)
            if path.exists() and path.read_text(encoding="utf-8", errors="replace") == text:
                continue
        if wanted or path.exists():
            fresh = path.with_name(f".{name}.{os.getpid()}")
            _write_lines(fresh, wanted)
            _sync(fresh)
            fresh.replace(path)


def _epoch(row: Mapping[str, Any]) -> float:
    epoch = row.get("epoch")
    return epoch if isinstance(epoch, (int, float)) else float("inf")


def _tidy(run: Run, lines: Iterable[Mapping[str, Any]], settings: Settings) -> None:
    keep = best(lines, settings)
    for epoch, path in saved(run)[KEPT:]:
        if epoch != keep:
            shutil.rmtree(path, ignore_errors=True)


def _clear(run: Run) -> None:
    """Remove what a worker that was killed was just writing."""
    for left in (run.path / CHECKPOINTS).glob(f"{_MAKING}-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in run.path.glob(".*.jsonl.*"):
        left.unlink(missing_ok=True)


def _write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


def _sync(path: str | Path) -> None:
    """See a file or folder onto the disk, where the system can."""
    if os.name == "nt" and Path(path).is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
