"""What a net costs: parameters, multiply-adds and all other operations, for each node and in total.

Unit of work: the MAC, one multiply and one add, of convolutions and dense layers, without biases, for one picture.
FLOPs are 2 × MAC. "All operations" adds biases, normalisation, activations, pooling and additions, each as its
operation states.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .graph import Graph
from .ops import Cost, Shape, value


class NodeCost(NamedTuple):
    """What one node costs. Parameters are counted, MACs and other operations are for one picture."""

    parameters: int
    trainable: int
    macs: int
    other_operations: int

    @property
    def flops(self) -> int:
        """2 × MACs."""
        return 2 * self.macs

    @property
    def all_operations(self) -> int:
        """2 × MACs and everything else."""
        return 2 * self.macs + self.other_operations


class Explained(NamedTuple):
    """The same costs as sums of named factors, to print as formulas."""

    parameters: Cost
    macs: Cost
    other_operations: Cost


def node_costs(graph: Graph) -> tuple[NodeCost, ...]:
    """What each node costs, in the graph's order."""
    costs = []
    nodes = graph.nodes
    for node in nodes:
        op, out = node.op, node.shape
        inputs = tuple([nodes[source].shape for source in node.inputs])
        trainable = node.parameters
        if trainable:
            trainable -= value([weight.factors for weight in node.weights if not weight.trainable])
        macs, other = value(op.macs(inputs, out)), value(op.other_operations(inputs, out))
        costs.append(NodeCost(node.parameters, trainable, macs, other))
    return tuple(costs)


def total(costs: Iterable[NodeCost]) -> NodeCost:
    """The sum of costs."""
    columns = list(zip(*costs, strict=True)) or [(), (), (), ()]
    return NodeCost(*map(sum, columns))


def explain(graph: Graph, index: int) -> Explained:
    """The costs of node `index` as formulas."""
    node = graph.nodes[index]
    inputs: tuple[Shape, ...] = graph.input_shapes(index)
    return Explained(
        tuple(weight.factors for weight in node.weights),
        node.op.macs(inputs, node.shape),
        node.op.other_operations(inputs, node.shape),
    )
