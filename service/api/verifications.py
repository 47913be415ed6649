"""`POST /api/v1/verifications`: anybody may have a digest, a number or a receipt checked; no file is ever sent."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Body, Request

from ledger.verdict import Verdict, render_report
from service.api.examples import VERIFICATION, VERIFICATION_INPUTS, openapi_examples
from service.api.shapes import answered, public_problems
from service.edge.bodies import StrictRoute
from service.edge.needs import RuntimeOf, public
from service.inputs import VerificationInput
from service.verification import answer, find_question


class ReceiptRoute(StrictRoute):
    """Takes bodies as large as the largest receipt, escaped once more as text inside JSON."""

    max_json_bytes = 9 << 20


router = APIRouter(route_class=ReceiptRoute, tags=["verification"])


@router.post(
    "/api/v1/verifications",
    dependencies=[public],
    responses={
        **answered("The verdict and the eleven checks behind it.", example=VERIFICATION),
        **public_problems(400, 413, 415, 422, 429),
    },
)
def verify(
    *,
    runtime: RuntimeOf,
    request: Request,
    body: Annotated[VerificationInput, Body(openapi_examples=openapi_examples(**VERIFICATION_INPUTS))],
) -> dict[str, Any]:
    """Verify. Green needs every check positive; an outage is `chain_unreachable`, never a fault of the record."""
    runtime.limits.count_public(request.client.host if request.client else "")
    with runtime.read() as session:
        question = find_question(session, runtime.recorder, body)
    report = answer(question, trust=runtime.trust, reader=runtime.reader, test_network=runtime.test_network)
    if report.verdict is Verdict.LEDGER_MISMATCH:
        # The receipt that was sent holds the signed note; its number is enough to find the statement again.
        structlog.get_logger().error("ledger_mismatch", record_no=report.facts.get("record_no"))
    return render_report(report)
