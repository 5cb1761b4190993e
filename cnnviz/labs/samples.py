"""Small pictures and kernels, each made by a formula: values 0 to 9 for pictures, whole numbers for kernels."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, hypot
from typing import NamedTuple

from .landscape import BRIGHT, EYE
from .sliding import Channel, Grid

Paint = Callable[[int, int, int, int], int]  # row, column, height, width → 0 to 9


def _half(row: int, column: int, height: int, width: int) -> int:
    return BRIGHT if 2 * column >= width else 0


def _gradient(row: int, column: int, height: int, width: int) -> int:
    return column * BRIGHT // max(width - 1, 1)


def _ring(row: int, column: int, height: int, width: int) -> int:
    away = hypot(2 * row - height + 1, 2 * column - width + 1) / max(min(height, width) - 1, 1)
    return max(floor(BRIGHT * (1 - abs(away - 0.68) / 0.55) + 0.5), 0)


def _checkerboard(row: int, column: int, height: int, width: int) -> int:
    return BRIGHT if (row + column) % 2 == 0 else 0


def _corner(row: int, column: int, height: int, width: int) -> int:
    return BRIGHT if 2 * row >= height and 2 * column >= width else 1


def _line(row: int, column: int, height: int, width: int) -> int:
    return BRIGHT if row + column == (height + width) // 2 - 1 else 1


def _texture(row: int, column: int, height: int, width: int) -> int:
    """A background that grows brighter to the right, with fine bright lines on it."""
    background = 1 + 3 * column // max(width - 1, 1)
    return BRIGHT if (row + 2 * column) % 5 == 0 else background


PICTURES: dict[str, tuple[str, Paint]] = {
    "edge": ("Upright edge", _half),
    "gradient": ("Gradient", _gradient),
    "ring": ("Ring", _ring),
    "checkerboard": ("Checkerboard", _checkerboard),
    "corner": ("Corner", _corner),
    "line": ("Slanting line", _line),
    "texture": ("Fine texture", _texture),
}
PATCH = "patch"  # a patch of the landscape, where the reader has put it
OWN = "own"  # numbers that the reader has typed


def picture(name: str, height: int, width: int, channels: int) -> Grid:
    """A sample picture. The second channel has rows and columns exchanged, the third is half as bright as the first."""
    paint = PICTURES[name][1]
    views: tuple[Callable[[int, int], int], ...] = (
        lambda row, column: paint(row, column, height, width),
        lambda row, column: paint(column, row, width, height),
        lambda row, column: (paint(row, column, height, width) + 1) // 2,
    )
    return tuple(
        [
            tuple([tuple([view(row, column) for column in range(width)]) for row in range(height)])
            for view in views[:channels]
        ]
    )


class Kernel(NamedTuple):
    """A kernel by name: the weights of one channel, what their sum is divided by, and what it is for.

    `mix` gives each channel a weight of its own: then `weights` is a single 1, and a channel's weight its factor.
    """

    title: str
    weights: Channel
    divisor: int
    about: str
    mix: tuple[int, ...] = ()


KERNELS: dict[str, Kernel] = {
    "vertical": Kernel(
        "Upright edges",
        ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
        1,
        "The right column minus the left: far from 0 where brightness changes from left to right, 0 on even areas.",
    ),
    "horizontal": Kernel(
        "Level edges",
        ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
        1,
        "The lower row minus the upper: far from 0 where brightness changes from top to bottom.",
    ),
    "blur": Kernel(
        "Blur",
        ((1, 2, 1), (2, 4, 2), (1, 2, 1)),
        16,
        "A weighted mean: all weights are positive and add up to 1, so even areas stay and edges soften.",
    ),
    "sharpen": Kernel(
        "Sharpen",
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
        1,
        "The centre is raised, its neighbours are taken away; the weights add up to 1, so even areas stay.",
    ),
    "outline": Kernel(
        "Outline",
        ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
        1,
        "The centre minus its eight neighbours: the weights add up to 0, so only changes are left, in any direction.",
    ),
    "identity": Kernel(
        "Identity",
        ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
        1,
        "Only the centre counts: what goes in comes out. With padding=same and stride 1 nothing changes at all.",
    ),
    "mix": Kernel(
        "1×1 mix of channels",
        ((1,),),
        8,
        "One cell in place, all channels in depth: a weighted sum of the channels at each place. The eighths 2, 5, 1 "
        "are about what the eye makes of red, green and blue.",
        EYE,
    ),
}


def kernel(name: str, channels: int) -> Grid:
    """The weights of a named kernel for each channel: the same in each, or those of its mix."""
    found = KERNELS[name]
    factors = (found.mix or (1,) * channels)[:channels]
    return tuple([tuple([tuple([weight * factor for weight in row]) for row in found.weights]) for factor in factors])


def divisor(name: str, channels: int) -> int:
    """What the sum of a named kernel is divided by: a mean over several channels stays a mean."""
    found = KERNELS[name]
    return found.divisor if found.mix or found.divisor == 1 else found.divisor * channels
