"""LeNet-5 as it was in 1998 against the figures of its paper, section II.B and table I."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz import costs, notation, zoo
from cnnviz.graph import Graph
from cnnviz.net import Net
from cnnviz.ops import SparseConv
from cnnviz.zoo.figures import MEASURES
from tests.helpers import graph_of, picture, randomise, run

NOTATION = zoo.BY_NAME["lenet5-1998"].notation
# layer → the node that it ends with, its output, trainable parameters and connections, as the paper has them.
PAPER = {
    "C1": ("c1", (28, 28, 6), 156, 122_304),
    "S2": ("activation1", (14, 14, 6), 12, 5_880),
    "C3": ("c3", (10, 10, 16), 1_516, 151_600),
    "S4": ("activation2", (5, 5, 16), 32, 2_000),
    "C5": ("c5", (1, 1, 120), 48_120, 48_120),
    "F6": ("f6", (84,), 10_164, 10_164),
    "output": ("rbf1", (10,), 0, 840),
}
# Table I: which maps of S2 the filters of C3 read.
TABLE_I = (
    "012 123 234 345 045 015",  # three in a row, round the corner
    "0123 1234 2345 0345 0145 0125",  # four in a row
    "0134 1245 0235",  # four with gaps
    "012345",
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return graph_of(NOTATION)


def up_to(graph: Graph, last: str) -> Graph:
    """The net's beginning, as far as the node `last`."""
    net = notation.parse(NOTATION)
    return Net(net.input, net.items[: graph.index[last]]).to_graph()


@pytest.mark.parametrize("layer", PAPER)
def test_each_layer_has_the_papers_shape_weights_and_connections(graph: Graph, layer: str) -> None:
    names = list(PAPER)
    last, shape, parameters, connections = PAPER[layer]
    whole = up_to(graph, last)
    assert whole.nodes[-1].shape == shape
    before = names[names.index(layer) - 1] if layer != "C1" else ""
    trainable, linked = (trained(whole), MEASURES["connections"].of(whole))
    if before:
        shorter = up_to(graph, PAPER[before][0])
        trainable, linked = trainable - trained(shorter), linked - MEASURES["connections"].of(shorter)
    assert (trainable, linked) == (parameters, connections)


def trained(graph: Graph) -> int:
    return costs.total(costs.node_costs(graph)).trainable


def test_the_totals_are_the_papers(graph: Graph) -> None:
    assert trained(graph) == 60_000
    assert MEASURES["connections"].of(graph) == 340_908


def test_c3_reads_the_maps_of_table_i(graph: Graph) -> None:
    c3 = graph.nodes[graph.index["c3"]].op
    assert isinstance(c3, SparseConv)
    read = ["".join(str(c) for c in range(6) if maps & 2**c) for maps in c3.connections]
    assert read == " ".join(TABLE_I).split()
    assert c3.connected == sum(map(len, read)) == 60


def test_a_filter_of_c3_sees_its_own_maps_and_no_other() -> None:
    from cnnviz import keras_model

    table = "[7, 14, 28, 56, 49, 35, 15, 30, 60, 57, 51, 39, 27, 54, 45, 63]"
    model = keras_model.build(graph_of(f"input(7, 7, 6); sparse_conv({table}, 5, padding=valid)"), deferred=False)
    randomise(model)
    x = np.random.default_rng(3).normal(size=(1, 7, 7, 6)).astype("float32")
    [plain] = run(model, x)
    read = " ".join(TABLE_I).split()
    for c in range(6):
        changed = x.copy()
        changed[..., c] += 1
        moved = (run(model, changed)[0] != plain).any(axis=(0, 1, 2))
        assert [str(c) in maps for maps in read] == moved.tolist()


def test_training_moves_every_weight_but_the_centres(graph: Graph) -> None:
    from cnnviz import keras_model

    model = keras_model.build(graph, deferred=False)
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(picture(graph), np.zeros((2, 10)), epochs=1, verbose=0)
    for weight, old, new in zip(model.weights, before, model.get_weights(), strict=True):
        assert (new != old).any() == (weight.name != "centres"), weight.path
