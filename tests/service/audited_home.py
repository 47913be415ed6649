"""A home full of records of every kind, and a way to edit its database by hand and audit what then stands there."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.audit import disclosed, seen
from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.store.database import Database
from service.audit_source import live_evidences, revocations, source
from service.clocks import load_clocks
from service.deadlines import missed_duties_of
from service.home.opening import Opened, opened
from tests.clock import FixedClock
from tests.ledger.audited import RememberedChain
from tests.process import SHORT_CASE
from tests.service.conftest import Service, running, settings_of

PURE = (
    (source, "decode_transaction"),
    (revocations, "decode_transaction"),
    (seen, "parse_statement"),
    (disclosed, "parse_disclosure"),
)
"""Functions of their bytes alone, which take most of an audit's time: of the same bytes they are asked once."""

LONG_CASE: dict[str, Any] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "labour_inspection",
    "referral": "labour_inspection",
    "referred_by": "示例劳动监察大队",
    "received_on": "2026-07-10",
    "parties": [
        {
            "role": "applicant",
            "kind": "worker",
            "name": "孙示例",
            "gender": "male",
            "birth_date": "1980-01-02",
            "phone": "000-00000002",
            "address": "岚山区示例村",
            "category": "migrant_worker",
        },
        {
            "role": "respondent",
            "kind": "employer",
            "name": "日照示例劳务有限公司",
            "representative": "钱示例",
            "agents": [
                {"name": "赵示例", "authority": "special", "organisation": "示例律师事务所", "phone": "000-00000003"}
            ],
        },
    ],
    "claims": [{"party": 1, "kind": "wages", "amount_fen": 1200000, "detail": "工资"}],
    "facts": "派遣期间欠发工资。",
}

AID_CASE: dict[str, Any] = {
    **LONG_CASE,
    "kind": "legal_aid",
    "parties": [
        {**LONG_CASE["parties"][0], "role": "recipient", "occupation": "装卸工"},
        {
            "role": "recipient",
            "kind": "relative",
            "name": "吴示例",
            "stands_for": "孙某示例",
            "relation": "spouse",
            "category": "migrant_worker",
        },
        {**LONG_CASE["parties"][1], "representative_post": "经理"},
    ],
    "aid": {
        "provider": "union",
        "form": "arbitration",
        "hardship": "exempt_migrant_worker",
        "urgency": "time_limit",
    },
    "facts": "另一笔工资未付。",
    "separate_reason": "另一笔工资",
}

CALL: dict[str, Any] = {
    **LONG_CASE,
    "kind": "consultation",
    "received_on": "2026-07-12",
    "facts": "派遣期间欠发工资，怎么办？",
    "consultation": {
        "caller_kind": "relative",
        "caller_name": "吴示例",
        "caller_phone": "000-00000009",
        "advice": "告知可以申请调解。",
        "outcome": "follow_up",
        "follow_up_on": "2026-07-15",
        "follow_up": "回电",
    },
}

TERMS: dict[str, Any] = {
    "facts": "双方确认 2026 年 3 月至 6 月工资未付。",
    "total_fen": 2796000,
    "instalments": [
        {"amount_fen": 1000000, "due_on": "2026-07-31", "method": "bank_transfer"},
        {"amount_fen": 1796000, "due_on": "2026-08-31", "method": "bank_transfer"},
    ],
    "waivers": ["加班工资"],
    "mediator": "王示例",
    "agreed_on": "2026-07-20",
    "place": "岚山区示例街道",
    "late_terms": "逾期按日加付。",
    "payee": "周小满",
    "payee_bank": "示例银行",
    "payee_account": "6200000000000000000",
    "employment_ends_on": "2026-06-30",
}

MARKS: tuple[dict[str, Any], ...] = (
    {"signer": "party", "party": 1, "name": "周小满", "method": "fingerprint", "signed_at": "2026-07-20"},
    {"signer": "party", "party": 2, "name": "李示例", "method": "seal", "signed_at": "2026-07-20"},
    {"signer": "mediator", "name": "王示例", "method": "handwritten", "signed_at": "2026-07-20"},
    {"signer": "organisation", "name": "岚山区示例总工会", "method": "seal", "signed_at": "2026-07-20"},
)


