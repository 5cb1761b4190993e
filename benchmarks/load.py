"""How many visitors one server holds: sessions that each edit a net every two seconds, over Streamlit's own protocol.

    python -m benchmarks.load                            25, 50, 75 and 100 sessions on resnet50, 30 seconds each
    python -m benchmarks.load --train                    the same while the server trains a net
    python -m benchmarks.load --browsers 3               with three real browsers on top of these sessions
    python -m benchmarks.load --edits 2000               what 2,000 edits in one session leave behind

The server and the visitors share the machine, and only addresses of this machine are used. Each edit changes the
filters of the first convolution, so that every layer changes. Its time goes from sending it to the end of the run that
shows it, seen by the visitor.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks import load_browsers
from cnnviz import zoo
from cnnviz.training import bounds, launcher
from cnnviz.training import folder as folder_of_runs
from cnnviz.training import process as training_process
from cnnviz.training.folder import GOING, Config
from cnnviz.training.settings import Settings

NET = "resnet50"
TRAINED = "tfnotes-baseline"
BEGINS = 180.0  # seconds in which a run must have begun
SESSIONS = (25, 50, 75, 100)
EVERY = 2.0  # seconds between the edits of one session
SECONDS = 30.0
SETTLED = 15.0  # seconds after which a new server has imported all that it imports by itself
ARRIVALS = 0.15  # seconds between two visitors' arrival
MOST_SESSIONS, MOST_SECONDS, MOST_EDITS = 300, 600.0, 20_000  # the loops are bounded
BUDGET = 0.300  # seconds, 95th percentile at 50 sessions


class Load(NamedTuple):
    """What so many sessions met. Seconds; `memory` is the page server's own, in bytes; `busy` its share of a core.

    `grown` is what `memory` has grown by since before the first of them arrived.
    `seen` are the times of the real browsers, from the click to the painted page.
    """

    sessions: int
    times: Sequence[float]
    arrivals: Sequence[float]
    failed: int
    busy: float
    memory: int
    grown: int
    seen: Sequence[float] = ()


def main(arguments: list[str]) -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--net", default=NET)
    parser.add_argument("--sessions", type=int, nargs="*", default=list(SESSIONS))
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--every", type=float, default=EVERY)
    parser.add_argument("--edits", type=int, default=0, help="edits of one session, to see what they leave behind")
    parser.add_argument("--train", action="store_true", help=f"train {TRAINED} meanwhile, as a visitor's run")
    parser.add_argument("--browsers", type=int, default=0, help="real browsers that edit as well")
    given = parser.parse_args(arguments)
    try:
        from benchmarks import streamlit_client  # noqa: F401
        from tests.browser import running
    except ImportError as error:
        print(f"benchmarks.load: {error.name} is missing; python3 start.py bench installs it", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="cnnviz-bench-") as folder, ExitStack() as stack:
        os.environ["CNNVIZ_RUNS"] = str(Path(folder, "runs"))
        if given.train:
            stack.enter_context(_queued())
        server = stack.enter_context(running.running(Path(folder, "log")))
        process = psutil.Process(server.process.pid)
        if given.edits:
            return asyncio.run(_grow(server.url, given.net, min(given.edits, MOST_EDITS), process))
        return asyncio.run(_rise(server.url, given, process))


@contextmanager
def _queued() -> Iterator[None]:
    """A run that waits for the server to train it, stopped afterwards."""
    run = launcher.submit(Config(zoo.BY_NAME[TRAINED].notation, "load", Settings(data="shapes", epochs=500)))
    try:
        yield
    finally:
        worker = training_process.worker_of(run)
        if worker:
            training_process.end(worker)


async def _rise(url: str, given: argparse.Namespace, process: psutil.Process) -> int:
    await loaded(url, given.net, 2, 0.5, 5.0, process)  # what the first visitor waits for is no load
    await asyncio.sleep(SETTLED)
    if given.train:
        await asyncio.to_thread(_wait_for_training)
    print(f"{given.net}, an edit every {given.every:g} s in each session, {given.seconds:g} s; milliseconds\n")
    print(f"{'sessions':>8} {'edits':>6} {'median':>7} {'95 %':>7} {'worst':>7} {'arrival':>8} {'failed':>6} "
          f"{'of a core':>9} {'MB':>6} {'MB each':>8}")  # fmt: skip
    for sessions in given.sessions:
        async with load_browsers.chromium(given.browsers > 0) as browser:
            real = [load_browsers.BrowserVisitor(browser, url, given.net) for _ in range(min(given.browsers, 10))]
            most = min(sessions, MOST_SESSIONS)
            found = await loaded(url, given.net, most, given.every, given.seconds, process, real)
        times = [1000 * seconds for seconds in found.times] or [float("nan")]
        print(
            f"{found.sessions:>8} {len(found.times):>6} {statistics.median(times):>7.0f} "
            f"{_percentile(times, 0.95):>7.0f} {max(times):>7.0f} {1000 * statistics.median(found.arrivals):>8.0f} "
            f"{found.failed:>6} {found.busy:>9.0%} {found.memory / 1e6:>6.0f} "
            f"{found.grown / 1e6 / found.sessions:>8.2f}",
            flush=True,
        )
        if found.seen:
            seen = [1000 * seconds for seconds in found.seen]
            print(
                f"{'browsers':>8} {len(seen):>6} {statistics.median(seen):>7.0f} {_percentile(seen, 0.95):>7.0f} "
                f"{max(seen):>7.0f}  from click to paint",
                flush=True,
            )
    print(f"\nBudget: 95 % under {1000 * BUDGET:.0f} at 50 sessions")
    return 0


def _wait_for_training() -> None:
    """Return when the run has begun. Raises RuntimeError when it does not."""
    [run] = folder_of_runs.listed(bounds.read().runs)
    ends = time.monotonic() + BEGINS
    while not run.metrics():
        if run.status() not in ("queued", *GOING) or time.monotonic() > ends:
            raise RuntimeError(f"the run does not train: {run.status()}, {run.state().message}")
        time.sleep(0.5)
    print(f"{TRAINED} is being trained on shapes meanwhile")


async def loaded(
    url: str,
    net: str,
    sessions: int,
    every: float,
    seconds: float,
    process: psutil.Process,
    real: Sequence[load_browsers.BrowserVisitor] = (),
) -> Load:
    """So many sessions at once, and these real browsers, each editing every so many seconds."""
    from benchmarks.streamlit_client import Visitor

    before = process.memory_info().rss
    visitors = [Visitor(url, net) for _ in range(sessions)]
    seen: list[float] = []
    for one in real:
        await one.arrive()
    arrivals: list[float] = []
    times: list[float] = []
    failed = 0
    there = []
    for visitor in visitors:
        try:
            arrivals.append((await visitor.arrive()).seconds)
            there.append(visitor)
        except (OSError, TimeoutError):
            failed += 1
        await asyncio.sleep(ARRIVALS)
    ends = time.perf_counter() + min(seconds, MOST_SECONDS)
    used = sum(process.cpu_times()[:2])
    since = time.perf_counter()

    async def edit(visitor: Visitor | load_browsers.BrowserVisitor, number: int, times: list[float]) -> None:
        nonlocal failed
        await asyncio.sleep(random.Random(number).random() * every)
        filters = 32
        while time.perf_counter() < ends:
            begun = time.perf_counter()
            filters = 32 + (filters - 31) % 64
            try:
                times.append((await visitor.edit(filters)).seconds)
            except (OSError, TimeoutError):
                failed += 1
                return
            await asyncio.sleep(max(0.0, every - (time.perf_counter() - begun)))

    await asyncio.gather(
        *(edit(visitor, number, times) for number, visitor in enumerate(there)),
        *(edit(visitor, -number, seen) for number, visitor in enumerate(real, 1)),
    )
    busy = (sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - since)
    memory = process.memory_info().rss
    await asyncio.gather(*(visitor.leave() for visitor in (*there, *real)))
    await asyncio.sleep(1)
    return Load(sessions, times, arrivals or [float("nan")], failed, busy, memory, memory - before, seen)


async def _grow(url: str, net: str, edits: int, process: psutil.Process) -> int:
    """Edit after edit in one session; what the server holds on the way."""
    from benchmarks.streamlit_client import Visitor

    visitor = Visitor(url, net)
    await visitor.arrive()
    print(f"{'edits':>6} {'MB':>7} {'threads':>8} {'files':>6} {'median ms':>10}")
    times: list[float] = []
    for number in range(edits + 1):
        if number % max(edits // 10, 1) == 0:
            median = 1000 * statistics.median(times or [0])
            held, threads, files = process.memory_info().rss / 1e6, process.num_threads(), process.num_fds()
            print(f"{number:>6} {held:>7.1f} {threads:>8} {files:>6} {median:>10.1f}", flush=True)
            times.clear()
        times.append((await visitor.edit(32 + number % 64)).seconds)
    await visitor.leave()
    return 0


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
