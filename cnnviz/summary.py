"""A net as a table: Keras' layers in order, with everything we know of each, and the totals."""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

from .costs import NodeCost, node_costs, total
from .graph import Graph
from .net import Net
from .notation import print_net
from .ops import Shape, shape_text
from .receptive_field import Field, fields

_CSV_COLUMNS = (
    *("name", "op", "output_shape", "params", "trainable_params", "macs", "other_operations"),
    *("receptive_field_height", "receptive_field_width", "whole_image"),
)


class Layer(NamedTuple):
    """One row: a layer of the Keras model. `node` indexes the graph's nodes."""

    node: int
    name: str
    op: str
    output_shape: Shape
    cost: NodeCost
    field: Field


class Summary(NamedTuple):
    """All layers but the input, and their sums."""

    layers: tuple[Layer, ...]
    total: NodeCost
    outputs: tuple[Shape, ...]


def summarize(graph: Graph) -> Summary:
    """The table of a graph, in the order of `keras.Model.layers`."""
    nodes, names = graph.nodes, graph.layer_names
    costs, seen = node_costs(graph), fields(graph)
    layers = tuple(
        [
            Layer(i, names[i], nodes[i].op.word, nodes[i].shape, costs[i], seen[i])
            for i in graph.keras_order
            if nodes[i].inputs
        ]
    )
    return Summary(layers, total(costs), tuple([nodes[i].shape for i in graph.outputs]))


def as_json(net: Net, summary: Summary) -> dict[str, Any]:
    """The table as plain data, as `python -m cnnviz summary --json` prints it. Sizes in pixels, costs in counts."""
    return {
        "net": print_net(net, one_line=True),
        "layers": [
            {
                "name": layer.name,
                "op": layer.op,
                "output_shape": list(layer.output_shape),
                "params": layer.cost.parameters,
                "trainable_params": layer.cost.trainable,
                "macs": layer.cost.macs,
                "other_operations": layer.cost.other_operations,
                "receptive_field": list(layer.field.size),
                "effective_stride": list(layer.field.stride),
                "offset": list(layer.field.offset),
                "whole_image": layer.field.whole,
            }
            for layer in summary.layers
        ],
        "totals": {
            "params": summary.total.parameters,
            "trainable_params": summary.total.trainable,
            "macs": summary.total.macs,
            "flops": summary.total.flops,
            "all_operations": summary.total.all_operations,
            "layers": len(summary.layers),
        },
        "outputs": [list(shape) for shape in summary.outputs],
    }


def as_csv(summary: Summary) -> str:
    """The table as comma-separated values, a heading and a row for each layer."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for layer in summary.layers:
        cost, field = layer.cost, layer.field
        shape = "x".join(map(str, layer.output_shape))
        counts = (cost.parameters, cost.trainable, cost.macs, cost.other_operations)
        writer.writerow([layer.name, layer.op, shape, *counts, *field.size, str(field.whole).lower()])
    return text.getvalue()


def as_text(summary: Summary) -> str:
    """The table for a terminal, with the convention of every figure below it."""
    heading = ("layer", "operation", "output", "parameters", "MACs", "receptive field")
    rows = [
        (
            layer.name,
            layer.op,
            shape_text(layer.output_shape),
            f"{layer.cost.parameters:,}",
            f"{layer.cost.macs:,}",
            "whole picture" if layer.field.whole else shape_text(layer.field.size),
        )
        for layer in summary.layers
    ]
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    aligned = [
        "  ".join(
            cell.rjust(width) if i in (3, 4) else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [heading, *rows]
    ]
    aligned.insert(1, "-" * len(aligned[0]))
    cost = summary.total
    outputs = ", ".join(map(shape_text, summary.outputs))
    return "\n".join(
        [line.rstrip() for line in aligned]
        + [
            "",
            f"{len(summary.layers):,} layers, output {outputs}",
            f"{cost.parameters:,} parameters, {cost.trainable:,} trainable (of a BN's four a channel, two are)",
            f"{cost.macs:,} MACs (multiply-adds of convolutions and dense layers, no biases, one picture)",
        ]
    )
