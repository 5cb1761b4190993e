"""The exercise's two residual blocks against its printed test: known kernels and input, six known numbers each."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnnviz import keras_model, notation
from cnnviz.zoo import BY_NAME
from tests.helpers import run

VECTORS = json.loads(Path(__file__).with_name("data").joinpath("coursera-block-vectors.json").read_text("utf-8"))
# The kernels' names in the exercise, and ours.
KERNELS = {"2a": "conv1", "2b": "conv2", "2c": "conv3", "1": "shortcut_conv"}


def block_output(text: str) -> np.ndarray:
    """The block's output on the vector's input, with its kernels, biases 0, BN as it starts."""
    model = keras_model.build(notation.load(text).graph, deferred=False)
    convolutions = {layer.name: layer for layer in model.layers if hasattr(layer, "kernel")}
    for theirs, ours in KERNELS.items():
        layer = convolutions.pop(f"bottleneck1_{ours}", None)
        if layer is not None:
            layer.kernel.assign(np.array(VECTORS["kernels"][theirs], dtype="float32"))
            assert not np.any(layer.bias)
    assert not convolutions
    (output,) = run(model, np.array(VECTORS["input"], dtype="float32"))
    return output


@pytest.mark.parametrize("block", ["identity_block", "convolutional_block"])
def test_a_block_gives_the_printed_numbers(block):
    output = block_output(BY_NAME[f"coursera-{block.replace('_', '-')}"].notation)
    np.testing.assert_allclose(output[1, 1, 0], VECTORS[block]["expected_1_1_0"], atol=1e-5, rtol=0)


def test_the_numbers_need_the_stride_on_the_first_convolution():
    """The description gives that one the stride 1. On the 3×3, where the shapes would fit too, the numbers differ."""
    text = BY_NAME["coursera-convolutional-block"].notation.replace("strides=2", "strides=2, stride_on=middle")
    expected = VECTORS["convolutional_block"]["expected_1_1_0"]
    assert not np.allclose(block_output(text)[1, 1, 0], expected, atol=1e-2)
