"""Papers that an office lets a party read. What is not released does not exist for a party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.access import Action, Actor, NotFound, visible_cases
from service.cases import case_parties, find_case, today
from service.declarations import RELEASE
from service.inputs import Refused, ReleaseInput, refuse
from service.recording import Event, Recorder
from service.tables import Case, Document, DocumentVersion, Institution, Party, Release

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A version of a document that a party may read, or might until `withdrawn_on`."""

    id: str
    case_id: str
    document: str
    document_version: int
    title: str
    party: int
    party_name: str
    released_on: str
    withdrawn_on: str | None


def release_paper(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ReleaseInput) -> ReleaseView:
    """Let a party of a case within reach read a document in its newest version; raises NotFound, InvalidInput."""
    case = find_case(session, actor, Action.PARTY_ACCESS, case_id, lock=True)
    document = session.get(Document, new.document)
    if document is None or document.case_id != case.id:
        raise refuse("/document", "no_such_document")
    party = next((row for row in case_parties(session, case.id) if row.position == new.party), None)
    if party is None:
        raise refuse("/party", "no_such_party", party=new.party)
    standing = [row for row in _standing(session, party) if row.document_id == document.id]
    if any(row.document_version == document.version for row in standing):
        raise Refused("released_already")
    office = session.get_one(Institution, case.institution_id)
    row = Release(
        id=recorder.reserve(session, office.access_stream),
        document_id=document.id,
        document_version=document.version,
        party_id=party.id,
        party_name=party.name,
        released_on=today(recorder).isoformat(),
        version=0,
    )
    session.add(row)
    session.flush()
    _record(session, actor, recorder, office, row, reason="paper released")
    return _view(session, row, case, party)


def case_releases(session: Session, actor: Actor, case_id: str) -> tuple[ReleaseView, ...]:
    """The releases in a case within reach, by party and day; raises NotFound."""
    case = find_case(session, actor, Action.PARTY_ACCESS, case_id)
    query = select(Release, Party).join(Party, col(Party.id) == col(Release.party_id)).where(Party.case_id == case.id)
    rows = session.exec(query.order_by(col(Party.position), col(Release.released_on), col(Release.id))).all()
    return tuple(_view(session, row, case, party) for row, party in rows)


def withdraw_release(session: Session, actor: Actor, recorder: Recorder, release_id: str) -> ReleaseView:
    """Take a release back; what the party has downloaded stays theirs. Raises NotFound."""
    query = select(Release, Case, Party).join(Party, col(Party.id) == col(Release.party_id))
    query = query.join(Case, col(Case.id) == col(Party.case_id)).where(Release.id == release_id)
    found = session.exec(query.where(visible_cases(actor, Action.PARTY_ACCESS)).with_for_update()).first()
    if found is None:
        raise NotFound("release")
    row, case, party = found
    if row.withdrawn_on is None:
        row.withdrawn_on = today(recorder).isoformat()
        office = session.get_one(Institution, case.institution_id)
        _record(session, actor, recorder, office, row, reason="paper withdrawn")
    return _view(session, row, case, party)


def released_papers(session: Session, party: Party) -> Sequence[tuple[Release, DocumentVersion]]:
    """What this party may read, in the order of release."""
    found = []
    for row in _standing(session, party):
        file = session.get(DocumentVersion, (row.document_id, row.document_version))
        if file is not None:
            found.append((row, file))
    return found


def _standing(session: Session, party: Party) -> Sequence[Release]:
    """Releases that stand. They were made to a person: whoever takes that person's place in the list has none."""
    query = (
        select(Release)
        .where(Release.party_id == party.id)
        .where(Release.party_name == party.name)
        .where(col(Release.withdrawn_on).is_(None))
    )
    return session.exec(query.order_by(col(Release.released_on), col(Release.id))).all()


def _view(session: Session, row: Release, case: Case, party: Party) -> ReleaseView:
    file = session.get_one(DocumentVersion, (row.document_id, row.document_version))
    return ReleaseView(
        id=row.id,
        case_id=case.id,
        document=row.document_id,
        document_version=row.document_version,
        title=file.title,
        party=party.position,
        party_name=row.party_name,
        released_on=row.released_on,
        withdrawn_on=row.withdrawn_on,
    )


def _record(
    session: Session, actor: Actor, recorder: Recorder, office: Institution, row: Release, *, reason: str
) -> None:
    event = Event(type="access.recorded", occurred_on=today(recorder), entered_by=actor.username, reason=reason)
    recorder.record(session, RELEASE, row.id, event, stream=office.access_stream, institution=office.code)
