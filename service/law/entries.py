"""What people say and do in a case beside its steps: opinions, objections, answers, reviews, service, visits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.law.terms import vocabulary

ENTRY_KINDS = vocabulary(
    ("opinion", "部门意见", "Department's opinion"),
    ("objection", "异议、质证意见", "Objection", "人民法院在线诉讼规则 第十七条"),
    ("answer", "答辩意见", "Answer", "劳动争议调解仲裁法 第三十条"),
    ("review_request", "异议申请", "Request for review", "法律援助法 第四十九条"),
    ("review_decision", "异议审查决定", "Decision on review", "法律援助法 第四十九条"),
    ("service", "文书送达", "Service of a document", "民事诉讼法 第八十七条"),
    ("visit", "回访", "Return visit", "法律援助法 第五十九条；人民调解法 第三十一条"),
    ("interview", "会见、谈话", "Interview", "法律援助法 第四十六条"),
)

ENTRY_STATEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "opinion": "opinion.posted",
        "objection": "objection.raised",
        "answer": "answer.filed",
        "review_request": "review.requested",
        "review_decision": "review.decided",
        "service": "service.recorded",
        "visit": "visit.recorded",
        "interview": "interview.recorded",
    }
)
"""The type of the statement that an entry becomes, by its kind."""

RAISERS = vocabulary(
    ("department", "部门", "Department"),
    ("party", "当事人", "Party"),
    ("lawyer", "法律援助人员、代理人", "Lawyer or agent"),
    ("office", "承办机构", "Office that keeps the file"),
    ("justice_bureau", "司法行政部门", "Justice bureau", "法律援助法 第四十九条"),
)
"""Who an entry comes from. Who typed it in is said beside it."""

ABOUT_KINDS = vocabulary(
    ("case", "案件", "The case"),
    ("document", "材料", "A document"),
    ("agreement", "调解协议", "An agreement"),
    ("entry", "其他记载", "Another entry"),
)
"""What an entry is about."""

OBJECTION_GROUNDS = vocabulary(
    ("authenticity", "真实性", "Authenticity", "最高人民法院关于民事诉讼证据的若干规定 第八十七条"),
    ("legality", "合法性", "Legality", "最高人民法院关于民事诉讼证据的若干规定 第八十七条"),
    ("relevance", "关联性", "Relevance", "最高人民法院关于民事诉讼证据的若干规定 第八十七条"),
)
"""On which grounds a document is contested."""

SERVICE_METHODS = vocabulary(
    ("direct", "直接送达", "Handed over", "民事诉讼法 第八十八条"),
    ("left", "留置送达", "Left at the place", "民事诉讼法 第八十九条"),
    ("electronic", "电子送达", "Electronic", "民事诉讼法 第九十条"),
    ("post", "邮寄送达", "By post", "民事诉讼法 第九十一条"),
    ("entrusted", "委托送达", "By another body", "民事诉讼法 第九十一条"),
    ("forwarded", "转交送达", "Forwarded", "民事诉讼法 第九十四条"),
    ("public", "公告送达", "By public notice", "民事诉讼法 第九十五条"),
)

SERVICE_RESULTS = vocabulary(
    ("signed", "签收", "Signed for", "民事诉讼法 第八十七条"),
    ("delivered", "已送达", "Delivered"),
    ("refused", "拒收", "Refused", "民事诉讼法 第八十九条"),
    ("returned", "退回、未送达", "Returned, not delivered"),
)

REVIEW_RESULTS = vocabulary(
    ("upheld", "维持原决定", "Decision upheld", "法律援助法 第四十九条"),
    ("corrected", "责令改正", "Correction ordered", "法律援助法 第四十九条"),
)

VISIT_METHODS = vocabulary(
    ("phone", "电话", "By phone"),
    ("in_person", "当面", "In person"),
    ("online", "网络", "Online"),
    ("letter", "信函", "By letter"),
)

VISIT_RESULTS = vocabulary(
    ("satisfied", "满意", "Satisfied"),
    ("fairly_satisfied", "基本满意", "Fairly satisfied"),
    ("dissatisfied", "不满意", "Dissatisfied"),
    ("not_reached", "未联系上", "Not reached"),
)
