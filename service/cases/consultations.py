"""The register of consultations: list, turn into a case with nothing typed again, and count month by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from service.access import Action, Actor, visible_cases
from service.cases.changes import RegisteredCase, register_case
from service.cases.statements import today
from service.cases.steps import check_step, take_step
from service.cases.views import find_case, view_case
from service.inputs import CaseInput, ConversionInput, Refused, StepInput
from service.inputs.intake import CONVERTED
from service.law import Step
from service.statements import Page
from service.tables import Case, Consultation, Institution, Party

if TYPE_CHECKING:
    from sqlmodel import Session

    from service.cases.views import CaseView
    from service.recording import Recorder

TAKEN_OVER = ("dispute_type", "channel", "referral", "referred_by", "facts")
"""Of a consultation, what its case takes over when nothing else is said."""
PARTY_NAMES = (
    "role", "kind", "name", "id_number", "gender", "birth_date", "category", "credit_code", "representative",
    "representative_post", "phone", "address", "occupation", "chosen", "stands_for", "relation",
)  # fmt: skip
AGENT_NAMES = ("name", "organisation", "authority", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationSummary:
    """A consultation in the register. `caller` is who asked, or the worker; None: they did not say."""

    id: str
    case_no: str
    institution: str
    received_on: str
    channel: str
    dispute_type: str
    caller: str | None
    caller_kind: str | None
    phone: str | None
    question: str
    advice: str | None
    outcome: str | None
    follow_up_on: str | None
    follow_up: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationFilter:
    """Which consultations a list shows; None does not narrow it. `text` stands in number, name, phone or question."""

    text: str | None = None
    month: str | None = None
    outcome: str | None = None
    waiting: bool = False
    """Only those that somebody is to be called back about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCounts:
    """How many consultations a month had, by what was recorded of each; sums of each part are `total`."""

    month: str
    total: int
    channel: Mapping[str, int]
    dispute_type: Mapping[str, int]
    outcome: Mapping[str, int]
    caller_kind: Mapping[str, int]


NOT_RECORDED = "not_recorded"
"""Counted under this: a consultation that was registered without an advice."""


def list_consultations(
    session: Session, actor: Actor, wanted: ConsultationFilter, *, limit: int, after: tuple[str, str] | None = None
) -> Page[ConsultationSummary]:
    """Consultations within reach, newest first; `after` is the (created_at, id) where the page before ended."""
    query = (
        select(Case, Consultation)
        .join(Consultation, col(Consultation.case_id) == col(Case.id), isouter=True)
        .where(Case.kind == "consultation")
        .where(visible_cases(actor, Action.CASE_LIST))
    )
    if wanted.text is not None:
        query = query.where(_mentions(wanted.text))
    if wanted.month is not None:
        query = query.where(col(Case.received_on).startswith(wanted.month + "-", autoescape=True))
    if wanted.outcome is not None:
        query = query.where(Consultation.outcome == wanted.outcome)
    if wanted.waiting:
        query = query.where(Consultation.outcome == "follow_up")
    if after is not None:
        moment, last = after
        earlier = col(Case.created_at) < moment
        query = query.where(earlier | ((col(Case.created_at) == moment) & (col(Case.id) < last)))
    rows = session.exec(query.order_by(col(Case.created_at).desc(), col(Case.id).desc()).limit(limit + 1)).all()
    page = rows[:limit]
    next_key = (page[-1][0].created_at, page[-1][0].id) if len(rows) > limit else None
    return Page(items=_summaries(session, page), next_key=next_key)


def count_consultations(session: Session, actor: Actor, month: str) -> MonthCounts:
    """Count the consultations within reach that came in during `month`, a `YYYY-MM`."""
    return MonthCounts(
        month=month,
        total=sum(_counted(session, actor, month, Case.kind).values()),
        channel=_counted(session, actor, month, Case.channel),
        dispute_type=_counted(session, actor, month, Case.dispute_type),
        outcome=_counted(session, actor, month, Consultation.outcome),
        caller_kind=_counted(session, actor, month, Consultation.caller_kind),
    )


