"""What happens in a case: what of its steps, entries and shares is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from ledger.canonical import JsonValue
from service.declarations.shape import Declaration, Disclosed, columns_of, json_of
from service.tables import CaseShare, CaseStep, Entry, Party, Proceeding

STEP_PRINTED = ("position", "step", "stage", "occurred_on", "ground", "until")
"""What the law calls a step: shown wherever the stage is."""
STEP_DETAILS = ("position", "note", "lawyer", "licence_no", "firm", "converted_to", "registrar", "case_version")
"""The reasons in words, the people, and which case a consultation became."""


def case_step_rows(session: Session, case_id: str) -> Sequence[CaseStep]:
    """The steps taken in a case, in their order."""
    return session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.position))).all()


SHARE = ("position", "institution_id", "shared_on", "withdrawn_on")


def case_share_rows(session: Session, case_id: str) -> Sequence[CaseShare]:
    """With whom a case was shared, in the order of sharing."""
    return session.exec(select(CaseShare).where(CaseShare.case_id == case_id).order_by(col(CaseShare.position))).all()


_ENTRY = ("position", "made_on", "raiser", "about_kind", "about_id", "about_version", "method", "result")
"""What an entry is, without the words of people."""
_ENTRY_DETAILS = ("raised_by", "office_id", "text", "place", "number", "proof_id", "registrar")


def _read_entry(session: Session, subject: str) -> dict[str, JsonValue]:
    entry = session.get_one(Entry, subject)
    party = session.get(Party, entry.party_id) if entry.party_id else None
    return {
        "case": entry.case_id,
        "entry_kind": entry.kind,
        "party": party.position if party else None,
        "grounds": json_of(entry.grounds),
        "corrects": entry.corrects,
        **{name: getattr(entry, name) for name in (*_ENTRY, *_ENTRY_DETAILS)},
    }


ENTRY = Declaration(
    kind="entry",
    table=Entry,
    read=_read_entry,
    names=(
        Disclosed(name="case", columns=columns_of("entry", "case_id")),
        Disclosed(name="entry_kind", columns=columns_of("entry", "kind"), required=True),
        Disclosed(name="party", columns=columns_of("entry", "party_id"), receipt=True),
        Disclosed(name="grounds", columns=columns_of("entry", "grounds"), receipt=True),
        Disclosed(name="corrects", columns=columns_of("entry", "corrects"), required=True),
        *(Disclosed(name=name, columns=columns_of("entry", name), receipt=True) for name in _ENTRY),
        *(Disclosed(name=name, columns=columns_of("entry", name)) for name in _ENTRY_DETAILS),
    ),
)


_PROCEEDING = ("body", "number", "basis", "opened_on", "accepted_on", "closed_on", "outcome")


def _read_proceeding(session: Session, subject: str) -> dict[str, JsonValue]:
    proceeding = session.get_one(Proceeding, subject)
    return {
        "case": proceeding.case_id,
        "proceeding_kind": proceeding.kind,
        "agreement": proceeding.agreement_id,
        "applicants": json_of(proceeding.applicants),
        "claim_kinds": json_of(proceeding.claims),
        **{name: getattr(proceeding, name) for name in _PROCEEDING},
    }


PROCEEDING = Declaration(
    kind="proceeding",
    table=Proceeding,
    read=_read_proceeding,
    names=(
        Disclosed(name="case", columns=columns_of("proceeding", "case_id")),
        Disclosed(name="proceeding_kind", columns=columns_of("proceeding", "kind"), required=True),
        Disclosed(name="agreement", columns=columns_of("proceeding", "agreement_id"), receipt=True),
        Disclosed(name="applicants", columns=columns_of("proceeding", "applicants"), receipt=True),
        Disclosed(name="claim_kinds", columns=columns_of("proceeding", "claims"), receipt=True),
        *(
            Disclosed(
                name=name,
                columns=columns_of("proceeding", name),
                required=name in {"closed_on", "outcome"},
                receipt=True,
            )
            for name in _PROCEEDING
        ),
    ),
)
