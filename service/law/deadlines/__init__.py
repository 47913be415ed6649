"""Deadlines: what happened, the rules of the law as data, and the engine that reads one by the other."""

from __future__ import annotations

from service.law.deadlines.dates import AHEAD, KEY_DATES
from service.law.deadlines.engine import (
    Deadline,
    DeadlineState,
    Matter,
    case_deadlines,
    missed_duties,
    urgency,
)
from service.law.deadlines.happenings import HAPPENINGS, Happening
from service.law.deadlines.rules import ACTORS, DeadlineRule, LocalTerm, Nature, Source
from service.law.deadlines.table import DEADLINE_RULES

__all__ = [
    "ACTORS",
    "AHEAD",
    "DEADLINE_RULES",
    "HAPPENINGS",
    "KEY_DATES",
    "Deadline",
    "DeadlineRule",
    "DeadlineState",
    "Happening",
    "LocalTerm",
    "Matter",
    "Nature",
    "Source",
    "case_deadlines",
    "missed_duties",
    "urgency",
]
