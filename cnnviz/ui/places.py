"""Places in a net: where a new block goes, what comes in there, what a name of a field sets."""

from __future__ import annotations

from typing import Any

from .. import edit
from ..graph import Place
from ..net import Aux, Item, Net, NetError, Parallel
from ..ops import Shape
from ..report import Report


def following(place: Place) -> Place:
    """The place right after another in the same list."""
    return (*place[:-1], place[-1] + 1)


def is_branch(net: Net, place: Place) -> bool:
    """Whether a place is a branch of a `parallel`, not a block."""
    try:
        item = edit.item_at(net, place[:-1])
    except NetError:
        return False
    return isinstance(item, Parallel) and 0 <= place[-1] < len(item.branches)


def for_new(net: Net, after: Place | None) -> Place:
    """Where a new block goes: after another, to the head of a branch, or to the end."""
    if after is None:
        return (len(net.items),)
    return (*after, 0) if is_branch(net, after) else following(after)


def received(shown: Report, place: Place) -> Shape:
    """The shape that comes in at a place of the net's own lists."""
    if not place:
        return shown.graph.nodes[0].shape
    outer, i = place[:-1], place[-1]
    if i == 0:
        return received(shown, outer[:-1] if is_branch(shown.net, outer) else outer)
    before = (*outer, i - 1)
    if before in shown.blocks and shown.blocks[before].shape and not _is_aux(edit.item_at(shown.net, before)):
        return shown.blocks[before].shape
    return received(shown, before)


def with_parameter(net: Net, place: Place, name: str, value: Any) -> Net:
    """The net with one parameter changed; at () those of the input, where `size` is both sides. Raises NetError."""
    if place:
        return edit.set_parameter(net, place, name, value)
    sides = {"height": net.input.height, "width": net.input.width, "channels": net.input.channels}
    if name == "size":
        pair = value if isinstance(value, tuple) and len(value) == 2 else (value, value)
        sides["height"], sides["width"] = pair
    else:
        sides[name] = value
    return edit.set_input(net, **sides)


def _is_aux(item: Item) -> bool:
    return isinstance(item, Aux) or getattr(getattr(item, "block", None), "word", "") == "aux"
