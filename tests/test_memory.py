"""Memory by hand: every expected number is written out from the shapes."""

import pytest

from cnnviz import memory, ops
from cnnviz.notation import load


def graph(blocks, side=4, channels=1):
    return load(f"input({side}, {side}, {channels}); {blocks}").graph


def values(found):
    """Activations and peak in values instead of bytes."""
    return found.activations // 4, found.peak // 4


def test_table_covers_every_operation():
    assert set(memory.KEPT) == set(ops.OPS)


def test_a_chain_holds_two_tensors():
    # input 16, conv 32, pool 8, conv 4; the most at once: input and conv.
    found = memory.inference(graph("conv(2, 3); maxpool(); conv(1, 3)"))
    assert values(found) == (16 + 32 + 8 + 4, 48)
    assert found.peak_node == "conv1"
    assert found.weights == 4 * ((9 * 2 + 2) + (9 * 2 + 1))


def test_a_separate_activation_overwrites_a_fused_one_costs_nothing():
    assert values(memory.inference(graph("conv(2, 3); activation(relu)"))) == (48, 48)
    assert values(memory.inference(graph("conv(2, 3, relu)"))) == (48, 48)


def test_an_activation_that_must_not_overwrite_takes_its_own_memory():
    # The branch without activation still needs the values: 16 + 32, then 32 + 32, then 32 + 32 + 32 for the sum.
    found = memory.inference(graph("conv(2, 3); parallel([], [activation(relu)], merge=add)"))
    assert values(found) == (16 + 32 + 32 + 32, 96)
    # The input belongs to the caller.
    assert values(memory.inference(graph("activation(relu)"))) == (32, 32)


def test_a_head_keeps_its_output_to_the_end():
    # 16 in; conv 32; the head's 32 stays while the trunk's 16 and its 64 are made.
    found = memory.inference(graph("conv(2, 3); aux([conv(2, 1)]); conv(1, 3); conv(4, 1)"))
    assert found.activations // 4 == 16 + 32 + 32 + 16 + 64


def test_flatten_and_dropout_share_memory():
    assert values(memory.inference(graph("dropout(0.5); flatten(); dense(3)"))) == (16 + 3, 19)


def test_shortcuts_live_as_long_as_they_are_read():
    # conv1 16 · 4 = 64 is kept beside conv2 and conv3 of the main path until the addition.
    found = memory.inference(graph("conv(4, 3); residual(4, use_bn=false, final_activation=linear)"))
    assert values(found) == (16 + 4 * 64, 3 * 64)


@pytest.mark.parametrize(("number_format", "weight", "activation"), [("float16", 2, 2), ("mixed_bfloat16", 4, 2)])
def test_number_formats_and_batch(number_format, weight, activation):
    found = memory.inference(graph("conv(2, 3)"), number_format, batch=8)
    assert found.weights == weight * 20
    assert found.peak == activation * 8 * 48


def test_training_by_hand():
    # Parameters: conv 9·2 + 2 = 20, BN 8 of which 4 trained, dense 32·3 + 3 = 99.
    # Kept: conv needs its input 16, BN its input 32, relu its output 32 (which is also what dense needs), softmax 3.
    found = memory.training(graph("conv(2, 3); bn(); activation(relu); flatten(); dense(3, softmax)"), batch=10)
    assert found.weights == 4 * 127
    assert found.gradients == 4 * 123
    assert found.slots == 2 * 4 * 123
    assert found.activations == 10 * 4 * (16 + 32 + 32 + 3)
    assert found.total == sum(found)


def test_training_keeps_masks_and_values_before_silu():
    dropout = memory.training(graph("conv(1, 1); dropout(0.5); conv(1, 1)"), 1, optimizer="sgd")
    assert dropout.slots == 0
    assert dropout.activations == 4 * (16 + 16) + 16
    silu = memory.training(graph("conv(1, 1, silu); conv(1, 1)"), 1)
    assert silu.activations == 4 * (16 + 16 + 16)
