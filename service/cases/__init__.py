"""Cases: register, find, read, correct, step by step to their end; their disputes; the register of consultations."""

from __future__ import annotations

from service.cases.changes import (
    RegisteredCase,
    change_case,
    read_registered,
    register_case,
)
from service.cases.consultations import (
    ConsultationFilter,
    ConsultationSummary,
    MonthCounts,
    convert_consultation,
    count_consultations,
    list_consultations,
    parties_of,
)
from service.cases.disputes import DisputeView, change_dispute, read_dispute
from service.cases.duplicates import DuplicatesFound, PossibleDuplicate, case_duplicates, look_for_duplicates
from service.cases.glimpses import CaseGlimpse
from service.cases.index import PURPOSE, index_again, match_keys
from service.cases.parts import AidView, ConsultationView, Notice, ShareView, StepView
from service.cases.shares import share_case, withdraw_share
from service.cases.statements import check_not_in_future, record_case, today
from service.cases.steps import CaseSteps, StepOption, check_step, move_case, read_steps, reviewable_step, take_step
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
    notice_of,
    read_case,
)

__all__ = [
    "PURPOSE",
    "AgentView",
    "AidView",
    "CaseFilter",
    "CaseGlimpse",
    "CaseSteps",
    "CaseSummary",
    "CaseView",
    "ClaimView",
    "ConsultationFilter",
    "ConsultationSummary",
    "ConsultationView",
    "DisputeView",
    "DuplicatesFound",
    "MonthCounts",
    "Notice",
    "PartyView",
    "PossibleDuplicate",
    "RegisteredCase",
    "ShareView",
    "StepOption",
    "StepView",
    "case_duplicates",
    "case_parties",
    "change_case",
    "change_dispute",
    "check_not_in_future",
    "check_step",
    "convert_consultation",
    "count_consultations",
    "find_case",
    "index_again",
    "list_cases",
    "list_consultations",
    "look_for_duplicates",
    "match_keys",
    "move_case",
    "notice_of",
    "parties_of",
    "read_case",
    "read_dispute",
    "read_registered",
    "read_steps",
    "record_case",
    "register_case",
    "reviewable_step",
    "share_case",
    "take_step",
    "today",
    "withdraw_share",
]
