"""What was registered, for whoever holds the paper: the disclosed terms of the statement itself, never the rows.

The terms are those whose digests are in the statement that the chain holds. Names are masked: the holder compares what
they can see on their own paper, and a found paper teaches nobody more than it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from ledger.record_number import RecordNumber
from ledger.store.statements import open_disclosures
from ledger.store.tables import Record, StatementRow, Stream
from ledger.verdict import Verdict
from service.declarations import AGREEMENT, RECORD_NAME
from service.inputs import Refused
from service.masking import mask_all, mask_name, mask_names_in
from service.paper_codes import Standing, check_paper_code
from service.recording import Recorder
from service.verification.lookup import statement_by_number

if TYPE_CHECKING:
    from sqlmodel import Session

SHOWN_WITH = frozenset(
    {
        Verdict.VERIFIED,
        Verdict.VERIFIED_NOT_FINAL,
        Verdict.PENDING,
        Verdict.SUPERSEDED,
        Verdict.REVOKED,
        Verdict.CHAIN_UNREACHABLE,
    }
)
"""Verdicts beside which terms may stand: nothing was found to be wrong with the statement that holds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredParty:
    """A party of the agreement, its name masked."""

    role: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredInstalment:
    """One payment as it was agreed."""

    position: int
    amount_fen: int
    due_on: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAgreement:
    """An agreement as one statement holds it. Of texts, the names of the parties are masked."""

    version: int
    state: str
    form: str
    organisation: str
    agreed_on: str
    effective_on: str | None
    parties: tuple[RegisteredParty, ...]
    total_fen: int
    instalments: tuple[RegisteredInstalment, ...]
    waivers: tuple[str, ...]
    closure: str
    late_terms: str | None
    employment_ends_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper whose code is right: the subject of its record, and the terms, None once they are erased."""

    subject: str
    registered: RegisteredAgreement | None


def find_paper(session: Session, recorder: Recorder, number: RecordNumber, code: str) -> Paper | None:
    """What stands behind a number and a code in printed form; None where there is no record of that number.

    Raises Refused with `paper_code_replaced` or `paper_code_wrong`; the latter also for a record without codes.
    """
    record = session.exec(select(Record).where(Record.record_no == number.printed)).first()
    if record is None:
        return None
    match check_paper_code(session, recorder, record.subject, code):
        case Standing.REPLACED:
            raise Refused("paper_code_replaced")
        case Standing.WRONG:
            raise Refused("paper_code_wrong")
        case Standing.CURRENT:
            row = statement_by_number(session, number)
            return Paper(subject=record.subject, registered=_registered(session, recorder, row) if row else None)


def _registered(session: Session, recorder: Recorder, row: StatementRow) -> RegisteredAgreement | None:
    if not row.disclosures:
        return None
    opened = open_disclosures(row, session.get_one(Stream, row.stream), recorder.wrapping_key)
    values: dict[str, Any] = {item.name: item.value for item in opened}
    return _agreement(values, row.version) if values.get(RECORD_NAME) == AGREEMENT.kind else None


def _agreement(values: Mapping[str, Any], version: int) -> RegisteredAgreement:
    terms: Mapping[str, Any] = values["terms"]
    parties: Sequence[Mapping[str, Any]] = terms["parties"]
    names = [str(party[part]) for party in parties for part in ("name", "representative") if party[part]]
    late_terms = terms["late_terms"]
    return RegisteredAgreement(
        version=version,
        state=values["state"],
        form=terms["form"],
        organisation=terms["organisation"],
        agreed_on=terms["agreed_on"],
        effective_on=values["effective_on"],
        parties=tuple(
            RegisteredParty(role=party["role"], kind=party["kind"], name=mask_name(party["name"])) for party in parties
        ),
        total_fen=terms["total_fen"],
        instalments=tuple(
            RegisteredInstalment(
                position=item["position"],
                amount_fen=item["amount_fen"],
                due_on=item["due_on"],
                method=item["method"],
            )
            for item in terms["instalments"]
        ),
        waivers=mask_all(terms["waivers"], names),
        closure=terms["closure"],
        late_terms=None if late_terms is None else mask_names_in(late_terms, names),
        employment_ends_on=terms["employment_ends_on"],
    )
