"""The way through the guide: its pages by name, and which of them explains a block."""

from __future__ import annotations

import re

from ..blocks import BLOCKS, COMPOSITES, Block
from ..declare import suggestion
from .families import FAMILIES
from .page import Family

QUESTIONS = "questions"

BY_PAGE: dict[str, Family] = {family.name: family for family in FAMILIES}
NAMES: tuple[str, ...] = (*BY_PAGE, QUESTIONS)


class NoPage(ValueError):
    """There is no such page; the message says so in one line, with a suggestion."""


def titled(name: str) -> str:
    """The title of a page of the tour."""
    return BY_PAGE[name].title if name in BY_PAGE else "Readers' questions"


def find(word: str) -> str:
    """The page of this name, or that which explains the block or operation of this name. Raises NoPage."""
    if word in NAMES:
        return word
    page = of_block(word)
    if page:
        return page
    # Only a plain word is repeated: the message is shown as Markdown.
    plain = re.fullmatch(r"[a-zA-Z0-9-]{1,40}", word)
    said = f"page {word}{suggestion(word.lower(), [*NAMES, *BLOCKS])}" if plain else "such page"
    raise NoPage(f"The guide has no {said}; it has {', '.join(NAMES)}.")


def of_block(word: str) -> str:
    """The page that explains a block, an operation or `parallel`; "" for none."""
    # A page that names the word itself comes before one that names its family.
    said = (word, BLOCKS[word].family) if word in BLOCKS else (word,)
    return next((family.name for name in said for family in FAMILIES if name in family.explains), "")


def blocks(family: Family) -> tuple[type[Block], ...]:
    """The blocks that a page explains."""
    return tuple(block for block in COMPOSITES if of_block(block.word) == family.name)
