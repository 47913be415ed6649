"""`/api/v1/cases/{id}/proceedings` and `/api/v1/proceedings`: open, carry on, close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Depends, Response

from service.access import Action, Actor
from service.api.examples import openapi_examples
from service.api.shapes import RecordId, answered, created, problems
from service.api.workflow_examples import PROCEEDING, PROCEEDING_CHANGES, PROCEEDING_INPUT
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, IfMatch, etag, expected_version, retry_of
from service.edge.needs import Need, RuntimeOf
from service.idempotency import once
from service.inputs import ProceedingChange, ProceedingInput
from service.proceedings import (
    ProceedingView,
    case_proceedings,
    change_proceeding,
    open_proceeding,
    read_proceeding,
)

if TYPE_CHECKING:
    from sqlmodel import Session

PATH = "/api/v1/proceedings"
OF_CASE = "/api/v1/cases/{case_id}/proceedings"
ONE = f"{PATH}/{{proceeding_id}}"
router = APIRouter(route_class=StrictRoute, tags=["proceedings"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingList:
    """The proceedings of a case, in the order of their opening."""

    items: tuple[ProceedingView, ...]


@router.post(
    OF_CASE,
    status_code=201,
    responses={**created("The proceeding.", example=PROCEEDING), **problems(400, 404, 409, 413, 415, 422)},
)
def open_(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.PROCEEDING_RECORD))],
    case_id: RecordId,
    body: Annotated[ProceedingInput, Body(openapi_examples=openapi_examples(confirmation=PROCEEDING_INPUT))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ProceedingView:
    """Record that a proceeding was applied for. What the law does not let be opened is `409` with its article."""
    retry = retry_of(idempotency_key, route=f"POST {OF_CASE} {case_id}", body=body)

    def work(session: Session) -> ProceedingView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: open_proceeding(
                session, actor, runtime.recorder, case_id, body, holidays=runtime.clocks.holidays
            ),
            again=lambda opened_id: read_proceeding(session, actor, runtime.clocks.holidays, opened_id),
        )

    proceeding = runtime.write(work)
    response.headers["Location"] = f"{PATH}/{proceeding.id}"
    response.headers["ETag"] = etag(proceeding.version)
    return proceeding


@router.get(OF_CASE, responses={**answered("The proceedings.", example={"items": [PROCEEDING]}), **problems(404)})
def list_(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_READ))], case_id: RecordId
) -> ProceedingList:
    """List the proceedings of a case."""
    with runtime.read() as session:
        return ProceedingList(items=case_proceedings(session, actor, runtime.clocks.holidays, case_id))


@router.get(ONE, responses={**answered("The proceeding.", example=PROCEEDING), **problems(404)})
def read(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_READ))],
    proceeding_id: RecordId,
    response: Response,
) -> ProceedingView:
    """Read a proceeding."""
    with runtime.read() as session:
        proceeding = read_proceeding(session, actor, runtime.clocks.holidays, proceeding_id)
    response.headers["ETag"] = etag(proceeding.version)
    return proceeding


@router.patch(
    ONE,
    responses={
        **answered("The proceeding as changed.", example={**PROCEEDING, "version": 2}),
        **problems(400, 404, 409, 412, 413, 415, 422, 428),
    },
)
def change(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.PROCEEDING_RECORD))],
    proceeding_id: RecordId,
    body: Annotated[ProceedingChange, Body(openapi_examples=openapi_examples(**PROCEEDING_CHANGES))],
    response: Response,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> ProceedingView:
    """Record what became of a proceeding; `closed_on` with `outcome` closes it. Needs `If-Match`."""
    version = expected_version(if_match)
    retry = retry_of(idempotency_key, route=f"PATCH {PATH} {proceeding_id} {version}", body=body)

    def work(session: Session) -> ProceedingView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: change_proceeding(
                session,
                actor,
                runtime.recorder,
                proceeding_id,
                body,
                expected_version=version,
                holidays=runtime.clocks.holidays,
            ),
            again=lambda changed_id: read_proceeding(session, actor, runtime.clocks.holidays, changed_id),
        )

    proceeding = runtime.write(work)
    response.headers["ETag"] = etag(proceeding.version)
    return proceeding
