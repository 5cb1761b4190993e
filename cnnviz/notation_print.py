"""Net → text: the canonical notation, as `notation` reads it."""

from __future__ import annotations

from typing import Any

from . import declare
from .blocks import Block
from .declare import Param
from .net import Aux, Item, Net, Parallel, Repeat, Step
from .ops import Op

_LINE_WIDTH = 100


def print_net(net: Net, *, one_line: bool = False) -> str:
    """The canonical text of a net: one block a line, or all in one line for links."""
    width = 0 if one_line else _LINE_WIDTH
    parts = [print_declared(net.input), *(print_item(item, width=width) for item in net.items)]
    return "; ".join(parts) if one_line else "\n".join(parts) + "\n"


def print_item(item: Item, *, width: int = 0) -> str:
    """One item as it is written; with `width`, branches stand on lines of their own when a line would be longer."""
    match item:
        case Step():
            return print_declared(item.block, item.name)
        case Repeat(times, (only,)) if not isinstance(only, Repeat):
            return f"{times} * {print_item(only, width=width)}"
        case Repeat():
            return f"{item.times} * {_print_list(item.items)}"
        case Parallel():
            merge = [f"merge={item.merge}"] if item.merge != "concat" else []
            arguments = [*map(_print_list, item.branches), *merge]
        case Aux():
            arguments = [_print_list(item.items)]
    if item.name:
        arguments.append(f"name={item.name}")
    text = f"{item.word}({', '.join(arguments)})"
    if width and len(text) > width:
        inside = "".join(f"  {argument},\n" for argument in arguments)
        text = f"{item.word}(\n{inside})"
    return text


def print_declared(block: Block | Op, name: str = "") -> str:
    """A block as it is written: required and leading arguments bare, the others named, defaults left out."""
    positional = [*type(block).positional]
    arguments = []
    for param in declare.params(type(block)):
        value = getattr(block, param.name)
        default = not param.required and value == param.default
        if positional and param.name == positional[0] and not default:
            positional.pop(0)
            arguments.append(print_value(param, value))
        else:
            positional.clear()
            if not default:
                arguments.append(f"{param.name}={print_value(param, value)}")
    if name:
        arguments.append(f"name={name}")
    return f"{block.word}({', '.join(arguments)})"


def print_value(param: Param, value: Any) -> str:
    """One parameter's value as it is written."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if param.kind == "integers":
        return f"[{', '.join(map(str, value))}]"
    if param.kind == "padding" and value[0] == value[1] and value[2] == value[3]:
        value = value[0] if value[0] == value[2] else (value[0], value[2])
    elif param.kind == "size" and value[0] == value[1]:
        value = value[0]
    elif param.kind == "real":
        return short if float(short := f"{value:g}") == value else repr(value)
    return str(value)


def _print_list(items: tuple[Item, ...]) -> str:
    return f"[{', '.join(map(print_item, items))}]"
