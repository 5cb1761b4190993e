"""The graph of operations: nodes in the order they were added, each with its stable path and its output shape."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from .ops import MOST_FILTERS, MOST_SIDE, Inputs, Op, OpError, Shape, Weight, count, shape_text

MOST_LAYERS = 5_000
MOST_PARAMETERS = 10**12

Place = tuple[int, ...]  # where a written block stands in its net: (3,) the fourth, (3, 1, 0) inside its second branch


class GraphError(ValueError):
    """A graph cannot be built: names the node, the rule and what was received. `place` is the written block."""

    def __init__(self, node: str, message: str, place: Place = ()) -> None:
        super().__init__(f"{node}: {message}" if node else message)
        self.node = node
        self.place = place


class Node(NamedTuple):
    """One operation in the graph. `id` is its path (`stage2/block1/conv1`), `inputs` index the graph's nodes.

    `parameters` counts the numbers in `weights`, trainable or not.
    """

    id: str
    op: Op
    inputs: tuple[int, ...]
    shape: Shape
    place: Place
    weights: tuple[Weight, ...]
    parameters: int


class Span(NamedTuple):
    """One written block after expansion: its path and the nodes it made, `start` up to but without `stop`.

    `word` is what it was written with; a block inside another (a branch of `parallel`) has its own span.
    """

    id: str
    word: str
    start: int
    stop: int
    place: Place


class Graph:
    """Nodes in topological order; node 0 is the input. `outputs` holds the main output first, then the heads."""

    def __init__(self, nodes: tuple[Node, ...], outputs: tuple[int, ...], spans: tuple[Span, ...]) -> None:
        self.nodes = nodes
        self.outputs = outputs
        self.spans = spans

    def input_shapes(self, index: int) -> Inputs:
        """The shapes that node `index` receives."""
        nodes = self.nodes
        return tuple([nodes[source].shape for source in nodes[index].inputs])

    @cached_property
    def index(self) -> dict[str, int]:
        """Node path → its index."""
        return {node.id: i for i, node in enumerate(self.nodes)}

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """For each node the nodes that read it, in order."""
        reading: list[list[int]] = [[] for _ in self.nodes]
        for i, node in enumerate(self.nodes):
            for source in dict.fromkeys(node.inputs):
                reading[source].append(i)
        return tuple(map(tuple, reading))

    def leading_to(self, index: int) -> set[int]:
        """Node `index` and every node that it depends on, the input among them."""
        needed = {index}
        for i in range(index, 0, -1):
            if i in needed:
                needed.update(self.nodes[i].inputs)
        return needed

    @cached_property
    def layer_names(self) -> tuple[str, ...]:
        """Keras' name of each node: the path with _ for /; two paths that would meet get a number."""
        names: list[str] = []
        taken: set[str] = set()
        for node in self.nodes:
            base = name = node.id.replace("/", "_")
            number = 2
            while name in taken:
                name = f"{base}_{number}"
                number += 1
            taken.add(name)
            names.append(name)
        return tuple(names)

    @cached_property
    def keras_order(self) -> tuple[int, ...]:
        """The nodes in the order of `keras.Model.layers`: by depth from the outputs, then by traversal.

        Depth is the longest way to an output. Traversal goes from each output to its inputs, depth first, and numbers a
        node when it is met first (keras.src.ops.function.map_graph).
        """
        nodes = self.nodes
        depth = [0] * len(nodes)
        met: list[int] = []
        seen = bytearray(len(nodes))
        finished: list[int] = []
        for output in self.outputs:
            if seen[output]:
                continue
            seen[output] = 1
            met.append(output)
            stack = [(output, iter(nodes[output].inputs))]
            while stack:
                at, sources = stack[-1]
                for source in sources:
                    if not seen[source]:
                        seen[source] = 1
                        met.append(source)
                        stack.append((source, iter(nodes[source].inputs)))
                        break
                else:
                    finished.append(at)
                    stack.pop()
        for at in reversed(finished):
            below = depth[at] + 1
            for source in nodes[at].inputs:
                if depth[source] < below:
                    depth[source] = below
        return tuple(sorted(met, key=depth.__getitem__, reverse=True))


