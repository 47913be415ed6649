"""`/api/v1/deadlines` and `/api/v1/cases/{id}/deadlines`: what is due by law, what is left of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from service.access import Action, Actor
from service.api.deadline_examples import CASE_DEADLINES, OFFICE_DEADLINES
from service.api.shapes import DEFAULT_LIMIT, Cursor, Limit, RecordId, answered, problems
from service.cases import today
from service.deadlines import DeadlineView, OfficeDeadline, office_deadlines, read_case_deadlines
from service.edge.bodies import StrictRoute
from service.edge.headers import parse_cursor, render_cursor
from service.edge.needs import Need, RuntimeOf

PATH = "/api/v1/deadlines"
router = APIRouter(route_class=StrictRoute, tags=["deadlines"])


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDeadlines:
    """A page of pending deadlines as of `today` (China), the overdue first; `next` is the cursor of the page after."""

    today: date
    items: tuple[OfficeDeadline, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeadlines:
    """Every deadline of a case as of `today` (China): pending, met, missed and fallen away."""

    today: date
    items: tuple[DeadlineView, ...]


@router.get(PATH, responses={**answered("Pending deadlines within reach.", example=OFFICE_DEADLINES), **problems(422)})
def list_(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_LIST))],
    response: Response,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> OfficeDeadlines:
    """List what is due in the cases within reach: the overdue first, then by days left."""
    of = f"deadlines {actor.user_id}"
    after = parse_cursor(runtime, cursor, of=of) if cursor else None
    day = today(runtime.recorder)
    with runtime.read() as session:
        found = office_deadlines(session, actor, runtime.clocks, today=day)
    waiting = [item for item in found if after is None or item.key > after]
    page = tuple(waiting[:limit])
    next_ = render_cursor(runtime, page[-1].key if len(waiting) > limit else None, of=of)
    if next_:
        response.headers["Link"] = f'<{PATH}?limit={limit}&cursor={next_}>; rel="next"'
    return OfficeDeadlines(today=day, items=page, next=next_)


@router.get(
    "/api/v1/cases/{case_id}/deadlines",
    responses={**answered("The deadlines of the case.", example=CASE_DEADLINES), **problems(404)},
)
def of_case(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_READ))], case_id: RecordId
) -> CaseDeadlines:
    """List every deadline of a case, what presses first."""
    day = today(runtime.recorder)
    with runtime.read() as session:
        found = read_case_deadlines(session, actor, runtime.clocks, case_id, today=day)
    return CaseDeadlines(today=day, items=found)
