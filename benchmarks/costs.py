"""The cost table as people print it, against the other tools that make one: Keras, TensorFlow, torchinfo, fvcore.

* cnnviz: from the text of the net to the printed table (shapes, parameters, multiply-adds, receptive fields);
* each peer: from a model that is built already, in its own framework, to its printed table or its count. Building the
  model, which none of them can do without, is not timed.

All take turns, each library in one process, after a small net as warm-up. Before a time counts, what the peer says is
held against our figures: the same parameters, and the same multiply-adds of convolutions and dense layers. What it
counts besides differs from peer to peer and is printed.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from benchmarks import turns
from benchmarks.child import Child, Facts
from benchmarks.table import Row
from cnnviz import costs, declare, notation, summary, zoo

NETS = ("resnet50", "densenet201")
ROUNDS = 3


class Peer(NamedTuple):
    """A tool: the child that measures it, its way there, the packages it needs, what it counts."""

    child: str
    way: str
    needs: tuple[str, ...]
    counts: str


PEERS = {
    "Keras, summary": Peer("keras_ways", "summary", ("keras",), "all parameters; no operations"),
    "TensorFlow's profiler": Peer(
        "keras_ways", "profiler", ("tensorflow",), "every float operation, a multiply-add as two; no parameters"
    ),
    "torchinfo": Peer(
        "torch_ways",
        "torchinfo",
        ("torch", "torchinfo"),
        "multiply-adds with biases, batch normalisation once a channel; trainable parameters",
    ),
    "torchinfo, meta device": Peer(
        "torch_ways", "torchinfo_meta", ("torch", "torchinfo"), "the same, without doing the arithmetic"
    ),
    "fvcore": Peer(
        "torch_ways",
        "fvcore",
        ("torch", "fvcore"),
        "multiply-adds, batch normalisation and global pooling for each value; trainable parameters",
    ),
}


def run(arguments: list[str]) -> list[Row]:
    """Measure, print, and give the rows of the table."""
    parser = argparse.ArgumentParser(prog="benchmarks costs", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given, _ = parser.parse_known_args(arguments)
    there = {title: peer for title, peer in PEERS.items() if all(map(importlib.util.find_spec, peer.needs))}
    with ExitStack() as stack:
        modules = dict.fromkeys(peer.child for peer in there.values())
        children = {module: stack.enter_context(Child(module)) for module in modules}
        print("; ".join(child.versions for child in children.values()))
        for title, peer in PEERS.items():
            print(f"{title}{'' if title in there else ' (not installed)'} counts {peer.counts}", flush=True)
        return [row for net in NETS for row in measure(net, there, children, given.rounds)]


def measure(net: str, there: Collection[str], children: Mapping[str, Child], rounds: int) -> list[Row]:
    """All that are there in turns; a row for each peer."""
    said: dict[str, Facts] = {}

    def ask(title: str, asked: str) -> float:
        answer = children[PEERS[title].child].measure(PEERS[title].way, asked)
        agree(title, asked, expected(asked), answer.facts)
        said[title] = answer.facts
        return answer.seconds

    asked = {title: partial(ask, title) if title in there else None for title in PEERS}
    found = turns.take(net, rounds, partial(print_table, net), asked)
    ours = expected(net)
    print(f"\n{net}: " + ", ".join(f"{value:,} {what}" for what, value in ours.items()))
    for title, facts in said.items():
        agreed = " and ".join(what for what in facts if what in ours)
        total = f"; its own total {facts['reported']:,}" if "reported" in facts else ""
        print(f"  {title}: the same {agreed}{total}")
    what = f"{net}, text → printed table"
    return [Row("costs", what, found.ours, title, found.theirs[title], why=found.why.get(title, "")) for title in PEERS]


def print_table(net: str) -> str:
    """The printed table of a net, from its text, with nothing kept from an earlier one."""
    declare.params.cache_clear()  # type: ignore[attr-defined]
    return summary.as_text(summary.summarize(notation.load(zoo.BY_NAME[net].notation).graph))


def expected(net: str) -> Facts:
    """What every peer that counts it must say too."""
    total = costs.total(costs.node_costs(zoo.find(net).graph))
    return {"parameters": total.parameters, "trainable parameters": total.trainable, "multiply-adds": total.macs}


def agree(title: str, net: str, ours: Facts, theirs: Facts) -> None:
    """Refuse a comparison of unlike things."""
    for what, value in theirs.items():
        if what in ours and value != ours[what]:
            raise ValueError(f"{title} says {value:,} {what} of {net}, we say {ours[what]:,}: this is another network")
