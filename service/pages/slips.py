"""The slip that goes with an agreement's paper: record number, paper code, QR code; and a new code for a lost paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends

from service.access import Action
from service.agreements import read_agreement
from service.cases import today
from service.inputs import PaperCodeChange
from service.pages.forms import Form, body_of
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.qr import render_qr
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused
from service.paper_codes import NoPaperCode, paper_path, read_paper_code, replace_paper_code

if TYPE_CHECKING:
    from starlette.responses import Response

REPLACED = N_("There is a new code. Papers with the old one show nothing any more: print new ones.")


def add_slips(router: APIRouter) -> None:
    """Add the routes of slips."""
    router.add_api_route("/agreements/{agreement_id}/slip", show_slip, methods=["GET"])
    router.add_api_route("/agreements/{agreement_id}/slip", replace_code, methods=["POST"])


def show_slip(
    visit: Annotated[Visit, Depends(SignedIn(Action.PAPER_CODE))], agreement_id: RecordId, done: str = ""
) -> Response:
    """Show the slip, ready to print."""
    return _slip_page(visit, agreement_id, Form(), notice=REPLACED if done == "replaced" else None)


def replace_code(sent: Annotated[Submission, Depends(Submits(Action.PAPER_CODE))], agreement_id: RecordId) -> Response:
    """Draw a new code."""
    visit, runtime = sent.visit, sent.visit.runtime
    try:
        change = PaperCodeChange.model_validate(body_of(sent.form, without=frozenset({"csrf"})))
        runtime.write(
            lambda session: replace_paper_code(
                session, visit.actor, runtime.recorder, agreement_id, reason=change.reason
            )
        )
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return _slip_page(visit, agreement_id, form, status=status)
    return visit.go(f"/agreements/{agreement_id}/slip", done="replaced")


def _slip_page(
    visit: Visit, agreement_id: str, form: Form, *, notice: str | None = None, status: int = 200
) -> Response:
    runtime = visit.runtime
    with runtime.read() as session:
        agreement = read_agreement(session, visit.actor, agreement_id, on=today(runtime.recorder))
        try:
            code = read_paper_code(session, visit.actor, runtime.recorder, agreement_id)
        except NoPaperCode:
            code = None  # the page offers to make one
    link = runtime.address_of(visit.request, paper_path(code.record_no, code.paper_code)) if code else ""
    return visit.page(
        "agreements/slip.html",
        status=status,
        agreement=agreement,
        code=code,
        address=link.partition("#")[0],
        qr=render_qr(link) if link else None,
        office=visit.offices().get(visit.actor.institution_code),
        form=form,
        notice=visit.say(notice) if notice else None,
    )
