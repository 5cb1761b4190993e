"""Networks as data: notation, paper, what is published, how a network differs from its paper."""

from .papers import Paper, Source
from .rows import ROWS, Published, Row

BY_NAME: dict[str, Row] = {row.name: row for row in ROWS}

__all__ = ["BY_NAME", "ROWS", "Paper", "Published", "Row", "Source"]
