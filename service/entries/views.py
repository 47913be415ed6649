"""Reading entries: what they say, who they come from, what they are about, and whether a later one corrects them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.access import Action, Actor, NotFound, visible_cases
from service.cases import find_case
from service.statements import StatementRef, newest_statements
from service.tables import Case, Entry, Institution, Party

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutView:
    """What an entry is about: the id of a record, a document's version."""

    kind: str
    id: str
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry. `raiser` and `raised_by` say who it comes from, `registrar` who typed it in.

    `party` is the position of the party who spoke, was served, visited or interviewed. `corrected_by` is the entry that
    took its place.
    """

    id: str
    case_id: str
    position: int
    kind: str
    occurred_on: str
    raiser: str
    raised_by: str
    party: int | None
    office: str | None
    about: AboutView
    grounds: tuple[str, ...]
    text: str | None
    method: str | None
    result: str | None
    place: str | None
    number: str | None
    proof: str | None
    corrects: str | None
    corrected_by: str | None
    registrar: str
    statement: StatementRef


def case_entries(session: Session, actor: Actor, case_id: str, kind: str | None = None) -> tuple[EntryView, ...]:
    """The entries of a case within reach, in their order, of one kind or of all; raises NotFound."""
    case = find_case(session, actor, Action.CASE_READ, case_id)
    query = select(Entry).where(Entry.case_id == case.id)
    if kind is not None:
        query = query.where(Entry.kind == kind)
    return view_entries(session, session.exec(query.order_by(col(Entry.position))))


def read_entry(session: Session, actor: Actor, entry_id: str) -> EntryView:
    """One entry within reach; raises NotFound."""
    return view_entries(session, [find_entry(session, actor, Action.CASE_READ, entry_id)[0]])[0]


def find_entry(
    session: Session, actor: Actor, action: Action, entry_id: str, *, lock: bool = False
) -> tuple[Entry, Case]:
    """The rows of an entry within reach of `action` and of its case; raises NotFound."""
    query = select(Entry, Case).join(Case).where(Entry.id == entry_id).where(visible_cases(actor, action))
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("entry")
    return found


def view_entries(session: Session, rows: Iterable[Entry]) -> tuple[EntryView, ...]:
    """The views of these rows, in their order."""
    rows = tuple(rows)
    ids = {row.id for row in rows}
    newest = newest_statements(session, ids)
    later = dict(session.exec(select(Entry.corrects, Entry.id).where(col(Entry.corrects).in_(ids))).all())
    places = dict(
        session.exec(
            select(Party.id, Party.position).where(col(Party.case_id).in_({row.case_id for row in rows}))
        ).all()
    )
    offices = dict(
        session.exec(
            select(Institution.id, Institution.code).where(col(Institution.id).in_({row.office_id for row in rows}))
        ).all()
    )
    return tuple(
        EntryView(
            id=row.id,
            case_id=row.case_id,
            position=row.position,
            kind=row.kind,
            occurred_on=row.made_on,
            raiser=row.raiser,
            raised_by=row.raised_by,
            party=places.get(row.party_id or ""),
            office=offices.get(row.office_id or ""),
            about=AboutView(kind=row.about_kind, id=row.about_id, version=row.about_version),
            grounds=tuple(json.loads(row.grounds)),
            text=row.text,
            method=row.method,
            result=row.result,
            place=row.place,
            number=row.number,
            proof=row.proof_id,
            corrects=row.corrects,
            corrected_by=later.get(row.id),
            registrar=row.registrar,
            statement=newest[row.id].ref,
        )
        for row in rows
    )
