"""Studies: several nets trained alike. The ready-made ones, one of any nets, and how those launched are getting on."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from .. import report, units
from ..declare import ParamError, sentence
from ..training import folder, launcher, run_words, studies
from ..training.bounds import Bounds
from ..training.datasets import DATASETS
from ..training.folder import Config, FolderError, Run
from ..training.run_words import AT_WORK
from ..training.settings import Settings
from ..training.studies import MOST, STUDIES, Study, StudyError
from ..zoo import BY_NAME
from . import lab_state, train_data, train_state, visit, visitor
from .compare_nets import of_build
from .plain_text import escaped
from .train_state import SETTINGS

_REFUSED = "train_study_refused"
_CUSTOM = "custom"
_BUILD = "the net in Build"
_MOST_LISTED = 12  # studies under "Launched"
_EVERY = 3.0  # seconds between two looks at those at work


class Size(NamedTuple):
    """A net's name on the page, its parameters and MACs."""

    title: str
    parameters: int
    macs: int


def show() -> None:
    """Draw all of it."""
    allowed = train_state.bounds()
    if not allowed:
        return
    found = _of_visitor(allowed)
    if found:
        at_work = any(run.status() in AT_WORK for runs in found.values() for run, _ in runs)
        st.fragment(_launched, run_every=_EVERY if at_work else None)(allowed, at_work)
    if st.session_state.get(_REFUSED):
        st.error(escaped(sentence(st.session_state[_REFUSED])), icon=":material/error:")
    with st.container(key="train_studies"):
        for study in STUDIES.values():
            with st.container(key=f"train_study_{study.name}", border=True):
                _built_in(study, allowed)
        with st.container(key=f"train_study_{_CUSTOM}", border=True):
            _custom(allowed)


# --- the cards --------------------------------------------------------------------------------------------------------


@st.fragment
def _built_in(study: Study, allowed: Bounds) -> None:
    """One card: what is trained and why, on which data, for how long, what it costs."""
    st.markdown(f"### {study.title}")
    st.markdown(study.about)
    st.markdown(f"**Look at:** {study.look}")
    sizes = [_size(name) for name in study.nets]
    _table(sizes)
    with st.container(key=f"train_study_set_{study.name}", horizontal=True, vertical_alignment="bottom"):
        data = st.selectbox(
            "Data",
            [name for name in DATASETS if name != "pictures"],
            index=[*DATASETS].index(study.values["data"]),
            format_func=lambda name: DATASETS[name].title,
            key=f"train_study_data_{study.name}",
        )
        epochs = st.number_input("Epochs", 1, 1_000, study.values["epochs"], key=f"train_study_epochs_{study.name}")
        seed = st.number_input("Seed", 0, 9_999, 1, key=f"train_study_seed_{study.name}")
    try:
        now = studies.settings_of(study, {"data": data, "epochs": epochs, "seed": seed})
    except ParamError as error:
        st.error(escaped(sentence(str(error))), icon=":material/error:")
        return
    st.caption(f"Settings of each: {run_words.short(now)}. {_cost(sizes, now, allowed)}")
    _launch(study, now, allowed)


@st.fragment
def _custom(allowed: Bounds) -> None:
    """Any nets, with the settings of a new run."""
    st.markdown("### Your own study")
    st.markdown("Any nets of the zoo, and the one in Build, each trained with the settings of a new run.")
    with st.container(key="train_study_set_own", horizontal=True, vertical_alignment="top"):
        chosen, title = _choose()
    now = lab_state.current(Settings, SETTINGS)
    texts = [visit.session().now.text if name == _BUILD else name for name in chosen]
    if not texts:
        st.caption("Choose at least one net.")
        return
    sizes = [_size(text) for text in texts]
    st.caption(f"Settings: {run_words.short(now)}. {_cost(sizes, now, allowed)}")
    try:
        study = studies.custom(texts, title.strip() or "My study")
    except StudyError as error:
        st.error(escaped(sentence(str(error))), icon=":material/error:")
        return
    with st.container(horizontal=True):
        _launch(study, now, allowed)
        st.button(
            "Change settings", key="train_study_settings", type="tertiary", on_click=train_state.go, args=("new",)
        )


def _choose() -> tuple[list[str], str]:
    """The nets of one's own study, and its title."""
    chosen = st.multiselect(
        "Nets",
        [_BUILD, *BY_NAME],
        default=[_BUILD],
        format_func=lambda name: of_build(visit.session()).title if name == _BUILD else BY_NAME[name].title,
        max_selections=MOST,
        key="train_study_nets",
    )
    return chosen, st.text_input("Title", "My study", max_chars=60, key="train_study_title")


