"""Examples of what an office gives its parties access to, and of what a party sees and says."""

from __future__ import annotations

from typing import Final

from service.api.examples import CASE_ID, DOCUMENT_ID, Json

PARTY_LINK_INPUT: Final[Json] = {"party": 1, "expires_on": "2026-10-18"}

PARTY_LINK: Final[Json] = {
    "id": "5f7c3a52-6f0e-4d0b-9a55-2f3d1d1f7a10",
    "record_no": "7K2M-9Q4X-RT3PW",
    "case_id": CASE_ID,
    "party": 1,
    "party_name": "周小满",
    "expires_on": "2026-10-18",
    "revoked_on": None,
    "state": "active",
    "used": ["2026-07-20T01Z"],
}

ISSUED_LINK: Final[Json] = {
    "link": {**PARTY_LINK, "used": []},
    "code": "0000-0000-0000-0000-00000-00000",
    "url": "https://ledger.example/my#0000-0000-0000-0000-00000-00000",
}

RELEASE_INPUT: Final[Json] = {"document": DOCUMENT_ID, "party": 1}

RELEASE: Final[Json] = {
    "id": "6a7c3a52-6f0e-4d0b-9a55-2f3d1d1f7a11",
    "case_id": CASE_ID,
    "document": DOCUMENT_ID,
    "document_version": 1,
    "title": "工资条",
    "party": 1,
    "party_name": "周小满",
    "released_on": "2026-07-20",
    "withdrawn_on": None,
}

OWN_OBJECTION_INPUT: Final[Json] = {"text": "对工资数额有异议，四月已付一半。"}
OWN_ANSWER_INPUT: Final[Json] = {"text": "同意调解，请求分期支付。"}
OWN_REPORT_INPUT: Final[Json] = {
    "agreement": "3b1d7f60-52a4-4d0f-8f0b-6a7f5b9a0c44",
    "instalment": 2,
    "detail": "第二期没有收到。",
}
OWN_REPLY_INPUT: Final[Json] = {
    "agreement": "3b1d7f60-52a4-4d0f-8f0b-6a7f5b9a0c44",
    "position": 1,
    "answer": "九月十五日前付清。",
}

OWN_CASE: Final[Json] = {
    "case_no": "(2026)岚劳调字第0001号",
    "kind": "mediation",
    "stage": "applied",
    "dispute_type": "D5a",
    "received_on": "2026-07-08",
    "office": "岚山区示例总工会",
    "office_phone": None,
    "you": {"position": 1, "role": "applicant", "kind": "worker", "name": "周小满"},
    "others": [{"position": 2, "role": "respondent", "kind": "employer", "name": "日照示例绳网有限公司"}],
    "progress": [],
    "papers": [],
    "agreements": [],
    "entries": [],
    "deadlines": [],
    "link_expires_on": "2026-10-18",
}
