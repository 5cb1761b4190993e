"""Networks made to be small or fast, from SqueezeNet to ConvNeXt."""

from __future__ import annotations

from .row import Row

ROWS: tuple[Row, ...] = ()