def fill(home: Path) -> None:
    """Serve `home` for a moment and record something of every kind; everything is final afterwards."""
    clock = FixedClock()
    clock.advance(timedelta(days=60))
    with running(home, clock) as service:
        first = service.register(SHORT_CASE, username="mediator")
        service.register(LONG_CASE, username="mediator")
        service.register(AID_CASE, username="mediator")
        call = service.register(CALL, username="mediator")

        def post(path: str, **request: Any) -> dict[str, Any]:
            answer = service.ask("POST", f"/api/v1/{path}", "mediator", **request)
            assert answer.status_code == 201, answer.text
            body: dict[str, Any] = answer.json()
            return body

        post(f"cases/{call['id']}/conversions", json={"kind": "mediation", "received_on": "2026-07-15"})
        document = post(
            f"cases/{first['id']}/documents",
            files={"file": ("工资条.pdf", b"%PDF-1.7 wage slip", "application/pdf")},
            data={"doc_type": "wage_record", "title": "工资条", "original_compared": "true", "captured_by": "王示例"},
        )
        post(
            f"cases/{first['id']}/documents",
            files={"file": ("工资条.pdf", b"%PDF-1.7 wage slip, anew", "application/pdf")},
            data={"doc_type": "wage_record", "title": "工资条（补）", "replaces": document["id"], "reason": "补扫"},
        )
        agreement = post(f"cases/{first['id']}/agreements", json=TERMS)["id"]
        for mark in MARKS:
            post(f"agreements/{agreement}/signatures", json=mark)
        post(
            f"agreements/{agreement}/instalments",
            json={"position": 1, "paid_fen": 1000000, "paid_on": "2026-07-31", "paid_by": "bank_transfer"},
        )
        code = service.ask("GET", f"/api/v1/agreements/{agreement}/paper-code", "mediator").json()
        paper = {name: code[name] for name in ("record_no", "paper_code")}
        assert service.client.post("/api/v1/verifications", json=paper).status_code == 200
        reported = f"agreements/{agreement}/reports"
        post(reported, json={"party": 1, "instalment": 2, "occurred_on": "2026-09-01", "detail": "第二期未付。"})
        post(f"{reported}/1/answer", json={"party": 2, "occurred_on": "2026-09-02", "answer": "本月付清。"})
        noted = {"code": "fact.employment_ended", "day": "2026-06-30", "note": "示例"}
        wrong = post(f"cases/{first['id']}/dates", json={**noted, "day": "2026-07-01"})["id"]
        post(f"dates/{wrong}/withdrawal", json={"reason": "录入有误"})
        post(f"cases/{first['id']}/dates", json=noted)
        second = post(f"cases/{first['id']}/agreements", json={**TERMS, "number": "示例-2"})["id"]
        for mark in MARKS:
            post(f"agreements/{second}/signatures", json=mark)
        post(
            f"agreements/{second}/endings",
            json={
                "ending": "set_aside",
                "occurred_on": "2026-09-02",
                "body": "示例法院",
                "number": "示例第1号",
                "document": document["id"],
            },
        )
        _fill_workflow(service, post)
        case = f"cases/{first['id']}"
        issued = post(f"{case}/party-links", json={"party": 1, "expires_on": "2026-12-01"})
        post(f"{case}/releases", json={"party": 1, "document": document["id"]})
        code = {"Authorization": f"Bearer {issued['code']}"}
        assert service.client.get("/api/v1/my-case", headers=code).status_code == 200
        _fill_twice(service, post, agreement=agreement, document=document["id"], case=first["id"])
        service.wait_until_final()


def _fill_twice(
    service: Service, post: Callable[..., dict[str, Any]], *, agreement: str, document: str, case: str
) -> None:
    """A second row, with other values, in every table that would have one: what a swap needs."""
    service.register({**CALL, "received_on": "2026-07-13", "facts": "第二次询问。"}, username="mediator")
    agent = {"name": "郑示例", "authority": "general", "phone": "000-00000004"}
    parties = [*AID_CASE["parties"][:-1], {**AID_CASE["parties"][-1], "agents": [agent]}]
    asked = {"provider": "state", "form": "litigation"}
    service.register({**AID_CASE, "facts": "第三笔工资未付。", "aid": asked, "parties": parties}, username="mediator")
    told = {"party": 1, "instalment": 2, "occurred_on": "2026-09-10", "detail": "第二期仍未付。"}
    post(f"agreements/{agreement}/reports", json=told)
    post(f"cases/{case}/party-links", json={"party": 2, "expires_on": "2026-11-01"})
    post(f"cases/{case}/releases", json={"party": 2, "document": document})
    post(f"cases/{case}/shares", json={"institution": "LS-COMMITTEE", "occurred_on": "2026-09-11", "reason": "示例"})
    opening = {"kind": "court", "body": "示例法院二庭", "number": "(2026)鲁1103民初2号", "opened_on": "2026-09-12"}
    suit = {**opening, "applicants": [1], "claims": ["wages"], "basis": "on_wage_note"}
    post(f"cases/{case}/proceedings", json=suit)


