"""How pictures become what a net takes: its side, its channels, normalised. Numpy alone, the same for all backends.

A net sees (picture − mean) / deviation, both of the training pictures and for each channel.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .data import Bytes, Data, Pictures, statistics
from .datasets import DataError, Shape

Floats = npt.NDArray[np.float32]

LUMA = (0.299, 0.587, 0.114)  # share of red, green and blue in grey, ITU-R BT.601
AT_A_TIME = 2**24  # numbers that a resize works on at a time


@dataclass(frozen=True)
class Prepare:
    """From pictures uint8 [count, h, w, c] to a net's input float32 [count, *shape]; `mean` and `std` for 0 to 255."""

    shape: Shape
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __call__(self, pictures: Bytes) -> Floats:
        """The net's input. Raises DataError when channels cannot be adapted."""
        return self.normalised(self.sized(pictures))

    def sized(self, pictures: Pictures) -> Bytes:
        """Pictures at the net's side and with its channels. Raises DataError when channels cannot be adapted."""
        height, width, channels = self.shape
        if pictures.shape[-1] > channels:
            return resized(with_channels(pictures, channels), height, width)
        return with_channels(resized(pictures, height, width), channels)

    def normalised(self, pictures: Bytes) -> Floats:
        """Pictures of the right size as numbers about 0 with deviation 1."""
        count, height, width, _ = pictures.shape
        scale, offset = _repeated(self.mean, self.std, height * width)
        made = np.multiply(pictures.reshape(count, -1), scale, dtype=np.float32)
        made += offset
        return made.reshape(pictures.shape)

    @property
    def blank(self) -> Bytes:
        """The colour that a net sees as (almost) nothing: the mean."""
        return np.rint(self.mean).astype(np.uint8)

    def as_dict(self) -> dict[str, Any]:
        return {"shape": list(self.shape), "mean": list(self.mean), "std": list(self.std)}


def of(data: Data, shape: Shape) -> Prepare:
    """How this data becomes the input of a net. Raises DataError when its channels cannot be adapted."""
    given, wanted = data.x_train.shape[-1], shape[-1]
    if given == wanted:
        return Prepare(shape, data.mean, data.std)
    sample = data.x_train[:: max(1, len(data.x_train) // 2_000)]
    return Prepare(shape, *statistics(with_channels(sample, wanted)))


def read(given: Mapping[str, Any]) -> Prepare:
    """What `as_dict` wrote. Raises DataError for anything else."""
    try:
        height, width, channels = (int(side) for side in given["shape"])
        mean, std = (tuple(float(value) for value in given[name]) for name in ("mean", "std"))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise DataError("the run does not say how pictures become the net's input") from None
    if not len(mean) == len(std) == channels or not all(value > 0 for value in std) or min(height, width) < 1:
        raise DataError("the run does not say how pictures become the net's input")
    return Prepare((height, width, channels), mean, std)


def with_channels(pictures: Pictures, channels: int) -> Bytes:
    """Pictures with so many channels: grey is repeated, colours become grey. Raises DataError for other changes."""
    made = pictures[:]
    given = made.shape[-1]
    if given == channels:
        return made
    if given == 1:
        return np.repeat(made, channels, axis=-1)
    if given == 3 and channels == 1:
        return np.rint(made @ np.asarray(LUMA, np.float32)).astype(np.uint8)[..., None]
    raise DataError(f"the net takes {channels} channels and the pictures have {given}: give the net {given}")


def resized(pictures: Pictures, height: int, width: int) -> Bytes:
    """Pictures at another size: bilinear, and averaging over all that falls into a pixel where they shrink."""
    if pictures.shape[1:3] == (height, width):
        return pictures[:]
    count, high, wide, channels = pictures.shape
    made = np.empty((count, height, width, channels), np.uint8)
    step = max(1, AT_A_TIME // (max(high, height) * max(wide, width) * channels))
    for start in range(0, count, step):
        part = pictures[start : start + step].astype(np.float32)
        part = np.matmul(weights(high, height), part.reshape(-1, high, wide * channels))
        part = part.reshape(-1, height, wide, channels).transpose(0, 1, 3, 2)
        part = np.matmul(np.ascontiguousarray(part).reshape(-1, wide), weights(wide, width).T)
        made[start : start + step] = (part.reshape(-1, height, channels, width) + 0.5).transpose(0, 1, 3, 2)
    return made


@functools.lru_cache(16)
def _repeated(mean: tuple[float, ...], std: tuple[float, ...], pixels: int) -> tuple[Floats, Floats]:
    """Scale and offset for all numbers of a picture: numpy is quick along long rows, not along three channels."""
    scale = 1 / np.asarray(std)
    offset = -np.asarray(mean) * scale
    return np.tile(scale, pixels).astype(np.float32), np.tile(offset, pixels).astype(np.float32)


@functools.lru_cache(64)
def weights(given: int, wanted: int) -> Floats:
    """[wanted, given]: how much of each given pixel a wanted one takes along one side; each row sums to 1."""
    scale = given / wanted
    middle = (np.arange(wanted) + 0.5) * scale - 0.5
    near = np.maximum(1 - np.abs(np.arange(given) - middle[:, None]) / max(scale, 1), 0)
    made: Floats = (near / near.sum(axis=1, keepdims=True)).astype(np.float32)
    made.flags.writeable = False
    return made
