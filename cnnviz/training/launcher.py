"""What people do with runs: submit, stop, resume, delete. `dispatcher.py` starts those that wait.

Any number of page servers and command lines may work on one folder of runs at once: who changes where a run stands
holds its claim, a lock of the operating system.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from .. import disk
from ..declare import ParamError, params, shown
from . import folder, process
from .bounds import Bounds, read
from .claim import claim
from .folder import CONFIG, GOING, STOP, Config, FolderError, Run, State
from .settings import Settings, as_dict

MOST_QUEUED = 60  # runs that one owner may have waiting
MOST_WAITING = 600  # runs that may wait in all
BELL = ".queue"  # below the runs: touched when a run was queued or has ended
GONE = ".deleted-"
TERM_AFTER, KILL_AFTER = 45.0, 75.0  # seconds between asking a worker to stop and ending it; results take up to 20


def submit(config: Config, bounds: Bounds | None = None) -> Run:
    """Queue a run within the operator's bounds; what they changed is said in its `changes`. Raises FolderError."""
    bounds = bounds or read()
    _refuse_a_full_queue(config.owner, bounds)
    settings, said = bounds.limit(config.settings)
    config = replace(config, settings=settings, changes=(*config.changes, *said), created=time.time())
    run = folder.create(config, bounds.runs / folder.new_id(config.title))
    with suppress(OSError):
        (bounds.runs / BELL).touch()
    return run


def stop(run: Run) -> str:
    """Ask a run to stop, without waiting; what happens now, in words. A worker that does not answer is ended later."""
    with claim(run):
        status = run.status()
        if status == "queued":
            run.write_state(replace(run.state(), status="stopped", message="stopped before it began"))
            ring(run.path.parent)
            return "it was waiting and will not begin"
        if status not in GOING:
            return f"it is not being trained: {status}"
        run.ask_to_stop()
    ring(run.path.parent)
    return "it will stop within a step"


def stop_and_wait(run: Run, seconds: float = TERM_AFTER, more: float = KILL_AFTER - TERM_AFTER) -> str:
    """Stop a run and wait until nothing is at it; a worker that does not answer for so long is ended."""
    before = run.status()
    said = stop(run)
    if before not in GOING:
        return said
    asked = time.monotonic()
    while run.status() in GOING:
        waited = time.monotonic() - asked
        if waited > seconds:
            end_worker(run, "stopped", "it did not answer and was ended; finished epochs are kept", politely=more)
            break
        time.sleep(0.1)
    return f"{run.status()} after {_epochs(run.state().epoch)}"


def resume(run: Run, epochs: int | None = None, bounds: Bounds | None = None, *, here: bool = False) -> Run:
    """Queue a run again, to go on from its last finished epoch; `epochs` in all, to train longer.

    With `here` the caller trains it itself, at once. Raises FolderError when something is at it, when it is finished,
    or when the bounds forbid it.
    """
    bounds = bounds or read()
    with claim(run):
        status, state, config = run.status(), run.state(), run.config()
        if status in GOING or (status == "queued" and not here):
            raise FolderError(f"{shown(run.id)} cannot be resumed: it is {status}")
        settings = longer(config.settings, epochs, state, bounds)
        if status == "finished" and epochs is None:
            raise FolderError(f"{shown(run.id)} is finished: {_epochs(state.epoch)}; give more epochs to train longer")
        if not here:
            _refuse_a_full_queue(config.owner, bounds)
        try:
            if settings != config.settings:
                _write_settings(run, settings)
            (run.path / STOP).unlink(missing_ok=True)
            run.write_state(replace(state, status="starting" if here else "queued", pid=0, message=""))
        except OSError as error:
            raise FolderError(f"cannot write into {shown(run.id)}: {disk.words(error)}") from None
    ring(run.path.parent)
    return run


def longer(settings: Settings, epochs: int | None, state: State, bounds: Bounds) -> Settings:
    """The settings to resume with. Raises FolderError when they would not train any longer, or for too long."""
    if epochs is not None:
        try:
            epochs = next(param for param in params(Settings) if param.name == "epochs").check(epochs)
        except ParamError as error:
            raise FolderError(str(error)) from None
        if epochs <= state.epoch:
            raise FolderError(f"epochs must be more than the {state.epoch:,} that are done, got {epochs:,}")
        if epochs > bounds.epochs:
            raise FolderError(f"epochs must be at most {bounds.epochs:,}, which the operator allows, got {epochs:,}")
        settings = replace(settings, epochs=epochs)
    if bounds.seconds and state.seconds >= bounds.seconds:
        raise FolderError(f"it has trained for the {bounds.seconds:,} seconds that the operator allows a run")
    if settings.time_limit and state.seconds >= settings.time_limit:  # it ended for that: as long again
        longest = next(param for param in params(Settings) if param.name == "time_limit").high
        settings = replace(settings, time_limit=min(int(state.seconds) + settings.time_limit, int(longest)))
    return bounds.limit(settings)[0]


def delete(run: Run) -> None:
    """Delete a run at which nothing is. It is gone at once, and its files soon after. Raises FolderError."""
    gone = run.path.with_name(f"{GONE}{secrets.token_hex(8)}")
    with claim(run):
        if run.status() in GOING or run.is_alive():
            raise FolderError(f"{shown(run.id)} is being trained; stop it first")
        if not (run.path / CONFIG).is_file() or run.path.is_symlink():
            raise FolderError(f"{shown(run.id)} holds no run")
        if os.name != "nt":  # there an open file, such as the claim, keeps its folder where it is
            _move(run, gone)
    if os.name == "nt":
        _move(run, gone)
    shutil.rmtree(gone, ignore_errors=True)


def end_worker(run: Run, status: str, message: str, *, politely: float = 0.0) -> None:
    """End the run's worker and say why it ended. Does nothing where no process is known to be its worker."""
    worker = process.worker_of(run)
    if worker is None and run.is_alive():
        return
    if worker is not None:
        process.end(worker, politely=politely)
    with claim(run), suppress(OSError):
        state = run.state()
        if state.status in GOING and not run.is_alive():
            run.write_state(replace(state, status=status, message=message))
    ring(run.path.parent)


def ring(runs: Path) -> None:
    """Tell whoever keeps the queue of this folder, if anybody does, to look at it."""
    with suppress(OSError):
        os.utime(runs / BELL)


def _refuse_a_full_queue(owner: str, bounds: Bounds) -> None:
    waiting = [run for run in folder.listed(bounds.runs) if run.state().status == "queued"]
    if len(waiting) < MOST_QUEUED:
        return
    if len(waiting) >= MOST_WAITING or sum(_owner(run) == owner for run in waiting) >= MOST_QUEUED:
        raise FolderError(f"{len(waiting):,} runs are waiting already; let some finish, or stop some")


def _owner(run: Run) -> str | None:
    with suppress(FolderError):
        return run.config().owner
    return None


def _move(run: Run, gone: Path) -> None:
    try:
        run.path.rename(gone)
    except OSError as error:
        raise FolderError(f"cannot delete {shown(run.id)}: {disk.words(error)}") from None


def _write_settings(run: Run, settings: Settings) -> None:
    """Put other settings into run.json; whoever reads it sees the old or the new file."""
    given = folder.read_json(run.path / CONFIG) or {}
    folder.write_json(run.path / CONFIG, {**given, "settings": as_dict(settings)})


def _epochs(number: int) -> str:
    return f"{number:,} epoch{'' if number == 1 else 's'}"
