"""Data that has to be downloaded first: the button, the bar, what went wrong."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import streamlit as st

from .. import units
from ..declare import sentence
from ..training import download
from ..training.bounds import Bounds
from ..training.datasets import DATASETS, DataError
from ..training.download import Status
from . import train_tasks, visitor
from .plain_text import escaped
from .train_tasks import Progress, tasks

_BEGUN, _REFUSED = "train_download_begun", "train_download_refused"
_SOON = 10  # seconds that the process of a download may take until it says that it is there


def show(name: str, allowed: Bounds) -> None:
    """Draw what there is to say of a data set that is not here."""
    row, folder = DATASETS[name], allowed.data
    begun = st.session_state.get(_BEGUN, {}).get(name, 0.0)
    now = _patient(download.status(name, folder), begun)
    counted = f"{row.train:,} pictures of {len(row.classes)} classes to learn from, {row.test:,} to check with"
    st.caption(f"{row.about} {counted}.")
    if now.state == "downloading":
        key = f"download {name} {folder}"
        tasks().watch(key, lambda: _progress(name, folder, begun))
        train_tasks.wait(key, "train_download", f"Downloading {row.title}", cancel=False)
        return
    refused = st.session_state.pop(_REFUSED, "") or (now.message if now.state == "failed" else "")
    if refused:
        st.error(escaped(sentence(refused)), icon=":material/cloud_off:")
    if not visitor.may_train(allowed):
        st.info("This data is not on this server, and training is off here.", icon=":material/lock:")
        return
    what = "Try again" if refused else f"Download {row.title}"
    st.button(
        f"{what}, {row.download / 1e6:.0f} MB",
        key="train_download",
        icon=":material/download:",
        on_click=_begin,
        args=(name, folder),
    )


def _begin(name: str, folder: Path) -> None:
    """In a callback."""
    try:
        download.begin(name, folder)
    except DataError as error:
        st.session_state[_REFUSED] = str(error)
    else:
        st.session_state[_BEGUN] = {**st.session_state.get(_BEGUN, {}), name: time.monotonic()}


def _patient(now: Status, begun: float) -> Status:
    """A download that has just begun may have no process yet that says so."""
    early = time.monotonic() - begun < _SOON and not now.done
    waiting = now.state == "absent" or (now.state == "failed" and "interrupted" in now.message)
    return replace(now, state="downloading", message="") if early and waiting else now


def _progress(name: str, folder: Path, begun: float) -> Progress:
    now = _patient(download.status(name, folder), begun)
    said = f"{units.si(now.done)}B of {units.si(now.of)}B" if now.done else "connecting"
    if now.of and now.done >= now.of:
        said = "unpacking"
    return Progress(now.state != "downloading", now.done / now.of if now.of else 0.0, said)
