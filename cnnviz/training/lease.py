"""The sign of life of a worker that other machines can see, beside the lock, which only its own machine may see.

A worker that takes a run makes the file `lease.json` and touches it every few seconds. On the worker's own machine the
lock alone says whether it lives. Another machine believes the file: for as long as it was touched lately, the run is
being trained. Who takes over a run from another machine first watches the file lie still for longer than a worker goes
on without touching it, on a clock of its own; so clocks that disagree make nobody train a run twice. A worker that
finds another's lease in place of its own ends at once.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

LEASE = "lease.json"  # in the run folder: token, host and process of the worker, when it began
BEAT = 5.0  # seconds between two touches
GIVE_UP = 30.0  # seconds after which a worker ends that cannot reach its lease
STILL = 45.0  # seconds that another machine's lease must lie still before it is taken over
FRESH = 60.0  # seconds after which a reader holds a worker on another machine for gone; clocks may differ by 30
_LARGEST = 10_000  # bytes
_TRIES = 5


class LeaseError(Exception):
    """Somebody else trains this run; the message says who, in words."""


class Lease(NamedTuple):
    """What a lease says, and when it was touched last."""

    token: str
    host: str
    begun: float
    touched: float


def host() -> str:
    """The name of this machine, or container, among those that share the folder of runs."""
    if given := os.environ.get("CNNVIZ_HOST", "").strip():
        return given[:200]
    machine = ""
    with suppress(OSError, ValueError):
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()[:8]
    return f"{socket.gethostname()[:180]} {machine}".strip()


def read(folder: Path) -> Lease | None:
    """The lease of a run; None where there is none. A broken one counts, as nobody's."""
    try:
        with (folder / LEASE).open("rb") as file:  # opening a file makes a network's file system look anew
            data, touched = file.read(_LARGEST), os.fstat(file.fileno()).st_mtime
    except OSError:
        return None
    given: Any = None
    with suppress(ValueError, RecursionError):
        given = json.loads(data)
    if not isinstance(given, dict):
        given = {}
    begun = given.get("begun")
    return Lease(
        str(given.get("token") or "")[:100],
        str(given.get("host") or "")[:200],
        float(begun) if isinstance(begun, (int, float)) and abs(begun) < 1e12 else touched,
        touched,
    )


def is_alive_elsewhere(folder: Path) -> bool:
    """Whether a worker on another machine trains the run, by what this one can see."""
    lease = read(folder)
    return lease is not None and lease.host != host() and abs(time.time() - lease.touched) < FRESH


@contextmanager
def kept(folder: Path, lost: Callable[[str], None] | None = None) -> Iterator[None]:
    """Show a sign of life while inside, holding the run's lock. Raises LeaseError when another machine trains it.

    `lost` is told when the run has become another's, or cannot be reached; by default this process ends at once.
    """
    token = _take(folder)
    done = threading.Event()
    beat = threading.Thread(target=_beat, args=(folder, token, done, lost or _end), name="lease", daemon=True)
    beat.start()
    try:
        yield
    finally:
        done.set()
        beat.join(timeout=BEAT)
        lease = read(folder)
        if lease and lease.token == token:
            with suppress(OSError):
                (folder / LEASE).unlink()


def _take(folder: Path) -> str:
    """Make the lease ours; its token. Raises LeaseError."""
    token = secrets.token_hex(16)
    said = json.dumps({"token": token, "host": host(), "pid": os.getpid(), "begun": time.time()})
    for _ in range(_TRIES):
        with suppress(FileExistsError):
            _make(folder / LEASE, said)
            return token
        _wait_until_free(folder)
        with suppress(FileNotFoundError):  # another may have been quicker; then its new lease is there
            (folder / LEASE).rename(folder / f".{LEASE}.{token}")
            (folder / f".{LEASE}.{token}").unlink()
    raise LeaseError("another process")


def _make(path: Path, text: str) -> None:
    """A new file; nothing is left where it cannot be written. Raises OSError."""
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _wait_until_free(folder: Path) -> None:
    """Watch a lease until nobody can be behind it. Raises LeaseError."""
    first = read(folder)
    if first is None or first.host == host():
        return  # the lock is ours: on this machine nobody is
    ends = time.monotonic() + STILL
    while time.monotonic() < ends:
        time.sleep(min(1.0, STILL / 4))
        now = read(folder)
        if now is None:
            return
        if now != first:
            raise LeaseError(f"another machine ({now.host or 'unknown'})")


def _beat(folder: Path, token: str, done: threading.Event, lost: Callable[[str], None]) -> None:
    reached = time.monotonic()
    while not done.wait(BEAT):
        lease = read(folder)
        if lease is not None and lease.token != token:
            lost("another worker has taken this run over; this one ends")
            return
        if lease is not None:
            with suppress(OSError):
                os.utime(folder / LEASE)
                reached = time.monotonic()
        if time.monotonic() - reached > GIVE_UP:
            lost(f"the folder of the run could not be reached for {GIVE_UP:g} seconds; the worker ends")
            return


def _end(why: str) -> None:
    """Leave at once, and write nothing: the run may be another's by now."""
    with suppress(OSError):
        print(why, flush=True)
    os._exit(1)
