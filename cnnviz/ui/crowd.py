"""How many pages of a server are open, and whether there is room for one more.

The bound is the operator's, CNNVIZ_VISITORS: pages open at once, 200 if left out, 0 for no bound. Who is in stays in;
who has lost the connection makes room, and is let in again on return. Who waits is let in as soon as somebody leaves.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

MOST = 200  # pages open at once


class Crowd:
    """The pages that are open. Every method may be called from any thread."""

    def __init__(self, most: int) -> None:
        """`most` pages at once; 0 for no bound."""
        self.most = most
        self._inside: set[str] = set()
        self._lock = threading.Lock()

    def admits(self, page: str, is_open: Callable[[str], bool]) -> bool:
        """Whether there is room for a page, which then counts. `is_open` tells which of the others are still there."""
        with self._lock:
            if page not in self._inside:
                self._inside = {other for other in self._inside if is_open(other)}
                if self.most and len(self._inside) >= self.most:
                    return False
                self._inside.add(page)
            return True

    def returns(self, page: str) -> None:
        """A page that was let in before: it counts again if it had been lost, and is never turned away."""
        with self._lock:
            self._inside.add(page)


def bound(given: str | None) -> int:
    """The most pages at once that an operator's text says. Raises ValueError."""
    if not given:
        return MOST
    if not (given.isascii() and given.isdecimal() and int(given) <= 1_000_000):
        raise ValueError(f"CNNVIZ_VISITORS must be a whole number, 0 for no bound, got {given!r:.40}")
    return int(given)


def of_environment() -> Crowd:
    """A crowd within the operator's bound. Raises ValueError."""
    return Crowd(bound(os.environ.get("CNNVIZ_VISITORS")))
