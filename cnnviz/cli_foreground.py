"""Training in the foreground of a command line: one run in this process, or a study's runs one after the other.

What the worker says is printed and goes into the run's log; what the libraries under it say goes into the log alone.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace

from .cli_input import Refused
from .declare import shown
from .training import process
from .training.folder import GOING, LOG, Run

INTERRUPTED = 130


class Failed(Exception):
    """A training failed; the message is its cause in one line."""


def said(text: str) -> None:
    """Print a line at once; when nobody reads any more, go on without."""
    try:
        print(text, flush=True)
    except (BrokenPipeError, ValueError):
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def train(run: Run) -> int:
    """Train a run in this process: 0, or 130 after Ctrl-C. Raises Failed and Refused."""
    code, last = 0, ""
    with _into_log(run) as log, _interrupts() as interrupted:

        def tell(text: str) -> None:
            nonlocal last
            last = text
            said(text)
            with contextlib.suppress(OSError):
                os.write(log, f"{text}\n".encode())

        try:
            from .training import worker

            code = worker.run(run, tell, foreground=True)
        except KeyboardInterrupt:
            _leave(run, "stopped", "stopped before training began")
            interrupted.append(True)
        except Exception as error:  # whatever it is, the user gets a line and the log has the rest
            os.write(log, traceback.format_exc().encode())
            _leave(run, "failed", f"{type(error).__name__}: {error}".splitlines()[0][:500])
    if code == 2:  # somebody else is at it, or it cannot be used
        raise Refused(last)
    return outcome(run, bool(interrupted))


def outcome(run: Run, interrupted: bool) -> int:
    """Say how a run ended; its exit code. Raises Failed."""
    state = run.state()
    if state.status == "failed" or run.status() == "died":
        raise Failed(state.message or "the worker ended and gave no reason; see its log")
    if state.status == "stopped":
        done = f"{state.epoch:,} epoch{'' if state.epoch == 1 else 's'}"
        said(f"stopped with {done} kept; go on with: python -m cnnviz resume {shlex.quote(str(run.path))}")
    return INTERRUPTED if interrupted else 0


def train_beside(run: Run) -> int:
    """Train a stopped run in a process of this one's group, so that its memory is its own; the exit code.

    It stops when this process ends. Raises KeyboardInterrupt once it has stopped.
    """
    environment = process.environment(run.config().settings, None) | {process.WITH_PARENT: "1"}
    command = [sys.executable, "-m", "cnnviz", "resume", str(run.path)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.wait()  # it has got it too, and keeps what it has
            raise


def _leave(run: Run, status: str, message: str) -> None:
    with contextlib.suppress(OSError):
        state = run.state()
        if state.status in GOING:
            run.write_state(replace(state, status=status, message=message))


@contextlib.contextmanager
def _into_log(run: Run) -> Iterator[int]:
    """Send standard error into the run's log, that of native libraries too; gives the log's descriptor."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        log = os.open(run.path / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        os.close(kept)
        raise Failed(f"cannot write into {shown(str(run.path))}: {error.strerror}") from None
    try:
        os.dup2(log, 2)
        yield log
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(log)


@contextlib.contextmanager
def _interrupts() -> Iterator[list[bool]]:
    """Notice Ctrl-C whoever handles it: the list is not empty afterwards."""
    seen: list[bool] = []
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        ours.setblocking(False)
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield seen
        finally:
            signal.set_wakeup_fd(before)
            with contextlib.suppress(OSError):
                if signal.SIGINT in ours.recv(1_000):
                    seen.append(True)
