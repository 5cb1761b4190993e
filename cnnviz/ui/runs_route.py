"""How runs are getting on, over HTTP, so that a page that watches them need not run its script again to ask.

    GET /training/{id}/live?metrics=BYTE&steps=BYTE&files=WORD     one run; gradients=0 leaves its gradient norms out
    GET /training/live?run=ID,BYTE,BYTE,WORD&run=…                 several, and whether runs were made or deleted

Bytes and words are those of `next` in the last answer. Whoever has a run's link may watch it; nothing here lists runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..training import bounds, folder, run_live
from ..training.folder import FolderError
from . import addresses

_PREFIX = "/training"
_MOST = 60  # runs in one question
_HEADERS = {"Cache-Control": "no-store"}


def path(id: str = "") -> str:
    """Where the browser asks for one run, or for several."""
    return addresses.path(f"{_PREFIX}/{id}/live" if id else f"{_PREFIX}/live")


def routes(runs: Callable[[], Path] = lambda: bounds.read().runs) -> list[Route]:
    """The routes, for runs below the folder that `runs` gives. Both only read."""

    def one(request: Request) -> Response:  # no coroutine: it reads files, so it runs in a thread of the server's
        asked = request.query_params
        told = _told(
            runs(),
            request.path_params["id"],
            [asked.get("metrics", ""), asked.get("steps", ""), asked.get("files", "")],
            gradients=asked.get("gradients") != "0",
        )
        return JSONResponse(told, 200 if told["status"] != "deleted" else 404, _HEADERS)

    def several(request: Request) -> Response:
        place = runs()
        told = {}
        for given in request.query_params.getlist("run")[:_MOST]:
            name, *at = given.split(",")
            told[name[:100]] = _told(place, name, at, gradients=False)
        return JSONResponse({"runs": told, "changed": _changed(place)}, headers=_HEADERS)

    return [
        Route(f"{_PREFIX}/live", several, methods=["GET"]),
        Route(f"{_PREFIX}/{{id}}/live", one, methods=["GET"]),
    ]


def _told(runs: Path, id: str, at: list[str], *, gradients: bool) -> dict[str, Any]:
    metrics, steps, files, *_ = (*at, "", "", "")
    try:
        run = folder.find(runs, id)
        return run_live.live(run, _byte(metrics), _byte(steps), files[:60], gradients=gradients)
    except FolderError as error:
        return {"status": "deleted", "words": str(error), "metrics": [], "steps": [], "more": False}


def _byte(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 14 else 0


def _changed(runs: Path) -> str:
    """A word that changes whenever a run is made or deleted."""
    try:
        return f"{os.stat(runs).st_mtime_ns:x}"
    except OSError:
        return ""
