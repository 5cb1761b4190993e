"""Pictures that somebody gives: a zip file or a folder that holds a folder of pictures for each class.

They come from strangers: every size is bounded before and while it is read, links are not followed, nothing is unpacked
to disk. Kept are numbers alone, complete or not at all: x_train.npy, y_train.npy and about.json in DATA/pictures/TOKEN,
the token being the sha256 of what they hold.

    python -m cnnviz.training.pictures ZIP_OR_FOLDER DATA_FOLDER [SIDE]

does the same in a process of its own, so that a page does not wait: lines of JSON {"done", "of"}, and at the end what
`Taken` holds; or exit code 2 and one line on standard error.
"""

from __future__ import annotations

import json
import math
import shutil
import statistics
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from ..declare import shown
from ..units import exact
from . import datasets, store
from .datasets import DataError, Shape
from .picture_file import Measured, PictureError, decode, measure
from .picture_source import Member, Source, open_folder, open_zip

MOST_CLASSES = 1_000
MOST_PIXELS = 20_000_000_000  # of all pictures as they come
MOST_BYTES = 2**32  # of one set as it is kept
MOST_DISK = 20 * 2**30  # bytes of all sets
LOWEST, HIGHEST, USUAL = 8, 512, 224  # sides; the last is the largest that is chosen by itself
MOST_NAMED = 50  # files left out that are named

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Taken:
    """Pictures that are kept: how to ask for them, what they are, which files were left out, what was changed."""

    token: str
    shape: Shape
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    skipped: tuple[str, ...]
    changes: tuple[str, ...]


def take_zip(
    file: Path | IO[bytes], folder: Path, *, side: int | None = None, progress: Progress | None = None
) -> Taken:
    """Keep the pictures of a zip file below the data folder. Raises DataError, and leaves nothing behind then."""
    with open_zip(file) as source:
        return _take(source, folder, side, progress)


def take_folder(path: Path, folder: Path, *, side: int | None = None, progress: Progress | None = None) -> Taken:
    """Keep the pictures of a folder; only for people who may read this machine's files. Raises DataError."""
    with open_folder(path) as source:
        return _take(source, folder, side, progress)


def _take(source: Source, folder: Path, side: int | None, progress: Progress | None) -> Taken:
    if side is not None and not LOWEST <= side <= HIGHEST:
        raise DataError(f"the side of pictures must be {LOWEST} to {HIGHEST}, got {shown(side)}")
    tell = progress or _nobody
    skipped = list(source.skipped)
    found = _measured(source, skipped, tell)
    labels = sorted({member.label for member, _ in found})
    _check_classes(labels, skipped)
    shape, changes = _shape([measured for _, measured in found], side)
    target = folder / "pictures"
    with store.making(target) as made:
        _check_room(target, len(found) * math.prod(shape))
        with store.Writer(made, shape, len(found)) as writer:
            for i, (member, _) in enumerate(found):
                tell(len(found) + i, 2 * len(found))
                try:
                    writer.add(decode(source.read(member), shape), labels.index(member.label))
                except PictureError as error:
                    skipped.append(f"{member.name}: {error}")
            count = Counter(writer.labels)
            left = [label for label in range(len(labels)) if count[label]]  # others had broken pictures alone
            classes, counts = tuple(labels[label] for label in left), tuple(count[label] for label in left)
            _check_classes(classes, skipped)
            token = writer.finish(classes, [left.index(label) for label in writer.labels])
        datasets.write_about(made, shape, classes, counts)
        if datasets.read_about(target / token) is None:
            store.move(made, target / token)
    return Taken(token, shape, classes, counts, _named(skipped), changes)


def _measured(source: Source, skipped: list[str], tell: Progress) -> list[tuple[Member, Measured]]:
    """The files that are pictures, by their headers. Raises DataError when there is none, or far too much."""
    found: list[tuple[Member, Measured]] = []
    pixels = 0
    for i, member in enumerate(source.members):
        tell(i, 2 * len(source.members))
        try:
            measured = measure(source.read(member))
        except PictureError as error:
            skipped.append(f"{member.name}: {error}")
            continue
        pixels += measured.height * measured.width
        if pixels > MOST_PIXELS:
            raise DataError(f"the pictures declare more than {exact(MOST_PIXELS)} pixels together; give fewer")
        found.append((member, measured))
    return found


