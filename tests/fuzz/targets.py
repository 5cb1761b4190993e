"""The doors that strangers use, each as a function of one input. An input may be refused; it may not raise."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cnnviz import memory, receptive_field, zoo
from cnnviz.labs import kernels, link, reduction, stepping
from cnnviz.notation import NotationError, parse, print_net
from cnnviz.summary import as_json, summarize
from cnnviz.ui import block_list, compare_nets, compare_state, diagram, links
from cnnviz.ui.session import Session

LONGEST_MESSAGE = 1_200  # characters of the one line that says what is wrong

Run = Callable[[str], bool]  # whether the input was taken; raises when a door does what it may not


class Target(NamedTuple):
    """A door: what it is given, inputs to begin with, and the function that tries one."""

    about: str
    seeds: Sequence[str]
    run: Run


def _said(message: str) -> None:
    """A refusal is one line of bounded length, and never empty."""
    assert message.strip(), "an empty message"
    assert "\n" not in message, f"several lines: {message!r}"
    assert len(message) <= LONGEST_MESSAGE, f"{len(message)} characters: {message[:200]!r}…"


def notation(text: str) -> bool:
    """A text, to the full table and back."""
    try:
        loaded = zoo.find(text)
    except NotationError as error:
        _said(str(error))
        return False
    found = summarize(loaded.graph)
    json.dumps(as_json(loaded.net, found), allow_nan=False)
    memory.inference(loaded.graph)
    memory.training(loaded.graph, 2)
    receptive_field.fields(loaded.graph)
    for one_line in (False, True):
        assert parse(print_net(loaded.net, one_line=one_line)) == loaded.net, "what is printed is another net"
    return True


def address(text: str) -> bool:
    """`?net=` of a first visit, and of one that already has a net."""
    visit = Session()
    before = visit.now
    visit.follow(text)
    if visit.problem:
        _said(visit.problem.message)
        assert visit.now is before, "a refused link changed the net"
        return False
    links.link_of(visit.now)
    return True


def labs(text: str) -> bool:
    """The link of each lab: one value for every setting in turn."""
    good = True
    for declared in (kernels.Kernels, compare_state.View, reduction.Settings, stepping.Settings):
        for field in dataclasses.fields(declared):
            made, wrong = link.read(declared, {field.name: text})
            for line in wrong:
                _said(line)
            assert link.read(declared, link.write(made)) == (made, ()), "what is written is read as something else"
            good &= not wrong
    return good


def comparison(text: str) -> bool:
    """A net pasted into Compare."""
    try:
        compare_nets.pasted(text)
    except links.LinkError as error:
        _said(str(error))
        return False
    return True


def list_event(text: str) -> bool:
    """What the block list's channel sends."""
    visit = _opened()
    taken = block_list.handle(visit, _json(text, visit))
    if visit.problem:
        _said(visit.problem.message)
    block_list.payload(visit)
    return bool(taken)


def diagram_event(text: str) -> bool:
    """What the diagram's channel sends."""
    visit = _opened()
    event = diagram.parse_event(_json(text, visit), visit.revision)
    if event is None:
        return False
    diagram.opened_after(event, visit.now.graph, frozenset())
    visit.select_node(event.id)
    return True


def _opened() -> Session:
    return Session()


def _json(text: str, visit: Session) -> Any:
    """The event as the page receives it; most carry the right revision, or none would be looked at."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, dict) and value.get("revision") == "now":
        value["revision"] = visit.revision
    return value


_NOTATIONS = [
    *(row.notation for row in zoo.ROWS),
    "input(8,8,3); 2*[parallel([conv(3,1)],[bn()],merge=add),gap(keepdims=true)]; aux([gap()])",
    "input(8,8,3); reshape([1,1,192]); channel_pad(200); depthwise_conv(3); separable_conv(3,3); dense(3)",
]

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

TARGETS: dict[str, Target] = {
    "notation": Target("a network as text", _NOTATIONS, notation),
    "link": Target("?net= of the address", [*zoo.BY_NAME, *(t.replace("\n", ";") for t in _NOTATIONS)], address),
    "labs": Target("the settings in a lab's address", ["5", "3x5", "1,2,3", "true", "same", "none", "-1"], labs),
    "compare": Target("a net pasted into Compare", [*zoo.BY_NAME, *_NOTATIONS], comparison),
    "block_list": Target("events of the block list", _LIST_EVENTS, list_event),
    "diagram": Target("events of the diagram", _DIAGRAM_EVENTS, diagram_event),
}
