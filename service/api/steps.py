"""`/api/v1/cases/{id}/steps`: what can be done in a case now, and doing it; and with whom a case is shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Response
from pydantic import BaseModel

from service.access import Action, Actor
from service.api.examples import CASE, openapi_examples
from service.api.shapes import RecordId, answered, created, problems
from service.api.workflow_examples import CASE_STEPS, SHARE_INPUT, STEP_INPUTS
from service.cases import CaseSteps, CaseView, read_case, read_steps, share_case, take_step, withdraw_share
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, etag, retry_of
from service.edge.needs import Need, RuntimeOf
from service.edge.runtime import Runtime
from service.idempotency import once
from service.inputs import ShareInput, StepInput

if TYPE_CHECKING:
    from sqlmodel import Session

    from service.recording import Recorder

PATH = "/api/v1/cases/{case_id}/steps"
SHARES = "/api/v1/cases/{case_id}/shares"
router = APIRouter(route_class=StrictRoute, tags=["cases"])

_REFUSALS = problems(400, 404, 409, 413, 415, 422)


@router.get(
    PATH, responses={**answered("Steps taken, and every step of the kind.", example=CASE_STEPS), **problems(404)}
)
def read(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_READ))],
    case_id: RecordId,
    response: Response,
) -> CaseSteps:
    """Read the steps of a case: those taken, those possible now, and why not the others."""
    with runtime.read() as session:
        steps = read_steps(session, actor, case_id)
    response.headers["ETag"] = etag(steps.version)
    return steps


@router.post(
    PATH,
    status_code=201,
    responses={
        **created("The case after the step, and the statement that the step became.", example=CASE),
        **_REFUSALS,
    },
)
def take(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_STEP))],
    case_id: RecordId,
    body: Annotated[StepInput, Body(openapi_examples=openapi_examples(**STEP_INPUTS))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> CaseView:
    """Take a step. One that is not lawful now is refused (409) with a permanent code and the article of law."""
    return _write(runtime, actor, case_id, body, _Written(make=take_step, response=response, key=idempotency_key))


@router.post(SHARES, status_code=201, responses={**created("The case as shared.", example=CASE), **_REFUSALS})
def share(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_SHARE))],
    case_id: RecordId,
    body: Annotated[ShareInput, Body(openapi_examples=openapi_examples(department=SHARE_INPUT))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> CaseView:
    """Let the department of another institution read the case and post its opinion."""
    return _write(runtime, actor, case_id, body, _Written(make=share_case, response=response, key=idempotency_key))


@router.post(
    f"{SHARES}/withdrawals", status_code=201, responses={**created("The case as shared.", example=CASE), **_REFUSALS}
)
def withdraw(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_SHARE))],
    case_id: RecordId,
    body: Annotated[ShareInput, Body(openapi_examples=openapi_examples(department=SHARE_INPUT))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> CaseView:
    """Let it read the case no longer; that it could stays on the record."""
    return _write(runtime, actor, case_id, body, _Written(make=withdraw_share, response=response, key=idempotency_key))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A use case that changes a case, and how its answer goes out."""

    make: Callable[[Session, Actor, Recorder, str, Any], CaseView]
    response: Response
    key: str | None


def _write(runtime: Runtime, actor: Actor, case_id: str, body: BaseModel, written: _Written) -> CaseView:
    retry = retry_of(written.key, route=f"POST {written.make.__name__} {case_id}", body=body)

    def work(session: Session) -> CaseView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: written.make(session, actor, runtime.recorder, case_id, body),
            again=lambda changed_id: read_case(session, actor, changed_id),
        )

    case = runtime.write(work)
    written.response.headers["Location"] = f"/api/v1/cases/{case.id}"
    written.response.headers["ETag"] = etag(case.version)
    return case
