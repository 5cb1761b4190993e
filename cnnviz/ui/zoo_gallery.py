"""The gallery of the zoo: one component that is told every network once and filters in the browser."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st

from .. import units
from ..ops import shape_text
from ..report import WORKS
from ..zoo import BY_NAME, Paper, Row
from ..zoo.figures import Overview, overview
from . import assets

KEY = "zoo"
PAPER = "Papers"  # what a row without a tutorial is from

# A zoo family → the family of operations and blocks whose colour it takes, and its letter.
PAINT: dict[str, tuple[str, str]] = {
    "LeNet": ("convolution", "L"),
    "AlexNet": ("normalisation", "A"),
    "VGG": ("vgg", "V"),
    "Inception": ("inception", "I"),
    "ResNet": ("residual", "R"),
    "DenseNet": ("densenet", "D"),
    "Mobile": ("mobile", "M"),
    "ConvNeXt": ("head", "C"),
}


def show(on_open: Callable[[str], None]) -> None:
    """Draw the gallery. `on_open` is called with the name of a network that was chosen."""

    def received() -> None:
        name = (st.session_state.get(KEY) or {}).get("open")
        if isinstance(name, str) and name in BY_NAME:
            on_open(name)

    component = assets.component("zoo")
    component(key=KEY, data=payload(), on_open_change=received)


@functools.cache
def payload() -> str:
    """All that the component draws, as one text: the same for every visitor."""
    found = overview()
    families = [*dict.fromkeys(one.row.family for one in found)]
    return assets.as_json(
        {
            "rows": [_row(one) for one in found],
            "families": [{"name": name, "paint": PAINT[name][0], "mark": PAINT[name][1]} for name in families],
            "sources": [*dict.fromkeys(_source(one) for one in found)],
            "rule": f"MACs: {WORKS['macs'].rule}. Parameters: as Keras counts them, statistics of BN included.",
        }
    )


def _row(one: Overview) -> dict[str, Any]:
    row = one.row
    return {
        "name": row.name,
        "title": row.title,
        "family": row.family,
        "year": row.paper.year,
        "source": _source(one),
        "by": _by(row.paper),
        "input": shape_text(one.input),
        "parameters": one.parameters,
        "parameters_si": units.si(one.parameters),
        "macs": one.macs,
        "macs_si": units.si(one.macs),
        "top5": row.top5.error if row.top5 else None,
        "top5_source": row.top5.source if row.top5 else "",
        "deviations": row.deviations,
        "rank": _rank(row),
        "words": " ".join((row.name, row.title, row.family, row.paper.authors, row.paper.title, _source(one))),
    }


def _rank(row: Row) -> int:
    """Whose name comes first where there is no room for all: 0 what everybody knows, 2 tutorials and variants."""
    own = row.source is None
    return 0 if own and row.top5 and " with " not in row.title else 1 if own else 2


def _source(one: Overview) -> str:
    return one.row.source.name if one.row.source else PAPER


def _by(paper: Paper) -> str:
    """The authors' last names in short."""
    names = [name.split(". ")[-1] for name in paper.authors.split(", ")]
    return names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else f"{names[0]} et al."
