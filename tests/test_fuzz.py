"""A short round of hostile input on each door; `python -m tests.fuzz` has the long one."""

import random
import time

import pytest

from tests.fuzz.__main__ import tried
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import TARGETS, Target


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_input_is_taken_or_refused_in_one_line(name):
    found = tried(TARGETS[name], 300, seed=7)
    assert found.findings == ()
    assert 0 < found.refused <= found.inputs == 300


def test_what_raises_is_a_finding():
    def fails(text: str) -> bool:
        if text != "good":
            raise ZeroDivisionError(text)
        return True

    found = tried(Target("a door that breaks", ["good"], fails), 50, seed=1, most_findings=3)
    assert len(found.findings) == 3
    assert "ZeroDivisionError" in found.findings[0]


def test_what_takes_long_is_a_finding():
    def slow(text: str) -> bool:
        if text != "good":
            begun = time.process_time()
            while time.process_time() - begun < 1.05:
                pass
        return True

    found = tried(Target("a slow door", ["good"], slow), 1, seed=1)
    assert "took" in found.findings[0]


def test_mutations_follow_from_the_seed_and_change_the_text():
    seeds = TARGETS["notation"].seeds
    one, two = ([mutated(seeds, random.Random(seed)) for seed in range(200)] for _ in range(2))
    assert one == two
    assert sum(text in seeds for text in one) < 20
