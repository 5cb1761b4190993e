"""Mutations of texts: what a slip, a clever mind or a broken program might send."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

TOKENS = [
    *"()[],;=*.-+'\"#\n\t _:{}\\/|&%@!<>?^~`$",
    *("input", "conv", "parallel", "aux", "vgg", "inception", "residual", "dense", "classifier", "reshape", "gap()"),
    *("none", "true", "false", "relu", "softmax", "same", "valid", "name=", "merge=add", "padding=", "strides="),
    *("0", "1", "-1", "3", "10", "99999", "65536", "4096", "1e9", "1e400", "0x10", "1_0", "nan", "inf", "0.5", "1j"),
    *("lambda", "not", "if", "for", "in", "def", "import", "await", "yield", "None", "True", "**", "//", ":=", "..."),
    *("é", "٣", "×", "\x00", "\u202e", "\ud800", "\ufeff", "𝟛", "\r", "\x0c", "“", "null", "[[]]", "{}", '""'),
    "(" * 60, "[" * 300, "-" * 400, "1" * 5000, "conv(3);" * 300, "9*[" * 10, "not " * 200, "a." * 100, "x" * 20_000,
]  # fmt: skip
_PIECES = re.compile(r"\w+|\s+|.", re.DOTALL)


def mutated(seeds: Sequence[str], rng: random.Random) -> str:
    """One of the seeds after one to six mutations."""
    text = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        text = rng.choice(_WAYS)(text, rng, seeds)
    return text


def _insert(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + rng.choice(TOKENS) + text[i:]


def _cut(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + text[i + rng.choice((1, 1, 2, 5, 20, 100)) :]


def _swap_token(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    pieces = _PIECES.findall(text[:5_000])
    if not pieces:
        return rng.choice(TOKENS)
    pieces[rng.randrange(len(pieces))] = rng.choice(TOKENS)
    return "".join(pieces)


def _number(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    found = list(re.finditer(r"\d+", text[:5_000]))
    if not found:
        return text
    at = rng.choice(found)
    value = int(at.group()[:12]) if rng.random() < 0.7 else rng.choice((0, 1, 2**31, 2**63, 10**30))
    return text[: at.start()] + str(rng.choice((value + 1, value - 1, value * 2, -value, value))) + text[at.end() :]


def _repeat(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    i, j = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    return text[:j] + text[i : min(j, i + 200)] * rng.choice((1, 2, 5, 30)) + text[j:]


def _splice(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    other = rng.choice(seeds)
    return text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]


def _flip(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    if not text:
        return chr(rng.randrange(0x3000))
    i = rng.randrange(len(text))
    return text[:i] + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000)))) + text[i + 1 :]


_WAYS = (_insert, _insert, _cut, _swap_token, _swap_token, _number, _number, _repeat, _splice, _flip)
