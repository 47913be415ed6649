"""`/api/v1/export`: the whole ledger as one bundle, for auditors."""

from __future__ import annotations

from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Query, Response

from ledger.export import Scope
from service.access import Action, Actor
from service.api.shapes import problems
from service.edge.downloads import ZIP, send_gathered
from service.edge.needs import Need, RuntimeOf

router = APIRouter(tags=["export"])


@router.get(
    "/api/v1/export",
    response_class=Response,
    responses={200: {"description": "The `ledger` bundle.", "content": {ZIP: {}}}, **problems(503)},
)
def export(
    *,
    runtime: RuntimeOf,
    _actor: Annotated[Actor, Depends(Need(Action.EXPORT))],
    redacted: Annotated[bool, Query(description="Leave out disclosures, rows and documents.")] = False,
    since: Annotated[int, Query(ge=0, description="Only what came after this anchored size, to be joined.")] = 0,
) -> Response:
    """Export the ledger for an audit elsewhere. Unless redacted it holds personal data: keep it as the database."""

    def gather(file: BinaryIO) -> str:
        runtime.export(file, Scope(redacted=redacted, since=since))
        return "ledger-redacted.zip" if redacted else "ledger.zip"

    return send_gathered(runtime.settings.home, gather, media_type=ZIP)
