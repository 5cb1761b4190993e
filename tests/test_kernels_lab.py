"""Kernels: hand-derived figures, the polynomials, random settings against the net's own summary, Keras, the page."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from math import prod
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from cnnviz import notation
from cnnviz.labs import algebra, link
from cnnviz.labs.kernel_figures import Crossing, Point, crossings, curve, figures
from cnnviz.labs.kernels import BY_KEY, CANDIDATES, TARGET, CannotBe, Kernels, chosen
from cnnviz.summary import summarize
from cnnviz.ui import kernels_algebra, kernels_controls
from tests.helpers import assert_agrees, graph_of, picture, run
from tests.test_build_page import component_data

ROOT = Path(__file__).parent.parent
STACK = BY_KEY["stack"]
ALL = {candidate.key: True for candidate in CANDIDATES}
EACH_EXAMPLE = pytest.mark.parametrize("example", kernels_controls.EXAMPLES, ids=lambda example: example.name)


def letters(expression):
    """An expression with its letters by name, so that it can be compared with one written by hand."""
    named = {symbol: sympy.Symbol(symbol.name) for symbol in expression.free_symbols}
    return sympy.expand(expression.subs(named))


def by_hand(text):
    return sympy.expand(sympy.sympify(text))


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_one_channel_without_padding():
    assert letters(algebra.macs(TARGET, Kernels())) == by_hand("25*x**2 - 200*x + 400")
    assert letters(algebra.macs(STACK, Kernels())) == by_hand("18*x**2 - 108*x + 180")
    met = algebra.Meeting(STACK, Kernels())
    first, second = met.roots
    assert first.at == sympy.Rational(22, 7)
    assert "x ≥ 5" in first.cannot
    assert second == algebra.Root(sympy.Integer(10), sympy.Integer(900), "")
    assert met.runs == ((5, 9, -1), (10, 10, 0), (11, None, 1))
    assert met.ratio == sympy.Rational(18, 25)


@pytest.mark.parametrize(
    ("key", "polynomial"),
    [
        ("factorised", "5*x*(x - 4) + 5*(x - 4)**2"),
        ("dilated", "9*(x - 4)**2"),
        ("separable", "25*(x - 4)**2 + (x - 4)**2"),
        ("bottleneck", "x**2 + 26*(x - 4)**2"),
    ],
)
def test_the_other_candidates_on_one_channel(key, polynomial):
    assert letters(algebra.macs(BY_KEY[key], Kernels())) == by_hand(polynomial)


def test_with_a_stride_of_two_only_one_remainder_of_the_sides_has_one_polynomial():
    even, odd = (Kernels(strides=2, side=side) for side in (32, 33))
    assert algebra.sides(even) == (6, 2)
    assert algebra.sides(odd) == (5, 2)
    assert letters(algebra.macs(TARGET, even)) == by_hand("25*(x - 4)**2 / 4")
    assert letters(algebra.macs(TARGET, odd)) == by_hand("25*(x - 3)**2 / 4")
    assert letters(algebra.macs(STACK, odd)) == by_hand("9*(x - 2)**2 + 9*(x - 3)**2 / 4")


@pytest.mark.parametrize(
    ("kernel", "key", "ours", "target"),
    [
        (5, "stack", "18*C**2", "25*C**2"),
        (7, "stack", "27*C**2", "49*C**2"),
        (11, "stack", "45*C**2", "121*C**2"),
        (7, "factorised", "14*C**2", "49*C**2"),
        (7, "grouped", "49*C**2/4", "49*C**2"),
        (3, "separable", "9*C + C**2", "9*C**2"),
        (3, "bottleneck", "2*C*r + 9*r**2", "9*C**2"),
    ],
)
def test_parameters_in_letters(kernel, key, ours, target):
    asked = Kernels(kernel=kernel, channels=8)
    assert letters(algebra.parameters(BY_KEY[key], asked, equal=True)) == by_hand(ours)
    assert letters(algebra.parameters(TARGET, asked, equal=True)) == by_hand(target)


def test_the_general_condition():
    free = algebra.condition(STACK, Kernels(), equal=False)
    assert letters(sum(free.less)) == by_hand("9*C_in*C_b*(x - 2)**2 + 9*C_b*C_out*(x - 4)**2")
    assert letters(sum(free.than)) == by_hand("25*C_in*C_out*(x - 4)**2")
    bound = sympy.sympify("25*C_in*C_out*(x - 4)**2 / (9*C_in*(x - 2)**2 + 9*C_out*(x - 4)**2)")
    named = {symbol: sympy.Symbol(symbol.name) for symbol in free.solved.free_symbols}
    assert sympy.simplify(free.solved.subs(named) - bound) == 0
    equal = algebra.condition(BY_KEY["separable"], Kernels(), equal=True)
    assert (letters(sum(equal.less)), letters(sum(equal.than))) == (by_hand("25 + C"), by_hand("25*C"))


def test_a_stack_adds_nonlinearities_and_keeps_the_field():
    found = figures(STACK, Kernels(kernel=7, channels=64, side=56, padding="same"))
    assert (found.field, found.layers, found.nonlinearities, found.parameters) == ((7, 7), 3, 3, 27 * 64 * 64)
    assert found.macs == 27 * 64 * 64 * 56 * 56
    assert found.activations == 4 * (4 * 56 * 56 * 64)  # the input and three maps, four bytes each
    target = figures(TARGET, Kernels(kernel=7, channels=64, side=56, padding="same"))
    assert (target.parameters, target.nonlinearities) == (49 * 64 * 64, 1)


@pytest.mark.parametrize(
    ("asked", "key", "said"),
    [
        (Kernels(kernel=4), "stack", "odd"),
        (Kernels(kernel=1), "stack", "odd"),
        (Kernels(strides=2), "dilated", "dilation"),
        (Kernels(channels=6), "grouped", "divide"),
        (Kernels(side=4), "one", "5×5 or more"),
    ],
)
def test_what_cannot_be_says_why(asked, key, said):
    with pytest.raises(CannotBe, match=said):
        figures(BY_KEY[key], asked)


# --- random settings --------------------------------------------------------------------------------------------------


@st.composite
def asked_for(draw):
    """Any settings with maps that the kernel fits on, and channels that mostly divide into the groups."""
    groups = draw(st.sampled_from([1, 2, 3, 4]))
    channels = st.integers(1, 12).map(lambda n: n * groups)
    return Kernels(
        kernel=draw(st.integers(1, 11)),
        channels=draw(channels),
        between=draw(st.none() | st.integers(1, 40)),
        filters=draw(st.none() | channels),
        side=draw(st.integers(11, 60)),
        strides=draw(st.integers(1, 4)),
        padding=draw(st.sampled_from(["same", "valid"])),
        bias=draw(st.booleans()),
        groups=groups,
        width=draw(st.none() | st.integers(1, 20)),
        **ALL,
    )


def possible(asked):
    return [candidate for candidate in chosen(asked) if not candidate.cannot(asked)]


@given(asked_for())
@settings(max_examples=60)
def test_figures_are_those_of_the_summary_of_the_same_net(asked):
    outputs = set()
    for candidate in possible(asked):
        found = figures(candidate, asked)
        summary = summarize(notation.load(found.text).graph)
        assert (found.parameters, found.macs) == (summary.total.parameters, summary.total.macs)
        assert found.field == summary.layers[-1].field.size == (asked.kernel, asked.kernel)
        assert summary.layers[-1].field.stride == (asked.strides, asked.strides)
        outputs.add((found.shape, summary.outputs[0]))
    assert len(outputs) == 1, "every candidate puts out the same shape"


@given(asked_for(), st.sampled_from([*BY_KEY]), st.integers(0, 30))
@settings(max_examples=40)
def test_the_polynomials_are_the_engines_totals(asked, key, steps):
    candidate = BY_KEY[key]
    if candidate.cannot(asked):
        return
    first, step = algebra.sides(asked)
    side = first + step * steps
    at_side = replace(asked, side=side)
    assert algebra.macs(candidate, asked).subs(algebra.X, side) == figures(candidate, at_side).macs
    values = {"C_in": asked.channels, "C_b": asked.middle, "C_out": asked.out, "r": asked.narrow}
    found = letters(algebra.parameters(candidate, asked, equal=False)).subs(values)
    assert found == figures(candidate, at_side).parameters


@given(asked_for(), st.sampled_from([candidate.key for candidate in CANDIDATES]))
@settings(max_examples=15)
def test_who_costs_less_is_what_the_engine_counts(asked, key):
    candidate = BY_KEY[key]
    if candidate.cannot(asked):
        return
    met = algebra.Meeting(candidate, asked)
    first, step = met.sides
    condition = algebra.condition(candidate, asked, equal=False)
    values = {"C_in": asked.channels, "C_b": asked.middle, "C_out": asked.out, "r": asked.narrow}
    less, than = (letters(sum(terms)).subs(values) for terms in (condition.less, condition.than))
    for side in range(first, first + 30 * step, step):
        at_side = replace(asked, side=side)
        difference = figures(TARGET, at_side).macs - figures(candidate, at_side).macs
        sign = next(run.sign for run in met.runs if run.first <= side and (run.last is None or side <= run.last))
        assert sign == (difference > 0) - (difference < 0), side
        assert (less.subs("x", side) < than.subs("x", side)) == (difference > 0), side


# --- the chart --------------------------------------------------------------------------------------------------------


def test_curves_cross_at_ten():
    asked = Kernels(channels=64, x=(5, 40))
    found = crossings(curve(TARGET, asked), curve(STACK, asked))
    assert found == (Crossing(10, 900 * 64 * 64, 10, 10),)
    assert curve(TARGET, replace(asked, x=(1, 40)))[0].at == 5


def test_curves_that_change_places_between_points_and_curves_that_run_together():
    flat = tuple(Point(at, 10) for at in range(4))
    assert crossings(flat, flat) == ()
    rising = tuple(Point(at, 4 + 4 * at) for at in range(4))
    assert crossings(flat, rising) == (Crossing(1.5, 10.0, 1, 2),)
    assert crossings(flat, rising[2:]) == ()


def test_along_kernels_and_channels():
    asked = Kernels(kernel=5, channels=64, view="kernel", measure="parameters")
    assert [point.at for point in curve(STACK, asked)] == [3, 5, 7, 9, 11]
    assert dict(curve(TARGET, asked))[11] == 121 * 64 * 64
    along = dict(curve(BY_KEY["grouped"], replace(asked, view="channels")))
    assert min(along) == 4, "four groups do not divide fewer channels"
    assert Fraction(along[8], dict(curve(TARGET, replace(asked, view="channels")))[8]) == Fraction(1, 4)


# --- Keras ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("strides", [1, 2])
def test_keras_builds_and_runs_the_candidates(padding, strides):
    """MACs by Keras' own shapes: every value of a kernel is used once at each output position."""
    from cnnviz import keras_model

    asked = Kernels(
        kernel=5, channels=8, filters=12, between=6, side=14, padding=padding, strides=strides, bias=True, **ALL
    )
    built = possible(asked)
    assert len(built) == (7 if strides == 1 else 6)
    for candidate in built:
        found = figures(candidate, asked)
        graph = graph_of(found.text)
        assert_agrees(graph)
        model = keras_model.build(graph)
        assert found.parameters == model.count_params()
        layers = [layer for layer in model.layers if layer.weights]
        assert found.macs == sum(layer.kernel.shape.num_elements() * prod(layer.output.shape[1:3]) for layer in layers)
        assert run(model, picture(graph))[0].shape[1:] == found.shape


