"""The tutorials' networks against builds of their own, written straight in Keras from each tutorial's definition.

What is compared, layer by layer: kind, settings (step, padding, bias, activation, initialiser, ε …), output shape,
parameters, and which layers it reads. The totals of every tutorial network are those of its independent build.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import keras
import numpy as np
import pytest

from cnnviz import keras_model, notation
from cnnviz.graph import Graph
from cnnviz.net import Net
from cnnviz.ops import Input
from cnnviz.summary import summarize
from cnnviz.zoo import BY_NAME, ROWS
from tests.helpers import picture, run
from tests.tutorials import coursera, csdn, ddi, mlm, tfnotes

NETWORKS = {
    **mlm.NETWORKS,
    **csdn.NETWORKS,
    **ddi.NETWORKS,
    **coursera.NETWORKS,
    **tfnotes.NETWORKS,
}
# Layers of our own, and what the independent builds call theirs.
SAME_KIND = {
    "Scale": "PerChannelScale",
    "PerMap": "PerChannelScale",
    "LocalResponse": "LocalResponseNormalization",
}
SETTINGS = (
    "filters", "units", "kernel_size", "strides", "padding", "dilation_rate", "groups", "activation", "use_bias",
    "pool_size", "data_format", "epsilon", "momentum", "rate", "axis", "keepdims", "kernel_regularizer",
)  # fmt: skip


class Layer(NamedTuple):
    """What is compared of one layer; `sources` are the positions of the layers that it reads."""

    kind: str
    shape: tuple[int, ...]
    parameters: int
    trainable: int
    sources: list[int]
    settings: dict[str, object]


class Described(NamedTuple):
    """What is compared of a model."""

    layers: list[Layer]
    outputs: list[int]


def settings_of(layer) -> dict[str, object]:
    """What a layer was made with, in one form."""
    config = layer.get_config()
    found = {key: config[key] for key in SETTINGS if key in config}
    if found.get("kernel_size") == (1, 1):
        del found["padding"]  # a 1×1 kernel needs none
    if hasattr(layer, "kernel_initializer"):
        drawn = layer.kernel_initializer
        found["kernel_initializer"] = (
            type(drawn).__name__,
            {key: value for key, value in drawn.get_config().items() if key != "seed"},
        )
    if isinstance(layer, keras.layers.BatchNormalization):
        found |= {"center": config["center"], "scale": config["scale"]}
    return found


def sources_of(layer, position: dict[object, int]) -> list[int]:
    """The positions of the layers that a layer reads, in its order of inputs."""
    (node,) = layer._inbound_nodes
    return [position[source.operation] for source in node.parent_nodes]


def described(model: keras.Model) -> Described:
    """Every layer in the model's order, and which of them are the outputs."""
    position = {layer: number for number, layer in enumerate(model.layers)}
    layers = [
        Layer(
            SAME_KIND.get(type(layer).__name__, type(layer).__name__),
            tuple(layer.output.shape[1:]),
            layer.count_params(),
            sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights),
            sources_of(layer, position),
            settings_of(layer),
        )
        for layer in model.layers
    ]
    return Described(layers, [position[tensor._keras_history.operation] for tensor in model.outputs])


@functools.cache
def independent(name: str) -> Described:
    """The independent build, made without memory for its weights."""
    try:
        with keras.StatelessScope(initialize_variables=False):
            return described(NETWORKS[name]())
    finally:
        keras.utils.clear_session(free_memory=False)


def assert_same_network(ours: Graph, theirs: Described) -> None:
    own = described(keras_model.build(ours))
    for number, (left, right) in enumerate(zip(own.layers, theirs.layers, strict=False)):
        assert left == right, f"layer {number}"
    assert len(own.layers) == len(theirs.layers)
    assert own.outputs == theirs.outputs


def graph_on(name: str, shape: tuple[int, ...]) -> Graph:
    """The row's network on another picture."""
    net = notation.parse(BY_NAME[name].notation)
    return Net(Input(*shape), net.items).to_graph()


def test_every_tutorial_network_has_an_independent_build():
    assert set(NETWORKS) == {row.name for row in ROWS if row.source}


@pytest.mark.parametrize("name", NETWORKS)
def test_layer_by_layer(name):
    graph = notation.load(BY_NAME[name].notation).graph
    theirs = independent(name)
    assert_same_network(graph, theirs)
    total = summarize(graph).total
    assert total.parameters == sum(layer.parameters for layer in theirs.layers)
    assert total.trainable == sum(layer.trainable for layer in theirs.layers)


# --- a comparison that cannot fail would show nothing -----------------------------------------------------------------

