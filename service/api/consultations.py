"""The register of consultations: list, monthly counts, and turning one into a case. `POST /cases` records them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Depends, Query, Response

from service.access import Action, Actor
from service.api.cases import PATH as CASES
from service.api.examples import CASE, openapi_examples
from service.api.examples_intake import CONSULTATION_LIST, CONVERSION_INPUTS, MONTH
from service.api.shapes import DEFAULT_LIMIT, Cursor, Limit, RecordId, answered, created, problems
from service.cases import (
    ConsultationFilter,
    ConsultationSummary,
    MonthCounts,
    RegisteredCase,
    convert_consultation,
    count_consultations,
    list_consultations,
    read_case,
)
from service.cases.changes import as_registered
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, etag, parse_cursor, render_cursor, retry_of
from service.edge.needs import Need, RuntimeOf
from service.edge.tables import count_rows, send_csv
from service.idempotency import once
from service.inputs import ConversionInput
from service.inputs.fields import OneOf
from service.law import OUTCOMES

if TYPE_CHECKING:
    from sqlmodel import Session

PATH = "/api/v1/consultations"
MONTH_FORM = r"^(19|20)\d{2}-(0[1-9]|1[0-2])$"
MAX_SOUGHT = 60
Month = Annotated[str, Query(pattern=MONTH_FORM, description="A month, YYYY-MM.")]
router = APIRouter(route_class=StrictRoute, tags=["consultations"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationList:
    """A page of the register, newest first; `next` is the cursor of the page after it."""

    items: tuple[ConsultationSummary, ...]
    next: str | None


@router.get(PATH, responses={**answered("Consultations within reach.", example=CONSULTATION_LIST), **problems(422)})
def list_(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_LIST))],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    q: Annotated[str | None, Query(max_length=MAX_SOUGHT, description="In number, name, phone or question.")] = None,
    month: Annotated[str | None, Query(pattern=MONTH_FORM)] = None,
    outcome: Annotated[str | None, OneOf(OUTCOMES), Query()] = None,
) -> ConsultationList:
    """List consultations, newest first."""
    wanted = ConsultationFilter(text=q or None, month=month, outcome=outcome)
    of = f"consultations {actor.user_id} {wanted}"
    after = parse_cursor(runtime, cursor, of=of) if cursor else None
    with runtime.read() as session:
        page = list_consultations(
            session, actor, wanted, limit=limit, after=(str(after[0]), str(after[1])) if after else None
        )
    return ConsultationList(items=page.items, next=render_cursor(runtime, page.next_key, of=of))


@router.get(f"{PATH}/statistics", responses={**answered("The month in numbers.", example=MONTH), **problems(422)})
def statistics(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_LIST))], month: Month
) -> MonthCounts:
    """Count the consultations within reach that came in during a month."""
    with runtime.read() as session:
        return count_consultations(session, actor, month)


@router.get(
    f"{PATH}/statistics.csv",
    response_class=Response,
    responses={
        200: {"description": "The same as CSV.", "content": {"text/csv": {"schema": {"type": "string"}}}},
        **problems(422),
    },
)
def statistics_csv(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_LIST))], month: Month
) -> Response:
    """Count the same as a table: `month`, `by`, `code`, `count`."""
    with runtime.read() as session:
        counts = count_consultations(session, actor, month)
    return send_csv(count_rows(counts), file_name=f"consultations-{month}.csv")


@router.post(
    f"{CASES}/{{case_id}}/conversions",
    status_code=201,
    responses={
        **created("The application, in the consultation's dispute.", example={**CASE, "possible_duplicates": []}),
        **problems(400, 404, 409, 413, 415, 422),
    },
)
def convert(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_CREATE))],
    case_id: RecordId,
    body: Annotated[ConversionInput, Body(openapi_examples=openapi_examples(**CONVERSION_INPUTS))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> RegisteredCase:
    """Turn a consultation into an application. What is not given is taken from the consultation, which then says so."""
    retry = retry_of(idempotency_key, route=f"POST {CASES} {case_id} conversions", body=body)

    def work(session: Session) -> RegisteredCase:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: convert_consultation(
                session, actor, runtime.recorder, case_id, body, area=runtime.settings.area
            ),
            again=lambda made_id: as_registered(read_case(session, actor, made_id)),
        )

    case = runtime.write(work)
    response.headers["Location"] = f"{CASES}/{case.id}"
    response.headers["ETag"] = etag(case.version)
    return case
