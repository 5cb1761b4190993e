"""Graph → keras.Model: build it, compare it with our own figures layer by layer, print it, draw it, save it.

The only room, beside training, that imports Keras; it runs in processes of its own, never in the page server.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import keras

from . import costs, keras_custom, keras_graphviz, keras_layers
from .graph import Graph
from .keras_layers import Call
from .ops import Input, Shape, shape_text

_MOST_DIFFERENCES = 20
# Keras walks a model from its output to its input by recursion, a frame a layer.
_FRAMES_A_LAYER = 6
_DRAWING = 45.0  # seconds that Graphviz may take; the Keras process may take 60 for a request


class GraphvizMissing(RuntimeError):
    """The drawing needs Graphviz' `dot` or the pydot package, and this machine lacks it."""


class Agreement(NamedTuple):
    """Whether Keras says the same as we do of every layer. `differences` are in words, empty when all agrees.

    `layers` leaves the input out; totals are Keras' own.
    """

    layers: int
    parameters: int
    trainable: int
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.differences


class LayerFacts(NamedTuple):
    """What is compared of one layer."""

    name: str
    shape: Shape
    parameters: int
    trainable: int


def build(
    graph: Graph, *, deferred: bool = True, name: str = "cnnviz", exact: Collection[int] = ()
) -> keras.Model:
    """The functional model of a graph, with our layer names, and in our order of layers; `name` is the model's own.

    The nodes in `exact` compute in float32 whatever the number format in force.

    With `deferred` no weight gets memory or values: enough to compare, print and draw, too little to run.
    """
    if not deferred:
        with _deep_recursion(graph):
            return _functional(graph, name, exact)
    try:
        with keras.StatelessScope(initialize_variables=False), _deep_recursion(graph):
            return _functional(graph, name, exact)
    finally:
        # The variables without values stay listed, and the next ordinary scope would allocate them all.
        keras.utils.clear_session(free_memory=False)


def fill(model: keras.Model) -> Iterator[str]:
    """Give a deferred model its first values, drawn by its initialisers: one variable a step, whose path is given."""
    for variable in model.variables:
        if variable._value is None:
            variable._deferred_initialize()
            yield variable.path


