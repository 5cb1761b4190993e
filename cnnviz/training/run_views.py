"""What the Train page shows of runs, as plain data: rows of the table, one run's figures, its metrics as a file."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .. import notation, report
from ..notation import NotationError
from . import folder, predict, run_live, run_words
from .devices import Device
from .folder import FolderError, Run
from .settings import Settings


class Size(NamedTuple):
    """What a net costs: parameters, and MACs for one picture."""

    parameters: int
    macs: int


class Best(NamedTuple):
    """The best epoch so far, by validation accuracy, and the last one's figures. None where nothing was measured."""

    epochs: int
    accuracy: float | None
    epoch: int
    training: float | None


@functools.lru_cache(256)
def size(net: str) -> Size | None:
    """The size of a net in the notation; None where it is none."""
    try:
        total = report.of_text(net).total
    except (NotationError, ValueError):
        return None
    return Size(total.parameters, total.macs)


def rows(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """The rows of the table. A folder that cannot be read is left out."""
    made = []
    for run in runs:
        try:
            made.append(row(run))
        except FolderError:
            continue
    return made


def row(run: Run) -> dict[str, Any]:
    """One run in the table. Accuracies are shares, seconds of training, `created` in Unix seconds."""
    config, state, status = run_live.config(run), run.state(), run.status()
    found, cost = best(run), size(config.net)
    return {
        "id": run.id,
        "title": config.title or "net",
        "status": status,
        "word": run_words.TITLES[status],
        "said": run_words.status(status, state, config),
        "data": config.settings.data,
        "settings": run_words.short(config.settings),
        "study": config.study,
        "best": found.accuracy,
        "best_epoch": found.epoch,
        "epoch": state.epoch,
        "epochs": config.settings.epochs,
        "parameters": cost.parameters if cost else None,
        "macs": cost.macs if cost else None,
        "seconds": run_live.number(state.seconds),
        "created": run_live.number(config.created),
    }


def best(run: Run) -> Best:
    """The best epoch of a run; its metrics are read anew only when they have grown."""
    try:
        found = (run.path / folder.METRICS).stat()
    except OSError:
        return Best(0, None, 0, None)
    return _best(run.path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(512)
def _best(path: Path, _changed: int, _bytes: int) -> Best:
    lines = run_live.metrics(Run(path), gradients=False)
    measured = [(line["val_accuracy"], -line["epoch"]) for line in lines if line.get("val_accuracy") is not None]
    accuracy, epoch = max(measured, default=(None, 0))
    return Best(len(lines), accuracy, -epoch, lines[-1].get("accuracy") if lines else None)


def csv_of(run: Run) -> str:
    """The metrics as a file: a line for each epoch, a column for each measure and each block's gradient norm."""
    lines = run_live.metrics(run)
    blocks = [*dict.fromkeys(name for line in lines for name in line.get("gradient_norms", {}))]
    names = [name for name in run_live.METRIC if any(name in line for line in lines)]
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\n")
    write.writerow([*names, *(f"gradient_norm {block}" for block in blocks)])
    for line in lines:
        norms = line.get("gradient_norms", {})
        write.writerow([*(line.get(name) for name in names), *(norms.get(block) for block in blocks)])
    return file.getvalue()


def environment(run: Run) -> dict[str, Any]:
    """What a run computes on: device and its kind, library, versions, peak in FLOP/s, predicted bytes; None or "".

    The worker measures memory on a GPU as what was given out, on a CPU as what its process took beyond `before` bytes.
    """
    given = run.environment()
    peak, kind = run_live.number(given.get("peak_flops")), _word(given.get("kind"))
    config = run_live.config(run)
    baseline = run_live.number(given.get("baseline_memory"))
    before = int(baseline) if kind == "cpu" and baseline and 0 < baseline < 1e15 else 0
    return {
        "device": _word(given.get("device")),
        "kind": kind,
        "backend": _word(given.get("backend")),
        "versions": {name: _word(given[name]) for name in ("keras", "python", "system") if given.get(name)},
        "peak_flops": peak if peak and peak > 0 else None,
        "before": before,
        "predicted": predicted(config.net, config.settings, kind, whole=before > 0) if kind else None,
    }


@functools.lru_cache(64)
def predicted(net: str, settings: Settings, kind: str, *, whole: bool) -> int | None:
    """The peak memory of training that was predicted: of the `whole` process, or without what the libraries hold."""
    try:
        graph = notation.load(net).graph
    except (NotationError, ValueError):
        return None
    found = predict.memory(graph, settings, Device(kind, "", 0, 0))
    return found.total - (0 if whole else found.libraries)


def _word(value: Any) -> str:
    return str(value)[:200] if isinstance(value, (str, int, float)) else ""
