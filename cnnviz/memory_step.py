"""Memory of one training step as a backend runs it: what it keeps for the gradients, and the most alive at once.

The step is walked twice. Forward, in Keras' order: outputs come to life, and what the gradients need stays (`keeps`).
Backward, in the opposite order: a node's gradient lives from the last node that reads its output to the node itself,
kept tensors go when their last reader has had them, kernels need room of their own (`room`). The peak is the most of
both walks and of the optimizer's update. What differs between backends follows from how Keras writes each operation
there; the tables say it, as it was measured with the backends' own figures (`python -m benchmarks memory`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from . import memory, ops
from .graph import Graph, Node
from .memory import FORMATS

# What an operation keeps: its input or output as it stands, a copy of its input, a normalised input in float32, the
# values before its fused activation, a mask of one byte or one number a value, 64-bit indices of its output, four
# 32-bit coordinates of each value of its input and output.
Keeps = tuple[str, ...]


class Backend(NamedTuple):
    """How a backend runs a training step.

    `keeps`: what each operation keeps, where it is not as in `memory.KEPT`. `room`: what its backward pass needs for
    the moment, as (times its input, times its output), in 4-byte numbers. `kernels`: copies of a convolution's kernel
    that are kept. `holds_outputs`: all layers' outputs live to the end of the forward pass. `gradients`: the last
    step's gradients of weights live on through the forward pass. `update`: what the optimizer's update needs, times
    the weights. `widens`: 16-bit formats are computed in 32 bits, from widened copies.
    """

    keeps: Mapping[type[ops.Op], Keeps]
    room: Mapping[type[ops.Op], tuple[float, float]]
    kernels: int = 0
    holds_outputs: bool = False
    gradients: bool = False
    update: float = 0.0
    widens: bool = False


_TORCH = Backend(
    keeps={
        ops.Conv: ("copy",),  # Keras turns channels-last into channels-first and back: a copy each time
        ops.DepthwiseConv: ("copy",),
        ops.SeparableConv: ("copy", "copy"),
        ops.SparseConv: ("copy",),
        ops.BatchNorm: ("input", "normal"),
        ops.LayerNorm: ("input", "normal"),
        ops.MaxPool: ("copy", "indices"),
        ops.AvgPool: ("copy",),
        ops.Dropout: ("numbers",),
    },
    room={
        ops.Conv: (3.0, 0.0),
        ops.BatchNorm: (4.0, 0.0),
        ops.LayerNorm: (4.0, 0.0),
    },
    kernels=1,
    holds_outputs=True,
    gradients=True,
    update=3.0,
)

# XLA writes the gradient of max pooling as a scatter by the place of each maximum. Its compiler for the CPU makes
# tables of the four coordinates of every input value, and makes them early; the one for GPUs works them out in passing.
_XLA_CPU = Backend(
    keeps={ops.MaxPool: ("input", "coordinates")},
    room={ops.MaxPool: (1.0, 4.0), ops.Conv: (0.5, 0.5)},
    widens=True,
)
_XLA_GPU = Backend(
    keeps={ops.MaxPool: ("input",)},
    room={ops.MaxPool: (1.0, 8.0), ops.Conv: (0.5, 0.5)},
)

_TENSORFLOW = Backend(keeps={}, room={ops.BatchNorm: (2.0, 0.0), ops.Conv: (0.0, 1.0)})

BACKENDS: Mapping[str, Backend] = MappingProxyType(
    {
        "torch": _TORCH,
        "xla_cpu": _XLA_CPU,
        "xla_gpu": _XLA_GPU,
        "tensorflow": _TENSORFLOW,
    }
)


class Step(NamedTuple):
    """Bytes of one training step at its peak. `working` is what lives for the moment, beyond what is kept."""

    weights: int
    gradients: int
    slots: int
    activations: int
    working: int

    @property
    def total(self) -> int:
        return sum(self)


def step(
    graph: Graph, batch: int, number_format: str = "float32", optimizer: str = "adam", backend: str = "tensorflow"
) -> Step:
    """Memory of a training step of `batch` pictures on a backend of BACKENDS, workspace of vendors' kernels apart."""
    textbook = memory.training(graph, batch, number_format, optimizer)
    way = BACKENDS[backend]
    number, weight = FORMATS[number_format].activation, FORMATS[number_format].weight
    if way.widens and number < _WIDE:
        number, way = _WIDE, way._replace(kernels=way.kernels + 1)
    walk = _Walk(graph, batch, number, weight, way)
    kept, peak = walk.peak()
    peak = max(peak, int((1 + way.update) * textbook.gradients))
    gradients = min(textbook.gradients, peak - kept)
    return Step(textbook.weights, gradients, textbook.slots, kept, peak - kept - gradients)


