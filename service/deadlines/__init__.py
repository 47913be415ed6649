"""The deadlines of cases, read from their rows by the rules of the law; and the calendars that carry them outside."""

from __future__ import annotations

from service.deadlines.collect import case_facts
from service.deadlines.missed import missed_duties_of
from service.deadlines.views import (
    Bilingual,
    DeadlineView,
    OfficeDeadline,
    RuleView,
    next_deadlines,
    office_deadlines,
    pending_deadlines,
    read_case_deadlines,
    view_rules,
)

__all__ = [
    "Bilingual",
    "DeadlineView",
    "OfficeDeadline",
    "RuleView",
    "case_facts",
    "missed_duties_of",
    "next_deadlines",
    "office_deadlines",
    "pending_deadlines",
    "read_case_deadlines",
    "view_rules",
]
