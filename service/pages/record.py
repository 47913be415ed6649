"""The page of a record: what it is, whether it stands, and with the paper's code what was registered.

The code comes in the body of a form, never in an address that a server or a history keeps: a QR code holds it behind
the #, which browsers do not send, and `static/paper.js` puts it into the form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from starlette.responses import RedirectResponse, Response

from ledger.errors import Malformed
from ledger.record_number import MAX_TYPED_LENGTH, RecordNumber, parse_paper_code, parse_record_number
from ledger.verdict import Report, Verdict, answers, lookup_report, notes, render_report
from service.declarations import AGREEMENT
from service.edge.verifying import read_paper, verify
from service.inputs import Refused, VerificationInput
from service.pages.check import NOT_A_NUMBER, PAPER_CODE, RECORD_NO, number_refused, record_path
from service.pages.forms import Form, FormError
from service.pages.language import N_
from service.pages.papers import compare
from service.pages.qr import render_qr
from service.pages.verdicts import FACES, PAPER_FACES, RECORD_FACES
from service.pages.visits import PublicSubmission, PublicVisit, Visit
from service.problems import RateLimited, problem_of, render_problem
from service.verification import SHOWN_WITH, RegisteredAgreement

if TYPE_CHECKING:
    from collections.abc import Mapping

PERMANENT = 308

STATUS: Mapping[Verdict, int] = {Verdict.NOT_FOUND: 404, Verdict.RATE_LIMITED: 429}
"""HTTP status of a record's page where it is not 200: an answer that says "unreachable" is an answer."""

MOVING = frozenset({Verdict.PENDING, Verdict.VERIFIED_NOT_FINAL})
"""Verdicts that time alone turns into another one; the page looks again by itself."""

NOT_A_CODE = N_("This is no paper code. Compare each of the 8 letters and digits with the paper")

RecordNo = Annotated[str, Path(max_length=1000)]


def add_record(router: APIRouter) -> None:
    """Add the routes of a record's page."""
    router.add_api_route("/v/{record_no}", show_record, methods=["GET"])
    router.add_api_route("/v/{record_no}", show_paper, methods=["POST"])


def show_record(visit: PublicVisit, record_no: RecordNo) -> Response:
    """What a record is and whether it stands as registered."""
    try:
        number = parse_record_number(record_no)
    except Malformed:
        return number_refused(visit, Form(values={RECORD_NO: record_no[:MAX_TYPED_LENGTH]}), NOT_A_NUMBER)
    if visit.reader.path != record_path(number):
        return RedirectResponse(visit.reader.link(record_path(number)), PERMANENT)
    return _record_page(visit, number, _look_up(visit, number), Form())


def show_paper(sent: PublicSubmission, record_no: RecordNo) -> Response:
    """The same for whoever holds the paper, with what was registered, to be compared row by row."""
    visit, form = sent.visit, sent.form
    typed = Form(values={PAPER_CODE: form.value(PAPER_CODE)[:MAX_TYPED_LENGTH]})
    try:
        number = parse_record_number(record_no)
    except Malformed:
        return number_refused(visit, Form(values={RECORD_NO: record_no[:MAX_TYPED_LENGTH]}), NOT_A_NUMBER)
    report = _look_up(visit, number)
    if report.verdict is Verdict.RATE_LIMITED:
        return _record_page(visit, number, report, typed)
    try:
        code = parse_paper_code(form.value(PAPER_CODE))
        registered = read_paper(visit.runtime, address=_address(visit), number=number, code=code)
    except Malformed:
        return _code_refused(visit, number, report, typed, visit.say(NOT_A_CODE))
    except Refused as error:
        words = render_problem(problem_of(error), language=visit.language, request_id=None)["title"]
        return _code_refused(visit, number, report, typed, words)
    except RateLimited:
        return _record_page(visit, number, _limited(visit), typed)
    again = {PAPER_CODE: code, **{name: value for name, value in form.values.items() if name.startswith("answer.")}}
    visit = replace(visit, reader=replace(visit.reader, again=again))
    shown = registered if report.verdict in SHOWN_WITH else None
    return _record_page(visit, number, report, form, registered=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCard:
    """What everybody may know of a record. Times are RFC 3339; `version` counts from 1."""

    type: str
    office: str
    phone: str | None
    version: int
    recorded_at: str
    anchored_at: str | None
    block_number: int | None


def _record_page(
    visit: Visit,
    number: RecordNumber,
    report: Report,
    form: Form,
    *,
    registered: RegisteredAgreement | None = None,
    status: int | None = None,
) -> Response:
    offices = visit.offices()
    names = {code: office.name for code, office in offices.items()}
    code = str(report.facts.get("institution"))
    address = visit.runtime.address_of(visit.request, record_path(number))
    return visit.page(
        "public/record.html",
        status=status or STATUS.get(report.verdict, 200),
        form=form,
        number=number,
        record=_describe(report, names.get(code, code), offices[code].phone if code in offices else None),
        report=report,
        takes_code=_takes_code(report),
        machine=render_report(report, file=False, offices=names),
        face=(PAPER_FACES if registered else RECORD_FACES)[report.verdict],
        answers=answers(report.checks),
        notes=notes(report.checks, report.facts, offices=names),
        moving=report.verdict in MOVING,
        faces=FACES,
        offices=names,
        address=address,
        qr=render_qr(address),
        checked_at=visit.runtime.recorder.clock(),
        registered=registered,
        comparison=compare(visit, registered, form) if registered else None,
    )


def _describe(report: Report, office: str, phone: str | None) -> RecordCard | None:
    facts = report.facts
    if not facts.get("type"):
        return None
    block, anchored_at = facts.get("block_number"), facts.get("anchored_at")
    return RecordCard(
        type=str(facts["type"]),
        office=office,
        phone=phone,
        version=int(facts.get("version") or 1),
        recorded_at=str(facts.get("recorded_at")),
        anchored_at=str(anchored_at) if anchored_at else None,
        block_number=block if isinstance(block, int) else None,
    )


def _takes_code(report: Report) -> bool:
    """Whether a paper code may open something: only agreements have codes, and of an erased one nothing is left."""
    kind = str(report.facts.get("type")).partition(".")[0]
    return kind == AGREEMENT.kind and report.verdict is not Verdict.ERASED


def _look_up(visit: Visit, number: RecordNumber) -> Report:
    runtime = visit.runtime
    try:
        runtime.limits.count_public(_address(visit))
    except RateLimited:
        return _limited(visit)
    return verify(runtime, VerificationInput(record_no=record_path(number).removeprefix("/v/")))


def _limited(visit: Visit) -> Report:
    return lookup_report(Verdict.RATE_LIMITED, test_network=visit.runtime.test_network)


def _address(visit: Visit) -> str:
    client = visit.request.client
    return client.host if client else ""


def _code_refused(visit: Visit, number: RecordNumber, report: Report, typed: Form, message: str) -> Response:
    form = typed.with_errors([FormError(field=PAPER_CODE, message=message)])
    return _record_page(visit, number, report, form, status=422)
