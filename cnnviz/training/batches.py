"""Batches of a run as Keras takes them on every backend. The order of pictures and what happens to them follow from
(seed, epoch, batch), so a resumed run sees what the undisturbed one would have seen.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from . import augment as augment_of
from . import prepare as prepare_of
from .ahead import Ahead
from .augment import Augment
from .data import Data, Labels, Pictures
from .datasets import Shape
from .prepare import Floats, Prepare
from .settings import Settings

WHOLE = 2**30  # bytes of all pictures at the net's side; beyond, each batch is resized by itself

Batch = tuple[Floats, Floats | tuple[Floats, ...]]


class Batches(keras.utils.PyDataset):
    """(pictures float32 [n, h, w, c], labels one-hot float32 [n, classes], the same for every head).

    `epoch` counts from 0 and is set by `Follow`, or by hand. Without `shuffle` the order is that of the data.
    Give Keras' `fit` shuffle=False: it would put the batches into an order of its own.
    """

    def __init__(
        self,
        pictures: Pictures,
        labels: Labels,
        classes: int,
        prepare: Prepare,
        batch_size: int,
        *,
        heads: int = 1,
        shuffle: bool = False,
        seed: int = 0,
        augment: Augment | None = None,
    ) -> None:
        super().__init__()
        self.epoch = 0
        self.labels = labels
        self._one_hot = np.eye(classes, dtype=np.float32)[labels]
        self._prepare, self._size, self._heads = prepare, batch_size, heads
        self._shuffle, self._seed, self._augment = shuffle, seed, augment or None
        self._is_sized = len(pictures) * math.prod(prepare.shape) <= WHOLE
        self._pictures = prepare.sized(pictures) if self._is_sized else pictures
        self._order: tuple[int, npt.NDArray[np.intp]] = (-1, np.arange(len(labels)))
        is_slow = not self._is_sized or (augment is not None and bool(augment.rotation or augment.zoom))
        size = 4 * batch_size * math.prod(prepare.shape)
        self._ahead = Ahead(self._made, len(self), size) if is_slow else None

    def __len__(self) -> int:
        return -(-len(self.labels) // self._size)

    def __getitem__(self, index: int) -> Batch:
        return self._ahead.get(self.epoch, index) if self._ahead else self._made(self.epoch, index)

    def _made(self, epoch: int, index: int) -> Batch:
        rows = self._rows(epoch)[index * self._size : (index + 1) * self._size]
        pictures = self._pictures[rows]
        if not self._is_sized:
            pictures = self._prepare.sized(pictures)
        if self._augment:
            random = np.random.default_rng((self._seed, epoch, index, 1))
            pictures = self._augment(pictures, self._prepare.blank, random)
        labels = self._one_hot[rows]
        return self._prepare.normalised(pictures), labels if self._heads == 1 else (labels,) * self._heads

    def _rows(self, epoch: int) -> npt.NDArray[np.intp]:
        """The order of an epoch; the last one is kept, in one assignment, since threads may read ahead."""
        made, order = self._order
        if self._shuffle and made != epoch:
            order = np.random.default_rng((self._seed, epoch)).permutation(len(self.labels))
            self._order = (epoch, order)
        return order


class Follow(keras.callbacks.Callback):
    """Tells training batches which epoch it is; it comes first among the callbacks."""

    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._batches.epoch = epoch


def training(data: Data, settings: Settings, shape: Shape, heads: int = 1) -> Batches:
    """The training part for a net of this input shape and so many outputs. Raises DataError."""
    return Batches(
        data.x_train,
        data.y_train,
        len(data.classes),
        prepare_of.of(data, shape),
        settings.batch_size,
        heads=heads,
        shuffle=True,
        seed=settings.seed,
        augment=augment_of.of(settings),
    )


def validation(data: Data, settings: Settings, shape: Shape, heads: int = 1) -> Batches:
    """The validation part, in order and unchanged. Raises DataError."""
    prepare = prepare_of.of(data, shape)
    return Batches(data.x_val, data.y_val, len(data.classes), prepare, settings.batch_size, heads=heads)
