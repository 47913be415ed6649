"""`/api/v1/cases/{id}/opinions`, `objections`, `answers` …: what people say and do in a case; `/api/v1/entries`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import BaseModel

from service.access import Action, Actor
from service.api.shapes import RecordId, answered, created, problems
from service.api.workflow_examples import ENTRY, ENTRY_INPUTS
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, etag, retry_of
from service.edge.needs import Need, RuntimeOf
from service.edge.runtime import Runtime
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
from service.idempotency import once
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
from service.inputs.fields import OneOf
from service.law import ENTRY_KINDS

if TYPE_CHECKING:
    from sqlmodel import Session

    from service.recording import Recorder

PATH = "/api/v1/entries"
OF_CASE = "/api/v1/cases/{case_id}"
ONE = f"{PATH}/{{entry_id}}"
router = APIRouter(route_class=StrictRoute, tags=["entries"])

Input = TypeVar("Input", bound=BaseModel)

CanRecord = Annotated[Actor, Depends(Need(Action.ENTRY_RECORD))]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryList:
    """The entries of a case, in their order."""

    items: tuple[EntryView, ...]


_ANSWERS = {**created("The entry.", example=ENTRY), **problems(400, 404, 409, 413, 415, 422)}


def _example(kind: str) -> Any:
    return Body(openapi_examples={kind: {"summary": kind, "value": ENTRY_INPUTS[kind]}})


@router.post(f"{OF_CASE}/opinions", status_code=201, responses=_ANSWERS)
def post(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.OPINION_POST))],
    case_id: RecordId,
    body: Annotated[OpinionInput, _example("opinion")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Post the opinion of the department that is signed in, on its own case or one shared with it."""
    asked = _Asked(runtime=runtime, actor=actor, subject=case_id, key=idempotency_key)
    return _enter(asked, response, body, post_opinion)


@router.post(f"{OF_CASE}/objections", status_code=201, responses=_ANSWERS)
def object_(
    *,
    runtime: RuntimeOf,
    actor: CanRecord,
    case_id: RecordId,
    body: Annotated[ObjectionInput, _example("objection")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Enter a party's objection to the case, a document (naming the grounds), an agreement or another entry."""
    asked = _Asked(runtime=runtime, actor=actor, subject=case_id, key=idempotency_key)
    return _enter(asked, response, body, enter_objection)


@router.post(f"{OF_CASE}/answers", status_code=201, responses=_ANSWERS)
def answer(
    *,
    runtime: RuntimeOf,
    actor: CanRecord,
    case_id: RecordId,
    body: Annotated[AnswerInput, _example("answer")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Enter a party's answer."""
    asked = _Asked(runtime=runtime, actor=actor, subject=case_id, key=idempotency_key)
    return _enter(asked, response, body, enter_answer)


@router.post(f"{OF_CASE}/reviews", status_code=201, responses=_ANSWERS)
def ask_for_review(
    *,
    runtime: RuntimeOf,
    actor: CanRecord,
    case_id: RecordId,
    body: Annotated[ReviewInput, _example("review_request")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Enter that the justice bureau was asked to review the newest refusal or termination of aid (法律援助法 49)."""
    asked = _Asked(runtime=runtime, actor=actor, subject=case_id, key=idempotency_key)
    return _enter(asked, response, body, request_review)


@router.post(f"{ONE}/decisions", status_code=201, responses=_ANSWERS)
def decide(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.REVIEW_DECIDE))],
    entry_id: RecordId,
    body: Annotated[ReviewDecisionInput, _example("review_decision")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Enter what the justice bureau decided on a request for review; the bureau's own department may do it too."""
    asked = _Asked(runtime=runtime, actor=actor, subject=entry_id, key=idempotency_key)
    return _enter(asked, response, body, decide_review)


@router.post(f"{OF_CASE}/services", status_code=201, responses=_ANSWERS)
def serve(
    *,
    runtime: RuntimeOf,
    actor: CanRecord,
    case_id: RecordId,
    body: Annotated[ServiceInput, _example("service")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Enter that a document was served on a party."""
    asked = _Asked(runtime=runtime, actor=actor, subject=case_id, key=idempotency_key)
    return _enter(asked, response, body, record_service)


@router.post(f"{OF_CASE}/visits", status_code=201, responses=_ANSWERS)
def visit(
    *,
    runtime: RuntimeOf,
    actor: CanRecord,
    case_id: RecordId,
    body: Annotated[VisitInput, _example("visit")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Enter a return visit."""
    asked = _Asked(runtime=runtime, actor=actor, subject=case_id, key=idempotency_key)
    return _enter(asked, response, body, record_visit)


@router.post(f"{OF_CASE}/interviews", status_code=201, responses=_ANSWERS)
def interview(
    *,
    runtime: RuntimeOf,
    actor: CanRecord,
    case_id: RecordId,
    body: Annotated[InterviewInput, _example("interview")],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EntryView:
    """Enter the note of a talk with a party."""
    asked = _Asked(runtime=runtime, actor=actor, subject=case_id, key=idempotency_key)
    return _enter(asked, response, body, record_interview)


@router.get(
    f"{OF_CASE}/entries",
    responses={**answered("The entries.", example={"items": [ENTRY]}), **problems(404, 422)},
)
def list_(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_READ))],
    case_id: RecordId,
    kind: Annotated[str | None, OneOf(ENTRY_KINDS), Query()] = None,
) -> EntryList:
    """List the entries of a case, of one kind or of all."""
    with runtime.read() as session:
        return EntryList(items=case_entries(session, actor, case_id, kind))


@router.get(ONE, responses={**answered("The entry.", example=ENTRY), **problems(404)})
def read(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_READ))], entry_id: RecordId
) -> EntryView:
    """Read an entry."""
    with runtime.read() as session:
        return read_entry(session, actor, entry_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Who asks, about which record, and under which key it may come again."""

    runtime: Runtime
    actor: Actor
    subject: str
    key: str | None


def _enter(
    asked: _Asked,
    response: Response,
    body: Input,
    enter: Callable[[Session, Actor, Recorder, str, Input], EntryView],
) -> EntryView:
    recorder = asked.runtime.recorder
    retry = retry_of(asked.key, route=f"POST {enter.__name__} {asked.subject}", body=body)

    def work(session: Session) -> EntryView:
        return once(
            session,
            asked.actor,
            recorder,
            retry,
            make=lambda: enter(session, asked.actor, recorder, asked.subject, body),
            again=lambda entry_id: read_entry(session, asked.actor, entry_id),
        )

    entry = asked.runtime.write(work)
    response.headers["Location"] = f"{PATH}/{entry.id}"
    response.headers["ETag"] = etag(1)
    return entry
