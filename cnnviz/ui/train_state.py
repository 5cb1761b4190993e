"""What a visitor has chosen to train: the net, the data, the settings. All of it stands in the link.

?net=tfnotes-baseline&data=shapes&epochs=5     a new run
?view=runs, ?view=studies                      the other views
?run=ID                                        one run
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st

from ..declare import choice
from ..labs import link
from ..training import bounds as bounds_of
from ..training.bounds import Bounds, BoundsError
from ..training.folder import NAME, Config
from ..training.settings import PRESETS, Settings
from ..zoo import BY_NAME
from . import addresses, lab_state, location, visit
from .compare_nets import BUILD, Slot, of_build, of_zoo, pasted
from .links import LinkError, link_of
from .plain_text import escaped

SETTINGS, VIEW = "training", "training_page"  # the prefixes of their widgets
NET, RUN, RUNS = "net", "run", "runs"  # in the link
_NET, _WISH = "train_net", "train_wants_pictures"

_MOST_ASKED = 24

VIEWS: Mapping[str, str] = {"new": "New run", "runs": "Runs", "studies": "Studies"}


@dataclass(frozen=True)
class View:
    """Which part of the page is in sight, and how a new run's net and pictures are made to fit."""

    view: str = choice(tuple(VIEWS), "what is shown", "new")
    fit: str = choice(("pictures", "net"), "what gives way where the sizes of pictures and input differ", "pictures")

    def rule(self) -> str | None:
        """Every combination is allowed."""
        return None


class _Kept(NamedTuple):
    """The net on the page, what the link held for it, and what was wrong with that."""

    slot: Slot
    link: str
    problem: str = ""


# --- the parts --------------------------------------------------------------------------------------------------------


def view() -> View:
    """What is in sight."""
    return lab_state.settings(View, VIEW)


def settings() -> Settings:
    """The settings of a new run. Shows what is wrong with those of the link."""
    return lab_state.settings(Settings, SETTINGS)


def change(**values: Any) -> None:
    """In a callback: change some of the settings."""
    lab_state.change(Settings, SETTINGS, **values)


def net() -> Slot:
    """The net to train: the link's, else the one of before, else the one in Build. Shows what is wrong with a link."""
    kept = _kept()
    if kept.problem:
        st.error(escaped(kept.problem), icon=":material/link_off:")
    return kept.slot


def name_of(slot: Slot) -> str:
    """What a run of this net is called."""
    return slot.title.removeprefix("In Build: ")


def run_id() -> str:
    """The run that the address asks for, or ""."""
    return location.held().get(RUN, "").strip()


def asked_runs() -> list[str]:
    """The runs that the address wants to see chosen in the table."""
    given = location.held().get(RUNS, "")[:4_000].split(",")
    return [name for name in given if NAME.fullmatch(name)][:_MOST_ASKED]


def bounds() -> Bounds | None:
    """What the operator allows; None, with a message on the page, when that cannot be read."""
    try:
        return bounds_of.read()
    except BoundsError as error:
        st.error(f"The operator's settings of training cannot be used: {escaped(str(error))}.", icon=":material/error:")
        return None


def wants_pictures(now: Settings) -> bool:
    """Whether own pictures are chosen, given or not yet."""
    return now.data == "pictures" or bool(st.session_state.get(_WISH))


# --- changes, all in callbacks ----------------------------------------------------------------------------------------


def pick_net(slot: Slot) -> None:
    """Another net."""
    _keep(_Kept(slot, slot.link))
    location.write(location.held() | {NET: slot.link})


def pick_data(name: str) -> None:
    """Other data. Own pictures that are still to be given are no setting yet."""
    now = lab_state.current(Settings, SETTINGS)
    missing = name == "pictures" and not now.pictures
    st.session_state[_WISH] = missing
    if not missing:
        change(data=name)


def take_pictures(token: str) -> None:
    """Own pictures have been given."""
    st.session_state[_WISH] = False
    change(data="pictures", pictures=token)


