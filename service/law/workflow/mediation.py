"""Mediation: from the application to the agreement, or to an end without one (劳动争议调解仲裁法 第十条至第十六条)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.law.workflow.rules import STAYS, complete, rule
from service.law.workflow.states import Mediation, NotPossible, Step, Taken

_BEFORE: Final = ("applied", "consulting_other")
_TALKS: Final = ("accepted", "mediating", "agreed")
_AGREED_ON_PAPER: Final = ("signing", "performing", "performed", "agreement_ended")
_UNDER_WAY: Final = (*_BEFORE, *_TALKS, "signing")
STAGES: Final = (*_BEFORE, *_TALKS, *_AGREED_ON_PAPER, "not_accepted", "failed")

_ENDED: Final = "case_has_ended"
_ACCEPTED: Final = ((*_TALKS, *_AGREED_ON_PAPER), "mediation_accepted")
_REACHED: Final = (("performing", "performed", "agreement_ended"), "agreement_reached")
_TALKS_NOT_BEGUN: Final = ((*_BEFORE, "accepted"), "mediation_not_begun")
_NO_AGREEMENT: Final = ((*_BEFORE, *_TALKS), "no_agreement_yet")

RULES: Final = complete(
    STAGES,
    {
        "consult_other_side": rule(
            [(("applied",), "consulting_other")],
            [(("consulting_other",), "other_side_asked"), _ACCEPTED],
            otherwise=_ENDED,
        ),
        "accept": rule([(_BEFORE, "accepted")], [_ACCEPTED], otherwise=_ENDED),
        "not_accept": rule([(_BEFORE, "not_accepted")], [_ACCEPTED], otherwise=_ENDED),
        "start_mediation": rule(
            [(("accepted",), "mediating")],
            [(_BEFORE, "mediation_not_accepted"), (("mediating", "agreed", *_AGREED_ON_PAPER), "mediation_begun")],
            otherwise=_ENDED,
        ),
        "extend": rule(
            [(("mediating",), STAYS)],
            [_TALKS_NOT_BEGUN, (("agreed", *_AGREED_ON_PAPER), "agreement_reached")],
            otherwise=_ENDED,
        ),
        "agree": rule(
            [(("mediating",), "agreed")],
            [_TALKS_NOT_BEGUN, (("agreed", *_AGREED_ON_PAPER), "agreement_reached")],
            otherwise=_ENDED,
        ),
        "fail": rule([(_UNDER_WAY, "failed")], [_REACHED], otherwise=_ENDED),
        # The parties may settle at any time before the mediation has ended, at the first meeting too.
        "agreement_drafted": rule([((*_BEFORE, *_TALKS, *_AGREED_ON_PAPER), "signing")], [], otherwise=_ENDED),
        # An oral agreement takes effect as soon as it is reached (人民调解法 第三十条).
        "agreement_effective": rule([((*_BEFORE, *_TALKS, *_AGREED_ON_PAPER), "performing")], [], otherwise=_ENDED),
        "agreement_performed": rule([(_AGREED_ON_PAPER, "performed")], [_NO_AGREEMENT], otherwise=_ENDED),
        "agreement_ended": rule([(_AGREED_ON_PAPER, "agreement_ended")], [_NO_AGREEMENT], otherwise=_ENDED),
    },
)

_TOO_EARLY: Final[Mapping[str, Mapping[str, str]]] = {
    "unreachable": {"applied": "other_side_not_asked"},
    "unwilling": {"applied": "other_side_not_asked"},
    "differences": dict.fromkeys((*_BEFORE, "accepted"), "mediation_not_begun"),
    "refused_to_sign": dict.fromkeys((*_BEFORE, "accepted", "mediating"), "nothing_to_sign"),
}
"""Ground of a failure → stage at which it cannot be so yet → reason."""


def judge(state: Mediation, step: Step) -> Taken | NotPossible:
    """What comes of `step`: the rule of the stage, and for a failure whether its ground can be so yet."""
    result = RULES[step.code].judge(step.code, state.stage)
    early = _TOO_EARLY.get(step.ground or "", {}).get(state.stage) if step.code == "fail" else None
    return NotPossible(reason=early) if early is not None and isinstance(result, Taken) else result
