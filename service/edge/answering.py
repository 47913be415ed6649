"""The last resort: an error that nobody foresaw is answered and named, and its text goes nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Respond = Callable[[Request, Exception], Awaitable[Response]]
"""Makes the answer to a request that failed, and logs what is to be logged."""


class Answering:
    """ASGI middleware: answers where nothing was answered yet, and cuts an answer that was under way.

    The server would print the error with all its values; so nothing is passed on to it.
    """

    def __init__(self, app: ASGIApp, *, respond: Respond) -> None:
        self._app = app
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            if started:
                structlog.get_logger().error("answer_cut", error=type(error).__name__)
                return
            answer = await self._respond(Request(scope, receive), error)
            await answer(scope, receive, send)
