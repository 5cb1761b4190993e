"""Who a visitor is to training runs: everybody on a machine of one's own, the holder of a cookie on a public server.

A server is one's own when only this machine reaches it and no proxy has passed the request on. There nobody gets a
cookie, all runs are listed, and everything may be done. Elsewhere a visitor lists own runs only; who has the link of
another's run, which nobody can guess, may look at it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from ..training.bounds import Bounds, is_loopback
from ..training.folder import Config

COOKIE = "cnnviz_visitor"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,60}")
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "forwarded", "x-real-ip")  # what proxies say of a request
_SECONDS = 365 * 24 * 3600


def owner() -> str:
    """The visitor, as runs know their owner; "" on one's own machine, and for who refuses the cookie."""
    return "" if is_alone() else owner_of(st.context.cookies.get(COOKIE))


def owner_of(cookie: str | None) -> str:
    """The owner whose cookie it is: a hash, so that no run folder holds what opens the owner's door."""
    return hashlib.sha256(cookie.encode()).hexdigest() if cookie and _TOKEN.fullmatch(cookie) else ""


def is_alone() -> bool:
    """Whether the page is seen on the machine that serves it, and on no other."""
    return _is_alone({name.lower(): value for name, value in st.context.headers.items()})


def may_train(bounds: Bounds) -> bool:
    """Whether the operator lets this visitor train; without a word from the operator only on one's own machine."""
    if bounds.training == "auto":
        return is_alone()
    return bounds.training == "on" and bool(is_alone() or owner())


def lists(run: Config) -> bool:
    """Whether a run stands in the visitor's list."""
    return is_alone() or is_owner(run)


def may_change(run: Config) -> bool:
    """Whether the visitor may stop, resume and delete a run."""
    return is_alone() or is_owner(run)


def is_owner(run: Config) -> bool:
    """Whether the run was launched by this visitor."""
    here = owner()
    return bool(here) and secrets.compare_digest(here, run.owner)


class VisitorCookie:
    """ASGI middleware that gives each new visitor of a public server a cookie, with the page itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = _is_alone(headers) or bool(owner_of(_cookie(headers.get("cookie", ""))))

        async def with_cookie(message: Message) -> None:
            if not known and message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if answer.get("content-type", "").startswith("text/html"):
                    answer.append("set-cookie", _made(_is_secure(scope, headers)))
                    answer["cache-control"] = "no-store"  # a proxy that kept it would make two visitors one
            await send(message)

        await self.app(scope, receive, with_cookie)


def _is_alone(headers: Mapping[str, str]) -> bool:
    bound = config.get_option("server.address")
    return is_loopback(str(bound) if bound else None) and not any(name in headers for name in _FORWARDED)


def _is_secure(scope: Scope, headers: Mapping[str, str]) -> bool:
    return scope.get("scheme") == "https" or headers.get("x-forwarded-proto", "").lower().startswith("https")


def _cookie(header: str) -> str:
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _made(secure: bool) -> str:
    kept = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={_SECONDS}; HttpOnly; SameSite=Lax"
    return f"{kept}; Secure" if secure else kept
