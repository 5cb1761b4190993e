"""A peer in a process of its own. It is told what to measure, a line each, and answers with a line of JSON."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from cnnviz import zoo
from cnnviz.graph import Graph

_ROOT = Path(__file__).resolve().parent.parent
_QUIET = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}

Facts = dict[str, int]  # what a peer says of the net, by name; `reported` is its own total


class PeerFailed(Exception):
    """A peer could not do it; the message is its own last words."""


class Answer(NamedTuple):
    """One measurement: its seconds, and what the peer found."""

    seconds: float
    facts: Facts


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes, garbage collected before it."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def repeated(work: Callable[[], object]) -> list[float]:
    """Seconds of each turn of a short work, for half a second: after idling the first turns are slow."""
    ends, found = time.perf_counter() + 0.5, []
    while not found or time.perf_counter() < ends:
        found.append(timed(work))
    return found


# --- the side that asks -----------------------------------------------------------------------------------------------


class Child:
    """A process that runs a module of this folder whose `main` calls `serve`."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{self._module}"],
            cwd=_ROOT,
            env={**os.environ, **_QUIET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.versions: str = self._read()["versions"]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()

    def measure(self, way: str, net: str) -> Answer:
        """Measure one way for one net of the zoo. Raises PeerFailed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{way} {net}\n")
        self._process.stdin.flush()
        told = self._read()
        if "error" in told:
            raise PeerFailed(told["error"])
        return Answer(told["seconds"], told["facts"])

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerFailed(f"the process of benchmarks.{self._module} ended")
        return dict(json.loads(line))


# --- the side that answers --------------------------------------------------------------------------------------------


class Way(NamedTuple):
    """One way to get a net's figures. `prepare(graph)` is not timed and gives the work; `facts` reads its result."""

    prepare: Callable[[Graph], Callable[[], Any]]
    facts: Callable[[Any], Facts] = lambda result: {}


class Ready(NamedTuple):
    """A peer with its libraries loaded: their versions in words, its ways by name, what clears up after each."""

    versions: str
    ways: dict[str, Way]
    clear: Callable[[], object] = lambda: None


def serve(load: Callable[[], Ready]) -> int:
    """Answer until the questions end; `load` imports the libraries."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print stays out of the answers

    def say(told: dict[str, Any]) -> None:
        print(json.dumps(told), file=answers, flush=True)

    ready = load()
    say({"versions": ready.versions})
    for line in sys.stdin:
        way, net = line.split()
        try:
            say(_measured(ready.ways[way], net))
        except Exception as error:  # whatever a peer's library raises is its answer
            say({"error": " ".join(f"{type(error).__name__}: {error}".split())[:300]})
        ready.clear()
    return 0


def _measured(way: Way, net: str) -> dict[str, Any]:
    work = way.prepare(zoo.find(net).graph)
    results: list[Any] = []
    took = timed(lambda: results.append(work()))
    return {"seconds": took, "facts": way.facts(results[0])}
