"""Items of generated code → lines of Python: which variable holds what, how a call is printed and broken."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from .code_items import Item, Loop, Ref, Statement
from .keras_layers import LAYERS, Call

WIDTH = 108
INDENT = "    "
_LETTERS = "abcdefgh"
_TAKEN = frozenset({"x", "i", "name", "inputs", "layers", "ops", "keras"})

Variables = dict[int, str]
Namer = Callable[[Statement], str]
Before = Callable[[Item, Item | None], Iterable[str]]


def nothing(item: Item, previous: Item | None) -> Iterable[str]:
    """No comments."""
    return ()


def own_name(statement: Statement) -> str:
    """The layer's name as it is, in the model's own function."""
    return f'"{statement.local}"'


def name_inside(statement: Statement) -> str:
    """The layer's name inside a function that receives `name`."""
    return f'f"{{name}}_{statement.local}"'


def variables_of(
    items: list[Item],
    given: int,
    variable: str,
    outputs: dict[int, str],
    *,
    trunk: str = "x",
    taken: Iterable[str] = (),
) -> Variables:
    """The variable of each value.

    The trunk's variable where nothing else is still needed, else that of an input which is not needed any more, else a
    new one. `outputs` are needed afterwards; those with a name get a variable of that name.
    """
    last_use: dict[int, int] = {}
    for k, item in enumerate(items):
        last_use.update(dict.fromkeys(item.inputs, k))
    chosen: dict[int, str | int] = {given: variable}
    alive = {given}
    fresh = 0
    for k, item in enumerate(items):
        left = {value for value in alive if last_use.get(value, -1) > k or value in outputs}
        used = {chosen[value] for value in left}
        pending = any(last_use.get(value, -1) > k for value in left)
        freed = [chosen[v] for v in item.inputs if v not in left and chosen[v] not in (*used, trunk, variable)]
        if outputs.get(item.output):
            chosen[item.output] = outputs[item.output]
        elif not pending and trunk not in used:
            chosen[item.output] = trunk
        elif freed:
            chosen[item.output] = freed[0]
        elif isinstance(item, Statement) and "shortcut" in item.local and "shortcut" not in used:
            chosen[item.output] = "shortcut"
        else:
            chosen[item.output] = free = next(n for n in count() if n not in used)
            fresh = max(fresh, free + 1)
        alive = left | {item.output}
    names = _fresh_names(fresh, {*taken, *_TAKEN, trunk, *outputs.values(), *(v for v in chosen.values() if v)})
    return {value: names[name] if isinstance(name, int) else name for value, name in chosen.items()}


def _fresh_names(needed: int, taken: set[Any]) -> list[str]:
    """Short names: y for one, a, b, c … for a few."""
    names = ["y"] if needed == 1 else list(_LETTERS) if needed <= len(_LETTERS) else []
    names = [name for name in names if name not in taken]
    number = 0
    while len(names) < needed:
        number += 1
        if f"branch_{number}" not in taken:
            names.append(f"branch_{number}")
    return names


def lines_of(
    items: list[Item], variables: Variables, name_of: Namer, depth: int, before: Before = nothing
) -> list[str]:
    """The lines of some items; `before` gives the comments that go before each."""
    lines: list[str] = []
    previous = None
    for item in items:
        lines += [INDENT * depth + text if text else "" for text in before(item, previous)]
        if isinstance(item, Loop):
            lines += _loop(item, variables, name_of, depth)
        else:
            lines += _statement(item, variables, name_of(item), depth)
        previous = item
    return lines


def _loop(loop: Loop, variables: Variables, name_of: Namer, depth: int) -> list[str]:
    [given] = set(loop.inputs)
    variable = variables[loop.output]
    lines = [] if variables[given] == variable else [f"{INDENT * depth}{variable} = {variables[given]}"]
    after = loop.last + 1 if isinstance(loop.last, int) else f"{value_text(loop.last)} + 1"
    lines.append(f"{INDENT * depth}for i in range({loop.first}, {after}):")
    inside = variables_of(
        list(loop.body), given, variable, {loop.body[-1].output: variable}, trunk=variable, taken=variables.values()
    )
    numbered = {
        part.output: f"{before}{{i{f' {offset:+d}'.replace('+', '+ ').replace('-', '- ') if offset else ''}}}{after}"
        for part, (before, after, offset) in zip(loop.body, loop.names, strict=True)
    }

    def name_in_loop(statement: Statement) -> str:
        prefix = "{name}_" if name_of is name_inside else ""
        return f'f"{prefix}{numbered[statement.output]}"'

    return lines + lines_of(list(loop.body), inside, name_in_loop, depth + 1)


def _statement(statement: Statement, variables: Variables, name: str, depth: int) -> list[str]:
    sources = [variables[source] for source in statement.inputs]
    arguments = _arguments(statement)
    start = f"{INDENT * depth}{variables[statement.output]} = {callee_text(statement)}("
    if isinstance(statement.call, str):
        received = f"[{', '.join(sources)}]" if statement.merge else sources[0]
        return broken(start, [*arguments, f"name={name}"], f")({received})")
    return broken(start, [sources[0], *arguments, f"name={name}"], ")")


def _arguments(statement: Statement) -> list[str]:
    shown = [(key, value) for key, value in statement.values.items() if key not in statement.left_out]
    return [
        value_text(value) if k < statement.bare else f"{key}={value_text(value)}"
        for k, (key, value) in enumerate(shown)
    ]


def callee_text(statement: Statement) -> str:
    """The name of the layer class or function that a statement calls."""
    if isinstance(statement.call, str):
        return "layers." + statement.call[len(LAYERS) :] if statement.call.startswith(LAYERS) else statement.call
    return statement.call.name


def value_text(value: Any) -> str:
    """An argument as Python source."""
    if isinstance(value, Ref):
        return value.name if value.factor == 1 else f"{value.factor} * {value.name}"
    if isinstance(value, Call):
        return f"{value.name}({', '.join(value_text(inner) for inner in value.values.values())})"
    if isinstance(value, str):
        return f'"{value}"'
    return repr(value)


def broken(start: str, arguments: list[str], end: str) -> list[str]:
    """A call in one line, or with its arguments in lines of their own where it would be too long."""
    line = start + ", ".join(arguments) + end
    if len(line) <= WIDTH:
        return [line]
    indent = start[: len(start) - len(start.lstrip())]
    lines = textwrap.wrap(
        ",\x00".join(argument.replace(" ", "\x01") for argument in arguments).replace("\x00", " ") + ",",
        WIDTH - len(indent) - len(INDENT),
        break_long_words=False,
        break_on_hyphens=False,
    )
    inside = [indent + INDENT + text.replace("\x01", " ") for text in lines]
    if len(indent + end) <= WIDTH:
        return [start, *inside, indent + end]
    received = end[3:-2].split(", ")
    return [
        start,
        *inside,
        f"{indent})([",
        *(f"{indent}{INDENT}{text}" for text in _packed(received, indent)),
        f"{indent}])",
    ]


def _packed(names: list[str], indent: str) -> list[str]:
    return textwrap.wrap(", ".join(names) + ",", WIDTH - len(indent) - len(INDENT))
