"""Pages on which a step of a case is taken, and a case is shared with another institution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends

from service.access import Action, NotFound
from service.accounts import list_institutions
from service.cases import CaseView, read_case, read_steps, share_case, take_step, withdraw_share
from service.inputs import ShareInput, StepInput
from service.law import GROUNDS, REMEDIES, STEPS_OF
from service.pages.forms import Form, body_of
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.rendering import Choice
from service.pages.saving import NOT_OF_THE_BODY, save
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from starlette.responses import Response

STEP = "/cases/{case_id}/steps/{step}"
SHARES = "/cases/{case_id}/shares"
BY_OTHER_PAGES = frozenset({"record", "convert"})
"""Steps that come with a registration."""
ENTER = {
    "ground": N_("Choose the ground"),
    "note": N_("Enter the reasons"),
    "until": N_("Enter until when it is extended"),
    "lawyer": N_("Enter the lawyer's name"),
    "institution": N_("Choose the institution"),
}
"""What to enter, by field of these forms."""
DONE = {
    "shared": N_("The case is shared."),
    "withdrawn": N_("The share is withdrawn. That there was one stays on record."),
}


def add_steps(router: APIRouter) -> None:
    """Add the routes of steps and shares."""
    router.add_api_route(STEP, show_step, methods=["GET"])
    router.add_api_route(STEP, take, methods=["POST"])
    router.add_api_route(SHARES, show_shares, methods=["GET"])
    router.add_api_route(SHARES, share, methods=["POST"])
    router.add_api_route(f"{SHARES}/withdrawal", withdraw, methods=["POST"])
    router.add_api_route(f"{SHARES}/withdrawal", go_to_shares, methods=["GET"])


def show_step(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_STEP))], case_id: RecordId, step: str) -> Response:
    """Show what the step asks for; where it is not lawful now, why not."""
    return _step_page(visit, case_id, step, Form(values={"key": str(uuid4())}))


def take(sent: Annotated[Submission, Depends(Submits(Action.CASE_STEP))], case_id: RecordId, step: str) -> Response:
    """Take the step."""
    visit = sent.visit
    recorder = visit.runtime.recorder
    try:
        new = StepInput.model_validate({**body_of(sent.form, without=NOT_OF_THE_BODY), "step": step})
        save(
            sent,
            new,
            make=lambda session: take_step(session, visit.actor, recorder, case_id, new),
            again=lambda session, taken_id: read_case(session, visit.actor, taken_id),
        )
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit, ENTER)
        return _step_page(visit, case_id, step, form, status=status)
    return visit.go(f"/cases/{case_id}", done="stepped")


def show_shares(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_SHARE))], case_id: RecordId, done: str = ""
) -> Response:
    """Show who else may see the case."""
    return _shares_page(visit, case_id, Form(), done=done)


def go_to_shares(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_SHARE))], case_id: RecordId) -> Response:
    """Answer the address of the second form when it is opened by itself."""
    return visit.go(f"/cases/{case_id}/shares")


def share(sent: Annotated[Submission, Depends(Submits(Action.CASE_SHARE))], case_id: RecordId) -> Response:
    """Share the case."""
    visit = sent.visit
    try:
        new = ShareInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        visit.runtime.write(lambda session: share_case(session, visit.actor, visit.runtime.recorder, case_id, new))
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit, ENTER)
        return _shares_page(visit, case_id, form, status=status)
    return visit.go(f"/cases/{case_id}/shares", done="shared")


def withdraw(sent: Annotated[Submission, Depends(Submits(Action.CASE_SHARE))], case_id: RecordId) -> Response:
    """Withdraw a share."""
    visit = sent.visit
    try:
        new = ShareInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        visit.runtime.write(lambda session: withdraw_share(session, visit.actor, visit.runtime.recorder, case_id, new))
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit, ENTER)
        return _shares_page(visit, case_id, form, status=status)
    return visit.go(f"/cases/{case_id}/shares", done="withdrawn")


def _step_page(visit: Visit, case_id: str, step: str, form: Form, *, status: int = 200) -> Response:
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
        steps = read_steps(session, visit.actor, case_id)
    option = next((item for item in steps.options if item.step == step), None)
    if option is None or step in BY_OTHER_PAGES:
        raise NotFound("step")
    grounds = [
        Choice(code=code, label=f"{getattr(GROUNDS[step][code], visit.language.value)} ({GROUNDS[step][code].article})")
        for code in option.grounds
    ]
    return visit.page(
        "workflow/step.html",
        status=status,
        case=case,
        option=option,
        term=STEPS_OF[case.kind][step],
        grounds=grounds,
        remedy=REMEDIES.get(step),
        form=form,
    )


def _shares_page(visit: Visit, case_id: str, form: Form, *, done: str = "", status: int = 200) -> Response:
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
        offices = {office.code: office.name for office in list_institutions(session)}
    now = {item.institution for item in case.shares if item.withdrawn_on is None}
    others = [Choice(code=code, label=name) for code, name in offices.items() if code not in now | {case.institution}]
    return visit.page(
        "workflow/shares.html",
        status=status,
        case=case,
        offices=offices,
        others=others,
        shared=[Choice(code=code, label=offices[code]) for code in offices if code in now],
        form=form,
        notice=visit.say(DONE[done]) if done in DONE else None,
    )


def steps_offered(visit: Visit, case: CaseView) -> dict[str, Any]:
    """What the page of a case shows of its steps: those taken, those possible, and why not the others."""
    with visit.runtime.read() as session:
        steps = read_steps(session, visit.actor, case.id)
    shown = [option for option in steps.options if option.step not in BY_OTHER_PAGES]
    return {
        "steps": steps,
        "possible": [option for option in shown if option.possible],
        "not_possible": [option for option in shown if not option.possible],
    }
