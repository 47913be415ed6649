"""States of statements, receipts, and every verdict that the API gives, over the embedded chain."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from ledger.receipt import parse_receipt, verify_receipt
from ledger.verdict import Verdict
from tests.process import SHORT_CASE
from tests.service.conftest import Service, StartService

WORDS = {"doc_type": "agreement", "title": "调解协议书"}
PAPER = b"signed paper"
SHA256 = hashlib.sha256(PAPER).hexdigest()


def _verify(service: Service, **question: Any) -> dict[str, Any]:
    answer = service.client.post("/api/v1/verifications", json=question)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


def _document(service: Service, content: bytes = PAPER, **more: str) -> dict[str, Any]:
    case = service.register()
    filed = service.ask(
        "POST",
        f"/api/v1/cases/{case['id']}/documents",
        data={**WORDS, **more},
        files={"file": ("a.pdf", content, "application/pdf")},
    )
    document: dict[str, Any] = filed.json()
    return document


def _receipt(service: Service, statement: dict[str, Any]) -> bytes:
    return service.ask("GET", f"/api/v1/statements/{statement['id']}/receipt").content


@pytest.fixture(scope="session")
def filed(shared: Service) -> dict[str, Any]:
    """A document of the shared service that is final."""
    document = _document(shared, b"paper of the shared service")
    shared.wait_until_final()
    return document


def test_statement_of_a_registration_ends_final(service: Service) -> None:
    case = service.register()
    service.wait_until_final()

    statement = service.ask("GET", f"/api/v1/statements/{case['statement']['id']}").json()

    assert (statement["state"], statement["type"], statement["version"]) == ("final", "case.registered", 1)
    assert statement["record_no"] == case["statement"]["record_no"]
    assert statement["leaf_index"] is not None


def test_receipt_before_anchoring_is_not_anchored(start_service: StartService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.anchorer.Anchorer.step", _idle)
    service = start_service()
    case = service.register()

    answer = service.ask("GET", f"/api/v1/statements/{case['statement']['id']}/receipt")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_anchored")
    assert case["statement"]["state"] == "received"
    pending = _verify(service, record_no=case["statement"]["record_no"])
    assert (pending["verdict"], pending["exit_code"], pending["facts"]["state"]) == ("pending", 11, "received")


def _idle(_anchorer: object) -> Any:
    from ledger.anchorer import Progress

    return Progress(moved=0, sealed=None, busy=False)


def test_receipt_shows_what_its_kind_declares_and_no_more(shared: Service, filed: dict[str, Any]) -> None:
    receipt = parse_receipt(_receipt(shared, filed["statement"]))

    names = {item.name for item in receipt.disclosures}
    assert names == {"doc_type", "title", "size", "sha256", "sm3", "occurred_on"}


def test_receipt_of_a_case_holds_no_number_phone_or_address(shared: Service) -> None:
    case = shared.register()
    shared.wait_until_final()

    receipt = parse_receipt(_receipt(shared, case["statement"]))

    shown = json.dumps([item.value for item in receipt.disclosures], ensure_ascii=False)
    assert "周小满" in shown
    for secret in ("371103197905200009", "000-00000000", "示例街道", "示例路1号", "91371103MA0000000L"):
        assert secret not in shown


def test_receipt_is_made_again_byte_for_byte(shared: Service, filed: dict[str, Any]) -> None:
    first = _receipt(shared, filed["statement"])
    shared.register()
    shared.wait_until_final()

    assert _receipt(shared, filed["statement"]) == first


def test_receipt_is_a_file_that_verifies_by_itself(shared: Service, filed: dict[str, Any]) -> None:
    answer = shared.ask("GET", f"/api/v1/statements/{filed['statement']['id']}/receipt")

    report = verify_receipt(
        answer.content, trust=shared.runtime.trust, reader=shared.runtime.reader, file_sha256=filed["sha256"]
    )

    assert report.verdict is Verdict.VERIFIED
    assert answer.headers["content-type"] == "application/vnd.legal-ledger.receipt+json"
    assert answer.headers["content-disposition"].endswith('.v1.receipt.json"')


def test_chosen_disclosures_and_the_required_ones_are_shown_and_verify(shared: Service, filed: dict[str, Any]) -> None:
    answer = shared.ask("GET", f"/api/v1/statements/{filed['statement']['id']}/receipt?disclose=title&disclose=sm3")

    receipt = parse_receipt(answer.content)
    report = verify_receipt(
        answer.content, trust=shared.runtime.trust, reader=shared.runtime.reader, file_sha256=filed["sha256"]
    )
    assert {item.name for item in receipt.disclosures} == {"title", "sm3", "doc_type", "sha256", "occurred_on"}
    assert report.verdict is Verdict.VERIFIED


@pytest.mark.parametrize("kind", ["receipt", "certificate.pdf"])
def test_more_than_a_receipt_shows_is_disclosed_to_nobody(shared: Service, filed: dict[str, Any], kind: str) -> None:
    answer = shared.ask("GET", f"/api/v1/statements/{filed['statement']['id']}/{kind}?disclose=file_name")

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "/disclose", "not_disclosed")
    assert "title" in error["message"]


@pytest.mark.parametrize("path", ["", "/receipt"])
def test_statement_of_another_office_is_as_if_it_were_not_there(
    shared: Service, filed: dict[str, Any], path: str
) -> None:
    answer = shared.ask("GET", f"/api/v1/statements/{filed['statement']['id']}{path}", "other")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# ------------------------------------------------------------------------------------------------------------- verdicts


def test_file_is_verified_by_its_digest_alone(shared: Service, filed: dict[str, Any]) -> None:
    report = _verify(shared, sha256=filed["sha256"])

    assert (report["verdict"], report["exit_code"], report["test_network"]) == ("verified", 0, True)
    assert report["facts"]["record_no"] == filed["statement"]["record_no"]
    assert [check["number"] for check in report["checks"]] == list(range(1, 12))
    assert all({"zh", "en"} == check["sentence"].keys() for check in report["checks"])


def test_digest_is_read_as_people_paste_it(shared: Service, filed: dict[str, Any]) -> None:
    digest = filed["sha256"]

    for pasted in (digest.upper(), f" {digest[:32]} {digest[32:]}\n"):
        assert _verify(shared, sha256=pasted)["verdict"] == "verified"


def test_number_is_verified_with_and_without_a_file(shared: Service, filed: dict[str, Any]) -> None:
    number = filed["statement"]["record_no"]

    verdicts = [
        _verify(shared, record_no=number)["verdict"],
        _verify(shared, record_no=number.lower().replace("-", " "))["verdict"],
        _verify(shared, record_no=f"{number}.v1")["verdict"],
        _verify(shared, record_no=number, sha256=filed["sha256"])["verdict"],
        _verify(shared, record_no=number, sha256=SHA256)["verdict"],
        _verify(shared, record_no=f"{number}.v2")["verdict"],
    ]

    assert verdicts == ["verified", "verified", "verified", "verified", "different", "not_found"]


def test_receipt_is_verified_as_an_object_and_as_text(shared: Service, filed: dict[str, Any]) -> None:
    data = _receipt(shared, filed["statement"])

    for receipt in (json.loads(data), data.decode()):
        assert _verify(shared, receipt=receipt)["verdict"] == "verified"
        assert _verify(shared, receipt=receipt, sha256=filed["sha256"])["verdict"] == "verified"
        assert _verify(shared, receipt=receipt, sha256=SHA256)["verdict"] == "different"


def test_unknown_file_and_number_are_not_found(shared: Service) -> None:
    report = _verify(shared, sha256="ab" * 32)

    assert (report["verdict"], report["exit_code"], report["facts"]) == ("not_found", 22, {})
    assert _verify(shared, record_no="0000-0000-00000")["verdict"] == "not_found"


def test_changed_receipt_is_never_verified(shared: Service, filed: dict[str, Any]) -> None:
    data = _receipt(shared, filed["statement"])
    receipt = json.loads(data)
    damaged: list[Any] = [
        data.decode() + " ",
        data.decode().replace("document.filed", "document.replaced"),
        {**receipt, "record_no": "0000-0000-00000"},
        {**receipt, "disclosures": receipt["disclosures"][1:]},
        {**receipt, "disclosures": []},
        {**receipt, "extra": 1},
        {**receipt, "statement": 1.5},
        {},
        "",
    ]

    verdicts = [_verify(shared, receipt=item)["verdict"] for item in damaged]

    assert set(verdicts) <= {"bad_input", "receipt_invalid"}


def test_earlier_version_is_superseded_by_number_file_and_receipt(service: Service) -> None:
    first = _document(service)
    case_path = f"/api/v1/cases/{first['case_id']}/documents"
    second = service.ask(
        "POST", case_path, data={**WORDS, "replaces": first["id"]}, files={"file": ("b.pdf", b"new", "application/pdf")}
    ).json()
    service.wait_until_final()
    number = first["statement"]["record_no"]

    old = json.loads(_receipt(service, first["statement"]))
    assert [
        _verify(service, sha256=SHA256)["verdict"],
        _verify(service, record_no=f"{number}.v1")["verdict"],
        _verify(service, record_no=number, sha256=SHA256)["verdict"],
        _verify(service, receipt=old)["verdict"],
    ] == ["superseded"] * 4
    assert _verify(service, record_no=number)["verdict"] == "verified"
    assert _verify(service, sha256=second["sha256"])["verdict"] == "verified"


def test_public_answer_names_nobody(shared: Service) -> None:
    case = shared.register({**SHORT_CASE, "facts": "很私密的事"})
    shared.wait_until_final()

    text = json.dumps(_verify(shared, record_no=case["statement"]["record_no"]), ensure_ascii=False)

    for secret in ("周小满", "371103197905200009", "很私密", "示例绳网", "示例街道", case["case_no"]):
        assert secret not in text


def test_chain_that_does_not_answer_is_unreachable_and_nothing_worse(service: Service) -> None:
    document = _document(service)
    service.wait_until_final()
    service.cut_off_chain()

    report = _verify(service, sha256=document["sha256"])

    assert (report["verdict"], report["exit_code"]) == ("chain_unreachable", 40)


# ---------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("question", "pointer", "code"),
    [
        ({}, "", "nothing_to_verify"),
        ({"sha256": "ab" * 31}, "/sha256", "sha256_form"),
        ({"sha256": "0x" + "ab" * 32}, "/sha256", "sha256_form"),
        ({"sha256": "ab" * 32 + "0"}, "/sha256", "sha256_form"),
        ({"sha256": "１" * 64}, "/sha256", "sha256_form"),
        ({"sha256": 7}, "/sha256", "wrong_type"),
        ({"sha1": "ab" * 20}, "/sha1", "unknown_field"),
        ({"record_no": "7K2M-9Q4X-RT3PX"}, "/record_no", "record_no_form"),
        ({"record_no": "7K2M"}, "/record_no", "record_no_form"),
        ({"record_no": "0000-0000-00000", "receipt": {}}, "", "two_questions"),
    ],
)
def test_question_that_is_none_is_named(shared: Service, question: dict[str, Any], pointer: str, code: str) -> None:
    answer = shared.client.post("/api/v1/verifications", json=question)

    assert answer.status_code == 422
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def test_checks_are_limited_for_an_address(start_service: StartService) -> None:
    service = start_service(public_limit="3/minute")

    answers = [service.client.post("/api/v1/verifications", json={"sha256": "ab" * 32}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
