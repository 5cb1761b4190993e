"""Networks of the residual-network exercise on hand signs."""

from __future__ import annotations

from .row import Row

ROWS: tuple[Row, ...] = ()
