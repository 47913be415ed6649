"""How a case moves: kinds × stages × steps, as pure functions of what the case knows.

`judge_step` answers whether a step is lawful now and where it leads, or the reason of law why not. It knows no rows, no
clock and no people; whoever records a step asks it first.
"""

from __future__ import annotations

from service.law.workflow.machine import begin, judge_step, possible_grounds
from service.law.workflow.states import (
    CaseState,
    Consultation,
    LegalAid,
    Mediation,
    NotPossible,
    Step,
    Taken,
    case_state,
)
from service.law.workflow.words import (
    AGREEMENT_EVENTS,
    ALL_GROUNDS,
    GROUNDS,
    MEDIATION_FAILURES,
    NEEDS_LAWYER,
    NEEDS_NOTE,
    NEEDS_UNTIL,
    NON_ACCEPTANCES,
    REASONS,
    REMEDIES,
    STEPS,
    STEPS_OF,
    TERMINATION_GROUNDS,
    URGENCY_GROUNDS,
)

__all__ = [
    "AGREEMENT_EVENTS",
    "ALL_GROUNDS",
    "GROUNDS",
    "MEDIATION_FAILURES",
    "NEEDS_LAWYER",
    "NEEDS_NOTE",
    "NEEDS_UNTIL",
    "NON_ACCEPTANCES",
    "REASONS",
    "REMEDIES",
    "STEPS",
    "STEPS_OF",
    "TERMINATION_GROUNDS",
    "URGENCY_GROUNDS",
    "CaseState",
    "Consultation",
    "LegalAid",
    "Mediation",
    "NotPossible",
    "Step",
    "Taken",
    "begin",
    "case_state",
    "judge_step",
    "possible_grounds",
]
