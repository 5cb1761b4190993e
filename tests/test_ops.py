"""Operations against figures worked out by hand or published, never by the formulas under test."""

import pytest

from cnnviz import ops
from cnnviz.ops import OpError, count, formula, symbols, value


def shape(op, *inputs):
    return op.output_shape(inputs)


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "dilation", "padding", "expected"),
    [
        (5, 3, 1, 1, "valid", 3),
        (5, 3, 1, 1, "same", 5),
        (227, 11, 4, 1, "valid", 55),
        (224, 7, 2, 1, "same", 112),
        (112, 3, 2, 1, "same", 56),
        (227, 7, 2, 1, "same", 114),
        (7, 3, 1, 2, "valid", 3),
        (7, 3, 1, 3, "valid", 1),
        (1, 3, 2, 1, "same", 1),
    ],
)
def test_output_side(side, kernel, stride, dilation, padding, expected):
    conv = ops.Conv(4, (kernel, kernel), "linear", (stride, stride), padding, (dilation, dilation))
    assert shape(conv, (side, side, 3)) == (expected, expected, 4)


def test_height_and_width_are_apart():
    assert shape(ops.Conv(2, (3, 1), padding="valid"), (8, 8, 1)) == (6, 8, 2)
    assert shape(ops.MaxPool((2, 3), (2, 1)), (8, 8, 5)) == (4, 6, 5)
    assert shape(ops.ZeroPad((0, 1, 2, 3)), (8, 8, 5)) == (9, 13, 5)


@pytest.mark.parametrize(
    ("op", "inputs", "printed"),
    [
        (ops.Conv(128, (3, 3)), (56, 56, 64), "3·3·64·128 + 128 = 73,856"),
        (ops.Conv(64, (5, 5)), (14, 14, 32), "5·5·32·64 + 64 = 51,264"),
        (ops.Conv(256, (5, 5), groups=2), (27, 27, 96), "5·5·48·256 + 256 = 307,456"),
        (ops.DepthwiseConv((3, 3), use_bias=False), (8, 8, 32), "3·3·32·1 = 288"),
        (ops.SeparableConv(64, (3, 3)), (8, 8, 32), "3·3·32·1 + 1·1·32·64 + 64 = 2,400"),
        (ops.SparseConv((1, 3, 7), (5, 5)), (14, 14, 3), "5·5·6 + 3 = 153"),
        (ops.RadialBasis(10), (84,), "10·84 = 840"),
        (ops.Dense(4096), (25088,), "25088·4096 + 4096 = 102,764,544"),
        (ops.BatchNorm(), (8, 8, 64), "64 + 64 + 64 + 64 = 256"),
        (ops.BatchNorm(center=False, scale=False), (8, 8, 64), "64 + 64 = 128"),
        (ops.Scale(), (8, 8, 64), "64 + 64 = 128"),
        (ops.LayerNorm(), (8, 8, 10), "10 + 10 = 20"),
        (ops.MaxPool(), (8, 8, 10), "0"),
    ],
)
def test_parameters_print_as_their_formula(op, inputs, printed):
    weights = op.weights((inputs,))
    assert formula(tuple(weight.factors for weight in weights)) == printed
    assert count(weights) == int(printed.split(" = ")[-1].replace(",", ""))


@pytest.mark.parametrize(
    ("op", "inputs", "macs"),
    [
        (ops.Conv(64, (5, 5)), (14, 14, 32), 10_035_200),  # GoogLeNet, 5×5 of module 4d
        (ops.Conv(64, (7, 7), strides=(2, 2)), (224, 224, 3), 118_013_952),
        (ops.SparseConv((3, 6, 12, 9), (3, 3), strides=(2, 2)), (8, 8, 4), 1_152),  # 16 places, 9 cells, 8 connections
        (ops.RadialBasis(10), (84,), 0),
        (ops.Dense(1000), (2048,), 2_048_000),
        (ops.Dense(10), (4, 4, 8), 1_280),
        (ops.Conv(32, (5, 5)), (100, 100, 128), 1_024_000_000),
    ],
)
def test_macs(op, inputs, macs):
    out = op.output_shape((inputs,))
    assert value(op.macs((inputs,), out)) == macs


