"""The address bar as the server knows it.

With each event a browser sends its address. Where the server has just changed it, the old one comes back and looks like
a step back, which would undo the last edit. So an address that was replaced a moment ago is not followed, unless the
visitor has gone there: by Back or Forward, or from another page.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_KEPT = "location"
_ON_THE_WAY = 10  # seconds that a browser may take to hear of a new address
_MOST = 20


@dataclass
class _Location:
    """What the address holds, and what it held before the server's last changes, with the time of each."""

    held: dict[str, str]
    replaced: list[tuple[float, dict[str, str]]] = field(default_factory=list)


def look(moved: bool) -> None:
    """At the start of a full run: follow the browser's address, or put it right. `moved`: it comes from elsewhere."""
    asked, kept = st.query_params.to_dict(), _kept()
    if kept is None or moved or _went_back():
        st.session_state[_KEPT] = _Location(asked)
    elif asked != kept.held:
        now = time.monotonic()
        if any(old == asked and now - when < _ON_THE_WAY for when, old in kept.replaced):
            st.query_params.from_dict(kept.held)
        else:
            st.session_state[_KEPT] = _Location(asked)


def held() -> dict[str, str]:
    """What the address holds: also in a callback or a fragment, where the browser's may be one step behind."""
    kept = _kept()
    return st.query_params.to_dict() if kept is None else {**kept.held}


def write(params: Mapping[str, str]) -> None:
    """Put these into the address, and nothing else. Where it changes, it is a step of the browser's history."""
    kept, new = _kept(), {**params}
    if kept and kept.held != new:
        kept.replaced = [*kept.replaced[1 - _MOST :], (time.monotonic(), kept.held)]
        kept.held = new
    if st.query_params.to_dict() != new:
        st.query_params.from_dict(new)


def _kept() -> _Location | None:
    found: _Location | None = st.session_state.get(_KEPT)
    return found


def _went_back() -> bool:
    """Whether the visitor has used Back or Forward."""
    context = get_script_run_ctx(suppress_warning=True)
    return bool(context and context.is_history_navigation)
