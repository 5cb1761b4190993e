"""Small pictures in one file: a row of samples for each class, as a PNG that the page cuts up again."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from ..ops import Shape
from ..training import augment, data, prepare
from ..training.data import Bytes
from ..training.settings import Settings

MOST_CLASSES = 100  # rows of a sheet
LARGEST = 48  # pixels of a picture's side on a sheet
_VARIANTS, _EXAMPLES = 9, 4


class Sheet(NamedTuple):
    """One PNG of `rows` × `columns` pictures, each height × width pixels; rows may hold fewer than `columns`."""

    url: str
    height: int
    width: int
    columns: int
    rows: tuple[tuple[str, int], ...]  # title, pictures

    def payload(self) -> dict[str, Any]:
        """The sheet as a component takes it."""
        return {
            "url": self.url,
            "height": self.height,
            "width": self.width,
            "columns": self.columns,
            "lines": [{"title": title, "count": count} for title, count in self.rows],
        }


def samples(now: Settings, folder: Path) -> Sheet:
    """The first pictures of each class. Raises DataError."""
    return _samples(now.data, now.pictures, now.seed if now.data == "shapes" else 0, folder)


def augmented(now: Settings, shape: Shape, folder: Path) -> Sheet:
    """A few pictures at the net's side: as they are, then changed as these settings say. Raises DataError."""
    changed = augment.of(now)
    fields = (changed.flip, changed.shift, changed.rotation, changed.zoom, changed.cutout)
    seed = now.seed if now.data == "shapes" else 0
    return _augmented(now.data, now.pictures, seed, fields, shape, folder)


@st.cache_data(max_entries=40, show_spinner=False)
def _samples(name: str, pictures: str, seed: int, folder: Path) -> Sheet:
    asked = Settings(data=name, pictures=pictures, seed=seed)
    few = data.preview(asked, folder, 3, MOST_CLASSES)
    found = few if len(few) > 24 else data.preview(asked, folder, 8, MOST_CLASSES)
    return sheet(found)


@st.cache_data(max_entries=40, show_spinner=False)
def _augmented(name: str, pictures: str, seed: int, fields: tuple[Any, ...], shape: Shape, folder: Path) -> Sheet:
    asked = Settings(data=name, pictures=pictures, seed=seed)
    found = data.preview(asked, folder, 1, _EXAMPLES)
    given = np.concatenate([*found.values()])
    sized = prepare.resized(given, shape[0], shape[1])
    blank = np.rint(sized.mean(axis=(0, 1, 2))).astype(np.uint8)
    random = np.random.default_rng(7)
    changed = augment.Augment(*fields)
    rows = {
        title: np.concatenate([one[None], changed(np.repeat(one[None], _VARIANTS, axis=0), blank, random)])
        for title, one in zip(found, sized, strict=False)
    }
    return sheet(rows, largest=64)


def sheet(rows: Mapping[str, Bytes], largest: int = LARGEST) -> Sheet:
    """Pictures uint8 [count, height, width, 1 or 3] by title, large ones made smaller."""
    columns = max((len(row) for row in rows.values()), default=1) or 1
    height, width, channels = next(iter(rows.values())).shape[1:]
    shrink = min(1.0, largest / max(height, width))
    small = (max(1, round(height * shrink)), max(1, round(width * shrink)))
    made = np.zeros((len(rows) * small[0], columns * small[1], channels), np.uint8)
    for i, row in enumerate(rows.values()):
        if len(row):
            line = prepare.resized(row, *small)
            across = line.transpose(1, 0, 2, 3).reshape(small[0], -1, channels)
            made[i * small[0] : (i + 1) * small[0], : across.shape[1]] = across
    titles = tuple((title, len(row)) for title, row in rows.items())
    return Sheet(_png(made), *small, columns, titles)


def _png(pixels: Bytes) -> str:
    """A picture as an address that holds it."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
