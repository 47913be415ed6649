"""Pages of deadlines: what is due in the cases within reach, the rules behind it, and a calendar address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query

from service.access import Action
from service.cases import today
from service.deadlines import office_deadlines, view_rules
from service.deadlines.feeds import close_feed, feed_opened_at, feed_path, open_feed
from service.edge.headers import parse_cursor, render_cursor
from service.pages.visits import SignedIn, Submission, Submits, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

PAGE_SIZE = 50


def add_deadlines(router: APIRouter) -> None:
    """Add the routes of deadlines."""
    router.add_api_route("/deadlines", show_deadlines, methods=["GET"])
    router.add_api_route("/deadlines/rules", show_rules, methods=["GET"])
    router.add_api_route("/deadlines/calendar", go_to_deadlines, methods=["GET"])
    router.add_api_route("/deadlines/calendar", change_calendar, methods=["POST"])


def show_deadlines(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_LIST))],
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """List what is due, the overdue first."""
    return _list(visit, cursor=cursor)


def show_rules(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_LIST))]) -> Response:
    """Show every rule with its article, its version and the day it was checked."""
    clocks = visit.runtime.clocks
    years = clocks.holidays.years
    return visit.page("deadlines/rules.html", rules=view_rules(clocks), first_year=min(years), last_year=max(years))


def go_to_deadlines(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_LIST))]) -> Response:
    """Answer the form's address when it is opened by itself, as by the language switch."""
    return visit.go("/deadlines")


def change_calendar(sent: Annotated[Submission, Depends(Submits(Action.CASE_LIST))]) -> Response:
    """Make a calendar address and show it, this once, or withdraw the one there is."""
    visit, runtime = sent.visit, sent.visit.runtime
    if sent.form.value("step") == "withdraw":
        runtime.write(lambda session: close_feed(session, visit.actor))
        return visit.go("/deadlines")
    now = runtime.recorder.clock()
    token = runtime.write(lambda session: open_feed(session, visit.actor, language=visit.language, now=now))
    return _list(visit, address=runtime.address_of(visit.request, feed_path(token)))


def _list(visit: Visit, *, cursor: str | None = None, address: str | None = None) -> Response:
    runtime, of = visit.runtime, f"deadline pages {visit.actor.user_id}"
    after = parse_cursor(runtime, cursor, of=of) if cursor else None
    day = today(runtime.recorder)
    with runtime.read() as session:
        found = office_deadlines(session, visit.actor, runtime.clocks, today=day)
        opened_at = feed_opened_at(session, visit.actor)
    waiting = [item for item in found if after is None or item.key > after]
    page = waiting[:PAGE_SIZE]
    following = render_cursor(runtime, page[-1].key if len(waiting) > PAGE_SIZE else None, of=of)
    return visit.page(
        "deadlines/list.html",
        items=page,
        today=day,
        opened_at=opened_at,
        address=address,
        first=visit.reader.link("/deadlines") if cursor else None,
        next=visit.reader.link("/deadlines", cursor=following) if following else None,
    )
