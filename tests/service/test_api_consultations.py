"""The register of consultations over HTTP: recorded, found, counted, turned into a case with nothing typed again."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.process import SHORT_CASE
from tests.service.conftest import Service

pytestmark = pytest.mark.longer(one_in=5)

CASES, REGISTER = "/api/v1/cases", "/api/v1/consultations"
ANONYMOUS: dict[str, Any] = {
    "kind": "consultation",
    "dispute_type": "D5a",
    "channel": "12351",
    "received_on": "2026-07-08",
    "facts": "三个月未发工资，如何要？",
    "consultation": {"caller_kind": "colleague", "advice": "可以申请调解或者仲裁。"},
}
WHOLE: dict[str, Any] = {
    **SHORT_CASE,
    "kind": "consultation",
    "consultation": {
        "caller_kind": "worker",
        "caller_name": "周小满",
        "caller_phone": "000-00000000",
        "advice": "告知准备工资条。",
        "outcome": "follow_up",
        "follow_up_on": "2026-07-10",
        "follow_up": "回电",
    },
}


def _convert(service: Service, case_id: str, body: dict[str, Any], **request: Any) -> Any:
    return service.ask("POST", f"{CASES}/{case_id}/conversions", json=body, **request)


# ----------------------------------------------------------------------------------------------------------- recording


def test_caller_need_not_say_who_they_are(service: Service) -> None:
    case = service.register(ANONYMOUS)
    assert case["parties"] == []
    assert case["consultation"] == {
        "caller_kind": "colleague",
        "caller_name": None,
        "caller_phone": None,
        "advice": "可以申请调解或者仲裁。",
        "outcome": "advised",
        "follow_up_on": None,
        "follow_up": None,
    }


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"kind": "mediation"}, "/applicant", "required"),
        ({**SHORT_CASE, "consultation": {"advice": "x"}}, "/consultation", "not_of_this_case"),
        ({"consultation": {"advice": "x", "outcome": "converted"}}, "/consultation/outcome", "set_by_conversion"),
        ({"consultation": {"advice": ""}}, "/consultation/advice", "too_short"),
        ({"aid": {"provider": "union"}}, "/aid", "not_of_this_case"),
    ],
)
def test_what_does_not_fit_is_refused(shared: Service, changes: dict[str, Any], pointer: str, code: str) -> None:
    answer = shared.ask("POST", CASES, json={**ANONYMOUS, **changes})
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


def test_outcome_is_corrected_like_anything_else(service: Service) -> None:
    case = service.register(ANONYMOUS)
    change = {"reason": "已回电", "consultation": {**ANONYMOUS["consultation"], "outcome": "referred"}}
    changed = service.ask("PATCH", f"{CASES}/{case['id']}", json=change, headers={"If-Match": '"1"'}).json()
    assert (changed["consultation"]["outcome"], changed["version"]) == ("referred", 2)


# ---------------------------------------------------------------------------------------------------------- conversion


def test_whole_consultation_becomes_a_case_with_nothing_typed_again(service: Service) -> None:
    call = service.register(WHOLE)
    answer = _convert(service, call["id"], {"kind": "mediation", "received_on": "2026-07-09"})
    case = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{CASES}/{case['id']}"
    assert (case["parties"], case["claims"], case["facts"]) == (call["parties"], call["claims"], call["facts"])
    assert (case["kind"], case["converted_from"], case["consultation"]) == ("mediation", call["id"], None)
    assert case["dispute_id"] == call["dispute_id"]


def test_consultation_says_what_became_of_it(service: Service) -> None:
    call = service.register(WHOLE)
    case = _convert(service, call["id"], {"kind": "mediation"}).json()
    after = service.ask("GET", f"{CASES}/{call['id']}").json()
    assert (after["converted_to"], after["stage"], after["version"]) == (case["id"], "converted", 2)
    assert after["consultation"]["outcome"] == "converted"


def test_correction_does_not_undo_a_conversion(service: Service) -> None:
    call = service.register(WHOLE)
    _convert(service, call["id"], {"kind": "mediation"})
    change = {"reason": "补充", "consultation": {**WHOLE["consultation"], "advice": "补充的解答"}}
    after = service.ask("PATCH", f"{CASES}/{call['id']}", json=change, headers={"If-Match": '"2"'}).json()
    assert (after["consultation"]["outcome"], after["consultation"]["advice"]) == ("converted", "补充的解答")


def test_who_asks_for_aid_becomes_its_recipient(service: Service) -> None:
    call = service.register(WHOLE)
    aid = {"provider": "union", "hardship": "exempt_migrant_worker"}
    case = _convert(service, call["id"], {"kind": "legal_aid", "aid": aid}).json()
    assert [party["role"] for party in case["parties"]] == ["recipient", "respondent"]
    assert case["aid"]["hardship"] == "exempt_migrant_worker"


def test_what_an_anonymous_call_lacks_is_named_and_can_be_given(service: Service) -> None:
    call = service.register(ANONYMOUS)
    lacking = _convert(service, call["id"], {"kind": "mediation"})
    assert [error["pointer"] for error in lacking.json()["errors"]] == ["/parties"]
    given = {name: SHORT_CASE[name] for name in ("applicant", "employer", "claims")}
    assert _convert(service, call["id"], {"kind": "mediation", **given}).status_code == 201


def test_consultation_is_turned_into_a_case_once(service: Service) -> None:
    call = service.register(WHOLE)
    first, again = (
        _convert(service, call["id"], {"kind": "mediation"}, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert first.json()["id"] == again.json()["id"]
    assert _convert(service, call["id"], {"kind": "legal_aid"}).status_code == 409


def test_case_of_another_kind_is_not_converted(service: Service, case: dict[str, Any]) -> None:
    assert _convert(service, case["id"], {"kind": "legal_aid"}).json()["code"] == "not_a_consultation"


# ------------------------------------------------------------------------------------------------- register and counts


@pytest.fixture
def month(service: Service) -> Service:
    """Three calls of July in the first office, one of June, and one of July in the second office."""
    service.register(WHOLE)
    service.register(ANONYMOUS)
    service.register({**ANONYMOUS, "channel": "window", "dispute_type": "D4b"})
    service.register({**ANONYMOUS, "received_on": "2026-06-30"})
    service.register(ANONYMOUS, username="other")
    return service


def test_month_is_counted_by_channel_type_and_outcome(month: Service) -> None:
    assert month.ask("GET", f"{REGISTER}/statistics?month=2026-07").json() == {
        "month": "2026-07",
        "total": 3,
        "channel": {"12351": 2, "window": 1},
        "dispute_type": {"D4b": 1, "D5a": 2},
        "outcome": {"advised": 2, "follow_up": 1},
        "caller_kind": {"colleague": 2, "worker": 1},
    }


def test_auditor_counts_every_office(month: Service) -> None:
    assert month.ask("GET", f"{REGISTER}/statistics?month=2026-07", "auditor").json()["total"] == 4


def test_consultation_without_an_advice_is_counted_as_such(service: Service) -> None:
    service.register({**SHORT_CASE, "kind": "consultation"})
    assert service.ask("GET", f"{REGISTER}/statistics?month=2026-07").json()["outcome"] == {"not_recorded": 1}


def test_counts_come_as_a_table(month: Service) -> None:
    answer = month.ask("GET", f"{REGISTER}/statistics.csv?month=2026-07")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="consultations-2026-07.csv"' in answer.headers["content-disposition"]
    assert rows[:4] == [
        ["month", "by", "code", "count"],
        ["2026-07", "total", "", "3"],
        ["2026-07", "channel", "12351", "2"],
        ["2026-07", "channel", "window", "1"],
    ]


@pytest.mark.parametrize("wrong", ["2026-13", "2026", "202607", "2026-7", ""])
def test_month_of_another_form_is_refused(shared: Service, wrong: str) -> None:
    assert shared.ask("GET", f"{REGISTER}/statistics?month={wrong}").status_code == 422


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 4), ("?month=2026-07", 3), ("?outcome=follow_up", 1), ("?q=周小", 1), ("?q=00000000", 1), ("?q=%25", 0)],
)
def test_register_is_narrowed(month: Service, query: str, count: int) -> None:
    assert len(month.ask("GET", REGISTER + query).json()["items"]) == count


def test_register_goes_on_page_by_page(month: Service) -> None:
    first = month.ask("GET", f"{REGISTER}?limit=3").json()
    rest = month.ask("GET", f"{REGISTER}?limit=3&cursor={first['next']}").json()
    seen = [item["id"] for item in (*first["items"], *rest["items"])]
    assert (len(first["items"]), len(rest["items"]), len(set(seen))) == (3, 1, 4)
    assert rest["next"] is None
