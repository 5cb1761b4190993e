"""What whoever watches a run is told: where it stands, and the lines written since he asked last.

Nothing in a run folder is trusted: of each line the known names are taken, and what is no finite number becomes None.
"""

from __future__ import annotations

import functools
import math
import os
import time
from pathlib import Path
from typing import Any

from . import folder, run_words
from .folder import Config, FolderError, Run

METRIC = (
    "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "top5_accuracy", "val_top5_accuracy", "learning_rate",
    "seconds", "images_per_second", "flops_per_second", "peak_memory", "time",
)  # fmt: skip
STEP = ("epoch", "step", "steps", "loss", "accuracy", "learning_rate", "images_per_second", "time")
MOST_BLOCKS = 400
_PART = 1_000_000  # bytes read at one time
_MOST_STEPS = 600  # points within epochs that are told to who comes anew


def live(run: Run, metrics: int = 0, steps: int = 0, files: str = "", *, gradients: bool = True) -> dict[str, Any]:
    """Where the run stands, and its lines from these bytes on; `next` says where to go on, `more` whether at once.

    `files` is the word of the last answer for the two files: a run that is resumed writes them anew, then they are told
    from their beginning and named in `fresh`. Steps told from 0 on are thinned. Raises FolderError.
    """
    asked = config(run)
    state, status = run.state(), run.status()
    paths = (run.path / folder.METRICS, run.path / folder.STEPS)
    found = [_stamp(path) for path in paths]
    before = files.split("-") if files else []
    starts = [0, 0]
    for at, start in enumerate((metrics, steps)):
        same = len(before) != 2 or before[at] == f"{found[at][0]:x}"
        starts[at] = start if same and 0 <= start <= found[at][1] else 0
    lines, metrics_next = folder.read_lines(paths[0], starts[0], _PART)
    within, steps_next = _steps(paths[1], starts[1], found[1][1])
    return {
        "status": status,
        "words": run_words.status(status, state, asked),
        "ending": run_words.ending(status, state),
        "state": {
            "epoch": state.epoch,
            "step": state.step,
            "steps": state.steps,
            "epochs": asked.settings.epochs,
            "seconds": number(state.seconds),
        },
        "now": time.time(),
        "metrics": [line for row in lines if (line := metric(row, gradients=gradients))],
        "steps": within,
        "next": {"metrics": metrics_next, "steps": steps_next, "files": f"{found[0][0]:x}-{found[1][0]:x}"},
        "fresh": [name for name, start in zip(("metrics", "steps"), starts, strict=True) if not start],
        "more": starts[0] < metrics_next < found[0][1],
    }


def config(run: Run) -> Config:
    """What was asked of a run; read anew only when its file has changed. Raises FolderError."""
    try:
        found = (run.path / folder.CONFIG).stat()
    except OSError:
        return run.config()  # says what is wrong
    return _config(run.path, found.st_mtime_ns, found.st_ino)


@functools.lru_cache(256)
def _config(path: Path, _changed: int, _file: int) -> Config:
    return Run(path).config()


def metric(row: dict[str, Any], *, gradients: bool = True) -> dict[str, Any] | None:
    """One finished epoch, its numbers finite or None; None where it says no epoch."""
    made: dict[str, Any] = {name: number(row[name]) for name in METRIC if name in row}
    if not _counts(made.get("epoch")):
        return None
    norms = row.get("gradient_norms")
    if gradients and isinstance(norms, dict):
        made["gradient_norms"] = {str(name)[:200]: number(norms[name]) for name in [*norms][:MOST_BLOCKS]}
    return made


def metrics(run: Run, *, gradients: bool = True) -> list[dict[str, Any]]:
    """All finished epochs of a run, made safe."""
    return [line for row in run.metrics() if (line := metric(row, gradients=gradients))]


def number(value: Any) -> float | int | None:
    """A finite number, of six digits where it is none of the whole ones; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**18 else None
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    return value if abs(value) >= 1e6 else float(f"{value:.6g}")


def _steps(path: Path, start: int, size: int) -> tuple[list[dict[str, Any]], int]:
    """Progress within epochs from a byte on; of the whole, the end, thinned."""
    begin = start or max(0, size - _PART)
    rows, end = folder.read_lines(path, begin, _PART)
    made = [{name: number(row[name]) for name in STEP if name in row} for row in rows]
    made = [row for row in made if _counts(row.get("epoch")) and _counts(row.get("steps"))]
    if not start and len(made) > _MOST_STEPS:
        every = math.ceil(len(made) / _MOST_STEPS)
        made = made[(len(made) - 1) % every :: every]  # the last is among them
    return made, end


def _counts(value: Any) -> bool:
    return isinstance(value, int) and 0 < value < 10**9


def _stamp(path: Path) -> tuple[int, int]:
    """A file's number and its bytes; zeros where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_ino, found.st_size


__all__ = ["FolderError", "config", "live", "metric", "metrics", "number"]
