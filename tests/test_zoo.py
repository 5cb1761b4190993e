"""The zoo against what is published. The published figures stand here as printed by their sources."""

from decimal import Decimal

import pytest

from cnnviz import zoo
from cnnviz.notation import NotationError
from cnnviz.summary import summarize

# Every network that there must be.
NAMES = """
lenet5 lenet5-1998 alexnet alexnet-one-tower zfnet
vgg11 vgg13 vgg16 vgg19 vgg11-bn vgg13-bn vgg16-bn vgg19-bn
googlenet googlenet-aux inception-bn inception-v3 inception-v4 inception-resnet-v2
resnet18 resnet34 resnet50 resnet101 resnet152 resnet50-v1.5 resnet50-v2
cifar-resnet20 cifar-resnet32 cifar-resnet44 cifar-resnet56 cifar-resnet110 cifar-plain20 cifar-plain56
densenet121 densenet161 densenet169 densenet201 densenet264
cifar-densenet-40-12 cifar-densenet-100-12 cifar-densenet-100-24
cifar-densenet-bc-100-12 cifar-densenet-bc-250-24 cifar-densenet-bc-190-40
squeezenet xception mobilenet mobilenet-v2 efficientnet-b0 convnext-tiny
mlm-vgg-block mlm-three-vgg-blocks mlm-naive-inception mlm-inception-3a-3b mlm-residual-identity mlm-residual-projection
csdn-lenet5 csdn-lenet csdn-alexnet csdn-alexnet-grouped csdn-zfnet csdn-vgg16 csdn-googlenet csdn-resnet50
csdn-densenet121 csdn-densenet121-bc
ddi-lenet5 ddi-lenet5-prose ddi-alexnet ddi-vgg16 ddi-vgg19 ddi-vgg16-prose ddi-googlenet
ddi-resnet18 ddi-resnet34 ddi-resnet50 ddi-resnet101 ddi-resnet152
coursera-identity-block coursera-convolutional-block coursera-resnet50-signs
tfnotes-baseline tfnotes-lenet5 tfnotes-alexnet8 tfnotes-vgg16 tfnotes-inception10 tfnotes-inception10-per-block
tfnotes-resnet18
"""
# name → parameters as Keras counts them, trainable parameters; each printed by a tutorial, a paper's library or Keras.
PARAMETERS = {
    "mlm-vgg-block": (38_720, None),
    "mlm-three-vgg-blocks": (2_325_568, None),
    "mlm-naive-inception": (6_272, None),
    "mlm-inception-3a-3b": (513_120, None),
    "mlm-residual-projection": (38_976, None),
    "lenet5-1998": (None, 60_000),
    "vgg11": (132_863_336, 132_863_336),
    "vgg13": (133_047_848, 133_047_848),
    "vgg16": (138_357_544, 138_357_544),
    "vgg19": (143_667_240, 143_667_240),
    "inception-v3": (23_851_784, None),
    "inception-resnet-v2": (55_873_736, None),
    "resnet18": (None, 11_689_512),
    "resnet34": (None, 21_797_672),
    "resnet50": (None, 25_557_032),
    "resnet50-v1.5": (None, 25_557_032),
    "resnet50-v2": (25_613_800, None),
    "resnet101": (None, 44_549_160),
    "resnet152": (None, 60_192_808),
    "densenet121": (8_062_504, 7_978_856),
    "densenet161": (None, 28_681_000),
    "densenet169": (None, 14_149_480),
    "densenet201": (None, 20_013_928),
    "squeezenet": (1_248_424, 1_248_424),
    "xception": (22_910_480, None),
    "mobilenet": (4_253_864, None),
    "mobilenet-v2": (3_538_984, None),
}
# name → trainable parameters in millions, as a paper prints them.
MILLIONS = {
    "alexnet": "60",
    "alexnet-one-tower": "62.4",
    "inception-v4": "42.7",
    "cifar-resnet20": "0.27",
    "cifar-resnet32": "0.46",
    "cifar-resnet44": "0.66",
    "cifar-resnet56": "0.85",
    "cifar-resnet110": "1.7",
    "cifar-densenet-40-12": "1.0",
    "cifar-densenet-100-12": "7.0",
    "cifar-densenet-100-24": "27.2",
    "cifar-densenet-bc-100-12": "0.8",
    "cifar-densenet-bc-250-24": "15.3",
    "cifar-densenet-bc-190-40": "25.6",
}
# name → MACs in units of 10⁹, as published.
GIGA_MACS = {
    "alexnet-one-tower": "1.14",
    "vgg11": "7.609",
    "vgg13": "11.308",
    "vgg16": "15.47",
    "vgg19": "19.632",
    "inception-v3": "5.713",
    "inception-v4": "12.3",
    "inception-resnet-v2": "13.2",
    "resnet18": "1.8",
    "resnet34": "3.6",
    "resnet50": "3.8",
    "resnet50-v1.5": "4.089",
    "resnet101": "7.6",
    "resnet152": "11.3",
    "densenet121": "2.834",
    "densenet161": "7.728",
    "densenet169": "3.36",
    "densenet201": "4.291",
    "squeezenet": "0.819",
    "xception": "8.4",
    "mobilenet": "0.569",
    "mobilenet-v2": "0.300",
    "efficientnet-b0": "0.39",
}
# GoogLeNet's table 1: millions of operations by module. 5a is left out: its 54 does not follow from its filters.
GOOGLENET_MODULES = {"3a": 128, "3b": 304, "4a": 73, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5b": 71}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_published_ones(name):
    total = summarize(zoo.find(name).graph).total
    parameters, trainable = PARAMETERS[name]
    assert parameters in (None, total.parameters)
    assert trainable in (None, total.trainable)


def agrees(published, exact):
    """Whether a printed decimal is the exact number, to less than one unit of its last digit."""
    return abs(exact - Decimal(published)) < Decimal(1).scaleb(Decimal(published).as_tuple().exponent)


@pytest.mark.parametrize("name", MILLIONS)
def test_millions_of_parameters_are_the_published_ones(name):
    assert agrees(MILLIONS[name], Decimal(summarize(zoo.find(name).graph).total.trainable) / 10**6)


@pytest.mark.parametrize("name", GIGA_MACS)
def test_macs_are_the_published_ones(name):
    assert agrees(GIGA_MACS[name], Decimal(summarize(zoo.find(name).graph).total.macs) / 10**9)


def test_googlenet_modules_cost_what_table_1_says():
    loaded = zoo.find("googlenet")
    layers = summarize(loaded.graph).layers
    for module, millions in GOOGLENET_MODULES.items():
        macs = sum(layer.cost.macs for layer in layers if layer.name.startswith(f"inception_{module}_"))
        assert abs(macs / 1e6 - millions) < 1.0, (module, macs)


def test_resnet_50_has_the_stride_on_its_1x1():
    """3.86 G with the stride on the 1×1, 4.09 G on the 3×3."""
    macs = summarize(zoo.find("resnet50").graph).total.macs
    assert round(macs / 1e9, 2) == 3.86
    moved = zoo.BY_NAME["resnet50"].notation.replace("strides=2, name", "strides=2, stride_on=middle, name")
    assert round(summarize(zoo.find(moved).graph).total.macs / 1e9, 3) == 4.089


def test_final_maps_of_the_tutorials_blocks():
    shapes = {name: zoo.find(name).graph.nodes[-1].shape for name in zoo.BY_NAME if name.startswith("mlm-")}
    assert shapes == {
        "mlm-vgg-block": (128, 128, 64),
        "mlm-three-vgg-blocks": (32, 32, 256),
        "mlm-naive-inception": (256, 256, 227),
        "mlm-inception-3a-3b": (256, 256, 480),
        "mlm-residual-identity": (256, 256, 64),
        "mlm-residual-projection": (256, 256, 64),
    }


def test_lenet_and_alexnet_shapes():
    assert [layer.output_shape for layer in summarize(zoo.find("lenet5").graph).layers] == [
        *((28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (400,), (120,), (84,), (10,)),
    ]
    alexnet = {layer.name: layer.output_shape for layer in summarize(zoo.find("alexnet").graph).layers}
    assert alexnet["conv1"] == (55, 55, 96)
    assert alexnet["maxpool3"] == (6, 6, 256)


def test_every_network_is_there_once():
    names = [row.name for row in zoo.ROWS]
    assert len(set(names)) == len(names)
    assert set(names) >= set(NAMES.split())


def test_a_preset_is_found_by_name_and_a_near_miss_is_suggested():
    assert zoo.find(" resnet50 ").net == zoo.find(zoo.BY_NAME["resnet50"].notation).net
    with pytest.raises(NotationError, match=r"^there is no preset resnet5 \(did you mean resnet50\?\)$"):
        zoo.find("resnet5")
