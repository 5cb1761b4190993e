"""How batches come to Keras' loop: on TensorFlow as they are, without a tf.data pipeline around each. In the worker.

Keras wraps Python batches for TensorFlow in `tf.data.Dataset.from_generator`, which costs a millisecond a batch, no
less than a small net's step. Its loop takes plain arrays as well, and `get_data_adapter` takes an adapter that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter


class Feed(PyDatasetAdapter):
    """Keras' adapter of Python batches, which TensorFlow's loop iterates over directly."""

    def get_tf_dataset(self) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._get_iterator())
