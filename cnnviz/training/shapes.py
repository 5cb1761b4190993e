"""Pictures of bright geometric shapes, drawn by seed: ten classes over darker gradients, clutter and noise.

Each shape is a signed distance: negative inside, zero on its edge, in units of its radius. Pictures are drawn in blocks
that depend on the seed and the block's number alone, so a smaller set is the beginning of a larger one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from .datasets import SHAPES

SIDE = 32
TURN = math.radians(40)  # most that a shape is turned, either way
BLOCK = 200  # pictures drawn at a time; a multiple of the classes

Floats = Any  # an array of float32; what numpy's functions give is not told to the type checker
Distance = Callable[[Floats, Floats], Floats]


def draw(count: int, seed: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """`count` pictures [count, 32, 32, 3] and their labels, classes in turn; the same for the same seed."""
    pictures = np.empty((count, SIDE, SIDE, 3), np.uint8)
    for start in range(0, count, BLOCK):
        part = pictures[start : start + BLOCK]
        part[:] = _block(np.random.default_rng((seed, start // BLOCK)))[: len(part)]
    return pictures, np.arange(count, dtype=np.int64) % len(SHAPES)


def _block(random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """BLOCK pictures: background, clutter behind, the shape, a little clutter before it, noise."""
    picture = _background(random)
    for _ in range(3):
        _paint(picture, _stroke(random, 5.0), random.uniform(0, 200, (BLOCK, 1, 1, 3)))
    _paint(picture, _shapes(random), _bright(random))
    _paint(picture, _stroke(random, 3.0), random.uniform(0, 200, (BLOCK, 1, 1, 3)))
    noise = random.standard_normal(picture.shape, dtype=np.float32)
    picture += noise * random.uniform(3, 20, (BLOCK, 1, 1, 1)).astype(np.float32)
    made: npt.NDArray[np.uint8] = np.clip(picture, 0, 255).astype(np.uint8)
    return made


def _grid() -> tuple[Floats, Floats]:
    """Places of the pixels in pixels from the middle: x [1, 1, 32], y [1, 32, 1]."""
    line = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    return line[None, None, :], line[None, :, None]


def _draws(random: np.random.Generator, low: float, high: float) -> Floats:
    return random.uniform(low, high, (BLOCK, 1, 1)).astype(np.float32)


def _background(random: np.random.Generator) -> Floats:
    """A darkish colour that changes along a direction, [BLOCK, 32, 32, 3]."""
    shades = random.uniform(0, 130, (BLOCK, 1, 1, 3)).astype(np.float32)
    x, y = _grid()
    angle = _draws(random, 0, 2 * math.pi)
    along = (x * np.cos(angle) + y * np.sin(angle)) / SIDE
    return shades + along[..., None] * random.uniform(-60, 60, (BLOCK, 1, 1, 3)).astype(np.float32)


def _bright(random: np.random.Generator) -> Floats:
    """A brightish colour for each picture: of any hue, its strongest channel from 200 to 255."""
    colour = random.uniform(60, 255, (BLOCK, 1, 1, 3)).astype(np.float32)
    return colour * random.uniform(200, 255, (BLOCK, 1, 1, 1)).astype(np.float32) / colour.max(axis=-1, keepdims=True)


def _paint(picture: Floats, cover: Floats, colour: Floats) -> None:
    picture += cover[..., None] * (colour.astype(np.float32) - picture)


def _stroke(random: np.random.Generator, longest: float) -> Floats:
    """How far a short random stroke covers each pixel, 0 to 1."""
    x, y = _grid()
    x, y = x - _draws(random, -16, 16), y - _draws(random, -16, 16)
    angle, half = _draws(random, 0, math.pi), _draws(random, 0.5, longest)
    cos, sin = np.cos(angle), np.sin(angle)
    along = np.maximum(np.abs(x * cos + y * sin) - half, 0)
    return np.clip(_draws(random, 0.6, 1.6) + 0.5 - np.hypot(along, y * cos - x * sin), 0, 1)


def _shapes(random: np.random.Generator) -> Floats:
    """How far each picture's shape covers each pixel, 0 to 1; the classes take turns."""
    x, y = _grid()
    radius, angle = _draws(random, 8, 13), _draws(random, -TURN, TURN)
    reach = np.maximum(15 - radius, 0)
    x = x - reach * _draws(random, -1, 1)
    y = y - reach * _draws(random, -1, 1)
    cos, sin = np.cos(angle) / radius, np.sin(angle) / radius
    stretch = _draws(random, 0.85, 1.15)
    u, v = (x * cos + y * sin) * stretch, (y * cos - x * sin) / stretch
    distance = np.empty_like(u)
    for label, name in enumerate(SHAPES):
        rows = slice(label, None, len(SHAPES))
        distance[rows] = DISTANCES[name](u[rows], v[rows])
    return np.clip(0.5 - distance * radius, 0, 1)


