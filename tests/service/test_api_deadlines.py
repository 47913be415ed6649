"""Deadlines over HTTP: of a case, of an office, in a calendar; each with its day, its article, what is left of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tests.clock import START
from tests.process import SHORT_CASE
from tests.service.conftest import Service, StartService
from tests.service.test_api_agreements import Office
from tests.service.test_clocks import YEAR_2027

pytestmark = pytest.mark.longer(one_in=5)

Deadline = dict[str, Any]


def _of_case(service: Service, case_id: str, username: str = "mediator") -> dict[str, Deadline]:
    answer = service.ask("GET", f"/api/v1/cases/{case_id}/deadlines", username)
    assert answer.status_code == 200, answer.text
    return {item["rule"]: item for item in answer.json()["items"]}


def _of_office(service: Service, username: str = "mediator", **query: Any) -> dict[str, Any]:
    answer = service.ask("GET", "/api/v1/deadlines", username, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_both_clocks_of_the_agreement_run_from_its_effect(service: Service) -> None:
    office = Office(service)
    office.sign_all()

    found = _of_case(service, office.case["id"])

    review, confirmation = found["arbitration_review_request"], found["judicial_confirmation_request"]
    assert (review["due_on"], review["days_left"], review["checked_on"]) == ("2026-08-04", 15, None)
    assert (confirmation["due_on"], confirmation["days_left"]) == ("2026-08-19", 30)
    assert confirmation["article"] == "民事诉讼法 第二百零五条（人民调解法 第三十三条）"
    assert confirmation["checked_on"] == "2026-11-25"


def test_instalments_are_due_on_their_days_and_met_by_payment(service: Service) -> None:
    office = Office(service)
    office.sign_all()
    paid = {"position": 1, "paid_fen": 1000000, "paid_on": "2026-07-20"}
    assert office.post(f"{office.path}/instalments", paid).status_code == 201

    answer = service.ask("GET", f"/api/v1/cases/{office.case['id']}/deadlines", "mediator").json()

    instalments = {item["due_on"]: item["state"] for item in answer["items"] if item["rule"] == "instalment"}
    assert instalments == {"2026-07-31": "met", "2026-08-31": "open"}


def test_draft_promises_no_payment_yet(service: Service) -> None:
    office = Office(service)

    assert "instalment" not in _of_case(service, office.case["id"])


def test_unpaid_instalment_leads_the_office_once_it_is_overdue(service: Service) -> None:
    office = Office(service)
    office.sign_all()
    service.clock.set(START + timedelta(days=12))

    first = _of_office(service)["items"][0]

    assert (first["case_no"], first["deadline"]["rule"]) == (office.case["case_no"], "instalment")
    assert (first["deadline"]["days_left"], first["deadline"]["state"]) == (-1, "missed")


def test_lapsed_right_is_no_longer_pending(service: Service) -> None:
    office = Office(service)
    office.sign_all()
    service.clock.set(START + timedelta(days=31))

    pending = {item["deadline"]["rule"] for item in _of_office(service)["items"]}

    assert "judicial_confirmation_request" not in pending
    assert _of_case(service, office.case["id"])["judicial_confirmation_request"]["state"] == "missed"


def test_application_for_legal_aid_has_seven_days(service: Service) -> None:
    case = service.register({**SHORT_CASE, "kind": "legal_aid", "received_on": "2026-07-17"})

    found = _of_case(service, case["id"], "lawyer")["legal_aid_review"]

    assert (found["due_on"], found["days_left"], found["actor"]) == ("2026-07-24", 4, "legal_aid_centre")


def _take(service: Service, case: dict[str, Any], step: str, day: str, **more: Any) -> None:
    body = {"step": step, "occurred_on": day, **more}
    answer = service.ask("POST", f"/api/v1/cases/{case['id']}/steps", json=body)
    assert answer.status_code == 201, answer.text


def test_steps_of_legal_aid_start_and_settle_its_clocks(service: Service) -> None:
    case = service.register({**SHORT_CASE, "kind": "legal_aid", "received_on": "2026-07-06"})

    _take(service, case, "ask_for_material", "2026-07-08", note="缺身份证明")
    waiting = _of_case(service, case["id"], "lawyer")
    _take(service, case, "supply_material", "2026-07-10")
    _take(service, case, "grant", "2026-07-14")
    granted = _of_case(service, case["id"], "lawyer")
    _take(service, case, "assign", "2026-07-20", lawyer="孙示例")
    assigned = _of_case(service, case["id"], "lawyer")

    assert (waiting["legal_aid_review"]["state"], waiting["legal_aid_review"]["due_on"]) == ("paused", None)
    review, assignment = granted["legal_aid_review"], granted["legal_aid_assignment"]
    assert (review["state"], review["due_on"], review["settled_on"]) == ("met", "2026-07-15", "2026-07-14")
    assert (assignment["state"], assignment["due_on"], assignment["days_left"]) == ("missed", "2026-07-17", -3)
    late = assigned["legal_aid_assignment"]
    assert (late["state"], late["settled_on"], late["days_left"]) == ("missed", "2026-07-20", None)
    assert assigned["legal_aid_first_interview"]["due_on"] == "2026-07-27"


def test_interview_and_review_settle_their_clocks(service: Service) -> None:
    case = service.register({**SHORT_CASE, "kind": "legal_aid", "received_on": "2026-07-06"})
    path = f"/api/v1/cases/{case['id']}"

    def enter(what: str, **body: Any) -> dict[str, Any]:
        answer = service.ask("POST", what, json=body)
        assert answer.status_code == 201, answer.text
        entered: dict[str, Any] = answer.json()
        return entered

    _take(service, case, "refuse", "2026-07-09", note="不属于援助范围")
    request = enter(f"{path}/reviews", party=1, occurred_on="2026-07-10", text="申请复核。")
    waiting = _of_case(service, case["id"], "lawyer")
    decision = {"occurred_on": "2026-07-15", "result": "corrected", "text": "责令改正。", "body": "岚山区示例司法局"}
    enter(f"/api/v1/entries/{request['id']}/decisions", **decision)
    decided = _of_case(service, case["id"], "lawyer")

    assert (waiting["legal_aid_objection"]["state"], waiting["legal_aid_objection_review"]["due_on"]) == (
        "met",
        "2026-07-15",
    )
    assert decided["legal_aid_objection_review"]["state"] == "met"


def test_mediation_that_goes_on_by_consent_is_due_on_the_day_agreed(service: Service) -> None:
    case = service.register({**SHORT_CASE, "received_on": "2026-07-06"})
    for step in ("consult_other_side", "accept", "start_mediation"):
        _take(service, case, step, "2026-07-07")

    _take(service, case, "extend", "2026-07-17", until="2026-07-31")

    found = _of_case(service, case["id"], "lawyer")
    assert (found["mediation_term"]["state"], found["mediation_term"]["due_on"]) == ("not_applicable", "2026-07-21")
    assert (found["mediation_extended_term"]["state"], found["mediation_extended_term"]["due_on"]) == (
        "open",
        "2026-07-31",
    )


def test_failed_mediation_settles_its_term(service: Service) -> None:
    case = service.register({**SHORT_CASE, "received_on": "2026-07-06"})
    for step in ("accept", "start_mediation"):
        _take(service, case, step, "2026-07-07")

    _take(service, case, "fail", "2026-07-20", ground="differences")

    assert _of_case(service, case["id"], "lawyer")["mediation_term"]["state"] == "met"


def test_end_of_the_agreement_ends_its_clocks(service: Service) -> None:
    office = Office(service)
    office.sign_all()
    ending = {"ending": "rescinded", "occurred_on": "2026-07-20", "reason": "双方另行协商", "parties": [1, 2]}

    answer = office.post(f"{office.path}/endings", ending)

    assert answer.status_code == 201, answer.text
    found = _of_case(service, office.case["id"])
    assert {found[rule]["state"] for rule in ("judicial_confirmation_request", "instalment")} == {"not_applicable"}


def test_joint_application_settles_the_clock_of_its_agreement_and_starts_that_of_the_court(service: Service) -> None:
    office = Office(service)
    agreement = office.sign_all()["id"]
    service.clock.set(START + timedelta(days=5))
    body = {
        "kind": "judicial_confirmation",
        "body": "日照市岚山区示例人民法院",
        "opened_on": "2026-07-24",
        "applicants": [1, 2],
        "agreement": agreement,
    }

    answer = office.post(f"/api/v1/cases/{office.case['id']}/proceedings", body)

    assert answer.status_code == 201, answer.text
    found = _of_case(service, office.case["id"])
    assert (found["judicial_confirmation_request"]["state"], found["arbitration_review_request"]["state"]) == (
        "met",
        "open",
    )
    acceptance = found["judicial_confirmation_acceptance"]
    assert (acceptance["due_on"], acceptance["actor"]) == ("2026-07-27", "court")


def test_list_goes_page_by_page_without_losing_one(service: Service) -> None:
    for day in ("2026-07-10", "2026-07-14", "2026-07-13"):
        service.register({**SHORT_CASE, "received_on": day}, username="mediator")
    whole = _of_office(service)["items"]

    paged, cursor = [], None
    while True:
        page = _of_office(service, limit=1, **({"cursor": cursor} if cursor else {}))
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break

    assert paged == whole
    assert [item["deadline"]["due_on"] for item in whole] == ["2026-07-27", "2026-07-28", "2026-07-29"]


def test_deadlines_of_another_office_are_not_found(service: Service) -> None:
    case = service.register()

    assert service.ask("GET", f"/api/v1/cases/{case['id']}/deadlines", "other").status_code == 404
    assert _of_office(service, "other")["items"] == []
    assert len(_of_office(service, "auditor")["items"]) == 1


def test_administrator_sees_no_deadline(shared: Service) -> None:
    assert shared.ask("GET", "/api/v1/deadlines", "admin").status_code == 403


@pytest.mark.parametrize(("file", "due_on", "missing"), [(None, "2027-02-08", [2027]), (YEAR_2027, "2027-02-09", [])])
def test_year_whose_holidays_are_missing_is_said_and_can_be_supplied(
    start_service: StartService, tmp_path: Path, file: str | None, due_on: str, missing: list[int]
) -> None:
    holidays = tmp_path / "2027.toml" if file else None
    if file and holidays:
        holidays.write_text(file, "utf-8")
    service = start_service(holidays=holidays)
    service.clock.set(START.replace(year=2027, month=2, day=1))
    case = service.register({**SHORT_CASE, "kind": "legal_aid", "received_on": "2027-02-01"})

    found = _of_case(service, case["id"], "lawyer")["legal_aid_review"]

    assert (found["due_on"], found["missing_years"]) == (due_on, missing)


def test_local_terms_shorten_what_a_case_shows(start_service: StartService, tmp_path: Path) -> None:
    terms = tmp_path / "terms.toml"
    terms.write_text(
        '[legal_aid_review]\nlength = 2\nunit = "working_days"\nsource = "示例办法 第一条"\nchecked_on = 2026-11-25\n',
        "utf-8",
    )
    service = start_service(local_terms=terms)
    case = service.register({**SHORT_CASE, "kind": "legal_aid", "received_on": "2026-07-17"})

    found = _of_case(service, case["id"], "lawyer")["legal_aid_review"]

    assert (found["due_on"], found["article"]) == ("2026-07-21", "示例办法 第一条")


def _address(service: Service, username: str = "mediator", **query: str) -> str:
    answer = service.ask("POST", "/api/v1/calendar", username, params=query)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"]).removeprefix("http://127.0.0.1:8000")


def test_calendar_holds_the_last_days_and_nothing_of_a_person(service: Service) -> None:
    office = Office(service)
    office.sign_all()

    answer = service.client.get(_address(service))

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    days = {str(event["summary"]): event.decoded("dtstart") for event in events}
    number = office.case["case_no"]
    assert days[f"{number} 共同申请仲裁审查"] == date(2026, 8, 4)
    assert days[f"{number} 共同申请司法确认"] == date(2026, 8, 19)
    text = answer.content.replace(b"\r\n ", b"").decode()
    for private in ("周小满", "日照示例绳网", "李示例", "371103197905200009", "王示例", "18640", "10000"):
        assert private not in text


def test_calendar_is_in_the_language_it_was_made_in(service: Service) -> None:
    service.register(username="mediator")

    events = Calendar.from_ical(service.client.get(_address(service, language="en")).content).walk("VEVENT")

    assert "Term of mediation" in str(events[0]["summary"])


def test_calendar_lines_end_and_fold_as_the_format_asks(service: Service) -> None:
    service.register(username="mediator")

    lines = service.client.get(_address(service)).content.split(b"\r\n")

    assert (lines[0], lines[-2], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)


def test_entry_of_a_deadline_keeps_its_identity(service: Service) -> None:
    service.register(username="mediator")
    path = _address(service)

    def identities() -> list[str]:
        return [str(event["uid"]) for event in Calendar.from_ical(service.client.get(path).content).walk("VEVENT")]

    first = identities()
    service.clock.set(START + timedelta(days=1))

    assert identities() == first


def test_calendar_stops_when_it_is_withdrawn_or_made_anew(service: Service) -> None:
    first = _address(service)
    second = _address(service)

    assert service.client.get(first).status_code == 404
    assert service.client.get(second).status_code == 200
    assert service.ask("DELETE", "/api/v1/calendar", "mediator").status_code == 204
    assert service.client.get(second).status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 64])
def test_calendar_of_nobody_is_not_found(shared: Service, token: str) -> None:
    answer = shared.client.get(f"/calendar/{token}.ics")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_calendar_shows_its_own_office_alone(service: Service) -> None:
    service.register()

    content = service.client.get(_address(service, "other")).content

    assert Calendar.from_ical(content).walk("VEVENT") == []


def test_administrator_gets_no_calendar(shared: Service) -> None:
    assert shared.ask("POST", "/api/v1/calendar", "admin").status_code == 403
