"""What the nodes and groups of one graph are called, which colour they take and what they cost, for one diagram."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from ..costs import NodeCost
from ..graph import Graph
from ..ops import Conv, shape_text
from ..units import exact, percent, si
from . import label_lines, labels
from .folding import Group, Item


class Captions:
    """Words, families and cost lines of a graph's nodes and groups. `costs` are aligned with the graph's nodes."""

    def __init__(self, graph: Graph, costs: Sequence[NodeCost]) -> None:
        self.graph = graph
        self.words = {span.id: span.word for span in graph.spans}
        # Summed from the first node on, so that what a group costs is one difference.
        self.parameters = [0, *accumulate(cost.parameters for cost in costs)]
        self.macs = [0, *accumulate(cost.macs for cost in costs)]

    def block(self, path: str) -> str:
        """The path of the written block that a node or group belongs to; "" for the input."""
        while path and path not in self.words:
            path = path.rpartition("/")[0]
        return path

    def title(self, item: Item) -> str:
        """The title of a box."""
        return self.group_title(item.id, item.start) if item.group else labels.heading(self.graph.nodes[item.start].op)

    def group_title(self, path: str, start: int) -> str:
        """The title of a group: the block's name, or its kind with its number."""
        if self.words.get(path) == "conv_bn":
            convolutions = (node.op for node in self.graph.nodes[start : start + 3])
            return next((f"{labels.heading(op)} + BN" for op in convolutions if isinstance(op, Conv)), "Conv + BN")
        return labels.name_title(path.rpartition("/")[2])

    def family(self, item: Item) -> str:
        """The family whose colour a box takes."""
        return self.group_family(item.id) if item.group else self.graph.nodes[item.start].op.family

    def group_family(self, path: str) -> str:
        """The family of a group: that of the written block it belongs to."""
        return labels.word_family(self.words[self.block(path)])

    def shape(self, item: Item) -> str:
        """The output shape of a box; a group's last node gives its output."""
        return shape_text(self.graph.nodes[item.stop - 1].shape)

    def detail(self, item: Item) -> str:
        """The main parameters of a node, or how many layers a group holds."""
        if not item.group:
            return label_lines.detail(self.graph.nodes[item.start].op)
        return f"{item.stop - item.start} layers"

    def work(self, item: Item) -> int:
        """The MACs of a box."""
        return self.macs[item.stop] - self.macs[item.start]

    def costs(self, item: Item) -> str:
        """Parameters and MACs of a box in one line."""
        parameters = self.parameters[item.stop] - self.parameters[item.start]
        macs = self.work(item)
        if not parameters and not macs:
            return "no parameters, no MACs"
        return f"{exact(parameters)} parameters · {si(macs)} MACs · {percent(macs, self.macs[-1])} of all MACs"

    def group_costs(self, group: Group) -> tuple[str, str]:
        """Parameters and MACs of an open group, for its title row, and the same shorter."""
        parameters = si(self.parameters[group.stop] - self.parameters[group.start])
        macs = si(self.macs[group.stop] - self.macs[group.start])
        return f"{parameters} parameters · {macs} MACs", f"{macs} MACs"
