"""The steps of a case: which are lawful now, why not the others, and taking one. The law is `service.law.workflow`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.access import Action, Actor
from service.cases.changes import colleague
from service.cases.parties import new_id
from service.cases.parts import Notice, StepView
from service.cases.statements import check_not_in_future, record_case
from service.cases.views import CaseView, find_case, notice_of, view_case, view_steps
from service.inputs import Refused, StepInput, refuse
from service.law import (
    GROUNDS,
    NEEDS_LAWYER,
    NEEDS_NOTE,
    NEEDS_UNTIL,
    REASONS,
    STEPS_OF,
    CaseState,
    NotPossible,
    Step,
    Taken,
    case_state,
    judge_step,
    possible_grounds,
)
from service.recording import Recorder
from service.tables import Case, CaseStep, Entry

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOption:
    """A step of the kind: whether it is lawful now, and where it leads; or why not.

    `grounds` are those that fit now; `needs` are the fields that have to be given.
    """

    step: str
    article: str
    possible: bool
    leads_to: str | None
    grounds: tuple[str, ...]
    needs: tuple[str, ...]
    refusal: Notice | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSteps:
    """Where a case stands, which way it came, what can be done next. `papers_due`: urgent aid without its papers."""

    id: str
    version: int
    kind: str
    stage: str
    papers_due: bool
    taken: tuple[StepView, ...]
    options: tuple[StepOption, ...]


def read_steps(session: Session, actor: Actor, case_id: str) -> CaseSteps:
    """The steps of a case within reach, taken and possible; raises NotFound."""
    case = find_case(session, actor, Action.CASE_READ, case_id)
    state = state_of(session, case)
    return CaseSteps(
        id=case.id,
        version=case.version,
        kind=case.kind,
        stage=case.stage,
        papers_due=bool(getattr(state, "papers_due", False)),
        taken=view_steps(session, case.id),
        options=tuple(_option(state, code, term.article) for code, term in STEPS_OF[case.kind].items()),
    )


def take_step(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: StepInput) -> CaseView:
    """Take a step: one row, one statement. Raises Refused, with the article, where it is not lawful now."""
    case = find_case(session, actor, Action.CASE_STEP, case_id, lock=True)
    taken = check_step(session, case, Step(code=new.step, ground=new.ground))
    before = _rows(session, case.id)
    _check_day(case, before, new.occurred_on, recorder)
    if new.converted_to is not None:
        _check_target(session, case, new.converted_to)
    if new.handler is not None:
        case.handler_id = colleague(session, actor, new.handler)
    session.add(
        CaseStep(
            id=new_id(recorder),
            case_id=case.id,
            position=len(before) + 1,
            step=new.step,
            stage=taken.stage,
            occurred_on=new.occurred_on.isoformat(),
            ground=new.ground,
            until=new.until.isoformat() if new.until else None,
            note=new.note,
            lawyer=new.lawyer,
            licence_no=new.licence_no,
            firm=new.firm,
            converted_to=new.converted_to,
            registrar=actor.username,
            case_version=case.version + 1,
        )
    )
    case.stage = taken.stage
    session.flush()
    record_case(session, actor, recorder, case, type_=taken.statement, occurred_on=new.occurred_on)
    return view_case(session, case)


def check_step(session: Session, case: Case, step: Step) -> Taken:
    """What comes of a step or of an agreement's event; raises Refused with the reason of law where it is not lawful."""
    result = judge_step(state_of(session, case), step)
    if isinstance(result, NotPossible):
        raise Refused(result.reason, article=REASONS[result.reason].article)
    return result


def move_case(session: Session, actor: Actor, recorder: Recorder, case: Case, event: str, *, occurred_on: date) -> None:
    """Bring a case where an event of its agreement leads (`AGREEMENT_EVENTS`); nothing when it is there already.

    Raises Refused when the case cannot see such an event now.
    """
    taken = check_step(session, case, Step(code=event))
    if case.stage != taken.stage:
        case.stage = taken.stage
        record_case(session, actor, recorder, case, type_=taken.statement, occurred_on=occurred_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewableStep:
    """The newest refusal or termination of aid that no later grant replaced: what the justice bureau may review.

    `position` is its place among the steps; `requested`: a review was asked for; `decided`: with which result.
    """

    position: int
    requested: bool
    decided: str | None


def reviewable_step(session: Session, case: Case) -> ReviewableStep | None:
    """The decision of a case that may be, or was, brought before the justice bureau (法律援助法 第四十九条)."""
    newest = None
    for row in _rows(session, case.id):
        if row.step in {"refuse", "terminate"}:
            newest = row.position
        elif row.step == "grant":
            newest = None
    if newest is None:
        return None
    requests = select(Entry.id).where(Entry.case_id == case.id, Entry.kind == "review_request")
    asked = session.exec(requests.where(Entry.about_version == newest)).all()
    decisions = select(Entry.result).where(Entry.case_id == case.id, Entry.kind == "review_decision")
    decided = session.exec(decisions.where(col(Entry.about_id).in_(asked))).first()
    return ReviewableStep(position=newest, requested=bool(asked), decided=decided)


def state_of(session: Session, case: Case) -> CaseState:
    """What the machine knows of a case."""
    steps = [row.step for row in _rows(session, case.id)]
    reviewed = reviewable_step(session, case) if case.kind == "legal_aid" else None
    overturned = reviewed is not None and reviewed.decided == "corrected"
    return case_state(kind=case.kind, stage=case.stage, steps=steps, decision_overturned=overturned)


def _rows(session: Session, case_id: str) -> list[CaseStep]:
    query = select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.position))
    return list(session.exec(query))


def _check_day(case: Case, before: Iterable[CaseStep], day: date, recorder: Recorder) -> None:
    """A step comes after the application and after the step before it, and has happened."""
    check_not_in_future(day, recorder, "/occurred_on")
    if day < date.fromisoformat(case.received_on):
        raise refuse("/occurred_on", "before_received")
    last = max((row.occurred_on for row in before), default="")
    if day.isoformat() < last:
        raise refuse("/occurred_on", "before_last_step", day=last)


def _check_target(session: Session, case: Case, target_id: str) -> None:
    """A consultation becomes another case of the same office, which is no consultation."""
    target = session.get(Case, target_id)
    if target is None or target.institution_id != case.institution_id or target.kind == "consultation":
        raise refuse("/converted_to", "no_such_case")


def _option(state: CaseState, code: str, article: str) -> StepOption:
    grounds = possible_grounds(state, code)
    result = judge_step(state, Step(code=code, ground=grounds[0] if grounds else None))
    needs = {
        "ground": code in GROUNDS,
        "note": code in NEEDS_NOTE,
        "until": code in NEEDS_UNTIL,
        "lawyer": code in NEEDS_LAWYER,
        "converted_to": code == "convert",
    }
    possible = isinstance(result, Taken)
    return StepOption(
        step=code,
        article=article,
        possible=possible,
        leads_to=result.stage if isinstance(result, Taken) else None,
        grounds=grounds,
        needs=tuple(name for name, needed in needs.items() if needed) if possible else (),
        refusal=notice_of(REASONS[result.reason]) if isinstance(result, NotPossible) else None,
    )
