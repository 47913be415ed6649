"""One dispute, one case: duplicates over HTTP, within and across offices; joined, overridden, taken apart."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import col, delete, func, select

from service.cases import PURPOSE, index_again, match_keys
from service.tables import Case, Dispute, MatchKey, Party
from tests.process import SHORT_CASE
from tests.service.conftest import Service
from tests.service.twice.variants import DUPLICATES, draw_pairs

pytestmark = pytest.mark.longer(one_in=5)

CASES = "/api/v1/cases"
AGAIN: dict[str, Any] = {
    **SHORT_CASE,
    "channel": "window",
    "received_on": "2026-07-14",
    "applicant": {"name": "周小滿", "phone": "000-00000000"},
    "employer": {"name": "示例绳网有限责任公司岚山分公司"},
    "facts": "2026年3月至6月未发工资。",
}
"""The published case once more, in the words of another office."""


@pytest.fixture
def first(service: Service) -> dict[str, Any]:
    return service.register()


def _post(service: Service, path: str, body: dict[str, Any], username: str = "other", **request: Any) -> Any:
    return service.ask("POST", path, username, json=body, **request)


def _reasons(service: Service, case: dict[str, Any], username: str) -> list[Any]:
    """The reasons in the case's statements, newest last, as an auditor's receipt would disclose them."""
    page = service.ask("GET", f"{CASES}/{case['id']}/statements", username).json()
    return [item["type"] for item in page["items"]]


# ------------------------------------------------------------------------------------------------------- registration


def test_published_body_sent_twice_is_registered_twice_and_told(service: Service, first: dict[str, Any]) -> None:
    answer = service.ask("POST", CASES, json=SHORT_CASE)
    case = answer.json()
    assert answer.status_code == 201
    assert first["possible_duplicates"] == []
    assert [one["case"]["case_id"] for one in case["possible_duplicates"]] == [first["id"]]
    assert case["dispute_id"] != first["dispute_id"]


def test_variant_of_another_office_is_told_with_its_reasons(service: Service, first: dict[str, Any]) -> None:
    (found,) = _post(service, CASES, AGAIN).json()["possible_duplicates"]
    assert found["case"]["dispute_id"] == first["dispute_id"]
    assert set(found["reasons"]) == {"same_name", "same_phone", "same_firm_name", "same_months", "same_type"}


def test_other_office_sees_a_glimpse_without_id_or_names(service: Service, first: dict[str, Any]) -> None:
    (found,) = _post(service, CASES, AGAIN).json()["possible_duplicates"]
    assert found["case"] == {
        "dispute_id": first["dispute_id"],
        "case_id": None,
        "case_no": first["case_no"],
        "kind": "mediation",
        "institution": "LS-UNION",
        "received_on": "2026-07-08",
        "applicants": ["周**"],
        "respondents": ["日照****有限公司"],
        "more": 0,
    }


def test_refused_when_asked_for_and_nothing_is_stored(service: Service, first: dict[str, Any]) -> None:
    answer = _post(service, f"{CASES}?duplicates=refuse", AGAIN, headers={"Idempotency-Key": "k1"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "possible_duplicate")
    assert problem["duplicates"][0]["case"]["dispute_id"] == first["dispute_id"]
    with service.runtime.read() as session:
        assert session.exec(select(func.count()).select_from(Case)).one() == 1
    joined = {**AGAIN, "dispute_id": first["dispute_id"]}
    again = _post(service, f"{CASES}?duplicates=refuse", joined, headers={"Idempotency-Key": "k1"})
    assert again.status_code == 201


def test_joined_at_registration_is_one_dispute(service: Service, first: dict[str, Any]) -> None:
    second = _post(service, CASES, {**AGAIN, "dispute_id": first["dispute_id"]}).json()
    assert second["dispute_id"] == first["dispute_id"]
    assert second["possible_duplicates"] == []
    with service.runtime.read() as session:
        assert session.exec(select(func.count()).select_from(Dispute)).one() == 1


def test_overridden_with_a_recorded_reason(service: Service, first: dict[str, Any]) -> None:
    body = {**AGAIN, "separate_reason": "涉及另一份劳动合同"}
    second = _post(service, f"{CASES}?duplicates=refuse", body).json()
    assert (second["separate_reason"], second["possible_duplicates"]) == ("涉及另一份劳动合同", [])
    assert second["dispute_id"] != first["dispute_id"]


def test_joined_and_overridden_at_once_is_refused(service: Service, first: dict[str, Any]) -> None:
    body = {**AGAIN, "dispute_id": first["dispute_id"], "separate_reason": "x"}
    (error,) = _post(service, CASES, body).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/separate_reason", "joined_or_separate")


@pytest.mark.parametrize("known", [True, False])
def test_dispute_that_nobody_showed_cannot_be_joined(service: Service, first: dict[str, Any], known: bool) -> None:
    stranger = {**AGAIN, "applicant": {"name": "钱示例"}, "employer": {"name": "日照别的水产有限公司"}}
    dispute = first["dispute_id"] if known else str(uuid4())
    answer = _post(service, CASES, {**stranger, "dispute_id": dispute})
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/dispute_id", "no_such_dispute")
    ]


def test_same_key_answers_with_the_same_case_and_its_duplicates(service: Service, first: dict[str, Any]) -> None:
    one, two = (_post(service, CASES, AGAIN, headers={"Idempotency-Key": "k"}).json() for _ in range(2))
    assert one["id"] == two["id"]
    assert [d["case"]["case_no"] for d in two["possible_duplicates"]] == [first["case_no"]]


# --------------------------------------------------------------------------------------------------------- looking


def test_look_before_registering_records_nothing(service: Service, first: dict[str, Any]) -> None:
    found = _post(service, f"{CASES}/duplicates", AGAIN).json()["items"]
    assert [one["case"]["case_no"] for one in found] == [first["case_no"]]
    with service.runtime.read() as session:
        assert session.exec(select(func.count()).select_from(Case)).one() == 1


def test_little_is_enough_to_look(service: Service, first: dict[str, Any]) -> None:
    asked = {
        "dispute_type": "D5a",
        "received_on": "2026-07-20",
        "applicant": {"name": "周小满"},
        "employer": {"name": "示例绳网"},
    }
    assert len(_post(service, f"{CASES}/duplicates", asked).json()["items"]) == 1


@pytest.mark.parametrize("username", ["department", "auditor", "admin"])
def test_only_who_registers_may_look(service: Service, username: str) -> None:
    assert _post(service, f"{CASES}/duplicates", AGAIN, username).status_code == 403


def test_duplicates_of_a_registered_case_can_be_asked_for_later(service: Service, first: dict[str, Any]) -> None:
    second = _post(service, CASES, AGAIN).json()
    found = service.ask("GET", f"{CASES}/{second['id']}/duplicates", "other").json()["items"]
    assert [one["case"]["case_no"] for one in found] == [first["case_no"]]
    assert service.ask("GET", f"{CASES}/{first['id']}/duplicates", "other").status_code == 404


def test_index_follows_a_correction_of_the_parties(service: Service, first: dict[str, Any]) -> None:
    parties = [{"role": p["role"], "kind": p["kind"], "name": f"别{n}示例某"} for n, p in enumerate(first["parties"])]
    change = {"reason": "当事人登记有误", "parties": parties}
    service.ask("PATCH", f"{CASES}/{first['id']}", json=change, headers={"If-Match": '"1"'})
    assert _post(service, f"{CASES}/duplicates", AGAIN).json()["items"] == []
    with service.runtime.read() as session:
        rows = session.exec(select(Party).where(Party.case_id == first["id"])).all()
        kept = set(session.exec(select(MatchKey.key).where(MatchKey.case_id == first["id"])))
    assert kept == match_keys(rows, service.runtime.recorder.derived_key(PURPOSE))


def test_index_of_an_older_program_is_made_anew(service: Service, first: dict[str, Any]) -> None:
    hash_key = service.runtime.recorder.derived_key(PURPOSE)
    with service.runtime.database.write() as session:
        session.exec(delete(MatchKey).where(col(MatchKey.case_id) == first["id"]))
    assert _post(service, f"{CASES}/duplicates", AGAIN).json()["items"] == []
    with service.runtime.database.write() as session:
        assert index_again(session, hash_key, after="") == first["id"]
        assert index_again(session, hash_key, after=first["id"]) is None
    assert len(_post(service, f"{CASES}/duplicates", AGAIN).json()["items"]) == 1


def test_index_passes_by_cases_whose_parties_yield_no_key(
    service: Service, first: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cases.index.match_keys", lambda *_: frozenset())
    monkeypatch.setattr("service.cases.index.BATCH", 1)
    second = _post(service, CASES, {**AGAIN, "separate_reason": "另一笔工资"}).json()
    cases = sorted([first["id"], second["id"]])
    seen: list[str | None] = [""]
    with service.runtime.database.write() as session:
        session.exec(delete(MatchKey))
        while seen[-1] is not None and len(seen) < 10:
            seen.append(index_again(session, service.runtime.recorder.derived_key(PURPOSE), after=seen[-1]))
    assert seen == ["", *cases, None]


def test_index_holds_no_name(service: Service, first: dict[str, Any]) -> None:
    with service.runtime.read() as session:
        keys = session.exec(select(MatchKey.key)).all()
    assert len(keys) >= 10
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in keys)


# --------------------------------------------------------------------------------------------- joining, taking apart


def test_case_joins_later_and_says_so(service: Service, first: dict[str, Any]) -> None:
    second = _post(service, CASES, AGAIN).json()
    body = {"dispute_id": first["dispute_id"], "reason": "与总工会案件为同一争议"}
    joined = _post(service, f"{CASES}/{second['id']}/dispute", body)
    assert (joined.status_code, joined.headers["etag"]) == (200, '"2"')
    assert joined.json()["dispute_id"] == first["dispute_id"]
    assert _reasons(service, second, "other") == ["case.registered", "case.updated"]
    with service.runtime.read() as session:
        assert session.exec(select(Dispute.id)).all() == [first["dispute_id"]]


def test_case_is_taken_out_of_a_dispute_again(service: Service, first: dict[str, Any]) -> None:
    second = _post(service, CASES, {**AGAIN, "dispute_id": first["dispute_id"]}).json()
    path = f"{CASES}/{second['id']}/dispute"
    apart = _post(service, path, {"reason": "经核实为另一争议"}).json()
    assert apart["dispute_id"] not in {first["dispute_id"], ""}
    again = _post(service, path, {"reason": "再次"})
    assert [error["code"] for error in again.json()["errors"]] == ["dispute_of_its_own"]


def test_dispute_shows_own_cases_in_full_and_others_as_glimpses(service: Service, first: dict[str, Any]) -> None:
    second = _post(service, CASES, {**AGAIN, "dispute_id": first["dispute_id"]}).json()
    seen = service.ask("GET", f"/api/v1/disputes/{first['dispute_id']}", "other").json()["cases"]
    assert [(one["case_id"], one["applicants"]) for one in seen] == [(None, ["周**"]), (second["id"], ["周小滿"])]
    everything = service.ask("GET", f"/api/v1/disputes/{first['dispute_id']}", "auditor").json()["cases"]
    assert {one["case_id"] for one in everything} == {first["id"], second["id"]}


def test_dispute_out_of_reach_is_not_found(service: Service, first: dict[str, Any]) -> None:
    assert service.ask("GET", f"/api/v1/disputes/{first['dispute_id']}", "other").status_code == 404
    assert service.ask("GET", f"/api/v1/disputes/{uuid4()}", "lawyer").status_code == 404


# --------------------------------------------------------------------------------- twelve workers, agency and user firm


def _collective() -> dict[str, Any]:
    workers = [
        {
            "role": "applicant",
            "kind": "worker",
            "name": f"示例{sign}",
            "phone": f"000-000001{place:02d}",
            "category": "migrant_worker",
            "occupation": "装卸工",
            "chosen": place < 3,
        }
        for place, sign in enumerate("春雨惊谷夏满芒暑秋露霜冬")
    ]
    firms = [
        {"role": "respondent", "kind": "labour_agency", "name": "日照示例劳务派遣有限公司"},
        {"role": "respondent", "kind": "user_firm", "name": "日照示例码头有限公司", "representative_post": "总经理"},
        {"role": "third_party", "kind": "general_contractor", "name": "日照示例港务建设有限公司"},
    ]
    claims = [
        {"party": place, "kind": "wages", "amount_fen": 1000000 + place, "detail": "2026年4月至6月工资"}
        for place in range(1, 13)
    ]
    return {
        "kind": "mediation",
        "dispute_type": "D5a",
        "channel": "labour_inspection",
        "received_on": "2026-07-10",
        "parties": [*workers, *firms],
        "claims": claims,
        "facts": "派遣期间欠发工资。",
    }


def test_twelve_workers_of_two_offices_are_joined_to_one_dispute(service: Service) -> None:
    whole = service.register(_collective())
    assert sum(party["chosen"] for party in whole["parties"]) == 3
    assert whole["warnings"] == []
    part = _collective()
    part["parties"] = [
        {
            "role": "recipient",
            "kind": "worker",
            "name": "示例夏 ",
            "phone": "000 00000104",
            "category": "migrant_worker",
        },
        {"role": "respondent", "kind": "employer", "name": "示例碼頭"},
    ]
    part |= {
        "kind": "legal_aid",
        "claims": [{"party": 1, "kind": "wages", "detail": "2026年5月工资"}],
        "received_on": "2026-07-18",
        "aid": {"provider": "union", "form": "mediation", "hardship": "exempt_migrant_worker", "urgency": "time_limit"},
    }
    stopped = _post(service, f"{CASES}?duplicates=refuse", part)
    assert stopped.status_code == 409
    (found,) = stopped.json()["duplicates"]
    assert (found["case"]["applicants"], found["case"]["more"]) == (["示**", "示**", "示**"], 9)
    joined = _post(service, CASES, {**part, "dispute_id": found["case"]["dispute_id"]}).json()
    assert joined["dispute_id"] == whole["dispute_id"]
    assert joined["aid"] == part["aid"]
    seen = service.ask("GET", f"/api/v1/disputes/{whole['dispute_id']}", "lawyer").json()["cases"]
    assert [one["institution"] for one in seen] == ["LS-UNION", "LS-COMMITTEE"]


@pytest.mark.scaled(quick=1, ci=2, full=12)
def test_database_finds_what_the_judge_finds(service: Service, scale: int) -> None:
    """Every class of variant through the door, the index in SQL and back; numbers with a slip never get in."""
    pairs = [
        pair
        for pair in draw_pairs(31, each=scale)
        if pair.of not in {"slip in the ID number", "slip in the credit code"}
    ]
    service.clock.advance(timedelta(days=1000))
    filed = [service.register(json.loads(json.dumps(pair.filed))) for pair in pairs]
    missed, wrong = [], []
    for pair, case in zip(pairs, filed, strict=True):
        answer = _post(service, f"{CASES}/duplicates", json.loads(json.dumps(pair.comes)))
        assert answer.status_code == 200, (pair.of, answer.text)
        found = {one["case"]["dispute_id"] for one in answer.json()["items"]}
        if pair.same and case["dispute_id"] not in found:
            missed.append(pair.of)
        if not pair.same and case["dispute_id"] in found:
            wrong.append(pair.of)
    assert len(missed) <= 0.05 * len(DUPLICATES) * scale, missed
    assert len(wrong) <= 0.05 * len(pairs), wrong
