"""What the page's components send back: events as anybody could send them, who speaks the server's protocol."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from unittest import mock

from cnnviz import declare
from cnnviz.declare import ParamError
from cnnviz.labs import stepping
from cnnviz.ui import assets, block_list, convolution_page, diagram, inspector, notation_editor, tabs
from cnnviz.ui.session import Session

from .mutate_data import mutated_json
from .target import Target, said


def list_event(text: str) -> bool:
    """What the block list's channel sends."""
    visit = Session()
    taken = block_list.handle(visit, _event(text, visit))
    _drawn(visit)
    return bool(taken)


def diagram_event(text: str) -> bool:
    """What the diagram's channel sends."""
    visit = Session()
    event = diagram.parse_event(_event(text, visit), visit.revision)
    if event is None:
        return False
    diagram.opened_after(event, visit.now.graph, frozenset())
    visit.select_node(event.id)
    _drawn(visit)
    return True


def other_event(text: str) -> bool:
    """What the inspector, the bars, the editor and the stepping page send, the same to each of them."""
    visit = Session()
    value = _event(text, visit)
    taken = _inspector(visit, value) | _bars(visit, value) | _editor(visit, value)
    _drawn(visit)
    return taken | _convolution(value)


def selection(text: str) -> bool:
    """What Streamlit's own table tells of a selection."""
    visit = Session()
    value = _event(text, visit)
    caught: list[Any] = []
    stand_in = SimpleNamespace(
        session_state={"layers": value}, dataframe=lambda *_, on_select, **__: caught.append(on_select)
    )
    with mock.patch.object(tabs, "st", stand_in):
        tabs.draw_layers(visit)
        stand_in.session_state["layers"] = value
        caught[0]()
    _drawn(visit)
    return bool(visit.node)


def _inspector(visit: Session, value: Any) -> bool:
    with mock.patch.object(inspector.st, "session_state", {inspector.KEY: {"select": value}}):
        visit.select_node(inspector.sent())
    return bool(visit.node)


def _bars(visit: Session, value: Any) -> bool:
    with mock.patch.object(tabs.st, "session_state", {"cost_bars": {"select": value}}):
        visit.select_node(tabs.picked_bar())
    return bool(visit.node)


def _editor(visit: Session, value: Any) -> bool:
    with mock.patch.object(notation_editor.st, "session_state", {notation_editor.KEY: {"apply": value}}):
        notation_editor.apply(visit)
    told = {"text": visit.draft if visit.draft is not None else visit.text}
    assets.as_json(told).encode()
    return visit.revision > 0


def _convolution(value: Any) -> bool:
    """The stepping page, with a sample and with typed numbers."""
    given = {"picture": "own", "grid": (1,) * 36, "preset": "own", "kernel": (1,) * 9}
    taken = False
    for now in (stepping.Settings(), declare.make(stepping.Settings, given)):

        held = {param.name: getattr(now, param.name) for param in declare.params(stepping.Settings)}

        def change(*_: Any, held: dict[str, Any] = held, **values: Any) -> None:
            nonlocal taken
            try:
                declare.make(stepping.Settings, {**held, **values})
                taken = True
            except ParamError as error:
                said(str(error))

        stand_in = SimpleNamespace(current=lambda *_, now=now: now, change=change)
        with mock.patch.object(convolution_page, "lab_state", stand_in):
            convolution_page.take(value)
    return taken


def _drawn(visit: Session) -> None:
    """What is drawn after an event can be sent."""
    if visit.problem:
        said(visit.problem.message)
    assets.as_json(block_list.payload(visit)).encode()


def _event(text: str, visit: Session) -> Any:
    """The event as the page receives it; most carry the right revision, or none would be looked at."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, dict) and value.get("revision") == "now":
        value["revision"] = visit.revision
    return value


_LIST_EVENTS = [
    json.dumps({"revision": "now", "seq": 1, **event})
    for event in (
        {"kind": "select", "place": [1]},
        {"kind": "set", "place": [1], "name": "filters", "value": "64"},
        {"kind": "set", "place": [], "name": "size", "value": "32x32"},
        {"kind": "set", "name": "classes", "value": 7},
        {"kind": "preview", "place": [2], "name": "convs", "value": 3},
        {"kind": "cancel"},
        {"kind": "add", "place": [0], "word": "residual"},
        {"kind": "move", "place": [1], "to": 3},
        {"kind": "duplicate", "place": [2]},
        {"kind": "delete", "place": [5]},
        {"kind": "add_branch", "place": [3]},
        {"kind": "delete_branch", "place": [3, 0]},
    )
]
_DIAGRAM_EVENTS = [
    json.dumps({"type": kind, "id": path, "revision": "now"})
    for kind, path in (("select", "vgg1/conv1"), ("toggle", "vgg1"), ("toggle", "inception1"), ("unfold_all", ""))
]
_OTHER_EVENTS = [
    *('"vgg1/conv1"', '"input(8,8,3); conv(3)"', '{"cell": "grid", "place": 3, "value": 7}'),
    *('{"cell": "kernel", "place": 0, "value": -9}', '{"set": "sides", "value": [7, 5]}'),
    *('{"set": "preset", "value": "own"}', '{"set": "channels", "value": 2}', '{"set": "patch", "value": [3, 4]}'),
    *('{"set": "divisor", "value": 9}', '{"set": "kernel_sides", "value": [3, 3]}', '{"set": "step", "value": 4}'),
]
_SELECTIONS = [
    '{"selection": {"rows": [3], "columns": [], "cells": []}}',
]

DOORS = {
    "block_list": Target("events of the block list", _LIST_EVENTS, list_event, mutated_json),
    "diagram": Target("events of the diagram", _DIAGRAM_EVENTS, diagram_event, mutated_json),
    "events": Target("events of inspector, bars, editor and stepping page", _OTHER_EVENTS, other_event, mutated_json),
    "selections": Target("what is selected in a table", _SELECTIONS, selection, mutated_json),
}
