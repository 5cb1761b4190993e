"""The worker's watch over itself, in a thread: the operator's bound on memory holds also where no server is there.

It also sees to it that a worker which a command line has started stops when that is gone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import psutil

from .dispatcher import too_large
from .folder import Run
from .process import WITH_PARENT, resident

_EVERY = 1.0  # seconds


@contextmanager
def watched(run: Run, memory: int) -> Iterator[None]:
    """While inside: end this process when it holds more than `memory` bytes (0: no bound), the run marked as failed."""
    over = threading.Event()
    parent = os.getppid() if os.environ.get(WITH_PARENT) else 0

    def look() -> None:
        me = psutil.Process()
        while not over.wait(_EVERY):
            if memory and resident(me) > memory:
                _end(run, too_large(memory))
            if parent and os.getppid() != parent:
                with suppress(OSError):
                    run.ask_to_stop()
                return

    thread = threading.Thread(target=look, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


def _end(run: Run, message: str) -> None:
    """Leave at once: memory that is short is no time for tidying. Finished epochs are on the disk."""
    with suppress(OSError):
        run.write_state(replace(run.state(), status="failed", message=message))
    print(message, flush=True)
    os._exit(1)
