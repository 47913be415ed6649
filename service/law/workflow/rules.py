"""A rule of the machine: from which stages a step leads where, and what refuses it elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from service.law.workflow.states import NotPossible, Taken

STAYS: Final = ""
"""Target of a step that leaves the case where it is."""

ENDINGS: Final[Mapping[str, str]] = {
    "refuse": "case.refused",
    "not_accept": "case.refused",
    "deem_withdrawn": "case.deemed_withdrawn",
    "terminate": "case.terminated",
    "complete": "case.completed",
    "fail": "mediation.failed",
}
"""Steps whose statements have a type of their own; all others are `case.updated`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`to`: stage → target, `STAYS` for the same. `refused`: stage → reason. Together they name every stage once."""

    to: Mapping[str, str]
    refused: Mapping[str, str]

    def judge(self, step: str, stage: str) -> Taken | NotPossible:
        """What comes of `step` at `stage`; raises KeyError for a stage that the kind does not have."""
        if stage in self.refused:
            return NotPossible(reason=self.refused[stage])
        return Taken(stage=self.to[stage] or stage, statement=ENDINGS.get(step, "case.updated"))


def rule(
    to: Iterable[tuple[Collection[str], str]], refused: Iterable[tuple[Collection[str], str]], *, otherwise: str
) -> tuple[Mapping[str, str], Mapping[str, str], str]:
    """Spell a rule by groups of stages; `otherwise` is the reason at the stages that no group names."""
    return (
        {stage: target for stages, target in to for stage in stages},
        {stage: reason for stages, reason in refused for stage in stages},
        otherwise,
    )


def complete(
    stages: Collection[str], rules: Mapping[str, tuple[Mapping[str, str], Mapping[str, str], str]]
) -> Mapping[str, Rule]:
    """The rules over all `stages` of a kind; raises ValueError where one names a stage twice or a foreign one."""
    made = {}
    for step, (to, refused, otherwise) in rules.items():
        if to.keys() & refused.keys() or not to.keys() | refused.keys() <= set(stages):
            raise ValueError(f"the rule of {step} names a stage twice or one of another kind")
        rest = {stage: otherwise for stage in stages if stage not in to and stage not in refused}
        made[step] = Rule(to=to, refused={**refused, **rest})
    return made
