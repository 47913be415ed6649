"""What the service says about itself: one JSON line per request and numbers for Prometheus. Never what was sent.

A line holds method, route template, status, duration and request id, and nothing that a caller chose.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_BYTES: Final = 8
UNKNOWN_ROUTE: Final = "unmatched"
UNKNOWN_METHOD: Final = "OTHER"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ALLOWED: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "error",
        "where",
        "state",
        "cause",
        "detail",
        "record_no",
        "count",
        "size",
        "exception",
    }
)
"""Every key that a line may hold; what else a caller adds is dropped, so that a slip of the pen leaks nothing."""


def configure_logging(level: str) -> None:
    """One JSON object a line on stderr. Called once, by the command that serves."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            drop_unlisted,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def drop_unlisted(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the listed keys of a line."""
    return {name: value for name, value in line.items() if name in ALLOWED}


class Metrics:
    """The numbers of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "legal_ledger_http_requests_total",
            "Requests answered, by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "legal_ledger_http_request_seconds",
            "Seconds until the answer began, by route.",
            ("route",),
            registry=self.registry,
        )


class Observed:
    """ASGI middleware: gives each request an id, logs and counts it when it is answered."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(REQUEST_ID_BYTES)
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, observed_send)
            finally:
                self._report(scope, status or 500, time.perf_counter() - started)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
        method = scope["method"] if scope["method"] in METHODS else UNKNOWN_METHOD
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        structlog.get_logger().info(
            "request", method=method, route=route, status=status, duration_ms=round(seconds * 1000, 1)
        )
