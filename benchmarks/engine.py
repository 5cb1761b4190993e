"""How fast the engine is: notation → the full table of layers, against Keras building the same net.

Three ways to the same figures (shapes, parameters of every layer), measured in turn so that all meet the same machine:
* cnnviz: parse the text, build the graph, costs, Keras' order and names, receptive fields; nothing kept from before;
* Keras deferred: the functional model without memory for its weights, as the page's live check builds it;
* Keras ordinary: the functional model as everybody builds it, and `summary()`.

Garbage is collected before each measurement; during it Python collects as it does by default. Figures are medians.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cnnviz import declare, notation, summary, zoo
from cnnviz.graph import Graph

NETS = ("vgg16", "resnet152", "densenet201")
ROUNDS = 7
OWN_TURNS = 5  # measurements of our own in each round: they are short
DEFERRED_BUDGET, ORDINARY_BUDGET = 100, 400  # at least so many times faster, on DenseNet-201
_ROOT = Path(__file__).resolve().parent.parent


class Figures(NamedTuple):
    """Medians for one net, in seconds."""

    net: str
    layers: int
    engine: float
    deferred: float
    ordinary: float


def main(arguments: list[str]) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.engine", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keras-peer", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.keras_peer:
        return _serve_keras()
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    with KerasPeer() as peer:
        print(f"Keras {peer.version}, medians of {given.rounds} rounds, milliseconds\n")
        heading = ("net", "layers", "cnnviz", "Keras deferred", "ratio", "Keras + summary()", "ratio")
        print(("{:<12} {:>7} {:>8} {:>15} {:>7} {:>18} {:>7}").format(*heading))
        for net in NETS:
            _print(measure(net, peer.measure, given.rounds))
    print(f"\nBudgets for densenet201: {DEFERRED_BUDGET}× and {ORDINARY_BUDGET}×")
    return 0


def _print(found: Figures) -> None:
    milliseconds = [1000 * seconds for seconds in found[2:]]
    print(
        f"{found.net:<12} {found.layers:>7,} {milliseconds[0]:>8.2f} "
        f"{milliseconds[1]:>15,.0f} {found.deferred / found.engine:>6.0f}× "
        f"{milliseconds[2]:>18,.0f} {found.ordinary / found.engine:>6.0f}×",
        flush=True,
    )


def measure(net: str, keras: Callable[[str, str], float], rounds: int) -> Figures:
    """All three ways in turn, `rounds` times. `keras(way, net)` gives seconds."""
    text = zoo.BY_NAME[net].notation
    layers = len(table(text).layers)  # also brings our code into memory; Keras has had its first net too
    keras("deferred", net)
    engine, deferred, ordinary = [], [], []
    for _ in range(rounds):
        engine += [timed(lambda: table(text)) for _ in range(OWN_TURNS)]
        deferred.append(keras("deferred", net))
        ordinary.append(keras("ordinary", net))
    return Figures(net, layers, *map(statistics.median, (engine, deferred, ordinary)))


def table(text: str) -> summary.Summary:
    """The full table of a net, from its text, with nothing kept from an earlier one."""
    declare.params.cache_clear()  # type: ignore[attr-defined]
    return summary.summarize(notation.load(text).graph)


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes, garbage collected before it."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- Keras, in a process of its own -----------------------------------------------------------------------------------


class KerasPeer:
    """A process with Keras that measures what it is told to, a line each."""

    def __enter__(self) -> KerasPeer:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.engine", "--keras-peer"],
            cwd=_ROOT,
            env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.version = self._read()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def measure(self, way: str, net: str) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{way} {net}\n")
        self._process.stdin.flush()
        return float(self._read())

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("benchmarks.engine: the Keras process ended; is TensorFlow installed?")
        return str(json.loads(line))


def _serve_keras() -> int:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print stays out of the answers
    import keras

    from cnnviz import keras_model

    def deferred(graph: Graph) -> None:
        keras_model.build(graph)

    def ordinary(graph: Graph) -> None:
        keras_model.build(graph, deferred=False).summary(print_fn=lambda line, **_: None)

    ways = {"deferred": deferred, "ordinary": ordinary}
    print(json.dumps(keras.__version__), file=answers, flush=True)
    for line in sys.stdin:
        way, net = line.split()
        build = partial(ways[way], notation.load(zoo.BY_NAME[net].notation).graph)
        seconds = timed(build)
        keras.utils.clear_session()
        print(json.dumps(seconds), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
