"""What happens in a case: what of its steps, entries and shares is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from ledger.canonical import JsonValue
from service.declarations.shape import (
    Declaration,
    Disclosed,
    Later,
    Recorded,
    Written,
    columns_of,
    json_of,
    members,
    text_of,
)
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


def write_case_steps(record: Recorded) -> Written:
    """The steps of a case and with whom it is shared; a case that one became may come later."""
    for printed, details in zip(record.values["steps"], record.values["step_details"], strict=True):
        step = members(printed, STEP_PRINTED) | members(details, STEP_DETAILS)
        row_id, converted = record.places.row("case_step", record.subject, step["position"]), step.pop("converted_to")
        yield CaseStep(id=row_id, case_id=record.subject, **step)
        if converted is not None:
            yield Later(table=CaseStep, id=row_id, values={"converted_to": converted})
    for share in record.values["shares"]:
        row_id = record.places.row("case_share", record.subject, share["position"])
        yield CaseShare(id=row_id, case_id=record.subject, **members(share, SHARE))


_ENTRY = ("position", "made_on", "raiser", "about_kind", "about_id", "about_version", "method", "result")
"""What an entry is, without the words of people."""
_ENTRY_DETAILS = ("raised_by", "office_id", "text", "place", "number", "proof_id", "registrar")


def _read_entry(session: Session, subject: str) -> dict[str, JsonValue]:
    entry = session.get_one(Entry, subject)
    party = session.get(Party, entry.party_id) if entry.party_id else None
    return {
        "case": entry.case_id,
        "entry_kind": entry.kind,
        # A party of another case may have the same position: what names it is then shown as it stands.
        "party": party.position if party and party.case_id == entry.case_id else entry.party_id,
        "grounds": json_of(entry.grounds),
        "corrects": entry.corrects,
        **{name: getattr(entry, name) for name in (*_ENTRY, *_ENTRY_DETAILS)},
    }


def _write_entry(record: Recorded) -> Written:
    case, position = record.values["case"], record.values["party"]
    yield Entry(
        id=record.subject,
        version=record.version,
        case_id=case,
        kind=record.values["entry_kind"],
        party_id=None if position is None else record.places.party(case, position),
        grounds=text_of(record.values["grounds"]),
        **record.pick((*_ENTRY, *_ENTRY_DETAILS)),
    )
    if (corrects := record.values["corrects"]) is not None:
        yield Later(table=Entry, id=record.subject, values={"corrects": corrects})


ENTRY = Declaration(
    kind="entry",
    table=Entry,
    read=_read_entry,
    write=_write_entry,
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


def _write_proceeding(record: Recorded) -> Written:
    yield Proceeding(
        id=record.subject,
        version=record.version,
        case_id=record.values["case"],
        kind=record.values["proceeding_kind"],
        agreement_id=record.values["agreement"],
        applicants=text_of(record.values["applicants"]),
        claims=text_of(record.values["claim_kinds"]),
        **record.pick(_PROCEEDING),
    )


PROCEEDING = Declaration(
    kind="proceeding",
    table=Proceeding,
    read=_read_proceeding,
    write=_write_proceeding,
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
