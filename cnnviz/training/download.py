"""Data sets that keras.datasets can download: fetched in a process of their own, kept complete or not at all.

    python -m cnnviz.training.download NAME [DATA_FOLDER]

Keras' own files go into a folder that is taken away afterwards; what Keras has downloaded before is used. How far it is
stands in DATA_FOLDER/NAME.download.json; DATA_FOLDER/NAME.lock is held as long as the process lives.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import filelock
import numpy as np

from ..declare import shown, suggestion
from . import bounds, datasets, store
from . import folder as files
from .datasets import DATASETS, DataError, DataSet
from .settings import BACKENDS

SILENCE = 30  # seconds without a byte after which a download is given up
NAMES = tuple(name for name, row in DATASETS.items() if row.download)

# What keras.datasets keeps of a data set in its own cache, below KERAS_HOME/datasets.
_CACHED: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "mnist": ("mnist.npz",),
    "fashion_mnist": ("fashion-mnist",),
    "cifar10": ("cifar-10-batches-py-target_archive",),
    "cifar100": ("cifar-100-python-target_archive",),
})


@dataclass(frozen=True)
class Status:
    """Where a download stands: absent, downloading, ready or failed; `done` of `of` bytes; why it failed, in words."""

    state: str
    done: int = 0
    of: int = 0
    message: str = ""


def status(name: str, folder: Path) -> Status:
    """Where the download of a data set stands. Raises DataError for one that is not downloaded."""
    row = _row(name)
    if datasets.read_about(folder / name):
        return Status("ready", row.download, row.download)
    said = files.read_json(_progress(name, folder))
    done = said.get("done") if said else None
    done = min(done, row.download) if isinstance(done, int) else 0
    if _is_held(_lock(name, folder)):
        return Status("downloading", done, row.download)
    if datasets.read_about(folder / name):  # it ended between the two looks
        return Status("ready", row.download, row.download)
    if said is None:
        return Status("absent", 0, row.download)
    message = str(said.get("message") or f"the download of {row.title} was interrupted; start it again")
    return Status("failed", done, row.download, message[:500])


def begin(name: str, folder: Path) -> None:
    """Start a download in a process of its own, unless it is there or on its way. Raises DataError."""
    if status(name, folder).state in ("ready", "downloading"):
        return
    command = [sys.executable, "-m", "cnnviz.training.download", name, str(folder)]
    root = Path(__file__).parent.parent.parent
    nowhere = subprocess.DEVNULL
    try:
        folder.mkdir(parents=True, exist_ok=True)
        process = subprocess.Popen(
            command, cwd=root, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
        _say(name, folder, 0)
    except OSError as error:
        raise DataError(f"cannot download to {store.named(folder)}: {store.words(error)}") from None
    threading.Thread(target=process.wait, daemon=True).start()  # so that no dead process is left


def download(name: str, folder: Path, said: Callable[[int, int], None] = lambda done, of: None) -> None:
    """Fetch a data set, if it is not there. Raises DataError, and then leaves nothing half-made."""
    row = _row(name)
    lock = filelock.FileLock(_lock(name, folder), timeout=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise DataError(f"{row.title} is being downloaded by another process") from None
    except OSError as error:
        raise DataError(f"cannot download to {store.named(folder)}: {store.words(error)}") from None
    try:
        if not datasets.read_about(folder / name):
            _fetch(row, folder, said)
        _progress(name, folder).unlink(missing_ok=True)
    except DataError as error:
        _say(name, folder, 0, str(error))
        raise
    finally:
        lock.release()


def _fetch(row: DataSet, folder: Path, said: Callable[[int, int], None]) -> None:
    with store.making(folder) as home, store.making(folder) as made:
        _reuse(row.name, home)
        with _watched(row, folder, home, said):
            parts = _load(row, home)
        for part, (x, y) in zip(("train", "test"), parts, strict=True):
            np.save(made / f"x_{part}.npy", x, allow_pickle=False)
            np.save(made / f"y_{part}.npy", y, allow_pickle=False)
        train, test = (np.bincount(y, minlength=len(row.classes)).tolist() for _, y in parts)
        assert row.shape is not None
        datasets.write_about(made, row.shape, row.classes, train, test)
        store.move(made, folder / row.name)


def _load(row: DataSet, home: Path) -> list[tuple[Any, Any]]:
    """Training and test part as keras.datasets gives them, checked. Raises DataError with the cause in words."""
    os.environ["KERAS_HOME"] = str(home)
    backends = [name for name in BACKENDS if importlib.util.find_spec(name)]
    os.environ.setdefault("KERAS_BACKEND", backends[0] if backends else "tensorflow")  # Keras does not load without one
    os.environ.update(CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3")
    socket.setdefaulttimeout(SILENCE)
    try:
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # Keras' own progress bar
            loaded = importlib.import_module(f"keras.datasets.{row.name}").load_data()
    except OSError as error:
        raise DataError(f"{row.title} cannot be downloaded: {store.words(error)}") from None
    except Exception as error:  # Keras raises plain ones
        raise DataError(f"{row.title} cannot be downloaded: {_cause(str(error))}") from None
    return [_checked(row, x, y, count) for (x, y), count in zip(loaded, (row.train, row.test), strict=True)]


def _checked(row: DataSet, x: Any, y: Any, count: int) -> tuple[Any, Any]:
    """Pictures uint8 [count, height, width, channels] and labels int64 [count]. Raises DataError."""
    x, y = np.asarray(x), np.asarray(y).reshape(-1).astype(np.int64)
    x = x[..., None] if x.ndim == 3 else x
    fits = x.dtype == np.uint8 and x.shape == (count, *(row.shape or ())) and y.shape == (count,)
    if not fits or y.min() < 0 or y.max() >= len(row.classes):
        raise DataError(f"{row.title} cannot be downloaded: what came is not what was expected; try again later")
    return np.ascontiguousarray(x), y


def _cause(message: str) -> str:
    """Why Keras could not fetch a file: in our words for what is usual, else the beginning of its own."""
    if "URL fetch failure on " in message:
        address, _, reason = message.partition("URL fetch failure on ")[2].partition(": ")
        host = address.split("/")[2] if address.count("/") > 2 else address
        reason = reason.partition(" -- ")[2].strip("<>") or reason
        offline = f"no connection to {shown(host)} ({shown(reason)})"
        return f"{offline}. The digits and the shapes need none; or try again when this machine is online"
    if "corrupted" in message or "hash" in message:
        return "the file that came is damaged; try again"
    return shown(message.strip().splitlines()[0] if message.strip() else "for a reason that Keras does not say")


def _reuse(name: str, home: Path) -> None:
    """Copy what Keras has downloaded before; it checks it."""
    usual = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras", "datasets")
    (home / "datasets").mkdir()
    for kept in _CACHED[name]:
        with suppress(OSError, shutil.Error):
            if (usual / kept).is_dir():
                shutil.copytree(usual / kept, home / "datasets" / kept)
            elif (usual / kept).is_file():
                shutil.copyfile(usual / kept, home / "datasets" / kept)


@contextmanager
def _watched(row: DataSet, folder: Path, home: Path, said: Callable[[int, int], None]) -> Iterator[None]:
    """Say twice a second how many bytes have come."""
    over = threading.Event()

    def watch() -> None:
        last = -1
        while not over.wait(0.5):
            done = min(_bytes(home), row.download)
            if done != last:
                last = done
                _say(row.name, folder, done)
                said(done, row.download)

    _say(row.name, folder, 0)
    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _bytes(home: Path) -> int:
    total = 0
    for path in home.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def _say(name: str, folder: Path, done: int, message: str = "") -> None:
    with suppress(OSError):
        files.write_json(_progress(name, folder), {"done": done, "message": message})


def _row(name: str) -> DataSet:
    if name not in NAMES:
        allowed = ", ".join(NAMES)
        raise DataError(f"{shown(name)} is not downloaded{suggestion(name, NAMES)}; those that are: {allowed}")
    return DATASETS[name]


def _progress(name: str, folder: Path) -> Path:
    return folder / f"{name}.download.json"


def _lock(name: str, folder: Path) -> Path:
    return folder / f"{name}.lock"


def _is_held(lock: Path) -> bool:
    """Whether a process holds the lock; one that only looks does so for an instant."""
    if not lock.exists():
        return False
    for _ in range(3):
        try:
            with filelock.FileLock(lock, timeout=0):
                return False
        except filelock.Timeout:
            threading.Event().wait(0.01)
        except OSError:
            return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Download what the arguments name; the exit code."""
    if len(arguments) not in (1, 2):
        print("say: NAME [DATA_FOLDER]", file=sys.stderr)
        return 2

    def tell(done: int, of: int) -> None:
        print(json.dumps({"done": done, "of": of}), flush=True)

    name = arguments[0]
    try:
        folder = Path(arguments[1]) if arguments[1:] else bounds.read().data
        download(name, folder, tell)
    except (DataError, bounds.BoundsError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{DATASETS[name].title} is in {folder / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
