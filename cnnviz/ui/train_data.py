"""What a new run learns from: the choice, samples and balance of the classes, download, own pictures."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

from ..declare import sentence
from ..ops import Shape
from ..training import datasets
from ..training.bounds import Bounds
from ..training.datasets import DATASETS, Count, DataError
from ..training.settings import Settings
from . import assets, lab_state, told, train_download, train_pictures, train_sheets, train_state
from .plain_text import escaped
from .train_state import SETTINGS


class Chosen(NamedTuple):
    """The data as a net is to fit it. `missing` says why it cannot be had yet, "" when it is there."""

    title: str
    shape: tuple[int, int, int] | None
    classes: int
    train: int
    validation: int
    missing: str = ""


def show(now: Settings, allowed: Bounds) -> Chosen:
    """Draw the choice and what there is to see of it."""
    with st.container(key="train_data"):
        _pick(now)
        name = "pictures" if train_state.wants_pictures(now) else now.data
        chosen, counts = _chosen(now, name, allowed.data)
        if name == "pictures":
            train_pictures.show(allowed, given=not chosen.missing)
        if chosen.shape and not chosen.missing:
            with st.container(key="train_said", horizontal=True):
                st.caption(_said(now, chosen))
                if name == "shapes":
                    with st.container(width=150):
                        lab_state.widget(Settings, "size", SETTINGS, "Pictures to draw")
        if chosen.missing and name != "pictures":
            train_download.show(name, allowed)
        elif counts:
            _samples(now, counts, allowed.data)
        if name != "pictures":
            st.caption(f"Source: {DATASETS[name].source}")
    return chosen


def show_augmented(now: Settings, shape: Shape, folder: Path) -> None:
    """Some pictures as they are and as training will see them."""
    try:
        found = train_sheets.augmented(now, shape, folder)
    except DataError:
        return
    data = {**found.payload(), "first": True}
    assets.component("train_samples")(key="train_augmented", data=assets.as_json(data))
    st.caption(f"The first of each row as it is at the net's {shape[0]}×{shape[1]}; the others as training may see it.")


def described(now: Settings, allowed: Bounds) -> Chosen:
    """What these settings learn from, without drawing anything."""
    return _chosen(now, now.data, allowed.data)[0]


# --- the choice -------------------------------------------------------------------------------------------------------


def _pick(now: Settings) -> None:
    st.markdown("### Data")
    key = told.key("train_data_pick", "pictures" if train_state.wants_pictures(now) else now.data)

    st.segmented_control(
        "Data",
        [*DATASETS],
        format_func=lambda name: _SHORT.get(name, DATASETS[name].title),
        key=key,
        on_change=told.used(key, train_state.pick_data),
        required=True,
        label_visibility="collapsed",
    )


_SHORT = {"digits": "Digits", "shapes": "Shapes", "pictures": "Own pictures"}


def _chosen(now: Settings, name: str, folder: Path) -> tuple[Chosen, tuple[Count, ...]]:
    """What is known of the data, and its classes where they can be counted."""
    held = DATASETS[name]
    if name == now.data:
        try:
            found = datasets.describe(now, folder)
        except DataError as error:
            missing = str(error)
        else:
            title = "own pictures" if name == "pictures" else _SHORT.get(name, held.title)
            return Chosen(title, found.shape, len(found.classes), found.train, found.validation), found.counts
    else:
        missing = "no pictures are given yet"
    return Chosen(held.title, held.shape, len(held.classes), held.train, held.test, missing), ()


def _said(now: Settings, chosen: Chosen) -> str:
    assert chosen.shape
    height, width, channels = chosen.shape
    colour = "grey" if channels == 1 else "colour"
    about = DATASETS[now.data].about if now.data != "pictures" else ""
    return (
        f"{about} **{chosen.train:,}** pictures of {chosen.classes} classes to learn from, "
        f"**{chosen.validation:,}** to check with; {height}×{width}, {colour}."
    )


def _samples(now: Settings, counts: tuple[Count, ...], folder: Path) -> None:
    try:
        found = train_sheets.samples(now, folder)
    except DataError as error:
        st.error(escaped(sentence(str(error))), icon=":material/broken_image:")
        return
    data = found.payload()
    most = max(count.train + count.validation for count in counts)
    for line, count in zip(data["lines"], counts, strict=False):
        total = count.train + count.validation
        line |= {"share": total / most, "learnt": count.train / total if total else 0, "text": f"{total:,}"}
        line["said"] = f"{count.name}: {count.train:,} to learn from, {count.validation:,} to check with"
    data["left_out"] = max(0, len(counts) - len(data["lines"]))
    assets.component("train_samples")(key="train_samples", data=assets.as_json(data))
