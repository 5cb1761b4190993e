"""The notation as text: an editor that marks the line of an error. Typing keeps the text as typed; Apply takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ..notation import MOST_TEXT
from . import assets
from .session import Session

KEY = "notation_editor"


def show(session: Session, on_event: Callable[[], None]) -> None:
    """Draw the editor; `on_event` runs when a text is applied, `apply` takes it."""
    problem = session.problem
    wrong = problem if problem and session.draft is not None else None
    data = {
        "text": session.draft if session.draft is not None else session.text,
        "version": f"{session.revision}.{session.draft is not None}",
        "problem": {"message": wrong.message, "line": wrong.line} if wrong else None,
        "most": MOST_TEXT,
    }
    assets.component("notation_editor")(key=KEY, data=assets.as_json(data), on_apply_change=on_event)


def apply(session: Session) -> None:
    """Take the text that was applied."""
    sent: Any = (st.session_state.get(KEY) or {}).get("apply")
    if isinstance(sent, str):
        session.write(sent)
