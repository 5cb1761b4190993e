"""What is shown of a trained net's results: its confusion matrix and its most confident mistakes, checked."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .folder import Run
from .run_live import number

MOST_CLASSES = 200
MOST_MISTAKES = 48
_LARGEST = 60_000  # characters of one picture
_PNG = b"\x89PNG\r\n\x1a\n"


def of_run(run: Run) -> dict[str, Any] | None:
    """The results of a run as its page draws them; None where there are none that can be read."""
    given = run.results()
    if given is None:
        return None
    matrix = given.get("confusion")
    names = given.get("classes")
    if not isinstance(names, list) or not isinstance(matrix, list) or not 0 < len(names) <= MOST_CLASSES:
        return None
    count = len(names)
    if len(matrix) != count or any(not _counts(row, count) for row in matrix):
        return None
    right = sum(matrix[at][at] for at in range(count))
    pictures = sum(map(sum, matrix))
    return {
        "classes": [str(name)[:200] for name in names],
        "confusion": matrix,
        "pictures": pictures,
        "right": right,
        "accuracy": right / pictures if pictures else None,
        "epoch": number(given.get("epoch")),
        "mistakes": _mistakes(given.get("mistakes"), count),
    }


def _counts(row: Any, count: int) -> bool:
    return (
        isinstance(row, list)
        and len(row) == count
        and all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each < 10**9 for each in row)
    )


def _mistakes(given: Any, count: int) -> list[dict[str, Any]]:
    made = []
    for one in given[:MOST_MISTAKES] if isinstance(given, list) else ():
        if not isinstance(one, dict):
            continue
        true, predicted = one.get("true"), one.get("predicted")
        if not all(isinstance(each, int) and 0 <= each < count for each in (true, predicted)):
            continue
        made.append({
            "true": true,
            "predicted": predicted,
            "confidence": number(one.get("confidence")),
            "index": number(one.get("index")),
            "picture": _picture(one.get("picture")),
        })
    return made


def _picture(given: Any) -> str:
    """A small PNG picture in base64; "" for anything else."""
    if not isinstance(given, str) or len(given) > _LARGEST:
        return ""
    given = given.removeprefix("data:image/png;base64,")
    try:
        return given if base64.b64decode(given, validate=True).startswith(_PNG) else ""
    except (binascii.Error, ValueError):
        return ""
