"""How far a measurement is, over HTTP, so that a page that waits for one need not run its script again to ask."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ..keras_service import Errand, KerasService, Status
from .tokens import Tokens

_PREFIX = "/keras-measurement"
_MOST = 500  # measurements that are waited for


class Watched(Tokens[Errand]):
    """The measurements that pages wait for."""

    def __init__(self) -> None:
        super().__init__(_PREFIX, _MOST)


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
