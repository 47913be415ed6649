"""Mediation agreements over HTTP: drafting, taking effect, payments, endings, by the articles of law."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clock import START, FixedClock
from tests.process import SHORT_CASE
from tests.service.conftest import Service, running

pytestmark = pytest.mark.longer(one_in=5)

Mark = dict[str, Any]

TERMS: dict[str, Any] = {
    "facts": "双方确认 2026 年 3 月至 6 月工资未付。",
    "total_fen": 2796000,
    "instalments": [
        {"amount_fen": 1000000, "due_on": "2026-07-31", "method": "bank_transfer"},
        {"amount_fen": 1796000, "due_on": "2026-08-31"},
    ],
    "waivers": ["加班工资"],
    "mediator": "王示例",
    "agreed_on": "2026-07-20",
}
WORKER: Mark = {
    "signer": "party",
    "party": 1,
    "name": "周小满",
    "method": "fingerprint",
    "signed_at": "2026-07-20",
}
EMPLOYER: Mark = {
    "signer": "party",
    "party": 2,
    "name": "李示例",
    "method": "seal",
    "signed_at": "2026-07-20",
}
MEDIATOR: Mark = {"signer": "mediator", "name": "王示例", "method": "handwritten", "signed_at": "2026-07-20"}
ORGANISATION: Mark = {
    "signer": "organisation",
    "name": "岚山区示例总工会",
    "method": "seal",
    "signed_at": "2026-07-20",
}
RESCISSION: dict[str, Any] = {
    "ending": "rescinded",
    "occurred_on": "2026-08-10",
    "reason": "双方另行和解",
    "parties": [1, 2],
}
SETTING_ASIDE: dict[str, Any] = {
    "ending": "set_aside",
    "occurred_on": "2026-09-01",
    "body": "日照市岚山区人民法院",
    "number": "(2026)鲁1103民初1号",
}
REPORT: dict[str, Any] = {"party": 1, "instalment": 1, "occurred_on": "2026-08-02", "detail": "第一期到期未付。"}
REPLY: dict[str, Any] = {"party": 2, "occurred_on": "2026-08-05", "answer": "资金周转困难，八月底前付清。"}
MARKS: tuple[Mark, ...] = (WORKER, EMPLOYER, MEDIATOR, ORGANISATION)


class Office:
    """A mediator at work on one agreement."""

    def __init__(self, service: Service, *, username: str = "mediator", terms: dict[str, Any] = TERMS) -> None:
        self.service = service
        self.username = username
        self.case = service.register(username=username)
        self.drafted = self.post(f"/api/v1/cases/{self.case['id']}/agreements", terms)
        assert self.drafted.status_code == 201, self.drafted.text
        self.path = f"/api/v1/agreements/{self.drafted.json()['id']}"

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.service.ask("POST", path, self.username, json=body)

    def file_paper(self) -> str:
        """File a decision in the case and return its id."""
        filed = self.service.ask(
            "POST",
            f"/api/v1/cases/{self.case['id']}/documents",
            self.username,
            files={"file": ("裁定书.pdf", b"%PDF-1.7 ruling", "application/pdf")},
            data={"doc_type": "judgment", "title": "民事判决书"},
        )
        assert filed.status_code == 201, filed.text
        return str(filed.json()["id"])

    def sign(self, mark: dict[str, Any], **changes: Any) -> Any:
        return self.post(f"{self.path}/signatures", {**mark, **changes})

    def sign_all(self) -> dict[str, Any]:
        answers = [self.sign(mark) for mark in MARKS]
        assert [answer.status_code for answer in answers] == [201] * len(MARKS)
        final: dict[str, Any] = answers[-1].json()
        return final

    def read(self) -> dict[str, Any]:
        agreement: dict[str, Any] = self.service.ask("GET", self.path, self.username).json()
        return agreement

    def stage(self) -> str:
        return str(self.service.ask("GET", f"/api/v1/cases/{self.case['id']}", self.username).json()["stage"])

    def types(self) -> list[str]:
        listed = self.service.ask("GET", f"/api/v1/cases/{self.case['id']}/statements", self.username).json()
        return [item["type"] for item in listed["items"]]


@pytest.fixture(scope="session")
def autumn(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests here, in September; each works on its own case."""
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("autumn") / "var"))
    with running(home, FixedClock(now=START.replace(month=9))) as service:
        yield service


