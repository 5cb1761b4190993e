"""The field of a node on the picture: by hand, for every position against the recurrence, and of a part of a graph."""

import pytest
from hypothesis import given, settings

from cnnviz import report, zoo
from cnnviz.labs import field
from cnnviz.labs.field import Rectangle
from cnnviz.net import Net
from tests import nets


def of(text, node="", position=None):
    graph = report.of_text(text).graph
    return field.field_of(graph, graph.index[node] if node else graph.outputs[0], position)


def test_two_convolutions_see_five_pixels():
    found = of("input(9, 9, 1); 2 * conv(4, 3)")
    assert found.position == (4, 4)
    assert found.full == found.seen == Rectangle(2, 2, 5, 5)
    assert not found.whole


def test_a_field_at_the_border_reaches_into_the_padding():
    found = of("input(9, 7, 1); conv(4, 5)", position=(0, 6))
    assert found.full == Rectangle(-2, 4, 5, 5)
    assert found.seen == Rectangle(0, 4, 3, 3)


def test_strides_and_oblong_kernels():
    found = of("input(12, 12, 1); conv(2, (1, 3), strides=2, padding=valid); conv(2, (2, 1), padding=valid)")
    # 12 → rows 6, columns 5; then rows 5. Position (2, 2): rows 4 and 6 of the input, columns 4 to 6.
    assert found.full == Rectangle(4, 4, 3, 3)


def test_a_node_inside_and_the_input():
    text = "input(16, 16, 3); vgg(4, convs=2); vgg(4, convs=2); flatten(); dense(10)"
    assert of(text, "vgg1/conv1").full == Rectangle(7, 7, 3, 3)
    assert of(text, "input").full == Rectangle(8, 8, 1, 1)
    last = of(text)
    assert last.whole
    assert last.places == (1, 1)
    assert last.seen == Rectangle(0, 0, 16, 16)


def test_a_field_that_lies_in_the_padding_only():
    found = of("input(4, 4, 1); zeropad(9); conv(1, 1)", position=(0, 0))
    assert found.full == Rectangle(-9, -9, 1, 1)
    assert found.seen.pixels == 0


def test_a_position_that_is_not_there():
    with pytest.raises(IndexError, match=r"conv1 has no position \(9, 0\)"):
        of("input(9, 9, 1); conv(4, 3)", position=(9, 0))


def test_a_measured_field_has_at_most_128_cells_along_a_side():
    assert field.cell(Rectangle(0, 0, 128, 5)) == (1, 1)
    assert field.cell(Rectangle(0, 0, 129, 224)) == (2, 2)
    assert field.cell(Rectangle(0, 0, 0, 4096)) == (1, 32)


@settings(max_examples=60)
@given(nets.nets())
def test_every_position_is_where_reach_says(net: Net):
    graph = report.of_net(net).graph
    for index in {0, len(graph.nodes) // 2, graph.outputs[0]}:
        seen = field.reach(graph, index)
        assert (len(seen.rows), len(seen.columns)) == field.places(graph.nodes[index].shape)
        for row in {0, len(seen.rows) - 1}:
            found = field.field_of(graph, index, (row, 0)).full
            assert (found.top, found.top + found.height - 1) == seen.rows[row]
            assert (found.left, found.left + found.width - 1) == seen.columns[0]


@settings(max_examples=60)
@given(nets.nets())
def test_the_part_up_to_a_node_is_that_nodes_and_no_more(net: Net):
    graph = report.of_net(net).graph
    for index in {1, len(graph.nodes) // 2, graph.outputs[0]}:
        part = field.up_to(graph, index)
        assert part.nodes[part.outputs[0]].id == graph.nodes[index].id
        assert field.field_of(part, part.outputs[0]) == field.field_of(graph, index)
        assert {node.shape for node in part.nodes} <= {node.shape for node in graph.nodes}
        read = {source for node in part.nodes for source in node.inputs} | {part.outputs[0]}
        assert read | {0} == set(range(len(part.nodes))), "nothing in it is there for nothing"


def test_the_part_up_to_a_head_leaves_the_rest_of_googlenet_out():
    graph = report.of_text(zoo.BY_NAME["googlenet-aux"].notation).graph
    head = graph.outputs[1]
    assert len(field.up_to(graph, head).nodes) < len(field.up_to(graph, graph.outputs[0]).nodes) < len(graph.nodes)
