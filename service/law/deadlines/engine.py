"""From what happened in a case to its deadlines. Pure: the same happenings on the same day give the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from service.law.calendar import Holidays, LastDay, Length, day_before, days_between, last_day
from service.law.deadlines.happenings import Happening
from service.law.deadlines.rules import DeadlineRule, Nature

PRESSING = frozenset({Nature.DUTY, Nature.PROMISE})
"""What still has to be done after its last day. A right that has lapsed is gone, and asks for nothing."""


URGENT_DAYS = 7


class DeadlineState(StrEnum):
    """Where a deadline stands."""

    OPEN = "open"
    PAUSED = "paused"
    """It stands still, for instance while the applicant completes the papers."""
    MET = "met"
    MISSED = "missed"
    NOT_APPLICABLE = "not_applicable"
    """Something took its object away before the last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What of a case decides which rules are its own."""

    kind: str
    channel: str
    office_kind: str
    claims_wages: bool = False
    claims_other: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A rule applied to one happening. `last` is None while it stands still; nothing is due then."""

    rule: DeadlineRule
    subject: str | None
    started_on: date
    last: LastDay | None
    latest: LastDay | None
    """The last day if the body extends the period as far as it may."""
    state: DeadlineState
    settled_on: date | None
    """When it was done, in time or late, or lost its object."""
    was_done: bool
    """Whether it was done, in time or late, and did not just lose its object."""
    days_left: int | None
    """Until the last day, negative after it; None when nothing is left to do."""
    is_local: bool
    """Whether the term of this place decided, not that of the law."""

    @property
    def due_on(self) -> date | None:
        """The last day; None while the period stands still."""
        return self.last.day if self.last else None

    @property
    def counted_to(self) -> date | None:
        """Where counting alone ends, before a rest day moves it."""
        return self.last.counted if self.last else None

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now and was not."""
        return self.state is DeadlineState.MISSED and self.days_left is not None

    @property
    def opens_urgent_aid(self) -> bool:
        """Whether fewer than seven days are left to save a claim (法律援助法 第四十四条第一款（一）)."""
        running = self.state is DeadlineState.OPEN and self.days_left is not None
        return self.rule.bars_the_claim and running and (self.days_left or 0) < URGENT_DAYS

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to act, or may."""
        return self.state in {DeadlineState.OPEN, DeadlineState.PAUSED} or self.is_overdue


def case_deadlines(
    happenings: Iterable[Happening],
    matter: Matter,
    *,
    today: date,
    holidays: Holidays,
    rules: Iterable[DeadlineRule],
) -> tuple[Deadline, ...]:
    """Every deadline of a case as of `today`: what presses first, then by last day.

    What is to happen after `today` starts only what has to be done by then (before a hearing, on the day of an
    instalment), and settles nothing.
    """
    timeline = sorted(happenings, key=lambda item: item.occurred_on)
    seen = {item.code for item in timeline}
    found = [
        _apply(rule, start, timeline, today, holidays)
        for rule in rules
        if not seen.isdisjoint(rule.starts) and _concerns(rule, matter)
        for start in timeline
        if start.code in rule.starts and (start.occurred_on <= today or rule.ends_with_its_start)
    ]
    return tuple(sorted(found, key=urgency))


def urgency(deadline: Deadline) -> tuple[bool, bool, date, str]:
    """Sort key: pending before settled, overdue before open, then the last day."""
    due = deadline.due_on or date.max
    return (not deadline.is_pending, not deadline.is_overdue, due, deadline.rule.code)


