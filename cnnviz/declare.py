"""Declared parameters: one declaration gives the default, the bounds, the help, the check and the widget.

Operations and blocks are frozen dataclasses whose fields are made here. Everything that a user meets (notation,
widgets, validation, documentation) reads the same declaration.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import math
import string
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

Kind = Literal["integer", "real", "size", "choice", "flag", "integers", "padding", "word"]

REQUIRED: Any = dataclasses.MISSING


class ParamError(ValueError):
    """A parameter has a value that is not allowed. `name` is the parameter, or "" for the whole call."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Param(NamedTuple):
    """One declared parameter: its name, what kind of value it takes, its bounds and its one-line help."""

    kind: Kind
    help: str
    default: Any = REQUIRED
    low: float = 0
    high: float = 0
    options: tuple[str, ...] = ()
    optional: bool = False
    name: str = ""

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    @property
    def allowed(self) -> str:
        """What the parameter takes, in words: "1 to 16", "same or valid"."""
        text = _ALLOWED[self.kind](self)
        return f"{text}, or none" if self.optional else text

    def check(self, value: Any) -> Any:
        """The value in its canonical form. Raises ParamError saying what was received and what is allowed."""
        if value is None and self.optional:
            return None
        checked = _CHECKS[self.kind](self, value)
        if checked is _BAD:
            text = f"{self.name} must be {self.allowed}, got {shown(value)}"
            if self.kind == "choice" and isinstance(value, str):
                text += suggestion(value, self.options)
            raise ParamError(self.name, text)
        return checked


def integer(low: int, high: int, help: str, default: Any = REQUIRED, *, optional: bool = False) -> Any:
    """A whole number between `low` and `high`, both allowed."""
    return _field(Param("integer", help, default, low, high, optional=optional))


def real(low: float, high: float, help: str, default: Any = REQUIRED) -> Any:
    """A number between `low` and `high`, both allowed."""
    return _field(Param("real", help, default, low, high))


def size(low: int, high: int, help: str, default: Any = REQUIRED, *, optional: bool = False) -> Any:
    """A (height, width) pair; one number stands for both. Stored as a pair."""
    if isinstance(default, int):
        default = (default, default)
    return _field(Param("size", help, default, low, high, optional=optional))


def choice(options: Iterable[str], help: str, default: Any = REQUIRED, *, optional: bool = False) -> Any:
    """One word out of `options`."""
    return _field(Param("choice", help, default, options=tuple(options), optional=optional))


def flag(help: str, default: Any = REQUIRED) -> Any:
    """true or false."""
    return _field(Param("flag", help, default))


def integers(low: int, high: int, longest: int, help: str, default: Any = REQUIRED) -> Any:
    """A list of whole numbers, each between `low` and `high`, at most `longest` of them."""
    return _field(Param("integers", help, default, low, high, options=(str(longest),)))


def padding(high: int, help: str, default: Any = REQUIRED) -> Any:
    """Rows and columns to add: one number, (height, width), or (top, bottom, left, right). Stored as the last."""
    if isinstance(default, int):
        default = (default,) * 4
    return _field(Param("padding", help, default, 0, high))


def word(longest: int, help: str, default: Any = REQUIRED) -> Any:
    """Letters, digits, - and _, at most `longest` of them; may be empty."""
    return _field(Param("word", help, default, 0, longest))


def _params(declared: type) -> tuple[Param, ...]:
    """The declared parameters of an operation or block class, in order."""
    return tuple(
        field.metadata["param"]._replace(name=field.name)
        for field in dataclasses.fields(declared)
        if "param" in field.metadata
    )


params: Callable[[type], tuple[Param, ...]] = functools.cache(_params)


def values(made: Any) -> dict[str, Any]:
    """The parameters of a made operation or block by name, in the order of their declaration."""
    return {param.name: getattr(made, param.name) for param in params(type(made))}


def check(value: Any) -> None:
    """Check every parameter of a made operation or block, then its own `rule` between parameters. Raises ParamError."""
    for param in params(type(value)):
        given = getattr(value, param.name)
        if param.check(given) != given or type(given) is list:
            raise ParamError(param.name, f"{param.name} must be {param.allowed}, got {shown(given)}")
    check_rule(value)


def check_rule(value: Any) -> None:
    """Check the rule between parameters that the class states in `rule()`, if any. Raises ParamError."""
    broken = value.rule()
    if broken:
        raise ParamError("", broken)


