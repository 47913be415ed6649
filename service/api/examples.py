"""Example bodies and answers of the documentation. All people and firms are invented."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

STATEMENT: Final[Json] = {
    "id": "0f6b2a51-8f0e-4a51-9d0c-5d8c8b0f7a11",
    "record_no": "7K2M-9Q4X-RT3PW",
    "state": "received",
}
CASE_ID: Final = "5a2e9c1e-6a0b-4f39-9f5b-2f9f7f2f4a10"
DOCUMENT_ID: Final = "c1f0b0c4-1d0a-4a9c-8a53-0c8a2c9e7b21"

CASE_INPUT: Final[Json] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "12351",
    "received_on": "2026-07-08",
    "applicant": {
        "name": "周小满",
        "gender": "female",
        "birth_date": "1979-05-20",
        "id_number": "371103197905200009",
        "phone": "000-00000000",
        "address": "岚山区示例街道",
        "category": "migrant_worker",
    },
    "employer": {
        "name": "日照示例绳网有限公司",
        "credit_code": "91371103MA0000000L",
        "address": "岚山区示例路1号",
        "representative": "李示例",
        "phone": "000-00000001",
    },
    "claims": [
        {"kind": "wages", "amount_fen": 1864000, "detail": "2026年3月至6月工资"},
        {"kind": "severance", "amount_fen": 932000, "detail": "经济补偿"},
    ],
    "facts": "2026-03 至 2026-06 欠发工资。",
}

CASE_INPUT_MANY: Final[Json] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "labour_inspection",
    "received_on": "2026-07-10",
    "parties": [
        {"role": "applicant", "kind": "worker", "name": "孙示例", "category": "migrant_worker"},
        {"role": "applicant", "kind": "worker", "name": "钱示例", "category": "migrant_worker"},
        {
            "role": "respondent",
            "kind": "labour_agency",
            "name": "日照示例劳务有限公司",
            "agents": [{"name": "赵示例", "organisation": "示例律师事务所", "authority": "special"}],
        },
        {"role": "respondent", "kind": "user_firm", "name": "日照示例码头有限公司"},
    ],
    "claims": [
        {"party": 1, "kind": "wages", "amount_fen": 1200000, "detail": "2026年4月至6月工资"},
        {"party": 2, "kind": "wages", "amount_fen": 1150000, "detail": "2026年4月至6月工资"},
    ],
    "facts": "派遣期间欠发工资。",
}

CASE_CHANGE: Final[Json] = {"reason": "补充事实", "facts": "2026-03 至 2026-06 欠发工资，共四个月。"}

CASE: Final[Json] = {
    "id": CASE_ID,
    "case_no": "(2026)岚劳调字第0001号",
    "kind": "mediation",
    "version": 1,
    "stage": "applied",
    "institution": "LS-UNION",
    "dispute_id": "9d5c6f9a-6f9f-4c8b-8f1a-1f0b4d8a7c33",
    "dispute_type": "D5a",
    "channel": "12351",
    "referral": None,
    "referred_by": None,
    "received_on": "2026-07-08",
    "facts": "2026-03 至 2026-06 欠发工资。",
    "handler": "lawyer",
    "created_at": "2026-07-08T06:52:39.123Z",
    "warnings": [],
    "parties": [
        {
            "position": 1,
            "role": "applicant",
            "kind": "worker",
            "name": "周小满",
            "gender": "female",
            "birth_date": "1979-05-20",
            "id_number": "371103197905200009",
            "category": "migrant_worker",
            "credit_code": None,
            "representative": None,
            "representative_post": None,
            "phone": "000-00000000",
            "address": "岚山区示例街道",
            "occupation": "缝纫工",
            "chosen": False,
            "stands_for": None,
            "relation": None,
            "agents": [],
        }
    ],
    "claims": [{"kind": "wages", "amount_fen": 1864000, "detail": "2026年3月至6月工资", "party": 1}],
    "shares": [],
    "aid": None,
    "consultation": None,
    "separate_reason": None,
    "converted_from": None,
    "converted_to": None,
    "statement": STATEMENT,
}

CASE_LIST: Final[Json] = {
    "items": [
        {
            **{
                name: CASE[name]
                for name in (
                    "id",
                    "case_no",
                    "kind",
                    "version",
                    "stage",
                    "institution",
                    "dispute_type",
                    "channel",
                    "received_on",
                    "handler",
                    "created_at",
                    "statement",
                )
            },
            "applicants": ["周小满"],
            "respondents": ["日照示例绳网有限公司"],
        }
    ],
    "next": None,
}

DOCUMENT: Final[Json] = {
    "id": DOCUMENT_ID,
    "case_id": CASE_ID,
    "version": 1,
    "doc_type": "wage_record",
    "title": "工资条",
    "file_name": "工资条.pdf",
    "media_type": "application/pdf",
    "size": 48213,
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sm3": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    "source": "scan",
    "original_compared": True,
    "captured_by": None,
    "statement": STATEMENT,
}

AGREEMENT_INPUT: Final[Json] = {
    "facts": "双方确认 2026 年 3 月至 6 月工资未付。",
    "total_fen": 2796000,
    "instalments": [
        {"amount_fen": 1000000, "due_on": "2026-07-31", "method": "bank_transfer"},
        {"amount_fen": 1796000, "due_on": "2026-08-31", "method": "bank_transfer"},
    ],
    "waivers": ["加班工资"],
    "mediator": "王示例",
    "agreed_on": "2026-07-20",
}

SIGNATURE_INPUTS: Final[Json] = {
    "worker": {"signer": "party", "party": 1, "name": "周小满", "method": "fingerprint", "signed_at": "2026-07-20"},
    "employer": {"signer": "party", "party": 2, "name": "李示例", "method": "seal", "signed_at": "2026-07-20"},
    "mediator": {"signer": "mediator", "name": "王示例", "method": "handwritten", "signed_at": "2026-07-20"},
    "organisation": {
        "signer": "organisation",
        "name": "岚山区示例劳动争议调解委员会",
        "method": "seal",
        "signed_at": "2026-07-20T09:30:00+08:00",
    },
}

PAYMENT_INPUT: Final[Json] = {"position": 1, "paid_fen": 1000000, "paid_on": "2026-07-31"}

ENDING_INPUTS: Final[Json] = {
    "performed": {"ending": "performed", "occurred_on": "2026-08-31"},
    "rescinded": {"ending": "rescinded", "occurred_on": "2026-08-10", "reason": "双方另行和解", "parties": [1, 2]},
    "set_aside": {
        "ending": "set_aside",
        "occurred_on": "2026-09-01",
        "body": "日照市岚山区人民法院",
        "number": "(2026)鲁1103民初1号",
        "document": DOCUMENT_ID,
    },
}

NONPERFORMANCE_INPUT: Final[Json] = {
    "party": 1,
    "instalment": 2,
    "occurred_on": "2026-09-02",
    "detail": "第二期 17,960.00 元到期未付。",
}

NONPERFORMANCE_ANSWER: Final[Json] = {
    "party": 2,
    "occurred_on": "2026-09-05",
    "answer": "资金周转困难，九月十五日前付清。",
}

AGREEMENT: Final[Json] = {
    "id": "3b1d7f60-52a4-4d0f-8f0b-6a7f5b9a0c44",
    "case_id": CASE_ID,
    "version": 1,
    "number": "(2026)岚劳调字第0001号",
    "form": "written",
    "state": "drafted",
    "dispute_type": "D5a",
    "facts": AGREEMENT_INPUT["facts"],
    "total_fen": 2796000,
    "instalments": [
        {
            "id": "8d2f0f5e-9f4d-4a56-b6a0-7f0f1c3c5d55",
            "position": 1,
            "amount_fen": 2796000,
            "due_on": "2026-07-31",
            "method": "bank_transfer",
            "paid_fen": 0,
            "paid_on": None,
            "paid_by": None,
            "overdue": False,
            "statement": None,
        }
    ],
    "waivers": ["加班工资"],
    "closure": "none",
    "place": None,
    "employment_ends_on": None,
    "late_terms": None,
    "payee": None,
    "payee_bank": None,
    "payee_account": None,
    "mediator": "王示例",
    "organisation": "岚山区总工会法律服务站",
    "agreed_on": "2026-07-20",
    "effective_on": None,
    "parties": [
        {"position": 1, "role": "applicant", "kind": "worker", "name": "周小满", "representative": None},
        {
            "position": 2,
            "role": "respondent",
            "kind": "employer",
            "name": "日照示例绳网有限公司",
            "representative": "李示例",
        },
    ],
    "signatures": [],
    "missing": ["party:1", "party:2", "mediator", "organisation"],
    "nonperformance": [],
    "ending": None,
    "statement": STATEMENT,
}

STATEMENT_VIEW: Final[Json] = {
    **STATEMENT,
    "state": "final",
    "type": "document.filed",
    "subject": DOCUMENT_ID,
    "version": 1,
    "institution": "LS-UNION",
    "stream": "1c0b6a7e-1c54-4a3c-9d5e-0a6d5f8e2f66",
    "stream_seq": 7,
    "recorded_at": "2026-07-08T06:52:39.123Z",
    "commitment": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "leaf_index": 12,
}

VERIFICATION_INPUTS: Final[Json] = {
    "file": {"sha256": DOCUMENT["sha256"]},
    "number": {"record_no": "7K2M-9Q4X-RT3PW"},
    "number and file": {"record_no": "7K2M-9Q4X-RT3PW", "sha256": DOCUMENT["sha256"]},
    "number and code of a paper": {"record_no": "7K2M-9Q4X-RT3PW", "paper_code": "BFXR-71NA"},
    "receipt": {"receipt": {"format": "legal-ledger/receipt/v1", "…": "the whole file"}},
}

PAPER_CODE: Final[Json] = {
    "record_no": "7K2M-9Q4X-RT3PW",
    "paper_code": "BFXR-71NA",
    "number": 1,
    "link": "https://ledger.example/v/7K2M-9Q4X-RT3PW#BFXR-71NA",
}

VERIFICATION: Final[Json] = {
    "verdict": "not_found",
    "exit_code": 22,
    "test_network": True,
    "title": {"zh": "未查到登记记录", "en": "No registration found"},
    "explanation": {"zh": "这不代表文件是假的…", "en": "That does not count against it…"},
    "next_step": {"zh": "…", "en": "…"},
    "checks": [
        {
            "number": 1,
            "code": "receipt_parses",
            "outcome": "not_checked",
            "sentence": {"zh": "…", "en": "…"},
            "facts": {},
        }
    ],
    "facts": {},
    "registered": None,
}

NETWORK: Final[Json] = {
    "origin": "demo.ledger.ls-union",
    "chain_id": 1371103,
    "genesis_hash": "0x" + "11" * 32,
    "contract": "0x" + "22" * 20,
    "code_sha256": "33" * 32,
    "log_id": "0x" + "44" * 32,
    "finality": "instant",
    "evidence": "none",
    "test_network": True,
    "log": {"recorded": 42, "sequenced": 42, "anchored": 42, "final": 42},
    "anchoring": "working",
    "anchoring_since": "2026-07-08T06:52:39.123Z",
}


def openapi_examples(**examples: Json) -> dict[str, Any]:
    """Named examples of a body."""
    return {name: {"value": value} for name, value in examples.items()}
