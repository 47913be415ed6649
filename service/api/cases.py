"""`/api/v1/cases`: register, list, read, correct; and the statements of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Body, Depends, Query, Response

from service.access import Action, Actor
from service.api.examples import (
    CASE,
    CASE_CHANGE,
    CASE_INPUT,
    CASE_INPUT_MANY,
    CASE_LIST,
    STATEMENT_VIEW,
    openapi_examples,
)
from service.api.examples_intake import CASE_INPUT_AID, CASE_INPUT_CALL, REGISTERED
from service.api.shapes import DEFAULT_LIMIT, Cursor, Limit, RecordId, answered, created, problems
from service.cases import (
    CaseFilter,
    CaseSummary,
    CaseView,
    RegisteredCase,
    change_case,
    list_cases,
    read_case,
    read_registered,
    register_case,
)
from service.edge.bodies import StrictRoute
from service.edge.headers import (
    IdempotencyKey,
    IfMatch,
    etag,
    expected_version,
    parse_cursor,
    render_cursor,
    retry_of,
)
from service.edge.needs import Need, RuntimeOf
from service.idempotency import once
from service.inputs import CaseChange, CaseInput
from service.inputs.accounts import USERNAME
from service.inputs.fields import OneOf
from service.law import CASE_KINDS, STAGES
from service.statements import StatementView, case_statements

if TYPE_CHECKING:
    from sqlmodel import Session

PATH = "/api/v1/cases"
OnDuplicates = Annotated[
    Literal["report", "refuse"],
    Query(description="What to do when there may be a case about the dispute already: tell in the answer, or stop."),
]
_REGISTRATIONS = openapi_examples(
    short=CASE_INPUT, parties=CASE_INPUT_MANY, legal_aid=CASE_INPUT_AID, consultation=CASE_INPUT_CALL
)
router = APIRouter(route_class=StrictRoute, tags=["cases"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """A page of cases, newest first; `next` is the cursor of the page after it."""

    items: tuple[CaseSummary, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementList:
    """A page of statements in the order of their stream."""

    items: tuple[StatementView, ...]
    next: str | None


@router.post(
    PATH,
    status_code=201,
    responses={
        **created("The case, and the statement that its registration became.", example=REGISTERED),
        **problems(400, 409, 413, 415, 422),
    },
)
def register(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_CREATE))],
    body: Annotated[CaseInput, Body(openapi_examples=_REGISTRATIONS)],
    response: Response,
    duplicates: OnDuplicates = "report",
    idempotency_key: IdempotencyKey = None,
) -> RegisteredCase:
    """Register a case. The answer means that it is stored; going on chain follows and is seen in the statement.

    `possible_duplicates` are cases of any office that may be about the same dispute: join one later with
    `POST /cases/{id}/dispute`. With `duplicates=refuse` they are a 409 before anything is stored.
    """
    retry = retry_of(idempotency_key, route=f"POST {PATH}", body=body)

    def work(session: Session) -> RegisteredCase:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: register_case(
                session,
                actor,
                runtime.recorder,
                body,
                area=runtime.settings.area,
                stop_at_duplicates=duplicates == "refuse",
            ),
            again=lambda case_id: read_registered(session, actor, runtime.recorder, case_id, body),
        )

    case = runtime.write(work)
    response.headers["Location"] = f"{PATH}/{case.id}"
    response.headers["ETag"] = etag(case.version)
    return case


@router.get(PATH, responses={**answered("Cases within reach.", example=CASE_LIST), **problems(422)})
def list_(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_LIST))],
    response: Response,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    kind: Annotated[str | None, OneOf(CASE_KINDS), Query()] = None,
    stage: Annotated[str | None, OneOf(STAGES), Query()] = None,
    handler: Annotated[str | None, Query(pattern=USERNAME, description="User name of who handles it.")] = None,
) -> CaseList:
    """List cases, newest first."""
    wanted = CaseFilter(kind=kind, stage=stage, handler=handler)
    of = f"cases {actor.user_id} {wanted}"
    after = parse_cursor(runtime, cursor, of=of) if cursor else None
    with runtime.read() as session:
        page = list_cases(session, actor, wanted, limit=limit, after=(str(after[0]), str(after[1])) if after else None)
    next_ = render_cursor(runtime, page.next_key, of=of)
    if next_:
        response.headers["Link"] = f'<{PATH}?limit={limit}&cursor={next_}>; rel="next"'
    return CaseList(items=page.items, next=next_)


@router.get(f"{PATH}/{{case_id}}", responses={**answered("The case.", example=CASE), **problems(404)})
def read(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_READ))],
    case_id: RecordId,
    response: Response,
) -> CaseView:
    """Read a case."""
    with runtime.read() as session:
        case = read_case(session, actor, case_id)
    response.headers["ETag"] = etag(case.version)
    return case


@router.patch(
    f"{PATH}/{{case_id}}",
    responses={
        **answered("The case as changed.", example={**CASE, "version": 2}),
        **problems(400, 404, 409, 412, 413, 415, 422, 428),
    },
)
def change(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_CHANGE))],
    case_id: RecordId,
    body: Annotated[CaseChange, Body(openapi_examples=openapi_examples(facts=CASE_CHANGE))],
    response: Response,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> CaseView:
    """Correct or complete a case: a new version, linked to the old one, with the reason. Needs `If-Match`."""
    version = expected_version(if_match)
    retry = retry_of(idempotency_key, route=f"PATCH {PATH} {case_id} {version}", body=body)

    def work(session: Session) -> CaseView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: change_case(session, actor, runtime.recorder, case_id, body, expected_version=version),
            again=lambda changed_id: read_case(session, actor, changed_id),
        )

    case = runtime.write(work)
    response.headers["ETag"] = etag(case.version)
    return case


@router.get(
    f"{PATH}/{{case_id}}/statements",
    tags=["statements"],
    responses={
        **answered("The statements of the case.", example={"items": [STATEMENT_VIEW], "next": None}),
        **problems(404, 422),
    },
)
def statements(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.STATEMENT_READ))],
    case_id: RecordId,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> StatementList:
    """List everything that was recorded in a case, in order and without gaps."""
    of = f"statements {actor.user_id} {case_id}"
    after = parse_cursor(runtime, cursor, of=of) if cursor else None
    with runtime.read() as session:
        page = case_statements(session, actor, case_id, limit=limit, after=(int(after[0]),) if after else None)
    return StatementList(items=page.items, next=render_cursor(runtime, page.next_key, of=of))
