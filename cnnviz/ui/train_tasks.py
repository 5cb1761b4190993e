"""Short jobs of the Train page, each in a process of its own: downloads, own pictures, probes. And how far they are.

    GET /training-task/{token} → {"over", "share", "said"}, for a page that waits without running its script again

A job is known by a key that says what it is for; whoever asks for the same one waits for the same process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ..training import folder
from . import addresses, assets
from .tokens import token_of

_PREFIX = "/training-task"
_ROOT = Path(__file__).resolve().parent.parent.parent
_MOST = 200  # jobs that are remembered
_AT_ONCE = 2  # of one kind; more are refused, as they share the machine with the runs


class Progress(NamedTuple):
    """How far a job is: whether it is over, the share done, what it does just now."""

    over: bool = False
    share: float = 0.0
    said: str = ""


Look = Callable[[], Progress]


class Task(NamedTuple):
    """A job: what it is for, its kind, `python -m` what, when it is given up, how to see how far it is."""

    key: str
    kind: str
    arguments: Sequence[str]
    seconds: int
    look: Callable[[list[dict[str, Any]]], Progress]  # from the JSON lines that it has printed
    variables: Mapping[str, str] = MappingProxyType({})


class Ended(NamedTuple):
    """How a job ended: its exit code, the JSON lines that it printed, the last line of what it complained."""

    code: int
    lines: list[dict[str, Any]]
    complaint: str


class Busy(Exception):
    """There are too many jobs of this kind just now; the message is the line to show."""


@dataclass
class _Job:
    task: Task
    process: subprocess.Popen[bytes]
    place: Path
    timer: threading.Timer

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def lines(self) -> list[dict[str, Any]]:
        return folder.read_lines(self.place / "out")[0]

    def look(self) -> Progress:
        return self.task.look(self.lines()) if self.is_running else Progress(over=True)

    def forget(self) -> None:
        self.timer.cancel()
        shutil.rmtree(self.place, ignore_errors=True)


class Tasks:
    """The jobs of this server, and what else its pages wait for."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._looks: OrderedDict[str, Look] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, task: Task) -> None:
        """Start a job, unless it runs already. Raises Busy, OSError."""
        token = token_of(task.key)
        with self._lock:
            job = self._jobs.get(token)
            if job and job.is_running:
                return
            if sum(other.task.kind == task.kind and other.is_running for other in self._jobs.values()) >= _AT_ONCE:
                raise Busy("others are being worked on just now; try again in a moment")
            if job:
                job.forget()
            self._jobs[token] = _started(task)
            self._jobs.move_to_end(token)
            while len(self._jobs) > _MOST:
                self._jobs.popitem(last=False)[1].forget()

    def is_running(self, key: str) -> bool:
        """Whether a job is being worked on."""
        job = self._jobs.get(token_of(key))
        return job is not None and job.is_running

    def ended(self, key: str) -> Ended | None:
        """How a job ended; None where there is none, or it still runs."""
        job = self._jobs.get(token_of(key))
        if job is None or job.is_running:
            return None
        try:
            complaint = (job.place / "err").read_text(encoding="utf-8", errors="replace").strip()[-2_000:]
        except OSError:
            complaint = ""
        return Ended(job.process.returncode, job.lines(), complaint.splitlines()[-1] if complaint else "")

    def cancel(self, key: str) -> None:
        """End a job and forget it."""
        with self._lock:
            job = self._jobs.pop(token_of(key), None)
        if job:
            job.process.terminate()
            threading.Thread(target=job.process.wait, daemon=True).start()  # leaves no zombie
            job.forget()

    def watch(self, key: str, look: Look) -> None:
        """Let pages wait for something that is no job of ours."""
        with self._lock:
            self._looks[token_of(key)] = look
            self._looks.move_to_end(token_of(key))
            while len(self._looks) > _MOST:
                self._looks.popitem(last=False)

    def told(self, token: str) -> dict[str, object]:
        """What a waiting page is told."""
        job, look = self._jobs.get(token), self._looks.get(token)
        found = job.look() if job else look() if look else Progress(over=True)
        return {"over": found.over, "share": min(1.0, max(0.0, found.share)), "said": found.said}


@st.cache_resource(show_spinner=False)
def tasks() -> Tasks:
    """The jobs, shared by all visitors."""
    return Tasks()


def wait(key: str, name: str, verb: str, *, cancel: bool = True, over: Callable[[], object] = lambda: None) -> None:
    """A bar that follows a job. When it is over, `over` is called and the fragment is drawn again."""
    token = token_of(key)
    path = addresses.path(f"{_PREFIX}/{token}")
    data: dict[str, Any] = {"path": path, "verb": verb, "cancel": cancel, **tasks().told(token)}
    assets.component("errand")(
        key=f"{name}_wait",
        data=assets.as_json(data),
        on_over_change=over,
        on_cancel_change=lambda: tasks().cancel(key),
    )


def route() -> Route:
    """The route that answers at once; it starts nothing."""

    def answer(request: Request) -> JSONResponse:  # in a thread of the server's, as it reads a file
        return JSONResponse(tasks().told(request.path_params["token"]), headers={"Cache-Control": "no-store"})

    return Route(f"{_PREFIX}/{{token}}", answer, methods=["GET"])


def _started(task: Task) -> _Job:
    place = Path(tempfile.mkdtemp(prefix="cnnviz-task-"))
    with (place / "out").open("wb") as output, (place / "err").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", *task.arguments],
            cwd=_ROOT,
            env={**os.environ, **task.variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
    timer = threading.Timer(task.seconds, process.kill)
    timer.daemon = True
    timer.start()
    return _Job(task, process, place, timer)
