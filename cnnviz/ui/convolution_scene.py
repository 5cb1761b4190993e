"""What the stepping component draws, as data: panels of cells, what each step marks and says, facts, a chart.

Everything that it shows is worked out before it is sent; the browser only steps through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from ..labs import landscape
from ..labs.sliding import Axis, Channel
from ..units import MINUS

Number = int | float | Fraction
_NONE: Mapping[str, Any] = MappingProxyType({})


class Control(NamedTuple):
    """A control in a panel's heading. stepper: a number with − and +; select: one of `options`, (value, label) each.

    `name` is the setting; `part` 0 or 1 is which number of a pair, −1 for a single one.
    """

    kind: str
    name: str
    label: str
    value: Any
    low: int = 0
    high: int = 0
    options: tuple[tuple[str, str], ...] = ()
    part: int = -1


class Panel(NamedTuple):
    """A grid of cells. `values` is row by row, None for a padded cell; a panel without any gets them from each step.

    `edit` is the setting that a typed number belongs to, from its cell `first` on. `role`: input, kernel, work, output.
    """

    id: str
    title: str
    role: str
    rows: int
    columns: int
    values: tuple[float | None, ...] = ()
    texts: tuple[str, ...] = ()
    top: float = 9
    edit: str = ""
    first: int = 0
    controls: tuple[Control, ...] = ()
    note: str = ""
    unseen: tuple[int, ...] = ()
    sign: str = ""  # what stands before it: ×, =


class Step(NamedTuple):
    """One step: where it is and what it says.

    `marks`: panel → cells under the window; `picked`: panel → the cells that decide; `cells`: panel → texts of a panel
    that has none of its own, and `values` the numbers behind them, for their colour.
    """

    at: str
    lines: tuple[str, ...]
    marks: Mapping[str, tuple[int, ...]]
    picked: Mapping[str, tuple[int, ...]] = _NONE
    cells: Mapping[str, tuple[str, ...]] = _NONE
    values: Mapping[str, tuple[float, ...]] = _NONE


class Line(NamedTuple):
    """One line of a chart: `values` from step `first` on; `level` lines are dashed."""

    title: str
    values: tuple[float, ...]
    colour: int = 0
    level: bool = False


class Chart(NamedTuple):
    """Lines over the steps, with the names of both axes."""

    title: str
    across: str
    up: str
    lines: tuple[Line, ...]
    first: int = 0  # where the first value stands
    log: bool = False
    here: int = -1  # the value to point at where there are no steps


class Chooser(NamedTuple):
    """A picture with a patch to move on it. `name` is the patch's setting, `value` its first row and column.

    `planes` are the picture's `rows` × `columns` values 0 to 9 of red, green and blue, a digit each, row by row.
    """

    name: str
    value: tuple[int, int]
    sides: tuple[int, int]
    rows: int
    columns: int
    planes: tuple[str, ...]


class Scene(NamedTuple):
    """All of it. `rows` are panels side by side; `step` is what one step is called; `facts` are (label, text) pairs.

    `start` is the number of the step that is shown first, from 1.
    """

    topic: str
    step: str
    rows: tuple[tuple[Panel, ...], ...]
    steps: tuple[Step, ...]
    facts: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    chooser: Chooser | None = None
    start: int = 1


def plain(scene: Scene) -> dict[str, Any]:
    """The scene as it travels."""
    return {
        **scene._asdict(),
        "rows": [[{**p._asdict(), "controls": [c._asdict() for c in p.controls]} for p in row] for row in scene.rows],
        "steps": [_plain_step(step) for step in scene.steps],
        "chooser": scene.chooser and scene.chooser._asdict(),
        "charts": [{**chart._asdict(), "lines": [line._asdict() for line in chart.lines]} for chart in scene.charts],
    }


def _plain_step(step: Step) -> dict[str, Any]:
    found = {name: dict(getattr(step, name)) for name in ("marks", "picked", "cells", "values")}
    return {"at": step.at, "lines": step.lines, **found}


def number(value: Number, digits: int = 2) -> str:
    """A number in short: whole ones as they are, others with at most `digits` places."""
    if isinstance(value, Fraction) and value.denominator == 1:
        value = int(value)
    text = f"{value:,}" if isinstance(value, int) else f"{float(value):,.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", MINUS)


def exact(value: Fraction) -> str:
    """ "= 2.5" where two places say it all, "≈ 2.33" where they do not."""
    return f"{'=' if (value * 100).denominator == 1 else '≈'} {number(value)}"


def factor(value: int) -> str:
    """A number as it stands after a sign: negative ones in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def added(values: Iterable[Number]) -> str:
    """A sum: "3 + 4 − 5"."""
    text = ""
    for value in values:
        if text:
            text += f" {MINUS} {number(-value)}" if value < 0 else f" + {number(value)}"
        else:
            text = number(value)
    return text


def padded(channel: Channel, height: Axis, width: Axis) -> tuple[float | None, ...]:
    """A channel with its padding around it, row by row."""
    empty = [None] * (width.before + width.side + width.after)
    rows: list[Sequence[float | None]] = [empty] * height.before
    rows += [[*[None] * width.before, *row, *[None] * width.after] for row in channel]
    rows += [empty] * height.after
    return tuple([cell for row in rows for cell in row])


def covered(height: Axis, width: Axis, row: int, column: int) -> tuple[int, ...]:
    """The padded cells under the window of an output cell."""
    across = width.before + width.side + width.after
    return tuple(
        [(r + height.before) * across + c + width.before for r in height.cells(row) for c in width.cells(column)]
    )


def unseen(height: Axis, width: Axis) -> tuple[int, ...]:
    """The padded cells that no window covers."""
    across = width.before + width.side + width.after
    lost = (set(height.unseen), set(width.unseen))
    return tuple(
        [
            (r + height.before) * across + c + width.before
            for r in range(height.side)
            for c in range(width.side)
            if r in lost[0] or c in lost[1]
        ]
    )


def steppers(name: str, value: tuple[int, int], low: int, high: int, labels: tuple[str, str]) -> tuple[Control, ...]:
    """Two steppers for a pair of sides."""
    return tuple([Control("stepper", name, labels[part], list(value), low, high, part=part) for part in (0, 1)])


def chooser(name: str, place: tuple[int, int], sides: tuple[int, int]) -> Chooser:
    """The landscape, with a patch of these sides at this place."""
    planes = tuple(["".join([str(value) for line in plane for value in line]) for plane in landscape.planes()])
    return Chooser(name, place, sides, landscape.ROWS, landscape.COLUMNS, planes)


def select(name: str, label: str, value: str, options: Iterable[tuple[str, str]]) -> Control:
    """A list to choose from."""
    return Control("select", name, label, value, options=tuple(options))
