"""A run is a folder: what it was asked, where it stands, what it measured. Whoever reads it trusts nothing in it.

    run.json           what was asked: net, settings, what fitting changed; written once
    state.json         where it stands; replaced as a whole
    environment.json   what it ran on: device, backend, versions, what was predicted
    metrics.jsonl      one line for each finished epoch, in order
    steps.jsonl        progress within epochs, about two lines a second
    log.txt            what the worker printed
    checkpoints/       one folder for each kept epoch, complete or not there
    results.json       confusion matrix, most confident mistakes
    model.keras        the trained model
    stop               is there when somebody asked the worker to stop
    lock               held by the worker as long as it lives
    lease.json         touched by the worker as long as it lives, for other machines; `lease.py` tells more

The lock belongs to the operating system: it is free again however the worker ends, so that a run whose worker died is
known as such.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from .. import disk
from ..declare import ParamError, shown
from . import lease
from . import settings as settings_of
from .files import open_plain as open_plain
from .files import read_json as read_json
from .files import read_lines as read_lines
from .files import write_json as write_json
from .settings import Settings

VERSION = 1
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
GOING = ("starting", "running", "evaluating")  # a worker is, or should be, at it
STATUSES = ("queued", *GOING, "stopped", "finished", "failed")
_MOST_COUNTED = 10**12
_MOST_SECONDS = 1e11  # the year 5138
STARTING = 60  # seconds that a worker may take from its launch to holding the lock
CONFIG, STATE, ENVIRONMENT, RESULTS = "run.json", "state.json", "environment.json", "results.json"
METRICS, STEPS, LOG = "metrics.jsonl", "steps.jsonl", "log.txt"
MODEL, CHECKPOINTS, STOP, LOCK = "model.keras", "checkpoints", "stop", "lock"
AWAITED = "awaited"  # touched while an engine beyond this machine keeps the run waiting


class FolderError(ValueError):
    """A run folder cannot be made, read or used; the message is the one line to show."""


@dataclass(frozen=True)
class Config:
    """What was asked of a run. `net` is the notation that is trained, after fitting; `changes` what fitting did."""

    net: str
    title: str
    settings: Settings
    changes: tuple[str, ...] = ()
    study: str = ""
    owner: str = ""
    created: float = 0.0


@dataclass(frozen=True)
class State:
    """Where a run stands. `message` says why it ended, in one line; epochs and steps count those done."""

    status: str = "queued"
    epoch: int = 0
    step: int = 0
    steps: int = 0
    pid: int = 0
    message: str = ""
    seconds: float = 0.0  # of training so far, over all resumes
    updated: float = 0.0


@dataclass(frozen=True)
class Run:
    """The folder of one run."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    def config(self) -> Config:
        """What was asked. Raises FolderError when the folder holds no run that can be read."""
        given = read_json(self.path / CONFIG)
        if given is None:
            raise FolderError(f"{shown(self.path.name)} holds no run: it has no {CONFIG}")
        if given.get("version") != VERSION:
            raise FolderError(
                f"{shown(self.path.name)} was written by another version of cnnviz; only that one can read it"
            )
        asked = given.get("settings") or {}
        try:
            if not isinstance(asked, dict):
                raise ValueError("settings must be an object")
            return Config(
                net=_text(given, "net", 40_000),
                title=_text(given, "title", 200),
                settings=settings_of.make(asked),
                changes=tuple(str(change)[:500] for change in list(given.get("changes") or ())[:20]),
                study=_text(given, "study", 100),
                owner=_text(given, "owner", 100),
                created=_seconds(given.get("created")),
            )
        except (ParamError, TypeError, ValueError) as error:
            raise FolderError(f"{shown(self.path.name)}/{CONFIG} cannot be read: {error}") from None

    def state(self) -> State:
        """Where it stands by its own word; see `status` for whether that is still true."""
        given = read_json(self.path / STATE) or {}
        try:
            return State(
                status=given["status"] if given.get("status") in STATUSES else "failed",
                **{name: _count(given.get(name)) for name in ("epoch", "step", "steps", "pid")},
                message=str(given.get("message") or "")[:2_000],
                seconds=_seconds(given.get("seconds")),
                updated=_seconds(given.get("updated")),
            )
        except (TypeError, ValueError, OverflowError):
            return State("failed", message=f"{STATE} cannot be read")

    def status(self) -> str:
        """One of STATUSES, or "died": by its word it is at work, but its worker is gone."""
        state = self.state()
        if state.status not in GOING or self.is_alive():
            return state.status
        if state.status == "starting" and (_is_new(state.updated) or _is_new(self._awaited())):
            return state.status
        now = self.state().status  # it may have ended between the two looks
        return "died" if now in GOING else now

    def is_alive(self) -> bool:
        """Whether a worker holds the run's lock, or trains it on another machine."""
        try:
            with open_plain(self.path / LOCK) as file:
                return _is_held(file.fileno(), self.path / LOCK) or lease.is_alive_elsewhere(self.path)
        except OSError:
            return False

    def _awaited(self) -> float:
        """When somebody last saw that the run's worker is still to come; see `ray_queue.py`."""
        try:
            with (self.path / AWAITED).open("rb") as file:
                return os.fstat(file.fileno()).st_mtime
        except OSError:
            return 0.0

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the run's one worker. Raises FolderError when there is another."""
        lock = filelock.FileLock(self.path / LOCK, timeout=5)  # those who only look hold it for an instant
        try:
            lock.acquire()
        except filelock.Timeout:
            raise FolderError(f"{shown(self.path.name)} is being trained by another process") from None
        try:
            with lease.kept(self.path):
                yield
        except lease.LeaseError as error:
            raise FolderError(f"{shown(self.path.name)} is being trained by {error}") from None
        finally:
            lock.release()

    def write_state(self, state: State, *, lasting: bool = True) -> None:
        write_json(self.path / STATE, {**vars(state), "updated": time.time()}, lasting=lasting)

    def metrics(self) -> list[dict[str, Any]]:
        """The finished epochs, in order; a line that is cut off or broken counts as not written."""
        return read_lines(self.path / METRICS)[0]

    def environment(self) -> dict[str, Any]:
        return read_json(self.path / ENVIRONMENT) or {}

    def results(self) -> dict[str, Any] | None:
        return read_json(self.path / RESULTS)

    def model(self) -> Path | None:
        """The trained model's file; None where there is none, or a link in its place."""
        path = self.path / MODEL
        return path if path.is_file() and not path.is_symlink() else None

    def log_tail(self, most: int = 20_000) -> str:
        """The end of what the worker printed, at most `most` bytes."""
        try:
            with open_plain(self.path / LOG) as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - most))
                return file.read(most).decode("utf-8", "replace")
        except OSError:
            return ""

    def ask_to_stop(self) -> None:
        (self.path / STOP).touch()

    def is_asked_to_stop(self) -> bool:
        return (self.path / STOP).exists()


