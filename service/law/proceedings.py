"""Proceedings: what may be opened, by whom and in which order, and with what each may end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from service.law.calendar import Holidays, Length, Unit, last_day
from service.law.terms import Vocabulary, vocabulary

COURT_BASES = vocabulary(
    ("after_arbitration", "不服仲裁裁决或仲裁不予受理", "After arbitration", "劳动争议调解仲裁法 第二十九条、第五十条"),
    (
        "on_agreement",
        "依据调解协议直接起诉",
        "On the mediation agreement",
        "劳动争议司法解释（一） 第十三条、第五十一条",
    ),
    ("on_wage_note", "以工资欠条直接起诉", "On a wage note", "劳动争议司法解释（一） 第十五条"),
)
"""On what a court is seized."""

_WITHDRAWN = ("withdrawn", "撤回、按撤回处理", "Withdrawn")
_NOT_ACCEPTED = ("not_accepted", "不予受理", "Not accepted")
OUTCOMES_OF: Final[Mapping[str, Vocabulary]] = MappingProxyType(
    {
        "arbitration": vocabulary(
            ("award", "裁决", "Award", "劳动争议调解仲裁法 第四十六条"),
            ("final_award", "终局裁决", "Final award", "劳动争议调解仲裁法 第四十七条"),
            ("arbitral_mediation", "仲裁调解书", "Settled before the tribunal", "劳动争议调解仲裁法 第四十二条"),
            ("not_accepted", "不予受理", "Not accepted", "劳动争议调解仲裁法 第二十九条"),
            _WITHDRAWN,
        ),
        "court": vocabulary(
            ("judgment", "判决", "Judgment"),
            ("court_mediation", "法院调解书", "Settled before the court"),
            ("dismissed", "驳回起诉", "Action dismissed"),
            _NOT_ACCEPTED,
            _WITHDRAWN,
        ),
        "judicial_confirmation": vocabulary(
            ("confirmed", "裁定调解协议有效", "Agreement confirmed", "民事诉讼法 第二百零六条"),
            ("rejected", "裁定驳回申请", "Application rejected", "民事诉讼法 第二百零六条"),
            _NOT_ACCEPTED,
            _WITHDRAWN,
        ),
        "payment_order": vocabulary(
            ("in_force", "支付令生效", "Order in force", "民事诉讼法 第二百二十七条"),
            ("ended_by_objection", "裁定终结督促程序", "Ended on the debtor's objection", "民事诉讼法 第二百二十八条"),
            ("rejected", "裁定驳回申请", "Application rejected", "民事诉讼法 第二百二十七条"),
            _NOT_ACCEPTED,
            _WITHDRAWN,
        ),
        "arbitration_review": vocabulary(
            ("arbitral_mediation", "制作仲裁调解书", "Mediation paper made", "劳动争议调解仲裁法 第四十二条"),
            ("declined", "不予制作调解书", "Declined"),
            _NOT_ACCEPTED,
            _WITHDRAWN,
        ),
    }
)
"""With what each kind of proceeding may end."""

ALL_OUTCOMES: Vocabulary = MappingProxyType(
    {code: term for words in OUTCOMES_OF.values() for code, term in words.items()}
)
"""Every outcome of every kind; where two kinds share a code they mean the same by it."""

JOINT: Final[Mapping[str, int]] = MappingProxyType({"judicial_confirmation": 30, "arbitration_review": 15})
"""Proceedings for which both sides apply together, and within how many days of the agreement's effect."""

ORDERABLE_CLAIMS: Final = frozenset({"wages", "overtime", "annual_leave", "bonus", "medical", "severance", "damages"})
"""拖欠劳动报酬、工伤医疗费、经济补偿或者赔偿金 (劳动争议调解仲裁法 第十六条)."""
WAGE_CLAIMS: Final = frozenset({"wages", "overtime", "annual_leave", "bonus"})

