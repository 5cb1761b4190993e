"""Keras' answers over HTTP, so that a page that waits for one asks for it without running its script again.

A page registers the net it waits for and gets a path, which answers once Keras has. It starts no build and names no net
that was not registered.
"""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ..keras_service import KerasService
from .keras_card import keras_card
from .tokens import Tokens

_PREFIX = "/keras-answer"
_LONGEST = 20.0  # seconds that one request waits
_STEP = 0.03
_MOST = 2_000  # nets that are waited for


class Awaited(NamedTuple):
    """A net that somebody waits for, and whether with Keras' summary."""

    text: str
    with_summary: bool


class Waiting(Tokens[Awaited]):
    """The nets that pages wait for."""

    def __init__(self) -> None:
        super().__init__(_PREFIX, _MOST)


def route(service: KerasService, waiting: Waiting) -> Route:
    """The route that answers: the headline's card, or null when it took too long and the page must ask anew."""

    async def answer(request: Request) -> JSONResponse:
        net = waiting.find(request.path_params["token"])
        if net is None:
            return JSONResponse({"card": None}, status_code=404)
        deadline = time.monotonic() + _LONGEST
        while time.monotonic() < deadline and not await request.is_disconnected():
            found = service.known(net.text, with_summary=net.with_summary)
            if found is not None or service.state.word == "unavailable":
                return JSONResponse({"card": keras_card(found, service.state)._asdict()})
            await asyncio.sleep(_STEP)
        return JSONResponse({"card": None})

    return Route(f"{_PREFIX}/{{token}}", answer, methods=["GET"])
