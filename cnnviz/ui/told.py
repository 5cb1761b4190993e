"""Widgets whose value the server may change: a browser that has not heard of it yet cannot take it back.

With each event a browser sends the values of all its widgets. Where the server has changed one meanwhile, the old value
comes back and looks like the visitor's choice. So a widget whose value was changed by anything but itself gets another
key: what is still sent for the one before means nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

_KEPT = "told"


@dataclass
class _Told:
    """What a widget was last told to show, under which key, and whether it has been used since."""

    value: Any
    key: str
    turn: int = 0
    used: bool = False


def key(name: str, value: Any) -> str:
    """The key under which the widget `name` is to be drawn, with `value` put into its state."""
    kept = st.session_state.setdefault(_KEPT, {})
    told: _Told | None = kept.get(name)
    if told is None:
        told = kept[name] = _Told(value, name)
    elif told.value != value and not told.used:
        turn = told.turn + 1
        told = kept[name] = _Told(value, f"{name}-{turn}", turn)
    told.value, told.used = value, False
    st.session_state[told.key] = value
    return told.key


def used(key: str, then: Callable[[Any], None]) -> Callable[[], None]:
    """The callback of the widget with that key: `then` gets what was chosen. Whatever it leads to, the key stays."""

    def changed() -> None:
        for told in st.session_state[_KEPT].values():
            if told.key == key:
                told.used = True
                then(st.session_state[key])

    return changed
