"""The same network in PyTorch: a plain `torch.nn.Module` with one of PyTorch's own layers for each of ours.

Sums and concatenations are calls in `forward`, as people write them. Uneven padding, which PyTorch's layers lack, is a
layer of its own before. What the benchmark's nets do not use is refused.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from cnnviz import ops
from cnnviz.graph import Graph
from cnnviz.ops import Inputs, Op


class FromGraph(nn.Module):
    """The network of a graph. Takes (batch, channels, height, width)."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.sources = [node.inputs for node in graph.nodes]
        self.output = graph.outputs[0]
        self.last_reader = [max(readers, default=len(graph.nodes)) for readers in graph.consumers]
        self.merges = {i: _MERGES[type(node.op)] for i, node in enumerate(graph.nodes) if node.op.family == "merge"}
        self.layers = nn.ModuleDict(
            {
                str(i): _layer(node.op, graph.input_shapes(i))
                for i, node in enumerate(graph.nodes)
                if node.inputs and i not in self.merges
            }
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        values: dict[int, torch.Tensor] = {0: pictures}
        for i, sources in enumerate(self.sources[1:], 1):
            given = [values[source] for source in sources]
            values[i] = self.merges[i](given) if i in self.merges else self.layers[str(i)](given[0])
            for source in sources:
                if self.last_reader[source] == i:
                    values.pop(source, None)  # as a local variable would be let go
        return values[self.output]


_MERGES = {ops.Add: lambda given: sum(given[1:], given[0]), ops.Concat: lambda given: torch.cat(given, 1)}


def _layer(op: Op, inputs: Inputs) -> nn.Module:
    """PyTorch's layer of an operation; several in a row where an activation is fused or the padding is uneven."""
    parts: list[nn.Module]
    match op:
        case ops.Conv(dilation_rate=(1, 1)):
            before, inside = _padding(op, inputs, op.kernel_size, op.strides, 0.0)
            sizes = inputs[0][2], op.filters, op.kernel_size, op.strides, inside
            parts = [*before, nn.Conv2d(*sizes, groups=op.groups, bias=op.use_bias), *_activation(op.activation)]
        case ops.Dense():
            parts = [nn.Linear(inputs[0][-1], op.units, bias=op.use_bias), *_activation(op.activation)]
        case ops.MaxPool():
            before, inside = _padding(op, inputs, op.pool_size, op.strides or op.pool_size, -math.inf)
            parts = [*before, nn.MaxPool2d(op.pool_size, op.strides, inside)]
        case ops.AvgPool(padding="valid"):
            parts = [nn.AvgPool2d(op.pool_size, op.strides)]
        case ops.GlobalAvgPool(keepdims=False):
            parts = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        case ops.BatchNorm(center=True, scale=True):
            parts = [nn.BatchNorm2d(inputs[0][2], eps=op.epsilon)]
        case ops.Activation():
            parts = _activation(op.activation)
        case ops.Flatten():
            parts = [nn.Flatten()]
        case ops.Dropout():
            parts = [nn.Dropout(op.rate)]
        case _:
            raise ValueError(f"benchmarks: no PyTorch layer for {op}")
    return parts[0] if len(parts) == 1 else nn.Sequential(*parts)


def _activation(word: str) -> list[nn.Module]:
    return {"linear": [], "relu": [nn.ReLU(inplace=True)], "softmax": [nn.Softmax(dim=-1)]}[word]


def _padding(
    op: ops.Conv | ops.MaxPool, inputs: Inputs, kernel: tuple[int, int], strides: tuple[int, int], fill: float
) -> tuple[list[nn.Module], tuple[int, int]]:
    """A padding layer to put before, where the padding is uneven; and what the layer itself pads on each side."""
    if op.padding == "valid":
        return [], (0, 0)
    totals = [
        max((-(-side // stride) - 1) * stride + extent - side, 0)
        for side, extent, stride in zip(inputs[0][:2], kernel, strides, strict=True)
    ]
    (top, bottom), (left, right) = ((total // 2, total - total // 2) for total in totals)
    if (top, left) == (bottom, right):
        return [], (top, left)
    return [nn.ConstantPad2d((left, right, top, bottom), fill)], (0, 0)
