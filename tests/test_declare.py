"""Declared parameters: canonical values, bounds, messages; and that every declaration is complete."""

import pytest

from cnnviz import declare
from cnnviz.blocks import BLOCKS
from cnnviz.declare import ParamError
from cnnviz.ops import OPS, Conv, LocalResponseNorm, ZeroPad


@pytest.mark.parametrize("declared", dict.fromkeys([*BLOCKS.values(), *OPS]), ids=lambda declared: declared.word)
def test_every_parameter_is_declared_with_help_and_an_allowed_default(declared):
    import dataclasses

    fields = [field.name for field in dataclasses.fields(declared)]
    assert [param.name for param in declare.params(declared)] == fields
    for param in declare.params(declared):
        assert param.help
        assert not param.help.endswith("."), "a help is a phrase, not a sentence"
        if not param.required:
            assert param.check(param.default) == param.default
    assert set(declared.positional) <= set(fields)
    assert list(declared.positional) == fields[: len(declared.positional)], "positional parameters come first"
    assert all((declared.title, declared.family, declared.__doc__))


@pytest.mark.parametrize("value", [0, 65_537, 1.5, True, "3", None, (3, 3), 10**400, -1])
def test_integer_refuses(value):
    with pytest.raises(ParamError, match="filters must be 1 to 65,536, got"):
        declare.make(Conv, {"filters": value, "kernel_size": 3})


@pytest.mark.parametrize(("given", "stored"), [(3, (3, 3)), ((1, 7), (1, 7)), ([5, 1], (5, 1))])
def test_size_is_stored_as_a_pair(given, stored):
    assert declare.make(Conv, {"filters": 1, "kernel_size": given}).kernel_size == stored


@pytest.mark.parametrize(("given", "stored"), [(2, (2, 2, 2, 2)), ((1, 2), (1, 1, 2, 2)), ((0, 1, 0, 1), (0, 1, 0, 1))])
def test_padding_is_stored_for_four_sides(given, stored):
    assert declare.make(ZeroPad, {"padding": given}).padding == stored


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "2", True, -1])
def test_real_refuses(value):
    with pytest.raises(ParamError, match="kernel_l2 must be a number from 0 to 10, got"):
        declare.make(Conv, {"filters": 1, "kernel_size": 1, "kernel_l2": value})


def test_misspelt_names_and_words_get_a_suggestion():
    with pytest.raises(
        ParamError, match=r"no parameter kernal_size \(did you mean kernel_size\?\); it takes filters, "
    ):
        declare.make(Conv, {"filters": 1, "kernal_size": 1})
    with pytest.raises(ParamError, match=r"padding must be one of same, valid, got sane \(did you mean same\?\)"):
        declare.make(Conv, {"filters": 1, "kernel_size": 1, "padding": "sane"})


def test_missing_parameter_says_what_it_takes():
    with pytest.raises(ParamError, match="kernel_size is missing; it must be 1 to 256, or a pair"):
        declare.make(Conv, {"filters": 1})


def test_rules_between_parameters():
    with pytest.raises(ParamError, match="strides 2×2 and dilation_rate 3×3 cannot both be over 1"):
        declare.make(Conv, {"filters": 1, "kernel_size": 1, "strides": 2, "dilation_rate": 3})
    with pytest.raises(ParamError, match="10 filters in 3 groups"):
        declare.make(Conv, {"filters": 10, "kernel_size": 1, "groups": 3})
    with pytest.raises(ParamError, match="size must be odd, got 4"):
        declare.make(LocalResponseNorm, {"size": 4})


def test_check_refuses_what_was_made_by_hand():
    declare.check(Conv(1, (1, 1)))
    with pytest.raises(ParamError, match="filters must be 1 to"):
        declare.check(Conv(0, (1, 1)))
    with pytest.raises(ParamError, match="kernel_size must be"):
        declare.check(Conv(1, 3))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (True, "true"),
        (None, "none"),
        ("a\x00b", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("x" * 99, "x" * 60 + "…"),
    ],
)
def test_received_values_are_shown_short_and_printable(value, text):
    assert declare.shown(value) == text
