"""One colour for each kind of operation and block, the same in diagram, tables and charts, for light and dark pages.

The colours were searched so that every pair stays apart under protanopia, deuteranopia and tritanopia as well, and each
stands out from its page (contrast 2.8:1 or more, also on the panel); tests/test_draw.py measures both. Colour is never
alone: every box says what it is, and `mark` is the letter for places too small for words.
"""

from __future__ import annotations

import functools
from typing import Literal, NamedTuple

Mode = Literal["light", "dark"]


class Paint(NamedTuple):
    """How a family looks: its colour on a light and on a dark page, its letter, and what to call it in a legend."""

    light: str
    dark: str
    mark: str
    label: str

    def colour(self, mode: Mode) -> str:
        """The colour on a page of this mode."""
        return self.dark if mode == "dark" else self.light


PAINTS: dict[str, Paint] = {
    # kinds of operation
    "convolution": Paint("#2b8fd6", "#58a6ff", "C", "Convolution"),
    "dense": Paint("#7a6cf0", "#6f7ff8", "D", "Dense"),
    "pooling": Paint("#007d60", "#4fd8ae", "P", "Pooling"),
    "normalisation": Paint("#c4891c", "#eda63a", "N", "Normalisation"),
    "activation": Paint("#4a7000", "#b9c06a", "A", "Activation"),
    "merge": Paint("#7d316d", "#f0aad0", "M", "Merge"),
    "regularisation": Paint("#8f949c", "#868b94", "R", "Regularisation"),
    "shape": Paint("#3d424d", "#d3e3ee", "S", "Shape"),
    # kinds of block
    "vgg": Paint("#0857b5", "#a3c4fb", "V", "VGG block"),
    "inception": Paint("#bb3c87", "#e46ab4", "I", "Inception module"),
    "residual": Paint("#d06a45", "#ec6237", "+", "Residual block"),
    "densenet": Paint("#6b4a2a", "#b98568", "B", "Dense block"),
    "mobile": Paint("#14aa5a", "#199b32", "L", "Mobile block"),
    "head": Paint("#37208a", "#a06fd0", "H", "Head"),
}


class Page(NamedTuple):
    """The colours of a page on which nothing sets them: exports. The page server's own come from its configuration."""

    background: str
    surface: str
    panel: str
    text: str
    muted: str
    line: str
    edge: str


PAGES: dict[Mode, Page] = {
    "light": Page("#ffffff", "#ffffff", "#f7f8fa", "#1c2330", "#5c667a", "#e3e6eb", "#8a90a6"),
    "dark": Page("#12161d", "#12161d", "#1a2029", "#e7ebf2", "#98a2b3", "#2b333f", "#7b8494"),
}


def colour(family: str, mode: Mode = "light") -> str:
    """The colour of a family, as #rrggbb."""
    return PAINTS[family].colour(mode)


def colours(mode: Mode = "light") -> dict[str, str]:
    """Family → colour, for charts that take a whole map."""
    return {family: paint.colour(mode) for family, paint in PAINTS.items()}


def mix(first: str, second: str, share: float) -> str:
    """`share` of the first colour and the rest of the second, both #rrggbb, as #rrggbb."""
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def ink(family: str, mode: Mode = "light") -> str:
    """The family's colour for words: nearer to the text's, so that small letters can be read."""
    return mix(colour(family, mode), PAGES[mode].text, 0.7)


@functools.cache
def css(scope: str) -> str:
    """Style rules that give everything of class `f-FAMILY` inside `scope` its colours, as variables to choose from.

    `--light` and `--dark` are the family's colour on a light and a dark page, `--light-ink` and `--dark-ink` for words.
    """
    return "".join(
        f"{scope} .f-{family}{{--light:{paint.light};--dark:{paint.dark};"
        f"--light-ink:{ink(family, 'light')};--dark-ink:{ink(family, 'dark')}}}\n"
        for family, paint in PAINTS.items()
    )
