"""Entering what people say and do: who it comes from, what it is about, and who typed it in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from service.access import Action, Actor, Forbidden
from service.cases import case_parties, check_not_in_future, find_case, reviewable_step
from service.declarations import ENTRY
from service.entries.views import EntryView, find_entry, view_entries
from service.inputs import (
    AboutInput,
    AnswerInput,
    EntryInput,
    InterviewInput,
    ObjectionInput,
    OpinionInput,
    Refused,
    ReviewDecisionInput,
    ReviewInput,
    ServiceInput,
    VisitInput,
    refuse,
)
from service.law import ENTRY_STATEMENTS, REASONS
from service.recording import Event, Recorder
from service.tables import Agreement, Case, Document, DocumentVersion, Entry, Institution, Party

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raiser:
    """Who an entry comes from: a code of `RAISERS`, a name, and the party or institution it is about."""

    code: str
    name: str
    party: Party | None = None
    office_id: str | None = None


def post_opinion(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: OpinionInput) -> EntryView:
    """Post the opinion of the actor's department on a case of its own or one shared with it."""
    case = find_case(session, actor, Action.OPINION_POST, case_id, lock=True)
    office = session.get_one(Institution, actor.institution_id)
    raiser = _Raiser(code="department", name=office.name, office_id=office.id)
    return _enter(session, recorder, case, new, raiser, kind="opinion", registrar=actor.username, text=new.text)


def enter_objection(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ObjectionInput) -> EntryView:
    """Enter a party's objection for them."""
    case = find_case(session, actor, Action.ENTRY_RECORD, case_id, lock=True)
    return raise_objection(session, recorder, case, new, registrar=actor.username)


def raise_objection(
    session: Session, recorder: Recorder, case: Case, new: ObjectionInput, *, registrar: str
) -> EntryView:
    """Record an objection of a party of `case`; the caller has made sure that `registrar` may, and holds the row."""
    raiser = _speaker(session, case, new)
    fields = {"text": new.text, "grounds": json.dumps(list(new.grounds))}
    return _enter(session, recorder, case, new, raiser, kind="objection", registrar=registrar, **fields)


def enter_answer(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: AnswerInput) -> EntryView:
    """Enter a party's answer for them."""
    case = find_case(session, actor, Action.ENTRY_RECORD, case_id, lock=True)
    return file_answer(session, recorder, case, new, registrar=actor.username)


def file_answer(session: Session, recorder: Recorder, case: Case, new: AnswerInput, *, registrar: str) -> EntryView:
    """Record an answer of a party of `case`; the caller has made sure that `registrar` may, and holds the row."""
    raiser = _speaker(session, case, new)
    return _enter(session, recorder, case, new, raiser, kind="answer", registrar=registrar, text=new.text)


def request_review(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ReviewInput) -> EntryView:
    """Record that the justice bureau was asked to review the newest refusal or termination (法律援助法 第四十九条)."""
    case = find_case(session, actor, Action.ENTRY_RECORD, case_id, lock=True)
    step = reviewable_step(session, case)
    if step is None:
        raise _refused("nothing_to_review")
    if step.requested:
        raise _refused("review_pending" if not step.decided else "review_decided")
    party = _party(session, case, new.party)
    raiser = _Raiser(code="party", name=party.name, party=party)
    fields = {"text": new.text, "about_version": step.position}
    return _enter(session, recorder, case, new, raiser, kind="review_request", registrar=actor.username, **fields)


def decide_review(
    session: Session, actor: Actor, recorder: Recorder, entry_id: str, new: ReviewDecisionInput
) -> EntryView:
    """Record what the justice bureau decided on a request; with `corrected` the aid may be granted after all.

    The bureau's own department enters it, or the office that keeps the file from the paper, naming the body.
    """
    request, case = find_entry(session, actor, Action.REVIEW_DECIDE, entry_id, lock=True)
    office = session.get_one(Institution, actor.institution_id)
    is_bureau = office.kind == "justice_bureau"
    if actor.institution_id != case.institution_id and not is_bureau:
        raise Forbidden(Action.REVIEW_DECIDE)
    if request.kind != "review_request":
        raise refuse("", "no_such_record")
    decided = select(Entry.id).where(Entry.about_id == request.id).where(Entry.kind == "review_decision")
    if session.exec(decided).first() is not None:
        raise _refused("review_decided")
    if new.occurred_on.isoformat() < request.made_on:
        raise refuse("/occurred_on", "before_last_step", day=request.made_on)
    name = new.body or (office.name if is_bureau else None)
    if name is None:
        raise refuse("/body", "required")
    entry = EntryInput.model_construct(
        occurred_on=new.occurred_on, about=AboutInput.model_construct(kind="entry", id=request.id, version=None)
    )
    raiser = _Raiser(code="justice_bureau", name=name, office_id=office.id if is_bureau else None)
    fields = {"text": new.text, "result": new.result, "number": new.number}
    return _enter(session, recorder, case, entry, raiser, kind="review_decision", registrar=actor.username, **fields)


