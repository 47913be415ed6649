"""Cases: register, find, read, correct."""

from __future__ import annotations

from service.cases.changes import change_case, check_not_in_future, check_step, move_case, register_case, today
from service.cases.views import (
    AgentView,
    CaseFilter,
    CaseSummary,
    CaseView,
    ClaimView,
    PartyView,
    case_parties,
    find_case,
    list_cases,
    read_case,
)

__all__ = [
    "AgentView",
    "CaseFilter",
    "CaseSummary",
    "CaseView",
    "ClaimView",
    "PartyView",
    "case_parties",
    "change_case",
    "check_not_in_future",
    "check_step",
    "find_case",
    "list_cases",
    "move_case",
    "read_case",
    "register_case",
    "today",
]
