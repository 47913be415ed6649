"""Example bodies and answers about disputes, consultations and requests for legal aid. All people are invented."""

from __future__ import annotations

from typing import Final

from service.api.examples import CASE, CASE_ID, CASE_INPUT, Json

GLIMPSE: Final[Json] = {
    "dispute_id": CASE["dispute_id"],
    "case_id": None,
    "case_no": "(2026)岚劳调字第0007号",
    "kind": "mediation",
    "institution": "LS-COMMITTEE",
    "received_on": "2026-07-06",
    "applicants": ["周**"],
    "respondents": ["日照****有限公司"],
    "more": 0,
}
POSSIBLE_DUPLICATE: Final[Json] = {
    "case": GLIMPSE,
    "score": 100,
    "reasons": ["same_id_number", "same_name", "same_firm_name", "same_months", "same_type"],
}
REGISTERED: Final[Json] = {**CASE, "possible_duplicates": [POSSIBLE_DUPLICATE]}
DISPUTE: Final[Json] = {
    "id": CASE["dispute_id"],
    "opened_at": "2026-07-06T01:02:03.456Z",
    "cases": [GLIMPSE, {**GLIMPSE, "case_id": CASE_ID, "case_no": CASE["case_no"], "applicants": ["周小满"]}],
}
DISPUTE_CHANGE_INPUTS: Final[Json] = {
    "join": {"dispute_id": CASE["dispute_id"], "reason": "与调解委员会案件为同一争议"},
    "separate": {"reason": "经核实不是同一争议"},
}

CASE_INPUT_AID: Final[Json] = {
    **{name: value for name, value in CASE_INPUT.items() if name not in {"applicant", "employer"}},
    "kind": "legal_aid",
    "parties": [
        {"role": "recipient", "kind": "worker", **CASE_INPUT["applicant"], "occupation": "缝纫工"},
        {"role": "respondent", "kind": "employer", **CASE_INPUT["employer"], "representative_post": "总经理"},
    ],
    "aid": {
        "provider": "union",
        "form": "arbitration",
        "hardship": "exempt_migrant_worker",
        "urgency": "time_limit",
    },
}
CASE_INPUT_CALL: Final[Json] = {
    "kind": "consultation",
    "dispute_type": "D5a",
    "channel": "12351",
    "received_on": "2026-07-08",
    "facts": "单位三个月未发工资，如何要？",
    "consultation": {
        "caller_kind": "relative",
        "caller_phone": "000-00000000",
        "advice": "告知可以申请调解或者劳动仲裁，准备工资条和考勤。",
        "outcome": "follow_up",
        "follow_up_on": "2026-07-10",
        "follow_up": "回电告知材料清单",
    },
}
CONVERSION_INPUTS: Final[Json] = {
    "as it is": {"kind": "mediation"},
    "completed": {
        "kind": "legal_aid",
        "employer": CASE_INPUT["employer"],
        "applicant": CASE_INPUT["applicant"],
        "claims": CASE_INPUT["claims"],
        "aid": CASE_INPUT_AID["aid"],
    },
}
CONSULTATION_LIST: Final[Json] = {
    "items": [
        {
            "id": CASE_ID,
            "case_no": "(2026)岚询字第0001号",
            "institution": "LS-UNION",
            "received_on": "2026-07-08",
            "channel": "12351",
            "dispute_type": "D5a",
            "caller": None,
            "caller_kind": "relative",
            "phone": "000-00000000",
            "question": CASE_INPUT_CALL["facts"],
            "advice": CASE_INPUT_CALL["consultation"]["advice"],
            "outcome": "follow_up",
            "follow_up_on": "2026-07-10",
            "follow_up": "回电告知材料清单",
        }
    ],
    "next": None,
}
MONTH: Final[Json] = {
    "month": "2026-07",
    "total": 3,
    "channel": {"12351": 2, "window": 1},
    "dispute_type": {"D5a": 3},
    "outcome": {"advised": 2, "follow_up": 1},
    "caller_kind": {"worker": 2, "relative": 1},
}
