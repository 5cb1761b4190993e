"""For how long something has been so, on a clock that nobody sets.

Files tell times of the wall clock, which may jump by a day. Whoever ends a worker because it is late counts himself.
"""

from __future__ import annotations

import time
from collections.abc import Hashable


class Patience:
    """Seconds since each thing was first seen. What is not asked after for `forget` seconds is forgotten."""

    def __init__(self, forget: float = 600.0) -> None:
        self._forget = forget
        self._seen: dict[Hashable, tuple[float, float]] = {}  # when first, when last

    def seconds(self, thing: Hashable) -> float:
        """Seconds since the first question after this thing; 0 at the first."""
        now = time.monotonic()
        self._seen = {known: seen for known, seen in self._seen.items() if now - seen[1] < self._forget}
        first = self._seen.get(thing, (now, now))[0]
        self._seen[thing] = (first, now)
        return now - first
