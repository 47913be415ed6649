"""The report of a verification: the checks in order, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NoReturn

from ledger.canonical import JsonValue
from ledger.verdict.answers import OUTCOME_WORDS, answers, notes
from ledger.verdict.rule import CHECK_CODES, LOOKUP_VERDICTS, Check, Fact, Outcome, Verdict, decide
from ledger.verdict.words import Text, sentence_of, words_of

_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was checked and found. Never true or false: ask for the verdict.

    `checks` are numbers 1 to 11 in order. `test_network` says that nobody outside the operator vouches for the chain;
    it stands beside any verdict. `facts` name the record. `lookup` is the verdict of a look-up that found no receipt
    to check; it is one of `LOOKUP_VERDICTS`, and no check passed or failed then.
    """

    checks: tuple[Check, ...]
    test_network: bool
    facts: Mapping[str, Fact] = field(default_factory=dict)
    lookup: Verdict | None = None

    def __post_init__(self) -> None:
        decide(self.checks)
        if self.lookup is not None:
            done = [check.number for check in self.checks if check.outcome in {Outcome.PASSED, Outcome.FAILED}]
            if self.lookup not in LOOKUP_VERDICTS or done:
                raise ValueError(f"{self.lookup} is not the verdict of a look-up without checks")

    @property
    def verdict(self) -> Verdict:
        """The verdict: that of the look-up, or else what the rule says of the checks."""
        return decide(self.checks) if self.lookup is None else self.lookup

    def __bool__(self) -> NoReturn:
        """Refuse: a report that is merely there must not read as a success."""
        raise TypeError("a report has no truth value; ask for its verdict")


def unchecked(outcomes: Mapping[int, Check] | None = None) -> tuple[Check, ...]:
    """Return checks 1 to 11: those given, and `not_checked` for the others."""
    given = outcomes or {}
    return tuple(given.get(number, Check(number=number, outcome=Outcome.NOT_CHECKED)) for number in CHECK_CODES)


def lookup_report(verdict: Verdict, *, test_network: bool, facts: Mapping[str, Fact] | None = None) -> Report:
    """Return the report of a look-up that ended without a receipt: pending, erased, not_found or rate_limited."""
    return Report(checks=unchecked(), test_network=test_network, facts=facts or {}, lookup=verdict)


def render_report(report: Report, *, file: bool = True, offices: Mapping[str, str] = _NO_NAMES) -> dict[str, JsonValue]:
    """Render the machine-readable report; same report, same members in the same order.

    `file` says whether the question was about a file, or about a record alone; `offices` are names of institutions by
    code, where they are known.
    """
    words = words_of(report.verdict, file=file)
    return {
        "verdict": report.verdict.value,
        "exit_code": report.verdict.exit_code,
        "test_network": report.test_network,
        "title": _both(words.title),
        "explanation": _both(words.explanation),
        "next_step": _both(words.next_step),
        "notes": [_both(note) for note in notes(report.checks, report.facts, offices=offices)],
        "answers": [
            {
                "code": answer.question.code,
                "question": _both(answer.question.label),
                "outcome": answer.outcome.value,
                "words": _both(OUTCOME_WORDS[answer.outcome]),
            }
            for answer in answers(report.checks)
        ],
        "checks": [
            {
                "number": check.number,
                "code": check.code,
                "outcome": check.outcome.value,
                "sentence": _both(sentence_of(check)),
                "facts": dict(check.facts),
            }
            for check in report.checks
        ],
        "facts": dict(report.facts),
    }


def _both(text: Text) -> dict[str, JsonValue]:
    return {"zh": text.zh, "en": text.en}
