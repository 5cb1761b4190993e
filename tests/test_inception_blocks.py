"""Inception blocks: the same graph as the module made by hand, the libraries' totals, published receptive fields."""

from __future__ import annotations

import pytest

from cnnviz import notation, zoo
from cnnviz.graph import Graph
from cnnviz.report import Report
from tests.helpers import assert_agrees, graph_of

INPUT = "input(19, 17, 6); "
# Convolution, BN without γ and activation, as the modules of v3 and v4 have them: filters, kernel, further arguments.
UNIT = "conv_bn({}, {}{}, bn_scale=false)"


def unit(filters: int, kernel: int | str, *more: str) -> str:
    return UNIT.format(filters, kernel, "".join(f", {part}" for part in more))


def branches(*of: list[str], merge: str = "concat") -> str:
    written = ", ".join("[" + ", ".join(branch) + "]" for branch in of)
    return f"parallel({written}, merge={merge})"


def added(modules: str, *scale: str) -> str:
    """A module of Inception-ResNet by hand: back to the six channels of the input, scaled, added."""
    return branches([], [modules, "conv(6, 1)", *scale], merge="add")


def made_of(graph: Graph) -> list[tuple[object, tuple[int, ...], tuple[int, ...]]]:
    """A graph without its names: each operation, its output shape and what it reads."""
    return [(node.op, node.shape, node.inputs) for node in graph.nodes]


def assert_same_graph(block: str, by_hand: str) -> None:
    """Same operations, shapes and edges, in one order of building."""
    assert made_of(graph_of(INPUT + block)) == made_of(graph_of(INPUT + by_hand))


