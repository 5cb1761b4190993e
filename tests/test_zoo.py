"""The zoo against what is published. The published figures stand here as printed by their sources."""

import pytest

from cnnviz import zoo
from cnnviz.notation import NotationError
from cnnviz.summary import summarize

# name → parameters as Keras counts them, trainable parameters; each printed by a tutorial, a paper's library or Keras.
PARAMETERS = {
    "mlm-vgg-block": (38_720, None),
    "mlm-three-vgg-blocks": (2_325_568, None),
    "mlm-naive-inception": (6_272, None),
    "mlm-inception-3a-3b": (513_120, None),
    "mlm-residual-projection": (38_976, None),
    "vgg16": (138_357_544, 138_357_544),
    "vgg19": (143_667_240, 143_667_240),
    "resnet18": (None, 11_689_512),
    "resnet50": (None, 25_557_032),
    "resnet152": (None, 60_192_808),
    "densenet121": (8_062_504, 7_978_856),
    "densenet201": (None, 20_013_928),
}
# name → MACs in units of 10⁹, as published, and how many decimals are printed.
GIGA_MACS = {
    "vgg16": (15.47, 2),
    "vgg19": (19.632, 3),
    "resnet18": (1.8, 1),
    "resnet152": (11.3, 1),
    "densenet121": (2.834, 3),
    "densenet201": (4.291, 3),
}
# GoogLeNet's table 1: millions of operations by module. 5a is left out: its 54 does not follow from its filters.
GOOGLENET_MODULES = {"3a": 128, "3b": 304, "4a": 73, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5b": 71}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_published_ones(name):
    total = summarize(zoo.find(name).graph).total
    parameters, trainable = PARAMETERS[name]
    assert parameters in (None, total.parameters)
    assert trainable in (None, total.trainable)


@pytest.mark.parametrize("name", GIGA_MACS)
def test_macs_are_the_published_ones(name):
    published, decimals = GIGA_MACS[name]
    assert round(summarize(zoo.find(name).graph).total.macs / 1e9, decimals) == published


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


def test_rows_are_complete():
    assert len(zoo.BY_NAME) == len(zoo.ROWS)
    for row in zoo.ROWS:
        assert all((row.title, row.family, row.section))
        assert 1990 < row.paper.year < 2030


def test_a_preset_is_found_by_name_and_a_near_miss_is_suggested():
    assert zoo.find(" resnet50 ").net == zoo.find(zoo.BY_NAME["resnet50"].notation).net
    with pytest.raises(NotationError, match=r"^there is no preset resnet5 \(did you mean resnet50\?\)$"):
        zoo.find("resnet5")
