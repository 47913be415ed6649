"""What a clock can see of a case: the closed list of happenings, each with its day.

The codes are made of what is recorded: a step of the workflow, an event of an agreement, a milestone of a proceeding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.law.terms import vocabulary

HAPPENINGS = vocabulary(
    ("case.received", "收到申请", "Application received"),
    ("case.mediation_sought", "向调解组织申请调解", "Mediation sought from a mediation organisation"),
    ("step.ask_for_material", "通知补充材料", "Missing papers asked for", "法律援助法 第四十三条"),
    ("step.supply_material", "收到补充材料", "Missing papers supplied", "法律援助法 第四十三条"),
    ("step.deem_withdrawn", "视为撤回申请", "Deemed withdrawn", "法律援助法 第四十三条"),
    ("step.grant", "决定给予法律援助", "Legal aid granted", "法律援助法 第四十三条"),
    ("step.refuse", "决定不予法律援助", "Legal aid refused", "法律援助法 第四十三条"),
    ("step.give_urgent_aid", "先行提供法律援助", "Urgent aid given first", "法律援助法 第四十四条"),
    ("step.assign", "指派法律援助人员", "Lawyer assigned", "法律援助法 第四十三条"),
    ("step.complete", "办理结束", "Legal aid completed", "法律援助法 第五十条"),
    ("step.terminate", "终止法律援助", "Legal aid terminated", "法律援助法 第四十八条"),
    ("step.submit_file", "提交结案材料", "Closing papers handed in", "法律援助法 第五十条"),
    ("step.review_file", "案卷审查", "File reviewed", "法律援助法 第五十九条"),
    ("step.consult_other_side", "征询对方当事人", "Other side asked", "人民法院在线调解规则 第十五条"),
    ("step.accept", "受理调解", "Mediation accepted", "人民调解法 第十七条"),
    ("step.not_accept", "不予受理调解", "Mediation not accepted", "人民调解法 第十七条"),
    ("step.start_mediation", "开始调解", "Mediation begun"),
    ("step.extend", "各方同意延长调解", "Parties agreed to go on", "人民法院在线调解规则 第二十四条"),
    ("until.extend", "延长的调解期限届满", "Last day of the extended term", "人民法院在线调解规则 第二十四条"),
    ("step.agree", "达成调解协议", "Agreement reached", "劳动争议调解仲裁法 第十四条"),
    ("step.fail", "调解未达成协议", "Mediation without agreement", "人民调解法 第二十六条"),
    ("entry.review_request", "提出异议申请", "Review requested", "法律援助法 第四十九条"),
    ("entry.review_decision", "作出异议审查决定", "Review decided", "法律援助法 第四十九条"),
    ("entry.interview", "会见受援人", "Recipient interviewed"),
    ("agreement.drafted", "协议拟定", "Agreement drafted"),
    ("agreement.effective", "协议生效", "Agreement in effect", "劳动争议调解仲裁法 第十四条"),
    ("agreement.performed", "协议履行完毕", "Agreement performed", "人民调解法 第三十一条"),
    ("agreement.rescinded", "双方解除协议", "Agreement rescinded by both", "民法典 第五百六十二条"),
    ("agreement.set_aside", "协议被撤销或确认无效", "Agreement set aside", "劳动争议司法解释（一） 第三十五条"),
    ("instalment.due", "分期到期", "Instalment due"),
    ("instalment.paid", "分期已付清", "Instalment paid in full"),
    ("proceeding.arbitration.opened", "申请仲裁", "Arbitration applied for", "劳动争议调解仲裁法 第二十八条"),
    ("proceeding.arbitration.pursued", "申请仲裁且未撤回", "Arbitration applied for and pursued"),
    ("proceeding.arbitration.accepted", "仲裁受理", "Arbitration accepted", "劳动争议调解仲裁法 第二十九条"),
    ("proceeding.arbitration.copy_served", "仲裁申请书副本送达", "Copy served", "劳动争议调解仲裁法 第三十条"),
    ("proceeding.arbitration.defence_filed", "提交答辩书", "Defence filed", "劳动争议调解仲裁法 第三十条"),
    ("proceeding.arbitration.panel_notified", "仲裁庭组成通知", "Panel notified", "劳动争议调解仲裁法 第三十二条"),
    ("proceeding.arbitration.hearing", "开庭", "Hearing", "劳动争议调解仲裁法 第三十五条"),
    ("proceeding.arbitration.hearing_notified", "开庭通知", "Hearing notified", "劳动争议调解仲裁法 第三十五条"),
    ("proceeding.arbitration.closed", "仲裁结案", "Arbitration closed", "劳动争议调解仲裁法 第四十三条"),
    ("proceeding.arbitration.served", "收到仲裁裁决书", "Award received", "劳动争议调解仲裁法 第四十八条至第五十条"),
    ("proceeding.court.opened", "起诉或申请撤销裁决", "Court seized", "劳动争议调解仲裁法 第四十八条至第五十条"),
    ("proceeding.court.served", "收到一审判决书", "Judgment received", "民事诉讼法 第一百七十一条"),
    ("proceeding.court.appealed", "上诉", "Appealed", "民事诉讼法 第一百七十一条"),
    ("proceeding.judicial_confirmation.opened", "申请司法确认", "Confirmation applied for", "民事诉讼法 第二百零五条"),
    ("proceeding.judicial_confirmation.accepted", "司法确认受理", "Confirmation accepted"),
    ("proceeding.judicial_confirmation.closed", "司法确认裁定", "Confirmation decided", "民事诉讼法 第二百零六条"),
    ("proceeding.payment_order.opened", "申请支付令", "Payment order applied for", "民事诉讼法 第二百二十五条"),
    ("proceeding.payment_order.accepted", "支付令申请受理", "Payment order accepted", "民事诉讼法 第二百二十六条"),
    ("proceeding.payment_order.issued", "发出支付令", "Payment order issued", "民事诉讼法 第二百二十七条"),
    ("proceeding.payment_order.served", "债务人收到支付令", "Payment order received", "民事诉讼法 第二百二十七条"),
    ("proceeding.payment_order.objected", "债务人提出异议", "Debtor objected", "民事诉讼法 第二百二十七条"),
    ("proceeding.payment_order.closed", "督促程序终结", "Payment order procedure ended", "民事诉讼法 第二百二十八条"),
    ("proceeding.arbitration_review.opened", "申请仲裁审查", "Arbitration review applied for"),
    ("proceeding.arbitration_review.accepted", "仲裁审查受理", "Arbitration review accepted"),
    ("proceeding.arbitration_review.closed", "仲裁审查结束", "Arbitration review ended"),
    ("fact.rights_known", "知道或应当知道权利被侵害", "Injury to rights known", "劳动争议调解仲裁法 第二十七条"),
    ("fact.claimed", "向对方主张权利", "Claimed from the other side", "劳动争议调解仲裁法 第二十七条"),
    ("fact.relief_sought", "向有关部门请求救济", "Relief sought from an authority", "劳动争议调解仲裁法 第二十七条"),
    ("fact.admitted", "对方同意履行义务", "Other side agreed to perform", "劳动争议调解仲裁法 第二十七条"),
    ("fact.employment_ended", "劳动关系终止", "Employment ended", "劳动争议调解仲裁法 第二十七条"),
    ("fact.injured", "事故伤害或诊断职业病", "Work injury or diagnosis", "工伤保险条例 第十七条"),
    ("fact.injury_claimed", "提出工伤认定申请", "Work-injury decision applied for", "工伤保险条例 第十七条"),
    ("fact.injury_accepted", "工伤认定申请受理", "Work-injury application accepted", "工伤保险条例 第二十条"),
    ("fact.injury_decided", "作出工伤认定", "Work injury decided", "工伤保险条例 第二十条"),
)
"""Every happening that starts, stops or settles a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened, or is due to happen, on a day.

    `subject` is the record it is about, `within` the one that record belongs to: an instalment lies within its
    agreement. Without a subject it is about the case as a whole.
    """

    code: str
    occurred_on: date
    subject: str | None = None
    within: str | None = None
    entered_on: date | None = None
    """When it was entered, where that is known: the day it happened is what counts."""
