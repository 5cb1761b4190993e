"""How far a measurement is, over HTTP, so that a page that waits for one need not run its script again to ask."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import config

from ..keras_service import Errand, KerasService, Status

_PREFIX = "/keras-measurement"
_MOST = 500  # measurements that are waited for


class Watched:
    """The measurements that pages wait for, by token; the oldest are forgotten."""

    def __init__(self) -> None:
        self._errands: OrderedDict[str, Errand] = OrderedDict()
        self._lock = threading.Lock()

    def path(self, errand: Errand) -> str:
        """Register a measurement; the path at which one can ask for it."""
        token = hashlib.sha256(repr(errand).encode()).hexdigest()[:40]
        with self._lock:
            self._errands[token] = errand
            self._errands.move_to_end(token)
            while len(self._errands) > _MOST:
                self._errands.popitem(last=False)
        base = str(config.get_option("server.baseUrlPath") or "").strip("/")
        return f"/{base}{_PREFIX}/{token}" if base else f"{_PREFIX}/{token}"

    def find(self, token: str) -> Errand | None:
        """The measurement of a token."""
        with self._lock:
            return self._errands.get(token)


def told(status: Status | None, service: KerasService) -> dict[str, object]:
    """What a waiting page is told: whether it is over, the share done, and what is done just now."""
    if status is None:
        return {"over": True, "share": 0.0, "said": ""}
    said = service.state.reason if status.word == "waiting" and service.state.reason else status.said
    return {"over": status.word in ("done", "failed"), "share": status.share, "said": said}


def route(service: KerasService, watched: Watched) -> Route:
    """The route that answers at once."""

    async def answer(request: Request) -> JSONResponse:
        errand = watched.find(request.path_params["token"])
        if errand is None:
            return JSONResponse({"over": True, "share": 0.0, "said": ""}, status_code=404)
        return JSONResponse(told(service.status(errand), service))

    return Route(f"{_PREFIX}/{{token}}", answer, methods=["GET"])