class _Walk:
    """One step through a graph, forward and backward. Unit: bytes."""

    def __init__(self, graph: Graph, batch: int, number: int, weight: int, way: Backend) -> None:
        self.graph, self.batch, self.number, self.weight, self.way = graph, batch, number, weight, way
        self.order = graph.keras_order
        self.at = {node: step for step, node in enumerate(self.order)}
        self.source = self._sources()
        # Each kept tensor: its bytes, and the first step of the forward walk that needs it (the last one backward).
        self.kept: dict[tuple[int, str], tuple[int, int]] = {}
        for index in self.order:
            for key, size in self._keeps(index):
                first = min(self.at[index], self.kept[key][1]) if key in self.kept else self.at[index]
                self.kept[key] = (size, first)

    def peak(self) -> tuple[int, int]:
        """Bytes that are kept at the end of the forward pass, and the most that live at once in the step."""
        kept = sum(size for size, _ in self.kept.values())
        return kept, max(self._forward(kept), self._backward(kept))

    def _forward(self, kept: int) -> int:
        """The most of the forward pass."""
        if self.way.holds_outputs:
            outputs = {self.source[i] for i in self.order if self.graph.nodes[i].inputs}
            gradients = sum(map(self._gradient, self.graph.nodes)) if self.way.gradients else 0
            return gradients + kept + sum(self._size(i) for i in outputs if (i, "") not in self.kept)
        made: dict[int, int] = defaultdict(int)  # bytes that begin to live in a step
        ends: dict[int, int] = defaultdict(int)
        for size, first in self.kept.values():
            made[first] += size
        for step, index in enumerate(self.order):
            if self.source[index] == index and (index, "") not in self.kept:
                made[step] += self._size(index)
                ends[max([step, *(self.at[reader] for reader in self.graph.consumers[index])])] += self._size(index)
        live = peak = 0
        for step in range(len(self.order)):
            live += made[step]
            peak = max(peak, live)
            live -= ends[step]
        return peak

    def _backward(self, kept: int) -> int:
        """The most of the backward pass."""
        nodes = self.graph.nodes
        gone: dict[int, int] = defaultdict(int)
        for size, first in self.kept.values():
            gone[first] += size
        live = peak = kept
        has = {self.source[output] for output in self.graph.outputs}
        live += sum(self._size(i) for i in has)
        for step in range(len(self.order) - 1, -1, -1):
            index = self.order[step]
            node = nodes[index]
            room = self._room(node)
            born = 0
            for source in {self.source[i] for i in node.inputs}:
                if source not in has and nodes[source].inputs and source != self.source[index]:
                    has.add(source)
                    born += self._size(source)
            live += born + self._gradient(node)
            peak = max(peak, live + room)
            if self.source[index] == index and index in has:
                live -= self._size(index)
            live -= gone[step]
        return peak

    def _gradient(self, node: Node) -> int:
        """Bytes of the gradients of a node's weights."""
        return self.weight * sum(prod(weight.shape) for weight in node.weights if weight.trainable)

    def _sources(self) -> list[int]:
        """For each node the one whose memory it shares: flatten and reshape are views."""
        source = list(range(len(self.graph.nodes)))
        for i, node in enumerate(self.graph.nodes):
            if isinstance(node.op, (ops.Flatten, ops.Reshape)):
                source[i] = source[node.inputs[0]]
        return source

    def _size(self, index: int) -> int:
        return prod(self.graph.nodes[index].shape) * self.number * self.batch

    def _room(self, node: Node) -> int:
        inputs, output = self.way.room.get(type(node.op), (0.0, 0.0))
        taken = sum(prod(self.graph.nodes[i].shape) for i in node.inputs)
        return int((inputs * taken + output * prod(node.shape)) * 4 * self.batch)

    def _keeps(self, index: int) -> list[tuple[tuple[int, str], int]]:
        """What a node keeps: which tensor, and its bytes."""
        node = self.graph.nodes[index]
        words = self.way.keeps.get(type(node.op)) or _WORDS[memory.KEPT[type(node.op)]]
        activation = getattr(node.op, "activation", "linear")
        if isinstance(node.op, ops.Activation):
            words = ("input",) if activation in memory.NEED_INPUT else ("output",) if activation != "linear" else ()
        elif activation in memory.NEED_INPUT:
            words = (*words, "before")
        elif activation != "linear":
            words = (*words, "output")
        found: list[tuple[tuple[int, str], int]] = []
        if self.way.kernels and isinstance(node.op, _CONVOLUTIONS):
            kernel = sum(prod(weight.shape) for weight in node.weights if len(weight.shape) > 1)
            found.append(((index, "kernel"), kernel * self.number * self.way.kernels))
        values = prod(node.shape) * self.batch
        for number, word in enumerate(words):
            own = (index, f"{word}{number}")
            match word:
                case "input" if self.number < _WIDE and isinstance(node.op, _IN_FLOAT32):
                    found.append((own, sum(prod(self.graph.nodes[i].shape) for i in node.inputs) * _WIDE * self.batch))
                case "input":
                    found.extend(((self.source[i], ""), self._size(self.source[i])) for i in node.inputs)
                case "output":
                    found.append(((self.source[index], ""), self._size(self.source[index])))
                case "copy":
                    found.append((own, sum(self._padded(node, i) for i in node.inputs) * self.number * self.batch))
                case "normal" | "numbers":
                    found.append((own, values * (4 if word == "normal" else self.number)))
                case "before":
                    found.append((own, values * self.number))
                case "mask":
                    found.append((own, values))
                case "indices":
                    found.append((own, values * 8))
                case "coordinates":
                    taken = sum(prod(self.graph.nodes[i].shape) for i in node.inputs) * self.batch
                    found.append((own, (taken + values) * 4 * 4))
        return found

    def _padded(self, node: Node, source: int) -> int:
        """Values of an input with the zeros that Keras adds by itself where `same` pads unevenly."""
        height, width, channels = self.graph.nodes[source].shape
        if getattr(node.op, "padding", "valid") != "same":
            return height * width * channels
        sides = []
        for side, window in zip((height, width), node.op.window((self.graph.nodes[source].shape,)) or (), strict=False):
            needed = max((-(-side // window.stride) - 1) * window.stride + window.extent - side, 0)
            sides.append(needed)
        if all(side % 2 == 0 for side in sides):
            return height * width * channels
        return (height + sides[0]) * (width + sides[1]) * channels


_WORDS: dict[str, Keeps] = {
    "nothing": (),
    "input": ("input",),
    "output": ("output",),
    "both": ("input", "output"),
    "mask": ("mask",),
}
_WIDE = 4  # bytes of a float32
_IN_FLOAT32 = (ops.BatchNorm, ops.LayerNorm)  # Keras computes these in float32 whatever the format
_CONVOLUTIONS = (ops.Conv, ops.DepthwiseConv, ops.SeparableConv, ops.SparseConv)
