"""What every command takes: a net as a preset's name, a file, or a notation; and how bad input is refused."""

from __future__ import annotations

from pathlib import Path

from . import zoo
from .declare import shown
from .notation import MOST_TEXT, Loaded
from .training import bounds


class Refused(Exception):
    """Bad input; the message is the one line that the user sees."""


def limits() -> bounds.Bounds:
    """The operator's bounds on training. Raises Refused."""
    try:
        return bounds.read()
    except bounds.BoundsError as error:
        raise Refused(str(error)) from None


def load(text: str) -> Loaded:
    """A preset, a file, or a notation, in this order. Raises Refused and NotationError."""
    if text.strip() not in zoo.BY_NAME:
        path = _existing_file(text)
        if path is not None:
            text = _read(path)
    return zoo.find(text)


def _existing_file(text: str) -> Path | None:
    try:
        path = Path(text)
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None  # too long or too odd for a file name


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(4 * MOST_TEXT + 1)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{shown(str(path))} holds no UTF-8 text") from None
    except OSError as error:
        raise Refused(f"cannot read {shown(str(path))}: {error.strerror}") from None
