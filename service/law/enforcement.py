"""What a mediation agreement opens next, and what the parties must be told when they sign it.

Sentences, not arithmetic: the days of each clock are counted by the rules on deadlines.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from service.law.terms import Term, vocabulary

PAYMENT_CLAIMS = frozenset({"D5a", "D5b", "D5c", "D5d"})
"""Disputes about wages, medical costs of a work injury, severance or damages (调解仲裁法 第十六条)."""
WAGE_CLAIMS = frozenset({"D5a"})
"""Disputes about wages alone (劳动争议司法解释（一） 第五十一条第二款)."""

RIGHTS_NOTICE = vocabulary(
    (
        "arbitration_review",
        "协议生效之日起十五日内，双方可以共同向劳动人事争议仲裁委员会申请审查；经审查制作的仲裁调解书可以申请强制执行。",
        (
            "Within 15 days of taking effect both parties may jointly ask the arbitration commission to review the "
            "agreement; the arbitral mediation statement it then makes can be enforced."
        ),
        "劳动人事争议仲裁办案规则 第七十四条（待核实）",
    ),
    (
        "judicial_confirmation",
        "协议生效之日起三十日内，双方可以共同向人民法院申请司法确认；确认有效后一方不履行的，另一方可以申请强制执行。",
        (
            "Within 30 days of taking effect both parties may jointly ask the People's Court to confirm the "
            "agreement; once it is confirmed it can be enforced."
        ),
        "民事诉讼法 第二百零五条、第二百零六条；人民调解法 第三十三条",
    ),
    (
        "payment_order",
        (
            "因支付拖欠劳动报酬、工伤医疗费、经济补偿或者赔偿金达成协议，用人单位逾期不付的，"
            "劳动者可以持本协议书向人民法院申请支付令。"
        ),
        (
            "When the employer does not pay wages, medical costs of a work injury, severance or damages in "
            "time, the worker may take this agreement to the People's Court and apply for a payment order."
        ),
        "劳动争议调解仲裁法 第十六条",
    ),
    (
        "arbitration",
        "一方在约定期限内不履行协议的，另一方可以依法申请仲裁。",
        "When one party does not perform in time, the other may apply for arbitration.",
        "劳动争议调解仲裁法 第十五条",
    ),
    (
        "waivers",
        "只有在本协议中逐项列明的请求才视为放弃；没有列明的，不视为放弃。",
        "Only claims that this agreement lists one by one are given up; what is not listed is not given up.",
        "民法典 第一百四十条",
    ),
)
"""What stands on every written agreement as 权利告知 and is read out before the parties sign."""

NEXT_STEPS = vocabulary(
    (
        "arbitration_review",
        "双方共同申请仲裁审查，须在协议生效之日起十五日内提出；只有一方不能申请。",
        (
            "Joint review by the arbitration commission: both parties apply, within 15 days of taking effect; "
            "one alone cannot."
        ),
        "劳动人事争议仲裁办案规则 第七十四条（待核实）",
    ),
    (
        "judicial_confirmation",
        "双方共同申请司法确认，须在协议生效之日起三十日内提出；不收费，只有一方不能申请。",
        (
            "Joint confirmation by the People's Court: both parties apply, within 30 days of taking effect; it "
            "costs nothing, one alone cannot."
        ),
        "民事诉讼法 第二百零五条；人民调解法 第三十三条；人民调解协议司法确认程序规定 第十一条",
    ),
    (
        "payment_order",
        "用人单位逾期不付的，劳动者可以单独持调解协议书向人民法院申请支付令，人民法院应当依法发出支付令。",
        (
            "When the employer does not pay in time, the worker alone may take the agreement to the People's "
            "Court and apply for a payment order, which the court shall issue."
        ),
        "劳动争议调解仲裁法 第十六条",
    ),
    (
        "suit_after_payment_order",
        "支付令程序因用人单位提出异议等原因终结的，劳动者可以依据调解协议直接起诉，不必先申请仲裁。",
        (
            "When the payment-order procedure is ended, for example by the employer's objection, the worker may "
            "sue on the agreement directly, without arbitration first."
        ),
        "劳动争议司法解释（一） 第十三条第三款",
    ),
    (
        "direct_suit",
        "仅就劳动报酬达成的调解协议，用人单位不履行的，劳动者可以直接起诉，按普通民事纠纷受理。",
        (
            "When an agreement on wages alone is not performed, the worker may sue directly; the court takes it as an "
            "ordinary civil case."
        ),
        "劳动争议司法解释（一） 第五十一条第二款",
    ),
    (
        "arbitration",
        "一方不履行协议的，另一方可以依法申请仲裁。",
        "When one party does not perform, the other may apply for arbitration.",
        "劳动争议调解仲裁法 第十五条",
    ),
)
"""The ways that lead on from an agreement, in the order in which the law opens them."""

ORAL_LIMITS = vocabulary(
    (
        "recorded",
        "口头协议只能在人民调解委员会调解时达成；调解员应当记录协议内容，协议自达成之日起生效。",
        (
            "An oral agreement can only be made before a people's mediation committee; the mediator records "
            "what was agreed, and it takes effect on the day it was made."
        ),
        "人民调解法 第二十八条、第三十条",
    ),
    (
        "no_payment_order",
        "没有调解协议书，不能据以申请支付令。",
        "Without a written agreement no payment order can be applied for.",
        "劳动争议调解仲裁法 第十六条",
    ),
    (
        "no_review",
        "申请仲裁审查或者司法确认须提交调解协议书；口头协议须先补做书面协议。",
        "For review or confirmation a written agreement has to be handed in; one must be made in writing first.",
        "人民调解协议司法确认程序规定 第三条；劳动人事争议仲裁办案规则 第七十四条（待核实）",
    ),
)
"""What to tell the parties before they settle without a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides which ways are open. `claims` are codes of claims in the case, `dispute_type` the agreement's."""

    form: str
    state: str
    dispute_type: str
    claims: Collection[str]
    payments_promised: bool


def next_steps(standing: Standing) -> tuple[Term, ...]:
    """The ways that this agreement opens, in the order of the law; none before it is in effect or after its end."""
    if standing.state != "effective":
        return ()
    ways: list[str] = []
    if standing.form == "written":
        ways += ["arbitration_review", "judicial_confirmation"]
        if standing.payments_promised and standing.dispute_type in PAYMENT_CLAIMS:
            ways += ["payment_order", "suit_after_payment_order"]
        if standing.dispute_type in WAGE_CLAIMS and set(standing.claims) <= {"wages", "overtime", "bonus"}:
            ways.append("direct_suit")
    return tuple(NEXT_STEPS[way] for way in (*ways, "arbitration"))