def make(declared: type, given: dict[str, Any]) -> Any:
    """An operation or block from named values, all checked and made canonical. Raises ParamError."""
    known = params(declared)
    names = [param.name for param in known]
    for name in given:
        if name not in names:
            listed = ", ".join(names) if names else "none"
            raise ParamError(name, f"no parameter {shown(name)}{suggestion(name, names)}; it takes {listed}")
    checked = {}
    for param in known:
        if param.name in given:
            checked[param.name] = param.check(given[param.name])
        elif param.required:
            raise ParamError(param.name, f"{param.name} is missing; it must be {param.allowed}")
    made = declared(**checked)
    check_rule(made)
    return made


def suggestion(word: str, known: Iterable[str]) -> str:
    """', did you mean …?' for a near miss among `known`, else nothing."""
    near = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def sentence(said: str) -> str:
    """A message as a sentence: a capital at its beginning, a full stop at its end."""
    said = said.strip()
    if not said:
        return ""
    said = said[0].upper() + said[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."


def shown(value: Any) -> str:
    """A received value as it may stand in a message: short, printable, one line."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, int) and value.bit_length() > 128:
        text = "a number of over 38 digits"
    elif isinstance(value, tuple) and len(value) > 8:
        text = f"a list of {len(value):,} values"
    elif value is None or isinstance(value, bool):
        text = str(value).lower()
    else:
        text = repr(value)
    text = "".join(c if c.isprintable() else "�" for c in text[:61])
    return text[:60] + "…" if len(text) > 60 else text


# --- the kinds of value -----------------------------------------------------------------------------------------------

_BAD: Any = object()


def _field(param: Param) -> Any:
    if param.required:
        return dataclasses.field(metadata={"param": param})
    return dataclasses.field(default=param.default, metadata={"param": param})


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_integer(param: Param, value: Any) -> Any:
    return value if _is_int(value) and param.low <= value <= param.high else _BAD


def _check_real(param: Param, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not param.low <= value <= param.high:
        return _BAD
    return float(value) if math.isfinite(value) else _BAD


def _check_size(param: Param, value: Any) -> Any:
    pair = (value, value) if _is_int(value) else value
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        return _BAD
    return tuple(pair) if all(_check_integer(param, side) is not _BAD for side in pair) else _BAD


def _check_choice(param: Param, value: Any) -> Any:
    return value if isinstance(value, str) and value in param.options else _BAD


def _check_flag(param: Param, value: Any) -> Any:
    return value if isinstance(value, bool) else _BAD


def _check_integers(param: Param, value: Any) -> Any:
    if not isinstance(value, (tuple, list)) or len(value) > int(param.options[0]):
        return _BAD
    return tuple(value) if all(_check_integer(param, v) is not _BAD for v in value) else _BAD


def _check_padding(param: Param, value: Any) -> Any:
    sides = (value,) * 4 if _is_int(value) else value
    if isinstance(sides, (tuple, list)) and len(sides) == 2:
        sides = (sides[0], sides[0], sides[1], sides[1])
    if not isinstance(sides, (tuple, list)) or len(sides) != 4:
        return _BAD
    return tuple(sides) if all(_check_integer(param, v) is not _BAD for v in sides) else _BAD


def _check_word(param: Param, value: Any) -> Any:
    if not isinstance(value, str) or len(value) > param.high:
        return _BAD
    return value if not value.strip(_LETTERS) else _BAD


_LETTERS = string.ascii_letters + string.digits + "-_"

_CHECKS: dict[str, Callable[[Param, Any], Any]] = {
    "integer": _check_integer,
    "real": _check_real,
    "size": _check_size,
    "choice": _check_choice,
    "flag": _check_flag,
    "integers": _check_integers,
    "padding": _check_padding,
    "word": _check_word,
}

_ALLOWED: dict[str, Callable[[Param], str]] = {
    "integer": lambda p: f"{p.low:,} to {p.high:,}",
    "real": lambda p: f"a number from {p.low:g} to {p.high:g}",
    "size": lambda p: f"{p.low:,} to {p.high:,}, or a pair (height, width) of such numbers",
    "choice": lambda p: "one of " + ", ".join(p.options),
    "flag": lambda p: "true or false",
    "integers": lambda p: f"a list [..] of at most {p.options[0]} numbers from {p.low:,} to {p.high:,}",
    "padding": lambda p: f"0 to {p.high:,}, a pair (height, width), or (top, bottom, left, right)",
    "word": lambda p: f"at most {p.high:,} letters, digits, - or _",
}