def convert_consultation(
    session: Session, actor: Actor, recorder: Recorder, case_id: str, wanted: ConversionInput, *, area: str
) -> RegisteredCase:
    """Make an application of a consultation: a case of its own in the same dispute. The consultation says so.

    Raises Refused when it is no consultation or was converted before, pydantic's ValidationError when what is given and
    what was recorded together are no whole application.
    """
    consultation = find_case(session, actor, Action.CASE_CHANGE, case_id, lock=True)
    if consultation.kind != "consultation":
        raise Refused("not_a_consultation")
    check_step(session, consultation, Step(code="convert"))
    new = CaseInput.model_validate(application_of(view_case(session, consultation), wanted, day=today(recorder)))
    made = register_case(session, actor, recorder, new, area=area, converted_from=consultation)
    beside = session.get(Consultation, consultation.id)
    if beside is not None:
        beside.outcome = CONVERTED
        session.add(beside)
        session.flush()
    step = StepInput.model_validate(
        {"step": "convert", "occurred_on": new.received_on.isoformat(), "converted_to": made.id}
    )
    take_step(session, actor, recorder, consultation.id, step)
    return made


def application_of(consultation: CaseView, wanted: ConversionInput, *, day: date) -> dict[str, Any]:
    """The body of the registration: what `wanted` gives, and for the rest what the consultation holds."""
    given = wanted.model_dump(mode="json", exclude_none=True)
    body = {name: getattr(consultation, name) for name in TAKEN_OVER} | {"received_on": day.isoformat()} | given
    if not {"parties", "applicant", "employer"} & given.keys():
        body["parties"] = parties_of(consultation, kind=wanted.kind)
    if "claims" not in given:
        body["claims"] = [
            {"kind": claim.kind, "amount_fen": claim.amount_fen, "detail": claim.detail, "party": claim.party}
            for claim in consultation.claims
        ]
    return body


def parties_of(consultation: CaseView, *, kind: str) -> list[dict[str, Any]]:
    """The parties of a consultation as those of an application: whoever asks for aid is its recipient."""
    parties = []
    for party in consultation.parties:
        body: dict[str, Any] = {name: getattr(party, name) for name in PARTY_NAMES}
        if kind == "legal_aid" and body["role"] == "applicant":
            body["role"] = "recipient"
        body["agents"] = [{name: getattr(agent, name) for name in AGENT_NAMES} for agent in party.agents]
        parties.append(body)
    return parties


def _mentions(text: str) -> Any:
    named = select(Party.case_id).where(col(Party.name).contains(text, autoescape=True))
    columns: Iterable[Any] = (Case.case_no, Case.facts, Consultation.caller_name, Consultation.caller_phone)
    found: Any = col(Case.id).in_(named)
    for column in columns:
        found |= col(column).contains(text, autoescape=True)
    return found


def _counted(session: Session, actor: Actor, month: str, column: Any) -> dict[str, int]:
    value = func.coalesce(column, NOT_RECORDED)
    query = (
        select(value, func.count())
        .select_from(Case)
        .join(Consultation, col(Consultation.case_id) == col(Case.id), isouter=True)
        .where(Case.kind == "consultation")
        .where(col(Case.received_on).startswith(month + "-", autoescape=True))
        .where(visible_cases(actor, Action.CASE_LIST))
        .group_by(value)
        .order_by(value)
    )
    return dict(session.exec(query).all())


def _summaries(session: Session, rows: Iterable[tuple[Case, Consultation | None]]) -> tuple[ConsultationSummary, ...]:
    rows = tuple(rows)
    ids = [case.id for case, _ in rows]
    workers: dict[str, Party] = {}
    for party in session.exec(select(Party).where(col(Party.case_id).in_(ids)).order_by(col(Party.position))):
        if party.role == "applicant":
            workers.setdefault(party.case_id, party)
    offices = dict(session.exec(select(Institution.id, Institution.code)).all())
    return tuple(
        _summary(case, beside, workers.get(case.id), office=offices[case.institution_id]) for case, beside in rows
    )


def _summary(case: Case, beside: Consultation | None, worker: Party | None, *, office: str) -> ConsultationSummary:
    return ConsultationSummary(
        id=case.id,
        case_no=case.case_no,
        institution=office,
        received_on=case.received_on,
        channel=case.channel,
        dispute_type=case.dispute_type,
        caller=(beside.caller_name if beside else None) or (worker.name if worker else None),
        caller_kind=beside.caller_kind if beside else None,
        phone=(beside.caller_phone if beside else None) or (worker.phone if worker else None),
        question=case.facts,
        advice=beside.advice if beside else None,
        outcome=beside.outcome if beside else None,
        follow_up_on=beside.follow_up_on if beside else None,
        follow_up=beside.follow_up if beside else None,
    )
