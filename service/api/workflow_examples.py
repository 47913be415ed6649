"""Examples of what happens in a case: steps. All people and firms are invented."""

from __future__ import annotations

from typing import Final

from service.api.examples import CASE_ID, Json

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