# --- links and the page -----------------------------------------------------------------------------------------------


@pytest.fixture
def page():
    return AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=60)


def held(page):
    return page.session_state["lab_kernels"].settings


def texts(page):
    return " ".join(element.value for element in (*page.markdown, *page.caption))


def table(page):
    return component_data(page, "cnnviz_kernels_table")


def chart(page):
    return component_data(page, "cnnviz_kernels_chart")


def test_a_teachers_link():
    """5×5 against two 3×3 at 64 channels, x from 5 to 40."""
    sent = Kernels(channels=64, x=(5, 40))
    assert link.write(sent) == {"channels": "64", "x": "5,40"}
    assert link.read(Kernels, link.write(sent)) == (sent, ())


def test_the_student_sees_what_the_teacher_sent(page):
    page.query_params["channels"] = "64"
    page.query_params["x"] = "5,40"
    page.run()
    assert not page.exception
    assert not page.error
    assert [row["title"] for row in table(page)["rows"]] == ["one 5×5", "two 3×3"]
    assert table(page)["rows"][0]["parameters"]["exact"] == "102,400"
    drawn = chart(page)["series"][0]
    assert (drawn["points"][0][0], drawn["points"][-1][0], drawn["title"]) == (5, 40, "one 5×5")
    assert [met["text"] for met in chart(page)["met"]] == ["one 5×5 and two 3×3: x = 10, 3,686,400 MACs each"]
    assert "3,686,400 MACs each" in texts(page)


