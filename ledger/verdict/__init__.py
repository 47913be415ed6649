"""Verdicts: the rule from checks to verdict (`rule`), the words for people (`words`), the report (`report`)."""

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
from ledger.verdict.words import TEST_NETWORK, VERDICT_WORDS, Colour, Text, VerdictWords, sentence_of, words_of

__all__ = [
    "CHECK_CODES",
    "LOOKUP_VERDICTS",
    "SUPERSEDED_REASON",
    "TEST_NETWORK",
    "VERDICT_WORDS",
    "Check",
    "Colour",
    "Fact",
    "Outcome",
    "Report",
    "Text",
    "Verdict",
    "VerdictWords",
    "decide",
    "lookup_report",
    "render_report",
    "sentence_of",
    "unchecked",
    "words_of",
]
