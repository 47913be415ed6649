"""`POST /api/v1/verifications`: anybody may have a digest, a number or a receipt checked; no file is ever sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Body, Request

from ledger.verdict import Verdict, render_report
from service.api.examples import VERIFICATION, VERIFICATION_INPUTS, openapi_examples
from service.api.shapes import answered, public_problems
from service.edge.bodies import StrictRoute
from service.edge.needs import RuntimeOf, public
from service.edge.papers import read_paper
from service.inputs import VerificationInput
from service.verification import SHOWN_WITH, answer, find_question, parse_code, parse_number


class ReceiptRoute(StrictRoute):
    """Takes bodies as large as the largest receipt, escaped once more as text inside JSON."""

    max_json_bytes = 9 << 20


router = APIRouter(route_class=ReceiptRoute, tags=["verification"])


@router.post(
    "/api/v1/verifications",
    dependencies=[public],
    responses={
        **answered("The verdict and the eleven checks behind it.", example=VERIFICATION),
        **public_problems(400, 409, 413, 415, 422, 429),
    },
)
def verify(
    *,
    runtime: RuntimeOf,
    request: Request,
    body: Annotated[VerificationInput, Body(openapi_examples=openapi_examples(**VERIFICATION_INPUTS))],
) -> dict[str, Any]:
    """Verify. Green needs every check positive; an outage is `chain_unreachable`, never a fault of the record.

    With a paper code, `registered` shows the terms of the agreement, names masked, unless something is wrong with the
    record. A wrong code is refused, and so is one that was replaced; both count against address and record.
    """
    address = request.client.host if request.client else ""
    runtime.limits.count_public(address)
    registered = None
    if body.record_no is not None and body.paper_code is not None:
        number, code = parse_number(body.record_no), parse_code(body.paper_code)
        registered = read_paper(runtime, address=address, number=number, code=code)
    with runtime.read() as session:
        question = find_question(session, runtime.recorder, body)
    report = answer(question, trust=runtime.trust, reader=runtime.reader, test_network=runtime.test_network)
    if report.verdict is Verdict.LEDGER_MISMATCH:
        # The receipt that was sent holds the signed note; its number is enough to find the statement again.
        structlog.get_logger().error("ledger_mismatch", record_no=report.facts.get("record_no"))
    shown = registered if report.verdict in SHOWN_WITH else None
    return {**render_report(report), "registered": None if shown is None else asdict(shown)}
