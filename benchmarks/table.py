"""What the benchmarks found, as rows of one table: ours, a peer's, the ratio, and the budget where there is one."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_SIDES = "<<>><>>>><"  # to which side each column goes


class Missing(Exception):
    """Something that a benchmark needs is not installed; the message is the line to print."""


class Row(NamedTuple):
    """One comparison. `ours` and `theirs` are seconds, a figure a round; without figures of a peer, `why` says why.

    `least` is the budget: the peer's time over ours must be at least that. `most` is a budget in seconds, for ours.
    `paired`: both took turns under equal conditions, so that the ratio is the median of the pairs' ratios.
    """

    part: str
    what: str
    ours: Sequence[float]
    peer: str
    theirs: Sequence[float]
    least: float | None = None
    most: float | None = None
    paired: bool = False
    why: str = ""

    @property
    def ratio(self) -> float:
        """The peer's time over ours: above 1 ours is faster."""
        if self.paired:
            return statistics.median(their / our for our, their in zip(self.ours, self.theirs, strict=True))
        return statistics.median(self.theirs) / statistics.median(self.ours)

    @property
    def verdict(self) -> str:
        """Whether the budget is met; empty without one."""
        if self.most is not None:
            return _met(statistics.median(self.ours) <= self.most)
        return "" if self.least is None or not self.theirs else _met(self.ratio >= self.least)


def printed(rows: Iterable[Row]) -> str:
    """The table as text, and what its columns mean."""
    cells = [("part", "what", "cnnviz", "±", "peer", "", "±", "cnnviz is", "budget", ""), *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    shapes = [f"{side}{width}" for side, width in zip(_SIDES, widths, strict=True)]
    lines = ["  ".join(map(format, row, shapes)) for row in cells]
    lines.insert(1, "-" * max(map(len, lines)))
    meaning = "Medians of rounds in turns; ± half of the middle half of the rounds. A missed budget is no failure."
    return "\n".join([*(line.rstrip() for line in lines), "", meaning])


def seconds(value: float) -> str:
    """A time in the unit that suits it, with three digits."""
    size, unit = (value, "s") if value >= 1 else (1000 * value, "ms")
    return f"{size:.{2 if size < 10 else 1 if size < 100 else 0}f} {unit}"


def factor(ratio: float) -> str:
    """A ratio in words: `12× faster`, `1.30× slower`."""
    value = max(ratio, 1 / ratio)
    return f"{value:.{2 if value < 10 else 0}f}× {'faster' if ratio >= 1 else 'slower'}"


def _cells(row: Row) -> tuple[str, ...]:
    theirs = (seconds(statistics.median(row.theirs)), _spread(row.theirs)) if row.theirs else (row.why, "")
    budget = ""
    if row.most is not None:
        budget = f"at most {row.most:g} s"
    elif row.least is not None:
        budget = "no slower" if row.least == 1 else _bound(row.least)
    ratio = factor(row.ratio) if row.theirs else ""
    ours = seconds(statistics.median(row.ours)), _spread(row.ours)
    return (row.part, row.what, *ours, row.peer, *theirs, ratio, budget, row.verdict)


def _bound(least: float) -> str:
    return f"{least:g}× faster" if least > 1 else f"at most {1 / least:g}× slower"


def _spread(values: Sequence[float]) -> str:
    """Half the distance between the quartiles, in per cent of the median; nothing for a single round."""
    if len(values) < 2:
        return ""
    low, _, high = statistics.quantiles(values, method="inclusive")
    return f"{50 * (high - low) / statistics.median(values):.0f} %"


def _met(met: bool) -> str:
    return "met" if met else "missed"
