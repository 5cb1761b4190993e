"""Keeps one Keras process alive in a thread: starts it, gives it jobs one by one, and replaces it when it fails."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .keras_process import KerasProcess, TooLarge, TooSlow, WorkerEnded

_STARTS = 3  # failed starts in a row after which Keras counts as unavailable
_SETTLE = 0.15  # seconds between being asked and beginning
_PAUSE = 60.0  # seconds before the next try then


class State(NamedTuple):
    """How Keras is, and why in words, "" when ready."""

    word: Literal["warming", "ready", "unavailable"]
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may take: bytes of resident memory, seconds for a job, seconds to start.

    `head_start` is how many seconds the first process waits, so that another program may begin before it.
    """

    memory: int
    seconds: float
    start_seconds: float
    head_start: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One request to the process; `path` is the file it shall write, where it shall.

    `seconds` is the most that it may take, where that is less than the limit for all.
    """

    do: Literal["check", "plot", "save", "step"]
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Work:
    """Where jobs come from and go to. `take` gives the next one or None, `finish` gets the worker's answer to it.

    `refuse` tells all that wait why nothing will come. `take` and `refuse` are called with the lock held.
    """

    take: Callable[[], Job | None]
    finish: Callable[[Job, dict[str, Any]], None]
    refuse: Callable[[str], None]


class Keeper:
    """One process and the thread that holds it. `changed` is the lock, notified when the state changes."""

    def __init__(
        self, module: str, environment: Mapping[str, str], limits: Limits, work: Work, changed: threading.Condition
    ) -> None:
        self.limits = limits
        self.state = State("warming", "Keras is starting")
        self.pid: int | None = None  # of the process, while there is one
        self.closed = False
        self._module, self._environment = module, environment
        self._work, self._changed = work, changed
        self._process: KerasProcess | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to warm Keras in the background, unless that has been done."""
        with self._changed:
            if self._thread is None and not self.closed:
                self._thread = threading.Thread(target=self._run, name="keras", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the process and its thread, and refuse what waits."""
        with self._changed:
            self.state = State("unavailable", "Keras has been shut down")
            self.closed = True
            process, thread = self._process, self._thread
            self._changed.notify_all()
        if process is not None:
            process.stop()
        if thread is not None:
            thread.join(timeout=30)

    def _run(self) -> None:
        try:
            self._keep()
        finally:
            with self._changed:
                if not self.closed:
                    self.state = State("unavailable", "Keras stopped for good; start the server again")
                self._work.refuse(self.state.reason)

    def _keep(self) -> None:
        """Start process after process until closing."""
        failures = 0
        with self._changed:
            self._changed.wait_for(lambda: self.closed, self.limits.head_start)
        while not self.closed:
            process = self._begin()
            if process is None:
                failures += 1
                self._pause(failures >= _STARTS)
                continue
            failures = 0
            self._serve(process)
            self._end(process, State("warming", "Keras stopped and is being restarted"))

    def _begin(self) -> KerasProcess | None:
        """A new process with Keras loaded, or None; the state then has the reason."""
        try:
            process = KerasProcess(self._module, self._environment, self._wake)
        except OSError as error:
            self._set(State("warming", f"Keras does not start: {error.strerror}"))
            return None
        with self._changed:
            self._process, self.pid = process, process.pid
        try:
            if self.closed:  # closing has looked before there was a process to stop
                raise WorkerEnded("shut down")
            first = process.answer(self.limits.start_seconds, self.limits.memory)
        except (WorkerEnded, TooSlow, TooLarge) as error:
            reason = self._reason(error, self.limits.start_seconds)
            self._end(process, State("warming", f"Keras does not start: {reason}"))
            return None
        if "unavailable" in first:
            self._end(process, State("unavailable", str(first["unavailable"])))
            return None
        self._set(State("ready", ""))
        return process

    def _serve(self, process: KerasProcess) -> None:
        """Do one job after the other until the process ends or must be replaced."""
        at_first = process.resident()
        while (job := self._next(process)) is not None:
            request = {"do": job.do, "text": job.text, "options": dict(job.options), "path": job.path}
            seconds = min(self.limits.seconds, job.seconds)
            try:
                given = process.ask(request, seconds, self.limits.memory)
            except (WorkerEnded, TooSlow, TooLarge) as error:
                process.stop()
                self._work.finish(job, {"error": f"{self._reason(error, seconds)}; it is being restarted"})
                return
            self._work.finish(job, given)
            if process.resident() - at_first > (self.limits.memory - at_first) / 2:
                return  # what it holds has grown; a fresh one is better than one that reaches the limit

    def _next(self, process: KerasProcess) -> Job | None:
        """The next job, waiting for one; None when closing, or when the process has ended."""
        with self._changed:
            while not (self.closed or process.ended):
                job = self._work.take()
                if job is not None:
                    return job
                self._changed.wait()
                # The page that asks is being drawn just now; Keras leaves the processor to it, and to a newer edit.
                self._changed.wait_for(lambda: self.closed or process.ended, _SETTLE)
            return None

    def _reason(self, error: Exception, seconds: float) -> str:
        if isinstance(error, TooSlow):
            return f"Keras took over {seconds:g} seconds and was stopped"
        if isinstance(error, TooLarge):
            return f"Keras needed over {self.limits.memory / 1e9:.1f} GB of memory and was stopped"
        return f"Keras stopped ({error})"

    def _end(self, process: KerasProcess, state: State) -> None:
        process.stop()
        with self._changed:
            self._process = self.pid = None
        self._set(state)

    def _pause(self, often: bool) -> None:
        """Wait before the next start: long, and keeping nobody waiting for it, where there is little hope."""
        with self._changed:
            if often:
                self._set(State("unavailable", self.state.reason))
            hopeless = self.state.word == "unavailable"
            if hopeless:
                self._work.refuse(self.state.reason)
            self._changed.wait_for(lambda: self.closed, _PAUSE if hopeless else 0.5)

    def _set(self, state: State) -> None:
        with self._changed:
            if not self.closed:
                self.state = state
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
