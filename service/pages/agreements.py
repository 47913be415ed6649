"""Pages of mediation agreements: draft, look, sign, pay, end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends

from service.access import Action
from service.agreements import (
    AgreementView,
    draft_agreement,
    end_agreement,
    pay_instalment,
    read_agreement,
    read_sheet,
    sign_agreement,
)
from service.cases import read_case, today
from service.deadlines import DeadlineView, read_case_deadlines
from service.documents import case_documents
from service.edge.headers import retry_of
from service.idempotency import once
from service.inputs import AgreementInput, EndingInput, PaymentInput, SignatureInput
from service.pages.forms import Form, body_of, renumber, row_count
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.rendering import Choice
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlmodel import Session
    from starlette.responses import Response

INSTALMENTS = "instalments"
NOT_OF_THE_AGREEMENT = frozenset({"csrf", "key", "step"})
EMPTY_DRAFT: Mapping[str, str] = {
    "form": "written",
    "closure": "none",
    "instalments.0.method": "bank_transfer",
}
DONE: Mapping[str, str] = {
    "drafted": N_("The draft is recorded. Its record number can be printed on the paper now."),
    "signed": N_("The signature is recorded."),
    "paid": N_("The payment is recorded."),
    "reported": N_("The report is recorded."),
    "answered": N_("The answer is recorded."),
    "ended": N_("The ending is recorded."),
}
MISSING: Mapping[str, str] = {
    "mediator": N_("The mediator's signature"),
    "organisation": N_("The seal of the mediation organisation"),
}
MARK_OF = N_("Signature or seal of %(name)s")
PAYMENT_LABEL = N_("No. %(number)s, still %(due)s")


def add_agreements(router: APIRouter) -> None:
    """Add the routes of agreements."""
    router.add_api_route("/cases/{case_id}/agreements/new", show_draft, methods=["GET"])
    router.add_api_route("/cases/{case_id}/agreements/new", draft, methods=["POST"])
    router.add_api_route("/agreements/{agreement_id}", show_agreement, methods=["GET"])
    for part in ("signatures", "payments", "ending"):
        router.add_api_route(f"/agreements/{{agreement_id}}/{part}", go_to_agreement, methods=["GET"])
    router.add_api_route("/agreements/{agreement_id}/signatures", sign, methods=["POST"])
    router.add_api_route("/agreements/{agreement_id}/payments", pay, methods=["POST"])
    router.add_api_route("/agreements/{agreement_id}/ending", end, methods=["POST"])


def show_draft(visit: Annotated[Visit, Depends(SignedIn(Action.AGREEMENT_DRAFT))], case_id: RecordId) -> Response:
    """Show the empty form."""
    return _draft_page(visit, case_id, Form(values={**EMPTY_DRAFT, "key": str(uuid4())}))


def draft(sent: Annotated[Submission, Depends(Submits(Action.AGREEMENT_DRAFT))], case_id: RecordId) -> Response:
    """Record a draft, or show one more row for a payment."""
    visit = sent.visit
    form = Form(values={name: value for name, value in sent.form.values.items() if name not in {"csrf", "step"}})
    if sent.form.value("step") == "add":
        return _draft_page(visit, case_id, form, more=True)
    form = Form(values=_without_empty_payments(form.values))
    try:
        agreement = _draft(visit, case_id, form)
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        return _draft_page(visit, case_id, form, status=status)
    return visit.go(f"/agreements/{agreement.id}", done="drafted")


def show_agreement(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_READ))], agreement_id: RecordId, done: str = ""
) -> Response:
    """Show an agreement as it stands, with the forms for what can happen to it next."""
    return _agreement_page(visit, agreement_id, Form(), done=done)


def go_to_agreement(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_READ))], agreement_id: RecordId) -> Response:
    """Answer a form's address when it is opened by itself, as by the language switch beside a refused form."""
    return visit.go(f"/agreements/{agreement_id}")


def sign(sent: Annotated[Submission, Depends(Submits(Action.AGREEMENT_SIGN))], agreement_id: RecordId) -> Response:
    """Record a signature or seal."""
    visit = sent.visit
    return _act(
        sent,
        agreement_id,
        "signed",
        lambda session, body: sign_agreement(
            session, visit.actor, visit.runtime.recorder, agreement_id, SignatureInput.model_validate(body)
        ),
    )


def pay(sent: Annotated[Submission, Depends(Submits(Action.AGREEMENT_PERFORM))], agreement_id: RecordId) -> Response:
    """Record a payment."""
    visit = sent.visit
    return _act(
        sent,
        agreement_id,
        "paid",
        lambda session, body: pay_instalment(
            session, visit.actor, visit.runtime.recorder, agreement_id, PaymentInput.model_validate(body)
        ),
    )


