"""What lay people are told beside a verdict: four answers, what follows and what does not, and what was withdrawn.

Nothing here decides a verdict. An answer is as good as the worst of the checks behind it, but that waiting is no
failure, and what the chain does not hold is not said to be in force there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

from ledger.verdict.rule import SUPERSEDED_REASON, Check, Fact, Outcome
from ledger.verdict.words import Text

CHINA = timezone(timedelta(hours=8), "UTC+8")
"""Times for people are those of China, wherever the reader is; the offset is fixed."""


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class AnswerOutcome(StrEnum):
    """What came of a question: that of its checks, and `waiting` where only time is missing."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    UNAVAILABLE = "unavailable"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a reader asks. `numbers` are the checks that answer it; `code` is permanent."""

    code: str
    label: Text
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question with what came of the checks behind it."""

    question: Question
    outcome: AnswerOutcome


QUESTIONS = (
    Question(
        code="content",
        label=Text(zh="内容与登记的一致", en="The content is the registered one"),
        numbers=(10,),
    ),
    Question(
        code="standing",
        label=Text(zh="登记现在有效", en="The registration is in force"),
        numbers=(9,),
    ),
    Question(
        code="signature",
        label=Text(zh="登记机构与签名可信", en="Office and signature hold"),
        numbers=(1, 2, 3, 4, 5),
    ),
    Question(
        code="chain",
        label=Text(zh="区块链已最终确认", en="The chain confirms it for good"),
        numbers=(6, 7, 8),
    ),
)
"""The four rows of every result."""

OUTCOME_WORDS: Mapping[AnswerOutcome, Text] = MappingProxyType(
    {
        AnswerOutcome.PASSED: Text(zh="通过", en="Passed"),
        AnswerOutcome.FAILED: Text(zh="未通过", en="Did not pass"),
        AnswerOutcome.WAITING: Text(zh="等待确认", en="Waiting"),
        AnswerOutcome.UNAVAILABLE: Text(zh="未能检查", en="Could not be checked"),
        AnswerOutcome.NOT_CHECKED: Text(zh="没有检查", en="Not checked"),
    }
)

ON_CHAIN, FINAL = 7, 8
"""Numbers of the checks that the contract holds the checkpoint, and for good."""

WORST_FIRST = (Outcome.FAILED, Outcome.UNAVAILABLE, Outcome.NOT_CHECKED, Outcome.PASSED)
"""An answer is as good as its worst check."""

SAYS = Text(
    zh="核验一致，说明该记录自所示时间上链以后未被改动。",
    en="A match says that the record has not been changed since it was put on the chain at the time shown.",
)
DOES_NOT_SAY = Text(
    zh="它不说明内容本身真实，或者由谁最先写成；有相反证据足以推翻的除外（人民法院在线诉讼规则 第十六条、第十八条）。",
    en="It does not say that what is written is true, or who wrote it first. Evidence to the contrary may overturn it "
    "in court (Rules of Online Litigation of the People's Courts, articles 16 and 18).",
)
"""The limit of what a ledger proves; it stands beside every result."""

_REASONS: Mapping[Fact, Text] = MappingProxyType(
    {
        1: Text(zh="登记有误", en="entered in error"),
        3: Text(zh="被裁判或决定撤销", en="set aside by a ruling"),
        4: Text(zh="双方协商解除", en="rescinded by the parties"),
        5: Text(zh="签名密钥泄露", en="a signing key was exposed"),
    }
)
_OTHER_REASON = Text(zh="其他原因", en="another reason")
_REVOKED = Text(
    zh="存证编号 {record_no}（第 {version} 版）的登记由 {office} 于 {when} 撤销，原因：{reason}。",
    en="The registration {record_no} (version {version}) was withdrawn by {office} on {when}: {reason}.",
)
_REPLACED = Text(
    zh="存证编号 {record_no}（第 {version} 版）由 {office} 于 {when} 用新的版本取代。",
    en="The registration {record_no} (version {version}) was replaced with a newer one by {office} on {when}.",
)
_UNCHANGED = Text(
    zh="从 {since} 上链到现在，登记的内容没有被改动。",
    en="Since it went on the chain on {since}, what was registered has not been changed.",
)
_UNKNOWN_TIME = Text(zh="未知时间", en="a time unknown")


def answers(checks: Sequence[Check]) -> tuple[Answer, ...]:
    """The four answers."""
    outcomes = {check.number: check.outcome for check in checks}
    return tuple(Answer(question=question, outcome=_outcome(question, outcomes)) for question in QUESTIONS)


def _outcome(question: Question, outcomes: Mapping[int, Outcome]) -> AnswerOutcome:
    worst = min((outcomes[at] for at in question.numbers), key=WORST_FIRST.index)
    failed = [at for at in question.numbers if outcomes[at] is Outcome.FAILED]
    if failed == [FINAL] and all(outcomes[at] is Outcome.PASSED for at in question.numbers if at != FINAL):
        return AnswerOutcome.WAITING
    if question.code == "standing" and worst is Outcome.PASSED and outcomes[ON_CHAIN] is not Outcome.PASSED:
        return AnswerOutcome.NOT_CHECKED
    return AnswerOutcome(worst.value)


def notes(checks: Sequence[Check], facts: Mapping[str, Fact], *, offices: Mapping[str, str]) -> tuple[Text, ...]:
    """What else has to be said: which registration was withdrawn, by whom, when and why; and since when it stood still.

    `offices` are names by the code of the institution. Only what the checks have shown is said: what was withdrawn is
    in the contract, and the content stood still where disclosures, leaf, proof and contract agree.
    """
    outcomes = {check.number: check for check in checks}
    found: list[Text] = []
    revocation = outcomes[9]
    if revocation.outcome is Outcome.FAILED:
        code = str(facts.get("institution"))
        when = _moment(revocation.facts.get("revoked_at"))
        reason = _REASONS.get(revocation.facts.get("reason"), _OTHER_REASON)
        names = {
            "record_no": facts.get("record_no"),
            "version": facts.get("version"),
            "office": offices.get(code, code),
        }
        said = _REPLACED if revocation.facts.get("reason") == SUPERSEDED_REASON else _REVOKED
        found.append(
            Text(
                zh=said.zh.format(**names, when=when.zh, reason=reason.zh),
                en=said.en.format(**names, when=when.en, reason=reason.en),
            )
        )
    if facts.get("anchored_at") and all(outcomes[at].outcome is Outcome.PASSED for at in (2, 3, 5, 7)):
        since = _moment(facts["anchored_at"])
        found.append(Text(zh=_UNCHANGED.zh.format(since=since.zh), en=_UNCHANGED.en.format(since=since.en)))
    return tuple(found)


def _moment(text: Fact) -> Text:
    """`2026-07-20T01:30:00.000Z` in China's time; what is no time is said to be unknown."""
    try:
        there = datetime.fromisoformat(str(text)).astimezone(CHINA)
    except (ValueError, OverflowError):
        return _UNKNOWN_TIME
    clock = f"{there:%H:%M} (UTC+8)"
    return Text(
        zh=f"{there.year}年{there.month}月{there.day}日 {clock}",
        en=f"{there.day} {MONTHS[there.month - 1]} {there.year}, {clock}",
    )
