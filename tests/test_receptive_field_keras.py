"""Receptive fields against the gradient of a built model with positive weights: the pixels that move an output."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.notation import load
from cnnviz.receptive_field import axes, bounds

# Average pooling stands for max pooling, which passes the gradient of one cell only; both slide alike.
SLIDING = st.builds(
    "{}(2, {}, strides={}, padding={})".format,
    st.sampled_from(["conv", "separable_conv"]),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from(["same", "valid"]),
)
UNEVEN = st.builds(
    "conv(2, ({}, {}), strides=({}, {}), padding={})".format,
    *[st.integers(1, 4)] * 2,
    *[st.integers(1, 3)] * 2,
    st.sampled_from(["same", "valid"]),
)
POOL = st.builds(
    "avgpool({}, strides={}, padding={})".format,
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from(["same", "valid"]),
)
KEEPING = st.sampled_from(
    [
        "conv(2, 3)",
        "conv(2, 5)",
        "conv(2, (1, 4))",
        "conv(2, 3, dilation_rate=2)",
        "depthwise_conv((3, 3))",
        "bn()",
        "conv(2, 1)",
    ]
)
BRANCH = st.lists(KEEPING, min_size=0, max_size=3).map(
    lambda items: f"[conv(2, 1){''.join(', ' + item for item in items)}]"
)
PARALLEL = st.builds("parallel({}, {}, merge={})".format, BRANCH, BRANCH, st.sampled_from(["add", "concat"]))
PAD = st.builds("zeropad(({}, {}, {}, {}))".format, *[st.integers(0, 3)] * 4)
BLOCKS = st.lists(st.one_of(SLIDING, UNEVEN, POOL, KEEPING, PARALLEL, PAD), min_size=1, max_size=5).map("; ".join)

UNEQUAL_STRIDES = "parallel([conv(2, 4, padding=valid)], [conv(2, 3, strides=2, padding=valid)])"


def seen(text):
    """For every output position the first and last pixel whose gradient is not zero, along height and along width."""
    import tensorflow as tf

    from cnnviz.keras_model import build

    graph = load(text).graph
    model = build(graph, deferred=False)
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 1 / max(np.prod(weight.shape[:-1]), 1)))
    picture = tf.ones((1, *graph.nodes[0].shape))
    height, width, _ = graph.nodes[graph.outputs[0]].shape
    with tf.GradientTape() as tape:
        tape.watch(picture)
        cells = tf.reshape(tf.reduce_sum(model(picture, training=False), axis=-1), (height * width,))
    slopes = tape.jacobian(cells, picture).numpy().sum(axis=(1, -1)).reshape(height, width, *graph.nodes[0].shape[:2])
    return graph, slopes > 0


def check(text):
    graph, touched = seen(text)
    for axis, along in enumerate(axes(graph)[graph.outputs[0]]):
        side, positions = graph.nodes[0].shape[axis], touched.shape[axis]
        for position in range(positions):
            # Left are: positions of the other axis, height, width of the picture; keep the picture's own axis.
            pixels = np.flatnonzero(np.take(touched, position, axis=axis).any(axis=(0, 2 - axis)))
            first, last = bounds(along, position)
            if not len(pixels):
                assert last < 0 or first >= side or _in_a_gap(along, position, side), (text, axis, position)
                continue
            assert pixels[0] == first if first >= 0 else pixels[0] >= 0, (text, axis, position)
            assert pixels[-1] == last if last < side else pixels[-1] < side, (text, axis, position)


def _in_a_gap(along, position, side):
    """A dilated kernel at the border may have no tap inside the picture."""
    first, last = bounds(along, position)
    return first < 0 or last >= side


@pytest.mark.slow
@settings(max_examples=40)
@given(BLOCKS, st.integers(9, 24), st.integers(9, 24))
def test_fields_are_where_the_gradient_is(blocks, height, width):
    from hypothesis import reject

    from cnnviz.notation import NotationError

    text = f"input({height}, {width}, 2); {blocks}"
    try:
        load(text)
    except NotationError:
        reject()
    check(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "blocks",
    [
        UNEQUAL_STRIDES,
        f"{UNEQUAL_STRIDES}; conv(2, 2)",
        "residual(2, 2, strides=2)",
        "conv(2, 3, dilation_rate=3); conv(2, 3, strides=2)",
        "zeropad((3, 0, 0, 2)); conv(2, 5, strides=2, padding=valid)",
    ],
)
def test_traps(blocks):
    side = 5 if UNEQUAL_STRIDES in blocks else 17
    check(f"input({side}, {side}, 2); {blocks}")