AVERAGE = "avgpool(3, strides=1, padding=same)"
DOWN = ("strides=2", "padding=valid")
BY_HAND = {
    "naive_inception(4, 5, 6)": branches(
        ["conv(4, 1, relu)"], ["conv(5, 3, relu)"], ["conv(6, 5, relu)"], ["maxpool(3, strides=1, padding=same)"]
    ),
    "naive_inception(4, 5, 6, use_bn=true, order=conv_act_bn)": branches(
        ["conv(4, 1, relu)", "bn()"],
        ["conv(5, 3, relu)", "bn()"],
        ["conv(6, 5, relu)", "bn()"],
        ["maxpool(3, strides=1, padding=same)"],
    ),
    "inception(4, 3, 5, 2, 6, 7)": branches(
        ["conv(4, 1, relu)"],
        ["conv(3, 1, relu)", "conv(5, 3, relu)"],
        ["conv(2, 1, relu)", "conv(6, 5, relu)"],
        ["maxpool(3, strides=1, padding=same)", "conv(7, 1, relu)"],
    ),
    "inception(4, 3, 5, 2, 6, 7, strides=2, kernel_5x5=3, projection=before_pool)": branches(
        ["conv(4, 1, relu, strides=2)"],
        ["conv(3, 1, relu, strides=2)", "conv(5, 3, relu)"],
        ["conv(2, 1, relu, strides=2)", "conv(6, 3, relu)"],
        ["conv(7, 1, relu, strides=2)", "maxpool(3, strides=1, padding=same)"],
    ),
    "inception(4, 3, 5, 2, 6, 7, use_bn=true, strides=2)": branches(
        ["conv_bn(4, 1, strides=2, use_bias=true)"],
        ["conv_bn(3, 1, strides=2, use_bias=true)", "conv_bn(5, 3, use_bias=true)"],
        ["conv_bn(2, 1, strides=2, use_bias=true)", "conv_bn(6, 5, use_bias=true)"],
        ["maxpool(3, strides=1, padding=same)", "conv_bn(7, 1, strides=2, use_bias=true)"],
    ),
    "inception(4, 3, 5, 2, 6, 7, use_bn=true, order=conv_act_bn, use_bias=false)": branches(
        ["conv_bn(4, 1, order=conv_act_bn)"],
        ["conv_bn(3, 1, order=conv_act_bn)", "conv_bn(5, 3, order=conv_act_bn)"],
        ["conv_bn(2, 1, order=conv_act_bn)", "conv_bn(6, 5, order=conv_act_bn)"],
        ["maxpool(3, strides=1, padding=same)", "conv_bn(7, 1, order=conv_act_bn)"],
    ),
    "inception_bn(4, 3, 5, 2, 6, 7)": branches(
        ["conv_bn(4, 1)"],
        ["conv_bn(3, 1)", "conv_bn(5, 3)"],
        ["conv_bn(2, 1)", "conv_bn(6, 3)", "conv_bn(6, 3)"],
        [AVERAGE, "conv_bn(7, 1)"],
    ),
    "inception_bn(0, 3, 5, 2, 6, 0, pool=max, strides=2)": branches(
        ["conv_bn(3, 1)", "conv_bn(5, 3, strides=2)"],
        ["conv_bn(2, 1)", "conv_bn(6, 3)", "conv_bn(6, 3, strides=2)"],
        ["maxpool(3, strides=2, padding=same)"],
    ),
    "inception_a(4, 3, 5, 2, 6, 7, kernel_3x3=5)": branches(
        [unit(4, 1)], [unit(3, 1), unit(5, 5)], [unit(2, 1), unit(6, 3), unit(6, 3)], [AVERAGE, unit(7, 1)]
    ),
    "inception_b(4, 3, 5, 6, 7)": branches(
        [unit(4, 1)],
        [unit(3, 1), unit(5, "(1, 7)"), unit(6, "(7, 1)")],
        [unit(3, 1), unit(3, "(7, 1)"), unit(5, "(1, 7)"), unit(5, "(7, 1)"), unit(6, "(1, 7)")],
        [AVERAGE, unit(7, 1)],
    ),
    "inception_c(4, 3, 5, 2, 6, 7)": branches(
        [unit(4, 1)],
        [unit(3, 1), branches([unit(5, "(1, 3)")], [unit(5, "(3, 1)")])],
        [unit(2, 1), unit(6, 3), branches([unit(5, "(1, 3)")], [unit(5, "(3, 1)")])],
        [AVERAGE, unit(7, 1)],
    ),
    "inception_c(4, 3, 5, 2, 6, 7, double_3x1=8)": branches(
        [unit(4, 1)],
        [unit(3, 1), branches([unit(5, "(1, 3)")], [unit(5, "(3, 1)")])],
        [unit(2, 1), unit(8, "(3, 1)"), unit(6, "(1, 3)"), branches([unit(5, "(1, 3)")], [unit(5, "(3, 1)")])],
        [AVERAGE, unit(7, 1)],
    ),
    "reduction_a(3, 4, 5, 6)": branches(
        [unit(6, 3, *DOWN)], [unit(3, 1), unit(4, 3), unit(5, 3, *DOWN)], ["maxpool(3, strides=2)"]
    ),
    "reduction_b(3, 4, 5, 6)": branches(
        [unit(3, 1), unit(4, 3, *DOWN)],
        [unit(5, 1), unit(5, "(1, 7)"), unit(6, "(7, 1)"), unit(6, 3, *DOWN)],
        ["maxpool(3, strides=2)"],
    ),
    "inception_resnet_reduction(3, 4, 5, 6)": branches(
        [unit(3, 1), unit(4, 3, *DOWN)],
        [unit(3, 1), unit(5, 3, *DOWN)],
        [unit(3, 1), unit(5, 3), unit(6, 3, *DOWN)],
        ["maxpool(3, strides=2)"],
    ),
    "reduction_a(3, 4, 5, 6, padding=same, bn_scale=true)": branches(
        ["conv_bn(6, 3, strides=2)"],
        ["conv_bn(3, 1)", "conv_bn(4, 3)", "conv_bn(5, 3, strides=2)"],
        ["maxpool(3, strides=2, padding=same)"],
    ),
    "inception_resnet_a(scale=0.3)": added(
        branches([unit(32, 1)], [unit(32, 1), unit(32, 3)], [unit(32, 1), unit(48, 3), unit(64, 3)]),
        "constant_scale(0.3)",
    )
    + "; activation()",
    "inception_resnet_b(1, 0.1, 8, 4, 5, 7)": added(
        branches([unit(8, 1)], [unit(4, 1), unit(5, "(1, 7)"), unit(7, "(7, 1)")]), "constant_scale(0.1)"
    )
    + "; activation()",
    "inception_resnet_c(scale=1, final_activation=linear)": added(
        branches([unit(192, 1)], [unit(192, 1), unit(224, "(1, 3)"), unit(256, "(3, 1)")])
    ),
}


