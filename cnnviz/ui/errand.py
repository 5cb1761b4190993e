"""A measurement on a page: begun by a button, waited for without blocking, its result or its refusal at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ..keras_service import Errand
from . import assets, shared, visit
from .errand_route import told
from .plain_text import escaped


def begin(errand: Errand, key: str) -> None:
    """Ask for a measurement; for callbacks. What this visitor has asked for under `key` before is given up."""
    shared.keras().begin(errand, owner=_owner(key))


def result(errand: Errand, key: str) -> Mapping[str, Any] | None:
    """The result of a measurement if there is one. Draws what there is to say until then, and why there is none."""
    keras = shared.keras()
    status = keras.status(errand)
    if status is None:
        return None
    if status.word == "done":
        return status.result
    if status.word == "failed":
        st.error(f"Not measured: {escaped(status.said)}.", icon=":material/timer_off:")
        return None
    data = {"path": shared.watched().path(errand), **told(status, keras)}
    assets.component("errand")(
        key=f"{key}_wait",
        data=assets.as_json(data),
        on_over_change=lambda: None,  # the fragment is drawn again
        on_cancel_change=lambda: keras.cancel(owner=_owner(key)),
    )
    return None


def _owner(key: str) -> str:
    return f"{visit.identity()} {key}"
