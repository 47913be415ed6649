"""Cases: register, find, read, correct, and step by step to their end."""

from __future__ import annotations

from service.cases.changes import change_case, check_not_in_future, register_case, today
from service.cases.shares import share_case, withdraw_share
from service.cases.steps import CaseSteps, StepOption, check_step, move_case, read_steps, reviewable_step, take_step
from service.cases.views import (
    AgentView,
    CaseFilter,
    CaseSummary,
    CaseView,
    ClaimView,
    Notice,
    PartyView,
    ShareView,
    StepView,
    case_parties,
    find_case,
    list_cases,
    read_case,
)

__all__ = [
    "AgentView",
    "CaseFilter",
    "CaseSteps",
    "CaseSummary",
    "CaseView",
    "ClaimView",
    "Notice",
    "PartyView",
    "ShareView",
    "StepOption",
    "StepView",
    "case_parties",
    "change_case",
    "check_not_in_future",
    "check_step",
    "find_case",
    "list_cases",
    "move_case",
    "read_case",
    "read_steps",
    "register_case",
    "reviewable_step",
    "share_case",
    "take_step",
    "today",
    "withdraw_share",
]