MUTATIONS = [
    ("mlm-residual-projection", "shortcut_activation=relu, ", ""),
    ("mlm-inception-3a-3b", "inception(128, 128", "inception(128, 129"),
    ("csdn-lenet", ", kernel_initializer=random_uniform", ""),
    ("csdn-lenet5", "avgpool", "maxpool"),
    ("csdn-alexnet", "conv(384, 3, relu, kernel_initializer=random_uniform)\n", ""),
    ("csdn-alexnet-grouped", "conv(384, 3, relu, groups=2)", "conv(384, 3, relu)"),
    ("csdn-alexnet-grouped", "lrn()\n", ""),
    ("csdn-zfnet", "strides=2, padding=valid", "strides=2"),
    ("csdn-vgg16", "(3, 2)", "(2, 3)"),
    ("csdn-vgg16", "(3, 2)", "3"),
    ("csdn-googlenet", "kernel_5x5=1, ", ""),
    ("csdn-googlenet", ", order=conv_act_bn", ""),
    ("csdn-googlenet", "dense(1000, relu)", "dense(1000)"),
    ("csdn-resnet50", "shortcut_kernel=3, ", ""),
    ("csdn-resnet50", ", final_activation=linear", ""),
    ("csdn-resnet50", "avgpool(7, strides=1)", "gap(true)"),
    ("csdn-densenet121", "1.1e-05", "0.001"),
    ("csdn-densenet121", ", padding=zeropad", ""),
    ("csdn-densenet121", ", use_scale=true", ""),
    ("csdn-densenet121-bc", "transition(", "transition(1, "),
    ("ddi-lenet5-prose", "scale()\n", ""),
    ("ddi-vgg16", "input(227, 227", "input(224, 224"),
    ("ddi-googlenet", "aux(1000)\n", ""),
    ("ddi-googlenet", ", projection=before_pool", ""),
    ("ddi-resnet18", ", last_activation=relu", ""),
    ("ddi-resnet50", ", use_bias=true", ""),
    ("ddi-resnet152", "bottleneck(256, 36", "bottleneck(256, 35"),
    ("coursera-convolutional-block", "strides=2", "strides=2, stride_on=middle"),
    ("coursera-identity-block", "kernel_size=2", "kernel_size=1"),
    ("tfnotes-vgg16", "dropout(0.2)\n", ""),
    ("tfnotes-vgg16", "maxpool(padding=same)", "maxpool()"),
    ("tfnotes-inception10", "strides=2, ", ""),
    ("tfnotes-resnet18", ", kernel_initializer=glorot_uniform", ""),
]


@pytest.mark.parametrize(("name", "old", "new"), MUTATIONS)
def test_a_changed_network_is_told_apart(name, old, new):
    """One change at one place."""
    text = BY_NAME[name].notation
    assert old in text
    changed = notation.load(text.replace(old, new, 1)).graph
    with pytest.raises(AssertionError):
        assert_same_network(changed, independent(name))


# --- the same output for the same weights -----------------------------------------------------------------------------

# One of each kind of network, on a picture that is quick to compute.
RUN_ON = {
    "mlm-naive-inception": (16, 16, 3),
    "mlm-inception-3a-3b": (16, 16, 3),
    "mlm-residual-projection": (16, 16, 3),
    "csdn-lenet5": (32, 32, 1),
    "csdn-alexnet-grouped": (67, 67, 3),
    "csdn-vgg16": (32, 32, 3),
    "csdn-googlenet": (64, 64, 3),
    "csdn-resnet50": (200, 200, 3),
    "csdn-densenet121": (32, 32, 3),
    "ddi-lenet5-prose": (32, 32, 1),
    "ddi-googlenet": (96, 96, 3),
    "ddi-resnet18": (32, 32, 3),
    "ddi-resnet50": (32, 32, 3),
    "coursera-identity-block": (4, 4, 6),
    "coursera-convolutional-block": (4, 4, 6),
    "coursera-resnet50-signs": (64, 64, 3),
    "tfnotes-alexnet8": (32, 32, 3),
    "tfnotes-inception10": (32, 32, 3),
    "tfnotes-resnet18": (32, 32, 3),
}


def draw_weights(model: keras.Model, seed: int = 0) -> list[np.ndarray]:
    """Random weights that keep the values of a deep network moderate, so that no output saturates."""
    numbers = np.random.default_rng(seed)
    drawn = []
    for weight in model.weights:
        shape = tuple(weight.shape)
        if len(shape) > 1:
            drawn.append(numbers.normal(scale=np.prod(shape[:-1]) ** -0.5, size=shape))
        elif any(word in weight.path for word in ("variance", "gamma")):
            drawn.append(numbers.uniform(0.8, 1.2, size=shape))
        else:
            drawn.append(numbers.normal(scale=0.1, size=shape))
    return drawn


@pytest.mark.parametrize("name", RUN_ON)
def test_same_output_for_the_same_weights(name):
    graph = graph_on(name, RUN_ON[name])
    ours, theirs = keras_model.build(graph, deferred=False), NETWORKS[name](RUN_ON[name])
    weights = draw_weights(ours)
    ours.set_weights(weights)
    theirs.set_weights(weights)
    x = picture(graph, batch=1)
    for own, other in zip(run(ours, x), run(theirs, x), strict=True):
        assert np.isfinite(own).all()
        assert own.std() > 0
        assert own.max() < 0.99 or not np.allclose(own.sum(), 1), "a saturated softmax shows nothing"
        np.testing.assert_allclose(own, other, rtol=1e-3, atol=1e-6)
