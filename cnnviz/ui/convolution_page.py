"""The page that shows layers step by step: topics, the settings of each, its explanation, the stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from ..declare import ParamError
from ..labs import stepping
from ..labs.stepping import Settings
from . import assets, convolution_maps, convolution_training, lab_state, told, visit
from .convolution_scene import Scene, plain
from .convolution_words import WORDS

PREFIX = "convolution"
_STAGE = "convolution_stage"
_EVENTS = "convolution_events"
_PADDINGS = {"valid": "valid", "same": "same"}


class Topic(NamedTuple):
    """One topic: its title, its settings (name → label), and its scene."""

    title: str
    settings: Mapping[str, str]
    scene: Callable[[Settings], Scene] | None


TOPICS: dict[str, Topic] = {
    "convolution": Topic(
        "Convolution",
        {
            "padding": "Padding",
            "strides": "Stride",
            "dilation_rate": "Dilation",
            "bias": "Bias",
            "relu": "ReLU",
        },
        convolution_maps.convolved,
    ),
    "pooling": Topic(
        "Pooling",
        {"pool_padding": "Padding", "pool_size": "Window", "pool_strides": "Stride"},
        convolution_maps.pooled,
    ),
    "normalisation": Topic(
        "Batch normalisation",
        {
            "momentum": "Momentum",
            "train_steps": "Training steps",
            "gamma": "Scale γ",
            "beta": "Shift β",
        },
        convolution_training.normalised,
    ),
    "dropout": Topic("Dropout", {"rate": "Rate", "seed": "Seed"}, convolution_training.dropped),
    "head": Topic(
        "Dense or pooling",
        {
            "map_side": "Side of the last map",
            "map_channels": "Channels",
            "hidden": "Dense units",
            "classes": "Classes",
        },
        convolution_training.ended,
    ),
    "field": Topic("Receptive field", {}, None),
}


def settings() -> Settings:
    """What the link or the visitor has set."""
    return lab_state.settings(Settings, PREFIX)


def show_topics(now: Settings) -> None:
    """The row of topics."""
    key = told.key(f"{PREFIX}_topics", now.topic)

    def chosen(topic: str) -> None:
        lab_state.change(Settings, PREFIX, topic=topic, step=1)

    st.segmented_control(
        "What is shown",
        [*TOPICS],
        format_func=lambda name: TOPICS[name].title,
        key=key,
        on_change=told.used(key, chosen),
        required=True,
        label_visibility="collapsed",
    )


def show_words(now: Settings) -> None:
    """What a learner needs to know of the topic, and of the kernel on screen."""
    st.markdown(WORDS[now.topic])
    if now.topic == "convolution":
        st.markdown(f"**This kernel.** {convolution_maps.kernel_about(now)}")


def show_settings(now: Settings) -> None:
    """The settings of the topic, side by side."""
    topic = TOPICS[now.topic]
    with st.container(key="convolution_settings", horizontal=True, vertical_alignment="bottom"):
        for name, label in topic.settings.items():
            with st.container(key=f"convolution_{name}_box", width="content"):
                lab_state.widget(Settings, name, PREFIX, label, names=_PADDINGS)
        if now.topic == "dropout":
            st.button(
                "Draw anew",
                icon=":material/casino:",
                key="convolution_draw",
                on_click=lab_state.change,
                args=(Settings, PREFIX),
                kwargs={"seed": (now.seed + 1) % 10_000},
            )


def show_topic(now: Settings) -> None:
    """The scene of the topic in its component; receptive fields have a panel of their own."""
    scene = TOPICS[now.topic].scene
    if not scene:
        _show_field()
        return

    def happened() -> None:
        st.session_state[_EVENTS] = st.session_state.get(_EVENTS, 0) + 1
        take((st.session_state.get(_STAGE) or {}).get("change"))

    # Counting the events makes each answer a new one: what was refused is shown as it was.
    data = {"scene": plain(scene(now)._replace(start=now.step)), "events": st.session_state.get(_EVENTS, 0)}
    component = assets.component("convolution")
    component(key=_STAGE, data=assets.as_json(data), on_change_change=happened)


def _show_field() -> None:
    """The receptive field of the net that is open in Build."""
    from . import field_panel  # only this topic needs it

    field_panel.show(visit.session(), "convolution_field")


def take(sent: Any) -> None:
    """In a callback: a number was typed, a control or the patch was moved, a step was linked. All is checked."""
    now = lab_state.current(Settings, PREFIX)
    try:
        match sent:
            case {"cell": str(panel), "place": int(place), "value": value}:
                changes = stepping.typed(now, panel, place, value)
            case {"set": str(name), "value": value} if name in Settings.__dataclass_fields__:
                changes = stepping.changed(now, name, value)
            case _:
                return
    except ParamError:  # the component sends no such number
        return
    lab_state.change(Settings, PREFIX, **changes)
