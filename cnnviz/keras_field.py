"""The effective receptive field of a node: where in the picture one output position's gradient is, and how strong.

Runs in the Keras process only, in short steps. One output position's values, a random mix of its channels (their sum
would be constant behind a softmax), are differentiated with respect to the picture; the magnitudes, summed over the
picture's channels, are averaged over draws of weights and pictures (Luo, Li, Urtasun, Zemel, "Understanding the
Effective Receptive Field in Deep Convolutional Neural Networks", NeurIPS 2016).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np

from . import keras_device, keras_model, ops
from .keras_refused import Refused
from .labs import field, timing
from .notation import load

DRAWS = 24
LEAST_DRAWS = 3
MOST_MACS = 20 * 10**9  # of one forward pass
MOST_LAYERS = 1_000
MOST_SECONDS = 12.0  # then no further draw begins, where there are enough
WEIGHTS = ("random", "equal")
_FEW = 20_000


def steps(
    texts: list[str],
    node: str = "",
    weights: str = "random",
    draws: int = DRAWS,
    most_bytes: int = timing.MOST_BYTES,
) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """Measure the field of one node of the one net in `texts`; "" for its output. Gives progress, returns the field.

    `weights`: "random" shuffles each freshly initialised array anew in every draw, "equal" makes all of an array's
    numbers 1 / (inputs of one output value), the picture ones and the mix the plain sum, so that the gradient counts
    the ways from pixel to output; one draw is enough then. Raises Refused.
    """
    import tensorflow as tf

    keras_device.need_tensorflow()
    graph, index = _asked(texts, node, weights, most_bytes)
    seen = field.field_of(graph, index)
    building = {"said": "building the net up to this node", "share": 0.0}
    yield building
    model = keras_model.build(field.up_to(graph, index))
    yield from keras_device.paced(keras_model.fill(model), building)
    yield {"said": "first gradient", "share": 0.1}
    numbers = np.random.default_rng(7)
    shape = (1, *graph.nodes[0].shape)
    total, done, begun = np.zeros(seen.picture), 0, time.perf_counter()
    draws = draws if weights == "random" else 1
    while done < draws and (done < LEAST_DRAWS or time.perf_counter() - begun < MOST_SECONDS):
        said = {"said": f"draw {done + 1} of {draws}", "share": 0.1 + 0.9 * done / draws}
        yield from keras_device.paced(_redrawn(model, numbers, weights), said)
        given = np.ones(shape) if weights == "equal" else numbers.normal(size=shape)
        channels = seen.shape[-1]
        mix = np.ones(channels) if weights == "equal" else numbers.normal(size=channels)
        total += _gradient(model, tf.constant(given, "float32"), tf.constant(mix, "float32"), seen)
        done += 1
        yield said
    return {**described(total / done, seen), "draws": done, "weights": weights}


def described(gradient: np.ndarray, seen: field.NodeField) -> dict[str, Any]:
    """The gradient inside the theoretical field as rows of cells, 1 the largest, and how much of the field holds 90 %.

    A cell is the mean over `cell` (height, width) pixels, the first cell at the field's top left.
    `outside` is the largest gradient outside the theoretical field as a share of the largest: 0.
    """
    top, left, height, width = seen.seen
    inside = gradient[top : top + height, left : left + width]
    rest = gradient.copy()
    rest[top : top + height, left : left + width] = 0
    largest = float(inside.max(initial=0.0))
    if not np.isfinite(gradient).all():
        raise Refused("the gradient is not finite: with these weights the values overflow")
    if not largest:
        raise Refused("the gradient is zero everywhere: nothing in the picture moves this value")
    cell = field.cell(seen.seen)
    means = _averaged(inside, cell)
    return {
        "rectangle": [top, left, height, width],
        "cell": list(cell),
        "rows": np.round(means / means.max(), 4).tolist(),
        "share": share_holding(inside, 0.9),
        "outside": float(rest.max()) / largest,
    }


def share_holding(gradient: np.ndarray, part: float) -> float:
    """The smallest share of the pixels that together hold `part` of the gradient."""
    falling = np.sort(gradient.ravel())[::-1].cumsum()
    return float(np.searchsorted(falling, part * falling[-1] * (1 - 1e-9)) + 1) / gradient.size


def _asked(texts: list[str], node: str, weights: str, most_bytes: int) -> tuple[Any, int]:
    """The graph and the node that are asked for. Raises Refused where they cannot be measured."""
    if len(texts) != 1:
        raise Refused(f"one net is measured at a time, got {len(texts)}")
    if weights not in WEIGHTS:
        raise Refused(f"weights must be one of {', '.join(WEIGHTS)}, got {weights!s:.20}")
    graph = load(texts[0]).graph
    index = graph.index.get(node, -1) if node else graph.outputs[0]
    if index < 0:
        raise Refused(f"this net has no node {node!s:.60}")
    if index == 0:
        raise Refused("the input sees itself: each value is one pixel")
    needed = field.up_to(graph, index)
    if reason := timing.refusal(needed, 1, most_bytes, MOST_MACS, MOST_LAYERS):
        raise Refused(f"this field is not measured: {reason}")
    if weights == "equal" and any(_levels(node.op) for node in needed.nodes):
        raise Refused("with equal weights layer normalisation and softmax pass no gradient; take random weights")
    return graph, index


def _levels(op: ops.Op) -> bool:
    """Whether equal values in all channels come out the same whatever they are."""
    return isinstance(op, ops.LayerNorm) or getattr(op, "activation", "") == "softmax"


def _redrawn(model: Any, numbers: np.random.Generator, weights: str) -> Iterator[None]:
    """Give new values, one array a step. Independent values that an initialiser has drawn change their places."""
    for weight in model.trainable_weights:
        if len(weight.shape) < 2:
            continue  # biases and scales: zeros and ones
        if weights == "equal":
            weight.assign(np.full(weight.shape, 1 / np.prod(weight.shape[:-1])))
        else:
            values = np.asarray(weight).ravel()
            few = values.size < _FEW  # a large array is turned round, which is much quicker than shuffling it
            values = numbers.permutation(values) if few else np.roll(values, numbers.integers(values.size))
            weight.assign(values.reshape(weight.shape))
        yield


def _gradient(model: Any, picture: Any, mix: Any, seen: field.NodeField) -> np.ndarray:
    """The magnitude of the gradient of a mix of channels at each pixel, summed over the picture's channels."""
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(picture)
        output = model(picture, training=False)
        if len(seen.shape) == 3:
            output = output[:, seen.position[0], seen.position[1], :]
        value = tf.reduce_sum(output * mix)
    found = tape.gradient(value, picture)
    return np.zeros(seen.picture) if found is None else np.asarray(np.abs(found.numpy()[0]).sum(axis=-1))


def _averaged(values: np.ndarray, cell: tuple[int, int]) -> np.ndarray:
    """The mean over cells; the last ones may be smaller."""
    rows = np.add.reduceat(values, np.arange(0, values.shape[0], cell[0]), axis=0)
    sums = np.add.reduceat(rows, np.arange(0, values.shape[1], cell[1]), axis=1)
    heights = np.diff([*np.arange(0, values.shape[0], cell[0]), values.shape[0]])
    widths = np.diff([*np.arange(0, values.shape[1], cell[1]), values.shape[1]])
    means: np.ndarray = sums / np.outer(heights, widths)
    return means
