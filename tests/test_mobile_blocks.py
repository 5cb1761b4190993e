"""Each block of the mobile networks against plain Keras layers, and against the same module made with `parallel`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from cnnviz import keras_model
from cnnviz.notation import NotationError
from cnnviz.receptive_field import fields
from tests.helpers import assert_agrees, graph_of, picture, randomise, run
from tests.layer_graphs import layer_graph, matched

Build = Callable[[Any], Any]


def plain(shape: tuple[int, ...], build: Build) -> keras.Model:
    """A model of Keras layers, written without our blocks."""
    taken = keras.Input(shape)
    return keras.Model(taken, build(taken))


def fire(x: Any) -> Any:
    x = layers.Conv2D(3, 1, activation="relu")(x)
    one = layers.Conv2D(4, 1, activation="relu")(x)
    other = layers.Conv2D(5, 3, padding="same", activation="relu")(x)
    return layers.Concatenate()([one, other])


def squeeze_excite(x: Any) -> Any:
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Conv2D(2, 1, activation="relu")(gate)
    gate = layers.Conv2D(8, 1, activation="sigmoid")(gate)
    return layers.Multiply()([x, gate])


def bn_act(x: Any, activation: str) -> Any:
    return layers.Activation(activation)(layers.BatchNormalization()(x))


def depthwise_separable(x: Any) -> Any:
    """On an odd side `same` pads one on each side."""
    x = layers.ZeroPadding2D(((1, 1), (0, 1)))(x)
    x = bn_act(layers.DepthwiseConv2D(3, strides=2, padding="valid", use_bias=False)(x), "relu6")
    return bn_act(layers.Conv2D(6, 1, use_bias=False)(x), "relu6")


def inverted_residuals(x: Any) -> Any:
    for strides, filters in ((2, 18), (1, 24)):
        received = x
        x = bn_act(layers.Conv2D(filters, 1, use_bias=False)(x), "relu6")
        x = layers.ZeroPadding2D(1)(x)
        x = bn_act(layers.DepthwiseConv2D(3, strides=strides, use_bias=False)(x), "relu6")
        x = layers.BatchNormalization()(layers.Conv2D(4, 1, use_bias=False)(x))
    return layers.Add()([received, x])


def mbconv(x: Any) -> Any:
    """The first block does not expand and cannot add; the second does both, and drops."""
    y = bn_act(layers.DepthwiseConv2D(5, padding="same", use_bias=False)(x), "silu")
    y = layers.Multiply()([y, gate(y, 2)])
    x = layers.BatchNormalization()(layers.Conv2D(4, 1, use_bias=False)(y))
    y = bn_act(layers.Conv2D(24, 1, use_bias=False)(x), "silu")
    y = bn_act(layers.DepthwiseConv2D(3, padding="same", use_bias=False)(y), "silu")
    y = layers.Multiply()([y, gate(y, 1)])
    y = layers.BatchNormalization()(layers.Conv2D(4, 1, use_bias=False)(y))
    y = layers.Dropout(0.25, noise_shape=(None, 1, 1, 1))(y)
    return layers.Add()([x, y])


def gate(x: Any, width: int) -> Any:
    channels = x.shape[-1]
    means = layers.Reshape((1, 1, channels))(layers.GlobalAveragePooling2D()(x))
    narrow = layers.Conv2D(width, 1, activation="silu")(means)
    return layers.Conv2D(channels, 1, activation="sigmoid")(narrow)


def xception(x: Any) -> Any:
    """An entry module without its first activation, a middle one, and one with two widths."""
    y = layers.BatchNormalization()(layers.SeparableConv2D(5, 3, padding="same", use_bias=False)(x))
    y = layers.Activation("relu")(y)
    y = layers.BatchNormalization()(layers.SeparableConv2D(5, 3, padding="same", use_bias=False)(y))
    y = layers.MaxPooling2D(3, strides=2, padding="same")(y)
    short = layers.BatchNormalization()(layers.Conv2D(5, 1, strides=2, use_bias=False)(x))
    x = layers.Add()([y, short])
    y = x
    for _ in range(3):
        y = layers.SeparableConv2D(5, 3, padding="same", use_bias=False)(layers.Activation("relu")(y))
        y = layers.BatchNormalization()(y)
    x = layers.Add()([y, x])
    y = x
    for filters in (5, 7):
        y = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(layers.Activation("relu")(y))
        y = layers.BatchNormalization()(y)
    return layers.Add()([y, layers.BatchNormalization()(layers.Conv2D(7, 1, use_bias=False)(x))])


def convnext(x: Any) -> Any:
    for rate in (0, 0.1):
        y = layers.DepthwiseConv2D(7, padding="same")(x)
        y = layers.LayerNormalization(epsilon=1e-6)(y)
        y = layers.Activation("gelu")(layers.Dense(24)(y))
        y = ScaleOfChannels()(layers.Dense(6)(y))
        y = layers.Dropout(rate, noise_shape=(None, 1, 1, 1))(y) if rate else y
        x = layers.Add()([x, y])
    return x


class ScaleOfChannels(layers.Layer):
    """One factor for each channel, 10⁻⁶ at first."""

    init_values = 1e-6

    def build(self, input_shape: Any) -> None:
        self.factors = self.add_weight(
            shape=input_shape[-1:], initializer=keras.initializers.Constant(1e-6), name="gamma"
        )

    def call(self, x: Any) -> Any:
        return x * self.factors


ScaleOfChannels.__name__ = "LayerScale"  # what the normal form calls such a layer

BLOCKS = {
    "fire(3, 4, 5)": ((7, 6, 2), fire, 165),
    "squeeze_excite(0.25)": ((5, 6, 8), squeeze_excite, 42),
    "squeeze_excite(width=2)": ((5, 6, 8), squeeze_excite, 42),
    "depthwise_separable(6, strides=2)": ((7, 6, 4), depthwise_separable, 100),
    "inverted_residual(4, 2, strides=2, padding=zeropad)": ((9, 8, 3), inverted_residuals, 1_064),
    "mbconv(4, kernel_size=5, expansion=1); mbconv(4, drop_rate=0.25)": ((9, 8, 8), mbconv, 1_011),
    "xception(5, strides=2, first_activation=false); xception(5, 3); xception(7, first_filters=5)": (
        (9, 8, 3),
        xception,
        718,
    ),
    "convnext(6, 2, drop_rate_step=0.1)": ((9, 8, 6), convnext, 1_272),
}


@pytest.mark.parametrize("text", BLOCKS)
def test_blocks_are_the_plain_layers(text: str) -> None:
    """The same layers, as many parameters as counted by hand, and the same output for the same weights."""
    shape, build, parameters = BLOCKS[text]
    graph = graph_of(f"input{shape}; {text}")
    assert assert_agrees(graph).parameters == parameters
    ours, theirs = keras_model.build(graph, deferred=False), plain(shape, build)
    pairs = matched(ours, theirs)
    randomise(ours)
    for own, other in pairs:
        for weight, counterpart in zip(own.weights, other.weights, strict=True):
            counterpart.assign(weight)
    x = picture(graph)
    np.testing.assert_allclose(run(ours, x)[0], run(theirs, x)[0], rtol=1e-4, atol=1e-5)


GATE = "gap(keepdims=true), conv({0}, 1, {1}), conv({2}, 1, sigmoid)"
UNIT = "conv_bn(24, 1, {1}), depthwise_conv(3, use_bias=false), bn(), activation({1}), {0}conv_bn(4, 1, linear)"


@pytest.mark.parametrize(
    ("block", "by_hand"),
    [
        ("squeeze_excite(0.25)", f"parallel([], [{GATE.format(1, 'relu', 4)}], merge=multiply)"),
        ("inverted_residual(4)", f"parallel([{UNIT.format('', 'relu6')}], [], merge=add)"),
        (
            "mbconv(4, drop_rate=0.2)",
            "parallel([{}], [], merge=add)".format(
                UNIT.format(f"parallel([], [{GATE.format(1, 'silu', 24)}], merge=multiply), ", "silu")
                + ", stochastic_depth(0.2)"
            ),
        ),
        ("fire(2, 3)", "conv(2, 1, relu); parallel([conv(3, 1, relu)], [conv(3, 3, relu)])"),
        (
            "xception(5, strides=2)",
            (
                "parallel([2 * [activation(), separable_conv(5, 3, use_bias=false), bn()], maxpool(3, 2, same)], "
                "[conv_bn(5, 1, linear, strides=2)], merge=add)"
            ),
        ),
        (
            "convnext(4)",
            (
                "parallel([], [depthwise_conv(7), layernorm(epsilon=1e-6), dense(16), activation(gelu), dense(4), "
                "scale(center=false, initial=1e-6)], merge=add)"
            ),
        ),
        ("depthwise_separable(6)", "depthwise_conv(3, use_bias=false); bn(); activation(relu6); conv_bn(6, 1, relu6)"),
    ],
)
def test_the_same_module_by_hand(block: str, by_hand: str) -> None:
    """A block is nothing but what can be written with `parallel`: one graph, names aside."""
    one, other = (keras_model.build(graph_of(f"input(8, 9, 4); {text}")) for text in (block, by_hand))
    assert len(matched(one, other)) == len(layer_graph(one)[0]) > 3


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("inverted_residual(4)", 1),
        ("inverted_residual(5)", 0),
        ("inverted_residual(4, strides=2)", 0),
        ("inverted_residual(5, 3)", 2),
        ("inverted_residual(4, kernel_size=2, padding=zeropad)", 0),
        ("mbconv(4, 3, strides=2)", 2),
    ],
)
def test_the_shortcut_is_added_where_shapes_allow(text: str, added: int) -> None:
    graph = graph_of(f"input(8, 8, 4); {text}")
    assert sum(node.op.word == "add" for node in graph.nodes) == added


def test_the_drop_rate_grows_from_block_to_block_and_only_beside_shortcuts() -> None:
    graph = graph_of("input(8, 8, 4); mbconv(6, 4, drop_rate=0.05, drop_rate_step=0.1)")
    rates = {node.id: node.op.rate for node in graph.nodes if node.op.word == "stochastic_depth"}
    assert rates == pytest.approx({f"mbconv1/block{n}/stochastic_depth": 0.05 + 0.1 * (n - 1) for n in (2, 3, 4)})


def test_se_has_its_width_from_the_channels_that_come_in() -> None:
    graph = graph_of("input(8, 8, 16); mbconv(16); inverted_residual(16, se_ratio=0.01)")
    assert graph.nodes[graph.index["mbconv1/se_reduce"]].shape == (1, 1, 4)
    assert graph.nodes[graph.index["inverted_residual1/se_reduce"]].shape == (1, 1, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("convnext(5)", "convnext1/add: add needs branches of one shape, got 8×8×4, 8×8×5"),
        ("mbconv(4, 9, drop_rate=0.5, drop_rate_step=0.1)", "drop_rate must stay up to 0.99, got 1.3 in the last of 9"),
        ("squeeze_excite(0)", "ratio must be a number from 0.001 to 1, got 0"),
        ("flatten(); mbconv(4)", "needs a map"),
        ("flatten(); squeeze_excite()", "needs a map"),
        ("flatten(); convnext(256)", "needs a map"),
        ("flatten(); depthwise_separable(8, strides=2)", "needs a map"),
        ("mbconv(4, expantion=1)", r"no parameter expantion \(did you mean expansion\?\)"),
    ],
)
def test_what_does_not_fit_is_told(text: str, message: str) -> None:
    with pytest.raises(NotationError, match=message):
        graph_of(f"input(8, 8, 4); {text}")


def test_squeeze_and_excite_sees_the_whole_picture() -> None:
    assert fields(graph_of("input(64, 64, 4); squeeze_excite()"))[-1].whole
