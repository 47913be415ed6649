"""Examples of what happens in a case: steps, entries, proceedings. All people and firms are invented."""

from __future__ import annotations

from typing import Final

from service.api.examples import CASE_ID, DOCUMENT_ID, STATEMENT, Json

STEP_INPUTS: Final[dict[str, Json]] = {
    "assignment": {
        "step": "assign",
        "occurred_on": "2026-07-15",
        "lawyer": "赵示例",
        "licence_no": "13711202000000000",
        "firm": "示例律师事务所",
    },
    "failure": {"step": "fail", "occurred_on": "2026-07-20", "ground": "differences", "note": "对欠薪数额分歧较大。"},
}

CASE_STEPS: Final[Json] = {
    "id": CASE_ID,
    "version": 3,
    "kind": "mediation",
    "stage": "accepted",
    "papers_due": False,
    "taken": [
        {
            "position": 1,
            "step": "accept",
            "stage": "accepted",
            "occurred_on": "2026-07-09",
            "ground": None,
            "until": None,
            "note": None,
            "lawyer": None,
            "licence_no": None,
            "firm": None,
            "converted_to": None,
            "registrar": "mediator",
            "case_version": 2,
            "remedy": None,
        }
    ],
    "options": [
        {
            "step": "start_mediation",
            "article": "劳动争议调解仲裁法 第十三条",
            "possible": True,
            "leads_to": "mediating",
            "grounds": [],
            "needs": [],
            "refusal": None,
        },
        {
            "step": "extend",
            "article": "人民法院在线调解规则 第二十四条",
            "possible": False,
            "leads_to": None,
            "grounds": [],
            "needs": [],
            "refusal": {
                "code": "mediation_not_begun",
                "zh": "调解尚未开始",
                "en": "The mediation has not begun",
                "article": "劳动争议调解仲裁法 第十三条",
            },
        },
    ],
}

SHARE_INPUT: Final[Json] = {"institution": "LS-HR", "occurred_on": "2026-07-09", "reason": "征求部门意见"}

_ABOUT: Final[Json] = {"kind": "document", "id": DOCUMENT_ID}
_DAY: Final = "2026-07-16"

ENTRY_INPUTS: Final[dict[str, Json]] = {
    "opinion": {"occurred_on": _DAY, "text": "建议依法支付拖欠工资。"},
    "objection": {
        "occurred_on": _DAY,
        "about": _ABOUT,
        "party": 2,
        "grounds": ["authenticity"],
        "text": "对工资条的真实性有异议。",
    },
    "answer": {"occurred_on": _DAY, "party": 2, "text": "对欠付月份无异议，对数额有异议。"},
    "review_request": {"occurred_on": _DAY, "party": 1, "text": "不服不予法律援助的决定。"},
    "review_decision": {
        "occurred_on": _DAY,
        "result": "corrected",
        "body": "岚山区示例司法局",
        "number": "示例〔2026〕1号",
    },
    "service": {"occurred_on": _DAY, "about": _ABOUT, "party": 2, "method": "direct", "result": "signed"},
    "visit": {"occurred_on": _DAY, "party": 1, "method": "phone", "result": "satisfied", "text": "第一期款项已收到。"},
    "interview": {
        "occurred_on": _DAY,
        "party": 1,
        "lawyer": "赵示例",
        "place": "示例律师事务所",
        "text": "核实欠薪月份。",
    },
}

ENTRY: Final[Json] = {
    "id": "3b9f7f2e-2a11-4f7b-9c55-4f0b8d1c2e66",
    "case_id": CASE_ID,
    "position": 1,
    "kind": "objection",
    "occurred_on": _DAY,
    "raiser": "party",
    "raised_by": "日照示例绳网有限公司",
    "party": 2,
    "office": None,
    "about": {**_ABOUT, "version": 1},
    "grounds": ["authenticity"],
    "text": "对工资条的真实性有异议。",
    "method": None,
    "result": None,
    "place": None,
    "number": None,
    "proof": None,
    "corrects": None,
    "corrected_by": None,
    "registrar": "mediator",
    "statement": STATEMENT,
}

PROCEEDING_INPUT: Final[Json] = {
    "kind": "judicial_confirmation",
    "body": "岚山区示例法院",
    "opened_on": "2026-07-25",
    "applicants": [1, 2],
    "agreement": "8c0f4a3d-7a8e-4d53-b7c8-0a5c0c4f1d21",
}
PROCEEDING_CHANGES: Final[dict[str, Json]] = {
    "accepted": {"reason": "法院受理", "number": "（2026）鲁1103诉前调确12号", "accepted_on": "2026-07-28"},
    "closed": {"reason": "收到裁定书", "closed_on": "2026-08-06", "outcome": "confirmed"},
}
PROCEEDING: Final[Json] = {
    "id": "6e2f1f52-4f4e-4d6b-8a9c-2f0f7a3b9d10",
    "case_id": CASE_ID,
    "version": 1,
    "kind": "judicial_confirmation",
    "state": "opened",
    "body": "岚山区示例法院",
    "number": None,
    "agreement": "8c0f4a3d-7a8e-4d53-b7c8-0a5c0c4f1d21",
    "applicants": [1, 2],
    "claims": [],
    "basis": None,
    "opened_on": "2026-07-25",
    "accepted_on": None,
    "closed_on": None,
    "outcome": None,
    "warnings": [],
    "statement": STATEMENT,
}