# --- the shapes -------------------------------------------------------------------------------------------------------


def _circle(u: Floats, v: Floats) -> Floats:
    return np.hypot(u, v) - 0.9


def _ring(u: Floats, v: Floats) -> Floats:
    return np.abs(np.hypot(u, v) - 0.72) - 0.2


def _half_disc(u: Floats, v: Floats) -> Floats:
    return np.maximum(np.hypot(u, v - 0.4) - 1, v - 0.4)


def _crescent(u: Floats, v: Floats) -> Floats:
    return np.maximum(np.hypot(u, v) - 0.95, 0.8 - np.hypot(u - 0.5, v))


def _triangle(u: Floats, v: Floats) -> Floats:
    return np.maximum(v, math.sqrt(0.75) * np.abs(u) - 0.5 * v) - 0.5


def _square(u: Floats, v: Floats) -> Floats:
    return np.maximum(np.abs(u), np.abs(v)) - 0.75


def _star(u: Floats, v: Floats) -> Floats:
    """Five points at radius 1.1 with notches at 0.45: one edge, seen from each tenth of the circle alike."""
    tenth = math.pi / 5
    turn = np.abs((np.arctan2(v, u) + tenth) % (2 * tenth) - tenth)
    length = np.hypot(u, v)
    x, y = length * np.cos(turn), length * np.sin(turn)
    edge_x, edge_y = 0.45 * math.cos(tenth) - 1.1, 0.45 * math.sin(tenth)
    return ((x - 1.1) * edge_y - y * edge_x) / math.hypot(edge_x, edge_y)


def _cross(u: Floats, v: Floats) -> Floats:
    u, v = np.abs(u), np.abs(v)
    return np.maximum(np.maximum(u, v) - 1, np.minimum(u, v) - 0.28)


def _heart(u: Floats, v: Floats) -> Floats:
    """A square on its corner with a disc on each of its upper sides."""
    a, b = (u - v) * math.sqrt(0.5), -(u + v) * math.sqrt(0.5)  # v points down
    discs = np.minimum(np.hypot(a - 0.6, b), np.hypot(a, b - 0.6)) - 0.6
    return np.minimum(discs, np.maximum(np.abs(a), np.abs(b)) - 0.6)


def _arrow(u: Floats, v: Floats) -> Floats:
    head = np.maximum(-u, 0.6 * u + 0.8 * np.abs(v) - 0.66)
    shaft = np.maximum(np.abs(u + 0.5) - 0.6, np.abs(v) - 0.22)
    return np.minimum(head, shaft)


DISTANCES: Mapping[str, Distance] = MappingProxyType({
    "circle": _circle,
    "ring": _ring,
    "half disc": _half_disc,
    "crescent": _crescent,
    "triangle": _triangle,
    "square": _square,
    "star": _star,
    "cross": _cross,
    "heart": _heart,
    "arrow": _arrow,
})
