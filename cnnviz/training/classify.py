"""What a trained net says to one picture, in a process of its own.

    python -m cnnviz.training.classify RUN_FOLDER PICTURE

prints {"classes": [[name, share], …], "epoch": …}, the likeliest first; or one line on standard error and exit code 2.
The net is built from the run's notation and only its weights are read from model.keras.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import notation
from ..declare import shown
from ..graph import GraphError
from ..net import NetError
from . import device, prepare
from .datasets import DataError
from .folder import MODEL, FolderError, Run
from .heads import target
from .picture_file import PictureError, decode
from .picture_source import MOST_FILE

MOST = 10  # classes that are named


class ClassifyError(ValueError):
    """The picture cannot be classified; the message is the one line to show."""


def classify(run: Run, picture: bytes) -> dict[str, Any]:
    """The likeliest classes with their shares. Raises Classify-, Folder-, Data-, Picture- or DeviceError."""
    config = run.config()
    try:
        graph = notation.load(config.net).graph
    except (notation.NotationError, NetError, GraphError) as error:
        raise ClassifyError(f"the net cannot be read: {error}") from None
    surroundings = run.environment()
    prepared = prepare.read(surroundings.get("prepare") or {})
    names = surroundings.get("classes")
    head = target(graph)[0]
    if prepared.shape != graph.nodes[0].shape or not isinstance(names, list) or len(names) != head.units:
        raise ClassifyError("the run does not say which classes it has learned")
    trained = run.model()
    if trained is None:
        raise ClassifyError("there is no trained model yet")
    height, width, channels = prepared.shape
    pixels = decode(picture, (height, width, 1 if channels == 1 else 3))
    device.prepare(replace(config.settings, device="cpu"))

    from .. import keras_model
    from .evaluation import shares

    model = keras_model.build(graph, deferred=False)
    try:
        model.load_weights(trained)
    except (OSError, ValueError, KeyError):
        raise ClassifyError(f"{MODEL} cannot be read, or is that of another net") from None
    found = shares(model.predict_on_batch(prepared(pixels[None])), head)[0]
    order = found.argsort(kind="stable")[::-1][:MOST]
    results = run.results() or {}
    return {
        "classes": [[str(names[at])[:200], round(float(found[at]), 6)] for at in order],
        "epoch": results.get("epoch"),
    }


def main(arguments: list[str]) -> int:
    """Print what the net says; 0, or 2 with one line on standard error."""
    if len(arguments) != 2:
        print("usage: python -m cnnviz.training.classify RUN_FOLDER PICTURE", file=sys.stderr)
        return 2
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print stays out of the answer
    try:
        with Path(arguments[1]).open("rb") as file:
            picture = file.read(MOST_FILE + 1)
        if len(picture) > MOST_FILE:
            raise ClassifyError(f"the picture has more than {MOST_FILE >> 20} MB")
        found = classify(Run(Path(arguments[0]).absolute()), picture)
    except PictureError as error:
        return _refused(f"the picture cannot be used: {error}")
    except (ClassifyError, FolderError, DataError, device.DeviceError) as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{shown(arguments[1])} cannot be read: {error.strerror or error}")
    print(json.dumps(found), file=answers, flush=True)
    return 0


def _refused(line: str) -> int:
    print(line, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
