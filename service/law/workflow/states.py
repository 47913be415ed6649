"""What a case knows of its own way, by its kind; what may be tried; and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A consultation: its stage is all it knows."""

    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalAid:
    """An application for legal aid. The three marks are what the stage alone does not tell.

    `papers_due`: aid was given before the decision (法律援助法 第四十四条). `decision_overturned`: the justice bureau
    ordered the newest refusal or termination corrected (法律援助法 第四十九条).
    """

    stage: str
    material_asked: bool = False
    papers_due: bool = False
    decision_overturned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mediation:
    """A mediation: its stage is all it knows."""

    stage: str


CaseState: TypeAlias = Consultation | LegalAid | Mediation


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is tried: a step of the kind, or an event of an agreement; `ground` where one has to be named."""

    code: str
    ground: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The step is lawful: the case goes to `stage` (the same one where it stays) by a statement of this type."""

    stage: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPossible:
    """The step is not lawful now: `reason` is a code of `REASONS`."""

    reason: str


def case_state(*, kind: str, stage: str, steps: Iterable[str], decision_overturned: bool = False) -> CaseState:
    """The state of a case from its stage and the steps taken so far, in their order."""
    if kind == "consultation":
        return Consultation(stage=stage)
    if kind == "mediation":
        return Mediation(stage=stage)
    asked = papers_due = False
    for step in steps:
        asked = asked or step == "ask_for_material"
        papers_due = step == "give_urgent_aid" or (papers_due and step != "grant")
    return LegalAid(stage=stage, material_asked=asked, papers_due=papers_due, decision_overturned=decision_overturned)
