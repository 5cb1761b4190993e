"""Names, places and orders in the graph of operations."""

import pytest

from cnnviz import zoo
from cnnviz.net import Repeat
from cnnviz.notation import load


def ids(text):
    return [node.id for node in load(text).graph.nodes]


def test_ids_are_kind_and_ordinal():
    assert ids("input(8, 8, 3); conv(4, 3); bn(); conv(4, 3)") == ["input", "conv1", "bn1", "conv2"]


def test_repeating_equals_writing_out():
    repeated = load("input(8, 8, 4); 2 * [conv(4, 3), residual(4)]").graph
    written = load("input(8, 8, 4); conv(4, 3); residual(4); conv(4, 3); residual(4)").graph
    assert [node[:4] for node in repeated.nodes] == [node[:4] for node in written.nodes]


def test_paths_tell_block_and_branch():
    found = ids("input(8, 8, 4); residual(4, 2, name=stage2); parallel([conv(2, 1)], [parallel([], [bn()])])")
    assert "stage2/block1/conv1" in found
    assert "parallel1/branch2/parallel1/branch2/bn1" in found
    assert found[-1] == "parallel1/concat"


def test_named_blocks_in_a_repetition_are_numbered():
    assert ids("input(8, 8, 3); 2 * [2 * bn(name=a)]")[1:] == ["a_1_1", "a_1_2", "a_2_1", "a_2_2"]


def test_given_names_are_left_to_their_owners():
    assert ids("input(8, 8, 3); bn(); bn(name=bn1)")[1:] == ["bn2", "bn1"]


def test_layer_names_that_would_meet_are_told_apart():
    graph = load("input(8, 8, 3); residual(3, name=a); bn(name=a_conv1)").graph
    assert len(set(graph.layer_names)) == len(graph.nodes)
    assert "a_conv1_2" in graph.layer_names


@pytest.mark.parametrize("row", zoo.ROWS, ids=lambda row: row.name)
def test_spans_cover_every_node_but_the_input(row):
    graph = load(row.notation).graph
    # What is written in a repetition has a place inside it; what is inside a block's span is covered by that.
    repeats = {i for i, item in enumerate(load(row.notation).net.items) if isinstance(item, Repeat)}
    outer = [span for span in graph.spans if len(span.place) == 1 + (span.place[0] in repeats)]
    covered = sorted(i for span in outer for i in range(span.start, span.stop))
    assert covered == list(range(1, len(graph.nodes)))
    for node in graph.nodes[1:]:
        assert all(source < graph.index[node.id] for source in node.inputs)


def test_outputs_are_the_main_one_then_the_heads():
    graph = load(zoo.BY_NAME["googlenet-aux"].notation).graph
    assert [graph.nodes[i].id for i in graph.outputs] == [
        "classifier1/predictions",
        "aux1/predictions",
        "aux2/predictions",
    ]


def test_a_changed_block_keeps_the_other_ids():
    one = ids("input(8, 8, 3); conv(4, 3); vgg(4, convs=1); residual(4)")
    two = ids("input(8, 8, 3); conv(4, 3); bn(); vgg(4, convs=1); residual(4)")
    assert set(two) - set(one) == {"bn1"}