def _check_classes(classes: Sequence[str], skipped: Sequence[str]) -> None:
    """Raises DataError unless there is something to tell apart."""
    hint = "give a folder that holds a folder of pictures for each class"
    if not classes:
        why = f" ({skipped[0]})" if skipped else ""
        raise DataError(f"there are no pictures in folders of classes{why}: {hint}")
    if len(classes) == 1:
        raise DataError(f"all pictures are of one class, {shown(classes[0])}: {hint}, two classes or more")
    if len(classes) > MOST_CLASSES:
        raise DataError(f"there are {exact(len(classes))} folders of classes; at most {exact(MOST_CLASSES)}")


def _shape(found: Sequence[Measured], side: int | None) -> tuple[Shape, tuple[str, ...]]:
    """The common size of all pictures, and what that changes, in words. Raises DataError when it would be too much."""
    channels = 1 if all(measured.grey for measured in found) else 3
    sizes = {(measured.height, measured.width) for measured in found}
    height, width = _size(found, sizes, side, channels)
    if len(found) * height * width * channels > MOST_BYTES:
        raise DataError(f"{exact(len(found))} pictures at {height}×{width} are too many; choose a smaller side")
    changes = []
    if sizes != {(height, width)}:
        kinds = "pictures" if len(sizes) == 1 else f"pictures of {exact(len(sizes))} different sizes"
        stretched = ", stretched where they are not square" if any(high != wide for high, wide in sizes) else ""
        changes.append(f"{kinds} are resized to {height}×{width}{stretched}")
    if channels == 3 and any(measured.grey for measured in found):
        changes.append("grey pictures are kept as coloured ones")
    return (height, width, channels), tuple(changes)


def _size(
    found: Sequence[Measured], sizes: set[tuple[int, int]], side: int | None, channels: int
) -> tuple[int, int]:
    """The side that was asked for; else the size that all have; else the median of their shorter sides, bounded."""
    if side is not None:
        return side, side
    fitting = math.isqrt(MOST_BYTES // (len(found) * channels))
    most = min(USUAL, fitting)
    if len(sizes) == 1:
        ((height, width),) = sizes
        if min(height, width) >= LOWEST and max(height, width) <= most:
            return height, width
    median = round(statistics.median(min(measured.height, measured.width) for measured in found))
    chosen = max(LOWEST, min(median, most))
    return chosen, chosen


def _check_room(place: Path, wanted: int) -> None:
    """Raises DataError before the disk is full."""
    if store.size(place) + wanted > MOST_DISK:
        raise DataError(f"with these the pictures kept here take over {exact(MOST_DISK // 2**30)} GiB; delete some")
    if shutil.disk_usage(place).free < wanted + 2**20:
        raise DataError(f"cannot write to {store.named(place)}: the disk is full")


def _named(skipped: Sequence[str]) -> tuple[str, ...]:
    more = len(skipped) - MOST_NAMED
    return (*skipped[:MOST_NAMED], *([f"and {exact(more)} more"] if more > 0 else []))


def _nobody(done: int, of: int) -> None:
    """Progress that nobody asked for."""


def main(arguments: Sequence[str]) -> int:
    """Take the pictures that the arguments name; the exit code."""
    warnings.simplefilter("ignore")  # Pillow's; what matters is said by name
    last = -1

    def tell(done: int, of: int) -> None:
        nonlocal last
        if done * 100 // max(of, 1) != last:
            last = done * 100 // max(of, 1)
            print(json.dumps({"done": done, "of": of}), flush=True)

    try:
        given, folder, *rest = arguments
        side = int(rest[0]) if rest else None
        take = take_folder if Path(given).is_dir() else take_zip
    except ValueError:
        print("say: ZIP_OR_FOLDER DATA_FOLDER [SIDE]", file=sys.stderr)
        return 2
    try:
        print(json.dumps(asdict(take(Path(given), Path(folder), side=side, progress=tell))), flush=True)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
