"""Documents and agreements by form."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.conftest import Service, StartService
from tests.service.visitor import Visitor

pytestmark = pytest.mark.longer(one_in=5)

DOCUMENT = {"doc_type": "wage_record", "title": "工资表", "source": "scan", "original_compared": "true"}


@pytest.fixture
def lawyer_at(service: Service) -> Visitor:
    """A signed-in lawyer of the first office."""
    return Visitor(service).sign_in()


def _file(visitor: Visitor, path: str, values: dict[str, str], content: bytes | None, **request: Any) -> Any:
    page = visitor.get(path)
    files = {"file": ("工资表.pdf", content, "application/pdf")} if content is not None else {"file": ("", b"")}
    return visitor.post(path, {**page.fields, **values}, files=files, **request)


def test_document_is_filed_with_its_digests(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    done = _file(lawyer_at, f"/cases/{case_id}/documents/new", DOCUMENT, b"%PDF wages")
    assert done.location == f"/cases/{case_id}?done=filed"
    (document,) = service.ask("GET", f"/api/v1/cases/{case_id}/documents").json()["items"]
    assert (document["title"], document["source"], document["original_compared"]) == ("工资表", "scan", True)
    seen = lawyer_at.get(f"/cases/{case_id}").seen.replace(" ", "")
    assert document["sha256"] in seen
    assert document["sm3"] in seen
    content = lawyer_at.get(f"/documents/{document['id']}/content").answer
    assert content.content == b"%PDF wages"
    assert content.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("values", "content", "words"),
    [
        ({**DOCUMENT, "title": ""}, b"x", "请填写标题"),
        ({**DOCUMENT, "doc_type": ""}, b"x", "请选择材料类型"),
        (DOCUMENT, None, "请选择文件"),
        (DOCUMENT, b"", "文件是空的"),
        ({**DOCUMENT, "occurred_on": "2030-01-01"}, b"x", "这一天还没有到"),
    ],
)
def test_document_that_is_refused_leaves_the_form_and_no_file(
    service: Service, lawyer_at: Visitor, values: dict[str, str], content: bytes | None, words: str
) -> None:
    case_id = lawyer_at.register()
    shown = _file(lawyer_at, f"/cases/{case_id}/documents/new", values, content)
    assert shown.status == 422
    assert words in shown.seen
    assert {name: shown.fields[name] for name in values} == values
    assert [path for path in (service.home / "blobs").rglob("*") if path.is_file()] == []


def test_document_of_an_old_form_is_not_filed(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    shown = _file(lawyer_at, f"/cases/{case_id}/documents/new", {**DOCUMENT, "csrf": "0" * 64}, b"x")
    assert shown.status == 422
    assert "请重新选择文件后提交" in shown.seen
    assert service.ask("GET", f"/api/v1/cases/{case_id}/documents").json()["items"] == []


def test_document_too_large_is_a_page_that_says_so(start_service: StartService) -> None:
    visitor = Visitor(start_service(max_upload_bytes=100)).sign_in()
    case_id = visitor.register()
    shown = _file(visitor, f"/cases/{case_id}/documents/new", DOCUMENT, b"x" * 101)
    assert shown.status == 413
    assert "文件" in shown.seen


def test_new_version_needs_a_reason(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    _file(lawyer_at, f"/cases/{case_id}/documents/new", DOCUMENT, b"first")
    (document,) = service.ask("GET", f"/api/v1/cases/{case_id}/documents").json()["items"]
    path = f"/documents/{document['id']}/replace"
    refused = _file(lawyer_at, path, {"reason": ""}, b"second")
    assert refused.status == 422
    assert "请填写原因" in refused.seen
    assert _file(lawyer_at, path, {"reason": "重新扫描"}, b"second").status == 303
    (document,) = service.ask("GET", f"/api/v1/cases/{case_id}/documents").json()["items"]
    assert (document["version"], document["size"]) == (2, len(b"second"))


DRAFT = {
    "form": "written",
    "agreed_on": "2026-07-20",
    "mediator": "王示例",
    "facts": "欠付工资属实。",
    "total_fen": "27,960.00",
    "instalments.0.amount_fen": "10000",
    "instalments.0.due_on": "2026-07-31",
    "instalments.0.method": "bank_transfer",
    "instalments.1.amount_fen": "17960",
    "instalments.1.due_on": "2026-08-31",
    "instalments.1.method": "cash",
    "waivers": "加班工资\n未休年休假工资\n",
    "closure": "this_dispute",
    "step": "draft",
}


def _agreement(visitor: Visitor) -> str:
    case_id = visitor.register()
    done = visitor.fill(f"/cases/{case_id}/agreements/new", DRAFT)
    assert done.status == 303, done.seen
    return done.location.partition("?")[0]


def test_agreement_is_drafted_with_payments_and_waivers(service: Service, lawyer_at: Visitor) -> None:
    path = _agreement(lawyer_at)
    agreement = service.ask("GET", f"/api/v1{path}").json()
    assert [item["amount_fen"] for item in agreement["instalments"]] == [1000000, 1796000]
    assert agreement["waivers"] == ["加班工资", "未休年休假工资"]
    seen = lawyer_at.get(path).seen
    for words in ("尚未生效", "周小满的签名或盖章", "调解员签名", "调解组织印章", "2026年8月31日", "加班工资"):
        assert words in seen


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("total_fen", "27000", "各期合计 27,960.00 元"),
        ("instalments.1.due_on", "2026-07-01", "付款日期早于达成协议的日期"),
        ("agreed_on", "2026-07-21", "这一天还没有到"),
        ("mediator", "", "请填写调解员姓名"),
        ("total_fen", "", "请填写总额（元）"),
    ],
)
def test_draft_that_is_refused_keeps_every_field(lawyer_at: Visitor, field: str, typed: str, words: str) -> None:
    case_id = lawyer_at.register()
    typed_in = {**DRAFT, field: typed}
    shown = lawyer_at.fill(f"/cases/{case_id}/agreements/new", typed_in)
    assert shown.status == 422
    assert words in shown.seen
    kept = {name: value.strip() for name, value in typed_in.items() if name != "step"}
    assert {name: shown.fields[name] for name in kept} == kept


def test_oral_agreement_before_a_union_is_refused_with_its_article(lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    shown = lawyer_at.fill(f"/cases/{case_id}/agreements/new", {**DRAFT, "form": "oral"})
    assert shown.status == 409
    assert "人民调解法 第二十八条" in shown.seen
    assert shown.fields["facts"] == DRAFT["facts"]


def _sign(visitor: Visitor, path: str, signer: str, party: str, method: str) -> Any:
    mark = {"signer": signer, "party": party, "name": "示例", "method": method, "signed_at": "2026-07-20"}
    return visitor.fill(path, mark, to=f"{path}/signatures")


def test_agreement_takes_effect_with_the_last_mark(service: Service, lawyer_at: Visitor) -> None:
    path = _agreement(lawyer_at)
    for signer, party, method in (
        ("party", "1", "fingerprint"),
        ("party", "2", "seal"),
        ("mediator", "", "handwritten"),
        ("organisation", "", "seal"),
    ):
        assert "已生效" not in lawyer_at.get(path).seen
        assert _sign(lawyer_at, path, signer, party, method).status == 303
    assert "已生效 自2026年7月20日起" in lawyer_at.get(path).seen
    paid = {"position": "1", "paid_fen": "10,000", "paid_on": "2026-07-20"}
    assert lawyer_at.fill(path, paid, to=f"{path}/payments").status == 303
    early = lawyer_at.fill(path, {"ending": "performed", "occurred_on": "2026-07-20"}, to=f"{path}/ending")
    assert early.status == 409
    assert "还有 17,960.00 元 没有支付" in early.seen
    last = {"position": "2", "paid_fen": "17960", "paid_on": "2026-07-20"}
    assert lawyer_at.fill(path, last, to=f"{path}/payments").status == 303
    assert lawyer_at.fill(path, {"ending": "performed", "occurred_on": "2026-07-20"}, to=f"{path}/ending").status == 303
    assert service.ask("GET", f"/api/v1{path}").json()["state"] == "performed"


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ({"signer": "organisation", "method": "fingerprint"}, "签署方式与签署人不符"),
        ({"signer": "party", "method": "handwritten"}, "当事人或其代理人签署时请选择当事人"),
        ({"signer": "party", "party": "1", "method": ""}, "请选择签署方式"),
        ({"signer": "mediator", "method": "handwritten", "signed_at": "2026-07-19"}, "这一天早于达成协议的日期"),
    ],
)
def test_signature_that_cannot_be_is_explained(lawyer_at: Visitor, mark: dict[str, str], words: str) -> None:
    path = _agreement(lawyer_at)
    filled = {"name": "示例", "signed_at": "2026-07-20", **mark}
    shown = lawyer_at.fill(path, filled, to=f"{path}/signatures")
    assert shown.status == 422
    assert words in shown.seen
    assert {name: shown.fields[name] for name in filled} == filled


@pytest.mark.parametrize("part", ["signatures", "payments", "ending"])
def test_address_of_a_form_leads_to_its_agreement(lawyer_at: Visitor, part: str) -> None:
    path = _agreement(lawyer_at)
    assert lawyer_at.get(f"{path}/{part}?lang=en").location == f"{path}?lang=en"
