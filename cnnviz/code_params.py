"""What differs between the uses of one generated function: it becomes a parameter, named as the block declares it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .code_items import Function, Item, Loop, Ref, Statement

_RESERVED = {"layers": "num_layers", "name": "name_", "x": "x_"}  # words that generated code uses itself
_SHORTCUTS = {
    "shortcut_conv": "projection",
    "shortcut_pad": "padded",
    "shortcut_subsample": "padded",
    "shortcut_pool": "pooled",
}
# A width that is a multiple of one of these is so by chance.
_NO_WIDTH = ("kernel_size", "pool_size", "strides", "blocks")


def free_name(name: str) -> str:
    """A parameter's name that does not hide one that generated code needs."""
    return _RESERVED.get(name, name)


class Naming:
    """The parameters of one function under construction: for each its name and its value at each call."""

    def __init__(self, declared: dict[str, list[Any]]) -> None:
        self.declared = {name: [_plain(value) for value in values] for name, values in declared.items()}
        self.vectors: dict[str, list[Any]] = {}

    def value(self, values: list[Any], key: str, local: str) -> Any:
        """What stands in the function for an argument called `key` of layer `local` that has these values."""
        if all(_same(value, values[0]) for value in values):
            return values[0]
        for name in (local, key, *self.declared):
            if name in self.declared and _equal(self.declared[name], values):
                return Ref(self._take(name, values))
        for name, vector in {**self.declared, **self.vectors}.items():
            if not name.endswith(_NO_WIDTH) and (factor := _factor(vector, values)):
                return Ref(self._take(name, vector), factor)
        name = key
        if name in self.declared or (name in self.vectors and not _equal(self.vectors[name], values)):
            name = f"{local}_{key}"
        while name in self.vectors and not _equal(self.vectors[name], values):
            name += "_"
        return Ref(self._take(name, values))

    def _take(self, name: str, values: list[Any]) -> str:
        name = free_name(name)
        self.vectors.setdefault(name, values)
        return name

    def ordered(self, positional: list[str]) -> tuple[str, ...]:
        """The parameters, those first that the notation takes without their names."""
        leading = [name for name in positional if name in self.vectors]
        return (*leading, *(name for name in self.vectors if name not in leading))


def unified(items: list[Item], naming: Naming) -> Item:
    """One item that stands for those at the same place in several scopes."""
    first = items[0]
    if isinstance(first, Loop):
        rounds = [item for item in items if isinstance(item, Loop)]
        last = naming.value([item.last for item in rounds], "repeats", "last")
        body = [unified([item.body[k] for item in rounds], naming) for k in range(len(first.body))]
        return replace(first, body=[part for part in body if isinstance(part, Statement)], last=last)
    statements = [item for item in items if isinstance(item, Statement)]
    values = {
        key: naming.value([statement.values[key] for statement in statements], key, first.local) for key in first.values
    }
    shown = {key for key in values if isinstance(values[key], Ref)}
    return replace(first, values=values, left_out=first.left_out - shown)


def _plain(value: Any) -> Any:
    """A declared value as Keras' arguments have it: one number for a square pair."""
    if isinstance(value, tuple) and len(value) == 2 and value[0] == value[1]:
        return value[0]
    return value


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _equal(one: list[Any], other: list[Any]) -> bool:
    return all(map(_same, one, other))


def _factor(vector: list[Any], values: list[Any]) -> int:
    """The whole number over 1 by which all values exceed the vector's, or 0."""
    if not all(type(value) is int for value in (*vector, *values)) or not vector[0] or values[0] % vector[0]:
        return 0
    factor: int = values[0] // vector[0]
    return factor if factor > 1 and values == [factor * number for number in vector] else 0


def name_functions(functions: list[Function]) -> None:
    """Give each function the word of its block; several of one word are told apart by what only one has."""
    taken: set[str] = set()
    for function in functions:
        others = {name for other in functions if other.word == function.word and other is not function
                  for name in _locals(other)}  # fmt: skip
        own = [name for name in _locals(function) if name not in others] if others else []
        name = function.word
        if own and (name in taken or own[0].startswith("shortcut")):
            name = f"{name}_{_SHORTCUTS.get(own[0], own[0])}"
        base, number = name, 2
        while name in taken:
            name = f"{base}_{number}"
            number += 1
        taken.add(name)
        function.name = name


def _locals(function: Function) -> list[str]:
    return [item.local for item in function.items if isinstance(item, Statement)]