def check(graph: Graph, model: keras.Model) -> Agreement:
    """Compare every layer of a built model with the graph: order, names, shapes, parameters."""
    ours = expected(graph)
    theirs = [_facts(layer) for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    differences = [text for own, keras_own in zip(ours, theirs, strict=False) for text in _differences(own, keras_own)]
    if len(ours) != len(theirs):
        differences.insert(0, f"we have {len(ours):,} layers, Keras has {len(theirs):,}")
    outputs = [tuple(output.shape[1:]) for output in model.outputs]
    if outputs != (own := [graph.nodes[i].shape for i in graph.outputs]):
        differences.append(f"outputs: {_shapes(own)} by our count, {_shapes(outputs)} in Keras")
    return Agreement(
        len(theirs),
        sum(facts.parameters for facts in theirs),
        sum(facts.trainable for facts in theirs),
        tuple(differences[:_MOST_DIFFERENCES]),
    )


def expected(graph: Graph) -> list[LayerFacts]:
    """What we say of each layer, in Keras' order, without the input."""
    found = costs.node_costs(graph)
    return [
        LayerFacts(graph.layer_names[i], graph.nodes[i].shape, found[i].parameters, found[i].trainable)
        for i in graph.keras_order
        if not isinstance(graph.nodes[i].op, Input)
    ]


def summary_text(model: keras.Model, width: int = 110) -> str:
    """What `model.summary()` prints, as plain text without colours, `width` characters wide."""
    lines: list[str] = []
    before = os.environ.get("COLUMNS")
    # Keras' printer crops what is wider than the terminal, and takes COLUMNS for its width.
    os.environ["COLUMNS"] = str(width)
    try:
        model.summary(line_length=width, print_fn=lambda line, **_: lines.append(line))
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return "\n".join(lines)


def plot_png(
    model: keras.Model,
    path: str | os.PathLike[str] | None = None,
    *,
    show_shapes: bool = True,
    show_layer_activations: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    dpi: int = 96,
    seconds: float = _DRAWING,
) -> bytes:
    """The PNG that `keras.utils.plot_model` draws, also written to `path` where one is given.

    `rankdir` is TB (downwards) or LR (to the right). Lines bend at right angles, as Keras draws them, or have corners
    where Graphviz cannot do that: some versions crash on large nets. Raises GraphvizMissing, and Refused when Graphviz
    fails or takes longer than `seconds`.
    """
    options = {
        "show_shapes": show_shapes,
        "show_layer_activations": show_layer_activations,
        "show_layer_names": show_layer_names,
        "rankdir": rankdir,
        "dpi": dpi,
    }
    begun = time.monotonic()
    try:
        png = _drawn(model, seconds, options)
    except keras_graphviz.Failed:
        png = _drawn(model, max(seconds - (time.monotonic() - begun), 1.0), {**options, "splines": "polyline"})
    if path is not None:
        Path(path).write_bytes(png)
    return png


def _drawn(model: keras.Model, seconds: float, options: Mapping[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder, keras_graphviz.bounded(seconds):
        drawn = Path(folder, "model.png")
        try:
            keras.utils.plot_model(model, to_file=drawn, **options)
        except ImportError as error:
            raise GraphvizMissing(
                "The drawing needs Graphviz, which is not installed here: "
                "apt install graphviz, brew install graphviz, or https://graphviz.org/download"
            ) from error
        return drawn.read_bytes()


def save_keras(graph: Graph, path: str | os.PathLike[str]) -> None:
    """Save a fresh model with first values drawn by its initialisers, as a .keras file that Keras loads again."""
    build(graph, deferred=False).save(path)


# --- building ---------------------------------------------------------------------------------------------------------


def _functional(graph: Graph, model_name: str, exact: Collection[int]) -> keras.Model:
    names, values = graph.layer_names, []
    for i, (node, name) in enumerate(zip(graph.nodes, names, strict=True)):
        if isinstance(node.op, Input):
            values.append(keras.Input(node.shape, name=name))
            continue
        layer = make(keras_layers.layer(node.op), name, "float32" if i in exact else None)
        inputs = [values[i] for i in node.inputs]
        values.append(layer(inputs[0] if node.op.family != "merge" else inputs))
    outputs = [values[i] for i in graph.outputs]
    return keras.Model(values[0], outputs[0] if len(outputs) == 1 else outputs, name=model_name)


def make(call: Call, name: str = "", dtype: str | None = None) -> Any:
    """The Keras object that a call describes; `dtype` where it is not the one in force."""
    module, _, class_name = call.name.rpartition(".")
    made = getattr(importlib.import_module(module) if module else keras_custom, class_name)
    arguments = {key: make(value) if isinstance(value, Call) else value for key, value in call.arguments.items()}
    own = {key: value for key, value in (("name", name), ("dtype", dtype)) if value}
    return made(**arguments, **own)


@contextlib.contextmanager
def _deep_recursion(graph: Graph) -> Iterator[None]:
    """Room for Keras' recursion over the depth of the net."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 1_000 + _FRAMES_A_LAYER * len(graph.nodes)))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


# --- comparing --------------------------------------------------------------------------------------------------------


def _facts(layer: Any) -> LayerFacts:
    trainable = sum(math.prod(weight.shape) for weight in layer.trainable_weights)
    return LayerFacts(layer.name, tuple(layer.output.shape[1:]), layer.count_params(), trainable)


def _differences(ours: LayerFacts, theirs: LayerFacts) -> Iterator[str]:
    if ours.name != theirs.name:
        yield f"{ours.name}: Keras has the layer {theirs.name} in its place"
        return
    if ours.shape != theirs.shape:
        yield f"{ours.name}: output {shape_text(ours.shape)} by our count, {shape_text(theirs.shape)} in Keras"
    if ours.parameters != theirs.parameters:
        yield f"{ours.name}: {ours.parameters:,} parameters by our count, {theirs.parameters:,} in Keras"
    if ours.trainable != theirs.trainable:
        yield f"{ours.name}: {ours.trainable:,} trainable parameters by our count, {theirs.trainable:,} in Keras"


def _shapes(shapes: list[Shape]) -> str:
    return ", ".join(map(shape_text, shapes))
