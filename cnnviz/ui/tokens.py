"""What pages wait for, each under a path of its own that one can only know from this server."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import Generic, TypeVar

from . import addresses

T = TypeVar("T")


class Tokens(Generic[T]):
    """Things that are waited for, by token: at most so many, the oldest are forgotten. Paths begin with `prefix`."""

    def __init__(self, prefix: str, most: int) -> None:
        self._prefix, self._most = prefix, most
        self._things: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def path(self, thing: T) -> str:
        """Register a thing; the path at which one can ask for it."""
        token = token_of(repr(thing))
        with self._lock:
            self._things[token] = thing
            self._things.move_to_end(token)
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return addresses.path(f"{self._prefix}/{token}")

    def find(self, token: str) -> T | None:
        """The thing of a token."""
        with self._lock:
            return self._things.get(token)


def token_of(key: str) -> str:
    """What a thing of this key is called in an address."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]
