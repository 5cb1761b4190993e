"""The data sets that a net can learn from: what each holds, where it comes from, and how it is split.

Nothing here loads a pixel, so the page may ask at every rerun.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ..declare import shown
from . import folder as files
from .settings import Settings

Shape = tuple[int, int, int]

TOKEN = re.compile(r"[0-9a-f]{64}")
ABOUT = "about.json"  # beside the arrays of a stored data set
VERSION = 1
DIGIT_COUNTS = (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)  # pictures of each digit in scikit-learn's set
SHAPES = ("circle", "ring", "half disc", "crescent", "triangle", "square", "star", "cross", "heart", "arrow")


class DataError(ValueError):
    """Data cannot be had or used; the message is the one line to show."""


@dataclass(frozen=True)
class DataSet:
    """One data set. `shape` is (height, width, channels), None where it depends on what is given.

    `train` and `test` count pictures, of which those without a test part are split; `download` is in bytes.
    """

    name: str
    title: str
    shape: Shape | None
    classes: tuple[str, ...]
    train: int
    test: int
    download: int
    about: str
    source: str


class Count(NamedTuple):
    """Pictures of one class in both parts."""

    name: str
    train: int
    validation: int


@dataclass(frozen=True)
class Described:
    """A data set as these settings split it; `counts` has a row for each class."""

    shape: Shape
    classes: tuple[str, ...]
    train: int
    validation: int
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Stored:
    """What about.json says of a data set on disk: pictures of each class in its training and its test part."""

    path: Path
    shape: Shape
    classes: tuple[str, ...]
    train: tuple[int, ...]
    test: tuple[int, ...]


def describe(settings: Settings, data_folder: Path) -> Described:
    """Shape, classes and number of pictures, without loading any. Raises DataError."""
    chosen = DATASETS[settings.data]
    if settings.data == "digits":
        return _split(_shape(chosen), chosen.classes, DIGIT_COUNTS, settings.validation)
    if settings.data == "shapes":
        whole, rest = divmod(settings.size, len(chosen.classes))
        each = [whole + (label < rest) for label in range(len(chosen.classes))]
        return _split(_shape(chosen), chosen.classes, each, settings.validation)
    kept = stored(settings, data_folder)
    if any(kept.test):
        return _described(kept.shape, kept.classes, kept.train, kept.test)
    return _split(kept.shape, kept.classes, kept.train, settings.validation)


def held_back(count: int, share: float) -> int:
    """How many of a class' `count` pictures validate: about `share`, at least one, and at least one is left."""
    return 0 if count < 2 else min(max(round(count * share), 1), count - 1)


def place(settings: Settings, data_folder: Path) -> Path:
    """The folder of a data set that is kept on disk. Raises DataError for a token that cannot be one."""
    if settings.data != "pictures":
        return data_folder / settings.data
    if not TOKEN.fullmatch(settings.pictures):
        raise DataError(f"there are no pictures {shown(settings.pictures)}; give a zip file or a folder of them first")
    return data_folder / "pictures" / settings.pictures


def stored(settings: Settings, data_folder: Path) -> Stored:
    """A data set on disk. Raises DataError where it is not there, saying how to get it."""
    found = read_about(place(settings, data_folder))
    if found:
        return found
    if settings.data == "pictures":
        raise DataError(f"the pictures {settings.pictures[:12]}… are no longer here; give them again")
    chosen = DATASETS[settings.data]
    raise DataError(
        f"{chosen.title} must be downloaded first ({chosen.download / 1e6:.0f} MB): choose it on the Train page, "
        f"or run python -m cnnviz.training.download {chosen.name}"
    )


def read_about(path: Path) -> Stored | None:
    """What a folder says that it holds; None where it holds no data set that can be read."""
    given = files.read_json(path / ABOUT)
    if given is None or given.get("version") != VERSION:
        return None
    try:
        height, width, channels = (int(side) for side in given["shape"])
        classes = tuple(str(name) for name in given["classes"])
        train = tuple(int(count) for count in given["train"])
        test = tuple(int(count) for count in given["test"]) or (0,) * len(classes)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if not len(classes) == len(train) == len(test) or min(height, width, channels, *train) < 0:
        return None
    return Stored(path, (height, width, channels), classes, train, test)


