"""The picture of ResNet-152, layer by layer, against Keras' plot_model (by Graphviz) and visualkeras.

* cnnviz: from the text of the net to an SVG file, every group unfolded to its layers; and folded to its blocks;
* each peer: from a Keras model that is built already to its file. plot_model writes names and shapes, as we do; of the
  ways that it draws edges it gets one that Graphviz does not fail at.

All take turns, after a small net as warm-up.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import turns
from benchmarks.child import Child, repeated
from benchmarks.table import Row
from cnnviz import costs, declare, notation, zoo
from cnnviz.draw import folding
from cnnviz.draw.scene import scene
from cnnviz.draw.svg import svg

NET = "resnet152"
ROUNDS = 3
PEERS = {  # title → the child's way, and the package it needs
    "plot_model, SVG": ("plot_svg", "keras"),
    "plot_model, PNG": ("plot_png", "keras"),
    "visualkeras, graph_view": ("visualkeras_graph", "visualkeras"),
    "visualkeras, layered_view": ("visualkeras_layered", "visualkeras"),
}


def run(arguments: list[str]) -> list[Row]:
    """Measure, print, and give the rows of the table."""
    parser = argparse.ArgumentParser(prog="benchmarks diagram", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given, _ = parser.parse_known_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cnnviz-bench-") as folder, Child("keras_ways") as child:
        print(child.versions, flush=True)
        file, first = Path(folder, "ours.svg"), next(iter(PEERS))
        asked = {
            title: partial(seconds, child, way) if importlib.util.find_spec(package) else None
            for title, (way, package) in PEERS.items()
        }
        found = turns.take(NET, given.rounds, partial(draw, NET, True, file), asked)
        folded = repeated(partial(draw, NET, False, file))
        print(f"{NET}: {draw(NET, True, file)} boxes unfolded, {draw(NET, False, file)} folded")
    what, theirs, why = f"{NET}, its layers", found.theirs, found.why
    rows = [Row("diagram", what, found.ours, title, theirs[title], why=why.get(title, "")) for title in PEERS]
    return [*rows, Row("diagram", f"{NET}, its blocks", folded, first, theirs[first], why=why.get(first, ""))]


def seconds(child: Child, way: str, net: str) -> float:
    """What a peer takes."""
    return child.measure(way, net).seconds


def draw(net: str, everything: bool, file: Path) -> int:
    """Write the net's diagram, from its text, and give the number of its boxes; nothing is kept from an earlier one."""
    declare.params.cache_clear()  # type: ignore[attr-defined]
    graph = notation.load(zoo.BY_NAME[net].notation).graph
    opened = folding.everything(graph) if everything else frozenset()
    drawn = scene(graph, costs.node_costs(graph), opened)
    file.write_text(svg(drawn), encoding="utf-8")
    return len(drawn["nodes"])
