"""The Keras model of a graph: layer by layer as we say, drawn, printed, saved, and numerically right."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnviz import keras_custom, keras_layers, keras_model, notation, ops
from cnnviz.zoo import BY_NAME
from tests.helpers import assert_agrees, graph_of, picture, randomise, run

VECTORS = json.loads(Path(__file__).with_name("data").joinpath("coursera-block-vectors.json").read_text())


# --- agreement --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BY_NAME)
def test_every_network_of_the_zoo_agrees_layer_by_layer(name: str) -> None:
    assert_agrees(graph_of(BY_NAME[name].notation))


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("mlm-vgg-block", 38_720),
        ("mlm-three-vgg-blocks", 2_325_568),
        ("mlm-naive-inception", 6_272),
        ("mlm-inception-3a-3b", 513_120),
        ("mlm-residual-projection", 38_976),
    ],
)
def test_totals_printed_in_the_tutorial(name: str, printed: int) -> None:
    assert assert_agrees(graph_of(BY_NAME[name].notation)).parameters == printed


def test_a_difference_is_told_in_words() -> None:
    model = keras_model.build(graph_of("input(8, 8, 3); conv(4, 3, name=a); bn(name=b); gap()"))
    agreement = keras_model.check(graph_of("input(8, 9, 3); conv(5, 3, name=a); bn(scale=false, name=c); gap()"), model)
    assert not agreement.agrees
    assert agreement.differences == (
        "a: output 8×9×5 by our count, 8×8×4 in Keras",
        "a: 140 parameters by our count, 112 in Keras",
        "a: 140 trainable parameters by our count, 112 in Keras",
        "c: Keras has the layer b in its place",
        "gap1: output 5 by our count, 4 in Keras",
        "outputs: 5 by our count, 4 in Keras",
    )


def test_a_missing_layer_and_another_order_are_differences() -> None:
    model = keras_model.build(graph_of("input(8, 8, 3); relu_stack".replace("relu_stack", "activation(); bn()")))
    fewer = keras_model.check(graph_of("input(8, 8, 3); activation()"), model)
    assert fewer.differences == ("we have 1 layers, Keras has 2",)
    swapped = keras_model.check(graph_of("input(8, 8, 3); bn(); activation()"), model)
    assert swapped.differences[0] == "bn1: Keras has the layer activation1 in its place"


def test_as_many_layers_as_a_net_may_have() -> None:
    text = "input(4, 4, 2); " + "; ".join(["1000 * [activation()]"] * 5)
    assert assert_agrees(graph_of(text)).layers == 5_000


def test_paths_that_meet_in_one_name_are_told_apart() -> None:
    graph = graph_of("input(8, 8, 3); vgg(4, convs=1); conv(4, 1, name=vgg1_conv1)")
    assert_agrees(graph)
    assert graph.layer_names[1:] == ("vgg1_conv1", "vgg1_pool", "vgg1_conv1_2")


def test_a_deferred_build_leaves_nothing_for_the_next_to_allocate() -> None:
    unused = keras_model.build(graph_of(BY_NAME["vgg16"].notation))
    with keras.StatelessScope():  # at the end of such a scope Keras allocates every variable that still waits
        pass
    assert all(weight._value is None for weight in unused.weights)


# --- what Keras and TensorFlow refuse, we refuse ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        "conv(4, 3, strides=2, dilation_rate=2)",
        "conv(4, 3, groups=2)",
        "conv(4, 9, padding=valid)",
        "maxpool(9)",
        "zeropad(1); flatten(); maxpool(2)",
        "flatten(); conv(4, 3)",
        "reshape([7])",
        "parallel([conv(4, 1)], [conv(5, 1)], merge=add)",
        "parallel([maxpool(2)], [], merge=concat)",
    ],
)
def test_what_cannot_be_built_is_refused_with_a_reason(block: str) -> None:
    with pytest.raises(notation.NotationError, match="line 1: .{20,}"):
        notation.load(f"input(8, 8, 3); {block}")


# --- the translation --------------------------------------------------------------------------------------------------


def test_every_operation_has_its_layer() -> None:
    assert set(keras_layers.LAYER_OF) == set(ops.OPS)


def test_arguments_left_out_are_keras_defaults() -> None:
    """Layers made with nothing but what must be given are the operations' own defaults as Keras understands them."""
    plain = keras_model.make(keras_layers.layer(ops.Conv(4, (3, 3), padding="valid")))
    full = keras.layers.Conv2D(
        4, (3, 3), (1, 1), "valid", dilation_rate=(1, 1), groups=1, activation="linear", use_bias=True,
        kernel_initializer="glorot_uniform", kernel_regularizer=None,
    )  # fmt: skip
    assert {**plain.get_config(), "name": ""} == {**full.get_config(), "name": ""}


