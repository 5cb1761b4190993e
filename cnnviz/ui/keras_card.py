"""A headline figure, and the one that says what Keras says."""

from __future__ import annotations

from typing import NamedTuple

from .. import units
from ..keras_service import Answer, State


class Card(NamedTuple):
    """One figure: its label, its value, the exact value and its convention on hover, what it counts, its change.

    `tone` is up, down or same for a change, and good, bad or busy for what Keras says.
    """

    label: str
    value: str
    exact: str
    note: str
    change: str = ""
    tone: str = ""


def keras_card(answer: Answer | None, state: State, *, dragging: bool = False) -> Card:
    """What Keras says of the net."""
    if dragging:
        return Card("Keras", "…", "Keras builds the net when you let go", "when let go", tone="busy")
    if answer is None:
        if state.word == "unavailable":
            return Card("Keras", "not there", state.reason, "figures are ours", tone="bad")
        note = "starting" if state.word == "warming" else "building"
        return Card("Keras", "checking", state.reason or "Keras builds this net", note, tone="busy")
    if answer.error:
        return Card("Keras", "cannot say", answer.error, answer.error, tone="bad")
    note = f"{answer.layers:,} layers"
    if not answer.agrees:
        return Card("Keras", "differs", "; ".join(answer.differences[:5]), note, tone="bad")
    built = f"Keras built this net in {answer.seconds:.2f} s: {note}, {units.exact(answer.parameters)} parameters"
    return Card("Keras", "agrees ✓", f"{built}; every layer has our name, shape and count", note, tone="good")