def write_about(
    path: Path, shape: Shape, classes: Sequence[str], train: Sequence[int], test: Sequence[int] = ()
) -> None:
    """Say what a folder holds; the last thing to be written into it."""
    about = {"shape": list(shape), "classes": list(classes), "train": list(train), "test": list(test)}
    files.write_json(path / ABOUT, {"version": VERSION, **about})


def _shape(chosen: DataSet) -> Shape:
    assert chosen.shape is not None
    return chosen.shape


def _split(shape: Shape, classes: Sequence[str], counts: Sequence[int], share: float) -> Described:
    back = [held_back(count, share) for count in counts]
    return _described(shape, classes, [count - held for count, held in zip(counts, back, strict=True)], back)


def _described(shape: Shape, classes: Sequence[str], train: Sequence[int], validation: Sequence[int]) -> Described:
    counts = tuple(Count(*row) for row in zip(classes, train, validation, strict=True))
    return Described(shape, tuple(classes), sum(train), sum(validation), counts)


_CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_FASHION = ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
# fmt: off
_CIFAR100 = (
    "apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy",
    "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock",
    "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest",
    "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn mower", "leopard", "lion", "lizard",
    "lobster", "man", "maple tree", "motorcycle", "mountain", "mouse", "mushroom", "oak tree", "orange", "orchid",
    "otter", "palm tree", "pear", "pickup truck", "pine tree", "plain", "plate", "poppy", "porcupine", "possum",
    "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper",
    "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet pepper", "table", "tank", "telephone",
    "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow tree", "wolf",
    "woman", "worm",
)
# fmt: on
_DIGITS = tuple("0123456789")

_ALL = (
    DataSet(
        "digits",
        "Digits, 8×8",
        (8, 8, 1),
        _DIGITS,
        1_797,
        0,
        0,
        "Real handwritten digits, scanned in grey at 8×8. Here at once; a small net learns them in seconds.",
        "Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI 1998, test part, as scikit-learn has it",
    ),
    DataSet(
        "shapes",
        "Coloured shapes, 32×32",
        (32, 32, 3),
        SHAPES,
        4_000,
        0,
        0,
        "Drawn here: ten bright shapes of any hue, a little turned, over darker clutter and noise; any number of them.",
        "cnnviz, by seed",
    ),
    DataSet(
        "mnist",
        "MNIST",
        (28, 28, 1),
        _DIGITS,
        60_000,
        10_000,
        11_490_434,
        "Handwritten digits in grey at 28×28.",
        "LeCun, Cortes and Burges, 1998, through keras.datasets; CC BY-SA 3.0",
    ),
    DataSet(
        "fashion_mnist",
        "Fashion-MNIST",
        (28, 28, 1),
        _FASHION,
        60_000,
        10_000,
        30_878_645,
        "Pieces of clothing in grey at 28×28; harder than digits.",
        "Xiao, Rasul and Vollgraf, Zalando 2017, through keras.datasets; MIT licence",
    ),
    DataSet(
        "cifar10",
        "CIFAR-10",
        (32, 32, 3),
        _CIFAR10,
        50_000,
        10_000,
        170_498_071,
        "Photographs of animals and vehicles at 32×32; the course's data.",
        "Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009, through keras.datasets",
    ),
    DataSet(
        "cifar100",
        "CIFAR-100",
        (32, 32, 3),
        _CIFAR100,
        50_000,
        10_000,
        169_001_437,
        "Photographs of a hundred kinds of things at 32×32, 500 of each for training.",
        "Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009, through keras.datasets",
    ),
    DataSet(
        "pictures",
        "Your own pictures",
        None,
        (),
        0,
        0,
        0,
        "A zip file or a folder that holds a folder of pictures for each class.",
        "you",
    ),
)

DATASETS: Mapping[str, DataSet] = MappingProxyType({row.name: row for row in _ALL})
