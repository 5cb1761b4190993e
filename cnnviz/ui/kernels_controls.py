"""Kernels: what can be set, and examples to begin with."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from ..labs.kernels import CANDIDATES, Kernels, chosen
from . import lab_state

PREFIX = "kernels"


class Example(NamedTuple):
    """A setting of the page that makes one point: its name, what to look for."""

    name: str
    look: str
    settings: Kernels


EXAMPLES: tuple[Example, ...] = (
    Example("5×5 or two 3×3", "One channel, no padding: equal on a 10×10 map, 900 MACs each.", Kernels()),
    Example(
        "7×7 or three 3×3",
        "27C² weights against 49C², as the VGG paper says.",
        Kernels(kernel=7, channels=64, side=56, padding="same", view="channels", measure="parameters", log=True),
    ),
    Example(
        "Inception-v3: 1×7, 7×1",
        "14C² weights against 49C², on 17×17 maps of 192 channels.",
        Kernels(
            kernel=7, channels=192, side=17, padding="same", factorised=True, against="factorised", view="kernel"
        ),
    ),
    Example(
        "MobileNet: depthwise separable",
        "k² + C in place of k²·C: an eighth to a ninth of a 3×3.",
        Kernels(
            kernel=3, channels=512, side=14, padding="same", stack=False, separable=True, against="separable",
            view="channels", log=True,
        ),
    ),
    Example(
        "ResNet-50: bottleneck",
        "3×3 on 64 of 256 channels.",
        Kernels(
            kernel=3, channels=256, width=64, side=56, padding="same", stack=False, bottleneck=True,
            against="bottleneck", view="channels", log=True,
        ),
    ),
)  # fmt: skip


def show_examples() -> None:
    """The row of examples."""
    with st.container(key="kernels_examples", horizontal=True):
        for number, example in enumerate(EXAMPLES):
            st.button(
                example.name,
                key=f"kernels_example_{number}",
                help=example.look,
                on_click=lab_state.take,
                args=(example.settings, PREFIX),
            )


def show(settings: Kernels) -> None:
    """Target, map and candidates."""
    lab_state.widget(Kernels, "kernel", PREFIX, "Target: one k×k, k =", slider=True)
    lab_state.flags(
        Kernels, {candidate.key: candidate.label for candidate in CANDIDATES}, PREFIX, "Candidates beside it"
    )
    st.caption("Channels")
    with st.container(key="kernels_row_channels", horizontal=True):
        lab_state.widget(Kernels, "channels", PREFIX, "In")
        lab_state.widget(Kernels, "between", PREFIX, "Between", placeholder="as in")
        lab_state.widget(Kernels, "filters", PREFIX, "Out", placeholder="as in")
    if settings.grouped or settings.bottleneck:
        with st.container(key="kernels_row_inner", horizontal=True):
            if settings.grouped:
                lab_state.widget(Kernels, "groups", PREFIX, "Groups")
            if settings.bottleneck:
                lab_state.widget(Kernels, "width", PREFIX, "Bottleneck", placeholder="in / 4")
    with st.container(key="kernels_row_map", horizontal=True):
        lab_state.widget(Kernels, "side", PREFIX, "Map side x")
        lab_state.widget(Kernels, "strides", PREFIX, "Stride")
    with st.container(key="kernels_row_edge", horizontal=True, vertical_alignment="bottom"):
        lab_state.widget(Kernels, "padding", PREFIX, "Padding")
        lab_state.widget(Kernels, "bias", PREFIX, "Bias")


def show_chart_choice(settings: Kernels) -> None:
    """What the chart shows, and along what."""
    with st.container(key="kernels_chart_choice", horizontal=True, vertical_alignment="bottom"):
        lab_state.widget(
            Kernels,
            "measure",
            PREFIX,
            "Cost",
            names={"macs": "MACs", "parameters": "Parameters", "activations": "Activations"},
        )
        lab_state.widget(
            Kernels, "view", PREFIX, "against", names={"side": "side x", "kernel": "kernel k", "channels": "channels"}
        )
        lab_state.widget(Kernels, "log", PREFIX, "Log")


def show_range(settings: Kernels) -> None:
    """The range of the chart's axis, where it can be set."""
    if settings.view == "side":
        lab_state.widget(Kernels, "x", PREFIX, "x from, to", slider=True)


def show_pair(settings: Kernels) -> None:
    """Which candidate's polynomial is set against the target's."""
    names = {candidate.key: candidate.title(settings) for candidate in chosen(settings)[1:]}
    if len(names) > 1:
        lab_state.widget(Kernels, "against", PREFIX, f"one {settings.kernel}×{settings.kernel} against", names=names)
