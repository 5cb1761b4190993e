"""Residual blocks: the same graph by hand, the place of the stride, shortcut A by numbers, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz import notation, zoo
from cnnviz.graph import Graph
from cnnviz.notation import NotationError
from cnnviz.ops import Activation, Add, BatchNorm, Conv, ZeroPad
from cnnviz.summary import summarize
from tests.helpers import graph_of, run

INPUT = "input(9, 8, 8); "
HE = "kernel_initializer=he_normal"
CONV = f"use_bias=false, {HE}"
# A block, and the same module made by hand out of branches.
BY_HAND = {
    "residual(8)": f"parallel([conv_bn(8, 3, {HE}), conv_bn(8, 3, linear, {HE})], [], merge=add); activation()",
    "residual(12, strides=2)": f"""
        parallel(
          [conv_bn(12, 3, strides=2, {HE}), conv_bn(12, 3, linear, {HE})],
          [conv_bn(12, 1, linear, strides=2, {HE})],
          merge=add,
        ); activation()""",
    "residual(12, strides=2, shortcut=zero_pad)": f"""
        parallel(
          [conv_bn(12, 3, strides=2, {HE}), conv_bn(12, 3, linear, {HE})],
          [maxpool(1, strides=2), channel_pad(12)],
          merge=add,
        ); activation()""",
    "residual(12, 2)": f"""
        parallel(
          [conv_bn(12, 3, {HE}), conv_bn(12, 3, linear, {HE})], [conv_bn(12, 1, linear, {HE})], merge=add,
        ); activation()
        parallel([conv_bn(12, 3, {HE}), conv_bn(12, 3, linear, {HE})], [], merge=add); activation()""",
    "residual(8, padding=zeropad, use_bn=false)": f"""
        parallel(
          [zeropad(1), conv(8, 3, relu, padding=valid, {CONV}), zeropad(1), conv(8, 3, padding=valid, {CONV})],
          [],
          merge=add,
        ); activation()""",
    "bottleneck(2)": f"""
        parallel([conv_bn(2, 1, {HE}), conv_bn(2, 3, {HE}), conv_bn(8, 1, linear, {HE})], [], merge=add)
        activation()""",
    "bottleneck(3, strides=2, stride_on=middle)": f"""
        parallel(
          [conv_bn(3, 1, {HE}), conv_bn(3, 3, strides=2, {HE}), conv_bn(12, 1, linear, {HE})],
          [conv_bn(12, 1, linear, strides=2, {HE})],
          merge=add,
        ); activation()""",
    "preact_residual(8)": f"""
        parallel([bn(), activation(), conv(8, 3, {CONV}), bn(), activation(), conv(8, 3, {CONV})], [], merge=add)""",
    "preact_residual(12, strides=2)": f"""
        bn(); activation()
        parallel(
          [conv(12, 3, strides=2, {CONV}), bn(), activation(), conv(12, 3, {CONV})],
          [conv(12, 1, strides=2, {CONV})],
          merge=add,
        )""",
    "preact_residual(12, strides=2, shortcut_from=input, last_bias=true)": f"""
        parallel(
          [bn(), activation(), conv(12, 3, strides=2, {CONV}), bn(), activation(), conv(12, 3, {HE})],
          [conv(12, 1, strides=2, {HE})],
          merge=add,
        )""",
    "preact_bottleneck(2, strides=2)": f"""
        parallel(
          [
            bn(), activation(), conv(2, 1, {CONV}),
            bn(), activation(), conv(2, 3, strides=2, {CONV}),
            bn(), activation(), conv(8, 1, {CONV}),
          ],
          [maxpool(1, strides=2)],
          merge=add,
        )""",
    "preact_bottleneck(3, strides=2, stride_on=first, shortcut=zero_pad)": f"""
        parallel(
          [
            bn(), activation(), conv(3, 1, strides=2, {CONV}),
            bn(), activation(), conv(3, 3, {CONV}),
            bn(), activation(), conv(12, 1, {CONV}),
          ],
          [maxpool(1, strides=2), channel_pad(12)],
          merge=add,
        )""",
}


def make_up(graph: Graph) -> list[tuple]:
    """Operations with all their parameters, what each reads, and its shape; names aside."""
    return [(node.op, node.inputs, node.shape) for node in graph.nodes]


@pytest.mark.parametrize("block", BY_HAND)
def test_a_block_is_the_graph_that_branches_make_by_hand(block: str) -> None:
    assert _alike(make_up(graph_of(INPUT + block)), make_up(graph_of(INPUT + BY_HAND[block])))


def test_another_shortcut_is_another_graph() -> None:
    """The comparison above sees edges and parameters."""
    one, other = (graph_of(f"{INPUT}preact_residual(12, shortcut_from={x})") for x in ("input", "preactivation"))
    assert not _alike(make_up(one), make_up(other))
    assert not _alike(make_up(graph_of(INPUT + "residual(8)")), make_up(graph_of(INPUT + "residual(8, epsilon=0.1)")))


def _alike(one: list[tuple], other: list[tuple]) -> bool:
    """A 1×1 convolution takes the same cells under both paddings."""

    def plain(part: tuple) -> tuple:
        op, *rest = part
        if isinstance(op, Conv) and op.kernel_size == (1, 1):
            op = (op.filters, op.activation, op.strides, op.groups, op.use_bias, op.kernel_initializer)
        return op, *rest

    return list(map(plain, one)) == list(map(plain, other))


# --- pre-activation ---------------------------------------------------------------------------------------------------


def test_preactivated_blocks_begin_with_bn_and_end_with_the_addition() -> None:
    for block in ("preact_residual(8, 3)", "preact_bottleneck(2, 3)"):
        nodes = graph_of(INPUT + block).nodes
        assert isinstance(nodes[1].op, BatchNorm)
        assert isinstance(nodes[2].op, Activation)
        assert isinstance(nodes[-1].op, Add)


@pytest.mark.parametrize(("where", "sides"), [("first", [4, 4, 4]), ("last", [8, 8, 4])])
def test_one_block_of_a_row_has_the_stride(where: str, sides: list[int]) -> None:
    nodes = graph_of(f"input(8, 8, 8); preact_bottleneck(2, 3, strides=2, strides_in={where})").nodes
    assert [node.shape[0] for node in nodes if isinstance(node.op, Add)] == sides


def test_biases_stand_where_no_bn_follows() -> None:
    nodes = graph_of("input(8, 8, 8); preact_bottleneck(4, last_bias=true)").nodes
    biased = {node.id.rpartition("/")[2] for node in nodes if isinstance(node.op, Conv) and node.op.use_bias}
    assert biased == {"conv3", "shortcut_conv"}


def test_zeros_as_layers_keep_the_sides_that_same_gives() -> None:
    for strides in (1, 2, 3):
        same, zeros = (
            graph_of(f"input(11, 8, 8); preact_bottleneck(2, strides={strides}, padding={padding})")
            for padding in ("same", "zeropad")
        )
        assert same.nodes[-1].shape == zeros.nodes[-1].shape
        assert [node.id for node in zeros.nodes if isinstance(node.op, ZeroPad)] == ["preact_bottleneck1/conv2_pad"]


# --- shortcut A -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["residual", "preact_residual"])
def test_shortcut_a_takes_every_second_pixel_and_adds_channels_of_zeros(word: str) -> None:
    """With kernels of zeros the main path is silent, and what comes out is the shortcut."""
    from cnnviz import keras_model

    block = f"{word}(5, strides=2, shortcut=zero_pad, kernel_initializer=zeros)"
    model = keras_model.build(graph_of(f"input(5, 4, 3); {block}"), deferred=False)
    x = np.random.default_rng(1).uniform(0.1, 1, size=(2, 5, 4, 3)).astype("float32")
    [out] = run(model, x)
    np.testing.assert_allclose(out[..., :3], x[:, ::2, ::2], rtol=1e-6)
    assert not out[..., 3:].any()


@pytest.mark.parametrize("depth", [20, 56])
def test_shortcut_a_costs_no_weights_and_no_multiply_adds(depth: int) -> None:
    plain, residual = (summarize(zoo.find(f"cifar-{kind}{depth}").graph).total for kind in ("plain", "resnet"))
    assert (plain.trainable, plain.macs) == (residual.trainable, residual.macs)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            "residual(8, kernel_size=2, padding=zeropad)",
            "residual: padding=zeropad needs kernels of odd sides, got 2×2, 1×1",
        ),
        (
            "bottleneck(2, shortcut_kernel=(1, 2), padding=zeropad)",
            "bottleneck: padding=zeropad needs kernels of odd sides, got 3×3, 1×2",
        ),
        (
            "preact_residual(8, kernel_size=(3, 4), padding=zeropad)",
            "preact_residual: padding=zeropad needs kernels of odd sides, got 3×4",
        ),
        ("preact_residual(12, shortcut=identity)", "add needs branches of one shape"),
        ("preact_bottleneck(2, strides_in=middle)", "strides_in must be one of first, last, got middle"),
    ],
)
def test_what_cannot_be_is_told(block: str, message: str) -> None:
    with pytest.raises(NotationError, match=message):
        notation.load(INPUT + block)