@pytest.fixture
def office(autumn: Service) -> Office:
    return Office(autumn)


def _found(answer: Any) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["code"]


def test_draft_waits_for_its_four_marks(office: Office) -> None:
    drafted = office.drafted.json()

    assert (drafted["state"], drafted["effective_on"]) == ("drafted", None)
    assert drafted["missing"] == ["party:1", "party:2", "mediator", "organisation"]
    assert drafted["number"] == office.case["case_no"]
    assert office.stage() == "signing"


def test_agreement_takes_effect_with_the_last_mark_and_on_its_day(office: Office) -> None:
    days = ["2026-07-21", "2026-07-20", "2026-07-23", "2026-07-22"]

    answers = [office.sign(mark, signed_at=day).json() for mark, day in zip(MARKS, days, strict=True)]

    assert [answer["state"] for answer in answers] == ["signing", "signing", "signing", "effective"]
    assert answers[-1]["effective_on"] == "2026-07-23"
    assert office.types()[-3:] == ["agreement.signed", "agreement.effective", "case.updated"]
    assert office.stage() == "performing"


@pytest.mark.parametrize("left_out", range(len(MARKS)))
def test_agreement_without_one_of_the_marks_is_not_in_effect(office: Office, left_out: int) -> None:
    for number, mark in enumerate(MARKS):
        if number != left_out:
            office.sign(mark)

    agreement = office.read()
    assert (agreement["state"], len(agreement["missing"])) == ("signing", 1)
    payment = office.post(f"{office.path}/instalments", {"position": 1, "paid_fen": 1, "paid_on": "2026-07-31"})
    assert (payment.status_code, payment.json()["code"]) == (409, "not_in_effect")
    assert payment.json()["article"] == "劳动争议调解仲裁法 第十四条"


def test_order_of_the_marks_does_not_matter(autumn: Service) -> None:
    for order in itertools.islice(itertools.permutations(MARKS), 0, None, 7):
        office = Office(autumn)
        assert [office.sign(mark).json()["state"] for mark in order][-1] == "effective"


def test_agent_signs_for_a_party(office: Office) -> None:
    for mark in (WORKER, MEDIATOR, ORGANISATION):
        office.sign(mark)

    agreement = office.sign(
        {"signer": "agent", "party": 2, "name": "赵示例", "method": "handwritten", "signed_at": "2026-07-20"}
    ).json()

    assert agreement["state"] == "effective"


def test_moment_of_a_signature_counts_as_its_day_in_china(office: Office) -> None:
    for mark in (WORKER, EMPLOYER, MEDIATOR):
        office.sign(mark)

    agreement = office.sign(ORGANISATION, signed_at="2026-07-20T16:30:00Z").json()

    assert agreement["effective_on"] == "2026-07-21"
    assert agreement["signatures"][-1]["signed_at"] == "2026-07-20T16:30:00.000Z"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"method": "seal"}, "/method", "method_of_another_signer"),
        ({"party": 1}, "/party", "signer_and_party"),
        ({"signed_at": "2026-07-19"}, "/signed_at", "before_agreed"),
        ({"signed_at": "2027-01-01"}, "/signed_at", "in_the_future"),
        ({"signed_at": "2026-07-20T10:00:00"}, "/signed_at", "not_a_day"),
        ({"signed_at": "2026-07-20T25:00:00Z"}, "/signed_at", "no_such_moment"),
        ({"signer": "party", "party": 3}, "/party", "no_such_party"),
        ({"signer": "judge"}, "/signer", "not_in_list"),
        ({"name": ""}, "/name", "too_short"),
    ],
)
def test_wrong_signature_is_named(office: Office, changes: dict[str, Any], pointer: str, code: str) -> None:
    assert _found(office.sign(MEDIATOR, **changes)) == (422, pointer, code)
    assert office.read()["signatures"] == []


