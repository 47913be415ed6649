"""The sheet of an agreement, reports by form, and how an agreement ends by form."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.qr import read_qr
from tests.service.audited_home import MARKS, TERMS
from tests.service.conftest import Service, running
from tests.service.visitor import Visitor

pytestmark = pytest.mark.longer(one_in=5)


@pytest.fixture(scope="module")
def autumn(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests here, in September; each works on its own case."""
    clock = FixedClock()
    clock.advance(timedelta(days=60))
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("autumn") / "var"))
    with running(home, clock) as service:
        yield service


@pytest.fixture
def mediator(autumn: Service) -> Visitor:
    return Visitor(autumn).sign_in("mediator")


def draft(service: Service, *, username: str = "mediator", **changes: Any) -> dict[str, Any]:
    case = service.register(username=username)
    answer = service.ask("POST", f"/api/v1/cases/{case['id']}/agreements", username, json={**TERMS, **changes})
    assert answer.status_code == 201, answer.text
    agreement: dict[str, Any] = answer.json()
    return agreement


def in_effect(service: Service) -> dict[str, Any]:
    agreement = draft(service)
    for mark in MARKS:
        service.ask("POST", f"/api/v1/agreements/{agreement['id']}/signatures", "mediator", json=mark)
    return agreement


# ------------------------------------------------------------------------------------------------------------ the sheet


def test_sheet_says_everything_that_is_signed(autumn: Service, mediator: Visitor) -> None:
    agreement = draft(autumn)
    seen = mediator.get(f"/agreements/{agreement['id']}/print").seen
    for words in (
        agreement["number"],
        "371103197905200009",
        "91371103MA0000000L",
        "27,960.00 元",
        "人民币贰万柒仟玖佰陆拾元整",
        "人民币壹万柒仟玖佰陆拾元整",
        "2026年8月31日",
        "6200000000000000000",
        "加班工资",
        "未在此列明的请求，不视为放弃",
        "逾期按日加付",
        "三十日内，双方可以共同向人民法院申请司法确认",
        "劳动争议调解仲裁法 第十六条",
        "签名、按指印或盖章",
        "测试网络",
    ):
        assert words in seen, words


def test_sheet_has_record_number_code_and_a_qr_code_that_leads_to_both(autumn: Service, mediator: Visitor) -> None:
    agreement = draft(autumn)
    code = autumn.ask("GET", f"/api/v1/agreements/{agreement['id']}/paper-code", "mediator").json()
    page = mediator.get(f"/agreements/{agreement['id']}/print")
    assert code["record_no"] in page.seen
    assert code["paper_code"] in page.seen
    assert read_qr(page.answer.text) == [f"http://127.0.0.1:8000/v/{code['record_no']}#{code['paper_code']}"]


def test_sheet_shows_no_code_to_whoever_may_not_print_papers(autumn: Service) -> None:
    agreement = draft(autumn)
    code = autumn.ask("GET", f"/api/v1/agreements/{agreement['id']}/paper-code", "mediator").json()
    page = Visitor(autumn).sign_in("auditor").get(f"/agreements/{agreement['id']}/print")
    assert page.status == 200
    assert code["paper_code"] not in page.answer.text
    assert read_qr(page.answer.text) == []


def test_sheet_of_another_office_is_not_there(autumn: Service) -> None:
    agreement = draft(autumn)
    assert Visitor(autumn).sign_in("other").get(f"/agreements/{agreement['id']}/print").status == 404


def test_sheet_of_an_oral_agreement_says_what_it_is_not_good_for(autumn: Service) -> None:
    agreement = draft(autumn, username="other", form="oral")
    visitor = Visitor(autumn).sign_in("other")
    for path in (f"/agreements/{agreement['id']}", f"/agreements/{agreement['id']}/print"):
        seen = visitor.get(path).seen
        assert "不能据以申请支付令" in seen
    assert "按指印或盖章" not in visitor.get(f"/agreements/{agreement['id']}/print").seen


def test_page_in_english_has_the_sheet_in_english(autumn: Service) -> None:
    agreement = draft(autumn)
    seen = Visitor(autumn, language="en").sign_in("mediator").get(f"/agreements/{agreement['id']}/print").seen
    assert "What is not listed here is not given up." in seen
    assert "CNY 27,960.00" in seen


# --------------------------------------------------------------------------------------------------- the agreement page


def test_page_names_the_ways_on_with_their_articles_once_in_effect(autumn: Service, mediator: Visitor) -> None:
    agreement = in_effect(autumn)
    seen = mediator.get(f"/agreements/{agreement['id']}").seen
    for words in ("协议生效后可以走的路", "劳动争议司法解释（一） 第十三条第三款", "一方不能申请"):
        assert words in seen


def test_page_names_no_way_on_before_effect(autumn: Service, mediator: Visitor) -> None:
    seen = mediator.get(f"/agreements/{draft(autumn)['id']}").seen
    assert "协议生效后可以走的路" not in seen


