"""The scripts of our components over HTTP, each version under an address of its own, so that browsers may keep it."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from . import assets

_NAME = re.compile(r"[a-z][a-z_]{0,40}")


def route() -> Route:
    """The route of all scripts: /cnnviz-script/VERSION/NAME.js."""

    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        known = _NAME.fullmatch(name) and (assets.FOLDER / f"{name}.js").is_file()
        if not known or request.path_params["version"] != assets.version(name):
            return PlainTextResponse("there is no such script", status_code=404)
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(assets.script(name), media_type="text/javascript", headers=kept)

    return Route(f"{assets.PREFIX}/{{version}}/{{name}}.js", answer, methods=["GET"])
