"""The block list with its parameter editor: one component, what it is told, and what its events mean.

An event is arbitrary JSON. It is taken only when it is of a known kind and was sent for the revision on screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from .. import edit, units
from ..draw import labels
from ..graph import Place
from ..net import Aux, Item, Net, NetError, Parallel, Repeat, Step, walk
from ..ops import shape_text
from ..report import WORKS, BlockFigures, Report
from . import assets, fields
from .session import Session

KEY = "block_list"
_DEEPEST = 40  # numbers in a place


def show(session: Session, on_event: Callable[[], None]) -> None:
    """Draw the list. `on_event` runs before the page is drawn again; it hands `sent()` to `handle`."""
    component = assets.component("block_list")
    component(key=KEY, data=assets.as_json(payload(session)), on_event_change=on_event)


def sent() -> Any:
    """What the component has sent."""
    state = st.session_state.get(KEY) or {}
    return state.get("event")


# --- what the component is told -------------------------------------------------------------------------------------


def payload(session: Session) -> dict[str, Any]:
    """All that the component draws, as plain data."""
    shown = session.shown
    problem = session.problem
    return {
        "visit": session.key,
        "revision": session.revision,
        "seq": session.seq,
        "rows": rows(shown, session.work),
        "selected": None if session.place is None else [*session.place],
        "fields": _fields(shown.net, session.place),
        "problem": problem
        and not problem.of_link
        and {
            "message": problem.message,
            "place": None if problem.place is None else [*problem.place],
            "parameter": problem.parameter,
        },
        "input": _input(shown.net),
        "classes": _classes(shown.net),
    }


def rows(shown: Report, work: str) -> list[dict[str, Any]]:
    """One line for each written item and each branch, in the order written."""
    of = WORKS[work].of
    whole = of(shown.total)
    largest = max([of(shown.blocks[place].cost) for place, _ in walk(shown.net.items) if len(place) == 1], default=0)

    def row(place: Place, kind: str, word: str, family: str, title: str, detail: str, siblings: int) -> dict[str, Any]:
        figures: BlockFigures | None = shown.blocks.get(place)
        cost = of(figures.cost) if figures else 0
        return {
            "place": [*place],
            "kind": kind,
            "word": word,
            "family": family,
            "title": title,
            "detail": detail,
            "shape": shape_text(figures.shape) if figures else "",
            "share": min(cost / largest, 1) if largest else 0,
            "tip": f"{units.exact(cost)} {WORKS[work].name}, {units.percent(cost, whole)} of all",
            "siblings": siblings,
        }

    found: list[dict[str, Any]] = []

    def add(items: tuple[Item, ...], outer: Place) -> None:
        for i, item in enumerate(items):
            place = (*outer, i)
            title, detail = labels.item_title(item), labels.item_detail(item)
            word = item.block.word if isinstance(item, Step) else ""
            found.append(row(place, _kind(item), word, labels.item_family(item), title, detail, len(items)))
            if isinstance(item, (Repeat, Aux)):
                add(item.items, place)
            elif isinstance(item, Parallel):
                for b, branch in enumerate(item.branches):
                    what = "" if branch else "identity: the input as it is"
                    found.append(row((*place, b), "branch", "", "merge", f"Branch {b + 1}", what, len(item.branches)))
                    add(branch, (*place, b))

    add(shown.net.items, ())
    return found


def _kind(item: Item) -> str:
    match item:
        case Repeat():
            return "repeat"
        case Parallel():
            return "parallel"
        case Aux():
            return "aux"
        case _:
            return "block"


def _fields(net: Net, place: Place | None) -> list[dict[str, Any]]:
    if place is None:
        return []
    try:
        return [field._asdict() for field in fields.of_item(edit.item_at(net, place))]
    except NetError:
        return []  # a branch


def _input(net: Net) -> dict[str, Any]:
    given = net.input
    text = "height and width of the picture: one number, or height×width (1 to 4,096)"
    sides = fields.Field("size", "input", "size", (given.height, given.width), text, 1, 4096, 512)
    return {"size": sides._asdict(), "channels": given.channels}


def _classes(net: Net) -> dict[str, Any] | None:
    number = edit.classes(net)
    if number is None:
        return None
    text = "how many classes the net tells apart, in every head (1 to 65,536)"
    return fields.Field("classes", "classes", "integer", number, text, 1, 65_536, max(1000, number))._asdict()


# --- what its events mean -------------------------------------------------------------------------------------------


def handle(session: Session, event: Any) -> bool:
    """Apply one event; whether the net or its preview may have changed. What cannot be meant is dropped."""
    if not isinstance(event, dict):
        return False
    if type(event.get("seq")) is int:
        session.seq = event["seq"]
    kind = event.get("kind")
    if event.get("revision") != session.revision or not isinstance(kind, str) or kind not in _EVENTS:
        return False
    place = _place(event.get("place"))
    if place is None and event.get("place") is not None:
        return False
    _EVENTS[kind](session, event, place)
    return True


def _place(given: Any) -> Place | None:
    if not isinstance(given, list) or len(given) > _DEEPEST:
        return None
    return tuple(given) if all(type(i) is int and 0 <= i < 10**6 for i in given) else None


def _value(session: Session, event: dict[str, Any], place: Place) -> tuple[str, Any] | None:
    """The parameter and value of an event, or None for what can be neither."""
    name = event.get("name")
    if not isinstance(name, str) or len(name) > 60 or not name.isprintable():
        return None
    try:
        if not place:
            return (name, fields.plain(event.get("value"))) if name in ("size", "channels") else None
        return name, fields.value_of(edit.item_at(session.now.net, place), name, event.get("value"))
    except (ValueError, NetError):
        return None


def _set(session: Session, event: dict[str, Any], place: Place | None) -> None:
    if event.get("name") == "classes" and place is None:
        session.set_classes(_classes_value(event))
    elif place is not None and (found := _value(session, event, place)):
        session.set_parameter(place, *found)


def _preview(session: Session, event: dict[str, Any], place: Place | None) -> None:
    if event.get("name") == "classes" and place is None:
        session.show_classes(_classes_value(event))
    elif place is not None and (found := _value(session, event, place)):
        session.show_preview(place, *found)


def _classes_value(event: dict[str, Any]) -> Any:
    try:
        return fields.plain(event.get("value"))
    except ValueError:
        return None


def _select(session: Session, event: dict[str, Any], place: Place | None) -> None:
    session.select(place or None)


def _add(session: Session, event: dict[str, Any], place: Place | None) -> None:
    word = event.get("word")
    if isinstance(word, str):
        session.add(word, place or None)


def _move(session: Session, event: dict[str, Any], place: Place | None) -> None:
    to = event.get("to")
    if place and type(to) is int:
        session.move(place, to)


_EVENTS: dict[str, Callable[[Session, dict[str, Any], Place | None], None]] = {
    "select": _select,
    "set": _set,
    "preview": _preview,
    "cancel": lambda session, event, place: session.end_preview(),
    "add": _add,
    "move": _move,
    "duplicate": lambda session, event, place: session.duplicate(place) if place else None,
    "delete": lambda session, event, place: session.delete(place) if place else None,
    "add_branch": lambda session, event, place: session.add_branch(place) if place else None,
    "delete_branch": lambda session, event, place: session.delete_branch(place) if place else None,
}
