"""Deadlines as people and programs see them: of one case, of an office, and the next one of each case in a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col

from service.access import Action, Actor, visible_cases
from service.cases import find_case
from service.clocks import Clocks
from service.deadlines.collect import CaseFacts, case_facts
from service.law.deadlines import ACTORS, HAPPENINGS, Deadline, DeadlineRule, DeadlineState, Nature, case_deadlines
from service.law.deadlines.listing import render_length, render_period
from service.tables import Case

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """Words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineView:
    """A deadline as it stands today.

    `article` is the authority with its `version`; `checked_on` is null while it is still to be verified (待核实).
    `due_on` is null while the period stands still; `counted_to` is where counting ended before a rest day moved it;
    `latest_on` the last day if the body extends the period as far as it may. `days_left` is negative when it is
    overdue, and null when nothing is left to do. `opens_urgent_aid`: fewer than seven days are left to save a claim, a
    ground for legal aid before the decision (法律援助法 第四十四条). `missing_years` are those whose holidays the
    calendar lacks: of them weekends alone were counted.
    """

    rule: str
    name: Bilingual
    subject: str | None
    state: DeadlineState
    nature: Nature
    actor: str
    actor_name: Bilingual
    started_on: date
    counted_to: date | None
    due_on: date | None
    latest_on: date | None
    settled_on: date | None
    days_left: int | None
    opens_urgent_aid: bool
    article: str
    law: Bilingual
    version: str
    checked_on: date | None
    consequence: Bilingual
    missing_years: tuple[int, ...]

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now and was not."""
        return self.days_left is not None and self.days_left < 0

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to act, or may."""
        return self.days_left is not None or self.state is DeadlineState.PAUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDeadline:
    """A pending deadline and the case it is in."""

    case_id: str
    case_no: str
    case_kind: str
    deadline: DeadlineView

    @property
    def key(self) -> tuple[str, ...]:
        """Sort key, and where a page of the list ended: the overdue first, then by last day."""
        item = self.deadline
        due = (item.due_on or date.max).isoformat()
        lead = "0" if item.is_overdue else "1"
        return (lead, due, self.case_no, item.rule, item.subject or "", item.started_on.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule in words, with the term of this place where there is one (`local_period`, `local_source`)."""

    rule: str
    name: Bilingual
    period: Bilingual
    starts: tuple[Bilingual, ...]
    met_by: tuple[Bilingual, ...]
    actor_name: Bilingual
    article: str
    law: Bilingual
    version: str
    checked_on: date | None
    consequence: Bilingual
    local_period: Bilingual | None
    local_source: str | None
    local_checked_on: date | None


def view_rules(clocks: Clocks) -> tuple[RuleView, ...]:
    """Every rule that this service keeps, in the order of the work."""
    return tuple(_view_rule(rule) for rule in clocks.rules.values())


def read_case_deadlines(
    session: Session, actor: Actor, clocks: Clocks, case_id: str, *, today: date
) -> tuple[DeadlineView, ...]:
    """Every deadline of a case within reach, what presses first, what is settled last; raises NotFound."""
    find_case(session, actor, Action.CASE_READ, case_id)
    (facts,) = case_facts(session, col(Case.id) == case_id).values()
    return tuple(_view(item) for item in _deadlines(facts, clocks, today))


def office_deadlines(session: Session, actor: Actor, clocks: Clocks, *, today: date) -> tuple[OfficeDeadline, ...]:
    """Every pending deadline of the cases within reach: the overdue first, then by days left."""
    found = (
        OfficeDeadline(case_id=facts.id, case_no=facts.case_no, case_kind=facts.kind, deadline=_view(deadline))
        for facts in case_facts(session, visible_cases(actor, Action.CASE_LIST)).values()
        for deadline in _deadlines(facts, clocks, today)
        if deadline.is_pending
    )
    return tuple(sorted(found, key=lambda item: item.key))


def pending_deadlines(session: Session, clocks: Clocks, case_id: str, *, today: date) -> tuple[DeadlineView, ...]:
    """The deadlines of a case in which somebody may still act, what presses first; the caller may see the case."""
    (facts,) = case_facts(session, col(Case.id) == case_id).values()
    views = (_view(item) for item in _deadlines(facts, clocks, today))
    return tuple(view for view in views if view.is_pending)


def next_deadlines(
    session: Session, clocks: Clocks, case_ids: Collection[str], *, today: date
) -> Mapping[str, DeadlineView]:
    """The deadline that presses most in each of these cases, which the caller has found within reach."""
    nearest = {}
    for facts in case_facts(session, col(Case.id).in_(case_ids)).values():
        first = next(iter(_deadlines(facts, clocks, today)), None)
        if first is not None and first.is_pending:
            nearest[facts.id] = _view(first)
    return nearest


def _deadlines(facts: CaseFacts, clocks: Clocks, today: date) -> tuple[Deadline, ...]:
    return case_deadlines(
        facts.happenings, facts.matter, today=today, holidays=clocks.holidays, rules=clocks.rules.values()
    )


def _view_rule(rule: DeadlineRule) -> RuleView:
    local = rule.local
    return RuleView(
        rule=rule.code,
        name=Bilingual(zh=rule.zh, en=rule.en),
        period=Bilingual(zh=render_period(rule, chinese=True), en=render_period(rule)),
        starts=_happenings(rule.starts),
        met_by=_happenings(rule.met_by),
        actor_name=Bilingual(zh=ACTORS[rule.actor].zh, en=ACTORS[rule.actor].en),
        article=rule.source.cited,
        law=Bilingual(zh=rule.source.law, en=rule.source.law_en),
        version=rule.source.version,
        checked_on=rule.source.checked_on,
        consequence=Bilingual(zh=rule.consequence_zh, en=rule.consequence_en),
        local_period=Bilingual(zh=render_length(local.length, chinese=True), en=render_length(local.length))
        if local
        else None,
        local_source=local.source if local else None,
        local_checked_on=local.checked_on if local else None,
    )


def _happenings(codes: Iterable[str]) -> tuple[Bilingual, ...]:
    return tuple(Bilingual(zh=HAPPENINGS[code].zh, en=HAPPENINGS[code].en) for code in sorted(codes))


def _view(deadline: Deadline) -> DeadlineView:
    rule, last = deadline.rule, deadline.last
    local = rule.local if deadline.is_local else None
    return DeadlineView(
        rule=rule.code,
        name=Bilingual(zh=rule.zh, en=rule.en),
        subject=deadline.subject,
        state=deadline.state,
        nature=rule.nature,
        actor=rule.actor,
        actor_name=Bilingual(zh=ACTORS[rule.actor].zh, en=ACTORS[rule.actor].en),
        started_on=deadline.started_on,
        counted_to=deadline.counted_to,
        due_on=deadline.due_on,
        latest_on=deadline.latest.day if deadline.latest else None,
        settled_on=deadline.settled_on,
        days_left=deadline.days_left,
        opens_urgent_aid=deadline.opens_urgent_aid,
        article=local.source if local else rule.source.cited,
        law=Bilingual(zh=rule.source.law, en=rule.source.law_en),
        version=rule.source.version,
        checked_on=local.checked_on if local else rule.source.checked_on,
        consequence=Bilingual(zh=rule.consequence_zh, en=rule.consequence_en),
        missing_years=last.missing_years if last else (),
    )
