"""How fast the engine is: notation → the full table of layers, against Keras building the same net.

Three ways to the same figures (shapes, parameters of every layer), measured in turn so that all meet the same machine:
* cnnviz: parse the text, build the graph, costs, Keras' order and names, receptive fields; nothing kept from before;
* Keras deferred: the functional model without memory for its weights, as the page's live check builds it;
* Keras ordinary: the functional model as everybody builds it, and `summary()`.

Garbage is collected before each measurement; during it Python collects as it does by default. Ours is repeated for half
a second a round, so that both meet a processor that is awake. Figures are medians.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from typing import NamedTuple

from benchmarks.child import Child, repeated
from benchmarks.table import Row
from cnnviz import declare, notation, summary, zoo

NETS = ("vgg16", "resnet152", "densenet201")
ROUNDS = 5
DEFERRED_BUDGET, ORDINARY_BUDGET = 100, 400  # at least so many times faster, on DenseNet-201
BUDGET_NET = "densenet201"


class Figures(NamedTuple):
    """One net: its layers, and the seconds of each round."""

    net: str
    layers: int
    engine: list[float]
    deferred: list[float]
    ordinary: list[float]


def run(arguments: list[str]) -> list[Row]:
    """Measure, print, and give the rows of the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.engine", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    rows: list[Row] = []
    with Child("keras_ways") as peer:
        print(f"{peer.versions}, medians of {given.rounds} rounds, milliseconds\n")
        heading = ("net", "layers", "cnnviz", "Keras deferred", "ratio", "Keras + summary()", "ratio")
        print(("{:<12} {:>7} {:>8} {:>15} {:>7} {:>18} {:>7}").format(*heading))
        for net in NETS:
            found = measure(net, peer, given.rounds)
            _print(found)
            rows += _rows(found)
    print(f"\nBudgets for {BUDGET_NET}: {DEFERRED_BUDGET}× and {ORDINARY_BUDGET}×")
    return rows


def _print(found: Figures) -> None:
    engine, deferred, ordinary = (1000 * statistics.median(seconds) for seconds in found[2:])
    print(
        f"{found.net:<12} {found.layers:>7,} {engine:>8.2f} {deferred:>15,.0f} {deferred / engine:>6.0f}× "
        f"{ordinary:>18,.0f} {ordinary / engine:>6.0f}×",
        flush=True,
    )


def _rows(found: Figures) -> list[Row]:
    has = found.net == BUDGET_NET
    what = f"{found.net}, text → table"
    return [
        Row("engine", what, found.engine, "Keras, deferred build", found.deferred, DEFERRED_BUDGET if has else None),
        Row("engine", what, found.engine, "Keras, build + summary", found.ordinary, ORDINARY_BUDGET if has else None),
    ]


def measure(net: str, keras: Child, rounds: int) -> Figures:
    """All three ways in turn, `rounds` times."""
    text = zoo.BY_NAME[net].notation
    layers = len(table(text).layers)  # also brings our code into memory
    keras.measure("deferred", net)  # and Keras
    engine, deferred, ordinary = [], [], []
    for _ in range(rounds):
        engine += repeated(lambda: table(text))
        deferred.append(keras.measure("deferred", net).seconds)
        ordinary.append(keras.measure("ordinary", net).seconds)
    return Figures(net, layers, engine, deferred, ordinary)


def table(text: str) -> summary.Summary:
    """The full table of a net, from its text, with nothing kept from an earlier one."""
    declare.params.cache_clear()  # type: ignore[attr-defined]
    return summary.summarize(notation.load(text).graph)
