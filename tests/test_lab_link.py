"""Links of the lab pages: settings to link and back, and links that hold what cannot be."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.declare import choice, flag, integer, integers, real, size
from cnnviz.labs import link


@dataclass(frozen=True, slots=True)
class Example:
    """Every kind of setting."""

    kernel: int = integer(1, 11, "side of the kernel", 5)
    between: int | None = integer(1, 64, "channels between", None, optional=True)
    share: float = real(0, 1, "a share", 0.5)
    window: tuple[int, int] = size(1, 9, "a window", 3)
    padding: str = choice(("same", "valid"), "padding", "same")
    bias: bool = flag("biases", True)
    cells: tuple[int, ...] = integers(-9, 9, 25, "cells", (1, 2))

    def rule(self) -> str | None:
        return "kernel 11 needs padding=same" if self.kernel == 11 and self.padding == "valid" else None


def test_defaults_make_an_empty_link():
    assert link.write(Example()) == {}
    assert link.read(Example, {}) == (Example(), ())
    assert link.read(Example, {"net": "vgg16"}) == (Example(), ())


@given(
    st.builds(
        Example,
        st.integers(1, 10),
        st.none() | st.integers(1, 64),
        st.floats(0, 1),
        st.tuples(st.integers(1, 9), st.integers(1, 9)),
        st.sampled_from(("same", "valid")),
        st.booleans(),
        st.lists(st.integers(-9, 9), max_size=25).map(tuple),
    )
)
def test_a_link_gives_the_settings_back(settings):
    assert link.read(Example, link.write(settings)) == (settings, ())


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"kernel": "12"}, "kernel must be 1 to 11, got 12"),
        ({"kernel": "five"}, "kernel must be 1 to 11, got five"),
        ({"padding": "sane"}, "padding must be one of same, valid, got sane (did you mean same?)"),
        ({"window": "3x"}, "window must be 1 to 9"),
        ({"cells": "1,2,x"}, "cells must be a list"),
        ({"share": "nan"}, "share must be a number from 0 to 1"),
        ({"bias": "yes"}, "bias must be true or false"),
        ({"kernel": "11", "padding": "valid"}, "kernel 11 needs padding=same"),
        ({"cells": "1" * 5000}, "cells is too long"),
    ],
)
def test_what_cannot_be_is_said_and_has_its_default(held, said):
    settings, wrong = link.read(Example, {**held, "between": "7"})
    assert settings.kernel == 5
    assert settings.cells == (1, 2)
    assert len(wrong) == 1
    assert said in wrong[0]
