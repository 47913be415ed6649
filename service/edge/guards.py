"""Headers that every answer carries, and the few paths that pages of any origin may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN_PREFIXES: Final = ("/log/",)
OPEN_PATHS: Final = frozenset({"/rpc", "/api/v1/trust"})
"""Public and without an account: an offline verifier on somebody's disk may read them."""

ONE_DAY: Final = 86_400

HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""Set where the route has not set its own."""


class SecurityHeaders:
    """ASGI middleware: the headers above, and Strict-Transport-Security when the service is reached by https."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers.setdefault(name, value)
                if not is_open(scope["path"]):
                    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                if self._https:
                    headers.setdefault("Strict-Transport-Security", f"max-age={365 * ONE_DAY}")
            await send(message)

        await self._app(scope, receive, guarded_send)


class OpenPaths:
    """ASGI middleware: any origin may read the open paths, and no other path of this service."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=["content-type"],
            max_age=ONE_DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await (self._open if scope["type"] == "http" and is_open(scope["path"]) else self._app)(scope, receive, send)


def is_open(path: str) -> bool:
    """Whether pages of any origin may read this path."""
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)
