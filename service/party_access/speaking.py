"""What a party says in its case by itself, through its link: an objection or an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from service.access import NotFound
from service.cases import today
from service.entries.entering import file_answer, raise_objection
from service.inputs import AnswerInput, ObjectionInput
from service.party_access.links import Holder
from service.party_access.releases import released_papers
from service.recording import Recorder
from service.tables import Agreement, Case, Entry, Party

if TYPE_CHECKING:
    from sqlmodel import Session

HEARD = "opinion"
"""Departments post opinions so that the parties may contest them; nothing else that others enter is shown."""


def shown_entries(session: Session, holder: Holder) -> Sequence[Entry]:
    """What this party said itself, and the opinions of departments, in their order."""
    query = select(Entry).where(Entry.case_id == holder.case_id).order_by(col(Entry.position))
    own = {"objection", "answer"}
    return [
        row for row in session.exec(query) if row.kind == HEARD or (row.kind in own and row.party_id == holder.party_id)
    ]


def object_as_party(
    session: Session,
    recorder: Recorder,
    holder: Holder,
    *,
    text: str,
    about: Mapping[str, Any] | None,
    grounds: Sequence[str] = (),
) -> None:
    """Record the holder's objection today, against the case or something it was shown; raises NotFound otherwise."""
    new = ObjectionInput.model_validate(
        {**_body(recorder, holder, text), "about": _seen(session, holder, about), "grounds": list(grounds)}
    )
    case = _hold(session, holder)
    if not _said(session, holder, "objection", text=new.text, day=new.occurred_on.isoformat(), about=about):
        raise_objection(session, recorder, case, new, registrar=holder.entered_by)


def reply_as_party(session: Session, recorder: Recorder, holder: Holder, *, text: str) -> None:
    """Record the holder's answer in the case today."""
    new = AnswerInput.model_validate(_body(recorder, holder, text))
    case = _hold(session, holder)
    if not _said(session, holder, "answer", text=new.text, day=new.occurred_on.isoformat(), about=None):
        file_answer(session, recorder, case, new, registrar=holder.entered_by)


def _body(recorder: Recorder, holder: Holder, text: str) -> dict[str, Any]:
    return {"occurred_on": today(recorder).isoformat(), "party": holder.position, "text": text}


def _hold(session: Session, holder: Holder) -> Case:
    """The case, held for writing: who numbers entries needs its row."""
    return session.exec(select(Case).where(Case.id == holder.case_id).with_for_update()).one()


def _seen(session: Session, holder: Holder, about: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """`about`, when the party was shown it: a paper released to it, an agreement of the case, an opinion."""
    if about is None:
        return None
    kind, subject = about.get("kind"), about.get("id")
    if kind == "document":
        papers = released_papers(session, session.get_one(Party, holder.party_id))
        known = {(file.document_id, file.version) for _, file in papers}
        is_shown = (subject, about.get("version")) in known
    elif kind == "agreement":
        agreement = session.get(Agreement, subject)
        is_shown = agreement is not None and agreement.case_id == holder.case_id
    else:
        is_shown = kind == "entry" and subject in {row.id for row in shown_entries(session, holder)}
    if not is_shown:
        raise NotFound("record")
    return about


def _said(session: Session, holder: Holder, kind: str, *, text: str, day: str, about: Mapping[str, Any] | None) -> bool:
    """Whether the party said exactly this today: a form that is sent twice is recorded once."""
    query = select(Entry).where(Entry.party_id == holder.party_id).where(Entry.kind == kind)
    query = query.where(Entry.made_on == day).where(Entry.text == text)
    subject = about["id"] if about else holder.case_id
    return session.exec(query.where(Entry.about_id == subject)).first() is not None
