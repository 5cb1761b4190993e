"""The warm Keras process: `python -m cnnviz.keras_worker` answers requests, a line of JSON each, until its input ends.

A request is {"do": "check" | "plot" | "save" | "step", "text": notation, "path": file to write, "options": {…}}. The
first line out says {"ready": true} or {"unavailable": reason}; then each request gets {"result": {…}} or
{"error": reason}. A step of an errand may also get {"progress": {"said": …, "share": …}}, or {"lost": true} where this
process has not begun it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import IO, Any

import psutil

from . import disk, priority
from .graph import Graph
from .keras_refused import Refused
from .notation import NotationError, load

_WARM_UP = {
    "do": "check",
    "text": "input(8, 8, 3); conv_bn(4, 3); flatten(); dense(2, softmax)",
    "options": {"with_summary": True},
}
_TITLES = {"tensorflow": "TensorFlow", "keras": "Keras", "jax": "JAX", "torch": "PyTorch"}
_ERRANDS = {"time": "keras_timing", "field": "keras_field"}  # which module does what; loaded when first asked for
MOST_SUMMARY = 2_000_000  # characters


def main() -> None:
    """Take the pipes, lower the priority, load Keras, and serve."""
    requests, answers = _take_pipes()
    lines = _lines(requests)
    priority.lower(psutil.Process(), priority.KERAS)
    try:
        worker = _warm_worker()
    except ModuleNotFoundError as error:
        _put(answers, {"unavailable": f"{_TITLES.get(error.name or '', error.name)} is not installed"})
        return
    _put(answers, {"ready": True})
    for line in lines:
        _put(answers, worker.answer(json.loads(line)))
        gc.collect()  # models hold themselves in circles


def _take_pipes() -> tuple[IO[str], IO[str]]:
    """Move the two pipes away from descriptors 0 and 1, so that no library reads a request or prints into an answer."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, answers


def _lines(requests: IO[str]) -> Iterator[str]:
    """The requests. When the other end is gone, even in the middle of a build, this process ends at once."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in requests:
            waiting.put(line)
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                child.kill()
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


def _put(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _warm_worker() -> Worker:
    """Import Keras and build a first small net, so that the first real one is quick."""
    from . import keras_model

    worker = Worker(keras_model)
    first = worker.answer(_WARM_UP)
    if "error" in first:
        raise RuntimeError(first["error"])
    gc.collect()
    gc.freeze()  # what the imports made stays; later collections need not look at it
    return worker


class Worker:
    """Does what is asked with Keras. The last model is kept: its summary and its drawing are often asked for next."""

    def __init__(self, keras_model: Any) -> None:
        self._keras_model = keras_model
        self._text = ""
        self._model: Any = None
        self._seconds = 0.0  # that its build took
        self._errand: tuple[int, Generator[dict[str, Any], None, dict[str, Any]]] | None = None  # its number, its steps
        self._does = {"check": self._check, "plot": self._plot, "save": self._save}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request. Whatever goes wrong is an error in words; the details go to standard error."""
        try:
            text = request["text"]
            if request["do"] == "step":
                return self._step(request["options"])
            return {"result": self._does[request["do"]](text, load(text).graph, request)}
        except (Refused, NotationError, self._keras_model.GraphvizMissing) as error:
            return {"error": str(error)}
        except OSError as error:
            return {"error": f"the file cannot be written: {disk.words(error)}"}
        except MemoryError:
            return {"error": "there is not enough memory for this net"}
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            return {"error": f"Keras refuses this net: {_first_line(error)}"}

    def _step(self, options: dict[str, Any]) -> dict[str, Any]:
        """The next step of an errand: of a new one with "begin", of the one that is held by its number else.

        Number 0 lets go of what is held.
        """
        number, begin = options["errand"], options.get("begin")
        if not number:
            self._errand = None
            return {}
        if begin:
            self._errand = None  # before the new one takes memory
            module = importlib.import_module(f"{__package__}.{_ERRANDS[begin.pop('do')]}")
            self._errand = number, module.steps(**begin)
        if self._errand is None or self._errand[0] != number:
            return {"lost": True}
        try:
            return {"progress": next(self._errand[1])}
        except StopIteration as end:
            self._errand = None
            return {"result": end.value}
        except BaseException:
            self._errand = None
            raise

    def _built(self, text: str, graph: Graph) -> Any:
        if text != self._text:
            self._text, self._model = "", None
            begun = time.perf_counter()
            self._model = self._keras_model.build(graph)
            self._text, self._seconds = text, time.perf_counter() - begun
        return self._model

    def _check(self, text: str, graph: Graph, request: dict[str, Any]) -> dict[str, Any]:
        model = self._built(text, graph)
        begun = time.perf_counter()
        found = self._keras_model.check(graph, model)
        seconds = self._seconds + time.perf_counter() - begun
        summary = self._keras_model.summary_text(model)[:MOST_SUMMARY] if request["options"]["with_summary"] else ""
        return {
            "agrees": found.agrees,
            "layers": found.layers,
            "parameters": found.parameters,
            "trainable": found.trainable,
            "differences": found.differences,
            "seconds": seconds,
            "summary": summary,
        }

    def _plot(self, text: str, graph: Graph, request: dict[str, Any]) -> dict[str, Any]:
        self._keras_model.plot_png(self._built(text, graph), request["path"], **request["options"])
        return {}

    def _save(self, text: str, graph: Graph, request: dict[str, Any]) -> dict[str, Any]:
        most = request["options"]["most_bytes"]
        size = 4 * sum(node.parameters for node in graph.nodes)
        if size > most:
            raise Refused(f"the file would hold {size / 1e9:.1f} GB of weights; at most {most / 1e9:.1f} are allowed")
        self._keras_model.save_keras(graph, request["path"])
        return {}


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]


if __name__ == "__main__":
    main()
