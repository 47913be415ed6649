"""Days that clocks run from: noted, withdrawn, never changed; over HTTP and on pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.process import SHORT_CASE
from tests.service.conftest import Service
from tests.service.visitor import Visitor

ENDED = {"code": "fact.employment_ended", "day": "2026-06-30", "note": "解除通知"}


def _note(service: Service, case: dict[str, Any], username: str = "lawyer", **changes: Any) -> Any:
    return service.ask("POST", f"/api/v1/cases/{case['id']}/dates", username, json={**ENDED, **changes})


def _deadline(service: Service, case: dict[str, Any], rule: str) -> dict[str, Any] | None:
    items = service.ask("GET", f"/api/v1/cases/{case['id']}/deadlines").json()["items"]
    found: dict[str, Any] | None = next((item for item in items if item["rule"] == rule), None)
    return found


def test_noted_day_is_one_statement_and_starts_its_clock(service: Service, case: dict[str, Any]) -> None:
    answer = _note(service, case)

    assert answer.status_code == 201
    noted = answer.json()
    assert {name: noted[name] for name in ENDED} == ENDED
    types = service.ask("GET", f"/api/v1/cases/{case['id']}/statements").json()["items"]
    assert [item["type"] for item in types] == ["case.registered", "date.recorded"]
    limitation = _deadline(service, case, "limitation_wages")
    assert limitation
    # mediation was sought on 8 July 2026: limitation runs anew from that day
    assert (limitation["started_on"], limitation["due_on"]) == ("2026-07-08", "2027-07-08")


def test_withdrawn_day_stays_on_record_and_starts_nothing(service: Service, case: dict[str, Any]) -> None:
    noted = _note(service, case).json()

    answer = service.ask("POST", f"/api/v1/dates/{noted['id']}/withdrawal", json={"reason": "录入有误"})

    assert (answer.status_code, answer.json()["withdrawn"], answer.json()["version"]) == (201, True, 2)
    assert _deadline(service, case, "limitation_wages") is None
    (listed,) = service.ask("GET", f"/api/v1/cases/{case['id']}/dates").json()["items"]
    one = service.ask("GET", f"/api/v1/dates/{noted['id']}").json()
    assert [item.pop("statement")["record_no"] for item in (listed, one)] == [noted["statement"]["record_no"]] * 2
    assert listed == one


def test_day_is_withdrawn_once(service: Service, case: dict[str, Any]) -> None:
    noted = _note(service, case).json()
    path = f"/api/v1/dates/{noted['id']}/withdrawal"
    service.ask("POST", path, json={"reason": "录入有误"})

    again = service.ask("POST", path, json={"reason": "录入有误"})

    assert (again.status_code, again.json()["code"]) == (409, "withdrawn_already")


def test_day_ahead_is_refused_unless_it_is_a_hearing(service: Service, case: dict[str, Any]) -> None:
    ahead = _note(service, case, day="2026-08-30")
    hearing = _note(service, case, code="proceeding.arbitration.hearing", day="2026-08-30")

    assert (ahead.status_code, ahead.json()["errors"][0]["code"]) == (422, "in_the_future")
    assert hearing.status_code == 201
    notice = _deadline(service, case, "arbitration_hearing_notice")
    assert notice
    assert (notice["due_on"], notice["actor"]) == ("2026-08-25", "arbitration_commission")


def test_award_received_opens_fifteen_days_for_a_suit(service: Service, case: dict[str, Any]) -> None:
    _note(service, case, code="proceeding.arbitration.served", day="2026-07-20")

    suit = _deadline(service, case, "award_suit")
    set_aside = _deadline(service, case, "award_set_aside")

    assert suit
    assert set_aside
    assert (suit["due_on"], set_aside["due_on"]) == ("2026-08-04", "2026-08-19")


@pytest.mark.parametrize("code", ["case.received", "step.grant", "proceeding.arbitration.opened", "fact.unknown"])
def test_day_that_another_record_has_is_not_noted(shared: Service, shared_case: dict[str, Any], code: str) -> None:
    answer = _note(shared, shared_case, code=code)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_in_list")


def test_day_sent_twice_is_noted_once(service: Service, case: dict[str, Any]) -> None:
    path, headers = f"/api/v1/cases/{case['id']}/dates", {"Idempotency-Key": "k1"}

    first, second = (service.ask("POST", path, json=ENDED, headers=headers).json() for _ in range(2))

    assert first["id"] == second["id"]
    assert len(service.ask("GET", path).json()["items"]) == 1


def test_days_of_another_office_are_not_found(service: Service, case: dict[str, Any]) -> None:
    noted = _note(service, case).json()

    assert _note(service, case, "other").status_code == 404
    for path in (f"/api/v1/cases/{case['id']}/dates", f"/api/v1/dates/{noted['id']}"):
        assert service.ask("GET", path, "other").status_code == 404
    withdrawal = f"/api/v1/dates/{noted['id']}/withdrawal"
    assert service.ask("POST", withdrawal, "other", json={"reason": "x"}).status_code == 404
    assert service.ask("POST", withdrawal, "department", json={"reason": "x"}).status_code == 403


def test_day_is_noted_and_withdrawn_on_pages(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    case_id = service.register({**SHORT_CASE, "kind": "legal_aid"})["id"]

    done = visitor.fill(f"/cases/{case_id}/dates/new", {**ENDED, "note": "解除通知"})

    assert done.location == f"/cases/{case_id}?done=noted"
    page = visitor.get(done.location)
    assert "关键日期已登记" in page.seen
    assert "劳动关系终止: 2026年6月30日 · 解除通知" in page.seen
    assert "拖欠劳动报酬的仲裁时效 还剩 345 天 2027年6月30日" in page.seen
    (noted,) = service.ask("GET", f"/api/v1/cases/{case_id}/dates").json()["items"]

    gone = visitor.fill(f"/dates/{noted['id']}/withdraw", {"reason": "录入有误"})

    assert gone.location == f"/cases/{case_id}?done=withdrawn"
    after = visitor.get(gone.location).seen
    assert "已撤销" in after
    assert "拖欠劳动报酬的仲裁时效" not in after


def test_case_says_when_urgent_aid_may_be_given(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    case_id = service.register({**SHORT_CASE, "kind": "legal_aid"})["id"]
    words = "申请人的权利即将因期限届满而丧失"

    assert words not in visitor.get(f"/cases/{case_id}").seen
    visitor.fill(f"/cases/{case_id}/dates/new", {**ENDED, "day": "2025-07-24"})

    assert words in visitor.get(f"/cases/{case_id}").seen


def test_fault_on_the_page_is_named_and_keeps_what_was_typed(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    case_id = visitor.register()

    shown = visitor.fill(f"/cases/{case_id}/dates/new", {**ENDED, "day": "2026-12-31"})

    assert (shown.status, shown.fields["note"]) == (422, "解除通知")
    assert "这一天还没有到" in shown.seen


def test_withdrawal_without_a_reason_is_asked_again(service: Service) -> None:
    visitor = Visitor(service, language="en-GB").sign_in()
    case_id = visitor.register()
    visitor.fill(f"/cases/{case_id}/dates/new", ENDED)
    (noted,) = service.ask("GET", f"/api/v1/cases/{case_id}/dates").json()["items"]

    shown = visitor.fill(f"/dates/{noted['id']}/withdraw", {"reason": ""})

    assert shown.status == 422
    assert "Withdraw a day" in shown.seen