def test_a_change_is_written_into_the_link_and_what_cannot_be_is_said(page):
    page.run()
    page.slider(key="kernels_kernel").set_value(7).run()
    assert page.query_params["kernel"] in ("7", ["7"])
    assert held(page).kernel == 7
    assert "three 3×3" in texts(page)
    page.slider(key="kernels_x").set_value((9, 9)).run()
    assert page.error[0].value.startswith("X must be two sides")
    assert held(page).x == (1, 32), "the last good settings stay"


def test_a_wrong_link_shows_what_is_wrong_and_a_working_page(page):
    page.query_params["kernel"] = "12"
    page.query_params["padding"] = "vaild"
    page.run()
    assert not page.exception
    assert [error.value.replace("\\", "") for error in page.error] == [
        "Kernel must be 1 to 11, got 12.",
        "Padding must be one of valid, same, got vaild (did you mean valid?).",
    ]
    assert held(page) == Kernels()


@pytest.mark.parametrize(
    "asked",
    [
        {"kernel": "4"},
        {"kernel": "1", "separable": "true", "against": "separable"},
        {"side": "2"},
        {"stack": "false"},
        {"channels": "6", "grouped": "true", "against": "grouped"},
        {"strides": "3", "dilated": "true", "against": "dilated"},
        {"padding": "same", "x": "1,256", "log": "true", "view": "channels"},
        {"channels": "4096", "filters": "4096", "between": "4096", "kernel": "11", "side": "4096", "groups": "4096",
         "grouped": "true", "bottleneck": "true", "width": "4096"},
    ],
    ids=str,
)  # fmt: skip
def test_the_ends_of_the_settings_have_a_page(page, asked):
    for name, value in asked.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    assert not page.error
    rows = table(page)["rows"]
    assert all("cannot" in row or row["same_field"] for row in rows)


