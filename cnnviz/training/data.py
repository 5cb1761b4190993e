"""Pictures and labels of a run, in memory or mapped from disk where they are many; the split follows from the seed."""

from __future__ import annotations

import functools
import gzip
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import shapes
from .datasets import DATASETS, DataError, Stored, held_back, stored
from .settings import Settings

Bytes = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]

IN_MEMORY = 2**28  # bytes of pictures; beyond, they stay on disk and are mapped
SAMPLED = 10_000  # pictures that mean and deviation are taken from, spread evenly


class Rows:
    """Some rows of an array on disk, read when they are asked for. Indexed by a number, a slice or an array."""

    def __init__(self, array: Bytes, rows: Labels) -> None:
        self._array, self._rows = array, rows
        self.shape = (len(rows), *array.shape[1:])
        self.dtype = array.dtype

    @property
    def nbytes(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int | slice | Labels) -> Bytes:
        return np.asarray(self._array[self._rows[index]])


Pictures = Bytes | Rows


@dataclass(frozen=True)
class Data:
    """What a run learns from: pictures uint8 [count, height, width, channels], labels int64 [count].

    `mean` and `std` are those of the training pictures, for each channel, on the scale from 0 to 255.
    """

    x_train: Pictures
    y_train: Labels
    x_val: Pictures
    y_val: Labels
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]


def load(settings: Settings, data_folder: Path) -> Data:
    """All pictures that these settings name, split. Raises DataError."""
    classes = DATASETS[settings.data].classes
    if settings.data == "digits":
        return _split(*digits(), classes, settings)
    if settings.data == "shapes":
        return _split(*shapes.draw(settings.size, settings.seed), classes, settings)
    kept = stored(settings, data_folder)
    x, y = _read(kept, "train")
    if not any(kept.test):
        return _split(x, y, kept.classes, settings)
    x_val, y_val = _read(kept, "test")
    return Data(_near(x), y, _near(x_val), y_val, kept.classes, *statistics(x))


def preview(settings: Settings, data_folder: Path, per_class: int, most: int = 100) -> Mapping[str, Bytes]:
    """The first pictures [count, height, width, channels] of each class, `most` classes at most. Raises DataError."""
    classes = DATASETS[settings.data].classes
    if settings.data == "digits":
        x, y = digits()
    elif settings.data == "shapes":
        x, y = shapes.draw(min(settings.size, per_class * len(classes)), settings.seed)
    else:
        kept = stored(settings, data_folder)
        (x, y), classes = _read(kept, "train"), kept.classes
    return {
        name: np.array(x[np.flatnonzero(y == label)[:per_class]]) for label, name in enumerate(classes[: max(most, 0)])
    }


@functools.cache
def digits() -> tuple[Bytes, Labels]:
    """scikit-learn's 1,797 handwritten digits [1797, 8, 8, 1], read from its file: importing it takes a second."""
    found = importlib.util.find_spec("sklearn")
    if found is None or found.origin is None:
        raise DataError("the digits come with scikit-learn, which is not installed; take data=shapes, or install it")
    try:
        with gzip.open(Path(found.origin).parent / "datasets" / "data" / "digits.csv.gz", "rt") as file:
            table = np.loadtxt(file, delimiter=",", dtype=np.float32)
        x = np.rint(table[:, :64] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
    except (OSError, EOFError, ValueError, IndexError):
        raise DataError("scikit-learn's digits cannot be read; take data=shapes, or install it again") from None
    y = table[:, -1].astype(np.int64)
    x.flags.writeable = y.flags.writeable = False  # shared by all who ask
    return x, y


def statistics(x: Pictures) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel, of at most SAMPLED pictures; a constant channel deviates by 1."""
    step = max(1, -(-len(x) // SAMPLED))
    counts = np.zeros((x.shape[-1], 256), np.int64)
    for start in range(0, len(x), 500 * step):
        part = x[start : start + 500 * step : step]
        for channel, count in enumerate(counts):
            count += np.bincount(part[..., channel].ravel(), minlength=256)
    values = np.arange(256)
    total = np.maximum(counts.sum(axis=1), 1)
    mean = counts @ values / total
    variance = counts @ values**2 / total - mean**2
    std = np.where(variance > 1e-6, np.sqrt(np.maximum(variance, 0)), 1.0)
    return tuple(mean.tolist()), tuple(std.tolist())


def _read(kept: Stored, part: str) -> tuple[Bytes, Labels]:
    """One part of a stored data set, its pictures mapped. Raises DataError when it is not what it says it is."""
    count = sum(kept.train if part == "train" else kept.test)
    try:
        x = np.load(kept.path / f"x_{part}.npy", mmap_mode="r", allow_pickle=False)
        y = np.load(kept.path / f"y_{part}.npy", allow_pickle=False).astype(np.int64)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"the data in {kept.path.name[:20]} cannot be read: {_words(error)}") from None
    fits = x.shape == (count, *kept.shape) and x.dtype == np.uint8 and y.shape == (count,)
    if not fits or (count and not 0 <= y.min() <= y.max() < len(kept.classes)):
        raise DataError(f"the data in {kept.path.name[:20]} does not fit its description; download it again")
    return x, y


def _split(x: Bytes, y: Labels, classes: tuple[str, ...], settings: Settings) -> Data:
    """Hold back a share of each class for validation, chosen by the seed."""
    random = np.random.default_rng(settings.seed)
    back = np.zeros(len(y), bool)
    for label in range(len(classes)):
        rows = np.flatnonzero(y == label)
        back[random.permutation(rows)[: held_back(len(rows), settings.validation)]] = True
    if back.all() or not back.any():
        raise DataError(f"{len(y)} pictures are too few: training needs at least two of a class")
    here, there = np.flatnonzero(~back), np.flatnonzero(back)
    many = isinstance(x, np.memmap) and x.nbytes > IN_MEMORY
    x_train, x_val = (Rows(x, here), Rows(x, there)) if many else (np.array(x[here]), np.array(x[there]))
    return Data(x_train, y[here], x_val, y[there], classes, *statistics(x_train))


def _near(x: Bytes) -> Bytes:
    """Pictures from disk in memory, unless they are many."""
    return x if x.nbytes > IN_MEMORY else np.array(x)


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "a file is damaged"
