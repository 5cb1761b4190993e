"""The page server's door to Keras: one warm process that builds, checks, draws and saves nets.

The process is replaced when it fails; Keras itself is never imported here. Nets come as notation, at best canonical in
one line, which is also their key: equal nets are built once. A check never blocks: it gives the answer, or queues the
build. A newer check of an owner takes the place of its older one; owners take turns. What takes too long, needs too
much memory or ends the process gets an error in words and is not tried again until `forget`. Measurements (`begin`) are
done in short steps, between which checks are answered.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal

import psutil

from . import disk
from .keras_answers import Answer, Answers
from .keras_errands import Errand, Errands, Status
from .keras_keeper import Job, Keeper, Limits, State, Work

MOST_TEXT = 64_000  # characters of a net
MOST_WAITING = 500  # requests in the queue
MOST_IN_A_ROW = 10  # requests before a measurement that waits gets a step
MOST_WEIGHTS = 2**30  # bytes of weights in a .keras file
MOST_FILE = MOST_WEIGHTS + 2**26  # bytes of a file that is handed out

DIRECTIONS = ("TB", "LR", "BT", "RL")

__all__ = ["Answer", "Errand", "KerasError", "KerasService", "State", "Status"]


class KerasError(RuntimeError):
    """Keras cannot give what was asked; the message is for the user."""


class KerasService:
    """One warm Keras process. Every method may be called from any thread.

    `memory` in bytes is the most that the process may hold (by default CNNVIZ_KERAS_MEMORY in GB, else 4 GB or 60 % of
    a smaller machine), `seconds` the most that one request may take; `environment` is added to the process',
    which starts `head_start` seconds after it is first wanted.
    """

    def __init__(
        self,
        *,
        memory: int | None = None,
        seconds: float = 60.0,
        start_seconds: float = 180.0,
        head_start: float = 0.0,
        most_answers: int = 128,
        environment: Mapping[str, str] | None = None,
        module: str = "cnnviz.keras_worker",
    ) -> None:
        self._changed = threading.Condition()  # guards what follows
        self._answers = Answers(most_answers)
        self._turns: OrderedDict[Hashable, Job] = OrderedDict()
        self._results: dict[Job, Future[None]] = {}  # of the jobs that somebody waits for
        self._errands = Errands()
        self._in_a_row = 0
        limits = Limits(memory or _default_memory(), seconds, start_seconds, head_start)
        work = Work(self._take, self._finish, self._refuse)
        self._keeper = Keeper(module, environment or {}, limits, work, self._changed)

    @property
    def state(self) -> State:
        """warming, ready or unavailable, with the reason in words."""
        return self._keeper.state

    @property
    def pid(self) -> int | None:
        """The process' id while there is one."""
        return self._keeper.pid

    def start(self) -> None:
        """Begin to warm Keras in the background. Every request does so too."""
        self._keeper.start()

    def close(self) -> None:
        """End the process and refuse what waits. The service cannot be started again."""
        self._keeper.close()

    def check(self, text: str, *, owner: Hashable, with_summary: bool = True) -> Answer | None:
        """What Keras says of a net, or None while it is still to be built; ask again then. Never blocks.

        `owner` is who asks, a session's id: what it asked before and is still queued is dropped. Without `with_summary`
        the answer comes sooner and may lack its summary.
        """
        if len(text) > MOST_TEXT:
            return Answer(error=_too_long(text))
        self.start()
        with self._changed:
            answer = self._known(text, with_summary)
            if answer is not None:
                self._turns.pop(owner, None)
            elif owner in self._turns or len(self._turns) < MOST_WAITING:
                self._turns[owner] = Job("check", text, {"with_summary": with_summary})  # the owner keeps its turn
                self._changed.notify_all()
            return answer

    def known(self, text: str, *, with_summary: bool = True) -> Answer | None:
        """The kept answer of a net, None where there is none. Nothing is built for it."""
        with self._changed:
            return self._known(text, with_summary)

    def wait(self, text: str, timeout: float = 120.0, *, with_summary: bool = True) -> Answer:
        """What Keras says of a net, waiting for it. Raises KerasError when no answer comes in time."""
        owner, deadline = object(), time.monotonic() + timeout
        with self._changed:
            while (answer := self.check(text, owner=owner, with_summary=with_summary)) is None:
                if self.state.word == "unavailable":
                    self._turns.pop(owner, None)
                    raise KerasError(self.state.reason)
                if not self._changed.wait(deadline - time.monotonic()):
                    self._turns.pop(owner, None)
                    raise KerasError(f"Keras gave no answer within {timeout:g} seconds")
            return answer

    def forget(self, text: str) -> None:
        """Drop the kept answer of a net, so that the next check builds it again: "try again" after an error."""
        with self._changed:
            self._answers.drop(text)

    def begin(self, errand: Errand, *, owner: Hashable) -> None:
        """Have a measurement done; `status` says how far it is. Never blocks.

        What the owner has asked before and is not done is given up. An errand that was done before is done again.
        """
        self.start()
        with self._changed:
            if self.state.word == "unavailable":
                self._errands.fail(errand, self.state.reason)
            elif any(len(text) > MOST_TEXT for text in errand.texts):
                self._errands.fail(errand, _too_long(max(errand.texts, key=len)))
            else:
                self._errands.begin(errand, owner)
            self._changed.notify_all()

    def status(self, errand: Errand) -> Status | None:
        """How far a measurement is; None for one that nobody has asked for, or that was long ago. Never blocks."""
        with self._changed:
            return self._errands.status(errand)

    def cancel(self, *, owner: Hashable) -> None:
        """Give up the measurement that an owner has asked for."""
        with self._changed:
            self._errands.cancel(owner)
            self._changed.notify_all()

    def summary(self, text: str, timeout: float = 120.0) -> str:
        """Keras' own summary of a net. Raises KerasError."""
        answer = self.wait(text, timeout)
        if answer.error:
            raise KerasError(answer.error)
        return answer.summary

    def plot_png(
        self,
        text: str,
        *,
        show_shapes: bool = True,
        show_layer_activations: bool = False,
        show_layer_names: bool = True,
        rankdir: str = "TB",
        dpi: int = 96,
        timeout: float = 120.0,
    ) -> bytes:
        """What `keras.utils.plot_model` draws, as PNG. Raises KerasError, also where Graphviz is missing."""
        if rankdir not in DIRECTIONS or not 20 <= dpi <= 600:
            allowed = ", ".join(DIRECTIONS)
            raise KerasError(f"rankdir must be one of {allowed} and dpi 20 to 600, got {rankdir!s:.20} and {dpi!s:.20}")
        options = {
            "show_shapes": bool(show_shapes),
            "show_layer_activations": bool(show_layer_activations),
            "show_layer_names": bool(show_layer_names),
            "rankdir": rankdir,
            "dpi": int(dpi),
        }
        return self._file("plot", text, options, timeout)

    def keras_file(self, text: str, timeout: float = 120.0) -> bytes:
        """The bytes of a .keras file: a fresh model with weights drawn by its initialisers. Raises KerasError."""
        return self._file("save", text, {"most_bytes": MOST_WEIGHTS}, timeout)

    # --- files --------------------------------------------------------------------------------------------------------

    def _file(self, do: Literal["plot", "save"], text: str, options: Mapping[str, Any], timeout: float) -> bytes:
        """The bytes of a file that the process writes into a private folder."""
        if len(text) > MOST_TEXT:
            raise KerasError(_too_long(text))
        self.start()
        try:
            made = tempfile.TemporaryDirectory(prefix="cnnviz-keras-", ignore_cleanup_errors=True)
        except OSError as error:
            raise KerasError(f"there is no place for the file: {disk.words(error)}") from None
        with made as folder:
            path = Path(folder, "net.keras" if do == "save" else "net.png")
            self._write(Job(do, text, options, str(path)), timeout)
            try:
                if path.stat().st_size > MOST_FILE:
                    raise KerasError(f"the file has over {MOST_FILE / 1e6:,.0f} MB; this is too large to hand out")
                return path.read_bytes()
            except OSError as error:
                raise KerasError(f"the file cannot be read: {disk.words(error)}") from None

    def _write(self, job: Job, timeout: float) -> None:
        """Have the process write the file of a job, waiting for it. Raises KerasError."""
        owner, result = object(), Future[None]()
        with self._changed:
            if self.state.word == "unavailable":
                raise KerasError(self.state.reason)
            if len(self._turns) >= MOST_WAITING:
                raise KerasError("Keras is busy; try again in a minute")
            self._turns[owner], self._results[job] = job, result
            self._changed.notify_all()
        try:
            result.result(timeout)
        except TimeoutError:
            raise KerasError(f"Keras gave no answer within {timeout:g} seconds") from None
        finally:
            with self._changed:
                self._turns.pop(owner, None)
                self._results.pop(job, None)

    # --- what the keeper calls ----------------------------------------------------------------------------------------

    def _take(self) -> Job | None:
        """The next job: a request, or a step of a measurement where none waits or many have gone before."""
        job = None if self._in_a_row >= MOST_IN_A_ROW and self._errands.waiting else self._turn()
        self._in_a_row = self._in_a_row + 1 if job else 0
        return job or self._errands.next()

    def _turn(self) -> Job | None:
        """The next request whose answer is not known."""
        while self._turns:
            _, job = self._turns.popitem(last=False)
            if job.do != "check" or self._known(job.text, job.options["with_summary"]) is None:
                return job
            self._changed.notify_all()
        return None

    def _known(self, text: str, with_summary: bool) -> Answer | None:
        answer = self._answers.get(text)
        return None if answer is None or (with_summary and not answer.summary and not answer.error) else answer

    def _finish(self, job: Job, given: dict[str, Any]) -> None:
        error = str(given.get("error", ""))
        with self._changed:
            result = self._results.pop(job, None)
            if job.do == "step":
                self._errands.finish(job, given)
            elif job.do == "check":
                self._answers.put(job.text, Answer(error=error) if error else Answer.of(given["result"]))
            elif result is None:
                pass  # whoever asked has gone, and the folder with it
            elif error:
                result.set_exception(KerasError(error))
            else:
                result.set_result(None)
            self._changed.notify_all()

    def _refuse(self, reason: str) -> None:
        for result in self._results.values():
            result.set_exception(KerasError(reason))
        self._results.clear()
        self._turns.clear()
        self._errands.refuse(reason)
        self._changed.notify_all()


def _too_long(text: str) -> str:
    return f"the net's text has {len(text):,} characters; at most {MOST_TEXT:,} are allowed"


def _default_memory() -> int:
    given = os.environ.get("CNNVIZ_KERAS_MEMORY", "")
    try:
        limit = float(given or 4) * 1e9
    except ValueError:
        raise ValueError(f"CNNVIZ_KERAS_MEMORY must be a number of GB such as 4 or 2.5, got {given!r:.40}") from None
    return int(limit if given else min(limit, 0.6 * psutil.virtual_memory().total))
