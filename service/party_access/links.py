"""Links that open a case to one of its parties: issue, list, revoke, and who holds the one that was used.

Issuing and revoking are statements of the office's access stream, as is every hour of use (`service.access_log`). Only
a digest of the code is kept, so an office cannot show a link again: it issues another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sqlmodel import col, select

from ledger.store.tables import Record
from service.access import Action, Actor, NotFound, visible_cases
from service.cases import case_parties, find_case, today
from service.declarations import PARTY_LINK
from service.inputs import PartyLinkInput, Refused, refuse
from service.party_access.codes import digest_of, new_code, read_code
from service.recording import Event, Recorder
from service.tables import AccessRecord, Case, Institution, Party, PartyLink

if TYPE_CHECKING:
    from sqlmodel import Session

DEFAULT_LIFE: Final = timedelta(days=90)
LONGEST_LIFE: Final = timedelta(days=366)


class LinkRefused(Refused):
    """The code opens nothing: `link_unknown`, `link_expired`, `link_revoked` or `link_of_another`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link as the office sees it. `state` is active, expired, revoked or void; `used` are hours (UTC) of use."""

    id: str
    record_no: str
    case_id: str
    party: int
    party_name: str
    expires_on: str
    revoked_on: str | None
    state: str
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLink:
    """A link just issued: the only time that its code is shown. `id` is the link's."""

    id: str
    link: LinkView
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a link that is good: a party of a case, at `position` of its list."""

    link_id: str
    link_no: str
    case_id: str
    party_id: str
    position: int
    role: str
    institution: str
    expires_on: str

    @property
    def entered_by(self) -> str:
        """What statements name as the one who entered something through this link."""
        return f"party link {self.link_no}"


def issue_link(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: PartyLinkInput) -> IssuedLink:
    """Make a link for a party of a case within reach; raises NotFound, InvalidInput."""
    case = find_case(session, actor, Action.PARTY_ACCESS, case_id, lock=True)
    now = today(recorder)
    if new.expires_on < now:
        raise refuse("/expires_on", "already_past")
    if new.expires_on > now + LONGEST_LIFE:
        raise refuse("/expires_on", "too_far", days=LONGEST_LIFE.days)
    party = next((row for row in case_parties(session, case.id) if row.position == new.party), None)
    if party is None:
        raise refuse("/party", "no_such_party", party=new.party)
    office = session.get_one(Institution, case.institution_id)
    code = new_code(recorder.random)
    row = PartyLink(
        id=recorder.reserve(session, office.access_stream),
        case_id=case.id,
        party_id=party.id,
        party_kind=party.kind,
        party_name=party.name,
        code_sha256=digest_of(code),
        expires_on=new.expires_on.isoformat(),
        version=0,
    )
    session.add(row)
    session.flush()
    _record(session, actor, recorder, office, row, reason="party link issued")
    return IssuedLink(id=row.id, link=_view(session, row, party, on=now), code=code)


def case_links(session: Session, actor: Actor, recorder: Recorder, case_id: str) -> tuple[LinkView, ...]:
    """The links of a case within reach, newest first; raises NotFound."""
    case = find_case(session, actor, Action.PARTY_ACCESS, case_id)
    query = select(PartyLink, Party).join(Party, col(Party.id) == col(PartyLink.party_id))
    rows = session.exec(query.where(PartyLink.case_id == case.id)).all()
    views = [_view(session, row, party, on=today(recorder)) for row, party in rows]
    return tuple(sorted(views, key=lambda view: (view.state != "active", view.party, view.expires_on, view.id)))


def revoke_link(session: Session, actor: Actor, recorder: Recorder, link_id: str) -> LinkView:
    """Withdraw a link within reach; one that was withdrawn before stays as it is. Raises NotFound."""
    query = select(PartyLink, Case, Party).join(Case, col(Case.id) == col(PartyLink.case_id))
    query = query.join(Party, col(Party.id) == col(PartyLink.party_id)).where(PartyLink.id == link_id)
    found = session.exec(query.where(visible_cases(actor, Action.PARTY_ACCESS)).with_for_update()).first()
    if found is None:
        raise NotFound("link")
    row, case, party = found
    if row.revoked_on is None:
        row.revoked_on = today(recorder).isoformat()
        office = session.get_one(Institution, case.institution_id)
        _record(session, actor, recorder, office, row, reason="party link withdrawn")
    return _view(session, row, party, on=today(recorder))


def find_holder(session: Session, recorder: Recorder, code: str) -> Holder:
    """The party whose link has this code, as somebody typed it; raises LinkRefused."""
    plain = read_code(code)
    query = (
        select(PartyLink, Party, Institution)
        .join(Party, col(Party.id) == col(PartyLink.party_id))
        .join(Case, col(Case.id) == col(PartyLink.case_id))
        .join(Institution, col(Institution.id) == col(Case.institution_id))
    )
    found = session.exec(query.where(PartyLink.code_sha256 == digest_of(plain))).first() if plain else None
    if found is None:
        raise LinkRefused("link_unknown")
    link, party, office = found
    state = _state(link, party, on=today(recorder))
    if state != "active":
        raise LinkRefused({"revoked": "link_revoked", "expired": "link_expired"}.get(state, "link_of_another"))
    return Holder(
        link_id=link.id,
        link_no=session.get_one(Record, link.id).record_no,
        case_id=link.case_id,
        party_id=party.id,
        position=party.position,
        role=party.role,
        institution=office.code,
        expires_on=link.expires_on,
    )


def _state(link: PartyLink, party: Party, *, on: date) -> str:
    if link.revoked_on is not None:
        return "revoked"
    if link.expires_on < on.isoformat():
        return "expired"
    return "active" if (link.party_kind, link.party_name) == (party.kind, party.name) else "void"


def _view(session: Session, link: PartyLink, party: Party, *, on: date) -> LinkView:
    used = session.exec(select(AccessRecord.hour).where(AccessRecord.subject == link.id)).all()
    return LinkView(
        id=link.id,
        record_no=session.get_one(Record, link.id).record_no,
        case_id=link.case_id,
        party=party.position,
        party_name=link.party_name,
        expires_on=link.expires_on,
        revoked_on=link.revoked_on,
        state=_state(link, party, on=on),
        used=tuple(sorted(set(used))),
    )


def _record(
    session: Session, actor: Actor, recorder: Recorder, office: Institution, link: PartyLink, *, reason: str
) -> None:
    event = Event(type="access.recorded", occurred_on=today(recorder), entered_by=actor.username, reason=reason)
    recorder.record(session, PARTY_LINK, link.id, event, stream=office.access_stream, institution=office.code)
