"""One running Keras worker: a child process, asked in lines of JSON and stopped with all that it started."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

_ROOT = Path(__file__).resolve().parent.parent
LONGEST_LINE = 32 * 2**20  # characters of one answer
_CHECK_EVERY = 0.1  # seconds between two looks at the clock and at the memory

# The worker describes models and never trains one: no GPU, one thread, nothing said that is no error.
_ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "JAX_PLATFORMS": "cpu",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


class WorkerEnded(Exception):
    """The worker is gone; the message says how it ended."""


class TooSlow(Exception):
    """No answer came in time."""


class TooLarge(Exception):
    """The worker holds more memory than it may."""


class KerasProcess:
    """A worker with pipes to it. `on_end` is called, from another thread, when it ends by itself or is stopped."""

    def __init__(self, module: str, environment: Mapping[str, str], on_end: Callable[[], None]) -> None:
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        self._child = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, **_ENVIRONMENT, **environment},
            start_new_session=True,  # Ctrl-C in the terminal is the server's affair; closing ends the worker
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.ended = False
        self._on_end = on_end
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._said: deque[str] = deque(maxlen=20)
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read_lines, self._read_errors)]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def ask(self, request: Mapping[str, Any], seconds: float, memory: int) -> dict[str, Any]:
        """Send a request and wait for its answer. Raises WorkerEnded, TooSlow and TooLarge; `memory` is in bytes."""
        self._said.clear()  # what matters is what it says from here on
        try:
            assert self._child.stdin is not None
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()
        except OSError:
            raise WorkerEnded(self._how_it_ended()) from None
        return self.answer(seconds, memory)

    def answer(self, seconds: float, memory: int) -> dict[str, Any]:
        """The worker's next answer. Raises WorkerEnded, TooSlow and TooLarge."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            with suppress(queue.Empty):
                line = self._lines.get(timeout=min(left, _CHECK_EVERY))
                if line is None:
                    raise WorkerEnded(self._how_it_ended())
                return _decoded(line)
            if self.resident() > memory:
                raise TooLarge
        raise TooSlow

    def resident(self) -> int:
        """Bytes of physical memory that the worker holds; 0 when it is gone."""
        with suppress(psutil.Error):
            return int(psutil.Process(self.pid).memory_info().rss)
        return 0

    def stop(self) -> None:
        """End the worker and what it has started (Graphviz), at once, and wait until it is gone. Never raises."""
        family: list[psutil.Process] = []
        if self._child.poll() is None:
            with suppress(psutil.Error):
                worker = psutil.Process(self.pid)
                family = [*worker.children(recursive=True), worker]
        for process in family:
            with suppress(psutil.Error):
                process.kill()
        self._child.wait()
        for reader in self._readers:
            reader.join(timeout=5)
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _read_lines(self) -> None:
        assert self._child.stdout is not None
        while line := self._child.stdout.readline(LONGEST_LINE):
            self._lines.put(line)
        self.ended = True
        self._lines.put(None)
        self._on_end()

    def _read_errors(self) -> None:
        assert self._child.stderr is not None
        while line := self._child.stderr.readline(1000):
            if line.strip():
                self._said.append(line.decode(errors="replace").strip())

    def _how_it_ended(self) -> str:
        """In words, with the last line that it said."""
        try:
            code = self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "its connection broke"
        self._readers[1].join(timeout=1)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"{how}: {self._said[-1][:200]}" if self._said and code > 0 else how


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError:
        raise WorkerEnded("it gave an answer that cannot be read") from None
    if not isinstance(answer, dict):
        raise WorkerEnded("it gave an answer that cannot be read")
    return answer