def test_page_marks_what_is_overdue(autumn: Service, mediator: Visitor) -> None:
    agreement = in_effect(autumn)
    assert "已到期，未见全额付款记录" in mediator.get(f"/agreements/{agreement['id']}").seen


# -------------------------------------------------------------------------------------------------------------- reports


def test_report_and_answer_are_recorded_by_form(autumn: Service, mediator: Visitor) -> None:
    path = f"/agreements/{in_effect(autumn)['id']}"
    report = {"party": "1", "instalment": "1", "occurred_on": "2026-08-02", "detail": "第一期没有收到。"}
    done = mediator.fill(f"{path}/reports/new", report)
    assert done.location == f"{path}?done=reported"
    answered = mediator.fill(
        f"{path}/reports/1/answer", {"party": "2", "occurred_on": "2026-08-03", "answer": "月底付清。"}
    )
    assert answered.location == f"{path}?done=answered"
    seen = mediator.get(path).seen
    for words in (
        "周小满 的第 1 项反映",
        "第一期没有收到。",
        "日照示例绳网有限公司 的答复",
        "月底付清。",
        "不是本机构的认定",
    ):
        assert words in seen
    assert "这项反映已有答复" in mediator.get(f"{path}/reports/1/answer").seen


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"party": "", "detail": "x", "occurred_on": "2026-08-02"}, "请选择当事人"),
        ({"party": "1", "detail": "", "occurred_on": "2026-08-02"}, "请填写哪一项没有履行"),
        ({"party": "1", "detail": "x", "occurred_on": "2030-08-02"}, "这一天还没有到"),
    ],
)
def test_report_that_is_refused_keeps_every_field(
    autumn: Service, mediator: Visitor, values: dict[str, str], words: str
) -> None:
    shown = mediator.fill(f"/agreements/{in_effect(autumn)['id']}/reports/new", values)
    assert shown.status == 422
    assert words in shown.seen
    assert {name: shown.fields[name] for name in values} == values


def test_report_sent_twice_is_recorded_once(autumn: Service, mediator: Visitor) -> None:
    agreement = in_effect(autumn)
    path = f"/agreements/{agreement['id']}/reports/new"
    filled = {**mediator.get(path).fields, "party": "1", "occurred_on": "2026-08-02", "detail": "没有收到。"}
    assert [mediator.post(path, filled).status for _ in range(2)] == [303, 303]
    read = autumn.ask("GET", f"/api/v1/agreements/{agreement['id']}", "mediator").json()
    assert len(read["nonperformance"]) == 1


def test_answer_to_no_report_does_not_exist(autumn: Service, mediator: Visitor) -> None:
    assert mediator.get(f"/agreements/{in_effect(autumn)['id']}/reports/1/answer").status == 404


# -------------------------------------------------------------------------------------------------------------- endings


def test_agreement_is_rescinded_by_form_with_every_party_ticked(autumn: Service, mediator: Visitor) -> None:
    path = f"/agreements/{in_effect(autumn)['id']}"
    alone = {"ending": "rescinded", "occurred_on": "2026-08-10", "reason": "另行和解", "by.1": "1"}
    refused = mediator.post(f"{path}/ending", {**mediator.get(path).fields, **alone, "by.2": ""})
    assert refused.status == 409
    assert "单方不能解除" in refused.seen
    done = mediator.post(f"{path}/ending", {**mediator.get(path).fields, **alone, "by.2": "2"})
    assert done.status == 303, done.seen
    assert "共同解除： 周小满、日照示例绳网有限公司" in mediator.get(path).seen


def test_agreement_is_set_aside_by_form_with_its_paper(autumn: Service, mediator: Visitor) -> None:
    agreement = in_effect(autumn)
    path = f"/agreements/{agreement['id']}"
    filed = autumn.ask(
        "POST",
        f"/api/v1/cases/{agreement['case_id']}/documents",
        "mediator",
        files={"file": ("裁定.pdf", b"%PDF ruling", "application/pdf")},
        data={"doc_type": "judgment", "title": "民事裁定书"},
    ).json()
    values = {
        "ending": "set_aside",
        "occurred_on": "2026-09-01",
        "body": "示例法院",
        "number": "示例第1号",
        "document": filed["id"],
        "by.1": "",
        "by.2": "",
    }
    done = mediator.post(f"{path}/ending", {**mediator.get(path).fields, **values})
    assert done.status == 303, done.seen
    seen = mediator.get(path).seen
    assert "示例法院 示例第1号" in seen
    assert "文书：民事裁定书" in seen


def test_page_shows_the_clocks_that_run_from_effect_with_their_articles(autumn: Service, mediator: Visitor) -> None:
    """In effect on 2026-07-20: joint review until 08-04, joint confirmation until 08-19."""
    seen = mediator.get(f"/agreements/{in_effect(autumn)['id']}").seen
    for words in ("本协议的期限", "2026年8月4日", "2026年8月19日", "按期付款"):
        assert words in seen, words
