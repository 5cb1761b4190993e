"""What a door is: inputs to begin with, how they are changed, and the function that tries one."""

from __future__ import annotations

import functools
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import mutate

LONGEST_MESSAGE = 1_200  # characters of the one line that says what is wrong
GROWTH = 200_000_000  # bytes


class Target(NamedTuple):
    """A door: what it is given, inputs to begin with, and the function that tries one.

    `run` says whether an input was taken, and raises when the door does what it may not. Inputs are texts or bytes.
    """

    about: str
    seeds: Sequence[Any]
    run: Callable[[Any], bool]
    mutated: Callable[[Sequence[Any], random.Random], Any] = mutate.mutated
    growth: int = GROWTH  # bytes that the process may grow by


def said(message: str) -> None:
    """A refusal is one line of bounded length, and never empty."""
    assert message.strip(), "an empty message"
    assert "\n" not in message, f"several lines: {message!r}"
    assert len(message) <= LONGEST_MESSAGE, f"{len(message)} characters: {message[:200]!r}…"
    message.encode()  # no half of a character, which could not be sent


@functools.cache
def _places() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="cnnviz-fuzz-")  # gone when the process ends


def place(name: str) -> Path:
    """A folder for what a door writes."""
    made = Path(_places().name, name)
    made.mkdir(exist_ok=True)
    return made