PROCEEDING_REASONS = vocabulary(
    ("agreement_needed", "须有调解协议", "It rests on a mediation agreement", "劳动争议调解仲裁法 第十六条"),
    (
        "agreement_not_effective",
        "调解协议尚未生效或已终结",
        "The agreement is not in effect",
        "劳动争议调解仲裁法 第十四条",
    ),
    (
        "paper_needed",
        "口头协议不能据以申请",
        "An oral agreement does not carry it",
        "劳动争议调解仲裁法 第十六条",
    ),
    (
        "both_must_apply",
        "须由双方当事人共同申请",
        "Both sides apply together",
        "民事诉讼法 第二百零五条；人民调解法 第三十三条",
    ),
    ("worker_must_apply", "支付令由劳动者申请", "The worker applies for it", "劳动争议调解仲裁法 第十六条"),
    (
        "claim_not_orderable",
        "支付令仅限拖欠劳动报酬、工伤医疗费、经济补偿或者赔偿金",
        "A payment order is for wages, medical costs, severance pay and damages alone",
        "劳动争议调解仲裁法 第十六条",
    ),
    (
        "no_default",
        "用人单位尚未逾期不履行",
        "The employer is not in default",
        "劳动争议调解仲裁法 第十六条",
    ),
    (
        "suit_on_agreement_too_early",
        "依据协议直接起诉，须支付令程序已裁定终结，或仅就劳动报酬达成协议且逾期未履行",
        "A suit on the agreement comes after a payment order that ended on objection, or on wages alone after default",
        "劳动争议司法解释（一） 第十三条、第五十一条",
    ),
    ("proceeding_closed", "程序已终结", "The proceeding is closed"),
)
"""Why a proceeding cannot be opened or carried on: problem codes, with their articles."""

PROCEEDING_WARNINGS = vocabulary(
    (
        "window_passed",
        "已超过协议生效后的申请期限，受理机构可能不予受理",
        "The time to apply after the agreement took effect has passed; the body may not take it",
        "民事诉讼法 第二百零五条；人民调解法 第三十三条",
    ),
    (
        "scope_disputed",
        "协议不仅涉及给付：劳动争议司法解释（一）第五十二条仅限给付义务，民事诉讼法第二百零五条无此限制，请先咨询法院",
        "The agreement is about more than payment; one rule confines confirmation to payment, another does not: ask",
        "劳动争议司法解释（一） 第五十二条；民事诉讼法 第二百零五条",
    ),
    (
        "arbitration_first",
        "劳动争议须先申请仲裁；本案未登记已结的仲裁程序",
        "A labour dispute goes to arbitration first; no closed arbitration is recorded in this case",
        "劳动争议调解仲裁法 第五条",
    ),
)
"""What to think about; it refuses nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """What of an agreement decides whether a proceeding may rest on it. `overdue`: a payment was due and not made."""

    written: bool
    effective_on: date | None
    in_effect: bool
    overdue: bool
    payment_only: bool
    wages_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A proceeding that somebody wants to open. `sides` are the roles of those who apply: applicant, respondent."""

    kind: str
    opened_on: date
    sides: frozenset[str]
    basis: str | None
    claims: frozenset[str]
    agreement: AgreementFacts | None
    order_ended: bool
    arbitrated: bool


def refusal(new: Proposed) -> str | None:
    """Why the law does not let it be opened; None when it does. A code of `PROCEEDING_REASONS`."""
    if new.kind in JOINT:
        return _agreement_lacks(new) or (None if new.sides == {"applicant", "respondent"} else "both_must_apply")
    if new.kind == "payment_order":
        return _order_refusal(new)
    if new.kind == "court" and new.basis == "on_agreement":
        if (lacking := _agreement_lacks(new)) is not None:
            return lacking
        on_wages = new.agreement is not None and new.agreement.wages_only and new.agreement.overdue
        return None if new.order_ended or on_wages else "suit_on_agreement_too_early"
    return None


def warnings(new: Proposed, holidays: Holidays) -> tuple[str, ...]:
    """What to think about when it is opened: codes of `PROCEEDING_WARNINGS`."""
    found = []
    effective_on = new.agreement.effective_on if new.agreement is not None else None
    if new.kind in JOINT and effective_on is not None:
        window = Length(count=JOINT[new.kind], unit=Unit.CALENDAR_DAYS)
        if new.opened_on > last_day(effective_on, window, holidays).day:
            found.append("window_passed")
    if new.kind == "judicial_confirmation" and new.agreement is not None and not new.agreement.payment_only:
        found.append("scope_disputed")
    if new.kind == "court" and new.basis == "after_arbitration" and not new.arbitrated:
        found.append("arbitration_first")
    return tuple(found)


def _order_refusal(new: Proposed) -> str | None:
    if (lacking := _agreement_lacks(new)) is not None:
        return lacking
    if new.sides != {"applicant"}:
        return "worker_must_apply"
    if not new.claims or not new.claims <= ORDERABLE_CLAIMS:
        return "claim_not_orderable"
    return None if new.agreement is not None and new.agreement.overdue else "no_default"


def _agreement_lacks(new: Proposed) -> str | None:
    if new.agreement is None:
        return "agreement_needed"
    if not new.agreement.in_effect:
        return "agreement_not_effective"
    return None if new.agreement.written else "paper_needed"
