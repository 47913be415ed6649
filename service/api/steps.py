"""`/api/v1/cases/{id}/steps`: what can be done in a case now, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Depends, Response

from service.access import Action, Actor
from service.api.examples import CASE, openapi_examples
from service.api.shapes import RecordId, answered, created, problems
from service.api.workflow_examples import CASE_STEPS, STEP_INPUTS
from service.cases import CaseSteps, CaseView, read_case, read_steps, take_step
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, etag, retry_of
from service.edge.needs import Need, RuntimeOf
from service.idempotency import once
from service.inputs import StepInput

if TYPE_CHECKING:
    from sqlmodel import Session

PATH = "/api/v1/cases/{case_id}/steps"
router = APIRouter(route_class=StrictRoute, tags=["cases"])


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
        **problems(400, 404, 409, 413, 415, 422),
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
    retry = retry_of(idempotency_key, route=f"POST {PATH} {case_id}", body=body)

    def work(session: Session) -> CaseView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: take_step(session, actor, runtime.recorder, case_id, body),
            again=lambda taken_id: read_case(session, actor, taken_id),
        )

    case = runtime.write(work)
    response.headers["Location"] = PATH.format(case_id=case.id)
    response.headers["ETag"] = etag(case.version)
    return case
