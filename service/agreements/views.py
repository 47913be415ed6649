"""Reading mediation agreements: what was printed, who has signed, what is due and what was paid."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from service.access import Action, Actor, NotFound, visible_cases
from service.cases import find_case
from service.inputs import day_of
from service.law import SignedMark, missing_signers
from service.statements import StatementRef, StatementView, newest_statements
from service.tables import Agreement, Case, Instalment, Nonperformance, Party, Signature

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementParty:
    """A party as printed; `position` is the place in the case's list."""

    position: int
    role: str
    kind: str
    name: str
    representative: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentView:
    """A payment that is promised, and what was recorded as paid towards it.

    `overdue` follows from both on the day of asking: the day has passed and less than promised is recorded.
    """

    id: str
    position: int
    amount_fen: int
    due_on: str
    method: str
    paid_fen: int
    paid_on: str | None
    paid_by: str | None
    overdue: bool
    statement: StatementRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """A signature or seal. `party` is the position of the party who signed or was signed for."""

    position: int
    signer: str
    party: int | None
    name: str
    method: str
    signed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NonperformanceView:
    """A report that something was not performed, and the answer. Parties are places in the case's list."""

    id: str
    position: int
    instalment: int | None
    reported_by: int
    reported_on: str
    detail: str
    answered_by: int | None
    answered_on: str | None
    answer: str | None
    statement: StatementRef


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingView:
    """How an agreement ended. `rescinded_by` are places of parties, `document` the paper that sets it aside."""

    ended_on: str
    set_aside_by: str | None
    set_aside_number: str | None
    document: str | None
    rescinded_by: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """An agreement as it stands. `missing` names the marks it lacks to take effect: `party:1`, `mediator`, …."""

    id: str
    case_id: str
    version: int
    number: str
    form: str
    state: str
    dispute_type: str
    facts: str
    total_fen: int
    instalments: tuple[InstalmentView, ...]
    waivers: tuple[str, ...]
    closure: str
    place: str | None
    employment_ends_on: str | None
    late_terms: str | None
    payee: str | None
    payee_bank: str | None
    payee_account: str | None
    mediator: str
    organisation: str
    agreed_on: str
    effective_on: str | None
    parties: tuple[AgreementParty, ...]
    signatures: tuple[SignatureView, ...]
    missing: tuple[str, ...]
    nonperformance: tuple[NonperformanceView, ...]
    ending: EndingView | None
    statement: StatementRef


def read_agreement(session: Session, actor: Actor, agreement_id: str, *, on: date) -> AgreementView:
    """One agreement within reach as it stands on the day `on`; raises NotFound."""
    return view_agreement(session, find_agreement(session, actor, Action.CASE_READ, agreement_id)[0], on=on)


def case_agreements(session: Session, actor: Actor, case_id: str, *, on: date) -> tuple[AgreementView, ...]:
    """The agreements of a case within reach, in the order in which they were agreed; raises NotFound."""
    return agreements_of(session, find_case(session, actor, Action.CASE_READ, case_id).id, on=on)


def agreements_of(session: Session, case_id: str, *, on: date) -> tuple[AgreementView, ...]:
    """The agreements of a case that the caller may see."""
    query = select(Agreement).where(Agreement.case_id == case_id)
    rows = session.exec(query.order_by(col(Agreement.agreed_on), col(Agreement.number), col(Agreement.id))).all()
    return tuple(view_agreement(session, row, on=on) for row in rows)


def find_agreement(
    session: Session, actor: Actor, action: Action, agreement_id: str, *, lock: bool = False
) -> tuple[Agreement, Case]:
    """The rows of an agreement within reach of `action` and of its case; raises NotFound."""
    query = select(Agreement, Case).join(Case).where(Agreement.id == agreement_id).where(visible_cases(actor, action))
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("agreement")
    return found


def agreement_instalments(session: Session, agreement_id: str) -> Sequence[Instalment]:
    """The promised payments in their order."""
    query = select(Instalment).where(Instalment.agreement_id == agreement_id)
    return session.exec(query.order_by(col(Instalment.position))).all()


def agreement_signatures(session: Session, agreement_id: str) -> Sequence[Signature]:
    """The signatures and seals in the order of their entry."""
    query = select(Signature).where(Signature.agreement_id == agreement_id)
    return session.exec(query.order_by(col(Signature.position))).all()


def bound_positions(agreement: Agreement) -> tuple[int, ...]:
    """The places, in the case's list, of the parties that the agreement binds."""
    return tuple(party["position"] for party in _parties(agreement))


def signed_marks(session: Session, signatures: Iterable[Signature]) -> tuple[SignedMark, ...]:
    """The signatures as the rule on taking effect needs them."""
    place = _party_places(session, signatures := tuple(signatures))
    return tuple(
        SignedMark(
            signer=row.signer, party=place.get(row.party_id) if row.party_id else None, signed_on=day_of(row.signed_at)
        )
        for row in signatures
    )


