"""Data sets on disk: made in a folder of their own and moved into place when they are complete."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil

from ..declare import shown
from ..disk import words as words
from .datasets import DataError, Shape

_MAKING = ".making-"
_FORGOTTEN = 6 * 3600  # seconds after which what a killed process left is taken away


@contextmanager
def making(place: Path) -> Iterator[Path]:
    """A fresh folder in `place`, which is gone afterwards unless it was moved. Raises DataError for what disks do."""
    made = place / _name()
    try:
        made.mkdir(parents=True)
        _clear(place)
        yield made
    except OSError as error:
        raise DataError(f"cannot write to {named(place)}: {words(error)}") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def move(made: Path, target: Path) -> None:
    """Put a complete folder in its place, instead of what may be there. Raises OSError."""
    for path in made.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    if target.exists():
        old = made.with_name(_name())
        target.rename(old)
        made.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        made.rename(target)


def named(path: Path) -> str:
    """A folder as it may stand in a message; of a long one the end."""
    text = str(path)
    return shown(text) if len(text) <= 60 else "…" + shown(text[-59:])


def size(place: Path) -> int:
    """Bytes of all data sets in a folder, those being made included."""
    total = 0
    for path in place.glob("*/*"):
        with suppress(OSError):
            total += path.lstat().st_size
    return total


class Writer:
    """Writes pictures one by one into x_train.npy, so that a full disk is an error and not the end of the process.

    (Writing through a memory map would be killed.) `token` is the sha256 of shape, classes, labels and pictures.
    """

    def __init__(self, folder: Path, shape: Shape, count: int) -> None:
        self._folder, self._shape, self._labels = folder, shape, list[int]()
        self._hash = hashlib.sha256()
        self._file = (folder / "x_train.npy").open("wb")
        self._header(count)
        self._start = self._file.tell()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *what: object) -> None:
        self._file.close()

    @property
    def labels(self) -> list[int]:
        return self._labels

    def add(self, picture: npt.NDArray[np.uint8], label: int) -> None:
        """One more picture, of the shape that was said."""
        assert picture.shape == self._shape
        data = picture.tobytes()
        self._file.write(data)
        self._hash.update(data)
        self._labels.append(label)

    def finish(self, classes: Sequence[str], labels: Sequence[int]) -> str:
        """Write labels and the final count; the token."""
        self._file.flush()
        self._file.seek(0)
        self._header(len(labels))
        assert self._file.tell() == self._start  # numpy leaves room for a count of any length
        self._file.close()
        y = np.asarray(labels, np.int64)
        np.save(self._folder / "y_train.npy", y, allow_pickle=False)
        self._hash.update(y.tobytes())
        self._hash.update(json.dumps([self._shape, list(classes)]).encode())
        return self._hash.hexdigest()

    def _header(self, count: int) -> None:
        described = {"descr": "|u1", "fortran_order": False, "shape": (count, *self._shape)}
        np.lib.format.write_array_header_1_0(self._file, described)


def _clear(place: Path) -> None:
    """Take away what killed processes left half-made."""
    for path in place.glob(f"{_MAKING}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _FORGOTTEN and not _is_at_work(path):
                shutil.rmtree(path, ignore_errors=True)


def _name() -> str:
    return f"{_MAKING}{os.getpid()}-{secrets.token_hex(6)}"


def _is_at_work(path: Path) -> bool:
    """Whether the process that makes a folder may still live: the clock alone may have been set."""
    number = path.name.removeprefix(_MAKING).partition("-")[0]
    return number.isascii() and number.isdigit() and len(number) < 10 and psutil.pid_exists(int(number))
