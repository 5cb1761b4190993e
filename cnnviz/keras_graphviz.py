"""Graphviz as Keras' plot_model calls it: for a bounded time, its failures in words.

Keras and pydot wait for `dot` as long as it takes, print what it complains of, and raise an AssertionError.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress

import psutil

from .keras_refused import Refused


class Failed(Refused):
    """Graphviz ended without a picture, though it had time."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """End what is started inside when all of it takes longer than that. Raises Refused, and Failed for Graphviz."""
    before = set(_children())
    over, done = threading.Event(), threading.Event()

    def watch() -> None:
        if done.wait(seconds):
            return
        over.set()
        while not done.wait(0.1):  # its children too: they hold the pipe that is read
            for child in set(_children()) - before:
                with suppress(psutil.Error):
                    child.kill()

    watching = threading.Thread(target=watch, name="graphviz", daemon=True)
    watching.start()
    try:
        with redirect_stdout(io.StringIO()):
            yield
    except AssertionError as error:
        if over.is_set():
            late = f"Graphviz took over {seconds:g} seconds to draw this net and was stopped; everything else works"
            raise Refused(late) from None
        raise Failed(_said(str(error))) from None
    finally:
        done.set()
        watching.join()


def _children() -> list[psutil.Process]:
    return list(psutil.Process().children(recursive=True))


def _said(complaint: str) -> str:
    code = complaint.rpartition("returned code: ")[2].strip()
    ended = f"it ended with code {code}" if code.lstrip("-").isdigit() else "it ended and gave no reason"
    return f"Graphviz could not draw this net: {ended}; everything else works"
