"""Keras models as plain graphs of layers in a normal form, to compare two models whatever their layers are called."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import keras
import numpy as np

# The arguments that decide what a layer computes, or how it trains. `strides` and `padding` are read apart.
SETTINGS = (
    "filters", "units", "kernel_size", "pool_size", "dilation_rate", "groups", "depth_multiplier", "use_bias",
    "epsilon", "momentum", "center", "scale", "rate", "initial", "factor",
)  # fmt: skip
UNORDERED = ("Add", "Multiply")
LEFT_OUT = ("Rescaling", "Normalization")  # what prepares the picture


class LayerNode(NamedTuple):
    """One layer: what it is, the indices of the nodes that it reads, the shape that it gives, and its weights.

    `key` is all that two equal layers have in common: kind, settings, shape, numbers of weights.
    """

    key: tuple[Any, ...]
    inputs: tuple[int, ...]
    weights: tuple[Any, ...]
    name: str


def layer_graph(model: keras.Model) -> tuple[list[LayerNode], list[int]]:
    """The layers of a model, each after what it reads, and the indices of its outputs. Models inside are opened."""
    reader = _Reader()
    ends = reader.walk(model, None)
    return reader.nodes, ends


def matched(ours: keras.Model, theirs: keras.Model) -> list[tuple[LayerNode, LayerNode]]:
    """Every layer of one model with its counterpart in the other. Raises AssertionError where they differ.

    Nodes get a number for what they compute from the picture on, the same in both models. From the outputs back, each
    node is paired with one of the same number; the pairing must be one to one and reach every layer.
    """
    (one, ends), (other, other_ends) = layer_graph(ours), layer_graph(theirs)
    known: dict[tuple[Any, ...], int] = {}
    number, other_number = _numbers(one, known), _numbers(other, known)
    for nodes, numbers, counterpart in ((other, other_number, number), (one, number, other_number)):
        first = next((i for i, each in enumerate(numbers) if each not in counterpart), None)
        assert first is None, f"{nodes[first].name} has no counterpart: {nodes[first].key} after {_names(nodes, first)}"
    partner: dict[int, int] = {}
    waiting = list(zip(ends, other_ends, strict=True))
    while waiting:
        a, b = waiting.pop()
        if a in partner:
            assert partner[a] == b, f"{one[a].name} stands for two layers"
            continue
        partner[a] = b
        assert number[a] == other_number[b], f"{one[a].name} is not {other[b].name}"
        waiting += zip(_ordered(one[a], number), _ordered(other[b], other_number), strict=True)
    assert len(partner) == len(one) == len(other) == len(set(partner.values()))
    return [(one[a], other[b]) for a, b in partner.items()]


def _names(nodes: list[LayerNode], index: int) -> list[str]:
    return [nodes[i].name for i in nodes[index].inputs]


def _ordered(node: LayerNode, numbers: list[int]) -> list[int]:
    return sorted(node.inputs, key=numbers.__getitem__) if node.key[0] in UNORDERED else list(node.inputs)


def _numbers(nodes: list[LayerNode], known: dict[tuple[Any, ...], int]) -> list[int]:
    """For each node a number: equal where kind, settings and all before it are equal."""
    numbers: list[int] = []
    for node in nodes:
        before = [numbers[i] for i in node.inputs]
        whole = (node.key, tuple(sorted(before) if node.key[0] in UNORDERED else before))
        numbers.append(known.setdefault(whole, len(known)))
    return numbers


class _Reader:
    """Walks a functional model from the picture to its outputs."""

    def __init__(self) -> None:
        self.nodes: list[LayerNode] = []
        self.of_tensor: dict[int, int] = {}

    def walk(self, model: Any, received: list[int] | None) -> list[int]:
        """Read a model; one inside another goes on from the nodes `received`."""
        model = getattr(model, "_functional", None) or model
        for place, tensor in enumerate(model.inputs if received else ()):
            self.of_tensor[id(tensor)] = received[place]
        for depth in sorted(model._nodes_by_depth, reverse=True):
            for node in model._nodes_by_depth[depth]:
                if node.is_input and received is not None:
                    continue
                inputs = [self.of_tensor[id(tensor)] for tensor in node.arguments.keras_tensors]
                inside = isinstance(node.operation, keras.Model)
                ends = self.walk(node.operation, inputs) if inside else [self.add(node, inputs)]
                for tensor, end in zip(node.outputs, ends, strict=True):
                    self.of_tensor[id(tensor)] = end
        return [self.of_tensor[id(tensor)] for tensor in model.outputs]

    def add(self, node: Any, inputs: list[int]) -> int:
        """One operation in its normal form; gives the node that stands for its output."""
        layer, kind = node.operation, type(node.operation).__name__
        shape = node.outputs[0].shape[1:]
        settings = _settings(layer)
        if kind in LEFT_OUT or (kind == "Activation" and settings["activation"] == "linear"):
            return inputs[0]
        if kind == "Reshape" and max(shape) == math.prod(shape) == math.prod(layer.input.shape[1:]):
            return inputs[0]  # between a vector and a 1×1 map
        if kind == "CustomScaleLayer":
            if layer.scale != 1:
                inputs[1] = self.put("ConstantScale", {"factor": layer.scale}, shape, inputs[1:], (), layer.name)
            return self.put("Add", {}, shape, inputs, (), layer.name)
        kind, settings = _same_function(kind, settings, layer)
        return self.put(kind, settings, shape, inputs, tuple(getattr(layer, "weights", ())), layer.name)

    def put(
        self, kind: str, settings: dict[str, Any], shape: Any, inputs: list[int], weights: tuple[Any, ...], name: str
    ) -> int:
        sides = tuple(side for side in shape if side != 1)  # a 1×1 map is as good as a vector
        counts = tuple((math.prod(weight.shape), weight.trainable) for weight in weights)
        key = (kind, tuple(sorted(settings.items())), sides, counts)
        self.nodes.append(LayerNode(key, tuple(inputs), weights, name))
        return len(self.nodes) - 1


def _settings(layer: Any) -> dict[str, Any]:
    """What a layer was made with, in one spelling."""
    found = {name: getattr(layer, name) for name in SETTINGS if name in layer.get_config()} if _is_layer(layer) else {}
    for name in ("strides", "padding"):
        if hasattr(layer, name):
            value = getattr(layer, name)
            found[name] = (value, value) if isinstance(value, int) else value
    if hasattr(layer, "activation"):
        found["activation"] = keras.activations.serialize(layer.activation)
    if (1, 1) in (found.get("kernel_size"), found.get("pool_size")):
        found["padding"] = "valid"  # there is nothing to pad
    return {name: round(value, 9) if isinstance(value, float) else value for name, value in found.items()}


def _is_layer(operation: Any) -> bool:
    return isinstance(operation, keras.layers.Layer)


def _same_function(kind: str, settings: dict[str, Any], layer: Any) -> tuple[str, dict[str, Any]]:
    """Kind and settings, where Keras has two layers for one function those of the one that our models use."""
    if kind == "ReLU":
        assert not layer.negative_slope
        assert not layer.threshold
        return "Activation", {"activation": {None: "relu", 6.0: "relu6"}[layer.max_value]}
    if kind == "Dropout" and layer.noise_shape is not None:
        assert tuple(layer.noise_shape) == (None, 1, 1, 1)
        return "StochasticDepth", {"rate": settings["rate"]}
    if kind == "StochasticDepth":
        return kind, {"rate": round(getattr(layer, "drop_path_rate", layer.rate), 9)}
    if kind == "LayerScale":
        return "PerChannelScale", {"center": False, "initial": layer.init_values}
    if kind == "Conv2D" and layer.groups > 1 and layer.groups == layer.filters == layer.input.shape[-1]:
        kept = {name: settings[name] for name in settings if name not in ("filters", "groups")}
        return "DepthwiseConv2D", {**kept, "depth_multiplier": 1}
    if kind == "DepthwiseConv2D":
        return kind, {name: settings[name] for name in settings if name not in ("filters", "groups")}
    return kind, settings


# --- weights ----------------------------------------------------------------------------------------------------------


def draw(weight: Any, numbers: np.random.Generator) -> np.ndarray:
    """Random values that keep a signal alive through many layers: no weight is left at 0 or 1."""
    role = weight.path.rpartition("/")[2]
    if "kernel" in role:
        depthwise = weight.shape[-1] == 1 and len(weight.shape) == 4 and weight.shape[-2] > 1
        fan_in = math.prod(weight.shape[:2] if depthwise else weight.shape[:-1])
        return numbers.normal(scale=math.sqrt(2 / fan_in), size=weight.shape).astype("float32")
    low, high = (0.5, 1.5) if role in ("gamma", "moving_variance") else (-0.2, 0.2)
    return numbers.uniform(low, high, weight.shape).astype("float32")


def fitted(value: np.ndarray, weight: Any) -> np.ndarray:
    """A value in the shape of its counterpart: a depthwise kernel, and that of as many groups as channels."""
    if value.shape == tuple(weight.shape):
        return value
    swapped = value.swapaxes(-1, -2)
    assert swapped.shape == tuple(weight.shape)
    return swapped


def outputs(model: keras.Model, values: dict[int, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The main output with these weights, given by the ids of the model's own; it need not have been allocated."""

    def value(weight: Any) -> np.ndarray:
        given = values.get(id(weight))
        return np.zeros(weight.shape, weight.dtype) if given is None else given

    trainable = [value(weight) for weight in model.trainable_variables]
    fixed = [value(weight) for weight in model.non_trainable_variables]
    found, _ = model.stateless_call(trainable, fixed, x, training=False)
    return np.asarray(found)


def without_softmax(model: keras.Model) -> None:
    """Let a model give what comes before its softmax, so that nothing is saturated."""
    last = model.output._keras_history.operation
    assert last.activation is keras.activations.softmax
    last.activation = keras.activations.linear


def behind_preprocessing(model: keras.Model) -> keras.Model:
    """The same layers from behind those that prepare the picture."""
    first = model.input
    for layer in model.layers:
        if type(layer).__name__ in LEFT_OUT:
            first = layer.output
    return model if first is model.input else keras.Model(first, model.output)
