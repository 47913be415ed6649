"""`POST /api/v1/verifications`: anybody may have a digest, a number or a receipt checked; no file is ever sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request

from ledger.verdict import render_report
from service.accounts import list_institutions
from service.api.examples import VERIFICATION, VERIFICATION_INPUTS, openapi_examples
from service.api.shapes import answered, public_problems
from service.edge.bodies import StrictRoute
from service.edge.needs import RuntimeOf, public
from service.edge.verifying import read_paper, verify
from service.inputs import VerificationInput
from service.verification import SHOWN_WITH, parse_code, parse_number


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
def check(
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
    report = verify(runtime, body)
    with runtime.read() as session:
        offices = {office.code: office.name for office in list_institutions(session)}
    shown = registered if report.verdict in SHOWN_WITH else None
    return {
        **render_report(report, file=body.sha256 is not None, offices=offices),
        "registered": None if shown is None else asdict(shown),
    }