def test_same_signature_twice_is_refused(office: Office) -> None:
    office.sign(WORKER)

    again, other_form = office.sign(WORKER), office.sign(WORKER, method="handwritten")

    assert (again.status_code, again.json()["code"]) == (409, "already_signed")
    assert other_form.status_code == 201


def test_agreement_in_effect_is_not_signed_again(office: Office) -> None:
    office.sign_all()

    refused = office.sign(WORKER, method="seal")

    assert (refused.status_code, refused.json()["code"]) == (409, "not_being_signed")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"total_fen": 2796001}, "/instalments", "instalments_do_not_sum"),
        ({"instalments": []}, "/instalments", "instalments_do_not_sum"),
        ({"instalments": [{"amount_fen": 0, "due_on": "2026-07-31"}]}, "/instalments/0/amount_fen", "too_small"),
        (
            {"total_fen": 1, "instalments": [{"amount_fen": 1, "due_on": "2026-07-19"}]},
            "/instalments/0/due_on",
            "due_before_agreed",
        ),
        ({"agreed_on": "2026-07-21"}, "/agreed_on", "in_the_future"),
        ({"parties": [1, 1]}, "/parties", "named_twice"),
        ({"parties": [1, 3]}, "/parties/1", "no_such_party"),
        ({"closure": "everything"}, "/closure", "not_in_list"),
        ({"payee_account": "six two two"}, "/payee_account", "not_of_form"),
        ({"state": "effective"}, "/state", "unknown_field"),
    ],
)
def test_wrong_terms_are_named(
    shared: Service, shared_case: dict[str, Any], changes: dict[str, Any], pointer: str, code: str
) -> None:
    path = f"/api/v1/cases/{shared_case['id']}/agreements"

    assert _found(shared.ask("POST", path, json={**TERMS, **changes})) == (422, pointer, code)
    assert shared.ask("GET", path).json() == {"items": []}


def test_agreement_binds_both_sides(autumn: Service) -> None:
    body = {
        **{name: value for name, value in SHORT_CASE.items() if name not in {"applicant", "employer"}},
        "parties": [
            {"role": "applicant", "kind": "worker", "name": "孙示例"},
            {"role": "applicant", "kind": "worker", "name": "钱示例"},
            {"role": "respondent", "kind": "employer", "name": "示例公司"},
        ],
    }
    path = f"/api/v1/cases/{autumn.register(body)['id']}/agreements"

    one_side = autumn.ask("POST", path, json={**TERMS, "parties": [1, 2]})
    two_of_three = autumn.ask("POST", path, json={**TERMS, "parties": [3, 2]})

    assert _found(one_side) == (422, "/parties", "both_sides_needed")
    assert [party["name"] for party in two_of_three.json()["parties"]] == ["钱示例", "示例公司"]
    assert two_of_three.json()["missing"][:2] == ["party:2", "party:3"]


def test_consultation_has_no_agreement(autumn: Service) -> None:
    case = autumn.register({**SHORT_CASE, "kind": "consultation"})

    refused = autumn.ask("POST", f"/api/v1/cases/{case['id']}/agreements", json=TERMS)

    assert (refused.status_code, refused.json()["code"]) == (409, "no_agreement_in_consultation")


def test_oral_agreement_is_for_a_peoples_mediation_committee_alone(autumn: Service) -> None:
    refused = autumn.ask("POST", f"/api/v1/cases/{autumn.register()['id']}/agreements", json={**TERMS, "form": "oral"})

    assert (refused.status_code, refused.json()["code"]) == (409, "oral_not_possible")
    assert refused.json()["article"] == "人民调解法 第二十八条、第三十条"


def test_oral_agreement_of_a_committee_is_in_effect_at_once_and_not_signed(autumn: Service) -> None:
    office = Office(autumn, username="other", terms={**TERMS, "form": "oral"})

    assert (office.drafted.json()["state"], office.drafted.json()["effective_on"]) == ("effective", "2026-07-20")
    assert office.types()[-3:] == ["agreement.drafted", "agreement.effective", "case.updated"]
    assert office.sign(WORKER).json()["code"] == "oral_is_not_signed"


