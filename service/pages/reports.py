"""Pages on which an office enters that a party reports non-performance, and what another party answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Path

from service.access import Action, NotFound
from service.agreements import (
    AgreementView,
    answer_nonperformance,
    read_agreement,
    report_nonperformance,
)
from service.cases import today
from service.edge.headers import retry_of
from service.idempotency import once
from service.inputs import NonperformanceAnswerInput, NonperformanceInput
from service.pages.forms import Form, body_of
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.rendering import Choice
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel
    from sqlmodel import Session
    from starlette.responses import Response

NEW = "/agreements/{agreement_id}/reports/new"
ANSWER = "/agreements/{agreement_id}/reports/{position}/answer"
NOT_OF_THE_BODY = frozenset({"csrf", "key"})
PAYMENT_LABEL = N_("No. %(number)s, due on %(day)s")

Position = Annotated[int, Path(ge=1, le=10_000)]


def add_reports(router: APIRouter) -> None:
    """Add the routes of reports."""
    router.add_api_route(NEW, show_report, methods=["GET"])
    router.add_api_route(NEW, report, methods=["POST"])
    router.add_api_route(ANSWER, show_answer, methods=["GET"])
    router.add_api_route(ANSWER, answer, methods=["POST"])


def show_report(
    visit: Annotated[Visit, Depends(SignedIn(Action.AGREEMENT_PERFORM))], agreement_id: RecordId
) -> Response:
    """Show the empty form."""
    return _report_page(visit, agreement_id, Form(values={"key": str(uuid4())}))


def report(sent: Annotated[Submission, Depends(Submits(Action.AGREEMENT_PERFORM))], agreement_id: RecordId) -> Response:
    """Record a report."""
    visit = sent.visit
    recorder = visit.runtime.recorder
    try:
        new = NonperformanceInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        _once(
            sent,
            agreement_id,
            new,
            lambda session: report_nonperformance(session, visit.actor, recorder, agreement_id, new),
        )
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return _report_page(visit, agreement_id, form, status=status)
    return visit.go(f"/agreements/{agreement_id}", done="reported")


def show_answer(
    visit: Annotated[Visit, Depends(SignedIn(Action.AGREEMENT_PERFORM))], agreement_id: RecordId, position: Position
) -> Response:
    """Show the report with the form for an answer."""
    return _answer_page(visit, agreement_id, position, Form(values={"key": str(uuid4())}))


def answer(
    sent: Annotated[Submission, Depends(Submits(Action.AGREEMENT_PERFORM))], agreement_id: RecordId, position: Position
) -> Response:
    """Record an answer."""
    visit = sent.visit
    recorder = visit.runtime.recorder
    try:
        new = NonperformanceAnswerInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        _once(
            sent,
            agreement_id,
            new,
            lambda session: answer_nonperformance(
                session, visit.actor, recorder, agreement_id, position=position, new=new
            ),
        )
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return _answer_page(visit, agreement_id, position, form, status=status)
    return visit.go(f"/agreements/{agreement_id}", done="answered")


def _once(
    sent: Submission, agreement_id: str, new: BaseModel, make: Callable[[Session], AgreementView]
) -> AgreementView:
    visit = sent.visit
    runtime, actor = visit.runtime, visit.actor
    route = f"page {sent.visit.request.url.path}"
    retry = retry_of(sent.form.value("key") or None, route=route, body=new)
    return runtime.write(
        lambda session: once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: make(session),
            again=lambda _: read_agreement(session, actor, agreement_id, on=today(runtime.recorder)),
        )
    )


def _report_page(visit: Visit, agreement_id: str, form: Form, *, status: int = 200) -> Response:
    agreement = _read(visit, agreement_id)
    return visit.page(
        "agreements/report.html",
        status=status,
        agreement=agreement,
        form=form,
        parties=_parties(agreement),
        payments=[
            Choice(
                code=str(item.position),
                label=visit.say(PAYMENT_LABEL, number=item.position, day=visit.day(item.due_on)),
            )
            for item in agreement.instalments
            if item.overdue
        ],
    )


def _answer_page(visit: Visit, agreement_id: str, position: int, form: Form, *, status: int = 200) -> Response:
    agreement = _read(visit, agreement_id)
    found = next((item for item in agreement.nonperformance if item.position == position), None)
    if found is None:
        raise NotFound("report")
    return visit.page(
        "agreements/answer.html",
        status=status,
        agreement=agreement,
        report=found,
        form=form,
        parties=[choice for choice in _parties(agreement) if choice.code != str(found.reported_by)],
    )


def _parties(agreement: AgreementView) -> list[Choice]:
    return [Choice(code=str(party.position), label=party.name) for party in agreement.parties]


def _read(visit: Visit, agreement_id: str) -> AgreementView:
    with visit.runtime.read() as session:
        return read_agreement(session, visit.actor, agreement_id, on=today(visit.runtime.recorder))
