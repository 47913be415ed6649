"""Pages of proceedings: open, carry on, close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends

from service.access import Action
from service.agreements import case_agreements
from service.cases import read_case, today
from service.inputs import ProceedingChange, ProceedingInput, Stale
from service.law import OUTCOMES_OF
from service.pages.forms import Form, body_of, chosen
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.rendering import Choice
from service.pages.saving import NOT_OF_THE_BODY, save
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused
from service.proceedings import change_proceeding, open_proceeding, read_proceeding

if TYPE_CHECKING:
    from starlette.responses import Response

NEW = "/cases/{case_id}/proceedings/new"
ONE = "/proceedings/{proceeding_id}"
ENTER = {
    "kind": N_("Choose the proceeding"),
    "body": N_("Enter the name of the body"),
    "opened_on": N_("Enter the day on which it was applied for"),
    "applicants": N_("Choose who applies"),
    "claims": N_("Choose the claims"),
    "closed_on": N_("Enter the day on which it closed"),
    "outcome": N_("Choose the outcome"),
}
"""What to enter, by field of these forms."""
DONE = {
    "opened": N_("The proceeding is recorded."),
    "changed": N_("The change is recorded."),
}


def add_proceedings(router: APIRouter) -> None:
    """Add the routes of proceedings."""
    router.add_api_route(NEW, show_new, methods=["GET"])
    router.add_api_route(NEW, open_, methods=["POST"])
    router.add_api_route(ONE, show_proceeding, methods=["GET"])
    router.add_api_route(ONE, change, methods=["POST"])


def show_new(visit: Annotated[Visit, Depends(SignedIn(Action.PROCEEDING_RECORD))], case_id: RecordId) -> Response:
    """Show the empty form."""
    return _new_page(visit, case_id, Form(values={"key": str(uuid4())}))


def open_(sent: Annotated[Submission, Depends(Submits(Action.PROCEEDING_RECORD))], case_id: RecordId) -> Response:
    """Record that a proceeding was applied for."""
    visit = sent.visit
    recorder, holidays = visit.runtime.recorder, visit.runtime.clocks.holidays
    try:
        new = ProceedingInput.model_validate(_opened(sent.form))
        made = save(
            sent,
            new,
            make=lambda session: open_proceeding(session, visit.actor, recorder, case_id, new, holidays=holidays),
            again=lambda session, made_id: read_proceeding(session, visit.actor, holidays, made_id),
        )
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit, ENTER)
        return _new_page(visit, case_id, form, status=status)
    return visit.go(f"/proceedings/{made.id}", done="opened")


def show_proceeding(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_READ))], proceeding_id: RecordId, done: str = ""
) -> Response:
    """Show a proceeding, with the form for what became of it."""
    return _one_page(visit, proceeding_id, None, done=done)


def change(
    sent: Annotated[Submission, Depends(Submits(Action.PROCEEDING_RECORD))], proceeding_id: RecordId
) -> Response:
    """Record what became of it; when somebody else was first, show what stands now."""
    visit, form = sent.visit, sent.form
    try:
        body = ProceedingChange.model_validate(body_of(form, without=NOT_OF_THE_BODY))
        version = int(form.value("version")) if form.value("version").isdecimal() else 0
        visit.runtime.write(
            lambda session: change_proceeding(
                session,
                visit.actor,
                visit.runtime.recorder,
                proceeding_id,
                body,
                expected_version=version,
                holidays=visit.runtime.clocks.holidays,
            )
        )
    except MENDABLE as error:
        form, status = refused(form, error, visit, ENTER)
        return _one_page(visit, proceeding_id, form, status=status, again=isinstance(error, Stale))
    return visit.go(f"/proceedings/{proceeding_id}", done="changed")


def _opened(form: Form) -> dict[str, Any]:
    """The proceeding as the API takes it: parties and claims are ticked one by one."""
    plain = {name: value for name, value in form.values.items() if name.partition(".")[0] not in {"applies", "claim"}}
    body = body_of(Form(values=plain), without=NOT_OF_THE_BODY)
    applicants = [int(position) for position in chosen(form.values, "applies") if position.isdecimal()]
    return {**body, "applicants": applicants, "claims": list(chosen(form.values, "claim"))}


def _new_page(visit: Visit, case_id: str, form: Form, *, status: int = 200) -> Response:
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
        agreements = case_agreements(session, visit.actor, case_id, on=today(visit.runtime.recorder))
    return visit.page(
        "workflow/open_proceeding.html",
        status=status,
        case=case,
        form=form,
        parties=[Choice(code=str(party.position), label=party.name) for party in case.parties],
        agreements=[Choice(code=item.id, label=item.number) for item in agreements],
        claimed=sorted({claim.kind for claim in case.claims}),
    )


def _one_page(
    visit: Visit, proceeding_id: str, form: Form | None, *, done: str = "", status: int = 200, again: bool = False
) -> Response:
    with visit.runtime.read() as session:
        proceeding = read_proceeding(session, visit.actor, visit.runtime.clocks.holidays, proceeding_id)
        case = read_case(session, visit.actor, proceeding.case_id)
    version = {"version": str(proceeding.version)}
    if form is None:
        form = Form(values=version)
    elif again:
        form = Form(values={**form.values, **version}, errors=form.errors)
    return visit.page(
        "workflow/proceeding.html",
        status=status,
        case=case,
        proceeding=proceeding,
        form=form,
        outcomes=[
            Choice(code=code, label=str(getattr(term, visit.language.value)))
            for code, term in OUTCOMES_OF[proceeding.kind].items()
        ],
        notice=visit.say(DONE[done]) if done in DONE else None,
    )
