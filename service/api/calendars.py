"""`/api/v1/calendar`: a person's calendar address, made and withdrawn; `/calendar/{token}.ics`: what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from service.access import Action, Actor
from service.api.deadline_examples import CALENDAR
from service.api.shapes import created, problems
from service.cases import today
from service.deadlines import office_deadlines
from service.deadlines.calendar_file import render_calendar
from service.deadlines.feeds import close_feed, feed_path, open_feed, read_feed
from service.edge.bodies import StrictRoute
from service.edge.needs import Need, RuntimeOf, public
from service.language import Language

PATH = "/api/v1/calendar"
CALENDAR_TYPE = "text/calendar; charset=utf-8"
router = APIRouter(route_class=StrictRoute, tags=["deadlines"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAddress:
    """Where a calendar program finds the deadlines. Whoever knows the address can read them: it is shown once."""

    url: str


@router.post(
    PATH, status_code=201, responses={**created("The address, shown this once.", example=CALENDAR), **problems(422)}
)
def make(
    *,
    runtime: RuntimeOf,
    request: Request,
    actor: Annotated[Actor, Depends(Need(Action.CASE_LIST))],
    language: Annotated[Language, Query(description="Of the entries.")] = Language.ZH,
) -> CalendarAddress:
    """Make a calendar address for the deadlines within reach; an earlier one stops working."""
    now = runtime.recorder.clock()
    token = runtime.write(lambda session: open_feed(session, actor, language=language, now=now))
    return CalendarAddress(url=runtime.address_of(request, feed_path(token)))


@router.delete(PATH, status_code=204, responses=problems())
def withdraw(*, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_LIST))]) -> None:
    """Withdraw the calendar address, if there is one."""
    runtime.write(lambda session: close_feed(session, actor))


@router.get("/calendar/{token}.ics", dependencies=[public], include_in_schema=False, response_class=Response)
def read(*, runtime: RuntimeOf, request: Request, token: Annotated[str, Path(max_length=64)]) -> Response:
    """The deadlines of whoever made this address, as an iCalendar file."""
    runtime.limits.count_public(request.client.host if request.client else "")
    with runtime.read() as session:
        subscriber = read_feed(session, token)
        found = office_deadlines(session, subscriber.actor, runtime.clocks, today=today(runtime.recorder))
    content = render_calendar(
        found,
        language=subscriber.language,
        origin=runtime.origin,
        public_url=runtime.settings.public_url,
        now=runtime.recorder.clock(),
    )
    return Response(content, media_type=CALENDAR_TYPE, headers={"Cache-Control": "no-store"})
