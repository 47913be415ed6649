"""Legal aid: application, decision, assignment, handling, ending, file (法律援助法 第四十三条至第五十条)."""

from __future__ import annotations

from typing import Final

from service.law.workflow.rules import STAYS, complete, rule
from service.law.workflow.states import LegalAid, NotPossible, Step, Taken

_UNDECIDED: Final = ("applied", "need_material")
_WORKING: Final = ("handling", "signing", "performing", "performed", "agreement_ended")
_GIVEN: Final = ("granted", "assigned", *_WORKING)
_ENDED: Final = ("completed", "terminated")
_FILED: Final = ("file_submitted", "file_reviewed", "archived")
STAGES: Final = (*_UNDECIDED, "refused", "deemed_withdrawn", *_GIVEN, *_ENDED, *_FILED)

_WITHDRAWN: Final = (("deemed_withdrawn",), "application_withdrawn")
_NOT_GRANTED: Final = (_UNDECIDED, "aid_not_granted")
_NO_LAWYER: Final = (("granted",), "no_lawyer_assigned")
_ENDED_ALREADY: Final = "case_has_ended"


def _event_of_agreement(target: str) -> tuple[dict[str, str], dict[str, str], str]:
    # The lawyer may be done, or changed after a review, before the parties are: that moves the agreement alone.
    to, refused, otherwise = rule(
        [(_WORKING, target), (("granted", "assigned", *_ENDED, *_FILED), STAYS)],
        [(_UNDECIDED, "no_agreement_yet")],
        otherwise=_ENDED_ALREADY,
    )
    return dict(to), dict(refused), otherwise


RULES: Final = complete(
    STAGES,
    {
        "ask_for_material": rule(
            [(("applied",), "need_material")],
            [(("need_material",), "material_asked_already"), (_GIVEN, "past_examination"), _WITHDRAWN],
            otherwise=_ENDED_ALREADY,
        ),
        "supply_material": rule(
            [(("need_material",), "applied")],
            [(("applied", *_GIVEN), "no_material_asked"), _WITHDRAWN],
            otherwise=_ENDED_ALREADY,
        ),
        "deem_withdrawn": rule(
            [(("need_material",), "deemed_withdrawn")],
            [(("applied", *_GIVEN), "no_material_asked"), _WITHDRAWN],
            otherwise=_ENDED_ALREADY,
        ),
        "grant": rule(
            [(("applied", "refused", "terminated"), "granted"), (_GIVEN, STAYS)],
            [(("need_material",), "material_outstanding"), _WITHDRAWN],
            otherwise=_ENDED_ALREADY,
        ),
        "refuse": rule(
            [(("applied",), "refused")],
            [(("need_material",), "material_outstanding"), (_GIVEN, "past_examination"), _WITHDRAWN],
            otherwise=_ENDED_ALREADY,
        ),
        "give_urgent_aid": rule(
            [(_UNDECIDED, "assigned")], [(_GIVEN, "past_examination"), _WITHDRAWN], otherwise=_ENDED_ALREADY
        ),
        "assign": rule(
            [(("granted",), "assigned")],
            [_NOT_GRANTED, (("assigned", *_WORKING), "lawyer_assigned_already")],
            otherwise=_ENDED_ALREADY,
        ),
        "reassign": rule([(("assigned", *_WORKING), STAYS)], [_NOT_GRANTED, _NO_LAWYER], otherwise=_ENDED_ALREADY),
        "start_handling": rule(
            # after talks that came to nothing the lawyer goes on: to arbitration, or to new talks
            [(("assigned", "signing", "agreement_ended"), "handling")],
            [_NOT_GRANTED, _NO_LAWYER, (("handling", "performing", "performed"), "handling_begun")],
            otherwise=_ENDED_ALREADY,
        ),
        "complete": rule(
            [(("handling", "performing", "performed", "agreement_ended"), "completed")],
            [
                _NOT_GRANTED,
                _NO_LAWYER,
                (("assigned",), "handling_not_begun"),
                (("signing",), "agreement_being_signed"),
            ],
            otherwise=_ENDED_ALREADY,
        ),
        "terminate": rule([(_GIVEN, "terminated")], [_NOT_GRANTED], otherwise=_ENDED_ALREADY),
        "submit_file": rule(
            [(_ENDED, "file_submitted")],
            [((*_UNDECIDED, *_GIVEN), "aid_not_ended"), (_FILED, "file_submitted_already")],
            otherwise=_ENDED_ALREADY,
        ),
        "review_file": rule(
            [(("file_submitted",), "file_reviewed")],
            [
                ((*_UNDECIDED, *_GIVEN, *_ENDED), "file_not_submitted"),
                (("file_reviewed", "archived"), "file_reviewed_already"),
            ],
            otherwise=_ENDED_ALREADY,
        ),
        "archive": rule(
            [(("file_reviewed",), "archived")],
            [
                ((*_UNDECIDED, *_GIVEN, *_ENDED), "file_not_submitted"),
                (("file_submitted",), "file_not_reviewed"),
            ],
            otherwise=_ENDED_ALREADY,
        ),
        "agreement_drafted": rule(
            [(_WORKING, "signing")],
            [_NOT_GRANTED, _NO_LAWYER, (("assigned",), "handling_not_begun")],
            otherwise=_ENDED_ALREADY,
        ),
        "agreement_effective": _event_of_agreement("performing"),
        "agreement_performed": _event_of_agreement("performed"),
        "agreement_ended": _event_of_agreement("agreement_ended"),
    },
)


def judge(state: LegalAid, step: Step) -> Taken | NotPossible:
    """What comes of `step`: the rule of the stage, and what only the marks of the state tell."""
    result = RULES[step.code].judge(step.code, state.stage)
    if isinstance(result, Taken) and (reason := _barred(state, step.code)) is not None:
        return NotPossible(reason=reason)
    return result


def _barred(state: LegalAid, code: str) -> str | None:
    """What refuses a step that the stage allows."""
    if code == "ask_for_material" and state.material_asked:
        return "material_asked_already"
    if code == "complete" and state.papers_due:
        return "papers_due"
    if code == "grant":
        if state.stage in _GIVEN and not state.papers_due:
            return "past_examination"
        if state.stage in {"refused", "terminated"} and not state.decision_overturned:
            return "decision_stands"
    return None