def end(sent: Annotated[Submission, Depends(Submits(Action.AGREEMENT_END))], agreement_id: RecordId) -> Response:
    """Record how the agreement ended."""
    visit = sent.visit
    return _act(
        sent,
        agreement_id,
        "ended",
        lambda session, body: end_agreement(
            session, visit.actor, visit.runtime.recorder, agreement_id, EndingInput.model_validate(_with_parties(body))
        ),
    )


def _with_parties(body: dict[str, Any]) -> dict[str, Any]:
    """The boxes that were ticked, `by.2`, as the places of the parties."""
    ticked = body.pop("by", [])
    return {**body, "parties": [int(place) for place in ticked if place.isdecimal()]} if ticked else body


def _act(
    sent: Submission, agreement_id: str, done: str, act: Callable[[Session, dict[str, Any]], AgreementView]
) -> Response:
    visit = sent.visit
    try:
        body = body_of(sent.form, without=NOT_OF_THE_AGREEMENT)
        visit.runtime.write(lambda session: act(session, body))
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return _agreement_page(visit, agreement_id, form, status=status)
    return visit.go(f"/agreements/{agreement_id}", done=done)


def _draft(visit: Visit, case_id: str, form: Form) -> AgreementView:
    body = body_of(form, without=NOT_OF_THE_AGREEMENT)
    if "waivers" in body:
        body["waivers"] = [line.strip() for line in body["waivers"].splitlines() if line.strip()]
    new = AgreementInput.model_validate(body)
    runtime, actor = visit.runtime, visit.actor
    retry = retry_of(form.value("key") or None, route=f"page agreements of {case_id}", body=new)

    def work(session: Session) -> AgreementView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: draft_agreement(session, actor, runtime.recorder, case_id, new),
            again=lambda agreement_id: read_agreement(session, actor, agreement_id, on=today(runtime.recorder)),
        )

    return runtime.write(work)


def _without_empty_payments(values: Mapping[str, str]) -> dict[str, str]:
    """Take out rows where only the method was chosen, which every row comes with."""
    rows = range(row_count(values, INSTALMENTS))
    empty = [
        at for at in rows if not any(values.get(f"{INSTALMENTS}.{at}.{part}") for part in ("amount_fen", "due_on"))
    ]
    gone = {f"{INSTALMENTS}.{at}.method" for at in empty}
    return renumber({name: value for name, value in values.items() if name not in gone}, INSTALMENTS)


def _draft_page(visit: Visit, case_id: str, form: Form, *, more: bool = False, status: int = 200) -> Response:
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
    rows = max(1, row_count(form.values, INSTALMENTS)) + (1 if more else 0)
    methods = {f"{INSTALMENTS}.{at}.method": "bank_transfer" for at in range(rows)}
    form = Form(values={**methods, **form.values}, errors=form.errors)
    return visit.page("agreements/draft.html", status=status, case=case, form=form, instalment_rows=rows)


def _agreement_page(visit: Visit, agreement_id: str, form: Form, *, done: str = "", status: int = 200) -> Response:
    with visit.runtime.read() as session:
        sheet = read_sheet(session, visit.actor, agreement_id, on=today(visit.runtime.recorder))
        agreement = sheet.agreement
        case = read_case(session, visit.actor, agreement.case_id)
        documents = case_documents(session, visit.actor, agreement.case_id)
        clocks = _clocks(visit, session, agreement)
    return visit.page(
        "agreements/agreement.html",
        status=status,
        agreement=agreement,
        case=case,
        form=form,
        next_steps=sheet.next_steps,
        clocks=clocks,
        papers=[Choice(code=item.id, label=item.title) for item in documents],
        missing=[_mark(visit, agreement, code) for code in agreement.missing],
        parties=[Choice(code=str(party.position), label=party.name) for party in agreement.parties],
        unpaid=[
            Choice(
                code=str(item.position),
                label=visit.say(PAYMENT_LABEL, number=item.position, due=visit.money(item.amount_fen - item.paid_fen)),
            )
            for item in agreement.instalments
            if item.paid_fen < item.amount_fen
        ],
        notice=visit.say(DONE[done]) if done in DONE else None,
    )


def _clocks(visit: Visit, session: Session, agreement: AgreementView) -> list[DeadlineView]:
    """The deadlines that run from this agreement and its payments."""
    runtime, own = visit.runtime, {agreement.id, *(item.id for item in agreement.instalments)}
    day = today(runtime.recorder)
    found = read_case_deadlines(session, visit.actor, runtime.clocks, agreement.case_id, today=day)
    return [item for item in found if item.subject in own]


def _mark(visit: Visit, agreement: AgreementView, code: str) -> str:
    """A missing mark in words; `party:2` names the party at place 2 of the case."""
    kind, _, position = code.partition(":")
    if kind in MISSING:
        return visit.say(MISSING[kind])
    name = next((party.name for party in agreement.parties if str(party.position) == position), position)
    return visit.say(MARK_OF, name=name)