def record_service(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ServiceInput) -> EntryView:
    """Record that a document was served on a party, how, and with which proof (民事诉讼法 第八十七条)."""
    case = find_case(session, actor, Action.ENTRY_RECORD, case_id, lock=True)
    if new.proof is not None:
        _check_about(session, case, AboutInput.model_construct(kind="document", id=new.proof, version=None), "/proof")
    office = session.get_one(Institution, case.institution_id)
    raiser = _Raiser(code="office", name=office.name, party=_party(session, case, new.party), office_id=office.id)
    fields = {"text": new.text, "method": new.method, "result": new.result, "proof_id": new.proof}
    return _enter(session, recorder, case, new, raiser, kind="service", registrar=actor.username, **fields)


def record_visit(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: VisitInput) -> EntryView:
    """Record that a party was asked afterwards how it went (法律援助法 第五十九条；人民调解法 第三十一条)."""
    case = find_case(session, actor, Action.ENTRY_RECORD, case_id, lock=True)
    office = session.get_one(Institution, case.institution_id)
    raiser = _Raiser(code="office", name=office.name, party=_party(session, case, new.party), office_id=office.id)
    fields = {"text": new.text, "method": new.method, "result": new.result}
    return _enter(session, recorder, case, new, raiser, kind="visit", registrar=actor.username, **fields)


def record_interview(
    session: Session, actor: Actor, recorder: Recorder, case_id: str, new: InterviewInput
) -> EntryView:
    """Record a talk of the lawyer with a party."""
    case = find_case(session, actor, Action.ENTRY_RECORD, case_id, lock=True)
    raiser = _Raiser(code="lawyer", name=new.lawyer, party=_party(session, case, new.party))
    fields = {"text": new.text, "place": new.place}
    return _enter(session, recorder, case, new, raiser, kind="interview", registrar=actor.username, **fields)


def _enter(
    session: Session,
    recorder: Recorder,
    case: Case,
    new: EntryInput,
    raiser: _Raiser,
    *,
    kind: str,
    registrar: str,
    **fields: Any,
) -> EntryView:
    """Write the row and its statement, in the stream of the case and under the office that keeps it."""
    _check_day(case, new.occurred_on, recorder)
    about = new.about or AboutInput.model_construct(kind="case", id=case.id, version=None)
    version = _check_about(session, case, about, "/about/id")
    if new.corrects is not None:
        _check_corrected(session, case, kind, new.corrects, raiser)
    entry = Entry(
        id=recorder.reserve(session, case.stream),
        case_id=case.id,
        position=_next_position(session, case),
        kind=kind,
        made_on=new.occurred_on.isoformat(),
        raiser=raiser.code,
        raised_by=raiser.name,
        party_id=raiser.party.id if raiser.party else None,
        office_id=raiser.office_id,
        about_kind=about.kind,
        about_id=about.id,
        corrects=new.corrects,
        registrar=registrar,
        version=0,
        **{"about_version": version, "grounds": "[]", **fields},
    )
    session.add(entry)
    session.flush()
    event = Event(type=ENTRY_STATEMENTS[kind], occurred_on=new.occurred_on, entered_by=registrar, reason=new.reason)
    office = session.get_one(Institution, case.institution_id)
    recorder.record(session, ENTRY, entry.id, event, stream=case.stream, institution=office.code)
    return view_entries(session, [entry])[0]


def _speaker(session: Session, case: Case, new: ObjectionInput | AnswerInput) -> _Raiser:
    party = _party(session, case, new.party)
    return _Raiser(code=new.raiser, name=new.lawyer or party.name, party=party)


def _party(session: Session, case: Case, position: int) -> Party:
    for party in case_parties(session, case.id):
        if party.position == position:
            return party
    raise refuse("/party", "no_such_party", party=position)


def _check_day(case: Case, day: date, recorder: Recorder) -> None:
    check_not_in_future(day, recorder, "/occurred_on")
    if day.isoformat() < case.received_on:
        raise refuse("/occurred_on", "before_received")


def _check_about(session: Session, case: Case, about: AboutInput, pointer: str) -> int | None:
    """The version that an entry is about, a document's alone; refuses what is not of this case."""
    if about.kind == "case":
        known, version = about.id == case.id, None
    elif about.kind == "document":
        document = session.get(Document, about.id)
        known = document is not None and document.case_id == case.id
        version = about.version or (document.version if document is not None else None)
        known = known and session.get(DocumentVersion, (about.id, version)) is not None
    elif about.kind == "agreement":
        agreement = session.get(Agreement, about.id)
        known, version = agreement is not None and agreement.case_id == case.id, None
    else:
        entry = session.get(Entry, about.id)
        known, version = entry is not None and entry.case_id == case.id, None
    if not known:
        raise refuse(pointer, "no_such_record")
    return version


def _check_corrected(session: Session, case: Case, kind: str, entry_id: str, raiser: _Raiser) -> None:
    """An entry is corrected once, by one of its kind; the correction may be corrected in turn.

    A department corrects what it said itself, and nobody else's opinion.
    """
    entry = session.get(Entry, entry_id)
    if entry is None or (entry.case_id, entry.kind, entry.office_id) != (case.id, kind, raiser.office_id):
        raise refuse("/corrects", "no_such_record")
    if session.exec(select(Entry.id).where(Entry.corrects == entry_id)).first() is not None:
        raise refuse("/corrects", "corrected_already")


def _next_position(session: Session, case: Case) -> int:
    highest = session.exec(select(func.max(col(Entry.position))).where(Entry.case_id == case.id)).one()
    return (highest or 0) + 1


def _refused(reason: str) -> Refused:
    return Refused(reason, article=REASONS[reason].article)
