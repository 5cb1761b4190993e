"""Batches that take time are made in threads before they are asked for (numpy's long loops run side by side)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

MOST_THREADS = 8
MOST_BYTES = 2**28  # of batches that wait

T = TypeVar("T")


class Ahead(Generic[T]):
    """Makes what comes next while what was made is used: `make(epoch, index)` for every index below `length`.

    `size` in bytes of one batch bounds how many wait.
    """

    def __init__(self, make: Callable[[int, int], T], length: int, size: int) -> None:
        self._make, self._length = make, length
        threads = max(1, min(MOST_THREADS, (os.cpu_count() or 2) - 1))
        self._most = max(1, min(2 * threads, MOST_BYTES // max(size, 1)))
        self._pool = ThreadPoolExecutor(threads, "batches")
        self._coming: dict[tuple[int, int], Future[T]] = {}
        self._lock = threading.Lock()

    def get(self, epoch: int, index: int) -> T:
        """The batch, from now on with those behind it on their way."""
        with self._lock:
            wanted = [(epoch, place) for place in range(index, min(index + self._most + 1, self._length))]
            for key in [key for key in self._coming if key not in wanted]:
                self._coming.pop(key).cancel()
            for key in wanted:
                if key not in self._coming:
                    self._coming[key] = self._pool.submit(self._make, *key)
            batch = self._coming.pop((epoch, index))
        return batch.result()
