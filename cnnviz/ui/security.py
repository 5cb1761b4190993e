"""Headers that every answer of the page server carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit compiles column filters and vega expressions ('unsafe-eval'), loads our components' scripts from blob:
# addresses and puts styles into elements. Nothing may come from elsewhere, and no other site may frame the app.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",  # a link holds a whole net; it stays here
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


LONGEST_REQUEST_LINE = 512 * 1024  # bytes


def take_long_links() -> None:
    """Let a link that is far too long reach the page, which says so; the HTTP server's own answer is a bare error 400.

    Streamlit has no setting for what uvicorn calls h11_max_incomplete_event_size, so its default is changed.
    """
    from uvicorn.protocols.http import h11_impl

    vars(h11_impl)["DEFAULT_MAX_INCOMPLETE_EVENT_SIZE"] = LONGEST_REQUEST_LINE


def ask_nobody_for_our_address() -> None:
    """Let a web socket of another site's page be refused at once.

    Streamlit first asks a server on the internet, and all visitors wait for the answer, which address this machine has
    there, in case the page came from it. Who opens the app at that address is let in before, as host and origin agree.
    """
    from streamlit import net_util

    vars(net_util)["_external_ip"] = ""


class SecurityHeaders:
    """ASGI middleware that adds HEADERS to each response that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