def test_payments_add_up_and_then_the_agreement_is_performed(office: Office) -> None:
    office.sign_all()

    def pay(position: int, paid_fen: int) -> Any:
        body = {"position": position, "paid_fen": paid_fen, "paid_on": "2026-07-31", "paid_by": "李示例"}
        return office.post(f"{office.path}/instalments", body)

    early = office.post(f"{office.path}/endings", {"ending": "performed", "occurred_on": "2026-08-31"})
    statuses = [pay(1, 400000).status_code, pay(1, 600000).status_code, pay(2, 1796000).status_code]
    ended = office.post(f"{office.path}/endings", {"ending": "performed", "occurred_on": "2026-08-31"}).json()

    assert (early.status_code, early.json()["code"]) == (409, "not_paid_in_full")
    assert statuses == [201, 201, 201]
    assert [item["paid_fen"] for item in ended["instalments"]] == [1000000, 1796000]
    assert (ended["state"], office.stage()) == ("performed", "performed")
    assert office.types()[-5:] == [
        "instalment.paid",
        "instalment.paid",
        "instalment.paid",
        "agreement.performed",
        "case.updated",
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"position": 1, "paid_fen": 1000001, "paid_on": "2026-07-31"}, (422, "/paid_fen", "more_than_due")),
        ({"position": 3, "paid_fen": 1, "paid_on": "2026-07-31"}, (422, "/position", "no_such_instalment")),
        ({"position": 1, "paid_fen": 0, "paid_on": "2026-07-31"}, (422, "/paid_fen", "too_small")),
        ({"position": 1, "paid_fen": 1, "paid_on": "2027-07-31"}, (422, "/paid_on", "in_the_future")),
    ],
)
def test_wrong_payment_is_named(office: Office, body: dict[str, Any], found: tuple[int, str, str]) -> None:
    office.sign_all()

    assert _found(office.post(f"{office.path}/instalments", body)) == found


def test_agreement_rescinded_by_all_its_parties_ends_and_stays_ended(office: Office) -> None:
    office.sign_all()

    ended = office.post(f"{office.path}/endings", RESCISSION)
    again = office.post(f"{office.path}/endings", RESCISSION)

    assert (ended.status_code, ended.json()["state"], office.stage()) == (201, "rescinded", "agreement_ended")
    assert ended.json()["ending"] == {
        "ended_on": "2026-08-10",
        "set_aside_by": None,
        "set_aside_number": None,
        "document": None,
        "rescinded_by": [1, 2],
    }
    assert (again.status_code, again.json()["code"]) == (409, "not_in_effect")


@pytest.mark.parametrize("alone", [1, 2])
def test_agreement_is_not_rescinded_by_one_party_alone(office: Office, alone: int) -> None:
    office.sign_all()

    refused = office.post(f"{office.path}/endings", {**RESCISSION, "parties": [alone]})

    assert (refused.status_code, refused.json()["code"]) == (409, "one_side_cannot_rescind")
    assert refused.json()["article"] == "民法典 第五百六十二条"
    assert office.read()["state"] == "effective"


def test_agreement_set_aside_names_body_number_and_paper(office: Office) -> None:
    office.sign_all()
    paper = office.file_paper()
    body = {**SETTING_ASIDE, "document": paper}

    ended = office.post(f"{office.path}/endings", body)

    assert (ended.status_code, ended.json()["state"], office.stage()) == (201, "set_aside", "agreement_ended")
    assert ended.json()["ending"] == {
        "ended_on": "2026-09-01",
        "set_aside_by": body["body"],
        "set_aside_number": body["number"],
        "document": paper,
        "rescinded_by": [],
    }


