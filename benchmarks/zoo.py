"""How fast the whole zoo is: the figures of every row, against Keras building the same nets.

* cnnviz: for every row parse the text, build the graph, its costs and depth, and hold its published figures against
  ours; nothing kept from before, one process, one core;
* Keras deferred: the functional model of every row without memory for its weights, as the page's live check builds it.

Garbage is collected before each measurement of ours. Ours is the median of some rounds, Keras builds every net once.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from functools import partial
from typing import NamedTuple

from benchmarks.child import Child, timed
from benchmarks.table import Row
from cnnviz import declare, zoo
from cnnviz.zoo import figures

ROUNDS = 7
BUDGET = 1.0  # seconds for all rows
_SHOWN = 5  # the slowest rows that are listed


class Figures(NamedTuple):
    """One row: its name, and the seconds that our figures and Keras' build of it take."""

    net: str
    ours: float
    keras: float


def run(arguments: list[str]) -> list[Row]:
    """Measure, print, and give the row of the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.zoo", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args(arguments)
    whole, rows = measure_ours(given.rounds)
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    with Child("keras_ways") as peer:
        print(f"{peer.versions}, {len(zoo.ROWS)} networks, medians of {given.rounds} rounds for cnnviz\n")
        peer.measure("deferred", zoo.ROWS[0].name)  # brings Keras into memory
        found = [Figures(name, ours, peer.measure("deferred", name).seconds) for name, ours in rows.items()]
    keras = sum(row.keras for row in found)
    print(f"{'net':<28} {'cnnviz, ms':>10} {'Keras deferred, ms':>19} {'ratio':>7}")
    for row in sorted(found, key=lambda row: row.ours, reverse=True)[:_SHOWN]:
        _print(row)
    took = statistics.median(whole)
    _print(Figures("all", took, keras))
    print(f"\nBudget for all: {BUDGET:g} s; took {took:.2f} s")
    return [Row("zoo", f"all {len(zoo.ROWS)} networks", whole, "Keras, deferred build", [keras], most=BUDGET)]


def measure_ours(rounds: int) -> tuple[list[float], dict[str, float]]:
    """Seconds for all rows at a time, a figure a round; and for each row by itself, medians."""
    figures.overview()  # brings our code into memory
    whole: list[float] = []
    each: dict[str, list[float]] = {row.name: [] for row in zoo.ROWS}
    for _ in range(rounds):
        _forget()
        whole.append(timed(figures.overview))
        for row in zoo.ROWS:
            _forget()
            each[row.name].append(timed(partial(figures.compared, row)))
    return whole, {name: statistics.median(times) for name, times in each.items()}


def _forget() -> None:
    """Drop what is kept from earlier measurements."""
    figures.of_row.cache_clear()
    declare.params.cache_clear()  # type: ignore[attr-defined]


def _print(row: Figures) -> None:
    print(
        f"{row.net:<28} {1000 * row.ours:>10.1f} {1000 * row.keras:>19,.0f} {row.keras / row.ours:>6.0f}×", flush=True
    )
