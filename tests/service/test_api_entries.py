"""Entries over HTTP: who they come from, what they are about, who typed them in; each one statement, never changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import func, select

from ledger.store.tables import StatementRow
from service.access import Action
from service.accounts import SYSTEM, Passwords, add_institution, add_user
from service.cases import find_case
from service.entries import file_answer, raise_objection
from service.inputs import AnswerInput, InstitutionInput, ObjectionInput, UserInput
from service.tables import Entry
from tests.process import SHORT_CASE
from tests.service.conftest import PASSWORD, Service

pytestmark = pytest.mark.longer(one_in=5)

LEGAL_AID = {**SHORT_CASE, "kind": "legal_aid"}
DAY = "2026-07-09"
BUREAU = InstitutionInput(code="LS-JUSTICE", name="岚山区示例司法局", kind="justice_bureau")
HR = InstitutionInput(code="LS-HR", name="岚山区示例人社局", kind="hr_bureau")


def _department(service: Service, office: InstitutionInput) -> str:
    """Another institution with a department account; returns the user name."""
    username = office.code.lower()
    new = UserInput(username=username, display_name="部门 示例", role="department", password=PASSWORD)
    with service.runtime.database.write() as session:
        add_institution(session, service.runtime.recorder, office, entered_by=SYSTEM)
        add_user(
            session, service.runtime.recorder, new, institution=office.code, passwords=Passwords(), entered_by=SYSTEM
        )
    return username


def _post(service: Service, path: str, username: str = "lawyer", **body: Any) -> Any:
    return service.ask("POST", f"/api/v1/{path}", username, json={"occurred_on": DAY, **body})


def _enter(service: Service, path: str, username: str = "lawyer", **body: Any) -> dict[str, Any]:
    answer = _post(service, path, username, **body)
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


def _file(service: Service, case: dict[str, Any]) -> dict[str, Any]:
    answer = service.ask(
        "POST",
        f"/api/v1/cases/{case['id']}/documents",
        files={"file": ("工资条.pdf", b"%PDF-1.7 wage slip", "application/pdf")},
        data={"doc_type": "wage_record", "title": "工资条"},
    )
    document: dict[str, Any] = answer.json()
    return document


def _last_type(service: Service, case: dict[str, Any]) -> str:
    answer = service.ask("GET", f"/api/v1/cases/{case['id']}/statements").json()
    return str(answer["items"][-1]["type"])


def _refuse(service: Service, case: dict[str, Any]) -> None:
    _enter(service, f"cases/{case['id']}/steps", step="refuse", note="不符合条件")


# ---------------------------------------------------------------------------------------------------------- each kind


def test_opinion_comes_from_the_department_that_posts_it(service: Service, case: dict[str, Any]) -> None:
    entry = _enter(service, f"cases/{case['id']}/opinions", "department", text="建议依法支付。")

    assert (entry["kind"], entry["raiser"], entry["raised_by"]) == ("opinion", "department", "岚山区示例总工会")
    assert (entry["office"], entry["registrar"]) == ("LS-UNION", "department")
    assert entry["about"] == {"kind": "case", "id": case["id"], "version": None}
    assert _last_type(service, case) == "opinion.posted"


def test_objection_to_a_document_names_its_grounds_and_version(service: Service, case: dict[str, Any]) -> None:
    document = _file(service, case)
    about = {"kind": "document", "id": document["id"]}

    entry = _enter(
        service,
        f"cases/{case['id']}/objections",
        party=2,
        about=about,
        grounds=["authenticity", "relevance"],
        text="真实性有异议。",
    )

    assert (entry["raiser"], entry["raised_by"], entry["party"]) == ("party", "日照示例绳网有限公司", 2)
    assert entry["registrar"] == "lawyer"
    assert entry["about"] == {**about, "version": 1}
    assert entry["grounds"] == ["authenticity", "relevance"]
    assert _last_type(service, case) == "objection.raised"


def test_answer_may_come_through_a_lawyer(service: Service, case: dict[str, Any]) -> None:
    entry = _enter(service, f"cases/{case['id']}/answers", party=2, raiser="lawyer", lawyer="钱示例", text="数额有误。")

    assert (entry["raiser"], entry["raised_by"], entry["party"]) == ("lawyer", "钱示例", 2)
    assert _last_type(service, case) == "answer.filed"


def test_service_has_its_method_result_and_proof(service: Service, case: dict[str, Any]) -> None:
    document = _file(service, case)

    entry = _enter(
        service,
        f"cases/{case['id']}/services",
        party=2,
        about={"kind": "document", "id": document["id"], "version": 1},
        method="left",
        result="refused",
        proof=document["id"],
    )

    assert (entry["method"], entry["result"], entry["proof"]) == ("left", "refused", document["id"])
    assert (entry["raiser"], entry["raised_by"]) == ("office", "岚山区示例总工会")
    assert _last_type(service, case) == "service.recorded"


def test_visit_and_interview_are_entered(service: Service, case: dict[str, Any]) -> None:
    visit = _enter(
        service, f"cases/{case['id']}/visits", party=1, method="phone", result="satisfied", text="已收到款项。"
    )
    talk = _enter(service, f"cases/{case['id']}/interviews", party=1, lawyer="赵示例", place="律所", text="核实月份。")

    assert (visit["kind"], visit["result"], visit["position"]) == ("visit", "satisfied", 1)
    assert (talk["kind"], talk["raised_by"], talk["place"], talk["position"]) == ("interview", "赵示例", "律所", 2)
    assert _last_type(service, case) == "interview.recorded"


def test_entries_are_listed_in_their_order_and_by_kind(service: Service, case: dict[str, Any]) -> None:
    path = f"cases/{case['id']}"
    answer = _enter(service, f"{path}/answers", party=2, text="数额有误。")
    _enter(service, f"{path}/objections", party=1, about={"kind": "entry", "id": answer["id"]}, text="不同意。")

    service.wait_until_final()
    every = service.ask("GET", f"/api/v1/{path}/entries").json()["items"]
    answers = service.ask("GET", f"/api/v1/{path}/entries?kind=answer").json()["items"]

    assert [entry["kind"] for entry in every] == ["answer", "objection"]
    assert [entry["id"] for entry in answers] == [answer["id"]]
    assert service.ask("GET", f"/api/v1/entries/{answer['id']}").json() == answers[0]


# -------------------------------------------------------------------------------------------------------- corrections


def test_correction_is_an_entry_of_its_own_with_its_reason(service: Service, case: dict[str, Any]) -> None:
    path = f"cases/{case['id']}/answers"
    first = _enter(service, path, party=2, text="欠两个月。")

    second = _enter(service, path, party=2, text="欠三个月。", corrects=first["id"], reason="录入有误")

    again = service.ask("GET", f"/api/v1/entries/{first['id']}").json()
    assert (second["corrects"], again["corrected_by"], again["text"]) == (first["id"], second["id"], "欠两个月。")


@pytest.mark.parametrize("other", ["of another kind", "corrected already", "of another case"])
def test_correction_of_what_cannot_be_corrected_is_refused(service: Service, case: dict[str, Any], other: str) -> None:
    path = f"cases/{case['id']}"
    first = _enter(service, f"{path}/answers", party=2, text="一")
    if other == "of another kind":
        first = _enter(service, f"{path}/objections", party=2, text="一")
    elif other == "corrected already":
        _enter(service, f"{path}/answers", party=2, text="二", corrects=first["id"], reason="更正")
    else:
        first = _enter(service, f"cases/{service.register()['id']}/answers", party=2, text="一")

    refused = _post(service, f"{path}/answers", party=2, text="三", corrects=first["id"], reason="更正")

    assert refused.json()["errors"][0]["pointer"] == "/corrects"


# ----------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("objections", {"party": 2, "text": "x", "grounds": ["legality"]}, ("/grounds", "not_of_this_entry")),
        ("objections", {"party": 9, "text": "x"}, ("/party", "no_such_party")),
        ("objections", {"party": 2}, ("/text", "required")),
        ("answers", {"party": 2, "text": "x", "raiser": "lawyer"}, ("/lawyer", "required")),
        ("answers", {"party": 2, "text": "x", "lawyer": "赵示例"}, ("/lawyer", "not_of_this_entry")),
        ("answers", {"party": 2, "text": "x", "reason": "更正"}, ("/corrects", "required")),
        ("answers", {"party": 2, "text": "x", "occurred_on": "2099-01-01"}, ("/occurred_on", "in_the_future")),
        ("answers", {"party": 2, "text": "x", "occurred_on": "2020-01-01"}, ("/occurred_on", "before_received")),
        ("services", {"party": 2, "method": "direct", "result": "signed"}, ("/text", "required")),
        ("visits", {"party": 1, "method": "pigeon", "result": "satisfied", "text": "x"}, ("/method", "not_in_list")),
        (
            "answers",
            {"party": 2, "text": "x", "about": {"kind": "entry", "id": "00000000-0000-4000-8000-000000000000"}},
            ("/about/id", "no_such_record"),
        ),
    ],
)
def test_entry_that_cannot_be_taken_is_refused_at_the_field(
    shared: Service, shared_case: dict[str, Any], path: str, body: dict[str, Any], refusal: tuple[str, str]
) -> None:
    refused = _post(shared, f"cases/{shared_case['id']}/{path}", **body)

    assert refused.status_code == 422
    assert refusal in {(error["pointer"], error["code"]) for error in refused.json()["errors"]}


def test_objection_to_a_document_without_grounds_is_refused(service: Service, case: dict[str, Any]) -> None:
    about = {"kind": "document", "id": _file(service, case)["id"]}

    refused = _post(service, f"cases/{case['id']}/objections", party=2, about=about, text="x")

    assert refused.json()["errors"][0]["pointer"] == "/grounds"


@pytest.mark.parametrize("about", ["document", "version", "agreement"])
def test_entry_about_a_record_of_another_case_is_refused(service: Service, case: dict[str, Any], about: str) -> None:
    document = _file(service, service.register())
    mine = _file(service, case)
    target = {
        "document": {"kind": "document", "id": document["id"]},
        "version": {"kind": "document", "id": mine["id"], "version": 2},
        "agreement": {"kind": "agreement", "id": document["id"]},
    }[about]

    refused = _post(service, f"cases/{case['id']}/answers", party=2, about=target, text="x")

    assert refused.json()["errors"][0]["code"] == "no_such_record"


def test_refused_entry_leaves_no_row_and_no_statement(service: Service, case: dict[str, Any]) -> None:
    _post(service, f"cases/{case['id']}/answers", party=9, text="x")

    with service.runtime.read() as session:
        assert session.exec(select(func.count()).select_from(Entry)).one() == 0
        of_entries = select(func.count()).select_from(StatementRow).where(StatementRow.type == "answer.filed")
        assert session.exec(of_entries).one() == 0


def test_entry_sent_twice_under_its_key_is_entered_once(service: Service, case: dict[str, Any]) -> None:
    path, headers = f"/api/v1/cases/{case['id']}/answers", {"Idempotency-Key": "one"}
    body = {"occurred_on": DAY, "party": 2, "text": "数额有误。"}

    first = service.ask("POST", path, json=body, headers=headers).json()
    again = service.ask("POST", path, json=body, headers=headers).json()

    assert first["id"] == again["id"]


@pytest.mark.parametrize(
    ("username", "path", "status"),
    [
        ("lawyer", "opinions", 403),
        ("auditor", "opinions", 403),
        ("department", "answers", 403),
        ("auditor", "answers", 403),
        ("other", "answers", 404),
    ],
)
def test_entry_needs_the_role_and_the_reach(
    shared: Service, shared_case: dict[str, Any], username: str, path: str, status: int
) -> None:
    body = {"text": "x"} if path == "opinions" else {"text": "x", "party": 1}

    assert _post(shared, f"cases/{shared_case['id']}/{path}", username, **body).status_code == status


# -------------------------------------------------------------------------------------------------- by a party's link


def test_party_raises_an_objection_and_answers_by_their_own_hand(service: Service, case: dict[str, Any]) -> None:
    objection = ObjectionInput.model_validate({"occurred_on": DAY, "party": 2, "text": "不同意。"})
    answer = AnswerInput.model_validate({"occurred_on": DAY, "party": 2, "text": "已付。"})
    actor, recorder = service.actor("lawyer"), service.runtime.recorder

    with service.runtime.database.write() as session:
        row = find_case(session, actor, Action.CASE_READ, case["id"], lock=True)
        first = raise_objection(session, recorder, row, objection, registrar="link:2")
        second = file_answer(session, recorder, row, answer, registrar="link:2")

    assert [(entry.raiser, entry.raised_by, entry.registrar) for entry in (first, second)] == [
        ("party", "日照示例绳网有限公司", "link:2")
    ] * 2


# ------------------------------------------------------------------------------------------------------------ reviews


def test_bureau_that_orders_correction_opens_the_way_to_grant(service: Service) -> None:
    case, bureau = service.register(LEGAL_AID), _department(service, BUREAU)
    _refuse(service, case)
    _enter(service, f"cases/{case['id']}/shares", institution=BUREAU.code, reason="异议审查")
    request = _enter(service, f"cases/{case['id']}/reviews", party=1, text="不服。")

    before = _post(service, f"cases/{case['id']}/steps", step="grant")
    decision = _enter(service, f"entries/{request['id']}/decisions", bureau, result="corrected", number="示例1号")
    after = _post(service, f"cases/{case['id']}/steps", step="grant")

    assert (before.status_code, before.json()["code"]) == (409, "decision_stands")
    assert (decision["raiser"], decision["raised_by"], decision["office"]) == (
        "justice_bureau",
        BUREAU.name,
        BUREAU.code,
    )
    assert decision["about"] == {"kind": "entry", "id": request["id"], "version": None}
    assert (after.status_code, after.json()["stage"]) == (201, "granted")
    types = [item["type"] for item in service.ask("GET", f"/api/v1/cases/{case['id']}/statements").json()["items"]]
    assert types[-4:] == ["case.updated", "review.requested", "review.decided", "case.updated"]


def test_decision_that_is_upheld_stands(service: Service) -> None:
    case = service.register(LEGAL_AID)
    _refuse(service, case)
    request = _enter(service, f"cases/{case['id']}/reviews", party=1, text="不服。")

    _enter(service, f"entries/{request['id']}/decisions", result="upheld", body="岚山区示例司法局")

    assert _post(service, f"cases/{case['id']}/steps", step="grant").json()["code"] == "decision_stands"
    again = _post(service, f"cases/{case['id']}/reviews", party=1, text="仍不服。")
    assert (again.status_code, again.json()["code"]) == (409, "review_decided")


def test_review_of_nothing_is_refused(shared: Service, shared_case: dict[str, Any]) -> None:
    refused = _post(shared, f"cases/{shared_case['id']}/reviews", party=1, text="不服。")

    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_review")
    assert refused.json()["article"] == "法律援助法 第四十九条"


def test_second_request_while_one_is_pending_is_refused(service: Service) -> None:
    case = service.register(LEGAL_AID)
    _refuse(service, case)
    _enter(service, f"cases/{case['id']}/reviews", party=1, text="不服。")

    refused = _post(service, f"cases/{case['id']}/reviews", party=1, text="不服。")

    assert refused.json()["code"] == "review_pending"


def test_second_decision_on_a_request_is_refused(service: Service) -> None:
    case = service.register(LEGAL_AID)
    _refuse(service, case)
    request = _enter(service, f"cases/{case['id']}/reviews", party=1, text="不服。")
    path = f"entries/{request['id']}/decisions"
    _enter(service, path, result="upheld", body="岚山区示例司法局")

    assert _post(service, path, result="corrected", body="岚山区示例司法局").json()["code"] == "review_decided"


def test_decision_needs_the_name_of_the_body(service: Service) -> None:
    case = service.register(LEGAL_AID)
    _refuse(service, case)
    request = _enter(service, f"cases/{case['id']}/reviews", party=1, text="不服。")

    refused = _post(service, f"entries/{request['id']}/decisions", result="upheld")

    assert refused.json()["errors"][0] | {"message": ""} == {"pointer": "/body", "code": "required", "message": ""}


def test_department_that_is_no_justice_bureau_decides_no_review(service: Service) -> None:
    case, department = service.register(LEGAL_AID), _department(service, HR)
    _refuse(service, case)
    _enter(service, f"cases/{case['id']}/shares", institution=HR.code, reason="征求意见")
    request = _enter(service, f"cases/{case['id']}/reviews", party=1, text="不服。")

    refused = _post(service, f"entries/{request['id']}/decisions", department, result="upheld", body="某局")

    assert refused.status_code == 403


# ------------------------------------------------------------------------------------------------------------- shares


def test_department_sees_and_comments_a_case_while_it_is_shared(service: Service, case: dict[str, Any]) -> None:
    department, path = _department(service, HR), f"cases/{case['id']}"

    before = service.ask("GET", f"/api/v1/{path}", department).status_code
    _enter(service, f"{path}/shares", institution=HR.code, reason="征求部门意见")
    during = service.ask("GET", f"/api/v1/{path}", department).status_code
    opinion = _enter(service, f"{path}/opinions", department, text="已责令整改。")
    shared = _enter(service, f"{path}/shares/withdrawals", institution=HR.code, reason="已收到意见")
    after = service.ask("GET", f"/api/v1/{path}", department).status_code

    assert (before, during, after) == (404, 200, 404)
    assert (opinion["raised_by"], opinion["office"]) == (HR.name, HR.code)
    assert shared["shares"] == [{"institution": HR.code, "shared_on": DAY, "withdrawn_on": DAY}]


def test_department_corrects_its_own_opinion_and_nobody_elses(service: Service, case: dict[str, Any]) -> None:
    path, departments = f"cases/{case['id']}", [_department(service, office) for office in (HR, BUREAU)]
    for office in (HR, BUREAU):
        _enter(service, f"{path}/shares", institution=office.code, reason="征求意见")
    first = _enter(service, f"{path}/opinions", departments[0], text="建议支付。")
    correction = {"text": "建议支付工资。", "corrects": first["id"], "reason": "补充"}

    refused = _post(service, f"{path}/opinions", departments[1], **correction)
    assert refused.json()["errors"][0]["pointer"] == "/corrects"

    corrected = _enter(service, f"{path}/opinions", departments[0], **correction)
    assert corrected["corrects"] == first["id"]


def test_share_lists_only_shared_cases_to_the_department(service: Service, case: dict[str, Any]) -> None:
    department = _department(service, HR)
    service.register()
    _enter(service, f"cases/{case['id']}/shares", institution=HR.code, reason="征求部门意见")

    listed = service.ask("GET", "/api/v1/cases", department).json()["items"]

    assert [item["id"] for item in listed] == [case["id"]]


@pytest.mark.parametrize(("institution", "code"), [("LS-UNION", "own_office"), ("LS-NOWHERE", "no_such_office")])
def test_share_with_no_other_office_is_refused(
    shared: Service, shared_case: dict[str, Any], institution: str, code: str
) -> None:
    refused = _post(shared, f"cases/{shared_case['id']}/shares", institution=institution, reason="x")

    assert refused.json()["errors"][0]["code"] == code


def test_share_twice_and_withdrawal_of_none_are_refused(service: Service, case: dict[str, Any]) -> None:
    path, other = f"cases/{case['id']}/shares", {"institution": "LS-COMMITTEE", "reason": "x"}

    first = _post(service, f"{path}/withdrawals", **other)
    _enter(service, path, **other)
    second = _post(service, path, **other)

    assert (first.json()["code"], second.json()["code"]) == ("not_shared", "shared_already")
