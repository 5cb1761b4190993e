"""Texts that somebody wrote, where Markdown is drawn."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&^])")


def escaped(text: str) -> str:
    """As Markdown that shows the text as it is, in one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
