"""Pages on which an office notes a day that a legal clock runs from, and withdraws one that was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends

from service.access import Action
from service.cases import CaseView, read_case
from service.deadlines.dates import KeyDateView, note_date, read_date, withdraw_date
from service.edge.headers import retry_of
from service.idempotency import once
from service.inputs import KeyDateInput, WithdrawalInput
from service.pages.forms import Form, body_of
from service.pages.ids import RecordId
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.responses import Response

NEW = "/cases/{case_id}/dates/new"
WITHDRAW = "/dates/{date_id}/withdraw"
NOT_OF_THE_BODY = frozenset({"csrf", "key"})


def add_dates(router: APIRouter) -> None:
    """Add the routes of noted days."""
    router.add_api_route(NEW, show_new, methods=["GET"])
    router.add_api_route(NEW, note, methods=["POST"])
    router.add_api_route(WITHDRAW, show_withdrawal, methods=["GET"])
    router.add_api_route(WITHDRAW, withdraw, methods=["POST"])


def show_new(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Show the empty form."""
    form = Form(values={"key": str(uuid4())})
    return visit.page("deadlines/note.html", case=_case(visit, case_id), form=form)


def note(sent: Annotated[Submission, Depends(Submits(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Record a day."""
    visit = sent.visit
    case = _case(visit, case_id)
    try:
        new = KeyDateInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        _note(visit, case_id, new, sent.form.value("key"))
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return visit.page("deadlines/note.html", status=status, case=case, form=form)
    return visit.go(f"/cases/{case_id}", done="noted")


def show_withdrawal(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CHANGE))], date_id: RecordId) -> Response:
    """Show what is to be withdrawn, and ask why."""
    return _withdrawal_page(visit, date_id, Form())


def withdraw(sent: Annotated[Submission, Depends(Submits(Action.CASE_CHANGE))], date_id: RecordId) -> Response:
    """Withdraw a day."""
    visit = sent.visit
    runtime = visit.runtime
    try:
        new = WithdrawalInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        noted = runtime.write(lambda session: withdraw_date(session, visit.actor, runtime.recorder, date_id, new))
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return _withdrawal_page(visit, date_id, form, status=status)
    return visit.go(f"/cases/{noted.case_id}", done="withdrawn")


def _note(visit: Visit, case_id: str, new: KeyDateInput, key: str) -> KeyDateView:
    runtime, actor = visit.runtime, visit.actor
    retry = retry_of(key or None, route=f"page {visit.request.url.path}", body=new)

    def work(session: Session) -> KeyDateView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: note_date(session, actor, runtime.recorder, case_id, new),
            again=lambda date_id: read_date(session, actor, date_id),
        )

    return runtime.write(work)


def _withdrawal_page(visit: Visit, date_id: str, form: Form, *, status: int = 200) -> Response:
    with visit.runtime.read() as session:
        noted = read_date(session, visit.actor, date_id)
        case = read_case(session, visit.actor, noted.case_id)
    return visit.page("deadlines/withdraw.html", status=status, noted=noted, case=case, form=form)


def _case(visit: Visit, case_id: str) -> CaseView:
    with visit.runtime.read() as session:
        return read_case(session, visit.actor, case_id)
