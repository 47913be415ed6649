"""Pages on which opinions, objections, answers, reviews, service, visits and interviews are entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Depends

from service.access import POLICY, Action, NotFound
from service.agreements import case_agreements
from service.cases import read_case, today
from service.documents import case_documents
from service.entries import (
    EntryView,
    case_entries,
    decide_review,
    enter_answer,
    enter_objection,
    post_opinion,
    read_entry,
    record_interview,
    record_service,
    record_visit,
    request_review,
)
from service.inputs import (
    AnswerInput,
    InterviewInput,
    ObjectionInput,
    OpinionInput,
    ReviewDecisionInput,
    ReviewInput,
    ServiceInput,
    VisitInput,
)
from service.law import ENTRY_KINDS, OBJECTION_GROUNDS
from service.pages.forms import Form, body_of, chosen
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.rendering import Choice
from service.pages.saving import NOT_OF_THE_BODY, save
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlmodel import Session
    from starlette.responses import Response

    from service.access import Actor
    from service.recording import Recorder

NEW = "/cases/{case_id}/entries/{kind}/new"
DECISION = "/entries/{entry_id}/decision"
ENTER: Final = {
    "text": N_("Enter it in words"),
    "grounds": N_("Choose at least one ground"),
    "lawyer": N_("Enter the lawyer's name"),
    "method": N_("Choose how it was done"),
    "result": N_("Choose the result"),
    "body": N_("Enter which justice bureau decided"),
}
"""What to enter, by field of these forms."""
ABOUT_DOCUMENT = N_("Document: %(title)s")
ABOUT_AGREEMENT = N_("Agreement %(number)s")
ABOUT_ENTRY = N_("Entry no. %(number)s: %(kind)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How one kind of entry is entered: the shape of its body and the use case that takes it."""

    shape: type[BaseModel]
    enter: Callable[[Session, Actor, Recorder, str, Any], EntryView]


FORMS: Final[Mapping[str, _Form]] = {
    "opinion": _Form(shape=OpinionInput, enter=post_opinion),
    "objection": _Form(shape=ObjectionInput, enter=enter_objection),
    "answer": _Form(shape=AnswerInput, enter=enter_answer),
    "review_request": _Form(shape=ReviewInput, enter=request_review),
    "service": _Form(shape=ServiceInput, enter=record_service),
    "visit": _Form(shape=VisitInput, enter=record_visit),
    "interview": _Form(shape=InterviewInput, enter=record_interview),
}


def add_entries(router: APIRouter) -> None:
    """Add the routes of entries. A department's opinion has a route of its own: another role enters it."""
    opinion = NEW.replace("{kind}", "opinion")
    router.add_api_route(opinion, show_opinion, methods=["GET"])
    router.add_api_route(opinion, opine, methods=["POST"])
    router.add_api_route(NEW, show_new, methods=["GET"])
    router.add_api_route(NEW, enter, methods=["POST"])
    router.add_api_route(DECISION, show_decision, methods=["GET"])
    router.add_api_route(DECISION, decide, methods=["POST"])


def kinds_offered(visit: Visit, case_kind: str) -> tuple[str, ...]:
    """The kinds of entry that whoever is signed in may make in a case of this kind."""
    allowed = POLICY[visit.actor.role]
    found = [kind for kind in FORMS if (Action.OPINION_POST if kind == "opinion" else Action.ENTRY_RECORD) in allowed]
    return tuple(kind for kind in found if kind != "review_request" or case_kind == "legal_aid")


def show_opinion(
    visit: Annotated[Visit, Depends(SignedIn(Action.OPINION_POST))], case_id: RecordId, corrects: str = ""
) -> Response:
    """Show the form for the department's opinion; one that corrects an earlier one is filled with what that says."""
    return _new_page(visit, case_id, "opinion", corrects)


def opine(sent: Annotated[Submission, Depends(Submits(Action.OPINION_POST))], case_id: RecordId) -> Response:
    """Post the department's opinion."""
    return _enter(sent, case_id, "opinion")


def show_new(
    visit: Annotated[Visit, Depends(SignedIn(Action.ENTRY_RECORD))], case_id: RecordId, kind: str, corrects: str = ""
) -> Response:
    """Show the form for an entry of this kind; one that corrects another is filled with what that says."""
    return _new_page(visit, case_id, kind, corrects)


def enter(sent: Annotated[Submission, Depends(Submits(Action.ENTRY_RECORD))], case_id: RecordId, kind: str) -> Response:
    """Record an entry."""
    return _enter(sent, case_id, kind)


def show_decision(visit: Annotated[Visit, Depends(SignedIn(Action.REVIEW_DECIDE))], entry_id: RecordId) -> Response:
    """Show the request with the form for what the justice bureau decided."""
    return _decision_page(visit, entry_id, _empty())


