"""Networks of a CSDN article that wraps the classic networks in Keras."""

from __future__ import annotations

from .row import Row

ROWS: tuple[Row, ...] = ()
