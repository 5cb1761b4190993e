"""How many visitors are let in, and what the others see."""

from __future__ import annotations

import pytest

from cnnviz.ui import crowd
from cnnviz.ui.crowd import Crowd


def test_pages_are_let_in_up_to_the_bound_and_again_when_one_has_gone():
    there = {"a", "b", "c"}
    found = Crowd(2)
    assert [found.admits(page, there.__contains__) for page in "abc"] == [True, True, False]
    assert found.admits("a", there.__contains__), "who is in stays in"
    there.remove("b")
    assert found.admits("c", there.__contains__)


def test_who_was_let_in_is_never_turned_away():
    there = {"a", "b"}
    found = Crowd(1)
    assert found.admits("a", there.__contains__)
    there.remove("a")  # the connection is lost
    assert found.admits("b", there.__contains__)
    there.add("a")
    found.returns("a")
    assert not found.admits("c", there.__contains__)
    there.remove("b")
    assert not found.admits("c", there.__contains__), "the one who has returned counts"


def test_without_a_bound_everybody_is_let_in():
    found = Crowd(0)
    assert all(found.admits(str(page), lambda _: True) for page in range(1_000))


@pytest.mark.parametrize(("text", "most"), [(None, crowd.MOST), ("", crowd.MOST), ("0", 0), ("75", 75)])
def test_the_operators_bound(text, most):
    assert crowd.bound(text) == most


@pytest.mark.parametrize("text", ["many", "-1", "1.5", "10000000", "²"])
def test_a_bound_that_is_none_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match="CNNVIZ_VISITORS must be a whole number, 0 for no bound, got"):
        crowd.bound(text)