def _table(sizes: Iterable[Size]) -> None:
    """The nets of a study with what each costs."""
    lines = ["| Net | Parameters | MACs a picture |", "| :-- | --: | --: |"]
    lines += [f"| {one.title} | {units.si(one.parameters)} | {units.si(one.macs)} |" for one in sizes]
    st.markdown("\n".join(lines))


@functools.lru_cache(256)
def _size(text: str) -> Size:
    """The size of a net of the zoo by its name, or of Build's by its notation."""
    found = report.of_text(BY_NAME[text].notation if text in BY_NAME else text)
    title = BY_NAME[text].title if text in BY_NAME else _BUILD
    return Size(title, found.total.parameters, found.total.macs)


def _cost(sizes: Iterable[Size], now: Settings, allowed: Bounds) -> str:
    """The work of the whole study; the classes of the data change it a little."""
    chosen = train_data.described(now, allowed)
    if chosen.missing:
        return ""
    flops = 6 * sum(one.macs for one in sizes) * chosen.train * now.epochs
    return f"All nets together: {units.si(flops)}FLOP of training (2 × MACs × 3: forward once, backward twice)."


# --- launching --------------------------------------------------------------------------------------------------------


def _launch(study: Study, now: Settings, allowed: Bounds) -> None:
    """The button, or why there is none."""
    if not visitor.may_train(allowed):
        st.info("Training is off on this server; its operator can turn it on.", icon=":material/lock:")
        return
    if missing := train_data.described(now, allowed).missing:
        st.info(f"{sentence(missing)} New run has the button to get it.", icon=":material/download:")
        return
    st.button(
        f"Launch {len(study.nets)} run{'s' if len(study.nets) > 1 else ''}",
        key=f"train_study_launch_{study.name}",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_submit,
        args=(study, now, allowed),
    )


def _submit(study: Study, now: Settings, allowed: Bounds) -> None:
    """In a callback: queue all runs, or none; then draw the whole page, as the button is a fragment's."""
    st.session_state[_REFUSED] = ""
    made: list[Run] = []
    try:
        for config in studies.runs_of(study, now, data_folder=allowed.data, owner=visitor.owner()):
            made.append(launcher.submit(_titled(config), allowed))
    except (StudyError, FolderError) as error:
        for run in made:
            _take_back(run)
        st.session_state[_REFUSED] = f"The study was not launched: {error}"
    st.rerun()


def _take_back(run: Run) -> None:
    """Stop and delete a run that was queued before another of its study was refused."""
    for act in (launcher.stop, launcher.delete):
        with suppress(FolderError, OSError):
            act(run)


def _titled(config: Config) -> Config:
    """A run named as people know its net."""
    return replace(config, title=BY_NAME[config.title].title) if config.title in BY_NAME else config


# --- those launched ---------------------------------------------------------------------------------------------------


def _of_visitor(allowed: Bounds) -> dict[str, list[tuple[Run, Config]]]:
    """The visitor's runs by the study that they belong to, the newest first."""
    found: dict[str, list[tuple[Run, Config]]] = {}
    for run in folder.listed(allowed.runs):
        try:
            config = run.config()
        except FolderError:
            continue
        if config.study and visitor.lists(config):
            found.setdefault(config.study, []).append((run, config))
    return found


def _launched(allowed: Bounds, at_work: bool) -> None:
    """How the visitor's studies are getting on; drawn again every few seconds while one is at work."""
    found = _of_visitor(allowed)
    with st.container(key="train_launched"):
        st.markdown("### Launched")
        for number, (title, runs) in enumerate([*found.items()][:_MOST_LISTED]):
            _progress(number, title, runs)
    if at_work and not any(run.status() in AT_WORK for runs in found.values() for run, _ in runs):
        st.rerun()  # without asking any more


def _progress(number: int, title: str, runs: list[tuple[Run, Config]]) -> None:
    """A study in a line: how many of its runs are done, and the way to them."""
    words = [run.status() for run, _ in runs]
    done = sum(word == "finished" for word in words)
    others = {run_words.TITLES[word].lower(): words.count(word) for word in dict.fromkeys(words) if word != "finished"}
    said = ", ".join([f"{done} of {len(runs)} finished", *(f"{count} {word}" for word, count in others.items())])
    with st.container(key=f"train_launched_{number}", horizontal=True, vertical_alignment="center"):
        st.progress(done / len(runs), f"**{escaped(title)}** · {said}")
        st.button(
            "See its runs",
            key=f"train_launched_go_{number}",
            on_click=train_state.open_runs,
            args=([run.id for run, _ in reversed(runs)],),
        )