def test_bn_statistics_are_not_trained():
    trainable = {weight.name: weight.trainable for weight in ops.BatchNorm().weights(((4, 4, 8),))}
    assert trainable == {"gamma": True, "beta": True, "moving_mean": False, "moving_variance": False}


@pytest.mark.parametrize(
    ("op", "inputs", "message"),
    [
        (ops.Conv(1, (9, 9), padding="valid"), [(8, 8, 3)], "a 9×9 window does not fit on a 8×8×3 map"),
        (ops.Conv(1, (3, 3), padding="valid", dilation_rate=(4, 4)), [(8, 8, 3)], "a 9×9 window does not fit"),
        (ops.Conv(4, (1, 1), groups=2), [(8, 8, 3)], "2 groups do not divide the 3 input channels evenly"),
        (ops.Conv(4, (1, 1)), [(8,)], "Convolution needs a map"),
        (ops.Add(), [(8, 8, 3), (8, 8, 4)], "add needs branches of one shape, got 8×8×3, 8×8×4"),
        (ops.Concat(), [(8, 8, 3), (7, 8, 3)], "concatenate needs branches of one height and width"),
        (ops.Multiply(), [(8, 8, 3), (4,)], "multiply needs branches of one shape, or with one value"),
        (ops.Reshape((5, 5, 1)), [(24,)], "24 holds 24 values, the new shape 5×5×1 25"),
        (ops.ChannelPad(2), [(8, 8, 3)], "cannot go from 3 channels down to 2"),
        (
            ops.SparseConv((7, 8), (3, 3)),
            [(8, 8, 3)],
            r"filter 2 reads map 4 \(its number is 8\), but 3 come in; with 3 maps a filter's number is at most 7",
        ),
        (ops.SparseConv((1,), (3, 3)), [(8,)], "Sparse convolution needs a map"),
        (ops.SparseConv((1,), (9, 9), padding="valid"), [(8, 8, 3)], "a 9×9 window does not fit"),
    ],
)
def test_impossible_inputs_name_rule_and_shapes(op, inputs, message):
    with pytest.raises(OpError, match=message):
        op.output_shape(tuple(inputs))


def test_multiply_takes_one_value_a_channel():
    assert shape(ops.Multiply(), (8, 8, 3), (3,)) == (8, 8, 3)
    assert shape(ops.Multiply(), (1, 1, 3), (8, 8, 3)) == (8, 8, 3)


def test_centres_of_radial_basis_functions_are_not_trained():
    [centres] = ops.RadialBasis(10).weights(((84,),))
    assert not centres.trainable


def test_symbols_name_the_factors():
    conv = ops.Conv(128, (3, 3))
    weights = tuple(weight.factors for weight in conv.weights(((56, 56, 64),)))
    assert symbols(weights) == "kernel height · kernel width · input channels · filters + biases"


def test_other_operations_by_their_stated_rules():
    conv = ops.Conv(2, (3, 3), "relu")
    assert value(conv.other_operations(((4, 4, 1),), (4, 4, 2))) == 2 * 32  # a bias and an activation a value
    pool = ops.AvgPool((3, 3), (1, 1), "same")
    assert value(pool.other_operations(((4, 4, 2),), (4, 4, 2))) == 9 * 32
    assert value(ops.Add().other_operations(((4, 4, 2),) * 3, (4, 4, 2))) == 2 * 32
    assert value(ops.BatchNorm().other_operations(((4, 4, 2),), (4, 4, 2))) == 2 * 32
    assert value(ops.RadialBasis(3).other_operations(((5,),), (3,))) == 3 * 5 * 3  # subtract, square, add
    assert value(ops.RadialBasis(3).other_operations(((4, 2, 5),), (4, 2, 3))) == 8 * 3 * 5 * 3
    sparse = ops.SparseConv((1, 3), (3, 3), "tanh")
    assert value(sparse.other_operations(((4, 4, 2),), (4, 4, 2))) == 2 * 32
