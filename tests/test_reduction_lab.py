"""The 1×1 reduction: hand-derived values, break-even against brute force, nets in notation, modules, offers."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import prod

from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from cnnviz import report
from cnnviz.labs import link, reduction, reduction_modules
from cnnviz.labs.reduction import DEEP, EXAMPLE, PUZZLE, Settings
from cnnviz.notation import load
from cnnviz.ops import formula
from cnnviz.summary import summarize
from cnnviz.ui import reduction_lab
from cnnviz.ui import reduction_modules as shown_modules
from cnnviz.zoo import BY_NAME
from tests.helpers import assert_agrees

SETTINGS = st.builds(
    Settings,
    side=st.integers(1, 40),
    channels=st.integers(1, 40),
    filters=st.integers(1, 40),
    kernel=st.integers(1, 11),
    strides=st.integers(1, 4),
    reduction=st.integers(1, 60),
    bias=st.booleans(),
)


def texts(settings):
    """Both ways as a person would write them."""
    bias = "" if settings.bias else ", use_bias=false"
    size = f"input({settings.side}, {settings.side}, {settings.channels})"
    large = f"conv({settings.filters}, {settings.kernel}, strides={settings.strides}{bias})"
    return f"{size}\n{large}", f"{size}\nconv({settings.reduction}, 1{bias})\n{large}"


def totals(text):
    total = summarize(load(text).graph).total
    return total.parameters, total.macs


NAMES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")


def googlenet():
    return report.of_text(BY_NAME["googlenet"].notation)


# --- the worked example and the puzzle --------------------------------------------------------------------------------


def test_the_worked_example():
    found = reduction.ways(EXAMPLE)
    assert (found.direct.total.parameters, found.reduced.total.parameters) == (102_400, 29_696)
    assert (found.direct.total.macs, found.reduced.total.macs) == (1_024_000_000, 296_960_000)
    assert [formula(layer.parameters) for layer in reduction.layers(found.reduced)] == [
        "1·1·128·32 = 4,096",
        "5·5·32·32 = 25,600",
    ]
    for line in reduction.lines(EXAMPLE):
        assert line.limit == Fraction(3200, 29)
        assert line.largest == 110


def test_the_readers_puzzle_and_the_same_deep_inside():
    found = reduction.ways(PUZZLE)
    (direct,), (small, large) = reduction.layers(found.direct), reduction.layers(found.reduced)
    assert (direct.cost.parameters, large.cost.parameters, small.cost.parameters) == (3_584, 110_720, 384)
    assert reduction.lines(PUZZLE).parameters.largest == 2
    deep = reduction.ways(DEEP)
    assert deep.reduced.total.parameters < deep.direct.total.parameters == 295_040
    on_picture, inside = reduction_modules.tutorial()
    assert (on_picture.naive.cost.parameters, on_picture.projected.cost.parameters) == (6_272, 124_384)
    assert (inside.naive.cost.parameters, inside.projected.cost.parameters) == (516_320, 177_008)
    assert on_picture.naive.cost == report.of_text(BY_NAME["mlm-naive-inception"].notation).total


def test_keras_counts_both_ways_alike():
    for settings in (replace(EXAMPLE, side=9, strides=2), replace(PUZZLE, side=8)):
        for found in reduction.ways(settings):
            assert assert_agrees(found.graph).parameters == found.total.parameters


# --- any settings -----------------------------------------------------------------------------------------------------


@given(SETTINGS)
def test_totals_are_those_of_the_same_nets_in_notation(settings):
    found = reduction.ways(settings)
    assert [(way.total.parameters, way.total.macs) for way in found] == [totals(text) for text in texts(settings)]
    lines = reduction.lines(settings)
    assert (lines.parameters.at(settings.reduction), lines.macs.at(settings.reduction)) == totals(texts(settings)[1])


@given(SETTINGS)
@settings_of_hypothesis(max_examples=60)  # each tries 44 nets twice
def test_the_largest_width_that_saves_is_what_trying_every_width_finds(settings):
    for key, line in enumerate(reduction.lines(settings)):
        direct = totals(texts(settings)[0])[key]
        saving = [width for width in range(1, 45) if totals(texts(replace(settings, reduction=width))[1])[key] < direct]
        assert line.largest == max(saving, default=0)
        assert saving == [*range(1, line.largest + 1)]


@given(SETTINGS)
def test_the_formula_on_the_page_is_the_break_even(settings):
    weights, macs = reduction.condition(settings), reduction.condition_of_macs(settings)
    k, c, f = settings.kernel, settings.channels, settings.filters
    if not settings.bias:
        assert weights.line.limit == Fraction(k * k * c * f, c + k * k * f)
    for found in (weights, macs):
        numerator, denominator = (
            sum(
                prod(int(n.rstrip("²")) ** (2 if "²" in n else 1) for n in term.split("·"))
                for term in part.split(" + ")
            )
            for part in found.numbers
        )
        assert found.line.limit == Fraction(numerator, denominator)
    assert reduction.reach(settings) >= max(settings.reduction, *(found.line.largest for found in (weights, macs)))


@given(SETTINGS)
def test_what_the_browser_computes_is_what_the_engine_counts(settings):
    data = json.loads(json.dumps(reduction_lab.payload(settings)))

    def value(terms, width):
        return sum(prod(width if factor is None else factor for factor in term) for term in terms)

    found = reduction.ways(settings)
    for key, of in (("parameters", lambda cost: cost.parameters), ("macs", lambda cost: cost.macs)):
        assert value(data["direct"][key], 1) == of(found.direct.total)
        assert sum(value(part[key], settings.reduction) for part in data["parts"]) == of(found.reduced.total)


def test_the_largest_costs_stay_exact_in_a_browser():
    most = {"side": 1_024, "channels": 4_096, "filters": 4_096, "kernel": 11, "reduction": 4_096, "bias": True}
    found = reduction.ways(Settings(**most))
    assert 0 < found.reduced.total.macs < 2**53


@given(SETTINGS)
def test_a_link_holds_the_settings(settings):
    assert link.read(Settings, link.write(settings)) == (settings, ())


def test_one_input_channel_can_never_be_reduced():
    assert reduction.lines(replace(EXAMPLE, channels=1)).parameters.largest == 0
    reduction_lab.payload(replace(EXAMPLE, channels=1))


# --- whole modules ----------------------------------------------------------------------------------------------------


def test_googlenets_modules_stand_on_what_comes_in_there():
    found = googlenet()
    modules = reduction_modules.modules(found)
    assert [module.name for module in modules] == [f"inception_{name}" for name in NAMES]
    assert modules[0].received == (28, 28, 192)
    assert modules[-1].received == (7, 7, 832)
    rows = summarize(found.graph).layers
    for module in modules:
        own = [row for row in rows if row.name.startswith(module.name)]
        assert module.projected.cost.parameters == sum(row.cost.parameters for row in own)
        assert module.projected.cost.macs == sum(row.cost.macs for row in own)
        h, w, c = module.received
        assert (module.naive.cost.parameters, module.naive.cost.macs) == totals(
            f"input({h},{w},{c});{module.naive.notation}"
        )


def test_module_3a_by_hand():
    module = reduction_modules.modules(googlenet())[0]
    naive = 192 * 64 + 9 * 192 * 128 + 25 * 192 * 32
    projected = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    assert module.naive.cost.macs == 28 * 28 * naive
    assert module.projected.cost.macs == 28 * 28 * projected
    assert module.naive.cost.parameters == naive + 64 + 128 + 32
    assert module.naive.shape == (28, 28, 64 + 128 + 32 + 192)


def test_the_whole_net_with_naive_modules_reads_more_and_more_channels():
    naive = reduction_modules.naive_net(googlenet())
    joined = [node.shape[2] for node in naive.graph.nodes if node.id.endswith("/concat")]
    assert joined[:2] == [416, 416 + 128 + 192 + 96]
    words = [f"{span.word}" for span in naive.graph.spans]
    assert words.count("naive_inception") == 9
    assert "inception" not in words


def test_the_bottleneck_at_256_channels():
    found = reduction_modules.residuals(EXAMPLE)
    assert found.basic.total.parameters == 2 * 9 * 256 * 256
    assert found.bottleneck.total.parameters == 256 * 64 + 9 * 64 * 64 + 64 * 256 == 69_632
    assert found.narrow.total.parameters == 2 * 9 * 64 * 64
    assert found.bottleneck.total.macs == 56 * 56 * 69_632


@given(st.integers(1, 24), st.booleans())
def test_the_widest_bottleneck_that_saves(channels, bias):
    settings = Settings(wide=channels, narrow=1, map_side=2, bias=bias)
    ends = f"use_bn=false, use_bias={str(bias).lower()}, shortcut=identity"
    basic = totals(f"input(2,2,{channels});residual({channels}, {ends})")[0]
    widths = range(1, 2 * channels + 2)
    costs = [totals(f"input(2,2,{channels});bottleneck({n}, out_filters={channels}, {ends})")[0] for n in widths]
    assert reduction_modules.residuals(settings).widest == sum(cost < basic for cost in costs)


def test_every_branch_of_the_table_is_what_its_module_has():
    data = json.loads(shown_modules.googlenet_payload())
    actions = [action for row in data["table"]["rows"] for cell in row["cells"] for action in cell.get("actions", ())]
    assert len(actions) == 18
    first = shown_modules._branches()[actions[1]["send"]]
    assert first == {"side": 28, "channels": 192, "strides": 1, "filters": 32, "kernel": 5, "reduction": 16}
    assert {action["send"] for action in actions} == {*shown_modules._branches()}
