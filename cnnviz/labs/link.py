"""A lab's settings in its link, in both directions: read from the same declarations as the widgets and the checks.

A lab's settings are a frozen dataclass of declared parameters (`cnnviz.declare`), each with a default. A link holds
those that differ: `?kernel=5&channels=64&x=5,40`. A size is `3` or `3x5`, a list `1,2,3`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from .. import declare
from ..declare import Param, ParamError

Settings = TypeVar("Settings")
LONGEST = 4_000  # characters of one value


def read(declared: type[Settings], link: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
    """The settings that a link holds, and a line for each part of it that cannot be: that part has its default.

    Names that are no settings are left alone, they may belong to the page.
    """
    given: dict[str, Any] = {}
    wrong: list[str] = []
    for param in declare.params(declared):
        if param.name in link:
            try:
                given[param.name] = param.check(value_of(param, link[param.name]))
            except ParamError as error:
                wrong.append(str(error))
    try:
        return declare.make(declared, given), tuple(wrong)
    except ParamError as error:  # each value is allowed, but not all of them together
        return declare.make(declared, {}), (*wrong, str(error))


def write(settings: Any) -> dict[str, str]:
    """What a link holds for these settings: those that differ from their defaults."""
    return {
        param.name: text_of(param, getattr(settings, param.name))
        for param in declare.params(type(settings))
        if getattr(settings, param.name) != param.default
    }


def value_of(param: Param, text: str) -> Any:
    """The value that a text says; a text that says none stays a text, which the declaration then refuses."""
    if len(text) > LONGEST:
        raise ParamError(param.name, f"{param.name} is too long; at most {LONGEST:,} characters are allowed")
    try:
        match param.kind:
            case "integer":
                return None if param.optional and text == "none" else int(text)
            case "real":
                return float(text)
            case "flag":
                return {"true": True, "false": False}.get(text, text)
            case "size":
                sides = tuple(int(side) for side in text.split("x"))
                return sides[0] if len(sides) == 1 else sides
            case "integers" | "padding":
                return tuple(int(number) for number in text.split(",")) if text else ()
            case _:
                return text
    except ValueError:
        return text


def text_of(param: Param, value: Any) -> str:
    """The value as a link holds it."""
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case tuple():
            if param.kind == "size":
                return str(value[0]) if value[0] == value[1] else "x".join(map(str, value))
            return ",".join(map(str, value))
        case _:
            return str(value)
