"""The parts of generated code: statements, functions, and loops found where statements come over and over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

_LONGEST_PERIOD = 16


class Ref(NamedTuple):
    """A parameter of the function that a value stands in, times a whole number."""

    name: str
    factor: int = 1


@dataclass(slots=True)
class Statement:
    """One call of a Keras layer or of a function. `inputs` and `output` are nodes of the graph.

    `local` is the layer's name inside the function that it stands in. `left_out` are arguments at their default.
    """

    call: str | Function
    values: dict[str, Any]
    local: str
    inputs: tuple[int, ...]
    output: int
    merge: bool = False
    bare: int = 0
    left_out: frozenset[str] = frozenset()
    word: str = ""  # the block that it belongs to, for the comment: kind and path
    path: str = ""
    nodes: int = 1


@dataclass(slots=True)
class Loop:
    """Statements repeated from number `first` to `last`, each round on the output of the one before.

    `names` are the parts of each statement's name before and after its number, and how far that is from the counter.
    """

    body: list[Statement]
    names: list[tuple[str, str, int]]
    first: int
    last: int | Ref
    inputs: tuple[int, ...]
    output: int
    nodes: int = 0

    @property
    def word(self) -> str:
        return self.body[0].word

    @property
    def path(self) -> str:
        return self.body[0].path


Item = Statement | Loop


@dataclass(slots=True)
class Function:
    """A function of generated code: a block that comes more than once."""

    word: str
    title: str
    params: tuple[str, ...]
    bare: int
    items: list[Item]
    input: int
    output: int
    name: str = ""


def callee(statement: Statement) -> Any:
    """What a statement calls, to compare."""
    return statement.call if isinstance(statement.call, str) else id(statement.call)


def with_loops(items: list[Item], escaping: set[int], fewest: int) -> list[Item]:
    """The items with runs of at least `fewest` like statements as loops. `escaping` values are read elsewhere."""
    finder = _LoopFinder(items, escaping)
    found: list[Item] = []
    at = 0
    while at < len(items):
        loop, length = None, 1
        for period in range(1, min(_LONGEST_PERIOD, (len(items) - at) // 2) + 1):
            rounds = finder.rounds(at, period)
            if rounds > 1 and period * (rounds - 1) >= fewest - 1 and period * rounds > length:
                loop, length = finder.loop(at, period, rounds), period * rounds
        found.append(loop or items[at])
        at += length
    return found


class _LoopFinder:
    """Finds where statements come over and over, each round on the output of the one before."""

    def __init__(self, items: list[Item], escaping: set[int]) -> None:
        self.items = items
        self.escaping = escaping
        self.last_user: dict[int, int] = {}
        for position, item in enumerate(items):
            for source in item.inputs:
                self.last_user[source] = position
        self.kinds = [_kind(item, k) for k, item in enumerate(items)]
        self.numbers = [
            [] if isinstance(item, Loop) else [int(number) for number in re.findall(r"\d+", item.local)]
            for item in items
        ]

    def rounds(self, at: int, period: int) -> int:
        """How many times over the `period` statements from `at` come; 0 when they are no round of a loop."""
        if self.kinds[at] != self.kinds[at + period]:
            return 0
        wiring, carried = self._wiring(at, period)
        if carried is None or not self._closed(at, period):
            return 0
        rounds, steps = 1, None
        while True:
            start = at + rounds * period
            if self.kinds[start : start + period] != self.kinds[at : at + period]:
                return rounds
            if self._wiring(start, period) != (wiring, self.items[start - 1].output) or not self._closed(start, period):
                return rounds
            stepped = self._steps(at, start, period, rounds)
            if stepped is None or (steps is not None and stepped != steps):
                return rounds
            if not self._unread(start - 1, start + period):
                return rounds
            steps = stepped
            rounds += 1

    def loop(self, at: int, period: int, rounds: int) -> Loop:
        body = [item for item in self.items[at : at + period] if isinstance(item, Statement)]
        steps = self._steps(at, at + period, period, 1) or []
        first = self.numbers[at][steps[0]]
        names = []
        for k, (statement, step) in enumerate(zip(body, steps, strict=True)):
            match = list(re.finditer(r"\d+", statement.local))[step]
            names.append(
                (statement.local[: match.start()], statement.local[match.end() :], self.numbers[at + k][step] - first)
            )
        _, carried = self._wiring(at, period)
        whole = self.items[at : at + period * rounds]
        return Loop(
            body, names, first, first + rounds - 1, (carried or 0,), whole[-1].output, sum(item.nodes for item in whole)
        )

    def _wiring(self, start: int, period: int) -> tuple[list[tuple[int, ...]], int | None]:
        """Who reads whom inside a round, -1 for what comes from outside, and that value; None unless it is one."""
        part = self.items[start : start + period]
        inside = {item.output: k for k, item in enumerate(part)}
        outside = {source for item in part for source in item.inputs if source not in inside}
        wiring = [tuple(inside.get(source, -1) for source in item.inputs) for item in part]
        return wiring, outside.pop() if len(outside) == 1 else None

    def _closed(self, start: int, period: int) -> bool:
        """Nothing but the last statement's output is read outside the round."""
        return all(self._unread(k, start + period) for k in range(start, start + period - 1))

    def _unread(self, k: int, after: int) -> bool:
        value = self.items[k].output
        return value not in self.escaping and self.last_user.get(value, -1) < after

    def _steps(self, at: int, start: int, period: int, rounds: int) -> list[int] | None:
        """Which number of each layer's name counts the rounds; None when not exactly one of each name does."""
        found = []
        for k in range(period):
            one, other = self.numbers[at + k], self.numbers[start + k]
            differing = [d for d, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
            if len(differing) != 1 or other[differing[0]] != one[differing[0]] + rounds:
                return None
            found.append(differing[0])
        return found


def _kind(item: Item, position: int) -> tuple[Any, ...]:
    """What two statements in different rounds must have in common; a loop is like nothing else."""
    if isinstance(item, Loop):
        return (position,)
    return callee(item), re.sub(r"\d+", "#", item.local), repr(item.values)