class Expands(Protocol):
    """A written block: an operation, a block, or a structure of them."""

    @property
    def word(self) -> str: ...

    def expand(self, build: Any, x: int) -> int: ...


class Builder:
    """Makes a graph node by node. Paths come from the open scopes; shapes and limits are checked as nodes are added."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.shapes: list[Shape] = []
        self.heads: list[int] = []
        self.spans: list[Span] = []
        self.prefix = ""
        self.place: Place = ()
        self._own_name = ""
        # What an operation makes of its inputs, for one that a block adds again and again: looked up by identity, which
        # is quick, and kept with the operation, so that no other one gets its id.
        self._made: dict[tuple[int, Inputs], tuple[Op, Shape, tuple[Weight, ...], int]] = {}

    def add(self, op: Op, *inputs: int, name: str = "") -> int:
        """Add a node and give its index. Without `name` it takes the name of the block that is being expanded.

        Raises GraphError when the operation cannot take its inputs or a limit is passed.
        """
        path = self.prefix + name if name else self._own_name
        shapes = self.shapes
        received = (shapes[inputs[0]],) if len(inputs) == 1 else tuple([shapes[i] for i in inputs])
        nodes = self.nodes
        if len(nodes) > MOST_LAYERS:
            raise GraphError(path, f"the net has over {MOST_LAYERS:,} layers", self.place)
        key = id(op), received
        made = self._made.get(key)
        if made is None:
            self._made[key] = made = self._make(op, received, path)
        _, shape, weights, parameters = made
        nodes.append(Node(path, op, inputs, shape, self.place, weights, parameters))
        shapes.append(shape)
        return len(nodes) - 1

    def _make(self, op: Op, received: Inputs, path: str) -> tuple[Op, Shape, tuple[Weight, ...], int]:
        """The operation, its output shape, its weights and how many numbers they hold."""
        try:
            shape = op.output_shape(received)
        except OpError as error:
            raise GraphError(path, str(error), self.place) from None
        if len(shape) == 3 and (shape[0] > MOST_SIDE or shape[1] > MOST_SIDE or shape[2] > MOST_FILTERS):
            raise GraphError(
                path,
                f"the output {shape_text(shape)} is too large; sides may be up to {MOST_SIDE:,}, "
                f"channels up to {MOST_FILTERS:,}",
                self.place,
            )
        weights = op.weights(received)
        return op, shape, weights, count(weights) if weights else 0

    def shape(self, x: int) -> Shape:
        """The output shape of node `x`."""
        return self.shapes[x]

    def head(self, x: int) -> None:
        """Make node `x` a further output."""
        self.heads.append(x)

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Nodes added inside have `name/` before their own."""
        outer = self.prefix
        self.prefix = f"{outer}{name}/"
        try:
            yield
        finally:
            self.prefix = outer

    def written(self, block: Expands, x: int, name: str, place: Place) -> int:
        """Expand one written block under `name`; its nodes know the `place` it was written at. Gives its output."""
        outer, own, outer_place = self.prefix, self._own_name, self.place
        start = len(self.nodes)
        self._own_name = path = outer + name
        self.place = place
        self.prefix = path + "/"
        x = block.expand(self, x)
        self.spans.append(Span(path, block.word, start, len(self.nodes), place))
        self.prefix, self._own_name, self.place = outer, own, outer_place
        return x

    def graph(self, main: int) -> Graph:
        """The finished graph. Raises GraphError when it holds more parameters than the limit."""
        nodes = tuple(self.nodes)
        graph = Graph(nodes, tuple(dict.fromkeys((main, *self.heads))), tuple(self.spans))
        total = sum([node.parameters for node in nodes])
        if total > MOST_PARAMETERS:
            raise GraphError("", f"the net has {total:,} parameters; at most {MOST_PARAMETERS:,} are allowed")
        return graph
