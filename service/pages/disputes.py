"""Pages of a dispute: its cases, joining a case to it and taking it out; and the correction of parties and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends

from service.access import Action
from service.cases import CaseView, case_duplicates, change_case, change_dispute, read_case, read_dispute
from service.inputs import CaseChange, DisputeChange, Stale, refuse
from service.pages.forms import Form, filled, row_count
from service.pages.ids import RecordId
from service.pages.parties import add_several, at_rows, change_body, close_up, named_parties, values_of
from service.pages.registration import JOIN, ROWS_OF_STEP
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from starlette.responses import Response


LEAVE = "leave"
"""The choice to take a case out of its dispute."""


def add_disputes(router: APIRouter) -> None:
    """Add the routes of disputes and of the correction of parties."""
    router.add_api_route("/disputes/{dispute_id}", show_dispute, methods=["GET"])
    router.add_api_route("/cases/{case_id}/dispute", show_choice, methods=["GET"])
    router.add_api_route("/cases/{case_id}/dispute", choose, methods=["POST"])
    router.add_api_route("/cases/{case_id}/parties", show_parties, methods=["GET"])
    router.add_api_route("/cases/{case_id}/parties", change_parties, methods=["POST"])


def show_dispute(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_READ))], dispute_id: RecordId) -> Response:
    """Show which cases are about one dispute."""
    with visit.runtime.read() as session:
        dispute = read_dispute(session, visit.actor, dispute_id)
    return visit.page("disputes/dispute.html", dispute=dispute, offices=visit.office_names())


def show_choice(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Show cases that may be about the same dispute, to join one."""
    return _choice(visit, case_id, Form())


def choose(sent: Annotated[Submission, Depends(Submits(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Join a dispute, or leave it."""
    visit, form = sent.visit, sent.form
    decision = form.value("decision")
    joined = {"dispute_id": decision.removeprefix(JOIN)} if decision.startswith(JOIN) else {}
    try:
        if not joined and decision != LEAVE:
            raise refuse("/decision", "required")
        change = DisputeChange.model_validate(filled({"reason": form.value("reason"), **joined}))
        visit.runtime.write(
            lambda session: change_dispute(session, visit.actor, visit.runtime.recorder, case_id, change)
        )
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        return _choice(visit, case_id, form, status=status)
    return visit.go(f"/cases/{case_id}", done="changed")


def show_parties(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Show the parties and claims of a case, to correct or complete them."""
    case = _read(visit, case_id)
    return _parties(visit, case, Form(values=values_of(case) | {"version": str(case.version)}))


def change_parties(sent: Annotated[Submission, Depends(Submits(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Add a row, or record the correction; when somebody else was first, show the case as it is now."""
    visit, step = sent.visit, sent.form.value("step")
    form = Form(values={name: value for name, value in sent.form.values.items() if name not in {"csrf", "step"}})
    case = _read(visit, case_id)
    if step in ROWS_OF_STEP:
        return _parties(visit, case, form, more=ROWS_OF_STEP[step])
    if step == "several":
        return _parties(visit, case, add_several(form))
    form = Form(values=close_up(form.values))
    version = int(form.value("version")) if form.value("version").isdecimal() else 0
    try:
        body = CaseChange.model_validate(change_body(form))
        visit.runtime.write(
            lambda session: change_case(
                session, visit.actor, visit.runtime.recorder, case_id, body, expected_version=version
            )
        )
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        if isinstance(error, Stale):
            case = _read(visit, case_id)
            form = Form(values={**form.values, "version": str(case.version)}, errors=form.errors)
        return _parties(visit, case, at_rows(form, first=False), status=status, stale=isinstance(error, Stale))
    return visit.go(f"/cases/{case_id}", done="changed")


def _choice(visit: Visit, case_id: str, form: Form, *, status: int = 200) -> Response:
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
        found = case_duplicates(session, visit.actor, visit.runtime.recorder, case_id)
        dispute = read_dispute(session, visit.actor, case.dispute_id)
    return visit.page(
        "disputes/choose.html",
        status=status,
        case=case,
        found=found,
        dispute=dispute,
        form=form,
        offices=visit.office_names(),
    )


def _parties(
    visit: Visit, case: CaseView, form: Form, *, more: str | None = None, status: int = 200, stale: bool = False
) -> Response:
    rows = {group: row_count(form.values, group) + (more == group) for group in ("parties", "agents", "claims")}
    return visit.page(
        "cases/change_parties.html",
        status=status,
        case=case,
        form=form,
        rows=rows,
        parties=named_parties(form, first=False),
        stale=stale,
    )


def _read(visit: Visit, case_id: str) -> CaseView:
    with visit.runtime.read() as session:
        return read_case(session, visit.actor, case_id)
