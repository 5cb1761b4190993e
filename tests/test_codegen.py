"""Generated source, executed: it builds the same model, and with the same weights gives the same output."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from cnnviz import codegen, keras_model, notation
from cnnviz.graph import Graph
from cnnviz.net import Net
from cnnviz.zoo import BY_NAME
from tests.helpers import picture, randomise, run
from tests.nets import nets, nets_of_like_blocks

# The same network on a smaller picture, where running it as it is would be slow.
SMALLER = {
    "alexnet": (67, 67, 3),
    "vgg16": (32, 32, 3),
    "googlenet": (64, 64, 3),
    "googlenet-aux": (96, 96, 3),
    "resnet18": (32, 32, 3),
    "resnet50": (32, 32, 3),
    "densenet121": (32, 32, 3),
    "mlm-vgg-block": (16, 16, 3),
    "mlm-three-vgg-blocks": (16, 16, 3),
    "mlm-naive-inception": (16, 16, 3),
    "mlm-inception-3a-3b": (16, 16, 3),
    "mlm-residual-identity": (16, 16, 64),
    "mlm-residual-projection": (16, 16, 3),
    "lenet5": (32, 32, 1),
    "lenet5-1998": (32, 32, 1),
    "resnet50-v2": (32, 32, 3),
    "cifar-resnet20": (16, 16, 3),
    "vgg19": (32, 32, 3),
    "resnet152": (32, 32, 3),
    "densenet201": (32, 32, 3),
    "squeezenet": (40, 40, 3),
    "xception": (71, 71, 3),
    "mobilenet-v2": (33, 33, 3),
    "efficientnet-b0": (32, 32, 3),
    "convnext-tiny": (32, 32, 3),
}


def built_from(source: str, *, deferred: bool) -> keras.Model:
    """The model of generated source."""
    space: dict[str, object] = {"__name__": "generated"}
    exec(compile(source, "generated.py", "exec"), space)
    scope = keras.StatelessScope(initialize_variables=False) if deferred else contextlib.nullcontext()
    try:
        with scope:
            return space["build_model"]()
    finally:
        keras.utils.clear_session(free_memory=False)


def assert_same_model(graph: Graph, net: Net, name: str = "net") -> None:
    """Same name, layers, order, shapes, connections and weights, by the summary; same settings of each layer."""
    ours = keras_model.build(graph, name=codegen.model_name(name))
    theirs = built_from(codegen.source(graph, net, name), deferred=True)
    assert keras_model.summary_text(theirs) == keras_model.summary_text(ours)
    for own, other in zip(ours.layers, theirs.layers, strict=True):
        assert own.get_config() == other.get_config()


def assert_same_outputs(graph: Graph, net: Net) -> None:
    """The same numbers out of the same weights."""
    ours = keras_model.build(graph, deferred=False)
    theirs = built_from(codegen.source(graph, net), deferred=False)
    randomise(ours)
    theirs.set_weights(ours.get_weights())
    x = picture(graph)
    for own, other in zip(run(ours, x), run(theirs, x), strict=True):
        np.testing.assert_array_equal(own, other)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_network_of_the_zoo_comes_out_of_its_code(name: str) -> None:
    net, graph = notation.load(BY_NAME[name].notation)
    assert_same_model(graph, net, name)


@pytest.mark.parametrize("name", SMALLER)
def test_the_zoo_gives_the_same_output(name: str) -> None:
    net = notation.parse(BY_NAME[name].notation)
    net = Net(type(net.input)(*SMALLER[name]), net.items)
    assert_same_outputs(net.to_graph(), net)


@settings(max_examples=60)
@given(nets() | nets_of_like_blocks())
def test_random_nets_come_out_of_their_code(net: Net) -> None:
    assert_same_model(net.to_graph(), net)


@settings(max_examples=30)
@given(nets() | nets_of_like_blocks())
def test_random_nets_give_the_same_output(net: Net) -> None:
    assert_same_outputs(net.to_graph(), net)


@pytest.mark.parametrize(
    ("name", "most"), [("vgg19", 40), ("googlenet", 120), ("resnet152", 150), ("densenet201", 150), ("lenet5", 30)]
)
def test_repetition_is_written_once(name: str, most: int) -> None:
    net, graph = notation.load(BY_NAME[name].notation)
    assert len(codegen.source(graph, net, name).splitlines()) <= most


def test_a_thousand_like_layers_are_a_loop() -> None:
    net, graph = notation.load("input(8, 8, 4); 1000 * [conv(4, 3), bn(), activation()]; 7 * residual(4)")
    source = codegen.source(graph, net, "deep")
    assert "for i in range(1, 1001):" in source
    assert "for i in range(1, 8):" in source
    assert len(source.splitlines()) < 45


def test_what_differs_is_a_parameter_with_its_declared_name() -> None:
    net, graph = notation.load(BY_NAME["googlenet"].notation)
    source = codegen.source(graph, net, "googlenet")
    assert "def inception(x, conv_1x1, reduce_3x3, conv_3x3, reduce_5x5, conv_5x5, pool_proj, name):" in source
    assert 'x = inception(x, 192, 96, 208, 16, 48, 64, name="inception_4a")' in source


def test_a_module_made_by_hand_is_a_function_too() -> None:
    text = "input(8, 8, 4); parallel([conv({0}, 1), conv({1}, 3)], [conv({0}, 1)], name={2})"
    again = text.format(2, 3, "one") + text.format(5, 4, "two").removeprefix("input(8, 8, 4)")
    net, graph = notation.load(again)
    source = codegen.source(graph, net)
    assert "def parallel(x, filters, branch1_conv2_filters, name):" in source
    assert "Branches that read the same value and are merged." in source
    assert 'x = parallel(x, 5, branch1_conv2_filters=4, name="two")' in source
    assert_same_model(graph, net)


def test_blocks_written_out_are_named_in_a_comment() -> None:
    net, graph = notation.load("input(8, 8, 4); conv_bn(4, 3); classifier(2)")
    source = codegen.source(graph, net, "small")
    assert "# conv_bn1: conv_bn(4, 3)" in source
    assert "# classifier1: classifier(2)" in source


def test_only_the_layers_of_ours_that_are_used_are_printed() -> None:
    net, graph = notation.load("input(8, 8, 4); scale(); scale(center=false)")
    source = codegen.source(graph, net)
    assert source.count("class ") == source.count("class PerChannelScale") == 1


@pytest.mark.parametrize("name", ['a"""\nimport os #', "", "\\", "résumé ✓", "class", "x" * 500])
def test_a_name_from_a_stranger_is_only_a_name(name: str) -> None:
    net, graph = notation.load("input(8, 8, 4); conv(2, 1)")
    source = codegen.source(graph, net, name)
    assert "\nimport os" not in source
    assert built_from(source, deferred=True).layers[1].name == "conv1"


def test_source_passes_the_linter(tmp_path: Path) -> None:
    for name, row in BY_NAME.items():
        net, graph = notation.load(row.notation)
        (tmp_path / f"{name}.py").write_text(codegen.source(graph, net, name), encoding="utf-8")
    rules = ["--isolated", "--select", "E,F,W,B,I", "--line-length", "110"]
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *rules, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