def create(config: Config, place: Path, *, state: State | None = None) -> Run:
    """A new run in the folder `place`, complete or not at all. Raises FolderError."""
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FolderError(f"{shown(str(place))} is not empty; choose another folder, or resume the run that it holds")
    made = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        made.mkdir(parents=True)
        asked = {**vars(config), "settings": settings_of.as_dict(config.settings), "version": VERSION}
        write_json(made / CONFIG, {**asked, "created": config.created or time.time()})
        Run(made).write_state(state or State())
        if place.exists():
            place.rmdir()  # empty
        made.replace(place)
    except (OSError, ValueError) as error:  # ValueError: what can be no path at all
        shutil.rmtree(made, ignore_errors=True)
        reason = disk.words(error) if isinstance(error, OSError) else error
        raise FolderError(f"cannot make the run folder {shown(str(place))}: {reason}") from None
    return Run(place)


def new_id(title: str) -> str:
    """A folder name that says what is trained and that nobody can guess."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:32] or "net"
    return f"{plain}-{time.strftime('%m%d')}-{secrets.token_hex(8)}"


def find(runs: Path, id: str) -> Run:
    """The run of that name below `runs`. Raises FolderError for any other text, links included."""
    if not NAME.fullmatch(id) or not (runs / id).is_dir() or (runs / id).is_symlink():
        raise FolderError(f"there is no run {shown(id)}; it may have been deleted")
    return Run(runs / id)


def listed(runs: Path) -> list[Run]:
    """All runs below `runs`, the newest first."""
    try:
        found = [entry for entry in os.scandir(runs) if NAME.fullmatch(entry.name)]
    except OSError:
        return []
    made = [
        (stat.st_mtime_ns, entry.name)
        for entry in found
        if entry.is_dir(follow_symlinks=False) and (stat := _stat(Path(entry.path, CONFIG)))
    ]
    return [Run(runs / name) for _, name in sorted(made, reverse=True)]


# --- what is read -----------------------------------------------------------------------------------------------------


def _is_held(file: int, path: Path) -> bool:
    """Whether somebody holds a lock. Those who look share it for an instant, so that they do not meet each other."""
    if sys.platform == "win32":
        try:
            with filelock.FileLock(path, timeout=0.03):
                return False
        except filelock.Timeout:
            return True
    else:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _is_new(seconds: float) -> bool:
    """Whether that time is so near that a worker may still be starting."""
    return abs(time.time() - seconds) < STARTING


def _count(value: Any) -> int:
    """A count as it is written. Raises ValueError, TypeError and OverflowError."""
    count = int(value or 0)
    if not 0 <= count < _MOST_COUNTED:
        raise ValueError(f"{shown(value)} is no count")
    return count


def _seconds(value: Any) -> float:
    """Seconds as they are written; 0 for what cannot be. Raises ValueError."""
    if value is not None and not isinstance(value, (int, float)):
        raise ValueError(f"{shown(value)} is no number of seconds")
    seconds = value or 0
    if not 0 <= seconds < _MOST_SECONDS:  # no number among them
        return 0.0
    return float(seconds)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _text(given: Mapping[str, Any], name: str, longest: int) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"{name} must be a text of at most {longest:,} characters")
    return value
