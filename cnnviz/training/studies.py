"""Studies: several nets trained with the same settings on the same data, to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from .. import zoo
from ..declare import shown
from ..notation import Loaded, NotationError, print_net
from . import bounds, datasets
from .datasets import DataError
from .fit import FitError, fit
from .folder import Config
from .settings import Settings, make

MOST = 24  # nets of one study


class StudyError(ValueError):
    """A study cannot be made; the message is the one line to show."""


class Study(NamedTuple):
    """Nets by name (or as text), what it sets from the defaults, and what to look at when it is done.

    `own` is what a net needs otherwise with the study's own data and settings, in which steps are few.
    """

    name: str
    title: str
    about: str
    nets: tuple[str, ...]
    values: Mapping[str, Any]
    look: str
    own: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


STUDIES: Mapping[str, Study] = MappingProxyType({
    "course": Study(
        "course",
        "The course's six networks",
        "The six networks of the TensorFlow Notes on one data set. The course trains them on CIFAR-10 for 5 epochs; "
        "3,000 generated shapes and 4 epochs take about ten minutes for all six on two cores. There VGG-16 gets a "
        "learning rate of 0.0003: at 0.001, as the others have it, it does not begin to learn in so few steps.",
        (
            "tfnotes-baseline",
            "tfnotes-lenet5",
            "tfnotes-alexnet8",
            "tfnotes-vgg16",
            "tfnotes-inception10",
            "tfnotes-resnet18",
        ),
        MappingProxyType({"data": "shapes", "size": 3_000, "epochs": 4, "learning_rate": 0.001}),
        "Validation accuracy against multiply-adds: what did depth and width buy, and at what cost?",
        MappingProxyType({"tfnotes-vgg16": MappingProxyType({"learning_rate": 0.0003})}),
    ),
    "degradation": Study(
        "degradation",
        "Degradation of plain networks",
        "Plain networks of 20 and 56 layers and the same with shortcuts, as in the ResNet paper. The deeper plain net "
        "has the higher training error; with shortcuts it has not. CIFAR-10 and 20 epochs or more show it best.",
        ("cifar-plain20", "cifar-plain56", "cifar-resnet20", "cifar-resnet56"),
        MappingProxyType({
            "data": "shapes",
            "size": 2_000,
            "epochs": 8,
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "weight_decay": 0.0001,
            "schedule": "step",
            "warmup": 0.05,
        }),
        "Training error, not validation error; and the gradient norms of the first blocks beside those of the last.",
    ),
})


def custom(nets: Iterable[str], title: str = "My study") -> Study:
    """A study of any nets: names of the zoo or notations. Raises StudyError."""
    listed = tuple(dict.fromkeys(text.strip() for text in nets))
    if not 1 <= len(listed) <= MOST:
        raise StudyError(f"a study takes 1 to {MOST} different nets, got {len(listed)}")
    return Study("custom", title[:100], "", listed, MappingProxyType({}), STUDIES["course"].look)


def find(name: str) -> Study:
    """A built-in study. Raises StudyError."""
    if name not in STUDIES:
        raise StudyError(f"there is no study {shown(name)}; there are {', '.join(STUDIES)}")
    return STUDIES[name]


def settings_of(study: Study, given: Mapping[str, Any] = MappingProxyType({})) -> Settings:
    """The study's own settings, with what is given in their place. Raises declare.ParamError."""
    return make({**study.values, **given})


def runs_of(
    study: Study, settings: Settings, *, data_folder: Path | None = None, owner: str = ""
) -> tuple[Config, ...]:
    """What to submit, in order: every net of the study, fitted to the data. Raises StudyError."""
    try:
        described = datasets.describe(settings, data_folder or bounds.read().data)
    except DataError as error:
        raise StudyError(str(error)) from None
    return tuple(
        _config(study, text, settings, described.shape, len(described.classes), owner) for text in study.nets
    )


def _config(
    study: Study, text: str, settings: Settings, shape: tuple[int, int, int], classes: int, owner: str
) -> Config:
    try:
        loaded: Loaded = zoo.find(text)
        fitted = fit(loaded.net, shape, classes)
    except (NotationError, FitError) as error:
        raise StudyError(f"{shown(text)}: {error}") from None
    settings = _own_settings(study, text, settings)
    return Config(print_net(fitted.net), title_of(text), settings, fitted.changes, study.title, owner)


def _own_settings(study: Study, text: str, settings: Settings) -> Settings:
    """The settings with what the net needs otherwise, where they are still the study's own."""
    if settings.data != study.values.get("data"):
        return settings
    usual = settings_of(study)
    own = study.own.get(text, {})
    return replace(settings, **{name: own[name] for name in own if getattr(settings, name) == getattr(usual, name)})


def title_of(text: str) -> str:
    """What a run of that net is called: its name in the zoo, or the notation's beginning."""
    name = text.strip()
    return name if name in zoo.BY_NAME else shown(" ".join(name.split()))[:60]
