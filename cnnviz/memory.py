"""Memory of a net: weights, activations, the peak of a forward pass, and what training keeps. Unit: bytes.

Inference runs the operations in Keras' order of layers. A tensor lives from the operation that makes it to the last one
that reads it; the input counts, outputs live to the end. Dropout, flatten and reshape take no memory of their own, a
separate activation overwrites its input where nothing else still needs it, a fused one is part of its operation.
Weights and the workspace of the kernels stand apart.

Training keeps what the gradients need (`KEPT`), once, beside weights, gradients and the optimizer's slots. That is what
has to be; what a backend really takes stands in memory_step.py.
"""

from __future__ import annotations

from math import prod
from typing import Literal, NamedTuple

from . import ops
from .graph import Graph


class Format(NamedTuple):
    """Bytes of one weight and of one activation."""

    weight: int
    activation: int


FORMATS: dict[str, Format] = {
    "float32": Format(4, 4),
    "float16": Format(2, 2),
    "bfloat16": Format(2, 2),
    "float64": Format(8, 8),
    "mixed_float16": Format(4, 2),
    "mixed_bfloat16": Format(4, 2),
}

# Slots: numbers that the optimizer keeps beside each trainable weight.
OPTIMIZERS: dict[str, int] = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adagrad": 1, "adam": 2, "adamw": 2, "lion": 1}

Keeps = Literal["nothing", "input", "output", "both", "mask"]

# What the gradient of each operation needs again: its input, its output, or one byte a value for a mask.
KEPT: dict[type[ops.Op], Keeps] = {
    ops.Input: "nothing",
    ops.Conv: "input",
    ops.DepthwiseConv: "input",
    ops.SeparableConv: "input",
    ops.SparseConv: "input",
    ops.Dense: "input",
    ops.RadialBasis: "input",
    ops.MaxPool: "both",
    ops.AvgPool: "nothing",
    ops.GlobalMaxPool: "both",
    ops.GlobalAvgPool: "nothing",
    ops.ZeroPad: "nothing",
    ops.BatchNorm: "input",
    ops.LayerNorm: "input",
    ops.LocalResponseNorm: "both",
    ops.Scale: "input",
    ops.ConstantScale: "nothing",
    ops.Activation: "output",
    ops.Dropout: "mask",
    ops.StochasticDepth: "nothing",
    ops.Flatten: "nothing",
    ops.Reshape: "nothing",
    ops.ChannelPad: "nothing",
    ops.Add: "nothing",
    ops.Multiply: "input",
    ops.Concat: "nothing",
}

# Activations whose gradient needs the value before them; those of the others follow from the output.
NEED_INPUT = frozenset({"gelu", "silu", "hard_silu"})


class Inference(NamedTuple):
    """Bytes of one forward pass: weights, all activations, the most that live at once, and the node where they do."""

    weights: int
    activations: int
    peak: int
    peak_node: str


class Training(NamedTuple):
    """Bytes of one training step, without the workspace of the kernels."""

    weights: int
    gradients: int
    slots: int
    activations: int

    @property
    def total(self) -> int:
        return sum(self)


class Buffers(NamedTuple):
    """Which memory each node writes to: its buffer, each buffer's number of values, first and last step of its life."""

    of_node: tuple[int, ...]
    values: tuple[int, ...]
    life: tuple[tuple[int, int], ...]


def inference(graph: Graph, number_format: str = "float32", batch: int = 1) -> Inference:
    """Memory of a forward pass of `batch` pictures."""
    size = FORMATS[number_format]
    found = buffers(graph)
    order = graph.keras_order
    ends: list[list[int]] = [[] for _ in order]
    starts: list[list[int]] = [[] for _ in order]
    for buffer, (first, last) in enumerate(found.life):
        starts[first].append(found.values[buffer])
        ends[last].append(found.values[buffer])
    live = peak = peak_step = 0
    for step in range(len(order)):
        live += sum(starts[step])
        if live > peak:
            peak, peak_step = live, step
        live -= sum(ends[step])
    each = size.activation * batch
    weights = sum([node.parameters for node in graph.nodes]) * size.weight
    return Inference(weights, sum(found.values) * each, peak * each, graph.nodes[order[peak_step]].id)


def training(graph: Graph, batch: int, number_format: str = "float32", optimizer: str = "adam") -> Training:
    """Memory of a training step of `batch` pictures."""
    size = FORMATS[number_format]
    parameters = sum([node.parameters for node in graph.nodes])
    trainable = sum(prod(weight.shape) for node in graph.nodes for weight in node.weights if weight.trainable)
    kept, masks = _kept_values(graph)
    return Training(
        parameters * size.weight,
        trainable * size.weight,
        trainable * size.weight * OPTIMIZERS[optimizer],
        (kept * size.activation + masks) * batch,
    )


def buffers(graph: Graph) -> Buffers:
    """Which nodes share memory at inference, and how long each piece of memory lives, in steps of Keras' order."""
    nodes, order = graph.nodes, graph.keras_order
    step_of = {node: step for step, node in enumerate(order)}
    last_read = [max([step_of[reader] for reader in readers], default=0) for readers in graph.consumers]
    for output in graph.outputs:
        last_read[output] = len(order)  # outputs outlive the pass
    of_node = [0] * len(nodes)
    values: list[int] = []
    life: list[list[int]] = []
    for step, index in enumerate(order):
        node = nodes[index]
        shared = of_node[node.inputs[0]] if node.inputs else -1
        in_place = node.op.in_place and nodes[node.inputs[0]].inputs and life[shared][1] == step
        if node.op.alias or in_place:
            life[shared][1] = max(life[shared][1], last_read[index])
        else:
            shared = len(values)
            values.append(prod(node.shape))
            life.append([step, max(step, last_read[index])])
        of_node[index] = shared
    final = len(order) - 1
    return Buffers(tuple(of_node), tuple(values), tuple([(first, min(last, final)) for first, last in life]))


def _kept_values(graph: Graph) -> tuple[int, int]:
    """How many values the gradients need of the forward pass, each once, and how many mask values."""
    nodes = graph.nodes
    source = list(range(len(nodes)))  # aliases keep what they stand for
    for i, node in enumerate(nodes):
        if isinstance(node.op, (ops.Flatten, ops.Reshape)):
            source[i] = source[node.inputs[0]]
    kept: set[int] = set()
    extra = masks = 0
    for i, node in enumerate(nodes):
        keeps = KEPT[type(node.op)]
        activation = getattr(node.op, "activation", "linear")
        if isinstance(node.op, ops.Activation):
            keeps = "input" if activation in NEED_INPUT else "output" if activation != "linear" else "nothing"
        elif activation in NEED_INPUT:
            extra += prod(node.shape)  # the value before the fused activation
        elif activation != "linear":
            kept.add(source[i])
        if keeps in ("input", "both"):
            kept.update(source[j] for j in node.inputs)
        if keeps in ("output", "both"):
            kept.add(source[i])
        if keeps == "mask":
            masks += prod(node.shape)
    return sum(prod(nodes[i].shape) for i in kept) + extra, masks
