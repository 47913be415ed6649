"""What takes a record back is revoked in the contract: whoever holds an old receipt learns it from the chain alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ledger.receipt import verify_receipt
from ledger.verdict import Verdict
from tests.service.audited_home import MARKS, TERMS
from tests.service.conftest import Service

pytestmark = pytest.mark.longer(one_in=3)


def verdict_by_chain(service: Service, receipt: bytes) -> Verdict:
    """What somebody says who has the receipt, the trust file and the chain, and not this service."""
    return verify_receipt(receipt, trust=service.runtime.trust, reader=service.runtime.reader).verdict


def receipt_of(service: Service, statement: str) -> bytes:
    answer = service.ask("GET", f"/api/v1/statements/{statement}/receipt", "mediator")
    assert answer.status_code == 200, answer.text
    return answer.content


def post(service: Service, path: str, **request: Any) -> dict[str, Any]:
    answer = service.ask("POST", f"/api/v1/{path}", "mediator", **request)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_receipt_of_a_replaced_document_is_superseded_by_the_chain_alone(service: Service) -> None:
    case = service.register(username="mediator")
    filing: dict[str, Any] = {"doc_type": "wage_record", "title": "工资条"}
    path = f"cases/{case['id']}/documents"
    first = post(service, path, files={"file": ("a.pdf", b"%PDF-1.7 first")}, data=filing)
    service.wait_until_final()
    old = receipt_of(service, first["statement"]["id"])
    assert verdict_by_chain(service, old) is Verdict.VERIFIED

    again = filing | {"replaces": first["id"], "reason": "补扫"}
    second = post(service, path, files={"file": ("a.pdf", b"%PDF-1.7 second")}, data=again)
    service.wait_until_final()

    assert verdict_by_chain(service, old) is Verdict.SUPERSEDED
    assert verdict_by_chain(service, receipt_of(service, second["statement"]["id"])) is Verdict.VERIFIED


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ({"ending": "set_aside", "body": "岚山区示例人民法院", "number": "（2026）鲁1103民初1号"}, 3),
        ({"ending": "rescinded", "reason": "双方另行约定", "parties": [1, 2]}, 4),
    ],
    ids=["set-aside", "rescinded"],
)
def test_receipts_of_an_agreement_that_is_taken_back_are_revoked(
    service: Service, ending: dict[str, Any], reason: int
) -> None:
    service.clock.advance(timedelta(days=31))
    case = service.register(username="mediator")
    agreement = post(service, f"cases/{case['id']}/agreements", json=TERMS)["id"]
    effective = [post(service, f"agreements/{agreement}/signatures", json=mark) for mark in MARKS][-1]
    service.wait_until_final()
    old = receipt_of(service, effective["statement"]["id"])
    assert verdict_by_chain(service, old) is Verdict.VERIFIED

    if ending["ending"] == "set_aside":
        paper = {"doc_type": "judgment", "title": "撤销协议的判决书"}
        filed = post(
            service, f"cases/{case['id']}/documents", files={"file": ("b.pdf", b"%PDF-1.7 ruling")}, data=paper
        )
        ending = ending | {"document": filed["id"]}
    ended = post(service, f"agreements/{agreement}/endings", json={"occurred_on": "2026-08-01"} | ending)
    service.wait_until_final()

    report = verify_receipt(old, trust=service.runtime.trust, reader=service.runtime.reader)
    assert report.verdict is Verdict.REVOKED
    (check,) = (check for check in report.checks if check.code == "not_revoked")
    assert check.facts["reason"] == reason
    assert verdict_by_chain(service, receipt_of(service, ended["statement"]["id"])) is Verdict.VERIFIED
