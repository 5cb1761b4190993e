"""A window that slides over a small grid: which cells it covers at each stop, where padding stands, what is never seen.

A grid is a tuple of channels, each a tuple of rows. Sides and windows come from the operation itself (`cnnviz.ops`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from ..ops import Inputs, Shape, Window

Channel = tuple[tuple[int, ...], ...]
Grid = tuple[Channel, ...]


class Sliding(Protocol):
    """What is asked of an operation: convolutions and pooling layers have it."""

    def output_shape(self, inputs: Inputs) -> Shape: ...
    def window(self, inputs: Inputs) -> tuple[Window, Window]: ...


class Axis(NamedTuple):
    """One axis: `side` input cells, `out` stops of a window with `taps` taps, `dilation` cells apart."""

    side: int
    out: int
    taps: int
    dilation: int
    window: Window

    @property
    def before(self) -> int:
        """Padded cells before the first input cell."""
        return self.window.before

    @property
    def after(self) -> int:
        """Padded cells after the last input cell: as far as the last window reaches."""
        return max(self.start(self.out - 1) + self.window.extent - self.side, 0)

    @property
    def uneven(self) -> bool:
        """Whether there is more padding after than before."""
        return self.before != self.after

    def start(self, stop: int) -> int:
        """The input cell under the first tap; below 0 it is padding."""
        return stop * self.window.stride - self.window.before

    def cells(self, stop: int) -> tuple[int, ...]:
        """The input cell under each tap; those below 0 or from `side` on are padding."""
        return tuple([self.start(stop) + tap * self.dilation for tap in range(self.taps)])

    @property
    def unseen(self) -> tuple[int, ...]:
        """Input cells that no tap ever covers."""
        seen = {cell for stop in range(self.out) for cell in self.cells(stop)}
        return tuple([cell for cell in range(self.side) if cell not in seen])


class Stop(NamedTuple):
    """The window at one output cell: the values under its taps, row by row; None stands for a padded cell."""

    row: int
    column: int
    values: tuple[tuple[int | None, ...], ...]  # for each channel, for each tap


def axes(op: Sliding, grid: Grid, taps: Shape, dilation: Shape = (1, 1)) -> tuple[Axis, Axis]:
    """Height and width of an operation on a grid. Raises OpError when a valid window does not fit."""
    shape = (len(grid[0]), len(grid[0][0]), len(grid))
    out, windows = op.output_shape((shape,)), op.window((shape,))
    height, width = (Axis(shape[i], out[i], taps[i], dilation[i], windows[i]) for i in (0, 1))
    return height, width


def stops(grid: Grid, height: Axis, width: Axis) -> Iterator[Stop]:
    """All stops, row by row."""
    for row in range(height.out):
        rows = height.cells(row)
        for column in range(width.out):
            columns = width.cells(column)
            yield Stop(row, column, tuple([_under(channel, rows, columns) for channel in grid]))


def _under(channel: Channel, rows: Sequence[int], columns: Sequence[int]) -> tuple[int | None, ...]:
    inside = range(len(channel)), range(len(channel[0]))
    return tuple([channel[r][c] if r in inside[0] and c in inside[1] else None for r in rows for c in columns])


def shaped(numbers: Sequence[int], height: int, width: int, channels: int) -> Grid:
    """A grid from a flat list: channel by channel, row by row. What is missing is 0."""
    filled = [*numbers, *[0] * (height * width * channels - len(numbers))]
    rows = [tuple(filled[i : i + width]) for i in range(0, height * width * channels, width)]
    return tuple([tuple(rows[i : i + height]) for i in range(0, height * channels, height)])


def flat(grid: Grid) -> tuple[int, ...]:
    """The flat list of a grid."""
    return tuple([value for channel in grid for row in channel for value in row])


def resized(grid: Grid, height: int, width: int, channels: int) -> Grid:
    """The same numbers at the same places under other sides; new cells are 0."""

    def at(channel: int, row: int, column: int) -> int:
        inside = channel < len(grid) and row < len(grid[0]) and column < len(grid[0][0])
        return grid[channel][row][column] if inside else 0

    return tuple(
        [
            tuple([tuple([at(channel, row, column) for column in range(width)]) for row in range(height)])
            for channel in range(channels)
        ]
    )
