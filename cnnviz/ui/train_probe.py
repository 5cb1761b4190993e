"""A few real steps timed before launch, in a process of their own; then how long the run would take."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from .. import disk, units
from ..declare import sentence
from ..training import folder, predict, process
from ..training.bounds import Bounds
from ..training.folder import Config, FolderError
from ..training.run_words import duration
from . import train_tasks, visit, visitor
from .plain_text import escaped
from .train_tasks import Busy, Progress, Task, tasks

_SECONDS = 300  # that a probe may take
_KEPT, _PLACE = "train_probes", "train_probe_place"
_MOST = 20  # results that are kept for a visitor
_OF_NO_MATTER = {"epochs": 1, "learning_rate": 0.001, "seed": 1, "time_limit": 0, "early_stopping": 0}


class Probe(NamedTuple):
    """What a probe measured, or why it did not: `refused` in words."""

    seconds_per_step: float = 0.0
    peak_memory: int = 0
    refused: str = ""


def show(config: Config, pictures: int, predicted: int, allowed: Bounds) -> None:
    """The button, the bar, then the time for so many training pictures. `predicted` is memory in bytes."""
    of, key = _of(config), f"probe {visit.identity()}"
    if tasks().is_running(key):
        train_tasks.wait(key, "train_probe", "Timing a few steps", over=lambda: _over(key))
        return
    _over(key)  # it may have ended while nobody looked
    found: Probe | None = st.session_state.get(_KEPT, {}).get(of)
    if found and found.refused:
        st.error(escaped(sentence(found.refused)), icon=":material/timer_off:")
    elif found:
        st.markdown(_said(found, predict.seconds(config.settings, pictures, found.seconds_per_step), predicted))
        return
    if visitor.may_train(allowed):
        st.button(
            "Time a few steps",
            key="train_probe",
            icon=":material/timer:",
            help="Trains for a few steps on this machine and tells how long the run would take.",
            on_click=_begin,
            args=(config, of, key),
        )


def _said(found: Probe, seconds: float, predicted: int) -> str:
    """The time of the run, and the memory that the steps took."""
    memory = ""
    if found.peak_memory:
        memory = f"; **{units.binary(found.peak_memory)}** measured"
        memory += f", {units.binary(predicted)} predicted" if predicted else ""
    return (
        f":material/timer: **{1000 * found.seconds_per_step:.3g} ms** a step, about "
        f"**{duration(seconds)}** in all, without checking after each epoch{memory}"
    )


def _of(config: Config) -> tuple[object, ...]:
    """All that the time of a step depends on."""
    return (config.net, replace(config.settings, **_OF_NO_MATTER))  # type: ignore[arg-type]


# --- the job, in callbacks --------------------------------------------------------------------------------------------


def _begin(config: Config, of: tuple[object, ...], key: str) -> None:
    try:
        place = Path(tempfile.mkdtemp(prefix="cnnviz-probe-"))
        run = folder.create(config, place / "run")
        variables = process.environment(config.settings, None)
        tasks().begin(Task(key, "probe", ("cnnviz.training.probe", str(run.path)), _SECONDS, _look, variables))
    except (Busy, FolderError, OSError) as error:
        said = disk.words(error) if isinstance(error, OSError) else error
        _keep(of, Probe(refused=f"no steps could be timed: {said}"))
        return
    st.session_state[_PLACE] = (of, place)


def _look(_: list[dict[str, Any]]) -> Progress:
    return Progress(said="Keras starts, then steps are taken")


def _over(key: str) -> None:
    """When the job has ended: take what it measured, or say why it did not."""
    ended = tasks().ended(key)
    of, place = st.session_state.pop(_PLACE, (None, None))
    if place is None:
        return
    if ended is None:  # it was given up
        shutil.rmtree(place, ignore_errors=True)
        return
    tasks().cancel(key)
    found = folder.read_json(place / "run" / "probe.json") or {}
    shutil.rmtree(place, ignore_errors=True)
    _keep(of, _probe(found, ended.complaint))


def _probe(found: dict[str, Any], complaint: str) -> Probe:
    seconds, peak = found.get("seconds_per_step"), found.get("peak_memory")
    if isinstance(seconds, (int, float)) and 0 < seconds < 1e6:
        return Probe(float(seconds), int(peak) if isinstance(peak, (int, float)) and peak > 0 else 0)
    return Probe(
        refused=str(found.get("message") or complaint or "no steps could be timed in the time that there is")[:500]
    )


def _keep(of: tuple[object, ...], found: Probe) -> None:
    kept = {**st.session_state.get(_KEPT, {}), of: found}
    st.session_state[_KEPT] = dict([*kept.items()][-_MOST:])
