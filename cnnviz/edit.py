"""Edits of a net, each giving a new one. Places are those of `net.walk`; every function raises NetError."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from . import declare
from .graph import Place
from .net import Aux, Item, Net, NetError, Parallel, Repeat, Step, walk

Items = tuple[Item, ...]


def item_at(net: Net, place: Place) -> Item:
    """The item written at `place`."""
    for found, item in walk(net.items):
        if found == place:
            return item
    raise NetError("there is no block at this place; the net may have changed", place)


def replace(net: Net, place: Place, item: Item) -> Net:
    """`item` in place of the one there."""
    return _with_list(net, place, lambda items, i: (*items[:i], item, *items[i + 1 :]))


def insert(net: Net, place: Place, item: Item) -> Net:
    """`item` before the one at `place`; a place one past the last puts it at the end of its list."""
    return _with_list(net, place, lambda items, i: (*items[:i], item, *items[i:]), past_end=True)


def delete(net: Net, place: Place) -> Net:
    """Without the item at `place`."""
    return _with_list(net, place, lambda items, i: (*items[:i], *items[i + 1 :]))


def duplicate(net: Net, place: Place) -> Net:
    """The item at `place` twice in a row; the second takes a name of its own."""
    copy = _unnamed(item_at(net, place))
    return _with_list(net, place, lambda items, i: (*items[: i + 1], copy, *items[i + 1 :]))


def move(net: Net, place: Place, to: int) -> Net:
    """The item at `place` moved to index `to` of its own list."""

    def moved(items: Items, i: int) -> Items:
        rest = [*items[:i], *items[i + 1 :]]
        rest.insert(max(0, min(to, len(rest))), items[i])
        return tuple(rest)

    return _with_list(net, place, moved)


def add_branch(net: Net, place: Place) -> Net:
    """The `parallel` at `place` with one more branch: a copy of its last."""
    item = _parallel(net, place)
    return replace(net, place, dataclasses.replace(item, branches=(*item.branches, item.branches[-1])))


def delete_branch(net: Net, place: Place, branch: int) -> Net:
    """The `parallel` at `place` without one of its branches."""
    item = _parallel(net, place)
    return replace(net, place, dataclasses.replace(item, branches=item.branches[:branch] + item.branches[branch + 1 :]))


def set_parameter(net: Net, place: Place, name: str, value: Any) -> Net:
    """One parameter of the item at `place` changed: a declared one, or name, times or merge."""
    item = item_at(net, place)
    own = {"name": (Step, Parallel, Aux), "times": (Repeat,), "merge": (Parallel,)}
    if name in own and isinstance(item, own[name]):
        return replace(net, place, dataclasses.replace(item, **{name: value}))
    if not isinstance(item, Step):
        raise NetError(f"this block has no parameter {declare.shown(name)}", place, name)
    return replace(net, place, dataclasses.replace(item, block=_changed(item.block, place, **{name: value})))


def set_input(net: Net, height: int, width: int, channels: int) -> Net:
    """The net on another picture."""
    return Net(_changed(net.input, (), height=height, width=width, channels=channels), net.items)


def classes(net: Net) -> int | None:
    """How many classes the net's last block tells apart; None when it is no classifier or dense layer."""
    last = _last_step(net.items)
    if last is None:
        return None
    width = getattr(last[1].block, _class_parameter(last[1]))
    return int(width)


def set_classes(net: Net, number: int) -> Net:
    """Another number of classes, in the last block and in every auxiliary head."""
    places = [place for place, item in walk(net.items) if isinstance(item, Step) and item.block.word == "aux"]
    ends = [_last_step(item.items, place) for place, item in walk(net.items) if isinstance(item, Aux)]
    ends.append(_last_step(net.items))
    places.extend(end[0] for end in ends if end is not None)
    if not places or ends[-1] is None:
        raise NetError("the net does not end in a classifier or dense layer; add one to set the number of classes")
    for place in places:
        item = item_at(net, place)
        assert isinstance(item, Step)
        net = set_parameter(net, place, _class_parameter(item), number)
    return net


# --- helpers ----------------------------------------------------------------------------------------------------------


def _changed(block: Any, place: Place, **values: Any) -> Any:
    """A block with some parameters changed and everything checked again."""
    try:
        return declare.make(type(block), declare.values(block) | values)
    except declare.ParamError as error:
        raise NetError(f"{block.word}: {error}", place, error.name) from None


def _parallel(net: Net, place: Place) -> Parallel:
    item = item_at(net, place)
    if not isinstance(item, Parallel):
        raise NetError("only a parallel block has branches", place)
    return item


def _class_parameter(step: Step) -> str:
    return "units" if step.block.word == "dense" else "classes"


def _last_step(items: Items, outer: Place = ()) -> tuple[Place, Step] | None:
    """The classifier or dense layer that ends a list; an activation after it does not count."""
    for i in range(len(items) - 1, -1, -1):
        item = items[i]
        if not isinstance(item, Step):
            return None
        if item.block.word in ("classifier", "dense"):
            return (*outer, i), item
        if item.block.word not in ("activation", "aux"):
            return None
    return None


def _unnamed(item: Item) -> Item:
    """The item without the names that its copy must not share."""
    match item:
        case Repeat():
            return dataclasses.replace(item, items=tuple(map(_unnamed, item.items)))
        case _:
            return dataclasses.replace(item, name="")


def _with_list(net: Net, place: Place, change: Callable[[Items, int], Items], *, past_end: bool = False) -> Net:
    """The net with `change(list, index)` applied to the list that holds `place`."""

    def within(items: Items, path: Place) -> Items:
        i = path[0] if path else -1
        last = len(path) == 1
        if not 0 <= i < len(items) + (last and past_end):
            raise NetError("there is no block at this place; the net may have changed", place)
        if last:
            return change(items, i)
        return (*items[:i], inside(items[i], path[1:]), *items[i + 1 :])

    def inside(item: Item, path: Place) -> Item:
        match item:
            case Repeat() | Aux():
                return dataclasses.replace(item, items=within(item.items, path))
            case Parallel() if len(path) > 1 and 0 <= path[0] < len(item.branches):
                b = path[0]
                branch = within(item.branches[b], path[1:])
                return dataclasses.replace(item, branches=(*item.branches[:b], branch, *item.branches[b + 1 :]))
            case _:
                raise NetError("there is no block at this place; the net may have changed", place)

    return Net(net.input, within(net.items, place))
