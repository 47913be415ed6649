"""Registering, correcting, listing and showing cases by form; whatever goes wrong, nothing typed is lost."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from sqlmodel import func, select

from ledger.errors import Unavailable
from service.pages import cases as case_pages
from service.pages import registration
from service.tables import Case
from tests.process import SHORT_CASE
from tests.service.conftest import PASSWORD, Service
from tests.service.visitor import REGISTRATION, Visitor

pytestmark = pytest.mark.longer(one_in=5)


@pytest.fixture
def lawyer_at(service: Service) -> Visitor:
    """A signed-in lawyer of the first office."""
    return Visitor(service).sign_in()


def _cases(service: Service) -> int:
    with service.runtime.read() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def test_case_is_shown_before_it_is_saved_and_then_registered(service: Service, lawyer_at: Visitor) -> None:
    looked = lawyer_at.fill("/cases/new", {**REGISTRATION, "step": "check"})
    assert looked.status == 200
    assert "登记前请核对" in looked.seen
    assert "27,960.00 元" in looked.seen
    assert _cases(service) == 0
    done = lawyer_at.post("/cases/new", {**looked.fields, "step": "register"})
    assert done.status == 303
    case = service.ask("GET", f"/api/v1{done.location.partition('?')[0]}").json()
    assert case["claims"] == [{**claim, "party": 1} for claim in SHORT_CASE["claims"]]
    assert case["facts"] == SHORT_CASE["facts"]
    for place, short in enumerate(("applicant", "employer")):
        given = {name: case["parties"][place][name] for name in SHORT_CASE[short]}
        assert given == SHORT_CASE[short]


def test_same_form_sent_twice_registers_one_case(service: Service, lawyer_at: Visitor) -> None:
    fields = {**lawyer_at.get("/cases/new").fields, **REGISTRATION, "step": "register"}
    first, second = (lawyer_at.post("/cases/new", fields) for _ in range(2))
    assert first.location == second.location
    assert _cases(service) == 1


def test_form_saved_before_is_not_saved_with_other_words(service: Service, lawyer_at: Visitor) -> None:
    fields = {**lawyer_at.get("/cases/new").fields, **REGISTRATION, "step": "register"}
    lawyer_at.post("/cases/new", fields)
    shown = lawyer_at.post("/cases/new", {**fields, "facts": "别的事实"})
    assert shown.status == 422
    assert "这份表单已经保存过" in shown.seen
    assert _cases(service) == 1


def test_every_fault_of_an_empty_registration_is_named_at_once(lawyer_at: Visitor) -> None:
    shown = lawyer_at.fill("/cases/new", {"step": "check"})
    assert shown.status == 422
    for words in (
        "案件类型",
        "争议事项",
        "来源渠道",
        "收到日期",
        "劳动者姓名",
        "用人单位名称",
        "请求什么",
        "事实与经过",
    ):
        assert words in shown.seen.partition("登记案件")[0] + shown.seen
    assert shown.answer.text.count("field__error") >= 9
    assert "<title>有误：登记案件" in shown.answer.text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("received_on", "2026-13-01", "没有这一天"),
        ("received_on", "2026-12-31", "这一天还没有到"),
        ("applicant.id_number", "371103197905200008", "身份证号码最后一位与前面不符"),
        ("applicant.birth_date", "1980-01-01", "出生日期与身份证号码不符"),
        ("employer.credit_code", "91371103MA0000000X", "最后一位与前面不符"),
        ("claims.0.amount_fen", "一万八", "请填写以元为单位的金额"),
        ("claims.1.amount_fen", "99999999999", "金额过大"),
        ("claims.1.detail", "", "请简要说明这项请求"),
        ("applicant.name", "甲" * 200, "内容过长，请缩短到 120 个字以内"),
        ("kind", "marriage", "请选择案件类型"),
    ],
)
def test_fault_is_said_beside_its_field_and_everything_is_kept(
    service: Service, lawyer_at: Visitor, field: str, typed: str, words: str
) -> None:
    filled = {**REGISTRATION, field: typed}
    shown = lawyer_at.fill("/cases/new", {**filled, "step": "register"})
    assert shown.status == 422
    assert f'<a href="#{field}">' in shown.answer.text
    assert shown.answer.text.count(words) == 2
    kept = {name: value for name, value in filled.items() if (name, value) != ("kind", "marriage")}
    assert {name: shown.fields[name] for name in kept} == kept
    assert _cases(service) == 0


def test_another_claim_is_added_without_losing_what_was_typed(lawyer_at: Visitor) -> None:
    shown = lawyer_at.fill("/cases/new", {**REGISTRATION, "step": "add"})
    assert {name: shown.fields[name] for name in REGISTRATION} == dict(REGISTRATION)
    assert "claims.2.kind" in shown.fields


def test_claim_left_empty_is_left_out(service: Service, lawyer_at: Visitor) -> None:
    empty = {"claims.1.kind": "", "claims.1.amount_fen": "", "claims.1.detail": ""}
    third = {"claims.2.kind": "deposit", "claims.2.amount_fen": "500", "claims.2.detail": "押金"}
    done = lawyer_at.fill("/cases/new", {**REGISTRATION, **empty, **third, "step": "register"})
    case = service.ask("GET", f"/api/v1{done.location.partition('?')[0]}").json()
    assert [claim["kind"] for claim in case["claims"]] == ["wages", "deposit"]


def test_consultation_needs_neither_employer_nor_claims(service: Service, lawyer_at: Visitor) -> None:
    asked = {name: value for name, value in REGISTRATION.items() if not name.startswith(("employer.", "claims."))}
    done = lawyer_at.fill("/cases/new", {**asked, "kind": "consultation", "step": "register"})
    assert done.status == 303
    assert _cases(service) == 1


def test_registration_waits_in_the_sign_in_when_the_session_ran_out(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    fields = {**visitor.get("/cases/new").fields, **REGISTRATION, "step": "register"}
    visitor.client.cookies.clear()
    asked = visitor.post("/cases/new", fields)
    assert asked.status == 401
    assert "已填的内容没有丢" in asked.seen
    resumed = visitor.post("/sign-in", {**asked.fields, "username": "lawyer", "password": PASSWORD})
    assert resumed.status == 200
    assert PASSWORD not in resumed.answer.text
    done = visitor.post(resumed.fields.get("next", "/cases/new"), resumed.fields)
    assert done.status == 303
    assert _cases(service) == 1


def test_registration_comes_back_when_nothing_can_be_saved(service: Service, lawyer_at: Visitor) -> None:
    with mock.patch.object(registration, "register_case", side_effect=Unavailable("database", "locked")):
        shown = lawyer_at.fill("/cases/new", {**REGISTRATION, "step": "register"})
    assert shown.status == 503
    assert shown.answer.headers["retry-after"]
    assert "您填写的内容都在" in shown.seen
    done = lawyer_at.post("/cases/new", shown.fields)
    assert done.status == 303
    assert _cases(service) == 1


def test_defect_is_a_page_that_shows_nothing_of_itself(lawyer_at: Visitor) -> None:
    with mock.patch.object(registration, "register_case", side_effect=RuntimeError("371103 secret")):
        shown = lawyer_at.fill("/cases/new", {**REGISTRATION, "step": "register"})
    assert shown.status == 500
    assert "系统出了问题" in shown.seen
    assert "secret" not in shown.answer.text


def test_correction_is_recorded_with_its_reason(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    done = lawyer_at.fill(f"/cases/{case_id}/change", {"facts": "更正后的事实", "reason": "笔误"})
    assert done.location == f"/cases/{case_id}?done=changed"
    case = service.ask("GET", f"/api/v1/cases/{case_id}").json()
    assert (case["facts"], case["version"], case["channel"]) == ("更正后的事实", 2, "12351")


def test_correction_of_an_older_version_shows_both_wordings(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    page = lawyer_at.get(f"/cases/{case_id}/change")
    lawyer_at.fill(f"/cases/{case_id}/change", {"facts": "别人先改的事实", "reason": "补充"})
    shown = lawyer_at.post(f"/cases/{case_id}/change", {**page.fields, "facts": "我改的事实", "reason": "笔误"})
    assert shown.status == 412
    assert "案件已被他人修改" in shown.seen
    assert "别人先改的事实" in shown.seen
    assert shown.fields["facts"] == "我改的事实"
    again = lawyer_at.post(f"/cases/{case_id}/change", shown.fields)
    assert again.status == 303
    assert service.ask("GET", f"/api/v1/cases/{case_id}").json()["version"] == 3


def test_aid_is_corrected_by_form_and_shown(service: Service, lawyer_at: Visitor) -> None:
    aid = {"provider": "state", "form": "arbitration", "hardship": None, "urgency": None}
    case_id = service.register({**SHORT_CASE, "kind": "legal_aid", "aid": aid})["id"]
    page = lawyer_at.get(f"/cases/{case_id}/change")
    assert page.fields["aid.provider"] == "state"

    done = lawyer_at.fill(f"/cases/{case_id}/change", {"aid.provider": "union", "reason": "由工会提供"})

    assert done.location == f"/cases/{case_id}?done=changed"
    changed = service.ask("GET", f"/api/v1/cases/{case_id}").json()
    assert changed["aid"] == {**aid, "provider": "union"}
    assert changed["version"] == 2


def test_correction_that_changes_nothing_is_refused(lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    shown = lawyer_at.fill(f"/cases/{case_id}/change", {"reason": "无"})
    assert shown.status == 422
    assert "没有要修改的内容" in shown.seen


def test_case_page_shows_how_far_each_record_has_come(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    service.wait_until_final()
    shown = lawyer_at.get(f"/cases/{case_id}")
    assert "已上链，最终确认" in shown.seen
    assert "本卷第 1 号" in shown.seen
    assert "data-pending" not in shown.answer.text
    receipt = re.search(r'href="(/statements/[^"]+/receipt)"', shown.answer.text)
    assert receipt is not None
    answer = lawyer_at.get(receipt[1]).answer
    assert answer.json()["format"] == "legal-ledger/receipt/v1"
    assert answer.headers["content-disposition"].endswith('.receipt.json"')


def test_long_history_goes_on_on_another_page(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    with mock.patch.object(case_pages, "TIMELINE_SIZE", 1):
        lawyer_at.fill(f"/cases/{case_id}/change", {"facts": "二", "reason": "补充"})
        first = lawyer_at.get(f"/cases/{case_id}")
        following = re.search(r'href="(/cases/[^"]+cursor=[^"#]+)#timeline"', first.answer.text)
        assert following is not None
        assert "本卷第 2 号" in lawyer_at.get(following[1].replace("&amp;", "&")).seen
    assert "本卷第 2 号" not in first.seen


def test_list_goes_on_page_by_page_newest_first(service: Service, lawyer_at: Visitor) -> None:
    for _ in range(3):
        lawyer_at.register()
        service.clock.advance(service.runtime.settings.token_lifetime)
    with mock.patch.object(case_pages, "PAGE_SIZE", 2):
        first = lawyer_at.get("/cases?kind=mediation")
        following = re.search(r'href="([^"]+)" rel="next"', first.answer.text)
        assert following is not None
        last = lawyer_at.get(following[1].replace("&amp;", "&"))
    assert re.findall(r"第000\d号", first.seen) == ["第0003号", "第0002号"]
    assert re.findall(r"第000\d号", last.seen) == ["第0001号"]
    assert 'rel="next"' not in last.answer.text


@pytest.mark.parametrize(
    ("sought", "found"),
    [("周小满", True), ("绳网", True), ("劳调字第0001", True), ("（2026）岚劳调", True), ("%", False), ("张", False)],
)
def test_list_is_narrowed_by_number_or_name(lawyer_at: Visitor, sought: str, found: bool) -> None:
    lawyer_at.register()
    shown = lawyer_at.get("/cases", params={"q": sought})
    assert ("日照示例绳网有限公司" in shown.seen) == found
    assert shown.fields["q"] == sought
