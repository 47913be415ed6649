"""The machine: one question for all three kinds of case."""

from __future__ import annotations

from typing import Final

from service.law.workflow import legal_aid, mediation
from service.law.workflow.rules import complete, rule
from service.law.workflow.states import CaseState, Consultation, LegalAid, NotPossible, Step, Taken, case_state
from service.law.workflow.words import AGREEMENT_EVENTS, GROUNDS, STEPS_OF

CONSULTATION_STAGES: Final = ("recorded", "converted", "closed")
_CONSULTATION: Final = complete(
    CONSULTATION_STAGES,
    {
        "record": rule([], [(("recorded",), "recorded_already")], otherwise="case_has_ended"),
        "convert": rule([(("recorded",), "converted")], [], otherwise="case_has_ended"),
        "close": rule([(("recorded",), "closed")], [], otherwise="case_has_ended"),
        **{event: rule([], [], otherwise="no_agreement_in_consultation") for event in AGREEMENT_EVENTS},
    },
)


def begin(kind: str) -> CaseState:
    """The state of a case just registered: a consultation is recorded, an application is made."""
    return case_state(kind=kind, stage="recorded" if kind == "consultation" else "applied", steps=())


def judge_step(state: CaseState, step: Step) -> Taken | NotPossible:
    """Whether `step` is lawful now. Total over the stages of each kind, every step and every agreement event."""
    if step.code not in AGREEMENT_EVENTS and step.code not in STEPS_OF[_kind(state)]:
        return NotPossible(reason="step_of_another_kind")
    if isinstance(state, Consultation):
        return _CONSULTATION[step.code].judge(step.code, state.stage)
    return legal_aid.judge(state, step) if isinstance(state, LegalAid) else mediation.judge(state, step)


def possible_grounds(state: CaseState, code: str) -> tuple[str, ...]:
    """The grounds with which the step `code` is lawful now; none for a step that names none."""
    return tuple(
        ground
        for ground in GROUNDS.get(code, ())
        if isinstance(judge_step(state, Step(code=code, ground=ground)), Taken)
    )


def _kind(state: CaseState) -> str:
    if isinstance(state, Consultation):
        return "consultation"
    return "legal_aid" if isinstance(state, LegalAid) else "mediation"
