"""Receipts for a party: of what concerns both sides, of papers released to it, never with another's private data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from sqlmodel import col, select

from ledger.canonical import JsonValue
from ledger.receipt import Receipt, redact_receipt, render_receipt
from ledger.store.tables import StatementRow
from service.access import NotFound
from service.cases import case_parties
from service.declarations import PARTY_PRIVATE
from service.party_access.links import Holder
from service.party_access.releases import released_papers
from service.party_access.speaking import shown_entries
from service.recording import Recorder
from service.tables import Agreement, Case, Instalment, Nonperformance, Party
from service.verification import ReceiptFile, build_receipt

if TYPE_CHECKING:
    from sqlmodel import Session

OF_BOTH_SIDES: Final = 2
"""With more parties than two, the lists of parties and claims tell one worker about another: they are left out."""
LISTS: Final = frozenset({"parties", "claims"})
STEPS: Final = "steps"
"""The steps of a case with their grounds: why aid was refused or ended is between the office and who asked for it."""
ASKING: Final = frozenset({"applicant", "recipient"})


def entitled_statements(session: Session, holder: Holder) -> Sequence[StatementRow]:
    """The statements of the case whose receipts this party may have, in the order of the file."""
    case = session.get_one(Case, holder.case_id)
    party = session.get_one(Party, holder.party_id)
    whole = {case.id, *_of_agreements(session, case), *(row.id for row in shown_entries(session, holder))}
    papers = {(release.document_id, release.document_version) for release, _ in released_papers(session, party)}
    query = select(StatementRow).where(StatementRow.stream == case.stream).order_by(col(StatementRow.stream_seq))
    return [row for row in session.exec(query) if row.subject in whole or (row.subject, row.version) in papers]


def party_receipt(session: Session, recorder: Recorder, holder: Holder, statement_id: str) -> ReceiptFile:
    """The receipt of a statement for a party; raises NotFound beyond its reach, Refused before it is anchored."""
    row = next((row for row in entitled_statements(session, holder) if row.id == statement_id), None)
    if row is None:
        raise NotFound("statement")
    receipt = shown_to(session, holder, build_receipt(session, row, recorder))
    return ReceiptFile(name=f"{receipt.record_no}.v{row.version}.receipt.json", data=render_receipt(receipt))


def shown_to(session: Session, holder: Holder, receipt: Receipt) -> Receipt:
    """The receipt without what is only for others; raises NotFound where the rest would still tell it.

    That can be in a record of an older version of this program alone, whose required part held more.
    """
    few = len(case_parties(session, holder.case_id)) <= OF_BOTH_SIDES
    without = (frozenset() if few else LISTS) | (frozenset() if holder.role in ASKING else {STEPS})
    keep = [
        item.name
        for item in receipt.disclosures
        if item.name not in without and not tells_of_others(item.value, holder.position)
    ]
    redacted = redact_receipt(receipt, keep)
    if any(tells_of_others(item.value, holder.position) for item in redacted.disclosures):
        raise NotFound("statement")
    return redacted


def tells_of_others(value: JsonValue, own: int) -> bool:
    """Whether a disclosed value has a private field of a party at another place than `own`."""
    if isinstance(value, list):
        return any(tells_of_others(item, own) for item in value)
    if isinstance(value, Mapping):
        private = any(value.get(name) is not None for name in PARTY_PRIVATE)
        if private and value.get("position", own) != own:
            return True
        return any(tells_of_others(item, own) for item in value.values())
    return False


def _of_agreements(session: Session, case: Case) -> list[str]:
    """The subjects of the case's agreements, payments and reports."""
    agreements = session.exec(select(Agreement.id).where(Agreement.case_id == case.id)).all()
    payments = session.exec(select(Instalment.id).where(col(Instalment.agreement_id).in_(agreements))).all()
    reports = session.exec(select(Nonperformance.id).where(col(Nonperformance.agreement_id).in_(agreements))).all()
    return [*agreements, *payments, *reports]
