"""What API and pages do for whoever checks something: one verification, and reading a paper by its code."""

from __future__ import annotations

import structlog

from ledger.record_number import RecordNumber
from ledger.verdict import Report, Verdict
from service.access_log import BY_PAPER_CODE, Access, is_noted, note_access
from service.edge.runtime import Runtime
from service.inputs import VerificationInput
from service.verification import RegisteredAgreement, answer, find_paper, find_question


def verify(runtime: Runtime, asked: VerificationInput) -> Report:
    """Find what is meant and run the one rule on it; raises InvalidInput for a record number that is none."""
    with runtime.read() as session:
        question = find_question(session, runtime.recorder, asked)
    report = answer(question, trust=runtime.trust, reader=runtime.reader, test_network=runtime.test_network)
    if report.verdict is Verdict.LEDGER_MISMATCH:
        # The receipt holds the signed note; its number is enough to find the statement again.
        structlog.get_logger().error("ledger_mismatch", record_no=report.facts.get("record_no"))
    return report


def read_paper(runtime: Runtime, *, address: str, number: RecordNumber, code: str) -> RegisteredAgreement | None:
    """The terms behind a number and a code in printed form; None for an unknown number and for erased terms.

    Nothing is shown before the access is recorded. Raises RateLimited, and Refused as `find_paper` does; each refused
    code counts against the address and against the record, so that neither can be tried out.
    """
    with runtime.limits.paper_code(address=address, record_no=number.printed), runtime.read() as session:
        paper = find_paper(session, runtime.recorder, number, code)
        if paper is None:
            return None
        access = Access(subject=paper.subject, way=BY_PAPER_CODE)
        noted = is_noted(session, runtime.recorder, access)
    if not noted:
        runtime.write(lambda session: note_access(session, runtime.recorder, access))
    return paper.registered
