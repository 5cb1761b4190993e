"""Networks of Data Driven Investor's article on five architectures."""

from __future__ import annotations

from .row import Row

ROWS: tuple[Row, ...] = ()
