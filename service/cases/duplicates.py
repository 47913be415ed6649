"""Likely duplicates of a registration in every office: found by the index, judged in full, shown as a glimpse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlmodel import col, or_, select

from ledger.errors import LedgerError
from service.access import Action, Actor, visible_cases
from service.cases.glimpses import CaseGlimpse, glimpse_cases
from service.cases.index import PURPOSE, hash_keys, persons_and_firms
from service.cases.views import case_parties, find_case
from service.inputs import CaseInput, DuplicateQuery
from service.likeness import Dossier, Likeness, judge, keys_of, parse_months
from service.tables import Case, Claim, MatchKey, Party

if TYPE_CHECKING:
    from sqlmodel import Session

    from service.recording import Recorder

MAX_CANDIDATES: Final = 500
"""Cases compared in full; of more, which share parts of very common names, the newest."""
MAX_SHOWN: Final = 20
"""More than anybody reads before saving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicate:
    """A case that may be about the same dispute, and why. `score`, 0 to 100, orders them."""

    case: CaseGlimpse
    score: int
    reasons: tuple[str, ...]


class DuplicatesFound(LedgerError):
    """The registration was to stop at likely duplicates, and there are some."""

    code = "possible_duplicate"

    def __init__(self, found: Sequence[PossibleDuplicate]) -> None:
        super().__init__(f"{len(found)} cases may be about the same dispute")
        self.found = tuple(found)


def look_for_duplicates(
    session: Session, actor: Actor, recorder: Recorder, asked: CaseInput | DuplicateQuery
) -> tuple[PossibleDuplicate, ...]:
    """Cases that a registration as `asked` would be a duplicate of, the likeliest first; nothing is recorded."""
    persons, firms = persons_and_firms(asked.all_parties)
    dossier = Dossier(
        persons=persons,
        firms=firms,
        dispute_type=asked.dispute_type,
        claims=frozenset(claim.kind for claim in asked.claims),
        months=_months((claim.detail for claim in asked.claims), asked.facts or ""),
        received_on=asked.received_on,
    )
    return _find(session, actor, recorder, dossier, dispute_id=None)


def case_duplicates(session: Session, actor: Actor, recorder: Recorder, case_id: str) -> tuple[PossibleDuplicate, ...]:
    """Cases of other disputes that may be about that of this case; raises NotFound."""
    case = find_case(session, actor, Action.CASE_CHANGE, case_id)
    claims = session.exec(select(Claim).where(Claim.case_id == case.id)).all()
    dossier = _dossier(case, case_parties(session, case.id), claims)
    return _find(session, actor, recorder, dossier, dispute_id=case.dispute_id)


def _find(
    session: Session, actor: Actor, recorder: Recorder, dossier: Dossier, *, dispute_id: str | None
) -> tuple[PossibleDuplicate, ...]:
    cases = _candidates(session, actor, dossier, recorder.derived_key(PURPOSE), dispute_id=dispute_id)
    parties, claims = _by_case(session, cases)
    alike: list[tuple[Case, Likeness]] = []
    for case in cases:
        likeness = judge(_dossier(case, parties[case.id], claims[case.id]), dossier)
        if likeness is not None:
            alike.append((case, likeness))
    alike.sort(key=lambda pair: (-pair[1].score, pair[0].case_no))
    alike = alike[:MAX_SHOWN]
    seen = glimpse_cases(session, actor, [case for case, _ in alike])
    return tuple(
        PossibleDuplicate(case=seen[case.id], score=likeness.score, reasons=likeness.reasons)
        for case, likeness in alike
    )


def _candidates(
    session: Session, actor: Actor, dossier: Dossier, hash_key: bytes, *, dispute_id: str | None
) -> Sequence[Case]:
    """Cases that share a key of a person and one of a firm, or one that is enough alone."""
    keys = keys_of(dossier.persons, dossier.firms)
    of_person, of_firm, alone = (
        col(Case.id).in_(select(MatchKey.case_id).where(col(MatchKey.key).in_(sorted(hash_keys(some, hash_key)))))
        for some in (keys.persons, keys.firms, keys.alone)
    )
    query = select(Case).where(or_(of_person & of_firm, alone)).where(visible_cases(actor, Action.DUPLICATE_LOOK))
    if dispute_id is not None:
        query = query.where(Case.dispute_id != dispute_id)
    return session.exec(query.order_by(col(Case.created_at).desc()).limit(MAX_CANDIDATES)).all()


def _by_case(session: Session, cases: Sequence[Case]) -> tuple[Mapping[str, list[Party]], Mapping[str, list[Claim]]]:
    ids = [case.id for case in cases]
    parties: dict[str, list[Party]] = {case_id: [] for case_id in ids}
    claims: dict[str, list[Claim]] = {case_id: [] for case_id in ids}
    for party in session.exec(select(Party).where(col(Party.case_id).in_(ids)).order_by(col(Party.position))):
        parties[party.case_id].append(party)
    for claim in session.exec(select(Claim).where(col(Claim.case_id).in_(ids))):
        claims[claim.case_id].append(claim)
    return parties, claims


def _dossier(case: Case, parties: Iterable[Party], claims: Sequence[Claim]) -> Dossier:
    persons, firms = persons_and_firms(parties)
    return Dossier(
        persons=persons,
        firms=firms,
        dispute_type=case.dispute_type,
        claims=frozenset(claim.kind for claim in claims),
        months=_months((claim.detail for claim in claims), case.facts),
        received_on=date.fromisoformat(case.received_on),
    )


def _months(details: Iterable[str], facts: str) -> frozenset[int]:
    """The months that are claimed for; where no claim names any, those of the story."""
    return parse_months(details) or parse_months([facts])