@EACH_EXAMPLE
def test_an_example_shows_what_it_says(page, example):
    number = kernels_controls.EXAMPLES.index(example)
    page.run()
    page.button(key=f"kernels_example_{number}").click().run()
    assert not page.exception
    assert held(page) == example.settings
    assert BY_KEY[example.settings.against] in chosen(example.settings)
    assert not any("cannot" in row for row in table(page)["rows"])


def test_the_examples_figures():
    """What the examples say of themselves."""
    _, seven, inception, mobile, _ = (
        {each.key: figures(each, example.settings).parameters for each in chosen(example.settings)}
        for example in kernels_controls.EXAMPLES
    )
    assert Fraction(seven["stack"], seven["one"]) == Fraction(27, 49)
    assert Fraction(inception["factorised"], inception["one"]) == Fraction(14, 49)
    assert 8 < Fraction(mobile["one"], mobile["separable"]) < 9


def test_the_words_say_which_root_can_occur():
    found = kernels_algebra.words("stack", Kernels())
    assert "cannot occur, a valid 5×5 needs x ≥ 5" in found.equal
    assert "900 MACs each" in found.equal
    assert "for x from 5 to 9 **one 5×5**" in found.less.lower()
    assert "27 C^{2}" in kernels_algebra.words("stack", Kernels(kernel=7)).parameters


def test_sympy_is_loaded_only_where_polynomials_are_shown():
    rooms = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "cnnviz").rglob("*.py"))
        if path.stem not in ("__init__", "__main__", "algebra", "navigation") and not path.stem.startswith("keras_")
    ]
    assert {"cnnviz.ui.kernels_algebra", "cnnviz.labs.kernels", "cnnviz.ui.lab_state"} <= set(rooms)
    code = "import sys, app\n" + "".join(f"import {room}\n" for room in rooms)
    code += "for name in (*app.SOON, *app.FIRST, *app.LATER): __import__(name)\nprint('sympy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ast.literal_eval(found.stdout.strip().splitlines()[-1]) is False
