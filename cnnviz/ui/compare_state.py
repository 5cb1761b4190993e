"""What a visitor compares and how it is looked at: in the session, and in the link, which holds all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ..compare import Comparison, compare
from ..declare import choice
from ..labs import link, measures
from ..layer_changes import LayerChange, layer_changes
from ..report import Report
from . import addresses, location, visit
from .compare_nets import COUNT, LETTERS, Nets, default

VIEW = "compare"  # the prefix of the view's widgets
_NETS = "compare_nets"
_KEPT = "compare_pairs"
_MOST_PAIRS = 4  # comparisons that are kept for one visitor


@dataclass(frozen=True)
class View:
    """How the nets are looked at. All of it stands in the link."""

    show: str = choice(("difference", "stages", "layers", "zoo"), "what is drawn of the nets", "difference")
    measure: str = choice(measures.KEYS, "what is measured", "parameters")
    by: str = choice(("blocks", "layers"), "whether blocks or layers are laid side by side", "blocks")
    left: str = choice(LETTERS, "the net that the difference begins with", "a")
    right: str = choice(LETTERS, "the net that the difference leads to", "b")
    up: str = choice(("parameters", "top5"), "what the nets are placed by, upwards", "parameters")

    def rule(self) -> str | None:
        """Every combination is allowed: a letter that no net has stands for the first or the last one."""
        return None


def nets() -> Nets:
    """The nets on screen, once the link has been looked at. A page switch clears the link: then it is written again."""
    session = visit.session()
    kept: Nets | None = st.session_state.get(_NETS)
    asked = {key: text for key, text in location.held().items() if key in (*LETTERS, COUNT)}
    if kept and not asked and visit.switched():
        kept.refresh(session)
        if kept.link:
            write(kept)
    elif kept is None or asked != kept.link:
        kept = st.session_state[_NETS] = kept or Nets([])
        if asked:
            kept.follow(asked, session)
        else:
            kept.slots, kept.link, kept.problems = [*default(session)][:2], {}, []
    kept.refresh(session)
    return kept


def write(found: Nets) -> None:
    """In a callback: put the nets into the address, leaving alone what else is there: one step of the history."""
    found.link = found.written(visit.session())
    others = {key: text for key, text in location.held().items() if key not in (*LETTERS, COUNT)}
    location.write({**others, **found.link})


def address(found: Nets, view: View) -> str:
    """The full link to what is on screen."""
    held = {**found.written(visit.session()), **link.write(view)}
    return addresses.full_link(urlencode(held, safe=addresses.PLAIN), "compare")


def pair(found: Nets, view: View) -> tuple[int, int]:
    """Which two nets the difference is drawn of."""
    last = len(found.slots) - 1
    left, right = (min(LETTERS.index(letter), last) for letter in (view.left, view.right))
    return left, right


def comparison(left: Report, right: Report) -> Comparison:
    """Two nets block by block; the last few of a visitor are kept."""
    found: Comparison = _kept(("blocks", left.line, right.line), lambda: compare(left, right))
    return found


def layers(left: Report, right: Report) -> tuple[LayerChange, ...]:
    """Two nets layer by layer, kept likewise."""
    found: tuple[LayerChange, ...] = _kept(
        ("layers", left.line, right.line), lambda: layer_changes(comparison(left, right), left, right)
    )
    return found


def _kept(key: tuple[str, str, str], make: Any) -> Any:
    kept: dict[tuple[str, str, str], Any] = st.session_state.setdefault(_KEPT, {})
    if key not in kept:
        made = make()
        while len(kept) >= 2 * _MOST_PAIRS:
            del kept[next(iter(kept))]
        kept[key] = made
    return kept[key]
