"""Starts queued runs in turn while slots are free, and watches those at work: memory, seconds, stops unheeded.

The thread looks at one file twice a second; it looks at the runs when that has changed, and every second while one
waits or is at work. Training goes on when it ends, and any number of servers may keep one queue.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import filelock
import psutil

from .. import disk
from . import folder, launcher, process
from .bounds import Bounds
from .claim import claim
from .folder import AWAITED, GOING, FolderError, Run, State
from .patience import Patience
from .ray_jobs import RayError, RayJobs
from .ray_queue import MOST_AT_ONCE, RayQueue

TURN = ".dispatch.lock"  # below the runs: held by the one who starts runs just now
LATE = 120.0  # seconds over the operator's bound after which a run is stopped from here
LOOK = 0.5  # seconds between two looks
_LOG = logging.getLogger(__name__)


class Standing(NamedTuple):
    """How many runs wait and are at work after a look, and those that it started."""

    queued: int
    at_work: int
    started: tuple[Run, ...]


def dispatch(
    bounds: Bounds, gpus: Sequence[str] = (), ray: RayQueue | None = None, patience: Patience | None = None
) -> Standing:
    """Watch the runs at work and start queued ones, the longest-waiting first; `gpus` as CUDA numbers them.

    With `ray` runs are trained in its cluster. Raises RayError when that does not answer. `patience` is kept from one
    look to the next.
    """
    queue, at_work, gone = _look(bounds)
    patience = patience or Patience()
    for run in at_work:
        with suppress(FolderError):  # it was deleted meanwhile
            _watch(run, bounds, patience)
    if ray:
        for run in (*at_work, *gone):
            with suppress(FolderError, OSError):
                ray.watch(run, bounds, _ended)
    started: list[Run] = []
    if queue and len(at_work) < _slots(bounds, gpus):
        with suppress(filelock.Timeout, OSError), filelock.FileLock(bounds.runs / TURN, timeout=0):
            queue, at_work, _ = _look(bounds)  # another server may just have started some
            while queue and len(at_work) + len(started) < _slots(bounds, gpus):
                if ray and not ray.has_room([*at_work, *started]):
                    break
                run = queue.pop(0)
                if _start(run, _free(gpus, [*at_work, *started]), bounds, ray):
                    started.append(run)
    return Standing(len(queue), len(at_work) + len(started), tuple(started))


class Dispatcher:
    """The thread that calls `dispatch` for a page server."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._closed = threading.Event()
        self._patience = Patience()
        self._ray = RayQueue(bounds.ray, RayJobs(bounds.ray.address)) if bounds.ray else None
        self._thread = threading.Thread(target=self._keep, name="training", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the thread; workers go on."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(timeout=20)

    def _keep(self) -> None:
        gpus: tuple[str, ...] | None = None
        heard, busy, due = -1, False, 0.0
        _clear(self._bounds.runs)
        while not self._closed.wait(LOOK):
            rung = _rung(self._bounds.runs)
            if rung == heard and not (busy and time.monotonic() >= due):
                continue
            try:
                if rung and gpus is None and not self._ray:
                    gpus = visible_gpus()
                standing = dispatch(self._bounds, gpus or (), self._ray, self._patience)
            except RayError as error:
                _LOG.warning("training: %s", error)
                heard, busy, due = rung, True, time.monotonic() + 10
            except Exception:  # the thread must go on, and the operator must know
                _LOG.exception("training: the queue could not be looked at")
                heard, busy, due = rung, True, time.monotonic() + 10
            else:
                heard, busy, due = rung, bool(standing.queued or standing.at_work), time.monotonic() + 1


def visible_gpus() -> tuple[str, ...]:
    """The GPUs that workers may be given, as CUDA numbers or names them; what hides GPUs from us hides them here."""
    from . import devices

    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        return tuple(part.strip() for part in given.split(",") if part.strip() not in ("", "-1"))
    return tuple(str(number) for number in range(sum(device.kind == "gpu" for device in devices.found())))


def _look(bounds: Bounds) -> tuple[list[Run], list[Run], list[Run]]:
    """The runs that wait, the longest-waiting first, those at work, and those whose workers are gone without a word."""
    queue: list[tuple[float, Run]] = []
    at_work: list[Run] = []
    gone: list[Run] = []
    for run in folder.listed(bounds.runs):
        state = run.state()
        if state.status == "queued":
            queue.append((state.updated, run))
        elif state.status in GOING:
            status = run.status()
            if status == "died" and state.status == "starting" and process.launched(run):
                status = state.status  # it takes long, or the clock was set
                with suppress(OSError):
                    (run.path / AWAITED).touch()
            (at_work if status in GOING else gone if status == "died" else []).append(run)
    return [run for _, run in sorted(queue, key=lambda waiting: (waiting[0], waiting[1].id))], at_work, gone


def _slots(bounds: Bounds, gpus: Sequence[str]) -> int:
    return bounds.runs_at_once or (MOST_AT_ONCE if bounds.ray else max(1, len(gpus)))


def _free(gpus: Sequence[str], at_work: Sequence[Run]) -> str | None:
    """The GPU with the fewest runs on it; None where there is none to give."""
    taken = [process.gpu_of(run) for run in at_work]
    return min(gpus, key=taken.count) if gpus else None


def _start(run: Run, gpu: str | None, bounds: Bounds, ray: RayQueue | None) -> bool:
    """Start the worker of a run that still waits; whether there is one now."""
    state = run.state()
    try:
        with claim(run):
            state = run.state()
            if state.status != "queued":
                return False
            settings = run.config().settings
            run.write_state(replace(state, status="starting", message="", pid=0))
            if ray:
                ray.start(run, settings, bounds)
            else:
                process.launch(run, settings, gpu, _ended)
    except (FolderError, OSError) as error:
        said = disk.words(error) if isinstance(error, OSError) else str(error)
        with suppress(OSError):
            run.write_state(replace(state, status="failed", message=f"the worker could not be started: {said}"))
        return False
    return True


def _ended(run: Run, code: int) -> None:
    """A worker that we started has ended: where it left no word, say what is known."""
    with suppress(FolderError, OSError), claim(run):
        state = run.state()
        if state.status in GOING and process.launched(run) is None and not run.is_alive():
            run.write_state(_without_a_word(run, state, code))
    launcher.ring(run.path.parent)


def _without_a_word(run: Run, state: State, code: int) -> State:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    if code == -9:
        how += ", as when the machine runs out of memory"
    if state.status != "starting":
        return replace(state, message=f"the worker ended and gave no reason ({how})")  # it is known as died
    last = next((line.strip() for line in reversed(run.log_tail(4_000).splitlines()) if line.strip()), "")
    said = f": {last[:300]}" if last and code > 0 else ""
    return replace(state, status="failed", message=f"the worker ended before training began ({how}){said}")


def _watch(run: Run, bounds: Bounds, patience: Patience) -> None:
    """End a run that holds too much memory, takes too long, or was asked to stop and does not."""
    worker = process.worker_of(run)
    if worker is None:
        return
    most = bounds.memory
    if most and process.resident(worker) > most:
        launcher.end_worker(run, "failed", too_large(most))
        return
    if not run.is_asked_to_stop():
        if bounds.seconds and process.age(worker) > bounds.seconds + LATE:
            run.ask_to_stop()
        return
    asked = patience.seconds((run.id, worker.pid))
    if asked >= launcher.KILL_AFTER:
        launcher.end_worker(run, "stopped", "it did not answer and was ended; finished epochs are kept")
    elif asked >= launcher.TERM_AFTER:
        with suppress(psutil.Error):
            worker.terminate()


def too_large(most: int) -> str:
    """Why a run was ended that held more than `most` bytes."""
    return f"it needed more than {most / 1e9:g} GB of memory, the most that the operator allows; try smaller batches"


def _rung(runs: Path) -> int:
    """When somebody last rang, in nanoseconds; 0 for never."""
    try:
        return os.stat(runs / launcher.BELL).st_mtime_ns
    except OSError:
        return 0


def _clear(runs: Path) -> None:
    """Remove what a deletion that was cut off has left."""
    with suppress(OSError):
        for left in runs.glob(f"{launcher.GONE}*"):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
