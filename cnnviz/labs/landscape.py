"""A sample picture of a house under the sun, made by a formula, and small patches of it to calculate with.

Its three channels are red, green and blue, each value 0 to 9. A patch is told by its first row and column.
"""

from __future__ import annotations

import functools
from math import atan2, hypot, sin

from .sliding import Grid

ROWS, COLUMNS = 48, 64
BRIGHT = 9
NAMES = ("red", "green", "blue")
EYE = (2, 5, 1)  # eighths of red, green and blue in the brightness, about as the eye sees it

Colour = tuple[int, int, int]  # 0 to 255 each


@functools.cache
def planes() -> Grid:
    """The whole picture: a grid of 48 × 64 values for each of red, green and blue."""
    colours = [[_colour((column + 0.5) / ROWS, (row + 0.5) / ROWS) for column in range(COLUMNS)] for row in range(ROWS)]
    return tuple(
        [tuple([tuple([(colour[at] * BRIGHT + 127) // 255 for colour in row]) for row in colours]) for at in range(3)]
    )


def patch(row: int, column: int, height: int, width: int, channels: int) -> Grid:
    """A patch from this row and column on. One channel is the brightness; two are red and green, three all colours."""
    cut = tuple([tuple([line[column : column + width] for line in plane[row : row + height]]) for plane in planes()])
    if channels > 1:
        return cut[:channels]
    red, green, blue = EYE
    mixed = [
        tuple([(red * r + green * g + blue * b + 4) // 8 for r, g, b in zip(*lines, strict=True)])
        for lines in zip(*cut, strict=True)
    ]
    return (tuple(mixed),)


def names(channels: int) -> tuple[str, ...]:
    """What the channels of a patch are called."""
    return NAMES[:channels] if channels > 1 else ("brightness",)


def held(place: tuple[int, int], sides: tuple[int, int]) -> tuple[int, int]:
    """The place nearest to this one at which a patch of these sides lies inside the picture."""
    return min(place[0], ROWS - sides[0]), min(place[1], COLUMNS - sides[1])


# --- the formula: x from the left and y from the top, both in heights of the picture ----------------------------------


def _colour(x: float, y: float) -> Colour:
    return _house(x - 0.52, y - 0.42) or _tree(x - 1.12, y - 0.52) or _land(x, y) or _sky(x, y)


def _house(x: float, y: float) -> Colour | None:
    """A wall with a door and two windows under a roof with a chimney; (0, 0) is the middle of the eaves."""
    if 0 <= y < 0.36 and abs(x) < 0.25:
        if abs(x) < 0.052 and y > 0.15:
            return 110, 66, 40
        pane_x, pane_y = abs(abs(x) - 0.15), abs(y - 0.13)
        if pane_x < 0.052 and pane_y < 0.064:
            return (226, 205, 178) if min(pane_x, pane_y) < 0.011 else (70, 110, 160)
        return 240, 222, 190
    if -0.24 < y < 0 and abs(x) < 0.32 * (1 + y / 0.24):
        return (184, 66, 52) if round(y * 48) % 2 else (150, 44, 40)
    if -0.25 < y < -0.05 and 0.13 < x < 0.19:
        return 120, 100, 96
    return None


def _tree(x: float, y: float) -> Colour | None:
    if hypot(x, y) < 0.13 + 0.02 * sin(7 * atan2(y, x)):
        return (44, 116, 60) if sin(90 * x) * sin(70 * y) < 0.3 else (92, 160, 74)
    return (104, 74, 48) if abs(x) < 0.025 and 0 < y < 0.33 else None


def _land(x: float, y: float) -> Colour | None:
    """A meadow with a fence, and hills behind it."""
    meadow = 0.72 + 0.03 * sin(5 * x + 2)
    if y > meadow:
        if 0.86 < y < 0.98 and (int(48 * x) % 4 == 0 or int(48 * y) in (43, 45)):
            return 236, 236, 228
        return 96, round(168 - 70 * (y - meadow)), 70
    hills = 0.6 + 0.06 * sin(4.6 * x + 0.6)
    return (128, 156, 150) if y > hills else None


def _sky(x: float, y: float) -> Colour:
    """Brighter towards the ground, with a sun and a cloud."""
    if hypot(x - 0.16, y - 0.17) < 0.085:
        return 255, 220, 90
    if hypot((x - 0.98) / 2.4, y - 0.15) < 0.055 + 0.012 * sin(11 * x):
        return 250, 250, 250
    return round(96 + 120 * y), round(160 + 80 * y), 236
