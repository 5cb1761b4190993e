"""Multiply-adds against a counter that makes every one of them, and against TensorFlow's profiler on whole networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import costs, keras_model, notation, ops
from cnnviz.graph import Graph
from cnnviz.net import Net
from cnnviz.zoo import BY_NAME
from tests.helpers import graph_of, randomise, run

# --- brute force ------------------------------------------------------------------------------------------------------


def taps(op, dilation: tuple[int, ...], shape: tuple[int, ...], y: int, x: int) -> Iterator[tuple[int, int, int, int]]:
    """Every tap of the kernel at output (y, x): its place in the kernel and the cell it meets, which may be padding."""
    (kh, kw), (sh, sw), (dh, dw) = op.kernel_size, op.strides, dilation
    before = [0, 0]
    if op.padding == "same":
        for axis, (k, s, d) in enumerate(((kh, sh, dh), (kw, sw, dw))):
            stops = [place for place in range(shape[axis]) if place % s == 0]
            missing = stops[-1] + d * (k - 1) + 1 - shape[axis]
            before[axis] = max(missing, 0) // 2
    for i in range(kh):
        for j in range(kw):
            yield i, j, y * sh + i * dh - before[0], x * sw + j * dw - before[1]


def cell(picture: np.ndarray, row: int, column: int, channel: int) -> float:
    inside = 0 <= row < picture.shape[0] and 0 <= column < picture.shape[1]
    return picture[row, column, channel] if inside else 0.0


def convolve(op, picture: np.ndarray, kernel: np.ndarray, out_shape: tuple[int, ...]) -> tuple[np.ndarray, int]:
    """A convolution done one multiply-add at a time, and how many. `kernel` is (kh, kw, inputs of a group, out)."""
    out, done = np.zeros(out_shape), 0
    per_group = out_shape[2] // op.groups
    for y, x, f in np.ndindex(out_shape):
        first = f // per_group * kernel.shape[2]
        for i, j, row, column in taps(op, op.dilation_rate, picture.shape, y, x):
            for c in range(kernel.shape[2]):
                out[y, x, f] += cell(picture, row, column, first + c) * kernel[i, j, c, f]
                done += 1
    return out, done


def convolve_depthwise(op, picture: np.ndarray, kernel: np.ndarray, sides: tuple[int, ...]) -> tuple[np.ndarray, int]:
    """The same channel by channel. `kernel` is (kh, kw, in, multiplier)."""
    multiplier = kernel.shape[3]
    out, done = np.zeros((*sides, picture.shape[2] * multiplier)), 0
    for y, x, f in np.ndindex(out.shape):
        for i, j, row, column in taps(op, op.dilation_rate, picture.shape, y, x):
            out[y, x, f] += cell(picture, row, column, f // multiplier) * kernel[i, j, f // multiplier, f % multiplier]
            done += 1
    return out, done


def convolve_sparsely(
    op, picture: np.ndarray, kernel: np.ndarray, out_shape: tuple[int, ...]
) -> tuple[np.ndarray, int]:
    """The same along a table of connections, one number a filter. `kernel` is (kh, kw, connections)."""
    out, done = np.zeros(out_shape), 0
    for y, x in np.ndindex(out_shape[:2]):
        window = 0
        for f, maps in enumerate(op.connections):
            for c, digit in enumerate(reversed(f"{maps:b}")):
                if digit == "0":
                    continue
                for i, j, row, column in taps(op, (1, 1), picture.shape, y, x):
                    out[y, x, f] += cell(picture, row, column, c) * kernel[i, j, window]
                    done += 1
                window += 1
    return out, done


def multiply(vectors: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, int]:
    """A dense layer on the last axis."""
    out, done = np.zeros((*vectors.shape[:-1], kernel.shape[1])), 0
    for place in np.ndindex(out.shape):
        for c in range(kernel.shape[0]):
            out[place] += vectors[(*place[:-1], c)] * kernel[c, place[-1]]
            done += 1
    return out, done


def by_hand(op, picture: np.ndarray, weights: list[np.ndarray], out_shape: tuple[int, ...]) -> tuple[np.ndarray, int]:
    match op:
        case ops.Conv():
            return convolve(op, picture, weights[0], out_shape)
        case ops.DepthwiseConv():
            return convolve_depthwise(op, picture, weights[0], out_shape[:2])
        case ops.SeparableConv():
            between, first = convolve_depthwise(op, picture, weights[0], out_shape[:2])
            out, second = multiply(between, weights[1][0, 0])
            return out, first + second
        case ops.SparseConv():
            return convolve_sparsely(op, picture, weights[0], out_shape)
        case ops.Dense():
            return multiply(picture, weights[0])
    raise AssertionError(op)


def assert_counted(text: str) -> None:
    """The one operation of a net: as many multiply-adds as when done by hand, and by hand gives what Keras gives."""
    graph = graph_of(text)
    model = keras_model.build(graph, deferred=False)
    randomise(model)
    picture = np.random.default_rng(7).normal(size=(1, *graph.nodes[0].shape)).astype("float32")
    out, done = by_hand(graph.nodes[1].op, picture[0], model.layers[1].get_weights(), graph.nodes[1].shape)
    np.testing.assert_allclose(run(model, picture)[0][0], out, rtol=1e-3, atol=1e-4)
    assert costs.node_costs(graph)[1].macs == done


@pytest.mark.parametrize(
    "text",
    [
        "input(5, 4, 3); conv(2, 3, use_bias=false)",
        "input(5, 6, 2); conv(3, (2, 3), strides=(2, 1), padding=valid, use_bias=false)",
        "input(7, 5, 2); conv(2, 3, strides=(3, 2), use_bias=false)",
        "input(6, 7, 2); conv(2, (3, 2), dilation_rate=(2, 3), use_bias=false)",
        "input(6, 7, 2); conv(2, 3, dilation_rate=2, padding=valid, use_bias=false)",
        "input(4, 4, 6); conv(4, 3, groups=2, use_bias=false)",
        "input(4, 5, 6); conv(6, (1, 3), groups=6, strides=2, use_bias=false)",
        "input(5, 4, 3); depthwise_conv(3, depth_multiplier=2, use_bias=false)",
        "input(6, 7, 2); depthwise_conv((2, 3), strides=2, padding=valid, use_bias=false)",
        "input(6, 6, 2); depthwise_conv(3, dilation_rate=2, use_bias=false)",
        "input(5, 4, 3); separable_conv(4, 3, depth_multiplier=2, use_bias=false)",
        "input(6, 7, 2); separable_conv(3, (3, 2), strides=2, padding=valid, use_bias=false)",
        "input(5, 6, 4); sparse_conv([1, 8, 6, 15], 3, use_bias=false)",
        "input(7, 6, 3); sparse_conv([5, 2], (2, 3), strides=(2, 1), padding=valid, use_bias=false)",
        "input(3, 4, 5); dense(2, use_bias=false)",
    ],
)
def test_every_multiply_add_is_counted(text: str) -> None:
    assert_counted(text)


@st.composite
def convolutions(draw) -> str:
    """One small convolution of any kind."""
    side, few = st.integers(3, 6), st.integers(1, 3)
    height, width, channels = draw(side), draw(side), draw(few)
    kernel = (draw(few), draw(few))
    strides = (draw(few), draw(few))
    dilation = (draw(st.integers(1, 2)), draw(st.integers(1, 2)))
    padding = draw(st.sampled_from(["same", "valid"]))
    if padding == "valid" and ((kernel[0] - 1) * dilation[0] >= height or (kernel[1] - 1) * dilation[1] >= width):
        padding = "same"
    kind = draw(st.sampled_from(["conv", "grouped", "depthwise_conv", "separable_conv"]))
    if "conv" in kind and kind != "conv":
        strides = (strides[0], strides[0])
    if max(strides) > 1:
        dilation = (1, 1)
    settled = f"strides={strides}, dilation_rate={dilation}, padding={padding}, use_bias=false"
    block = {
        "conv": f"conv({draw(few)}, {kernel}, {settled})",
        "grouped": f"conv({channels * draw(few)}, {kernel}, groups={channels}, {settled})",
        "depthwise_conv": f"depthwise_conv({kernel}, depth_multiplier={draw(few)}, {settled})",
        "separable_conv": f"separable_conv({draw(few)}, {kernel}, depth_multiplier={draw(few)}, {settled})",
    }[kind]
    return f"input({height}, {width}, {channels}); {block}"


@settings(max_examples=60)
@given(convolutions())
def test_every_multiply_add_of_random_convolutions_is_counted(text: str) -> None:
    assert_counted(text)


# --- TensorFlow's profiler --------------------------------------------------------------------------------------------

# The profiler's names of what we count: convolutions, and the matrix products of dense layers.
COUNTED = ("Conv2D", "DepthwiseConv2dNative", "MatMul")


def profiled_operations(graph: Graph) -> int:
    """Floating-point operations that TensorFlow's profiler finds in the convolutions and matrix products of a net."""
    import tensorflow as tf
    from tensorflow.python.framework.func_graph import func_graph_from_py_func

    model = keras_model.build(graph, deferred=False)
    picture = tf.TensorSpec((1, *graph.nodes[0].shape), tf.float32)
    # Keras hands grouped convolutions to a compiled function of their own, into which the profiler does not look.
    tf.config.run_functions_eagerly(True)
    try:
        traced = func_graph_from_py_func("net", lambda x: model(x, training=False), (picture,), {})
    finally:
        tf.config.run_functions_eagerly(False)
    profiler = tf.compat.v1.profiler
    options = (
        profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
        .with_accounted_types([f"^{name}$" for name in COUNTED])
        .with_empty_output()
        .build()
    )
    return profiler.profile(traced, cmd="op", options=options).total_float_ops