def take_preset(name: str) -> None:
    """The settings of a preset; data, machine and seed stay as they are."""
    now = lab_state.current(Settings, SETTINGS)
    stay = {key: getattr(now, key) for key in (*_DATA, *_MACHINE)}
    lab_state.take(Settings(**{**stay, **PRESETS[name].values}), SETTINGS)


def preset_of(now: Settings) -> str | None:
    """The preset whose settings these are."""
    own = {key: getattr(now, key) for key in Settings.__dataclass_fields__ if key not in (*_DATA, *_MACHINE)}
    for name, preset in PRESETS.items():
        if all(value == preset.values.get(key, _DEFAULTS[key]) for key, value in own.items()):
            return name
    return None


def go(name: str) -> None:
    """Turn to a view: one step of the browser's history."""
    now = lab_state.current(View, VIEW)
    made = View(name, now.fit)
    _go(made, lab_state.current(Settings, SETTINGS), _kept().slot.link)


def open_run(id: str) -> None:
    """Turn to one run, whose link holds nothing else."""
    location.write({RUN: id})


def open_runs(ids: Sequence[str]) -> None:
    """Turn to the table with these runs chosen."""
    location.write({"view": "runs", RUNS: ",".join(ids)})
    lab_state.take(View("runs"), VIEW)


def prepare(config: Config) -> None:
    """Turn to a new run with the net and the settings of another one."""
    try:
        slot = pasted(config.net)
    except LinkError:
        return
    _keep(_Kept(slot, slot.link))
    _go(View("new"), config.settings, slot.link)


def address(slot: Slot, now: Settings, view_now: View) -> str:
    """The full link to these choices."""
    own = {key: text for key, text in link.write(now).items() if key != "pictures"}
    if now.data == "pictures":
        own.pop("data")  # nobody else has them
    held = {NET: slot.link, **own, **link.write(view_now)}
    return addresses.full_link(urlencode(held, safe=addresses.PLAIN), "train")


# --- helpers ----------------------------------------------------------------------------------------------------------

_DATA = ("data", "pictures", "size", "validation")
_MACHINE = ("number_format", "xla", "seed", "device", "backend", "time_limit")
_DEFAULTS = {name: field.default for name, field in Settings.__dataclass_fields__.items()}


def _kept() -> _Kept:
    """The net that is kept, once the link has been looked at. A page switch clears the link: then it is written."""
    session = visit.session()
    kept: _Kept | None = st.session_state.get(_NET)
    asked = location.held().get(NET, "")
    if kept and kept.slot.source == BUILD:
        kept = _keep(kept._replace(slot=of_build(session)))
    if run_id():  # the link of a run says nothing of the next one
        return kept or _keep(_Kept(of_build(session), ""))
    elsewhere = not asked and (visit.switched() or "view" in location.held())
    if kept is None or (asked != kept.link and not elsewhere):
        kept = _keep(_follow(asked, kept))
    if not asked and visit.switched() and (session.link is not None or kept.slot.source != BUILD):
        location.write(location.held() | {NET: kept.slot.link})
        kept = _keep(kept._replace(link=kept.slot.link))
    return kept


def _follow(asked: str, kept: _Kept | None) -> _Kept:
    """The net that a link asks for; what it holds that is no net is said, and the last one stays."""
    session = visit.session()
    last = kept.slot if kept else of_build(session)
    if not asked or asked == link_of(session.now, session.preset):
        return _Kept(of_build(session), asked)
    try:
        return _Kept(of_zoo(asked) if asked in BY_NAME else pasted(asked), asked)
    except LinkError as error:
        return _Kept(last, asked, f"The net of this link: {error}")


def _keep(kept: _Kept) -> _Kept:
    st.session_state[_NET] = kept
    return kept


def _go(made: View, now: Settings, held: str) -> None:
    own = link.write(now) if made.view == "new" else {}
    location.write({**({NET: held} if made.view == "new" else {}), **own, **link.write(made)})
    lab_state.take(made, VIEW)
    if made.view == "new":
        lab_state.take(now, SETTINGS)
