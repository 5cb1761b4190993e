"""The settings of a training run: declared once, read by page, link, command line, run folder and worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from .. import declare
from ..declare import choice, flag, integer, real, word

DATA = ("digits", "shapes", "mnist", "fashion_mnist", "cifar10", "cifar100", "pictures")
OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop")
SCHEDULES = ("constant", "step", "cosine")
NUMBER_FORMATS = ("float32", "mixed_float16", "mixed_bfloat16")
BACKENDS = ("tensorflow", "jax", "torch")
DEVICES = ("auto", "cpu", "gpu")


@dataclass(frozen=True)
class Settings:
    """All that a run is told beside its net. Seconds, pixels, degrees and shares (0 to 1) as each help says."""

    data: str = choice(DATA, "what to learn from", "digits")
    pictures: str = word(64, "which of the pictures that were given, by their token", "")
    size: int = integer(100, 200_000, "pictures that the generator draws (shapes only)", 4_000)
    validation: float = real(0.05, 0.5, "share kept for validation where the data has no test part of its own", 0.2)

    optimizer: str = choice(OPTIMIZERS, "how weights follow their gradients", "adam")
    learning_rate: float = real(1e-6, 10.0, "size of a step at its highest", 0.002)
    momentum: float = real(0.0, 0.999, "share of the last step that goes on (sgd only)", 0.9)
    weight_decay: float = real(0.0, 1.0, "share of each kernel taken away at a step, times the learning rate", 0.0)
    schedule: str = choice(SCHEDULES, "how the learning rate changes: step divides it by 10 at 50 % and 75 %", "cosine")
    warmup: float = real(0.0, 0.5, "share of the run in which the learning rate rises from 0", 0.0)

    batch_size: int = integer(1, 8_192, "pictures in one step", 32)
    epochs: int = integer(1, 1_000, "times through all training pictures", 10)
    time_limit: int = integer(0, 604_800, "seconds after which the run stops; 0 for no limit", 0)
    early_stopping: int = integer(0, 1_000, "epochs without a better validation loss before it stops; 0 for never", 0)
    label_smoothing: float = real(0.0, 0.5, "share of certainty taken from the right class", 0.0)
    aux_weight: float = real(0.0, 10.0, "weight of the loss of each auxiliary head", 0.3)

    flip: bool = flag("mirror pictures left to right at random", False)
    shift: int = integer(0, 64, "pixels by which pictures are shifted and cropped at random", 0)
    rotation: int = integer(0, 180, "degrees by which pictures are turned at random, either way", 0)
    zoom: float = real(0.0, 0.5, "share by which pictures grow or shrink at random", 0.0)
    cutout: int = integer(0, 128, "side of a square that is blanked at random, in pixels", 0)

    number_format: str = choice(NUMBER_FORMATS, "format of the numbers; mixed ones compute in 16 bits", "float32")
    xla: str = choice(("auto", "on", "off"), "compile the step with XLA; auto leaves it to Keras", "auto")
    seed: int = integer(0, 2**31 - 1, "where the random numbers begin", 1)
    device: str = choice(DEVICES, "where to compute; auto takes a GPU when there is one", "auto")
    backend: str = choice(BACKENDS, "the library under Keras", "tensorflow")

    def rule(self) -> str | None:
        """What is wrong between settings, if anything."""
        if self.data == "pictures" and not self.pictures:
            return "data=pictures needs pictures: give a zip file or a folder with a folder for each class"
        if self.xla == "on" and self.backend == "torch":
            return "xla=on is for the tensorflow and jax backends; PyTorch has no XLA here"
        return None


class Preset(NamedTuple):
    """Settings under a name: what it changes from the defaults, and where they come from."""

    title: str
    about: str
    values: Mapping[str, Any]


PRESETS: Mapping[str, Preset] = MappingProxyType({
    "default": Preset("Sound defaults", "Adam, cosine schedule, batches of 32.", MappingProxyType({})),
    "tfnotes": Preset(
        "TensorFlow Notes",
        "The CIFAR-10 course's own: Adam at its default rate, batches of 32, 5 epochs, nothing else.",
        MappingProxyType({"learning_rate": 0.001, "schedule": "constant", "epochs": 5}),
    ),
    "coursera": Preset(
        "Residual-network exercise",
        "Adam at its default rate, batches of 32, 2 epochs.",
        MappingProxyType({"learning_rate": 0.001, "schedule": "constant", "epochs": 2}),
    ),
    "ddi": Preset(
        "Five architectures",
        "Plain SGD at Keras' default rate, no momentum.",
        MappingProxyType({"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.0, "schedule": "constant"}),
    ),
    "resnet": Preset(
        "ResNet paper on CIFAR-10",
        "SGD with momentum 0.9 at 0.1, weight decay 0.0001, batches of 128, flips and shifts of 4 pixels, the rate "
        "divided by 10 twice. The paper trains for about 164 epochs; 20 here.",
        MappingProxyType({
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "weight_decay": 0.0001,
            "batch_size": 128,
            "schedule": "step",
            "flip": True,
            "shift": 4,
            "epochs": 20,
        }),
    ),
})


def make(given: Mapping[str, Any]) -> Settings:
    """Settings from named values, those left out at their defaults. Raises declare.ParamError."""
    made: Settings = declare.make(Settings, dict(given))
    return made


def as_dict(settings: Settings) -> dict[str, Any]:
    """All settings by name, as plain data."""
    return declare.values(settings)