@pytest.mark.parametrize("block", BY_HAND)
def test_a_module_made_by_hand_is_the_same_graph(block: str) -> None:
    assert_same_graph(block, BY_HAND[block])


@pytest.mark.parametrize("kind", ["a", "b", "c"])
def test_blocks_one_after_another_are_the_block_repeated(kind: str) -> None:
    assert_same_graph(f"inception_resnet_{kind}(3)", f"3 * inception_resnet_{kind}()")


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        ("inception_bn(-1, 3, 5, 2, 6, 7)", "conv_1x1 must be 0 to 65,536, got -1"),
        ("inception_bn(1, 3, 5, 2, 6, 7, pool=mean)", "pool must be one of avg, max, got mean"),
        ("inception(1, 3, 5, 2, 6, 7, projection=before)", "(did you mean before_pool?)"),
        ("reduction_a(3, 4, 5)", "conv_3x3 is missing"),
    ],
)
def test_what_is_wrong_is_said(block: str, wrong: str) -> None:
    with pytest.raises(notation.NotationError) as error:
        notation.load(INPUT + block)
    assert wrong in str(error.value)


# --- whole networks ---------------------------------------------------------------------------------------------------

ROWS = [row.name for row in zoo.ROWS if row.family == "Inception" and row.source is None]
# Araujo, Norris and Sim (Distill 2019): receptive field of the last map, at an effective stride of 32.
FIELDS = {"inception-bn": 699, "inception-v3": 1311, "inception-v4": 2071, "inception-resnet-v2": 3039}


def test_the_rows_are_those_of_the_papers() -> None:
    assert set(FIELDS) | {"googlenet", "googlenet-aux"} == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_keras_agrees_and_the_text_is_canonical_and_short(name: str) -> None:
    text = zoo.BY_NAME[name].notation
    net, graph = notation.load(text)
    assert notation.print_net(net) == text
    assert len(text.splitlines()) <= 22
    assert_agrees(graph)


@pytest.mark.parametrize("name", FIELDS)
def test_the_last_map_sees_what_is_published(name: str) -> None:
    report = Report(*notation.load(zoo.BY_NAME[name].notation))
    field = report.fields[report.last_map]
    assert (field.size, field.stride) == ((FIELDS[name],) * 2, (32, 32))


def total(text: str):
    return Report(*notation.load(text)).total


def test_inception_v4_has_as_many_weights_as_in_pytorch() -> None:
    """timm and Cadene's collection: 42,679,816; ptflops: 42.7 M and 12.3 G."""
    cost = total(zoo.BY_NAME["inception-v4"].notation)
    assert cost.trainable == 42_679_816
    assert abs(cost.macs / 1e9 - 12.3) < 0.05


def test_inception_v3_with_a_learned_scale_is_torchvisions_without_its_head() -> None:
    """torchvision: 27,161,264 parameters, 3,326,696 of them in the auxiliary head."""
    text = zoo.BY_NAME["inception-v3"].notation.replace(", bn_scale=false", "")
    modules = ("inception_a", "inception_b", "inception_c", "reduction_a", "reduction_b")
    lines = [
        f"{line[:-1]}, bn_scale=true)" if any(word in line for word in modules) else line for line in text.splitlines()
    ]
    assert total("\n".join(lines)).trainable == 27_161_264 - 3_326_696


def test_googlenet_with_bn_and_3x3_kernels_is_torchvisions() -> None:
    text = zoo.BY_NAME["googlenet"].notation
    lines = []
    for line in text.splitlines():
        if line.startswith("inception("):
            line = line.replace(", name", ", use_bn=true, use_bias=false, kernel_5x5=3, name")
        elif line.startswith("conv("):
            line = line.replace("conv(", "conv_bn(")
        lines.append(line)
    assert total("\n".join(lines)).trainable == 6_624_904


def test_googlenets_first_row_is_a_separable_convolution() -> None:
    """Table 1 of the paper: 2.7 K weights and 34 M operations for the 7×7, which a dense one has not."""
    cost = total("input(224, 224, 3); separable_conv(64, 7, strides=2, depth_multiplier=8, use_bias=false)")
    assert (round(cost.parameters, -2), round(cost.macs, -6)) == (2_700, 34_000_000)
