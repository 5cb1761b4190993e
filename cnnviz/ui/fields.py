"""Declared parameters as the fields of an editor: what to show, in which order, and what a browser's answer means."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from .. import declare
from ..blocks import MERGES
from ..declare import Param
from ..net import MOST_TIMES, NAME_LENGTH, Item, Parallel, Repeat, Step

# How far a slider goes by default, where the bound itself is far beyond what is usual; typing reaches the bound.
_USUAL: dict[str, float] = {
    "kernel_size": 11,
    "shortcut_kernel": 7,
    "strides": 4,
    "dilation_rate": 6,
    "pool_size": 7,
    "pool_strides": 7,
    "blocks": 36,
    "layers": 64,
    "groups": 64,
    "depth_multiplier": 8,
    "growth_rate": 96,
    "bottleneck_width": 8,
    "filters": 1024,
    "units": 4096,
    "classes": 1000,
    "times": 16,
    "size": 512,
}
_MAIN = frozenset({"strides", "padding", "activation", "dropout", "shortcut"})
_LONGEST = 200  # characters of a value that a browser sends


class Field(NamedTuple):
    """One control. `kind` is the declared one, or text; `reach` is how far its slider goes; `main` ones stand first."""

    name: str
    label: str
    kind: str
    value: Any
    help: str
    low: float = 0
    high: float = 0
    reach: float = 0
    options: tuple[str, ...] = ()
    optional: bool = False
    main: bool = True


def of_item(item: Item) -> tuple[Field, ...]:
    """The fields of a written item."""
    match item:
        case Step(block, name):
            positional = type(block).positional
            declared = declare.params(type(block))
            fields = [_declared(param, getattr(block, param.name), param.name in positional) for param in declared]
            return (*fields, _name(name))
        case Repeat(times):
            return (_times(times),)
        case Parallel(_, merge, name):
            text = "how the branches come together"
            return (Field("merge", "merge", "choice", merge, text, options=tuple(MERGES)), _name(name))
        case _:
            return (_name(item.name),)


def value_of(item: Item, name: str, given: Any) -> Any:
    """What a browser sent for a parameter, as the value to set. Raises ValueError when it can be no value at all.

    Bounds are not looked at: the net refuses what is out of them, saying what is allowed.
    """
    if name in ("name", "merge"):
        if not isinstance(given, str) or len(given) > _LONGEST:
            raise ValueError(f"{name} must be a word")
        return given.strip()
    if name == "times":
        return plain(given)
    if isinstance(item, Step) and any(param.name == name for param in declare.params(type(item.block))):
        return plain(given)
    raise ValueError("this block has no such parameter")


def plain(given: Any) -> Any:
    """A JSON value as a number, word, flag, none or tuple of numbers. Raises ValueError for anything else."""
    if given is None or isinstance(given, (bool, int)):
        return given
    if isinstance(given, float):
        if not math.isfinite(given):
            raise ValueError("this is no number")
        return int(given) if given.is_integer() and abs(given) < 2**53 else given
    if isinstance(given, str):
        return given[:_LONGEST]
    if isinstance(given, list) and len(given) <= _LONGEST and all(type(v) in (int, float, str) for v in given):
        return tuple(plain(v) for v in given)
    raise ValueError("this is no value of a parameter")


def _declared(param: Param, value: Any, positional: bool) -> Field:
    changed = param.required or value != param.default
    high = float(param.options[0]) if param.kind == "integers" else param.high
    return Field(
        param.name,
        re.sub(r"(?<=\d)x(?=\d)", "×", param.name).replace("_", " "),
        param.kind,
        value,
        f"{param.help} ({param.allowed})" if param.kind not in ("choice", "flag") else param.help,
        param.low,
        high,
        min(max(_USUAL.get(param.name, _default_reach(param)), _largest(value) * 1.5), param.high),
        () if param.kind == "integers" else param.options,
        param.optional,
        positional or changed or param.name in _MAIN,
    )


def _default_reach(param: Param) -> float:
    return 1024 if param.high > 1000 else param.high


def _largest(value: Any) -> float:
    numbers = value if isinstance(value, tuple) else (value,)
    return max([n for n in numbers if isinstance(n, (int, float))], default=0)


def _times(times: int) -> Field:
    reach = max(_USUAL["times"], times * 1.5)
    return Field("times", "times", "integer", times, "how many times the sequence is built", 1, MOST_TIMES, reach)


def _name(name: str) -> Field:
    text = f"a name of its own, for layers and diagram: letters, digits and _, at most {NAME_LENGTH}"
    return Field("name", "name", "text", name, text, main=bool(name))
