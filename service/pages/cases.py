"""Pages of cases: the list, the case itself, its correction."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query

from service.access import Action
from service.agreements import case_agreements
from service.cases import CaseFilter, CaseView, change_case, list_cases, read_case, today
from service.deadlines import OfficeDeadline, next_deadlines, office_deadlines, read_case_deadlines
from service.deadlines.dates import case_dates
from service.documents import case_documents
from service.edge.headers import parse_cursor, render_cursor
from service.entries import case_entries
from service.inputs import CaseChange, Stale
from service.law import CASE_KINDS
from service.pages.entries import kinds_offered
from service.pages.forms import Form, filled
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.steps import steps_offered
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused
from service.proceedings import case_proceedings
from service.statements import case_statements

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.responses import Response

PAGE_SIZE = 25
TIMELINE_SIZE = 100
MAX_SOUGHT = 60
"""Characters of a search."""
BRACKETS = str.maketrans("（）〔〕【】", "()[][]")
"""Brackets as Chinese keyboards write them, and as case numbers have them."""
CHANGEABLE = ("dispute_type", "channel", "referral", "referred_by", "received_on", "facts")
AID = ("aid.provider", "aid.form", "aid.hardship", "aid.urgency")

DONE: Mapping[str, str] = {
    "registered": N_("The case is registered. Its ledger record goes on the chain next."),
    "filed": N_("The document is filed. Its ledger record goes on the chain next."),
    "changed": N_("The correction is recorded."),
    "noted": N_("The day is recorded."),
    "stepped": N_("The step is recorded."),
    "entered": N_("The entry is recorded."),
    "withdrawn": N_("The day is withdrawn. It stays on record."),
}


def add_cases(router: APIRouter) -> None:
    """Add the routes of cases that are there."""
    router.add_api_route("/cases", show_cases, methods=["GET"])
    router.add_api_route("/cases/{case_id}", show_case, methods=["GET"])
    router.add_api_route("/cases/{case_id}/change", show_change, methods=["GET"])
    router.add_api_route("/cases/{case_id}/change", change, methods=["POST"])


def show_cases(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_LIST))],
    q: Annotated[str, Query(max_length=MAX_SOUGHT)] = "",
    kind: str = "",
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """List the cases within reach, newest first."""
    sought, kind = q.strip(), kind if kind in CASE_KINDS else ""
    wanted = CaseFilter(kind=kind or None, text=sought.translate(BRACKETS) or None)
    of = f"case pages {visit.actor.user_id} {wanted}"
    after = parse_cursor(visit.runtime, cursor, of=of) if cursor else None
    clocks, day = visit.runtime.clocks, today(visit.runtime.recorder)
    with visit.runtime.read() as session:
        page = list_cases(
            session, visit.actor, wanted, limit=PAGE_SIZE, after=(str(after[0]), str(after[1])) if after else None
        )
        nearest = next_deadlines(session, clocks, [case.id for case in page.items], today=day)
        overdue = _overdue(session, visit) if not (sought or kind or cursor) else ()
    following = render_cursor(visit.runtime, page.next_key, of=of)
    chosen = {"q": sought or None, "kind": kind or None}
    return visit.page(
        "cases/list.html",
        cases=page.items,
        nearest=nearest,
        overdue=overdue,
        sought=sought,
        kind=kind,
        first=visit.reader.link("/cases", **chosen) if cursor else None,
        next=visit.reader.link("/cases", **chosen, cursor=following) if following else None,
    )


def show_case(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_READ))],
    case_id: RecordId,
    done: str = "",
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """Show a case with its parties, papers and everything that was recorded."""
    of = f"timeline pages {case_id}"
    after = parse_cursor(visit.runtime, cursor, of=of) if cursor else None
    day = today(visit.runtime.recorder)
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
        documents = case_documents(session, visit.actor, case_id)
        agreements = case_agreements(session, visit.actor, case_id, on=day)
        deadlines = read_case_deadlines(session, visit.actor, visit.runtime.clocks, case_id, today=day)
        dates = case_dates(session, visit.actor, case_id)
        entries = case_entries(session, visit.actor, case_id)
        proceedings = case_proceedings(session, visit.actor, visit.runtime.clocks.holidays, case_id)
        timeline = case_statements(
            session, visit.actor, case_id, limit=TIMELINE_SIZE, after=(int(after[0]),) if after else None
        )
    following = render_cursor(visit.runtime, timeline.next_key, of=of)
    offered = steps_offered(visit, case)
    return visit.page(
        "cases/case.html",
        case=case,
        documents=documents,
        agreements=agreements,
        deadlines=deadlines,
        dates=dates,
        **offered,
        case_steps={step.case_version: step for step in offered["steps"].taken},
        entries=entries,
        entry_kinds=kinds_offered(visit, case.kind),
        proceedings=proceedings,
        told={**{item.id: item for item in entries}, **{item.id: item for item in proceedings}},
        statements=timeline.items,
        offices=visit.office_names(),
        own_office=visit.actor.institution_code,
        more=visit.reader.link(f"/cases/{case_id}", cursor=following) + "#timeline" if following else None,
        notice=visit.say(DONE[done]) if done in DONE else None,
    )


def show_change(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Show the form for a correction, filled with what is recorded."""
    case = _read(visit, case_id)
    values = {name: str(getattr(case, name) or "") for name in CHANGEABLE} | _aid_of(case)
    form = Form(values=values | {"version": str(case.version)})
    return visit.page("cases/change.html", case=case, form=form, stale=False)


def change(sent: Annotated[Submission, Depends(Submits(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Record a correction; when somebody else was first, show both wordings."""
    visit, form = sent.visit, sent.form
    case = _read(visit, case_id)
    try:
        body = CaseChange.model_validate(_changed(case, form))
        version = int(form.value("version")) if form.value("version").isdecimal() else 0
        visit.runtime.write(
            lambda session: change_case(
                session, visit.actor, visit.runtime.recorder, case_id, body, expected_version=version
            )
        )
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        stale = isinstance(error, Stale)
        if stale:
            case = _read(visit, case_id)
            form = Form(values={**form.values, "version": str(case.version)}, errors=form.errors)
        return visit.page("cases/change.html", status=status, case=case, form=form, stale=stale)
    return visit.go(f"/cases/{case_id}", done="changed")


def _overdue(session: Session, visit: Visit) -> tuple[OfficeDeadline, ...]:
    """What is overdue in the office, as far as the head of the list shows it."""
    found = office_deadlines(session, visit.actor, visit.runtime.clocks, today=today(visit.runtime.recorder))
    return tuple(takewhile(lambda item: item.deadline.is_overdue, found))


def _changed(case: CaseView, form: Form) -> dict[str, Any]:
    """What differs from the case as it is: only that is recorded as changed."""
    wanted: dict[str, Any] = {
        name: form.value(name) for name in CHANGEABLE if form.value(name) != str(getattr(case, name) or "")
    }
    aid = {name: form.value(name) for name in AID}
    if case.kind == "legal_aid" and aid != _aid_of(case):
        wanted["aid"] = filled({name.removeprefix("aid."): value for name, value in aid.items()})
    return wanted | filled({"reason": form.value("reason")})


def _aid_of(case: CaseView) -> dict[str, str]:
    """The fields of the application for legal aid as the form has them, empty where nothing is recorded."""
    return {name: str(getattr(case.aid, name.removeprefix("aid."), None) or "") for name in AID}


def _read(visit: Visit, case_id: str) -> CaseView:
    with visit.runtime.read() as session:
        return read_case(session, visit.actor, case_id)
