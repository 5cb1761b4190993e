"""Networks of the CIFAR-10 course notes."""

from __future__ import annotations

from .row import Row

ROWS: tuple[Row, ...] = ()
