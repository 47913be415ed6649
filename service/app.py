"""The application: routes, pages and what stands around them. `create_app` builds it, nothing happens at import."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from copy import deepcopy
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ledger.errors import LedgerError
from service import pages, problems
from service.api import (
    agreements,
    calendars,
    cases,
    consultations,
    dates,
    deadlines,
    disputes,
    documents,
    entries,
    export,
    health,
    log,
    network,
    own_case,
    paper_codes,
    party_access,
    proceedings,
    statements,
    steps,
    token,
    verifications,
)
from service.edge.answering import Answering
from service.edge.guards import OpenPaths, SecurityHeaders
from service.edge.needs import check_needs_declared
from service.edge.observing import Metrics, Observed
from service.edge.runtime import Runtime
from service.home.opening import serving
from service.idempotency import forget_old_keys
from service.settings import Settings

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from service.home.layout import Mark

WORKER_THREADS: Final = 12
"""Requests worked on at once: each may hold a database connection, of which a pool has fifteen."""

MACHINE_PREFIXES: Final = ("/api/", "/calendar/", "/log/", "/rpc", "/health/", "/metrics")
"""Paths that are answered for machines: their errors are problems. All others are pages."""

METHOD_NOT_ALLOWED: Final = 405

DESCRIPTION: Final = """\
Registers labour legal-aid cases, documents and mediation agreements. Every change becomes a statement in an append-only
log, whose head is anchored in a contract. A 201 means *received*: it is stored durably. `sequenced`, `anchored` and
`final` follow and are seen at `/statements/{id}`.

What is proven is that a record has not changed since it was anchored; never that its content is true.
"""


API: Final = (
    token,
    disputes,
    consultations,
    cases,
    steps,
    entries,
    documents,
    agreements,
    proceedings,
    paper_codes,
    party_access,
    own_case,
    deadlines,
    dates,
    calendars,
    statements,
    verifications,
    network,
    export,
    log,
    health,
)
"""The modules of the API, in the order in which its description lists them."""


def create_app(
    settings: Settings,
    *,
    mark: Mark = "production",
    open_runtime: Callable[[], AbstractContextManager[Runtime]] | None = None,
) -> FastAPI:
    """Build the application over the home that `settings` name; it is opened when the application starts.

    Raises LookupError when a route does not declare what it needs. Starting raises Conflict when the home has another
    mark than `mark`, is not set up or is served already.
    """
    opened = open_runtime or (lambda: serving(settings, mark=mark))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = WORKER_THREADS
        with opened() as runtime:
            app.state.runtime = runtime
            await run_in_threadpool(_forget, runtime)
            yield

    app = FastAPI(
        title="Legal-service ledger",
        version=_version(),
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.metrics = Metrics()
    for module in API:
        app.include_router(module.router)
    pages.install(app)
    check_needs_declared(context.original_route for context in iter_route_contexts(app.routes))
    for kind in (LedgerError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _respond)
    app.add_middleware(Answering, respond=_respond)
    app.add_middleware(OpenPaths)
    app.add_middleware(SecurityHeaders, https=settings.secure_cookies)
    app.add_middleware(Observed, metrics=app.state.metrics)
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]
    return app


async def _respond(request: Request, error: Exception) -> Response:
    """The answer to a failed request: a problem to machines, a page to people."""
    if isinstance(error, HTTPException) and error.status_code == METHOD_NOT_ALLOWED:
        error.headers = {"Allow": ", ".join(_methods_of(request))}
    if request.url.path.startswith(MACHINE_PREFIXES):
        return problems.respond(request, error)
    return await pages.respond_with_page(request, error)


def _methods_of(request: Request) -> list[str]:
    """Every method of the path that was asked for; the router knows those of the first route alone."""
    found: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        if context.matches(request.scope)[0] is not Match.NONE:
            found |= context.methods or set()
    return sorted(found)


def _forget(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        forget_old_keys(session, runtime.recorder.clock())


def _describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the one schema that every refusal has."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            openapi_version=app.openapi_version,
            description=app.description,
            routes=app.routes,
        )
        schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = deepcopy(dict(problems.SCHEMA))
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for item in document["paths"].values():
            for operation in item.values():
                _drop_undocumented_refusal(operation["responses"])
        app.openapi_schema = document
    return app.openapi_schema


def _drop_undocumented_refusal(responses: dict[str, Any]) -> None:
    """Take away the 422 that FastAPI adds to every route with a parameter; ours stand where they can happen."""
    content = responses.get("422", {}).get("content", {})
    if "application/json" in content:
        del responses["422"]


def _version() -> str:
    try:
        return version("legal-ledger")
    except PackageNotFoundError:
        return "0"