def agreement_reports(session: Session, agreement_id: str) -> Sequence[Nonperformance]:
    """The reports of non-performance in the order of their entry."""
    query = select(Nonperformance).where(Nonperformance.agreement_id == agreement_id)
    return session.exec(query.order_by(col(Nonperformance.position))).all()


def view_agreement(session: Session, agreement: Agreement, *, on: date) -> AgreementView:
    """An agreement with its payments, signatures, reports and newest statement, as it stands on the day `on`."""
    instalments = agreement_instalments(session, agreement.id)
    signatures = agreement_signatures(session, agreement.id)
    reports = agreement_reports(session, agreement.id)
    newest = newest_statements(
        session, [agreement.id, *(item.id for item in instalments), *(item.id for item in reports)]
    )
    marks = signed_marks(session, signatures)
    return AgreementView(
        id=agreement.id,
        case_id=agreement.case_id,
        version=agreement.version,
        number=agreement.number,
        form=agreement.form,
        state=agreement.state,
        dispute_type=agreement.dispute_type,
        facts=agreement.facts,
        total_fen=agreement.total_fen,
        instalments=tuple(_view_instalment(item, newest, on=_owed_on(agreement, on)) for item in instalments),
        waivers=tuple(json.loads(agreement.waivers)),
        closure=agreement.closure,
        place=agreement.place,
        employment_ends_on=agreement.employment_ends_on,
        late_terms=agreement.late_terms,
        payee=agreement.payee,
        payee_bank=agreement.payee_bank,
        payee_account=agreement.payee_account,
        mediator=agreement.mediator,
        organisation=agreement.organisation,
        agreed_on=agreement.agreed_on,
        effective_on=agreement.effective_on,
        parties=tuple(_view_party(party) for party in _parties(agreement)),
        signatures=tuple(_view_signature(row, mark) for row, mark in zip(signatures, marks, strict=True)),
        missing=_missing(agreement, marks),
        nonperformance=_view_reports(session, agreement, reports, newest),
        ending=_view_ending(agreement),
        statement=newest[agreement.id].ref,
    )


def _owed_on(agreement: Agreement, on: date) -> date | None:
    """The day for which lateness is told; an agreement that is not in effect owes nothing."""
    return on if agreement.state == "effective" else None


def _view_ending(agreement: Agreement) -> EndingView | None:
    if agreement.ended_on is None:
        return None
    return EndingView(
        ended_on=agreement.ended_on,
        set_aside_by=agreement.set_aside_by,
        set_aside_number=agreement.set_aside_number,
        document=agreement.ending_document_id,
        rescinded_by=tuple(json.loads(agreement.rescinded_by)) if agreement.rescinded_by else (),
    )


def _view_reports(
    session: Session, agreement: Agreement, reports: Sequence[Nonperformance], newest: Mapping[str, StatementView]
) -> tuple[NonperformanceView, ...]:
    if not reports:
        return ()
    query = select(Party.id, Party.position).where(Party.case_id == agreement.case_id)
    place = dict(session.exec(query).all())
    return tuple(
        NonperformanceView(
            id=row.id,
            position=row.position,
            instalment=row.instalment,
            reported_by=place[row.reported_by],
            reported_on=row.reported_on,
            detail=row.detail,
            answered_by=place[row.answered_by] if row.answered_by else None,
            answered_on=row.answered_on,
            answer=row.answer,
            statement=newest[row.id].ref,
        )
        for row in reports
    )


def _view_instalment(item: Instalment, newest: Mapping[str, StatementView], *, on: date | None) -> InstalmentView:
    return InstalmentView(
        id=item.id,
        position=item.position,
        amount_fen=item.amount_fen,
        due_on=item.due_on,
        method=item.method,
        paid_fen=item.paid_fen or 0,
        paid_on=item.paid_on,
        paid_by=item.paid_by,
        overdue=on is not None and (item.paid_fen or 0) < item.amount_fen and date.fromisoformat(item.due_on) < on,
        statement=newest[item.id].ref if item.id in newest else None,
    )


def _view_party(party: Mapping[str, Any]) -> AgreementParty:
    return AgreementParty(
        position=party["position"],
        role=party["role"],
        kind=party["kind"],
        name=party["name"],
        representative=party["representative"],
    )


def _view_signature(row: Signature, mark: SignedMark) -> SignatureView:
    return SignatureView(
        position=row.position,
        signer=row.signer,
        party=mark.party,
        name=row.name,
        method=row.method,
        signed_at=row.signed_at,
    )


def _missing(agreement: Agreement, marks: tuple[SignedMark, ...]) -> tuple[str, ...]:
    if agreement.form == "oral":
        return ()
    return missing_signers(marks, bound_positions(agreement))


def _parties(agreement: Agreement) -> list[dict[str, Any]]:
    parties: list[dict[str, Any]] = json.loads(agreement.parties)
    return parties


def _party_places(session: Session, signatures: tuple[Signature, ...]) -> dict[str, int]:
    ids = {row.party_id for row in signatures if row.party_id is not None}
    return dict(session.exec(select(Party.id, Party.position).where(col(Party.id).in_(ids))).all())
