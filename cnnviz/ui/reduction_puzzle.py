"""The reader's puzzle: a 1×1 that was to reduce and enlarged. Shown while its settings are on the page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from .. import units
from ..labs import reduction, reduction_modules
from ..labs.reduction import DEEP, PUZZLE, Settings
from ..labs.reduction_modules import TUTORIAL, Module
from ..ops import formula, shape_text, value
from ..zoo import BY_NAME
from . import rooms


def show(settings: Settings) -> None:
    """The explanation, where these are the puzzle's settings."""
    asked = replace(settings, wide=PUZZLE.wide, narrow=PUZZLE.narrow, map_side=PUZZLE.map_side)
    if asked not in (PUZZLE, DEEP):
        return
    with st.container(key="reduction_puzzle", border=True):
        st.markdown(
            "### Why did the parameters rise from 3,584 to 110,720?" if asked == PUZZLE else "### Deep inside, it pays"
        )
        st.markdown(_enlarges() if asked == PUZZLE else _reduces())
        st.markdown(_table())
        with st.container(horizontal=True, gap="small"):
            for number, name in enumerate(TUTORIAL):
                if st.button(
                    f"{BY_NAME[name].title} in the zoo", key=f"reduction_row_{number}", icon=":material/open_in_new:"
                ):
                    st.switch_page(rooms.ZOO, query_params={"row": name})


def _enlarges() -> str:
    found = reduction.ways(PUZZLE)
    (direct,), (small, large) = reduction.layers(found.direct), reduction.layers(found.reduced)
    before, after = value(direct.macs), value(small.macs) + value(large.macs)
    return (
        "Both figures are the 3×3 of a module that stands straight on a picture: "
        f"**{formula(direct.parameters)}** when it reads the picture’s 3 channels, **{formula(large.parameters)}** "
        "when it reads the 96 channels of the “reduction” before it. That 1×1 turns 3 channels into 96: it enlarges, "
        f"and costs another {formula(small.parameters)}. The work rises as well, to {units.si(after)} MACs from "
        f"{units.si(before)}, so it is no exchange of parameters for computation."
    )


def _reduces() -> str:
    found = reduction.ways(DEEP)
    (direct,), (small, large) = reduction.layers(found.direct), reduction.layers(found.reduced)
    after = value(small.parameters) + value(large.parameters)
    return (
        f"The same 3×3 behind the same 1×1, on 256 channels: **{formula(direct.parameters)}** parameters directly, "
        f"**{units.exact(after)}** with the 1×1, as it leaves 96 of the 256. What decides is how many channels come in."
    )


def _table() -> str:
    """The whole module of the tutorial on the picture, and on the channels that its second module has."""
    lines = [
        "| the whole module on | naive: parameters | MACs | with 1×1: parameters | MACs |",
        "| --- | --: | --: | --: | --: |",
    ]
    return "\n".join([*lines, *(_line(module) for module in reduction_modules.tutorial())])


def _line(module: Module) -> str:
    figures = [
        text
        for form in (module.naive, module.projected)
        for text in (units.exact(form.cost.parameters), units.si(form.cost.macs))
    ]
    return f"| {shape_text(module.received)} | {' | '.join(figures)} |"
