"""Files that are not to be trusted: plain ones alone, of bounded size, read as data; JSON, and lines of it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from ..declare import shown

LARGEST = 4_000_000  # bytes of one JSON file
LONGEST_LINE = 100_000  # bytes of one line of metrics


def open_plain(path: str | Path) -> IO[bytes]:
    """A plain file, to be read: no link out of the folder is followed, no pipe waited for. Raises OSError."""
    also = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | also))  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(f"{shown(str(path))} is no plain file")
    return file


def read_json(path: Path) -> dict[str, Any] | None:
    """An object from a JSON file of bounded size; None where there is none."""
    try:
        with open_plain(path) as file:
            data = file.read(LARGEST + 1)
        found = _loads(data) if len(data) <= LARGEST else None
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def write_json(path: Path, value: Mapping[str, Any], *, lasting: bool = True) -> None:
    """Replace a JSON file as a whole: whoever reads it sees the old or the new one.

    With `lasting` it is on the disk afterwards, also if the machine loses its power.
    """
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with made.open("w", encoding="utf-8") as file:
            json.dump(value, file, separators=(",", ":"))
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def read_lines(path: Path, start: int = 0, most: int = 8_000_000) -> tuple[list[dict[str, Any]], int]:
    """Objects of the whole lines from byte `start` on, and the byte where the next reading goes on."""
    try:
        with open_plain(path) as file:
            file.seek(start)
            data = file.read(most)
    except OSError:
        return [], start
    whole = data[: data.rfind(b"\n") + 1]
    found = []
    for line in whole.splitlines():
        try:
            row = _loads(line) if len(line) <= LONGEST_LINE else None
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            found.append(row)
    return found, start + len(whole)


def _loads(data: bytes) -> Any:
    """What JSON says, halves of characters that stand alone become ?: they could be sent nowhere. Raises ValueError."""
    text = data.decode("utf-8-sig", "replace")
    found = json.loads(text)
    if "\\ud" in text or "\\uD" in text:
        found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    return found
