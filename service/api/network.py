"""`/api/v1/trust`, `/api/v1/network` and the description of this API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from service.api.examples import NETWORK
from service.api.shapes import answered, public_problems
from service.edge.needs import RuntimeOf, public
from service.publication import NetworkView, read_network

if TYPE_CHECKING:
    from fastapi import FastAPI

router = APIRouter(tags=["network"], dependencies=[public])


@router.get(
    "/api/v1/trust",
    response_class=Response,
    responses={
        200: {"description": "The trust file. Get it by a second way too.", "content": {"application/json": {}}},
        **public_problems(),
    },
)
def trust(*, runtime: RuntimeOf) -> Response:
    """Get the trust file: the keys, chains and contracts of this ledger."""
    headers = {"Cache-Control": "no-cache", "Content-Disposition": 'attachment; filename="trust.json"'}
    return Response(runtime.trust_file, media_type="application/json", headers=headers)


@router.get("/api/v1/network", responses={**answered("The network.", example=NETWORK), **public_problems()})
def network(*, runtime: RuntimeOf) -> NetworkView:
    """Read which chain and contract the log is anchored in, and how far it has come."""
    with runtime.read() as session:
        return read_network(session, runtime.trust, runtime.anchoring())


@router.get("/api/v1/openapi.json", include_in_schema=False)
def openapi(*, request: Request) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    app: FastAPI = request.app
    return app.openapi()
