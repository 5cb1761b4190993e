"""Networks as data: notation, paper, what is published, how a network differs from its paper."""

from __future__ import annotations

import re

from ..declare import shown, suggestion
from ..notation import Loaded, NotationError, load
from . import classic, coursera, csdn, ddi, densenet, efficient, inception, mlm, resnet, tfnotes
from .papers import Paper, Source
from .row import Published, Row, TopFive

# In the order of the page: the papers' networks by family, then the tutorials'.
ROWS: tuple[Row, ...] = (
    *classic.ROWS,
    *inception.ROWS,
    *resnet.ROWS,
    *densenet.ROWS,
    *efficient.ROWS,
    *mlm.ROWS,
    *csdn.ROWS,
    *ddi.ROWS,
    *coursera.ROWS,
    *tfnotes.ROWS,
)
BY_NAME: dict[str, Row] = {row.name: row for row in ROWS}


def find(text: str) -> Loaded:
    """The net that a preset's name or a notation says. Raises NotationError."""
    word = text.strip()
    row = BY_NAME.get(word)
    if row is None and re.fullmatch(r"[A-Za-z0-9._-]{1,60}", word):
        near = suggestion(word.lower(), BY_NAME) or "; a net begins with input(height, width, channels)"
        raise NotationError(f"there is no preset {shown(word)}{near}", 0)
    return load(row.notation if row else text)


__all__ = ["BY_NAME", "ROWS", "Paper", "Published", "Row", "Source", "TopFive", "find"]
