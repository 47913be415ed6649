"""`/health/live|ready|chain` and `/metrics`. Ready says nothing of the chain: recording goes on without it."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from prometheus_client.registry import CollectorRegistry
from sqlalchemy.exc import SQLAlchemyError

from ledger.errors import LedgerError
from service.access import NotFound, Unauthenticated
from service.anchoring import AnchoringStatus
from service.edge.needs import RuntimeOf, public
from service.edge.observing import Metrics
from service.edge.runtime import Runtime
from service.migrations import is_current
from service.publication import check_chain, read_sizes

UNAVAILABLE: Final = 503
WELL: Final = frozenset({"starting", "working"})
"""States of anchoring that ask for nobody."""

router = APIRouter(tags=["health"], dependencies=[public], include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`status` is ok or failing; `problems` are codes."""

    status: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHealthAnswer:
    """How the chain answers and how anchoring stands; `size` is the contract's, in statements."""

    status: str
    problems: tuple[str, ...]
    size: int | None
    anchoring: AnchoringStatus


@router.get("/health/live")
async def live() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/health/ready")
def ready(*, runtime: RuntimeOf, response: Response) -> Health:
    """Recording works: database reachable and of this program's schema, room in the document store."""
    problems = tuple(
        code for code, check in (("database", _check_database), ("documents", _check_documents)) if not check(runtime)
    )
    if problems:
        response.status_code = UNAVAILABLE
    return Health(status="failing" if problems else "ok", problems=problems)


@router.get("/health/chain")
def chain(*, runtime: RuntimeOf, response: Response) -> ChainHealthAnswer:
    """The chain is there and the pinned one, and anchoring works."""
    found, status = check_chain(runtime.trust, runtime.reader), runtime.anchoring()
    problems = [found.problem] if found.problem else []
    if status.state not in WELL:
        problems.append(status.state)
    if problems:
        response.status_code = UNAVAILABLE
    return ChainHealthAnswer(
        status="failing" if problems else "ok", problems=tuple(problems), size=found.size, anchoring=status
    )


@router.get("/metrics", response_class=Response)
def metrics(*, runtime: RuntimeOf, request: Request) -> Response:
    """Numbers for Prometheus, for whoever holds the token, or this machine when there is none."""
    _check_metrics_reader(runtime, request)
    counted: Metrics = request.app.state.metrics
    text = generate_latest(counted.registry) + generate_latest(_log_registry(runtime))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _check_metrics_reader(runtime: Runtime, request: Request) -> None:
    token = runtime.settings.metrics_token
    if token is not None:
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), token.get_secret_value().encode()):
            raise Unauthenticated("the metrics token is missing or another one")
        return
    try:
        local = ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        local = False
    if not local:
        raise NotFound("metrics")


def _log_registry(runtime: Runtime) -> CollectorRegistry:
    registry = CollectorRegistry()
    with runtime.read() as session:
        sizes = read_sizes(session)
    gauge = Gauge("legal_ledger_statements", "Statements that have come this far.", ("state",), registry=registry)
    for state in ("recorded", "sequenced", "anchored", "final"):
        gauge.labels(state).set(getattr(sizes, state))
    working = Gauge("legal_ledger_anchoring_working", "1 while anchoring works, else 0.", registry=registry)
    working.set(runtime.anchoring().state == "working")
    return registry


def _check_database(runtime: Runtime) -> bool:
    try:
        return is_current(runtime.database)
    except (SQLAlchemyError, LedgerError):
        return False


def _check_documents(runtime: Runtime) -> bool:
    try:
        runtime.blobs.check_space()
    except LedgerError:
        return False
    return True