def test_paper_of_another_case_sets_nothing_aside(office: Office) -> None:
    office.sign_all()
    strangers = Office(office.service).file_paper()

    answer = office.post(f"{office.path}/endings", {**SETTING_ASIDE, "document": strangers})

    assert _found(answer) == (422, "/document", "no_such_document")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"ending": "rescinded", "occurred_on": "2026-08-10", "parties": [1, 2]}, "/reason", "required_for_ending"),
        ({"ending": "rescinded", "occurred_on": "2026-08-10", "reason": "x"}, "/parties", "required_for_ending"),
        ({"ending": "set_aside", "occurred_on": "2026-08-10", "number": "1"}, "/body", "required_for_ending"),
        (
            {"ending": "set_aside", "occurred_on": "2026-08-10", "number": "1", "body": "x"},
            "/document",
            "required_for_ending",
        ),
        ({"ending": "performed", "occurred_on": "2026-08-10", "body": "x"}, "/body", "not_of_this_ending"),
        ({"ending": "performed", "occurred_on": "2026-08-10", "parties": [1]}, "/parties", "not_of_this_ending"),
        ({"ending": "forgotten", "occurred_on": "2026-08-10"}, "/ending", "not_in_list"),
        (
            {"ending": "rescinded", "occurred_on": "2026-07-19", "reason": "x", "parties": [1, 2]},
            "/occurred_on",
            "before_effect",
        ),
        (
            {"ending": "rescinded", "occurred_on": "2026-08-10", "reason": "x", "parties": [1, 3]},
            "/parties",
            "no_such_party",
        ),
    ],
)
def test_wrong_ending_is_named(office: Office, body: dict[str, Any], pointer: str, code: str) -> None:
    office.sign_all()

    assert _found(office.post(f"{office.path}/endings", body)) == (422, pointer, code)


def test_payment_is_overdue_from_the_day_after_and_by_no_statement(office: Office) -> None:
    office.sign_all()
    before = office.types()

    assert [item["overdue"] for item in office.read()["instalments"]] == [True, True]  # it is September
    assert office.types() == before


def test_payment_in_full_is_not_overdue_and_one_in_part_is(office: Office) -> None:
    office.sign_all()
    office.post(f"{office.path}/instalments", {"position": 1, "paid_fen": 1000000, "paid_on": "2026-07-31"})
    office.post(f"{office.path}/instalments", {"position": 2, "paid_fen": 1, "paid_on": "2026-07-31"})

    assert [item["overdue"] for item in office.read()["instalments"]] == [False, True]


def test_agreement_not_in_effect_owes_nothing(office: Office) -> None:
    assert [item["overdue"] for item in office.read()["instalments"]] == [False, False]


def test_report_of_nonperformance_is_recorded_and_answered_once(office: Office) -> None:
    office.sign_all()

    reported = office.post(f"{office.path}/reports", REPORT)
    answered = office.post(f"{office.path}/reports/1/answer", REPLY)
    again = office.post(f"{office.path}/reports/1/answer", REPLY)

    assert (reported.status_code, answered.status_code) == (201, 201)
    (report,) = answered.json()["nonperformance"]
    assert (report["reported_by"], report["instalment"], report["detail"]) == (1, 1, REPORT["detail"])
    assert (report["answered_by"], report["answer"], report["answered_on"]) == (2, REPLY["answer"], "2026-08-05")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert office.types()[-2:] == ["agreement.nonperformance_reported", "answer.filed"]


def test_report_stays_when_the_payment_comes_after_all(office: Office) -> None:
    office.sign_all()
    office.post(f"{office.path}/reports", REPORT)
    office.post(f"{office.path}/instalments", {"position": 1, "paid_fen": 1000000, "paid_on": "2026-08-10"})

    after = office.read()
    again = office.post(f"{office.path}/reports", REPORT)

    assert [item["detail"] for item in after["nonperformance"]] == [REPORT["detail"]]
    assert (again.status_code, again.json()["code"]) == (409, "paid_already")


