"""The public page: check a file, look a record up. No account, no cookie, no name of a person.

A file never comes here: the browser hashes it and asks the API (`static/check.js`). What is typed here is a record
number, and that works without JavaScript.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from ledger.errors import Malformed
from ledger.record_number import MAX_TYPED_LENGTH, RecordNumber, parse_record_number
from service.pages.forms import Form, FormError
from service.pages.language import N_
from service.pages.verdicts import FACES
from service.pages.visits import PublicSubmission, PublicVisit, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORD_NO = "record_no"
PAPER_CODE = "paper_code"
SAME_METHOD = 307
"""RFC 9110 §15.4.8: the browser sends the same form to the record's own address."""

NOT_A_NUMBER = N_("This is no record number. Compare each of the 13 letters and digits with the paper")


def add_check(router: APIRouter) -> None:
    """Add the routes of the first page."""
    router.add_api_route("/", show_check, methods=["GET"])
    router.add_api_route("/v", find_record, methods=["GET"])
    router.add_api_route("/v", find_paper, methods=["POST"])


def show_check(visit: PublicVisit) -> Response:
    """The page where a file is chosen or a number typed."""
    return _check_page(visit, Form())


def find_record(visit: PublicVisit, record_no: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """Read a number as people type it and go to its record, or say which part of it is wrong."""
    return _go_to_record(visit, {RECORD_NO: record_no[:MAX_TYPED_LENGTH]})


def find_paper(sent: PublicSubmission) -> Response:
    """The same for number and code, which may not stand in an address."""
    typed = {name: sent.form.value(name)[:MAX_TYPED_LENGTH] for name in (RECORD_NO, PAPER_CODE)}
    return _go_to_record(sent.visit, typed)


def record_path(number: RecordNumber) -> str:
    """The address of a record's page; short, because it is printed as a QR code."""
    return f"/v/{number.printed}" + (f".v{number.version}" if number.version is not None else "")


def number_refused(visit: Visit, typed: Form, message: str) -> Response:
    """The first page again, with what is wrong with the number."""
    if visit.request.method == "POST":
        visit = replace(visit, reader=replace(visit.reader, again=typed.values))
    error = FormError(field=RECORD_NO, message=visit.say(message))
    return _check_page(visit, typed.with_errors([error]), status=422)


def _go_to_record(visit: Visit, typed: Mapping[str, str]) -> Response:
    form = Form(values=typed)
    if not form.value(RECORD_NO).strip():
        return number_refused(visit, form, N_("Enter the record number"))
    try:
        number = parse_record_number(form.value(RECORD_NO))
    except Malformed:
        return number_refused(visit, form, NOT_A_NUMBER)
    if not form.value(PAPER_CODE).strip():
        return visit.go(record_path(number))
    return RedirectResponse(visit.reader.link(record_path(number)), SAME_METHOD, headers={"Cache-Control": "no-store"})


def _check_page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    names = {code: office.name for code, office in visit.offices().items()}
    return visit.page("public/check.html", status=status, form=form, faces=FACES, offices=names)
