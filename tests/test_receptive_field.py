"""Receptive fields against published tables and by hand; against gradients in test_receptive_field_keras.py."""

import pytest

from cnnviz import zoo
from cnnviz.notation import load
from cnnviz.receptive_field import axes, bounds, fields

# Araujo, Norris and Sim (Distill 2019), and the receptive_field library's table for networks in TensorFlow's slim.
PUBLISHED = {
    "alexnet": (195, 32),
    "vgg16": (212, 32),
    "resnet50": (483, 32),
    "resnet101": (1027, 32),
    "resnet152": (1507, 32),
    "mobilenet": (315, 32),
    "inception-v3": (1311, 32),
    "inception-resnet-v2": (3039, 32),
}


def last_map(text):
    """The field of the last map before the classifier; behind global pooling a map may be left of one position."""
    graph = zoo.find(text).graph
    index = max(i for i, node in enumerate(graph.nodes) if len(node.shape) == 3 and node.shape[:2] != (1, 1))
    return fields(graph)[index]


@pytest.mark.parametrize("name", PUBLISHED)
def test_final_maps_of_published_networks(name):
    size, stride = PUBLISHED[name]
    field = last_map(name)
    assert (field.size, field.stride) == ((size, size), (stride, stride))


def test_stride_on_the_3x3_gives_427_in_resnet_50():
    """483 with the stride on the 1×1; 427 with it on the 3×3."""
    moved = zoo.BY_NAME["resnet50"].notation.replace("strides=2, name", "strides=2, stride_on=middle, name")
    assert last_map(moved).size == (427, 427)


@pytest.mark.parametrize(
    ("blocks", "size", "stride"),
    [
        ("conv(4, 3); conv(4, 3)", (5, 5), (1, 1)),
        ("3 * conv(4, 3)", (7, 7), (1, 1)),
        ("conv(4, (1, 7)); conv(4, (7, 1))", (7, 7), (1, 1)),
        ("conv(4, 3, dilation_rate=2)", (5, 5), (1, 1)),
        ("conv(4, 3, strides=2); conv(4, 3)", (7, 7), (2, 2)),
        ("maxpool(2); conv(4, 3, strides=(1, 2))", (6, 6), (2, 4)),
        ("parallel([conv(4, 1)], [conv(4, 5)], [maxpool(3, 1, same)])", (5, 5), (1, 1)),
        ("parallel([conv(4, (5, 1))], [conv(4, (1, 3))])", (5, 3), (1, 1)),
        ("bn(); activation(relu); dense(3)", (1, 1), (1, 1)),
    ],
)
def test_size_and_stride(blocks, size, stride):
    field = fields(load(f"input(32, 32, 3); {blocks}").graph)[-1]
    assert (field.size, field.stride) == (size, stride)


def test_offset_is_the_centre_of_the_first_field():
    graph = load("input(32, 32, 3); conv(4, 3, padding=valid); zeropad((2, 0, 0, 0)); maxpool(2)").graph
    assert [field.offset for field in fields(graph)] == [(0, 0), (1, 1), (-1, 1), (-0.5, 1.5)]


def test_uneven_same_padding_puts_more_behind():
    """32 columns, kernel 3, stride 2: one column of padding, and it comes last."""
    assert fields(load("input(32, 32, 3); conv(4, 3, strides=2)").graph)[-1].offset == (1, 1)


@pytest.mark.parametrize("head", ["flatten()", "gap()", "gap(keepdims=true); conv(3, 1)", "global_maxpool(); dense(3)"])
def test_heads_see_the_whole_picture(head):
    field = fields(load(f"input(30, 20, 3); conv(4, 3); {head}").graph)[-1]
    assert field.whole
    assert field.size == (30, 20)


def test_a_row_that_no_window_reaches_is_not_seen():
    field = fields(load("input(5, 4, 1); maxpool(2); flatten()").graph)[-1]
    assert field.size == (4, 4)
    assert not field.whole


def test_squeeze_and_excite_sees_everything():
    field = fields(load("input(16, 16, 4); parallel([], [gap(), dense(4, sigmoid)], merge=multiply)").graph)[-1]
    assert field.whole


def test_branches_of_unequal_stride_stay_exact_at_every_position():
    """Five cells: a valid window of 4 and a valid window of 3 with stride 2 both give two positions."""
    blocks = "parallel([conv(1, 4, padding=valid)], [conv(1, 3, strides=2, padding=valid)])"
    graph = load(f"input(5, 5, 1); {blocks}").graph
    rows, _ = axes(graph)[-1]
    assert [bounds(rows, p) for p in (0, 1)] == [(0, 3), (1, 4)]
    field = fields(graph)[-1]
    assert (field.size, field.stride) == ((4, 4), (None, None))


def test_absurd_strides_stay_printable_and_fast():
    field = fields(load("input(64, 64, 1); 800 * [conv(1, 1, strides=64), zeropad(60)]").graph)[-1]
    assert len(str(field)) < 200
    field = fields(load("input(4096, 4096, 1); parallel([maxpool(2049, 1)], [maxpool(2)]); 900 * conv(1, 3)").graph)[-1]
    assert field.stride == (None, None)
