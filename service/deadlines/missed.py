"""The duties of offices and courts that were missed, which the audit of a live ledger shows beside its findings.

No name, no case number and nothing that was said: the record number of the case, the rule, and days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal

from sqlmodel import col, select

from ledger.audit.findings import Record
from ledger.audit.remarks import Remark
from ledger.audit.seen import number_of
from ledger.audit.sentences import Sentence
from service.clocks import Clocks
from service.deadlines.collect import CaseFacts, case_facts
from service.inputs import CHINA
from service.law.deadlines import ACTORS, Deadline, DeadlineRule, case_deadlines, missed_duties
from service.tables import Case

if TYPE_CHECKING:
    from sqlmodel import Session

CHUNK: Final = 500
"""Cases read at once: few enough to hold, many enough that the queries do not count."""


def missed_duties_of(clocks: Clocks) -> Callable[[Session], MissedDuties]:
    """What makes the remarks of a ledger, given the session that its audit reads."""
    return lambda session: MissedDuties(session, clocks)


class MissedDuties:
    """A `Remarker` over the cases of a ledger: done late or never, as of the day of the audit in China."""

    title: Final = Sentence(
        zh="机构或法院逾期的法定职责（由本系统按登记的日期计算）",
        en="Duties that an office or court missed by law, as this service reckons them from the days entered",
    )

    def __init__(self, session: Session, clocks: Clocks) -> None:
        self._session = session
        self._clocks = clocks

    def remarks(self, now: datetime) -> Iterator[Remark]:
        """See `Remarker.remarks`; by case, and within a case by last day."""
        today = now.astimezone(CHINA).date()
        for case_ids in self._case_ids():
            found = case_facts(self._session, col(Case.id).in_(case_ids))
            for case_id in case_ids:
                if case_id in found:
                    yield from self._of_case(found[case_id], today)

    def _case_ids(self) -> Iterator[Sequence[str]]:
        last = ""
        query = select(Case.id).order_by(Case.id).limit(CHUNK)
        while case_ids := self._session.exec(query.where(col(Case.id) > last)).all():
            yield case_ids
            last = case_ids[-1]

    def _of_case(self, facts: CaseFacts, today: date) -> Iterator[Remark]:
        deadlines = case_deadlines(
            facts.happenings,
            facts.matter,
            today=today,
            holidays=self._clocks.holidays,
            rules=self._clocks.rules.values(),
        )
        record = Record(kind="case", number=number_of(facts.id))
        for missed in sorted(missed_duties(deadlines), key=_order):
            yield _remark(missed, record)


def _order(missed: Deadline) -> tuple[date, str, date, str]:
    return (missed.due_on or date.max, missed.rule.code, missed.started_on, str(missed.subject))


def _remark(missed: Deadline, record: Record) -> Remark:
    rule, due_on = missed.rule, str(missed.due_on)
    state = _state(missed)
    return Remark(
        code=rule.code,
        record=record,
        authority=_authority(rule, is_local=missed.is_local),
        due_on=due_on,
        done_on=str(missed.settled_on) if state == "late" else None,
        state=state,
        sentence=_sentence(rule, due_on, state, missed.settled_on),
    )


def _state(missed: Deadline) -> Literal["open", "late", "dropped"]:
    if missed.settled_on is None:
        return "open"
    return "late" if missed.was_done else "dropped"


def _authority(rule: DeadlineRule, *, is_local: bool) -> Sentence:
    if is_local and rule.local is not None:
        return Sentence(zh=rule.local.source, en=rule.local.source)
    unchecked = Sentence(zh="", en="") if rule.source.is_checked else Sentence(zh="（待核实）", en=" (to be verified)")
    return Sentence(zh=rule.source.cited + unchecked.zh, en=f"{rule.source.law_en} ({rule.source.cited}){unchecked.en}")


def _sentence(rule: DeadlineRule, due_on: str, state: str, settled_on: date | None) -> Sentence:
    actor = ACTORS[rule.actor]
    zh, en = {
        "open": ("至今未办。", "still not done."),
        "late": (f"{settled_on} 才办理。", f"done on {settled_on}."),
        "dropped": (
            f"未办，{settled_on} 起已无须办理。",
            f"never done; nothing left to do since {settled_on}.",
        ),
    }[state]
    return Sentence(
        zh=f"{rule.zh}：{actor.zh}最迟应于 {due_on} 办理，{zh}",
        en=f"{rule.en}: due from the {actor.en[0].lower()}{actor.en[1:]} by {due_on}, {en}",
    )