def missed_duties(deadlines: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """The duties of offices and courts whose last day passed, done late or never: what an audit names."""
    return tuple(item for item in deadlines if item.rule.nature is Nature.DUTY and item.state is DeadlineState.MISSED)


def _concerns(rule: DeadlineRule, matter: Matter) -> bool:
    claimed = {True: matter.claims_wages, False: matter.claims_other, None: True}[rule.wages_only]
    return (
        claimed
        and matter.kind in rule.kinds
        and (not rule.channels or matter.channel in rule.channels)
        and (not rule.offices or matter.office_kind in rule.offices)
    )


def _apply(
    rule: DeadlineRule, start: Happening, timeline: Sequence[Happening], today: date, holidays: Holidays
) -> Deadline:
    first = date.min if rule.ends_with_its_start or rule.met_before else start.occurred_on
    later = [
        item for item in timeline if item is not start and first <= item.occurred_on <= today and _related(start, item)
    ]
    met = next((item for item in later if item.code in rule.met_by), None)
    moot = next((item for item in later if item.code in rule.moot_by), None)
    is_moot = moot is not None and (met is None or moot.occurred_on < met.occurred_on)
    stop = moot if is_moot else met
    run = _run(rule, start, [item for item in later if stop is None or item.occurred_on <= stop.occurred_on], holidays)
    last = None if run.paused_on else run.end
    state = _state(last, stop, today, is_moot=is_moot)
    unsettled = stop is None and (state is not DeadlineState.MISSED or rule.nature in PRESSING)
    return Deadline(
        rule=rule,
        subject=start.subject,
        started_on=run.started_on,
        last=last,
        latest=_extended(rule, run.started_on, holidays) if stop is None else None,
        state=state,
        settled_on=stop.occurred_on if stop else None,
        was_done=stop is not None and not is_moot,
        days_left=(last.day - today).days if last and unsettled else None,
        is_local=run.is_local,
    )


def _related(start: Happening, other: Happening) -> bool:
    """Whether two happenings can be of one matter.

    Those of one kind of record have to be about the same one, and those that rest on an agreement on the same one.
    """
    if start.subject is not None and other.subject is not None and _family(start.code) == _family(other.code):
        return start.subject in {other.subject, other.within} or other.subject == start.within
    ours, theirs = _agreements(start), _agreements(other)
    return not ours or not theirs or not ours.isdisjoint(theirs)


def _agreements(item: Happening) -> set[str | None]:
    """The agreement that something is about, with the instalment of it; empty where it is about none."""
    kind = item.code.partition(".")[0]
    names = {item.within, item.subject} if kind in {"agreement", "instalment"} else set[str | None]()
    return (names | {item.within} if kind == "proceeding" else names) - {None}


def _family(code: str) -> str:
    kind, _, rest = code.partition(".")
    if kind == "proceeding":
        return code.rpartition(".")[0]
    if kind in {"agreement", "instalment"}:
        return "agreement"
    return "review" if rest.startswith("review_") else code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A period as far as it has run: from when it counts, what it stood still for, and where it ends."""

    started_on: date
    end: LastDay
    is_local: bool
    pauses: tuple[tuple[date, date], ...] = ()
    paused_on: date | None = None


def _run(rule: DeadlineRule, start: Happening, running: Iterable[Happening], holidays: Holidays) -> _Run:
    """The period after every restart and pause that fell into it. What comes after its last day revives nothing."""
    run = _reckon(rule, start.occurred_on, (), holidays)
    for item in running:
        if run.paused_on is not None:
            if item.code == rule.resumes:
                pauses = (*run.pauses, (run.paused_on, item.occurred_on))
                run = _reckon(rule, run.started_on, pauses, holidays)
        elif item.occurred_on > run.end.day:
            break
        elif item.code in rule.restarts:
            run = _reckon(rule, item.occurred_on, (), holidays)
        elif item.code == rule.pauses:
            run = replace(run, paused_on=item.occurred_on)
    return run


def _reckon(rule: DeadlineRule, day: date, pauses: tuple[tuple[date, date], ...], holidays: Holidays) -> _Run:
    """The period from `day`. A term of this place counts where it ends earlier, or where the rule is not checked."""
    if rule.length is None or rule.before:
        counted = day_before(day, rule.length.count) if rule.length else day
        end = LastDay(counted=counted, day=counted, missing_years=())
        return _Run(started_on=day, end=end, is_local=False)
    end = last_day(day, _without(rule.length, pauses, holidays), holidays)
    if rule.local is not None:
        here = last_day(day, _without(rule.local.length, pauses, holidays), holidays)
        if here.day < end.day or not rule.source.is_checked:
            return _Run(started_on=day, end=here, is_local=True, pauses=pauses)
    return _Run(started_on=day, end=end, is_local=False, pauses=pauses)


def _without(length: Length, pauses: Iterable[tuple[date, date]], holidays: Holidays) -> Length:
    """The length with what the pauses took out of it added at the end."""
    paused = sum(days_between(first, last, length.unit, holidays) for first, last in pauses)
    return replace(length, count=length.count + paused) if paused else length


def _extended(rule: DeadlineRule, started_on: date, holidays: Holidays) -> LastDay | None:
    if rule.length is None or rule.extendable is None:
        return None
    return last_day(started_on, replace(rule.length, count=rule.length.count + rule.extendable), holidays)


def _state(last: LastDay | None, stop: Happening | None, today: date, *, is_moot: bool) -> DeadlineState:
    if last is None:
        return DeadlineState.NOT_APPLICABLE if is_moot else DeadlineState.MET if stop else DeadlineState.PAUSED
    if (stop.occurred_on if stop else today) > last.day:
        return DeadlineState.MISSED
    if stop is None:
        return DeadlineState.OPEN
    return DeadlineState.NOT_APPLICABLE if is_moot else DeadlineState.MET
