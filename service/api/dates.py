"""`/api/v1/cases/{id}/dates` and `/api/v1/dates/{id}`: the days that clocks run from, noted and withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Depends, Response

from service.access import Action, Actor
from service.api.deadline_examples import DATE_INPUT, KEY_DATE, WITHDRAWAL_INPUT
from service.api.examples import openapi_examples
from service.api.shapes import RecordId, answered, created, problems
from service.deadlines.dates import KeyDateView, case_dates, note_date, read_date, withdraw_date
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, etag, retry_of
from service.edge.needs import Need, RuntimeOf
from service.idempotency import once
from service.inputs import KeyDateInput, WithdrawalInput

if TYPE_CHECKING:
    from sqlmodel import Session

OF_CASE = "/api/v1/cases/{case_id}/dates"
ONE = "/api/v1/dates/{date_id}"
router = APIRouter(route_class=StrictRoute, tags=["deadlines"])

_WRITE_PROBLEMS = problems(400, 404, 409, 413, 415, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDateList:
    """The days noted in a case, the earliest first."""

    items: tuple[KeyDateView, ...]


@router.post(OF_CASE, status_code=201, responses={**created("The day as noted.", example=KEY_DATE), **_WRITE_PROBLEMS})
def note(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_CHANGE))],
    case_id: RecordId,
    body: Annotated[KeyDateInput, Body(openapi_examples=openapi_examples(employment=DATE_INPUT))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> KeyDateView:
    """Note a day from which a legal clock runs, or at which it stops."""
    retry = retry_of(idempotency_key, route=f"POST {OF_CASE} {case_id}", body=body)

    def work(session: Session) -> KeyDateView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: note_date(session, actor, runtime.recorder, case_id, body),
            again=lambda date_id: read_date(session, actor, date_id),
        )

    noted = runtime.write(work)
    response.headers["Location"] = f"/api/v1/dates/{noted.id}"
    response.headers["ETag"] = etag(noted.version)
    return noted


@router.get(OF_CASE, responses={**answered("The days.", example={"items": [KEY_DATE]}), **problems(404)})
def list_(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_READ))], case_id: RecordId
) -> KeyDateList:
    """List the days noted in a case, withdrawn ones among them."""
    with runtime.read() as session:
        return KeyDateList(items=case_dates(session, actor, case_id))


@router.get(ONE, responses={**answered("The day.", example=KEY_DATE), **problems(404)})
def read(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_READ))], date_id: RecordId
) -> KeyDateView:
    """Read a noted day."""
    with runtime.read() as session:
        return read_date(session, actor, date_id)


@router.post(
    f"{ONE}/withdrawal",
    status_code=201,
    responses={
        **created("The day as withdrawn.", example={**KEY_DATE, "withdrawn": True, "version": 2}),
        **_WRITE_PROBLEMS,
    },
)
def withdraw(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_CHANGE))],
    date_id: RecordId,
    body: Annotated[WithdrawalInput, Body(openapi_examples=openapi_examples(mistyped=WITHDRAWAL_INPUT))],
    response: Response,
) -> KeyDateView:
    """Withdraw a day that was wrong. It stays on record, and no clock looks at it any more."""
    noted = runtime.write(lambda session: withdraw_date(session, actor, runtime.recorder, date_id, body))
    response.headers["Location"] = f"/api/v1/dates/{noted.id}"
    response.headers["ETag"] = etag(noted.version)
    return noted