def macs(graph: Graph) -> int:
    return costs.total(costs.node_costs(graph)).macs


@pytest.mark.parametrize(
    "name",
    [
        "mlm-vgg-block", "mlm-inception-3a-3b", "mlm-residual-projection", "lenet5", "alexnet", "googlenet",
        "googlenet-aux", "resnet18", "resnet50", "densenet121", "squeezenet", "xception", "mobilenet",
        "efficientnet-b0", "convnext-tiny",
    ],
)  # fmt: skip
def test_tensorflows_profiler_counts_two_operations_a_multiply_add(name: str) -> None:
    graph = graph_of(BY_NAME[name].notation)
    assert profiled_operations(graph) == 2 * macs(graph)


def test_the_profiler_agrees_on_the_convolutions_of_vgg16() -> None:
    net = notation.parse(BY_NAME["vgg16"].notation)
    graph = Net(net.input, net.items[:5]).to_graph()
    assert profiled_operations(graph) == 2 * macs(graph)


@pytest.mark.parametrize(
    "block",
    [
        "depthwise_conv(3, depth_multiplier=2)",
        "depthwise_conv((5, 3), strides=2, padding=valid)",
        "separable_conv(10, 3, strides=2)",
        "dense(7)",
        "conv(8, 3, strides=(1, 3))",
        "conv(8, 3, groups=2)",
    ],
)
# Dilation is left to the counter above: TensorFlow pads the map to a multiple of the dilation and counts that work too.
def test_the_profiler_agrees_on_each_kind_of_layer(block: str) -> None:
    graph = graph_of(f"input(16, 13, 6); {block}")
    assert profiled_operations(graph) == 2 * macs(graph)
