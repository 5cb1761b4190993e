"""What reaches a worker from outside while it trains, and what goes out beside its own lines."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from .folder import LOG, Run

TOLD = "the process was told to end"


@contextlib.contextmanager
def called_off(run: Run) -> Iterator[Callable[[], str]]:
    """A function that says why the run is to stop, "" for going on: a stop file, SIGTERM or SIGINT."""
    told = threading.Event()

    def tell(number: int, frame: object) -> None:
        if told.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt  # the second Ctrl-C does not wait for the step
        told.set()

    def why() -> str:
        if told.is_set():
            return TOLD
        return "stopped as asked" if run.is_asked_to_stop() else ""

    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield why
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def everything_into_the_log(run: Run) -> None:
    """From now on what this process prints, libraries included, goes to the end of the run's log. Raises OSError."""
    with (run.path / LOG).open("ab") as log:
        sys.stdout.flush()
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


@contextlib.contextmanager
def errors_into_the_log(run: Run) -> Iterator[None]:
    """Meanwhile what this process writes to its standard error goes to the end of the run's log."""
    before = os.dup(2)
    try:
        with (run.path / LOG).open("ab") as log:
            os.dup2(log.fileno(), 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
