"""What several tests share: any net against Keras, layer by layer; weights copied by name; running a model."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from cnnviz import notation
from cnnviz.graph import Graph


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine gives. In a thread of its own: beside browser tests a loop runs in this one."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, coroutine).result()


def graph_of(text: str) -> Graph:
    """The graph that a text writes."""
    return notation.load(text).graph


def assert_agrees(graph: Graph):
    """Keras must have the same layers in the same order, with the same names, shapes and parameters. Gives its word."""
    from cnnviz import keras_model

    agreement = keras_model.check(graph, keras_model.build(graph))
    assert agreement.differences == ()
    assert agreement.layers == len(graph.nodes) - 1
    return agreement


def picture(graph: Graph, seed: int = 0, batch: int = 2) -> np.ndarray:
    """A batch of random pictures of the size that a net takes."""
    return np.random.default_rng(seed).normal(size=(batch, *graph.nodes[0].shape)).astype("float32")


def run(model, x: np.ndarray) -> list[np.ndarray]:
    """All outputs of a model at inference, main output first."""
    outputs = model(x, training=False)
    return [np.asarray(output) for output in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def randomise(model, seed: int = 0) -> None:
    """Give every weight a random value, so that a weight used in a wrong place shows. Variances stay positive."""
    numbers = np.random.default_rng(seed)
    for weight in model.weights:
        drawn = numbers.normal(scale=0.3, size=weight.shape)
        weight.assign(np.abs(drawn) + 0.5 if "variance" in weight.path else drawn)
