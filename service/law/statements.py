"""What a statement may say has happened: the closed list of its types."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.law.terms import vocabulary

STATEMENT_TYPES = vocabulary(
    (
        "case.registered",
        "案件登记",
        "Case registered",
        "劳动争议调解仲裁法 第十二条；法律援助法 第二十三条、第四十一条",
    ),
    ("case.updated", "案件信息变更", "Case updated", "个人信息保护法 第四十六条"),
    ("case.refused", "不予受理或不予援助", "Case refused", "法律援助法 第四十三条"),
    ("case.deemed_withdrawn", "视为撤回申请", "Application deemed withdrawn", "法律援助法 第四十三条"),
    ("case.terminated", "终止", "Case terminated", "法律援助法 第四十八条"),
    ("case.completed", "办结", "Case completed", "法律援助法 第五十条"),
    ("consultation.recorded", "咨询登记", "Consultation recorded", "法律援助法 第二十二条、第二十三条"),
    ("document.filed", "材料归档", "Document filed", "人民调解法 第二十七条"),
    ("document.replaced", "材料更新版本", "Document replaced by a new version", "人民调解法 第二十七条"),
    ("opinion.posted", "部门意见", "Department's opinion posted"),
    ("objection.raised", "异议或质证意见", "Objection raised", "人民法院在线诉讼规则 第十七条"),
    ("answer.filed", "答辩意见", "Answer filed", "劳动争议调解仲裁法 第三十条"),
    ("date.recorded", "关键日期记录", "Date recorded"),
    ("review.requested", "异议申请", "Review requested", "法律援助法 第四十九条"),
    ("review.decided", "异议审查决定", "Review decided", "法律援助法 第四十九条"),
    ("service.recorded", "文书送达", "Document served", "民事诉讼法 第八十七条"),
    ("visit.recorded", "回访记录", "Return visit recorded", "法律援助法 第五十九条；人民调解法 第三十一条"),
    ("interview.recorded", "会见、谈话记录", "Interview recorded", "法律援助法 第四十六条"),
    ("agreement.drafted", "调解协议拟定", "Agreement drafted", "劳动争议调解仲裁法 第十四条"),
    ("agreement.signed", "调解协议签名或盖章", "Agreement signed or sealed", "劳动争议调解仲裁法 第十四条"),
    ("agreement.effective", "调解协议生效", "Agreement in effect", "劳动争议调解仲裁法 第十四条"),
    ("agreement.performed", "调解协议履行完毕", "Agreement performed", "人民调解法 第三十一条"),
    ("agreement.nonperformance_reported", "反映未履行协议", "Non-performance reported", "劳动争议调解仲裁法 第十五条"),
    ("agreement.set_aside", "协议被撤销或确认无效", "Agreement set aside", "劳动争议司法解释（一） 第三十五条"),
    ("agreement.rescinded", "双方协商解除协议", "Agreement rescinded by the parties", "民法典 第五百六十二条"),
    ("instalment.paid", "分期款项支付", "Instalment paid", "人民调解法 第三十一条"),
    ("mediation.failed", "调解不成", "Mediation failed", "人民调解法 第二十六条"),
    ("proceeding.opened", "程序启动", "Proceeding opened"),
    ("proceeding.updated", "程序进展", "Proceeding updated"),
    ("proceeding.closed", "程序终结", "Proceeding closed"),
    ("registration.withdrawn", "登记撤销", "Registration withdrawn"),
    ("approval.given", "确认或批准", "Approval given"),
    ("access.recorded", "查阅记录", "Access recorded", "个人信息保护法 第五十一条"),
    ("administration.recorded", "管理操作", "Administration recorded", "个人信息保护法 第五十一条"),
    ("record.erased", "个人信息删除", "Record erased", "个人信息保护法 第四十七条"),
    ("log.moved", "日志迁移", "Log moved"),
)
"""Every type of statement that this service writes or reads. `ledger` does not know them."""

REVOKING: Mapping[str, int] = MappingProxyType(
    {"registration.withdrawn": 1, "document.replaced": 2, "agreement.set_aside": 3, "agreement.rescinded": 4}
)
"""Statement type → the reason with which the contract revokes every earlier version of its record.

1 entered in error, 2 superseded (shown so, not as revoked), 3 set aside by a ruling, 4 rescinded by the parties.
"""
