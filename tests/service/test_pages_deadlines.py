"""Deadlines on pages: the next one of each case, the office's list, the rules, and a calendar address made there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from service.law.deadlines import DEADLINE_RULES
from tests.clock import START
from tests.service.conftest import Service
from tests.service.test_api_agreements import Office
from tests.service.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.longer(one_in=5)


@pytest.fixture
def office(service: Service) -> Office:
    """An agreement in effect since 20 July 2026."""
    office = Office(service)
    office.sign_all()
    return office


def _at(service: Service, language: str = "zh-CN") -> Visitor:
    return Visitor(service, language=language).sign_in("mediator")


def test_case_shows_its_next_deadline_with_days_and_article(service: Service, office: Office) -> None:
    seen = _at(service).get(f"/cases/{office.case['id']}").seen

    assert "最近期限 还剩 11 天 按期付款 · 2026年7月31日" in seen
    assert "共同申请仲裁审查 还剩 15 天 2026年8月4日" in seen
    assert "共同申请司法确认 还剩 30 天 2026年8月19日" in seen
    assert "民事诉讼法 第二百零五条（人民调解法 第三十三条）" in seen
    assert "版本：2023-09-01 修正，2024-01-01 施行 · 核对日期：2026年11月25日" in seen
    assert "劳动人事争议仲裁办案规则 第七十四条 待核实" in seen


def test_case_shows_them_in_english(service: Service, office: Office) -> None:
    seen = _at(service, "en-GB").get(f"/cases/{office.case['id']}").seen

    assert "Next deadline 11 days left Pay the instalment · 31 July 2026" in seen
    assert "Apply together for judicial confirmation 30 days left 19 August 2026" in seen
    assert "(Civil Procedure Law)" in seen
    assert "To be verified" in seen


@pytest.mark.parametrize(
    ("days", "words"),
    [(8, "还剩 3 天"), (10, "还剩 1 天"), (11, "今天到期"), (12, "已逾期 1 天"), (13, "已逾期 2 天")],
)
def test_days_left_are_said_in_words(service: Service, office: Office, days: int, words: str) -> None:
    service.clock.set(START + timedelta(days=days))

    assert f"最近期限 {words} 按期付款" in _at(service).get(f"/cases/{office.case['id']}").seen


def test_list_of_cases_names_the_next_deadline_of_each(service: Service, office: Office) -> None:
    seen = _at(service).get("/cases").seen

    assert "还剩 11 天 按期付款 劳动争议调解仲裁法 第十五条、第十六条" in seen
    assert "已逾期" not in seen


def test_overdue_deadline_leads_the_list_of_cases(service: Service, office: Office) -> None:
    service.clock.set(START + timedelta(days=12))
    service.register(username="mediator")
    visitor = _at(service)

    seen = visitor.get("/cases").seen

    assert f"已逾期 已逾期 1 天 {office.case['case_no']} 按期付款" in seen
    assert seen.index("已逾期 1 天") < seen.index("案号 申请人")
    assert "已逾期 已逾期" not in visitor.get("/cases?q=x").seen


def test_page_of_the_office_is_sorted_by_days_left(service: Service, office: Office) -> None:
    seen = _at(service).get("/deadlines").seen

    order = [seen.index(text) for text in ("2026年7月31日", "2026年8月4日", "2026年8月19日", "2026年8月31日")]
    assert order == sorted(order)


def test_page_of_another_office_is_empty(service: Service, office: Office) -> None:
    seen = Visitor(service).sign_in("other").get("/deadlines").seen

    assert office.case["case_no"] not in seen
    assert "目前没有法定期限到来" in seen


def test_settled_and_lapsed_deadlines_are_kept_apart(service: Service, office: Office) -> None:
    service.clock.set(START + timedelta(days=20))

    seen = _at(service).get(f"/cases/{office.case['id']}").seen

    _, _, settled = seen.partition("已完成、已期满和不再适用的期限")
    assert "共同申请仲裁审查 已期满 2026年8月4日" in settled
    assert "调解期限 按期完成" in settled


def test_year_without_holidays_is_named_beside_the_day(service: Service) -> None:
    service.clock.set(START.replace(month=12, day=21))
    case = service.register(
        {
            "kind": "mediation",
            "dispute_type": "D5a",
            "channel": "12351",
            "received_on": "2026-12-21",
            "applicant": {"name": "周小满"},
            "employer": {"name": "日照示例绳网有限公司"},
            "claims": [{"kind": "wages", "detail": "工资"}],
            "facts": "欠发工资。",
        },
        username="mediator",
    )

    assert "2027 年放假安排尚未录入，仅按周末计算" in _at(service).get(f"/cases/{case['id']}").seen


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_page_of_rules_names_every_rule_with_its_authority(shared: Service, language: str) -> None:
    seen = Visitor(shared, language=language).sign_in().get("/deadlines/rules").seen

    for rule in DEADLINE_RULES.values():
        assert (rule.zh if language == "zh-CN" else rule.en) in seen
        assert rule.source.cited in seen
        assert (rule.consequence_zh if language == "zh-CN" else rule.consequence_en) in seen


def test_calendar_address_is_made_on_the_page_and_shown_once(service: Service, office: Office) -> None:
    visitor = _at(service)

    made = visitor.fill("/deadlines", {"step": "make"}, to="/deadlines/calendar")

    address = re.search(rf'value="{ORIGIN}(/calendar/[\w-]+\.ics)"', made.answer.text)
    assert address
    assert "您的日历地址已生成" in made.seen
    assert "共同申请司法确认" in service.client.get(address[1]).content.replace(b"\r\n ", b"").decode()
    assert address[1] not in visitor.get("/deadlines").answer.text


def test_calendar_address_is_withdrawn_on_the_page(service: Service) -> None:
    visitor = _at(service)
    made = visitor.fill("/deadlines", {"step": "make"}, to="/deadlines/calendar")
    address = re.search(r"/calendar/[\w-]+\.ics", made.answer.text)
    assert address

    gone = visitor.fill("/deadlines", {"step": "withdraw"}, to="/deadlines/calendar")

    assert (gone.status, gone.location) == (303, "/deadlines")
    assert service.client.get(address[0]).status_code == 404
    assert "撤销日历地址" not in visitor.get("/deadlines").seen


def test_address_of_the_form_leads_back_to_the_list(shared: Service) -> None:
    assert Visitor(shared).sign_in().get("/deadlines/calendar").location == "/deadlines"


def test_administrator_is_shown_no_deadlines(shared: Service) -> None:
    assert Visitor(shared).sign_in("admin").get("/deadlines").status == 403
