"""The agreement as a sheet to print, sign and seal: terms, rights notice, record number, paper code and QR code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends

from service.access import Action
from service.agreements import read_sheet
from service.cases import today
from service.pages.ids import RecordId
from service.pages.qr import render_qr
from service.pages.visits import SignedIn, Visit
from service.paper_codes import find_paper_code, paper_path

if TYPE_CHECKING:
    from starlette.responses import Response


def add_agreement_sheet(router: APIRouter) -> None:
    """Add the route of the sheet."""
    router.add_api_route("/agreements/{agreement_id}/print", show_sheet, methods=["GET"])


def show_sheet(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_READ))], agreement_id: RecordId) -> Response:
    """Show the sheet. Whoever may not read the paper's code gets it without code and QR."""
    with visit.runtime.read() as session:
        sheet = read_sheet(session, visit.actor, agreement_id, on=today(visit.runtime.recorder))
        code = find_paper_code(session, visit.actor, visit.runtime.recorder, agreement_id)
    path = paper_path(code.record_no, code.paper_code) if code else None
    return visit.page(
        "agreements/sheet.html",
        sheet=sheet,
        agreement=sheet.agreement,
        code=code,
        qr=render_qr(visit.runtime.address_of(visit.request, path)) if path else None,
    )
