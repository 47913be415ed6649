"""One dispute, one case: looking for duplicates before and after a registration, joining, and what a dispute holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response

from service.access import Action, Actor
from service.api.cases import PATH
from service.api.examples import CASE, CASE_INPUT, openapi_examples
from service.api.examples_intake import DISPUTE, DISPUTE_CHANGE_INPUTS, POSSIBLE_DUPLICATE
from service.api.shapes import RecordId, answered, problems
from service.cases import (
    CaseView,
    DisputeView,
    PossibleDuplicate,
    case_duplicates,
    change_dispute,
    look_for_duplicates,
    read_case,
    read_dispute,
)
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, etag, retry_of
from service.edge.needs import Need, RuntimeOf
from service.idempotency import once
from service.inputs import DisputeChange, DuplicateQuery

router = APIRouter(route_class=StrictRoute, tags=["disputes"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateList:
    """Cases that may be about one dispute, the likeliest first."""

    items: tuple[PossibleDuplicate, ...]


_FOUND = answered("Cases of any office that may be about it.", example={"items": [POSSIBLE_DUPLICATE]})


@router.post(f"{PATH}/duplicates", responses={**_FOUND, **problems(400, 413, 415, 422)})
def look(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.DUPLICATE_LOOK))],
    body: Annotated[DuplicateQuery, Body(openapi_examples=openapi_examples(short=CASE_INPUT))],
) -> DuplicateList:
    """Look whether a dispute has a case already, before registering one. Nothing is recorded."""
    with runtime.read() as session:
        return DuplicateList(items=look_for_duplicates(session, actor, runtime.recorder, body))


@router.get(f"{PATH}/{{case_id}}/duplicates", responses={**_FOUND, **problems(404)})
def duplicates(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.DUPLICATE_LOOK))],
    case_id: RecordId,
) -> DuplicateList:
    """Cases of other disputes that may be about that of this case, as both are now."""
    with runtime.read() as session:
        return DuplicateList(items=case_duplicates(session, actor, runtime.recorder, case_id))


@router.post(
    f"{PATH}/{{case_id}}/dispute",
    responses={
        **answered("The case in its dispute.", example={**CASE, "version": 2}),
        **problems(400, 404, 409, 413, 415, 422),
    },
)
def change(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_CHANGE))],
    case_id: RecordId,
    body: Annotated[DisputeChange, Body(openapi_examples=openapi_examples(**DISPUTE_CHANGE_INPUTS))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> CaseView:
    """Join a case to the dispute that another one is about, or, without `dispute_id`, make it one of its own again."""
    retry = retry_of(idempotency_key, route=f"POST {PATH} {case_id} dispute", body=body)
    case = runtime.write(
        lambda session: once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: change_dispute(session, actor, runtime.recorder, case_id, body),
            again=lambda changed_id: read_case(session, actor, changed_id),
        )
    )
    response.headers["ETag"] = etag(case.version)
    return case


@router.get("/api/v1/disputes/{dispute_id}", responses={**answered("The dispute.", example=DISPUTE), **problems(404)})
def read(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_READ))],
    dispute_id: RecordId,
) -> DisputeView:
    """Read which cases are about one dispute: of those that the account may not read, a glimpse."""
    with runtime.read() as session:
        return read_dispute(session, actor, dispute_id)