def test_penalty_and_initializer_reach_keras() -> None:
    model = keras_model.build(
        graph_of(
            "input(8, 8, 3); conv(4, 3, kernel_l2=0.01, kernel_initializer=he_normal)\n"
            "depthwise_conv(3, kernel_l2=0.02); separable_conv(4, 3, kernel_l2=0.03, kernel_initializer=zeros)\n"
            "dense(2, kernel_l2=0.04)"
        )
    )
    conv, depthwise, separable, dense = model.layers[1:]
    assert conv.kernel_regularizer.l2 == pytest.approx(0.01)
    assert isinstance(conv.kernel_initializer, keras.initializers.HeNormal)
    assert depthwise.depthwise_regularizer.l2 == pytest.approx(0.02)
    assert separable.depthwise_regularizer.l2 == separable.pointwise_regularizer.l2 == pytest.approx(0.03)
    assert isinstance(separable.pointwise_initializer, keras.initializers.Zeros)
    assert dense.kernel_regularizer.l2 == pytest.approx(0.04)


# --- our own layers against numpy -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 5, 11])
def test_local_response_normalisation(size: int) -> None:
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 7)).astype("float32")
    expected = np.empty_like(x)
    for channel in range(7):
        near = x[..., max(channel - size // 2, 0) : channel + size // 2 + 1]
        expected[..., channel] = x[..., channel] / (1.5 + 0.3 * (near**2).sum(-1)) ** 0.6
    layer = keras_custom.LocalResponseNormalization(size=size, bias=1.5, alpha=0.3, beta=0.6)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5)


def test_local_response_normalisation_is_tensorflows() -> None:
    import tensorflow as tf

    x = np.random.default_rng(2).normal(size=(2, 3, 4, 9)).astype("float32")
    theirs = tf.nn.local_response_normalization(x, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75)
    np.testing.assert_allclose(keras_custom.LocalResponseNormalization()(x), theirs, rtol=1e-5)


def test_per_channel_scale() -> None:
    x = np.ones((2, 3, 4, 3), "float32")
    layer = keras_custom.PerChannelScale(initial=0.5)
    np.testing.assert_array_equal(layer(x), x * 0.5)
    layer.gamma.assign([1, 2, 3])
    layer.beta.assign([0, 0, 7])
    np.testing.assert_array_equal(layer(x)[0, 0, 0], [1, 2, 10])
    assert [weight.name for weight in layer.weights] == ["gamma", "beta"]
    assert not hasattr(keras_custom.PerChannelScale(center=False)(x), "beta")


def test_constant_scale_and_channel_padding() -> None:
    x = np.random.default_rng(3).normal(size=(2, 3, 4, 5)).astype("float32")
    np.testing.assert_allclose(keras_custom.ConstantScale(0.25)(x), x / 4)
    padded = np.asarray(keras_custom.ChannelPadding(8)(x))
    np.testing.assert_array_equal(padded[..., :5], x)
    assert padded.shape == (2, 3, 4, 8)
    assert not padded[..., 5:].any()


def test_radial_basis_functions_are_squared_distances_to_fixed_signs() -> None:
    x = np.random.default_rng(4).normal(size=(2, 3, 4, 5)).astype("float32")
    layer = keras_custom.RadialBasis(6)
    out = np.asarray(layer(x))
    centres = np.asarray(layer.centres)
    assert centres.shape == (6, 5)
    assert set(np.unique(centres)) == {-1, 1}
    assert layer.trainable_weights == []
    for unit in range(6):
        expected = sum((x[..., j] - centres[unit, j]) ** 2 for j in range(5))
        np.testing.assert_allclose(out[..., unit], expected, rtol=1e-5)
    again = keras_custom.RadialBasis(6)
    again.build(x.shape)
    np.testing.assert_array_equal(again.centres, centres)


def test_a_sparse_convolution_starts_as_a_full_one_would() -> None:
    layer = keras_custom.SparseConv2D([1, 2, 3] * 40, 3, kernel_initializer="he_normal")
    layer.build((None, 8, 8, 2))
    assert layer.kernel.shape == (3, 3, 160)
    assert np.std(layer.kernel) == pytest.approx((2 / (3 * 3 * 2)) ** 0.5, rel=0.1)


def test_stochastic_depth_drops_whole_samples_in_training_only() -> None:
    x = np.ones((4_000, 2, 2, 3), "float32")
    layer = keras_custom.StochasticDepth(0.25)
    np.testing.assert_array_equal(layer(x), x)
    out = np.asarray(layer(x, training=True))
    each = out.reshape(4_000, -1)
    assert (each == each[:, :1]).all()
    np.testing.assert_allclose(np.unique(each), [0, 1 / 0.75], rtol=1e-6)
    assert 0.2 < (each[:, 0] == 0).mean() < 0.3


# --- published numbers of a whole block -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "arguments"),
    [("identity_block", "shortcut=identity"), ("convolutional_block", "strides=2")],
)
def test_residual_blocks_give_the_numbers_of_the_course(which: str, arguments: str) -> None:
    text = f"input(4, 4, 6); bottleneck(2, middle_filters=4, out_filters=6, kernel_size=2, use_bias=true, {arguments})"
    model = keras_model.build(graph_of(text), deferred=False)
    kernels = VECTORS["kernels"]
    places = {"conv1": "2a", "conv2": "2b", "conv3": "2c", "shortcut_conv": "1"}
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.kernel.assign(kernels[places[layer.name.removeprefix("bottleneck1_")]])
    (out,) = run(model, np.array(VECTORS["input"], "float32"))
    np.testing.assert_allclose(out[1, 1, 0], VECTORS[which]["expected_1_1_0"], rtol=2e-6, atol=1e-7)


