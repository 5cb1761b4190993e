"""A few real training steps before a run: how long one takes, and what memory it took.

    python -m cnnviz.training.probe FOLDER

FOLDER is a run folder that has not been trained; the answer is its probe.json:

    seconds_per_step   the median of the steps after the first two
    first_step         seconds of the first one, with tracing and compiling
    steps              how many were timed
    peak_memory        bytes: of a GPU what the backend took, of a CPU the whole process at its largest
    baseline           bytes of that which stood before the net was built
    device, kind, backend
    message            instead of all these: why no steps could be taken, in one line
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

from .. import notation
from . import bounds, device, failures
from .datasets import DataError
from .device import DeviceError
from .folder import Config, FolderError, Run, write_json

PROBE = "probe.json"
_WARM = 2  # steps before any is timed: the first compiles, the second still fills caches
_SECONDS = 4.0  # of timed steps, at most
_STEPS = 20


class ProbeError(ValueError):
    """No steps can be taken; the message is the one line to show."""


def main(arguments: list[str]) -> int:
    """Time the steps of the run in the folder that is named. 0, or 2 with one line why not."""
    if len(arguments) != 1:
        print("usage: python -m cnnviz.training.probe FOLDER", file=sys.stderr)
        return 2
    run = Run(Path(arguments[0]).absolute())
    try:
        config = run.config()
    except FolderError as error:
        print(f"cnnviz: {error}", file=sys.stderr)
        return 2
    found: dict[str, Any]
    try:
        found = measure(config)
    except (ProbeError, DataError, DeviceError, bounds.BoundsError) as error:
        found = {"message": str(error)}
    except Exception as error:  # whatever comes out of the libraries: the reader gets a cause
        found = {"message": failures.cause(error, config.settings)}
    try:
        write_json(run.path / PROBE, found)
    except OSError as error:
        found = {"message": f"the result cannot be written: {error.strerror or error}"}
    if "message" in found:
        print(f"cnnviz: {found['message']}", file=sys.stderr)
        return 2
    return 0


def measure(config: Config) -> dict[str, Any]:
    """Take the steps. Raises ProbeError, DataError, DeviceError; Keras is imported here, for the backend chosen."""
    settings = config.settings
    try:
        graph = notation.load(config.net).graph
    except notation.NotationError as error:
        raise ProbeError(f"the net cannot be read: {error}") from None
    device.prepare(settings)

    import keras

    from . import data, fitting

    used = device.settle(settings)
    keras.utils.set_random_seed(settings.seed)
    pictures = data.load(settings, bounds.read().data)
    peak = device.Peak(used, settings.backend)
    try:
        made = fitting.make(graph, pictures, settings)
    except fitting.FittingError as error:
        raise ProbeError(str(error)) from None
    times = _times(made.model, made.training)
    taken = peak.bytes()
    return {
        "seconds_per_step": statistics.median(times[_WARM:] or times[-1:]),
        "first_step": times[0],
        "steps": max(1, len(times) - _WARM),
        "peak_memory": None if taken is None else taken + peak.baseline,
        "baseline": peak.baseline,
        "device": used.name,
        "kind": used.kind,
        "backend": used.backend,
    }


def _times(model: Any, batches: Any) -> list[float]:
    """Seconds of each step: its batch made, the step done. Whole batches only, as long as there are any."""
    times: list[float] = []
    whole = max(1, len(batches) - 1)
    while len(times) <= _WARM or (len(times) < _WARM + _STEPS and sum(times[_WARM:]) < _SECONDS):
        since = time.perf_counter()
        model.train_on_batch(*batches[len(times) % whole])
        device.wait(model)
        times.append(time.perf_counter() - since)
        if len(times) == _WARM and times[-1] > _SECONDS:  # slow enough to be told by one step
            break
    return times


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
