"""Everything that is said about one net: totals, figures for each written block, depth, receptive field, memory.

A report works out each of these once, when it is first asked for, so that a page pays for what it shows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from math import prod
from typing import NamedTuple

from . import costs, memory, notation, receptive_field
from .costs import NodeCost
from .graph import Graph, Place, Span
from .memory import Inference
from .net import Net, Parallel, Repeat, walk
from .ops import Shape
from .receptive_field import Field


class Work(NamedTuple):
    """A way to count work: its key, its name, the rule in words, and its value of a cost."""

    key: str
    name: str
    rule: str
    of: Callable[[NodeCost], int]


WORKS: dict[str, Work] = {
    work.key: work
    for work in (
        Work("macs", "MACs", "convolutions and dense layers, one multiply and one add = 1 MAC", lambda cost: cost.macs),
        Work("flops", "FLOPs", "convolutions and dense layers, 2 FLOPs for each MAC", lambda cost: cost.flops),
        Work(
            "operations",
            "Operations",
            "2 for each MAC, and biases, normalisation, activations, pooling and additions",
            lambda cost: cost.all_operations,
        ),
    )
}


class BlockFigures(NamedTuple):
    """What one written block comes to, all its rounds together.

    `id` is the path of its first expansion ("" for a repetition, which has none of its own), `nodes` how many
    operations it makes, `shape` its last output, `activations` the values that its operations put out.
    """

    id: str
    cost: NodeCost
    shape: Shape
    nodes: int
    activations: int


class Report:
    """One net with its graph and all that follows from it."""

    def __init__(self, net: Net, graph: Graph) -> None:
        self.net = net
        self.graph = graph

    @cached_property
    def text(self) -> str:
        """The canonical notation, one block a line."""
        return notation.print_net(self.net)

    @cached_property
    def line(self) -> str:
        """The canonical notation in one line, for links."""
        return notation.print_net(self.net, one_line=True)

    @cached_property
    def costs(self) -> tuple[NodeCost, ...]:
        """What each node costs."""
        return costs.node_costs(self.graph)

    @cached_property
    def total(self) -> NodeCost:
        """What the net costs."""
        return costs.total(self.costs)

    @cached_property
    def inference(self) -> Inference:
        """Memory of a forward pass of one picture in float32, in bytes."""
        return memory.inference(self.graph)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The receptive field of each node."""
        return receptive_field.fields(self.graph)

    @cached_property
    def last_map(self) -> int:
        """The node whose receptive field stands for the net's: the last map before it is flattened or pooled whole."""
        nodes = self.graph.nodes
        at = self.graph.outputs[0]
        while nodes[at].inputs and (len(nodes[at].shape) != 3 or self.fields[at].stride == (0, 0)):
            at = nodes[at].inputs[0]
        return at

    @cached_property
    def depth(self) -> int:
        """Layers with a kernel (convolutions and dense layers) on the longest way to the main output: 16 for VGG-16."""
        depths: list[int] = []
        for node in self.graph.nodes:
            own = node.op.family in ("convolution", "dense")
            depths.append(own + max([depths[source] for source in node.inputs], default=0))
        return depths[self.graph.outputs[0]]

    @cached_property
    def blocks(self) -> dict[Place, BlockFigures]:
        """The figures of every written item, and of every branch of a `parallel`, by its place."""
        spans: dict[Place, list[Span]] = {}
        for span in self.graph.spans:
            spans.setdefault(span.place, []).append(span)
        figures = {place: self._of_spans(found) for place, found in spans.items()}
        for place, item in reversed([*walk(self.net.items)]):
            if isinstance(item, Repeat):
                figures[place] = _together([figures[(*place, i)] for i in range(len(item.items))])
            elif isinstance(item, Parallel):
                for b, branch in enumerate(item.branches):
                    if branch:
                        figures[(*place, b)] = _together([figures[(*place, b, i)] for i in range(len(branch))])
        return figures

    def work_out(self) -> None:
        """Work out everything now."""
        for name in ("total", "inference", "fields", "last_map", "depth", "blocks"):
            getattr(self, name)

    def inside(self, path: str) -> list[int]:
        """The node of this path, or all nodes under it."""
        if path in self.graph.index:
            return [self.graph.index[path]]
        return [i for i, node in enumerate(self.graph.nodes) if node.id.startswith(f"{path}/")]

    def _of_spans(self, spans: list[Span]) -> BlockFigures:
        cost = costs.total(NodeCost(*(sums[s.stop] - sums[s.start] for sums in self._sums)) for s in spans)
        nodes = self.graph.nodes
        last = spans[-1]
        return BlockFigures(
            spans[0].id,
            cost,
            nodes[last.stop - 1].shape if last.stop > last.start else (),
            sum(span.stop - span.start for span in spans),
            sum(self._activations[span.stop] - self._activations[span.start] for span in spans),
        )

    @cached_property
    def _sums(self) -> tuple[list[int], ...]:
        """Running sums of each column of the costs, so that a block's share is one subtraction."""
        return tuple([*accumulate(column, initial=0)] for column in zip(*self.costs, strict=True))

    @cached_property
    def _activations(self) -> list[int]:
        return [*accumulate([prod(node.shape) for node in self.graph.nodes], initial=0)]


def _together(parts: list[BlockFigures]) -> BlockFigures:
    return BlockFigures(
        "",
        costs.total(part.cost for part in parts),
        next((part.shape for part in reversed(parts) if part.shape), ()),
        sum(part.nodes for part in parts),
        sum(part.activations for part in parts),
    )


def of_text(text: str) -> Report:
    """The report of a net in the notation. Raises NotationError."""
    return Report(*notation.load(text))


def of_net(net: Net) -> Report:
    """The report of a net. Raises GraphError or NetError when its blocks do not fit together."""
    return Report(net, net.to_graph())
