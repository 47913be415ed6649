"""What a party sees of its case: progress, papers released to it, agreements with their payments.

Built field by field, so that what is added to a case or agreement later is not shown to a party by accident. Of the
other parties there are names and roles; of nobody, not even of the holder, what is private: a link can be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.agreements.views import AgreementView, EndingView, NonperformanceView, SignatureView, agreements_of
from service.cases import case_parties, today
from service.clocks import Clocks
from service.deadlines import DeadlineView, pending_deadlines
from service.entries.views import view_entries
from service.party_access.links import Holder
from service.party_access.receipts import entitled_statements
from service.party_access.releases import released_papers
from service.party_access.speaking import shown_entries
from service.recording import Recorder
from service.statements import StatementRef, StatementView, newest_statements, view_statements
from service.tables import Case, Institution, Party

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyName:
    """A party as the others may know it."""

    position: int
    role: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPaper:
    """A paper that was released to the party. `id` is the document's."""

    id: str
    version: int
    doc_type: str
    title: str
    file_name: str
    size: int
    sha256: str
    released_on: str
    statement: StatementRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPayment:
    """A promised payment, and how much of it is recorded as paid."""

    position: int
    amount_fen: int
    due_on: str
    method: str
    paid_fen: int
    paid_on: str | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAgreement:
    """An agreement as its parties signed it, without accounts, numbers and addresses."""

    id: str
    number: str
    form: str
    state: str
    effective_on: str | None
    agreed_on: str
    total_fen: int
    instalments: tuple[PartyPayment, ...]
    waivers: tuple[str, ...]
    closure: str
    late_terms: str | None
    mediator: str
    organisation: str
    parties: tuple[PartyName, ...]
    signatures: tuple[SignatureView, ...]
    missing: tuple[str, ...]
    nonperformance: tuple[NonperformanceView, ...]
    ending: EndingView | None
    statement: StatementRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEntry:
    """What the party said itself, or the opinion of a department. `about` is the id of what it is about."""

    id: str
    kind: str
    occurred_on: str
    raised_by: str
    about_kind: str
    about: str
    grounds: tuple[str, ...]
    text: str | None
    corrected: bool
    statement: StatementRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyCase:
    """A case for one of its parties. `progress` is every statement whose receipt the party may have.

    `deadlines` are those in which somebody may still act, what presses first.
    """

    case_no: str
    kind: str
    stage: str
    dispute_type: str
    received_on: str
    office: str
    office_phone: str | None
    you: PartyName
    others: tuple[PartyName, ...]
    progress: tuple[StatementView, ...]
    papers: tuple[PartyPaper, ...]
    agreements: tuple[PartyAgreement, ...]
    entries: tuple[PartyEntry, ...]
    deadlines: tuple[DeadlineView, ...]
    link_expires_on: str


def read_party_case(session: Session, recorder: Recorder, holder: Holder, *, clocks: Clocks) -> PartyCase:
    """The case of a link's holder as it stands."""
    case = session.get_one(Case, holder.case_id)
    office = session.get_one(Institution, case.institution_id)
    party = session.get_one(Party, holder.party_id)
    agreements = agreements_of(session, case.id, on=today(recorder))
    return PartyCase(
        case_no=case.case_no,
        kind=case.kind,
        stage=case.stage,
        dispute_type=case.dispute_type,
        received_on=case.received_on,
        office=office.name,
        office_phone=office.phone,
        you=_name(party),
        others=tuple(_name(row) for row in case_parties(session, case.id) if row.id != party.id),
        progress=view_statements(session, entitled_statements(session, holder)),
        papers=_papers(session, party),
        agreements=tuple(_agreement(view) for view in agreements),
        entries=_entries(session, holder),
        deadlines=pending_deadlines(session, clocks, case.id, today=today(recorder)),
        link_expires_on=holder.expires_on,
    )


def _name(party: Party) -> PartyName:
    return PartyName(position=party.position, role=party.role, kind=party.kind, name=party.name)


def _entries(session: Session, holder: Holder) -> tuple[PartyEntry, ...]:
    return tuple(
        PartyEntry(
            id=view.id,
            kind=view.kind,
            occurred_on=view.occurred_on,
            raised_by=view.raised_by,
            about_kind=view.about.kind,
            about=view.about.id,
            grounds=view.grounds,
            text=view.text,
            corrected=view.corrected_by is not None,
            statement=view.statement,
        )
        for view in view_entries(session, shown_entries(session, holder))
    )


def _papers(session: Session, party: Party) -> tuple[PartyPaper, ...]:
    rows = released_papers(session, party)
    newest = newest_statements(session, [file.document_id for _, file in rows])
    return tuple(
        PartyPaper(
            id=file.document_id,
            version=file.version,
            doc_type=file.doc_type,
            title=file.title,
            file_name=file.file_name,
            size=file.size,
            sha256=file.sha256,
            released_on=release.released_on,
            statement=newest[file.document_id].ref,
        )
        for release, file in rows
    )


def _agreement(view: AgreementView) -> PartyAgreement:
    return PartyAgreement(
        id=view.id,
        number=view.number,
        form=view.form,
        state=view.state,
        effective_on=view.effective_on,
        agreed_on=view.agreed_on,
        total_fen=view.total_fen,
        instalments=tuple(
            PartyPayment(
                position=item.position,
                amount_fen=item.amount_fen,
                due_on=item.due_on,
                method=item.method,
                paid_fen=item.paid_fen,
                paid_on=item.paid_on,
                overdue=item.overdue,
            )
            for item in view.instalments
        ),
        waivers=view.waivers,
        closure=view.closure,
        late_terms=view.late_terms,
        mediator=view.mediator,
        organisation=view.organisation,
        parties=tuple(
            PartyName(position=item.position, role=item.role, kind=item.kind, name=item.name) for item in view.parties
        ),
        signatures=view.signatures,
        missing=view.missing,
        nonperformance=view.nonperformance,
        ending=view.ending,
        statement=view.statement,
    )
