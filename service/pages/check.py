"""The public pages: check a file, look a record up. No account, no cookie, no name of a person.

A file never comes here: the browser hashes it and asks the API (`static/check.js`). What is typed here is a record
number, and that works without JavaScript.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import RedirectResponse, Response

from ledger.errors import Malformed
from ledger.record_number import MAX_TYPED_LENGTH, RecordNumber, parse_record_number
from ledger.verdict import Report, Verdict, lookup_report, render_report
from service.inputs import VerificationInput
from service.pages.forms import Form, FormError
from service.pages.language import N_
from service.pages.verdicts import FACES, QUESTIONS, RECORD_FACES, answered
from service.pages.visits import PublicVisit, Visit
from service.problems import RateLimited
from service.verification import answer, find_question

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORD_NO = "record_no"
PERMANENT = 308

STATUS: Mapping[Verdict, int] = {Verdict.NOT_FOUND: 404, Verdict.RATE_LIMITED: 429}
"""HTTP status of a record's page where it is not 200: an answer that says "unreachable" is an answer."""

MOVING = frozenset({Verdict.PENDING, Verdict.VERIFIED_NOT_FINAL})
"""Verdicts that time alone turns into another one; the page looks again by itself."""


def add_check(router: APIRouter) -> None:
    """Add the public routes."""
    router.add_api_route("/", show_check, methods=["GET"])
    router.add_api_route("/v", find_record, methods=["GET"])
    router.add_api_route("/v/{record_no}", show_record, methods=["GET"])


def show_check(visit: PublicVisit) -> Response:
    """The page where a file is chosen or a number typed."""
    return _check_page(visit, Form())


def find_record(visit: PublicVisit, record_no: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """Read a number as people type it and go to its record, or say which part of it is wrong."""
    typed = Form(values={RECORD_NO: record_no[:MAX_TYPED_LENGTH]})
    if not record_no.strip():
        return _number_refused(visit, typed, N_("Enter the record number"))
    try:
        number = parse_record_number(record_no)
    except Malformed:
        return _number_refused(visit, typed, NOT_A_NUMBER)
    return visit.go(record_path(number))


NOT_A_NUMBER = N_("This is no record number. Compare each of the 13 letters and digits with the paper")


def show_record(visit: PublicVisit, record_no: Annotated[str, Path(max_length=1000)]) -> Response:
    """What a record is and whether it stands as registered."""
    try:
        number = parse_record_number(record_no)
    except Malformed:
        return _number_refused(visit, Form(values={RECORD_NO: record_no[:MAX_TYPED_LENGTH]}), NOT_A_NUMBER)
    if visit.reader.path != record_path(number):
        return RedirectResponse(visit.reader.link(record_path(number)), PERMANENT)
    report = _look_up(visit, number)
    return visit.page(
        "public/record.html",
        status=STATUS.get(report.verdict, 200),
        number=number,
        record=_describe(visit, report),
        report=report,
        machine=render_report(report),
        face=RECORD_FACES[report.verdict],
        questions=answered(report.checks),
        moving=report.verdict in MOVING,
        faces=FACES,
        blank=QUESTIONS,
        offices=visit.office_names(),
    )


def record_path(number: RecordNumber) -> str:
    """The address of a record's page; short, because it is printed as a QR code."""
    return f"/v/{number.printed}" + (f".v{number.version}" if number.version is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCard:
    """What everybody may know of a record. Times are RFC 3339; `version` counts from 1."""

    type: str
    office: str
    version: int
    recorded_at: str
    anchored_at: str | None
    block_number: int | None


def _describe(visit: Visit, report: Report) -> RecordCard | None:
    facts = report.facts
    if not facts.get("type"):
        return None
    block, anchored_at = facts.get("block_number"), facts.get("anchored_at")
    code = str(facts.get("institution"))
    return RecordCard(
        type=str(facts["type"]),
        office=visit.office_names().get(code, code),
        version=int(facts.get("version") or 1),
        recorded_at=str(facts.get("recorded_at")),
        anchored_at=str(anchored_at) if anchored_at else None,
        block_number=block if isinstance(block, int) else None,
    )


def _look_up(visit: Visit, number: RecordNumber) -> Report:
    runtime, client = visit.runtime, visit.request.client
    try:
        runtime.limits.count_public(client.host if client else "")
    except RateLimited:
        return lookup_report(Verdict.RATE_LIMITED, test_network=runtime.test_network)
    asked = VerificationInput(record_no=record_path(number).removeprefix("/v/"))
    with runtime.read() as session:
        question = find_question(session, runtime.recorder, asked)
    return answer(question, trust=runtime.trust, reader=runtime.reader, test_network=runtime.test_network)


def _check_page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    return visit.page(
        "public/check.html", status=status, form=form, faces=FACES, blank=QUESTIONS, offices=visit.office_names()
    )


def _number_refused(visit: Visit, typed: Form, message: str) -> Response:
    error = FormError(field=RECORD_NO, message=visit.say(message))
    return _check_page(visit, typed.with_errors([error]), status=422)
