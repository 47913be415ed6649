"""Reading a paper by its code: guesses are limited, a right code is noted as an access, then the terms are shown."""

from __future__ import annotations

from ledger.record_number import RecordNumber
from service.access_log import BY_PAPER_CODE, Access, is_noted, note_access
from service.edge.runtime import Runtime
from service.verification import RegisteredAgreement, find_paper


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