def _fill_workflow(service: Service, post: Callable[..., dict[str, Any]]) -> None:
    """A legal-aid case and a mediation with what happens in them, so that every column of the workflow has a value."""
    aid = service.register({**SHORT_CASE, "kind": "legal_aid"}, username="mediator")
    lawyer = {"lawyer": "赵示例", "licence_no": "13711202000000000", "firm": "示例律师事务所"}
    for step in (
        {"step": "give_urgent_aid", "ground": "time_limit", "note": "时效将届满", **lawyer},
        {"step": "terminate", "ground": "own_lawyer"},
    ):
        post(f"cases/{aid['id']}/steps", json={"occurred_on": "2026-07-09", **step})
    request = post(f"cases/{aid['id']}/reviews", json={"occurred_on": "2026-07-10", "party": 1, "text": "示例异议"})
    decision = {"occurred_on": "2026-07-12", "result": "upheld", "body": "示例司法局", "number": "示例1号"}
    post(f"entries/{request['id']}/decisions", json=decision)
    mediation = service.register(SHORT_CASE, username="mediator")
    for step in ({"step": "accept"}, {"step": "start_mediation"}, {"step": "extend", "until": "2026-08-15"}):
        post(f"cases/{mediation['id']}/steps", json={"occurred_on": "2026-07-09", **step})
    consultation = service.register({**SHORT_CASE, "kind": "consultation"}, username="mediator")
    step = {"step": "convert", "converted_to": mediation["id"], "occurred_on": "2026-07-09"}
    post(f"cases/{consultation['id']}/steps", json=step)

    def patch(path: str, body: dict[str, Any]) -> None:
        answer = service.ask("PATCH", f"/api/v1/{path}", "mediator", json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text

    _fill_entries(post, patch, f"cases/{mediation['id']}")


def _fill_entries(post: Callable[..., dict[str, Any]], patch: Callable[[str, dict[str, Any]], None], case: str) -> None:
    document = post(
        f"{case}/documents",
        files={"file": ("回证.pdf", b"%PDF-1.7 proof of service", "application/pdf")},
        data={"doc_type": "service_receipt", "title": "送达回证", "original_compared": "true", "captured_by": "王示例"},
    )["id"]
    about, day = {"kind": "document", "id": document}, {"occurred_on": "2026-07-16"}
    objection = {**day, "party": 2, "about": about, "grounds": ["authenticity"], "text": "示例异议"}
    first = post(f"{case}/objections", json=objection)["id"]
    post(f"{case}/objections", json={**objection, "text": "示例更正", "corrects": first, "reason": "更正"})
    served = {"party": 2, "method": "direct", "result": "signed", "proof": document}
    post(f"{case}/services", json={**day, "about": about, **served})
    post(f"{case}/interviews", json={**day, "party": 1, "lawyer": "赵示例", "place": "示例律所", "text": "示例"})
    opening = {"kind": "court", "body": "示例法院", "opened_on": "2026-07-16", "applicants": [1], "claims": ["wages"]}
    suit = {**opening, "number": "(2026)鲁1103民初1号", "basis": "on_wage_note"}
    proceeding = post(f"{case}/proceedings", json=suit)
    patch(
        f"proceedings/{proceeding['id']}",
        {"reason": "示例", "accepted_on": "2026-07-18", "closed_on": "2026-08-20", "outcome": "judgment"},
    )
    for path, on in (("shares", "2026-07-16"), ("shares/withdrawals", "2026-07-17")):
        post(f"{case}/{path}", json={"institution": "LS-COMMITTEE", "occurred_on": on, "reason": "示例"})


@dataclass(slots=True)
class AuditedHome:
    """A filled home, opened beside nobody; each edit starts from its untouched database.

    `database` is the copy's, open all the time: to compile every query anew would take longer than an audit.
    """

    home: Opened
    copy: Path
    chain: RememberedChain
    database: Database

    def audit(self, *statements: tuple[str, tuple[Any, ...]]) -> AuditReport:
        """Run SQL by hand on a copy of the database, behind all constraints, and audit the copy."""
        connection = sqlite3.connect(self.copy)
        connection.execute("PRAGMA synchronous = OFF")
        original = sqlite3.connect(self.home.layout.database)
        original.backup(connection)
        original.close()
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        with connection:
            for sql, parameters in statements:
                connection.execute(sql, parameters)
        connection.close()
        return self.audit_copy()

    def audit_copy(self) -> AuditReport:
        """Audit the copy as it is."""
        edited = replace(self.home, database=self.database)
        remarker = missed_duties_of(load_clocks())
        with live_evidences(edited, chain=self.chain, no_chain="", remarker=remarker) as evidences:
            return audit(evidences, now=self.home.clock() + timedelta(hours=1))

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query on the untouched database."""
        connection = sqlite3.connect(self.home.layout.database)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()


@contextmanager
def audited_home(path: Path, scratch: Path) -> Iterator[AuditedHome]:
    """A filled home, ready to be edited and audited."""
    clock = FixedClock()
    clock.advance(timedelta(days=61))
    copy = scratch / "edited.db"
    with (
        pytest.MonkeyPatch.context() as patch,
        opened(settings_of(path), clock=clock) as home,
        closing(Database(f"sqlite:///{copy}")) as database,
    ):
        for module, name in PURE:
            patch.setattr(module, name, functools.cache(getattr(module, name)))
        yield AuditedHome(home=home, copy=copy, chain=RememberedChain(home.history), database=database)