# --- print, draw, save ------------------------------------------------------------------------------------------------

EVERYTHING = """
input(9, 7, 4); lrn(); scale(); constant_scale(0.1); channel_pad(6); stochastic_depth(0.2); conv(4, 3, groups=2)
sparse_conv([1, 6, 15, 8], (3, 2), tanh, kernel_initializer=he_normal); aux([gap(), rbf(3)])
parallel([conv(4, 1)], [gap(), dense(4, sigmoid)], merge=multiply)
aux(3, pool_size=2); layernorm(); classifier(5, flatten)
"""


def test_summary_is_plain_whole_lines() -> None:
    model = keras_model.build(graph_of(BY_NAME["googlenet-aux"].notation))
    text = keras_model.summary_text(model)
    table = [line for line in text.splitlines() if line.startswith("│")]
    assert all(line.endswith("│") and len(line) == len(table[0]) for line in table)
    assert "\x1b" not in text
    assert "inception_4e_conv_1x1" in text
    assert "Total params: 13,378,280" in text


def test_a_saved_model_is_the_same_when_loaded(tmp_path: Path) -> None:
    graph = graph_of(EVERYTHING)
    keras_model.save_keras(graph, tmp_path / "net.keras")
    loaded = keras.saving.load_model(tmp_path / "net.keras")
    assert keras_model.check(graph, loaded).differences == ()
    randomise(loaded)
    loaded.save(tmp_path / "again.keras")
    x = picture(graph)
    again = keras.saving.load_model(tmp_path / "again.keras")
    for one, other in zip(run(loaded, x), run(again, x), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_a_fresh_model_runs_with_every_layer_of_ours() -> None:
    graph = graph_of(EVERYTHING)
    outputs = run(keras_model.build(graph, deferred=False), picture(graph))
    assert [output.shape[1:] for output in outputs] == [graph.nodes[i].shape for i in graph.outputs]


def test_the_drawing_is_a_png(tmp_path: Path) -> None:
    model = keras_model.build(graph_of("input(8, 8, 3); conv(4, 3); bn(); activation(); gap()"))
    plain = keras_model.plot_png(model, tmp_path / "net.png", show_shapes=False, dpi=50)
    assert plain == (tmp_path / "net.png").read_bytes()
    assert plain.startswith(b"\x89PNG\r\n\x1a\n")
    wide = keras_model.plot_png(model, show_layer_activations=True, rankdir="LR", dpi=50)
    (w1, h1), (w2, h2) = _size(plain), _size(wide)
    assert w1 < h1
    assert w2 > h2


def _size(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_a_missing_graphviz_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    model = keras_model.build(graph_of("input(8, 8, 3); conv(4, 3)"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(keras_model.GraphvizMissing, match="needs Graphviz"):
        keras_model.plot_png(model)
