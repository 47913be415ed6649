"""Examples of deadlines and of the days they run from. All people and firms are invented."""

from __future__ import annotations

from typing import Final

from service.api.examples import CASE_ID, STATEMENT, Json

CASE_DEADLINES: Final[Json] = {
    "today": "2026-07-21",
    "items": [
        {
            "rule": "arbitration_review_request",
            "name": {"zh": "共同申请仲裁审查", "en": "Apply together for arbitration review"},
            "subject": "e0f3c5a8-0c93-4f56-9a55-6f2a6f4c1f77",
            "state": "open",
            "nature": "right",
            "actor": "both_parties",
            "actor_name": {"zh": "双方当事人共同", "en": "Both parties together"},
            "started_on": "2026-07-20",
            "counted_to": "2026-08-04",
            "due_on": "2026-08-04",
            "latest_on": None,
            "settled_on": None,
            "days_left": 14,
            "opens_urgent_aid": False,
            "article": "劳动人事争议仲裁办案规则 第七十四条",
            "law": {"zh": "劳动人事争议仲裁办案规则", "en": "Rules on handling labour arbitration cases"},
            "version": "2017-07-01 施行（人社部令第33号）",
            "checked_on": None,
            "consequence": {
                "zh": "期满后不能再以仲裁审查的方式取得仲裁调解书。",
                "en": "After it no arbitral mediation statement can be had this way.",
            },
            "missing_years": [],
        }
    ],
}
OFFICE_DEADLINES: Final[Json] = {
    "today": "2026-07-21",
    "items": [
        {
            "case_id": CASE_ID,
            "case_no": "(2026)岚劳调字第0031号",
            "case_kind": "mediation",
            "deadline": CASE_DEADLINES["items"][0],
        }
    ],
    "next": None,
}
CALENDAR: Final[Json] = {"url": "https://ledger.example/calendar/8mGfQ2h0W5rT3yXvKc1LZbN7pDsJ4aEuRtHnVwCqM6k.ics"}

DATE_INPUT: Final[Json] = {"code": "fact.employment_ended", "day": "2026-06-30", "note": "当事人陈述，见解除通知"}
KEY_DATE: Final[Json] = {
    "id": "4b1b6a5e-9d3c-4c0c-8e52-7a4cf7b1a0d3",
    "case_id": CASE_ID,
    **DATE_INPUT,
    "withdrawn": False,
    "version": 1,
    "statement": STATEMENT,
}
WITHDRAWAL_INPUT: Final[Json] = {"reason": "日期录入有误"}
