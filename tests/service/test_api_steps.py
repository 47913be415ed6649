"""Steps over HTTP: a lawful one is one row and one statement, another is refused with its article, leaving nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import func, select

from ledger.store.tables import StatementRow
from service.tables import CaseStep
from tests.process import SHORT_CASE
from tests.service.conftest import Service

pytestmark = pytest.mark.longer(one_in=5)

LEGAL_AID = {**SHORT_CASE, "kind": "legal_aid"}
CONSULTATION = {**SHORT_CASE, "kind": "consultation"}
LAWYER = {"lawyer": "赵示例", "licence_no": "13711202000000000", "firm": "示例律师事务所"}
DAY = "2026-07-09"

GRANTED = ({"step": "grant"}, {"step": "assign", **LAWYER}, {"step": "start_handling"})


def _take(service: Service, case: dict[str, Any], step: dict[str, Any], *, day: str = DAY) -> Any:
    body = {"occurred_on": day, **step}
    return service.ask("POST", f"/api/v1/cases/{case['id']}/steps", json=body)


def _walk(service: Service, case: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = case
    for step in steps:
        response = _take(service, case, step)
        assert response.status_code == 201, response.text
        answer = response.json()
    return answer


def _types(service: Service, case: dict[str, Any]) -> list[str]:
    answer = service.ask("GET", f"/api/v1/cases/{case['id']}/statements").json()
    return [item["type"] for item in answer["items"]]


def _steps(service: Service, case: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = service.ask("GET", f"/api/v1/cases/{case['id']}/steps").json()
    return answer


# ------------------------------------------------------------------------------------------------------------ one step


def test_step_moves_the_case_and_is_one_statement(service: Service) -> None:
    case = service.register(LEGAL_AID)

    after = _walk(service, case, {"step": "grant"})

    assert (after["stage"], after["version"]) == ("granted", 2)
    assert _types(service, case) == ["case.registered", "case.updated"]


def test_step_taken_is_shown_with_what_was_said_of_it(service: Service) -> None:
    case = service.register(LEGAL_AID)
    _walk(service, case, {"step": "grant"}, {"step": "assign", **LAWYER, "note": "示例"})

    taken = _steps(service, case)["taken"][1]

    assert taken == {
        "position": 2,
        "step": "assign",
        "stage": "assigned",
        "occurred_on": DAY,
        "ground": None,
        "until": None,
        "note": "示例",
        **LAWYER,
        "converted_to": None,
        "registrar": "lawyer",
        "case_version": 3,
        "remedy": None,
    }


def test_assignment_may_name_a_colleague_who_handles_the_case(service: Service) -> None:
    case = service.register(LEGAL_AID, username="mediator")

    after = _walk(service, case, {"step": "grant"}, {"step": "assign", **LAWYER, "handler": "lawyer"})

    assert after["handler"] == "lawyer"


@pytest.mark.parametrize(
    ("before", "step", "stage", "statement"),
    [
        ((), {"step": "refuse", "note": "不属于法律援助范围"}, "refused", "case.refused"),
        (
            ({"step": "ask_for_material", "note": "身份证明"},),
            {"step": "deem_withdrawn"},
            "deemed_withdrawn",
            "case.deemed_withdrawn",
        ),
        (GRANTED, {"step": "terminate", "ground": "own_lawyer"}, "terminated", "case.terminated"),
        (GRANTED, {"step": "complete"}, "completed", "case.completed"),
    ],
)
def test_endings_of_legal_aid_are_kept_apart(
    service: Service, before: tuple[dict[str, Any], ...], step: dict[str, Any], stage: str, statement: str
) -> None:
    case = service.register(LEGAL_AID)

    after = _walk(service, case, *before, step)

    assert after["stage"] == stage
    assert _types(service, case)[-1] == statement
    last = _steps(service, case)["taken"][-1]
    assert last["ground"] == step.get("ground")
    assert last["remedy"]["article"]


def test_failed_mediation_says_why_and_what_can_be_done_now(service: Service) -> None:
    case = service.register()

    _walk(
        service,
        case,
        {"step": "consult_other_side"},
        {"step": "accept"},
        {"step": "start_mediation"},
        {"step": "extend", "until": "2026-08-31"},
        {"step": "fail", "ground": "differences"},
    )

    last = _steps(service, case)["taken"][-1]
    assert _types(service, case)[-1] == "mediation.failed"
    assert (last["ground"], last["remedy"]["code"]) == ("differences", "fail")
    assert "仲裁" in last["remedy"]["zh"]


def test_file_of_a_completed_aid_goes_to_the_archive(service: Service) -> None:
    case = service.register(LEGAL_AID)

    after = _walk(
        service,
        case,
        *GRANTED,
        {"step": "complete"},
        {"step": "submit_file"},
        {"step": "review_file", "note": "良好"},
        {"step": "archive"},
    )

    assert after["stage"] == "archived"


def test_urgent_aid_leaves_papers_due_until_it_is_granted(service: Service) -> None:
    case = service.register(LEGAL_AID)
    _walk(service, case, {"step": "give_urgent_aid", "ground": "time_limit", **LAWYER}, {"step": "start_handling"})

    assert _steps(service, case)["papers_due"] is True
    refused = _take(service, case, {"step": "complete"})
    _walk(service, case, {"step": "grant"})

    assert (refused.status_code, refused.json()["code"]) == (409, "papers_due")
    assert _steps(service, case)["papers_due"] is False
    assert _take(service, case, {"step": "complete"}).status_code == 201


def test_consultation_becomes_the_case_it_led_to(service: Service) -> None:
    consultation, case = service.register(CONSULTATION), service.register()

    after = _walk(service, consultation, {"step": "convert", "converted_to": case["id"]})

    assert after["stage"] == "converted"
    assert _steps(service, consultation)["taken"][0]["converted_to"] == case["id"]


@pytest.mark.parametrize("target", ["consultation", "of another office", "nothing"])
def test_consultation_does_not_become_what_is_no_case_of_the_office(service: Service, target: str) -> None:
    consultation = service.register(CONSULTATION)
    other = {
        "consultation": service.register(CONSULTATION)["id"],
        "of another office": service.register(username="other")["id"],
        "nothing": "00000000-0000-4000-8000-000000000000",
    }[target]

    refused = _take(service, consultation, {"step": "convert", "converted_to": other})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "no_such_case"


# ----------------------------------------------------------------------------------------------------- what is refused


def test_unlawful_step_is_refused_with_its_article_and_leaves_nothing(service: Service) -> None:
    case = service.register(LEGAL_AID)

    refused = _take(service, case, {"step": "assign", **LAWYER})

    assert refused.status_code == 409
    assert refused.json()["code"] == "aid_not_granted"
    assert refused.json()["article"] == "法律援助法 第四十三条"
    with service.runtime.read() as session:
        assert session.exec(select(func.count()).select_from(CaseStep)).one() == 0
        about_it = select(func.count()).select_from(StatementRow).where(StatementRow.subject == case["id"])
        assert session.exec(about_it).one() == 1
    assert service.ask("GET", f"/api/v1/cases/{case['id']}").json()["stage"] == "applied"


@pytest.mark.parametrize(
    ("language", "title"), [("zh", "尚未决定给予法律援助"), ("en", "Legal aid has not been granted")]
)
def test_reason_is_said_in_the_readers_language(service: Service, language: str, title: str) -> None:
    case = service.register(LEGAL_AID)

    body = {"occurred_on": DAY, "step": "assign", **LAWYER}
    path = f"/api/v1/cases/{case['id']}/steps"
    refused = service.ask("POST", path, json=body, headers={"Accept-Language": language})

    assert refused.json()["title"] == title


@pytest.mark.parametrize(
    ("step", "pointer", "code"),
    [
        ({"step": "terminate"}, "/ground", "required"),
        ({"step": "terminate", "ground": "unwilling"}, "/ground", "not_in_list"),
        ({"step": "grant", "ground": "fraud"}, "/ground", "not_of_this_step"),
        ({"step": "refuse"}, "/note", "required"),
        ({"step": "assign"}, "/lawyer", "required"),
        ({"step": "grant", "lawyer": "赵示例"}, "/lawyer", "not_of_this_step"),
        ({"step": "grant", "firm": "示例律师事务所"}, "/firm", "not_of_this_step"),
        ({"step": "extend"}, "/until", "required"),
        ({"step": "extend", "until": DAY}, "/until", "not_after_the_step"),
        ({"step": "convert"}, "/converted_to", "required"),
        ({"step": "teleport"}, "/step", "not_in_list"),
        ({"step": "grant", "occurred_on": "2026-07-07"}, "/occurred_on", "before_received"),
        ({"step": "grant", "occurred_on": "2099-01-01"}, "/occurred_on", "in_the_future"),
        (
            {"step": "give_urgent_aid", "ground": "time_limit", **LAWYER, "handler": "nobody"},
            "/handler",
            "no_such_colleague",
        ),
    ],
)
def test_step_that_lacks_or_carries_too_much_is_refused_at_the_field(
    shared: Service, step: dict[str, Any], pointer: str, code: str
) -> None:
    case = shared.register(LEGAL_AID)

    refused = _take(shared, case, step)

    assert refused.status_code == 422
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in refused.json()["errors"]}


def test_step_before_the_last_one_is_refused(service: Service) -> None:
    case = service.register(LEGAL_AID)
    _take(service, case, {"step": "grant"}, day="2026-07-12")

    refused = _take(service, case, {"step": "assign", **LAWYER}, day="2026-07-11")

    assert refused.json()["errors"][0]["code"] == "before_last_step"


@pytest.mark.parametrize("username", ["department", "auditor", "admin"])
def test_who_does_not_work_on_cases_takes_no_step(shared: Service, shared_case: dict[str, Any], username: str) -> None:
    body = {"step": "accept", "occurred_on": DAY}

    assert shared.ask("POST", f"/api/v1/cases/{shared_case['id']}/steps", username, json=body).status_code == 403


def test_case_of_another_office_is_not_found(shared: Service, shared_case: dict[str, Any]) -> None:
    body = {"step": "accept", "occurred_on": DAY}

    assert shared.ask("POST", f"/api/v1/cases/{shared_case['id']}/steps", "other", json=body).status_code == 404
    assert shared.ask("GET", f"/api/v1/cases/{shared_case['id']}/steps", "other").status_code == 404


def test_step_sent_twice_under_its_key_is_taken_once(service: Service) -> None:
    case = service.register()
    body = {"step": "accept", "occurred_on": DAY}
    path, headers = f"/api/v1/cases/{case['id']}/steps", {"Idempotency-Key": "one"}

    first = service.ask("POST", path, json=body, headers=headers)
    again = service.ask("POST", path, json=body, headers=headers)

    assert [first.status_code, again.status_code] == [201, 201]
    assert len(_steps(service, case)["taken"]) == 1


# ---------------------------------------------------------------------------------------------------- what is possible


def test_options_say_what_is_possible_and_why_the_rest_is_not(shared: Service, shared_case: dict[str, Any]) -> None:
    options = {option["step"]: option for option in _steps(shared, shared_case)["options"]}

    assert {step for step, option in options.items() if option["possible"]} == {
        "consult_other_side",
        "accept",
        "not_accept",
        "fail",
    }
    assert options["fail"]["grounds"] == ["settled_and_withdrawn", "term_expired", "impossible"]
    assert options["fail"]["needs"] == ["ground"]
    assert options["extend"]["refusal"]["code"] == "mediation_not_begun"
    assert options["extend"]["refusal"]["article"]
    assert options["accept"]["leads_to"] == "accepted"


def test_agreement_after_a_failed_mediation_is_refused(service: Service) -> None:
    case = service.register()
    _walk(service, case, {"step": "fail", "ground": "settled_and_withdrawn"})
    terms = {"facts": "示例", "total_fen": 0, "mediator": "王示例", "agreed_on": "2026-07-10"}

    refused = service.ask("POST", f"/api/v1/cases/{case['id']}/agreements", json=terms)

    assert (refused.status_code, refused.json()["code"]) == (409, "case_has_ended")


def test_agreement_before_a_lawyer_handles_the_case_is_refused(service: Service) -> None:
    case = service.register(LEGAL_AID)
    terms = {"facts": "示例", "total_fen": 0, "mediator": "王示例", "agreed_on": "2026-07-10"}

    refused = service.ask("POST", f"/api/v1/cases/{case['id']}/agreements", json=terms)

    assert (refused.status_code, refused.json()["code"]) == (409, "aid_not_granted")


# ----------------------------------------------------------------------------------------- excluded disputes, referral


def test_excluded_dispute_is_taken_with_a_warning(service: Service) -> None:
    case = service.register({**CONSULTATION, "dispute_type": "NX4"})

    (warning,) = case["warnings"]
    assert warning["code"] == "excluded_dispute"
    assert "家政" in warning["zh"]
    assert warning["article"] == "劳动争议司法解释（一） 第二条（四）"


def test_labour_dispute_is_taken_without_one(shared_case: dict[str, Any]) -> None:
    assert shared_case["warnings"] == []


def test_referral_is_recorded_and_corrected(service: Service) -> None:
    case = service.register({**SHORT_CASE, "referral": "court", "referred_by": "岚山区人民法院 示例函"})
    change = {"reason": "更正", "referral": "labour_inspection"}

    path, headers = f"/api/v1/cases/{case['id']}", {"If-Match": '"1"'}
    changed = service.ask("PATCH", path, json=change, headers=headers).json()

    assert (case["referral"], case["referred_by"]) == ("court", "岚山区人民法院 示例函")
    assert changed["referral"] == "labour_inspection"


def test_referral_that_was_wrong_is_taken_away(service: Service) -> None:
    case = service.register({**SHORT_CASE, "referral": "court", "referred_by": "示例函"})
    change = {"reason": "更正", "referral": "", "referred_by": ""}

    path, headers = f"/api/v1/cases/{case['id']}", {"If-Match": '"1"'}
    changed = service.ask("PATCH", path, json=change, headers=headers).json()

    assert (changed["referral"], changed["referred_by"]) == (None, None)
