"""Our own routes: requests as they come out of the HTTP server, with any path, query and headers."""

from __future__ import annotations

import asyncio
import functools
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.middleware import Middleware

from cnnviz.keras_service import Errand
from cnnviz.ui import assets, errand_route, keras_route, runs_route, script_route, security, train_tasks, visitor
from cnnviz.ui.errand_route import Watched
from cnnviz.ui.keras_route import Awaited, Waiting

from .. import made_up_runs
from .mutate_data import mutated_bytes
from .target import Target, place

_ANSWERS = (200, 307, 404, 405)  # 307: to the same path without the slash at its end, which Starlette offers


def request(data: bytes) -> bool:
    """The first line is path and query, the others are headers."""
    line, *headers = data.split(b"\n")
    path, _, query = line.partition(b"?")
    parted = (one.partition(b":") for one in headers)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path.decode("ascii", "ignore")),  # as uvicorn does
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.strip().lower(), value.strip()) for name, _, value in parted],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8501),
    }
    status, answered, body = _apart().submit(_loop().run_until_complete, _asked(scope)).result()
    assert status in _ANSWERS, f"answered {status}"
    for name, _ in security.HEADERS.items():
        assert name.lower().encode() in answered, f"no {name}"
    if answered[b"content-type"].startswith(b"application/json"):
        json.loads(body, parse_constant=_refused)
    return status == 200


async def _asked(scope: dict[str, Any]) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of the answer."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await _app()(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@functools.cache
def _apart() -> ThreadPoolExecutor:
    """A thread without a loop of its own: beside browser tests one runs in the main thread."""
    return ThreadPoolExecutor(1)


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@functools.cache
def _app() -> Starlette:
    """The routes as app.py has them, with made-up runs and a Keras that knows nothing."""
    keras: Any = SimpleNamespace(
        known=lambda *_, **__: None,
        status=lambda errand: None,
        state=SimpleNamespace(word="warming", reason=""),
    )
    return Starlette(
        routes=[
            keras_route.route(keras, _waiting()[0]),
            errand_route.route(keras, _waiting()[1]),
            *runs_route.routes(_runs),
            train_tasks.route(),
            script_route.route(),
        ],
        middleware=[Middleware(security.SecurityHeaders), Middleware(visitor.VisitorCookie)],
    )


@functools.cache
def _waiting() -> tuple[Waiting, Watched]:
    return Waiting(), Watched()


@functools.cache
def _runs() -> Any:
    runs = place("watched")
    made_up_runs.make(runs / "some-run", "lenet5", epochs=3)
    made_up_runs.make(runs / "other-run", "lenet5", status="running", done=2)
    (runs / "a-link").symlink_to(runs / "some-run")
    return runs


def _refused(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


def _seeds() -> list[bytes]:
    waiting, watched = _waiting()
    cookie = f"Cookie: {visitor.COOKIE}={'x' * 43}; a=b"
    paths = (
        "/training/some-run/live",
        "/training/some-run/live?metrics=300&steps=20&files=1a-2b&gradients=0",
        "/training/other-run/live?metrics=0&steps=0&files=",
        "/training/a-link/live",
        "/training/..%2f..%2fetc/live?metrics=-1",
        "/training/live?run=some-run,0,0,&run=other-run,10,20,1a-2b&run=none",
        waiting.path(Awaited("input(8,8,3); gap()", with_summary=True)),
        watched.path(Errand("timing", ("input(8,8,3); gap()",))),
        f"{train_tasks._PREFIX}/{train_tasks.token_of('pictures')}",
        f"{assets.PREFIX}/{assets.version('block_list')}/block_list.js",
        f"{assets.PREFIX}/{'0' * 16}/../../app.js",
    )
    return [f"{path}\nHost: localhost:8501\n{cookie}\nX-Forwarded-For: 10.0.0.1".encode() for path in paths]


DOORS = {"routes": Target("a request for one of our own addresses", _seeds(), request, mutated_bytes)}
