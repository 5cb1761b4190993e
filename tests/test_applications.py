"""The rows that are "as in Keras" against keras.applications: the same layers, and the same output.

Both models are walked in a normal form (tests/layer_graphs.py), names aside. All of this must be equal: kinds of layer,
settings, shapes, parameters, connections. The normal form takes for one and the same, as they are one function:
* layers that prepare the picture, and none; a linear activation layer, and none; a scaling by 1, and none
* a vector and a 1×1 map, and so a reshape between them; both paddings of a 1×1 window
* ReLU(6) and Activation("relu6"); dropout of whole samples and stochastic depth; Keras' layer scale and our scale
* a convolution with as many groups as channels, and a depthwise one
* Keras' scaled addition, and a constant scale with an addition; values added or multiplied in one order or another
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from cnnviz import keras_model, zoo
from tests.helpers import graph_of
from tests.layer_graphs import behind_preprocessing, draw, fitted, matched, outputs, without_softmax

AS_IN = {row.name: row.as_in.rpartition(".")[2] for row in zoo.ROWS if row.as_in}


def of_keras(function: str) -> keras.Model:
    """A model of keras.applications without allocated weights, from behind the layers that prepare the picture."""
    try:
        with keras.StatelessScope(initialize_variables=False):
            return behind_preprocessing(getattr(keras.applications, function)(weights=None))
    finally:
        keras.utils.clear_session(free_memory=False)


def of_ours(text: str) -> keras.Model:
    return keras_model.build(graph_of(text))


def test_rows_name_functions_of_keras() -> None:
    assert {"Xception", "MobileNet", "MobileNetV2", "EfficientNetB0", "ConvNeXtTiny"} <= set(AS_IN.values())
    for row in zoo.ROWS:
        assert row.as_in in ("", f"keras.applications.{AS_IN.get(row.name)}")


@pytest.mark.parametrize("name", AS_IN)
def test_same_layers_and_same_output(name: str) -> None:
    ours, theirs = of_ours(zoo.BY_NAME[name].notation), of_keras(AS_IN[name])
    pairs = matched(ours, theirs)
    assert ours.input.shape == theirs.input.shape
    assert ours.count_params() == theirs.count_params()
    numbers = np.random.default_rng(5)
    values = {}
    for own, other in pairs:
        for weight, counterpart in zip(own.weights, other.weights, strict=True):
            values[id(weight)] = draw(weight, numbers)
            values[id(counterpart)] = fitted(values[id(weight)], counterpart)
    assert_close(*(logits(model, values) for model in (ours, theirs)))


def logits(model: keras.Model, values: dict[int, np.ndarray]) -> np.ndarray:
    """What a model gives before its softmax for two random pictures."""
    without_softmax(model)
    pictures = np.random.default_rng(6).normal(size=(2, *model.input.shape[1:])).astype("float32")
    return outputs(model, values, pictures)


def assert_close(ours: np.ndarray, theirs: np.ndarray) -> None:
    """The difference must be small against what two pictures differ in: that part passed through every layer."""
    spread = np.std(theirs[0] - theirs[1])
    assert spread > 1e-3 * np.std(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-3 * spread)


# --- these comparisons can fail ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("mobilenet-v2", "96, 3, ", "96, 3, strides=2, "),
        ("mobilenet-v2", "320, momentum=0.999", "320"),
        ("efficientnet-b0", "mbconv(320)", "mbconv(320, se_ratio=0.2)"),
        ("efficientnet-b0", "drop_rate=0.1,", "drop_rate=0.11,"),
        ("xception", "use_bias=false)\nbn()", "use_bias=false)"),
        ("xception", "8 * xception(728, 3)", "7 * xception(728, 3)"),
        ("mobilenet", "relu6", "relu"),
        ("convnext-tiny", "convnext(384, 9)", "convnext(384, 9, layer_scale=0.001)"),
        ("convnext-tiny", "gap()\nlayernorm(epsilon=1e-06)", "gap()\nlayernorm()"),
    ],
)
def test_a_net_that_differs_is_refused(name: str, right: str, wrong: str) -> None:
    text = zoo.BY_NAME[name].notation
    assert right in text
    with pytest.raises(AssertionError, match="has no counterpart"):
        matched(of_ours(text.replace(right, wrong)), of_keras(AS_IN[name]))


def test_a_net_that_reads_one_layer_twice_is_refused() -> None:
    """Two convolutions with equal settings are not one that is read twice."""
    picture = keras.Input((4, 4, 3))
    conv = keras.layers.Conv2D(2, 3)
    once = conv(picture)
    twice = keras.Model(picture, keras.layers.Concatenate()([once, once]))
    apart = keras.Model(picture, keras.layers.Concatenate()([once, keras.layers.Conv2D(2, 3)(picture)]))
    with pytest.raises(AssertionError, match="stands for two layers"):
        matched(twice, apart)
    with pytest.raises(AssertionError):
        matched(apart, twice)


def test_a_stride_in_a_wrong_place_gives_another_output() -> None:
    """The same weights fit, as strides change no weight."""
    text = zoo.BY_NAME["mobilenet-v2"].notation
    moved = text.replace("96, 3, ", "96, 3, strides=2, ").replace("160, 3, strides=2, ", "160, 3, ")
    right, wrong = of_ours(text), of_ours(moved)
    numbers = np.random.default_rng(5)
    values = {}
    for weight, counterpart in zip(right.weights, wrong.weights, strict=True):
        values[id(weight)] = values[id(counterpart)] = draw(weight, numbers)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_close(logits(wrong, values), logits(right, values))
