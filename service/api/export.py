"""`/api/v1/export`: the whole ledger as one bundle, for auditors."""

from __future__ import annotations

from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Response

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
def export(*, runtime: RuntimeOf, _actor: Annotated[Actor, Depends(Need(Action.EXPORT))]) -> Response:
    """Export the ledger for an audit elsewhere. The bundle holds personal data: keep it as the database is kept."""

    def gather(file: BinaryIO) -> str:
        runtime.export(file)
        return "ledger.zip"

    return send_gathered(runtime.settings.home, gather, media_type=ZIP)
