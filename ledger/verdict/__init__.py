"""Verdicts: from checks to verdict (`rule`), the words for people (`words`, `answers`), the report (`report`)."""

from ledger.verdict.answers import DOES_NOT_SAY, OUTCOME_WORDS, QUESTIONS, SAYS, Answer, Question, answers, notes
from ledger.verdict.report import Report, lookup_report, render_report, unchecked
from ledger.verdict.rule import (
    CHECK_CODES,
    LOOKUP_VERDICTS,
    SUPERSEDED_REASON,
    Check,
    Fact,
    Outcome,
    Verdict,
    decide,
)
from ledger.verdict.words import (
    RECORD_WORDS,
    TEST_NETWORK,
    VERDICT_WORDS,
    Colour,
    Text,
    VerdictWords,
    sentence_of,
    words_of,
)

__all__ = [
    "CHECK_CODES",
    "DOES_NOT_SAY",
    "LOOKUP_VERDICTS",
    "OUTCOME_WORDS",
    "QUESTIONS",
    "RECORD_WORDS",
    "SAYS",
    "SUPERSEDED_REASON",
    "TEST_NETWORK",
    "VERDICT_WORDS",
    "Answer",
    "Check",
    "Colour",
    "Fact",
    "Outcome",
    "Question",
    "Report",
    "Text",
    "Verdict",
    "VerdictWords",
    "answers",
    "decide",
    "lookup_report",
    "notes",
    "render_report",
    "sentence_of",
    "unchecked",
    "words_of",
]
