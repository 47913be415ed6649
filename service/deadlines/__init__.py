"""The deadlines of cases, read from their rows by the rules of the law; and the calendars that carry them outside."""

from __future__ import annotations

from service.deadlines.collect import case_facts
from service.deadlines.views import (
    Bilingual,
    DeadlineView,
    OfficeDeadline,
    next_deadlines,
    office_deadlines,
    read_case_deadlines,
)

__all__ = [
    "Bilingual",
    "DeadlineView",
    "OfficeDeadline",
    "case_facts",
    "next_deadlines",
    "office_deadlines",
    "read_case_deadlines",
]
