"""What a trained net gets right and wrong of the validation pictures: results.json. Runs in the worker.

epoch         the epoch whose model was asked
classes       names
confusion     [true class][predicted class] → pictures
mistakes      the most confident ones: index, true, predicted, confidence (0 to 1), picture (a small PNG in base64)
accuracy      share that is right
val_pictures  how many were asked about
"""

from __future__ import annotations

import base64
import io
import time
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from .data import Bytes, Data
from .fitting import Fitting
from .heads import Head

MISTAKES = 24
SIDE = 64  # pixels that a shown picture has at most
MOST_CLASSES = 200  # with more, the matrix is left out

Shares = npt.NDArray[np.float64]


def evaluate(made: Fitting, data: Data, epoch: int, seconds: float | None = None) -> dict[str, Any] | None:
    """What goes into results.json; None when it would take over `seconds`."""
    begun = time.monotonic()
    found = []
    for index in range(len(made.validation)):
        if seconds is not None and time.monotonic() - begun > seconds:
            return None
        pictures, _ = made.validation[index]
        found.append(shares(made.model.predict_on_batch(pictures), made.heads[0]))
    certain = np.concatenate(found)
    predicted, true = certain.argmax(axis=1), data.y_val
    count = len(data.classes)
    results: dict[str, Any] = {
        "epoch": epoch,
        "classes": list(data.classes),
        "accuracy": float((predicted == true).mean()),
        "val_pictures": len(true),
        "confusion": confusion(true, predicted, count) if count <= MOST_CLASSES else [],
        "mistakes": [],
    }
    confidence = certain[np.arange(len(true)), predicted]
    wrong = np.flatnonzero(predicted != true)
    for at in wrong[np.argsort(-confidence[wrong], kind="stable")][:MISTAKES].tolist():
        results["mistakes"].append(
            {
                "index": at,
                "true": int(true[at]),
                "predicted": int(predicted[at]),
                "confidence": round(float(confidence[at]), 4),
                "picture": png(data.x_val[at : at + 1][0]),
            }
        )
    return results


def confusion(true: Any, predicted: Any, classes: int) -> list[list[int]]:
    """[true class][predicted class] → how many."""
    counts = np.bincount(np.asarray(true) * classes + np.asarray(predicted), minlength=classes**2)
    matrix: list[list[int]] = counts.reshape(classes, classes).tolist()
    return matrix


def shares(outputs: Any, head: Head) -> Shares:
    """How certain the main output is of each class, 0 to 1, [pictures, classes]."""
    first = np.asarray(outputs[0] if isinstance(outputs, (list, tuple)) else outputs, np.float64)
    if not head.from_logits:
        first = np.nan_to_num(first)
        return first
    logits = -first if head.negate else first
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    made: Shares = np.nan_to_num(raised / raised.sum(axis=1, keepdims=True))
    return made


def png(picture: Bytes) -> str:
    """A picture uint8 [h, w, channels] as a PNG in base64, shrunk where it is large."""
    image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture[..., :3])
    image.thumbnail((SIDE, SIDE))
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return base64.b64encode(written.getvalue()).decode("ascii")
