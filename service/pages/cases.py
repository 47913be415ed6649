"""Pages of cases: the list, the registration with a look before it is saved, the case itself, its correction."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Query

from service.access import Action
from service.agreements import case_agreements
from service.cases import CaseFilter, CaseView, change_case, list_cases, read_case, register_case, today
from service.deadlines import OfficeDeadline, next_deadlines, office_deadlines, read_case_deadlines
from service.deadlines.dates import case_dates
from service.documents import case_documents
from service.edge.headers import parse_cursor, render_cursor, retry_of
from service.idempotency import once
from service.inputs import CaseChange, CaseInput, Stale
from service.law import CASE_KINDS
from service.pages.forms import Form, body_of, filled, renumber, row_count
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused
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
CLAIMS = "claims"
NOT_SENT_ON = frozenset({"csrf", "key", "step", "version"})
"""Fields of a form that are not part of the case."""
CHANGEABLE = ("dispute_type", "channel", "received_on", "facts")

DONE: Mapping[str, str] = {
    "registered": N_("The case is registered. Its ledger record goes on the chain next."),
    "filed": N_("The document is filed. Its ledger record goes on the chain next."),
    "changed": N_("The correction is recorded."),
    "noted": N_("The day is recorded."),
    "withdrawn": N_("The day is withdrawn. It stays on record."),
}


def add_cases(router: APIRouter) -> None:
    """Add the routes of cases. `/cases/new` comes before `/cases/{case_id}`, which would take it for an id."""
    router.add_api_route("/cases", show_cases, methods=["GET"])
    router.add_api_route("/cases/new", show_registration, methods=["GET"])
    router.add_api_route("/cases/new", register, methods=["POST"])
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


def show_registration(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CREATE))]) -> Response:
    """Show the empty form. Its key makes sure that sending it twice registers one case."""
    return _registration(visit, Form(values={"key": str(uuid4())}))


def register(sent: Annotated[Submission, Depends(Submits(Action.CASE_CREATE))]) -> Response:
    """Go one step on: another claim, the look before saving, back to the form, or the registration itself."""
    visit, step = sent.visit, sent.form.value("step")
    form = Form(values={name: value for name, value in sent.form.values.items() if name not in {"csrf", "step"}})
    if step in {"add", "change"}:
        return _registration(visit, form, more=step == "add")
    form = Form(values=renumber(form.values, CLAIMS))
    try:
        new = CaseInput.model_validate(_body(form))
        if step != "register":
            return _confirmation(visit, form, new)
        case = _register(visit, new, form.value("key"))
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        return _registration(visit, form, status=status)
    return visit.go(f"/cases/{case.id}", done="registered")


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
        timeline = case_statements(
            session, visit.actor, case_id, limit=TIMELINE_SIZE, after=(int(after[0]),) if after else None
        )
    following = render_cursor(visit.runtime, timeline.next_key, of=of)
    return visit.page(
        "cases/case.html",
        case=case,
        documents=documents,
        agreements=agreements,
        deadlines=deadlines,
        dates=dates,
        statements=timeline.items,
        offices=visit.office_names(),
        more=visit.reader.link(f"/cases/{case_id}", cursor=following) + "#timeline" if following else None,
        notice=visit.say(DONE[done]) if done in DONE else None,
    )


def show_change(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Show the form for a correction, filled with what is recorded."""
    case = _read(visit, case_id)
    values = {name: str(getattr(case, name)) for name in CHANGEABLE} | {"version": str(case.version)}
    return visit.page("cases/change.html", case=case, form=Form(values=values), stale=False)


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


def _registration(visit: Visit, form: Form, *, more: bool = False, status: int = 200) -> Response:
    rows = max(1, row_count(form.values, CLAIMS)) + (1 if more else 0)
    return visit.page("cases/register.html", status=status, form=form, claim_rows=rows)


def _confirmation(visit: Visit, form: Form, new: CaseInput) -> Response:
    return visit.page("cases/confirm.html", form=form, claims=new.claims)


def _body(form: Form) -> dict[str, Any]:
    """The registration as the API takes it. Groups left empty are sent empty, so that every fault is named at once."""
    body = {"applicant": {}, **body_of(form, without=NOT_SENT_ON)}
    if body.get("kind") != "consultation":
        body = {"employer": {}, CLAIMS: [{}], **body}
    return body


def _register(visit: Visit, new: CaseInput, key: str) -> CaseView:
    runtime, actor = visit.runtime, visit.actor
    retry = retry_of(key or None, route="page /cases/new", body=new)

    def work(session: Session) -> CaseView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: register_case(session, actor, runtime.recorder, new, area=runtime.settings.area),
            again=lambda case_id: read_case(session, actor, case_id),
        )

    return runtime.write(work)


def _changed(case: CaseView, form: Form) -> dict[str, str]:
    """What differs from the case as it is: only that is recorded as changed."""
    wanted = {name: form.value(name) for name in CHANGEABLE if form.value(name) != str(getattr(case, name))}
    return wanted | filled({"reason": form.value("reason")})


def _read(visit: Visit, case_id: str) -> CaseView:
    with visit.runtime.read() as session:
        return read_case(session, visit.actor, case_id)