def test_report_about_another_term_names_no_payment(office: Office) -> None:
    office.sign_all()
    other = {"party": 2, "occurred_on": "2026-07-21", "detail": "未办理离职手续。"}

    (report,) = office.post(f"{office.path}/reports", other).json()["nonperformance"]

    assert (report["reported_by"], report["instalment"]) == (2, None)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"party": 3}, "/party", "no_such_party"),
        ({"instalment": 3}, "/instalment", "no_such_instalment"),
        ({"occurred_on": "2026-07-31"}, "/instalment", "not_due_yet"),
        ({"occurred_on": "2026-07-19"}, "/occurred_on", "before_effect"),
        ({"occurred_on": "2027-01-01"}, "/occurred_on", "in_the_future"),
        ({"detail": ""}, "/detail", "too_short"),
    ],
)
def test_wrong_report_is_named(office: Office, changes: dict[str, Any], pointer: str, code: str) -> None:
    office.sign_all()

    assert _found(office.post(f"{office.path}/reports", {**REPORT, **changes})) == (422, pointer, code)


@pytest.mark.parametrize(
    ("changes", "position", "pointer", "code"),
    [
        ({"party": 1}, 1, "/party", "own_report"),
        ({"party": 3}, 1, "/party", "no_such_party"),
        ({}, 2, "/position", "no_such_report"),
        ({"occurred_on": "2026-08-01"}, 1, "/occurred_on", "before_report"),
    ],
)
def test_wrong_answer_to_a_report_is_named(
    office: Office, changes: dict[str, Any], position: int, pointer: str, code: str
) -> None:
    office.sign_all()
    office.post(f"{office.path}/reports", REPORT)

    answer = office.post(f"{office.path}/reports/{position}/answer", {**REPLY, **changes})

    assert _found(answer) == (422, pointer, code)


def test_report_before_the_agreement_is_in_effect_is_refused(office: Office) -> None:
    refused = office.post(f"{office.path}/reports", REPORT)

    assert (refused.status_code, refused.json()["code"]) == (409, "not_in_effect")


def test_party_that_has_signed_is_not_removed_from_the_case(office: Office) -> None:
    office.sign(EMPLOYER)
    version = office.service.ask("GET", f"/api/v1/cases/{office.case['id']}").json()["version"]

    refused = office.service.ask(
        "PATCH",
        f"/api/v1/cases/{office.case['id']}",
        json={"reason": "x", "parties": [{"role": "applicant", "kind": "worker", "name": "周小满"}]},
        headers={"If-Match": f'"{version}"'},
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "party_has_signed")


def test_printed_parties_stay_when_the_case_is_corrected(office: Office) -> None:
    case = office.service.ask("GET", f"/api/v1/cases/{office.case['id']}").json()
    parties = [
        {name: value for name, value in party.items() if name != "position" and value is not None}
        for party in case["parties"]
    ]
    parties[0]["name"] = "周小曼"

    office.service.ask(
        "PATCH",
        f"/api/v1/cases/{case['id']}",
        json={"reason": "姓名更正", "parties": parties},
        headers={"If-Match": f'"{case["version"]}"'},
    ).raise_for_status()

    assert [party["name"] for party in office.read()["parties"]] == ["周小满", "日照示例绳网有限公司"]


def test_second_agreement_of_a_case_has_a_number_of_its_own(office: Office) -> None:
    second = office.post(f"/api/v1/cases/{office.case['id']}/agreements", TERMS).json()

    assert second["number"] == f"{office.case['case_no']}-2"


def test_same_key_signs_once(office: Office) -> None:
    asked = {"json": WORKER, "headers": {"Idempotency-Key": "sign-1"}}

    first, again = (office.service.ask("POST", f"{office.path}/signatures", "mediator", **asked) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert len(office.read()["signatures"]) == 1


def test_agreement_of_another_office_is_as_if_it_were_not_there(office: Office) -> None:
    for method, path, body in (
        ("GET", office.path, None),
        ("POST", f"{office.path}/signatures", WORKER),
        ("POST", f"{office.path}/instalments", {"position": 1, "paid_fen": 1, "paid_on": "2026-07-31"}),
        ("POST", f"{office.path}/endings", {"ending": "performed", "occurred_on": "2026-08-31"}),
        ("POST", f"{office.path}/reports", REPORT),
        ("POST", f"{office.path}/reports/1/answer", REPLY),
    ):
        answer = office.service.ask(method, path, "other", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
