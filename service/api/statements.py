"""`/api/v1/statements`: how far a statement has come, and its receipt."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from ledger.receipt import MEDIA_TYPE
from service.access import Action, Actor
from service.api.examples import STATEMENT_VIEW
from service.api.shapes import RecordId, answered, problems
from service.edge.bodies import StrictRoute
from service.edge.needs import Need, RuntimeOf
from service.statements import StatementView, read_statement
from service.verification import read_receipt

ONE = "/api/v1/statements/{statement_id}"
router = APIRouter(route_class=StrictRoute, tags=["statements"])


@router.get(ONE, responses={**answered("The statement.", example=STATEMENT_VIEW), **problems(404)})
def read(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.STATEMENT_READ))], statement_id: RecordId
) -> StatementView:
    """Read a statement: received, sequenced, anchored or final."""
    with runtime.read() as session:
        return read_statement(session, actor, statement_id)


@router.get(
    f"{ONE}/receipt",
    response_class=Response,
    responses={
        200: {"description": "A self-contained file that proves the statement.", "content": {MEDIA_TYPE: {}}},
        **problems(404, 409),
    },
)
def receipt(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.RECEIPT_READ))], statement_id: RecordId
) -> Response:
    """Make the receipt of a statement; `not_anchored` before it is on the chain."""
    with runtime.read() as session:
        file = read_receipt(session, actor, runtime.recorder, statement_id)
    return Response(
        file.data, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{file.name}"'}
    )
