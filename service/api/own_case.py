"""`/api/v1/my-case`: a party's own case, with the code of its link as bearer token and without an account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ledger.receipt import MEDIA_TYPE
from service.access import Action
from service.api.examples import OWN_CASE
from service.api.shapes import RecordId, answered, public_problems
from service.edge.bodies import StrictRoute
from service.edge.downloads import send_content
from service.edge.needs import DeclaredNeed, RuntimeOf
from service.edge.party import Use, open_link
from service.edge.runtime import runtime_of
from service.party_access import (
    Holder,
    LinkRefused,
    PartyCase,
    open_released,
    party_receipt,
    read_party_case,
)

ROOT = "/api/v1/my-case"
router = APIRouter(route_class=StrictRoute, tags=["own case"])
link_code = HTTPBearer(
    auto_error=False, scheme_name="PartyLink", description="The code of a party's link, as on its slip."
)


class HoldsLink(DeclaredNeed):
    """The holder of the link whose code is the bearer token; what it is used for is recorded."""

    def __init__(self, use: Use) -> None:
        super().__init__(Action.OWN_CASE)
        self.use = use

    def __call__(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(link_code)] = None
    ) -> Holder:
        """Return the holder; raises LinkRefused, RateLimited."""
        if given is None:
            raise LinkRefused("link_unknown")
        address = request.client.host if request.client else ""
        return open_link(runtime_of(request), address=address, code=given.credentials, use=self.use)


@router.get(ROOT, responses={**answered("The case.", example=OWN_CASE), **public_problems(401, 429)})
def read(*, runtime: RuntimeOf, holder: Annotated[Holder, Depends(HoldsLink(Use.CASE))]) -> PartyCase:
    """Read the case as its party may see it: nothing private of anybody, papers only when released."""
    with runtime.read() as session:
        return read_party_case(session, runtime.recorder, holder)


@router.get(
    f"{ROOT}/statements/{{statement_id}}/receipt",
    response_class=Response,
    responses={
        200: {"description": "A self-contained file that proves the statement.", "content": {MEDIA_TYPE: {}}},
        **public_problems(401, 404, 409, 429),
    },
)
def receipt(
    *, runtime: RuntimeOf, holder: Annotated[Holder, Depends(HoldsLink(Use.RECEIPT))], statement_id: RecordId
) -> Response:
    """Make the receipt of a statement that concerns the party; `not_anchored` before it is on the chain."""
    with runtime.read() as session:
        file = party_receipt(session, runtime.recorder, holder, statement_id)
    return Response(
        file.data, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{file.name}"'}
    )


@router.get(
    f"{ROOT}/documents/{{document_id}}/versions/{{version}}",
    response_class=Response,
    responses={
        200: {"description": "The bytes as filed.", "content": {"application/octet-stream": {}}},
        **public_problems(401, 404, 409, 429),
    },
)
def content(
    *,
    runtime: RuntimeOf,
    holder: Annotated[Holder, Depends(HoldsLink(Use.PAPER))],
    document_id: RecordId,
    version: Annotated[int, Path(ge=1, le=10**6)],
) -> Response:
    """Read a paper that was released to the party."""
    with runtime.read() as session:
        found = open_released(session, runtime.recorder, holder, document_id, version=version, blobs=runtime.blobs)
    return send_content(found)