def decide(sent: Annotated[Submission, Depends(Submits(Action.REVIEW_DECIDE))], entry_id: RecordId) -> Response:
    """Record what the justice bureau decided."""
    visit = sent.visit
    recorder = visit.runtime.recorder
    try:
        new = ReviewDecisionInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        made = save(
            sent,
            new,
            make=lambda session: decide_review(session, visit.actor, recorder, entry_id, new),
            again=lambda session, made_id: read_entry(session, visit.actor, made_id),
        )
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit, ENTER)
        return _decision_page(visit, entry_id, form, status=status)
    return visit.go(f"/cases/{made.case_id}", done="entered")


def _new_page(visit: Visit, case_id: str, kind: str, corrects: str) -> Response:
    form = _empty()
    if corrects:
        form = Form(values={**form.values, **_as_entered(visit, case_id, kind, corrects)})
    return _entry_page(visit, case_id, kind, form)


def _enter(sent: Submission, case_id: str, kind: str) -> Response:
    visit = sent.visit
    recorder = visit.runtime.recorder
    how = _form_of(kind)
    try:
        new = how.shape.model_validate(_body(sent.form))
        save(
            sent,
            new,
            make=lambda session: how.enter(session, visit.actor, recorder, case_id, new),
            again=lambda session, made_id: read_entry(session, visit.actor, made_id),
        )
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit, ENTER)
        return _entry_page(visit, case_id, kind, form, status=status)
    return visit.go(f"/cases/{case_id}", done="entered")


def _form_of(kind: str) -> _Form:
    if kind not in FORMS:
        raise NotFound("kind of entry")
    return FORMS[kind]


def _body(form: Form) -> dict[str, Any]:
    """The entry as the API takes it: what it is about is chosen as `document:<id>`, grounds are ticked one by one."""
    grounds = chosen(form.values, "ground")
    values = {name: value for name, value in form.values.items() if not name.startswith("ground.")}
    body = body_of(Form(values=values), without=NOT_OF_THE_BODY | {"about"})
    kind, _, record = form.value("about").partition(":")
    if record:
        body["about"] = {"kind": kind, "id": record}
    return {**body, "grounds": list(grounds)} if grounds else body


def _empty() -> Form:
    return Form(values={"key": str(uuid4())})


def _as_entered(visit: Visit, case_id: str, kind: str, entry_id: str) -> dict[str, str]:
    """The fields of an entry of this case, to be corrected."""
    with visit.runtime.read() as session:
        entries = case_entries(session, visit.actor, case_id, kind if kind in FORMS else None)
    entry = next((item for item in entries if item.id == entry_id), None)
    if entry is None or entry.kind != kind:
        raise NotFound("entry")
    about = "" if entry.about.kind == "case" else f"{entry.about.kind}:{entry.about.id}"
    by_lawyer = entry.raiser == "lawyer"
    values = {
        "corrects": entry.id,
        "occurred_on": entry.occurred_on,
        "about": about,
        "party": str(entry.party or ""),
        "raiser": entry.raiser if kind in {"objection", "answer"} else "",
        "lawyer": entry.raised_by if by_lawyer else "",
        **{name: getattr(entry, name) or "" for name in ("text", "method", "result", "place", "proof")},
        **{f"ground.{code}": "1" for code in entry.grounds},
    }
    return {name: value for name, value in values.items() if value}


def _entry_page(visit: Visit, case_id: str, kind: str, form: Form, *, status: int = 200) -> Response:
    _form_of(kind)
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
        documents = case_documents(session, visit.actor, case_id)
        agreements = case_agreements(session, visit.actor, case_id, on=today(visit.runtime.recorder))
        entries = case_entries(session, visit.actor, case_id)
    papers = [Choice(code=item.id, label=item.title) for item in documents]
    about = [
        *(Choice(code=f"document:{item.id}", label=visit.say(ABOUT_DOCUMENT, title=item.title)) for item in documents),
        *(
            Choice(code=f"agreement:{item.id}", label=visit.say(ABOUT_AGREEMENT, number=item.number))
            for item in agreements
        ),
        *(Choice(code=f"entry:{item.id}", label=_entry_label(visit, item)) for item in entries),
    ]
    return visit.page(
        "workflow/entry.html",
        status=status,
        case=case,
        kind=kind,
        form=form,
        about=about,
        papers=papers,
        parties=[Choice(code=str(party.position), label=party.name) for party in case.parties],
        grounds=[
            Choice(code=code, label=str(getattr(term, visit.language.value)))
            for code, term in OBJECTION_GROUNDS.items()
        ],
    )


def _entry_label(visit: Visit, entry: EntryView) -> str:
    kind = getattr(ENTRY_KINDS[entry.kind], visit.language.value)
    return visit.say(ABOUT_ENTRY, number=entry.position, kind=kind)


def _decision_page(visit: Visit, entry_id: str, form: Form, *, status: int = 200) -> Response:
    with visit.runtime.read() as session:
        entry = read_entry(session, visit.actor, entry_id)
        case = read_case(session, visit.actor, entry.case_id)
    if entry.kind != "review_request":
        raise NotFound("request for review")
    return visit.page("workflow/decision.html", status=status, case=case, entry=entry, form=form)
