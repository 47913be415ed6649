"""Links for parties: who may open what, for how long, and that nothing private of the other side is in any answer."""

from __future__ import annotations

import base64
import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from httpx2 import Response
from sqlmodel import col, select

from ledger.store.statements import open_disclosures
from ledger.store.tables import StatementRow, Stream
from tests.clock import FixedClock
from tests.qr import read_qr
from tests.service.audited_home import MARKS, TERMS
from tests.service.conftest import Service, StartService, running
from tests.service.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.longer(one_in=3)

WORKER: dict[str, str] = {
    "name": "周小满",
    "gender": "female",
    "birth_date": "1979-05-20",
    "id_number": "371103197905200009",
    "phone": "000-11112222",
    "address": "岚山区种植街道七号",
    "category": "disabled",
}
EMPLOYER: dict[str, str] = {
    "name": "日照示例绳网有限公司",
    "credit_code": "91371103MA0000000L",
    "address": "岚山区种植路八号",
    "representative": "李示例",
    "phone": "000-33334444",
}
ACCOUNT = "6222000011112222333"
PRIVATE_OF_WORKER = (
    "371103197905200009",
    "1979-05-20",
    "1979年5月20日",
    "000-11112222",
    "岚山区种植街道七号",
    "disabled",
    "残疾",
)
PRIVATE_OF_EMPLOYER = ("91371103MA0000000L", "岚山区种植路八号", "000-33334444")
PRIVATE_OF_NOBODY_HERE = (ACCOUNT, "示例银行支行", "王代理", "000-55556666")
CASE: dict[str, Any] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "12351",
    "received_on": "2026-07-08",
    "parties": [
        {"role": "applicant", "kind": "worker", **WORKER},
        {
            "role": "respondent",
            "kind": "employer",
            **EMPLOYER,
            "agents": [{"name": "王代理", "authority": "special", "phone": "000-55556666"}],
        },
    ],
    "claims": [{"party": 1, "kind": "wages", "amount_fen": 1864000, "detail": "2026年3月至6月工资"}],
    "facts": "2026-03 至 2026-06 欠发工资。",
}


@dataclass(slots=True)
class Office:
    """A lawyer who gives access to one case with a paper and an agreement in effect."""

    service: Service
    case: dict[str, Any]
    agreement: str
    paper: str
    secret: str

    def post(self, path: str, **request: Any) -> Response:
        return self.service.ask("POST", f"/api/v1/{path}", "mediator", **request)

    def link(self, party: int, *, expires_on: str = "2026-12-01") -> dict[str, Any]:
        answer = self.post(f"cases/{self.case['id']}/party-links", json={"party": party, "expires_on": expires_on})
        assert answer.status_code == 201, answer.text
        issued: dict[str, Any] = answer.json()
        return issued

    def release(self, party: int, document: str) -> dict[str, Any]:
        answer = self.post(f"cases/{self.case['id']}/releases", json={"party": party, "document": document})
        assert answer.status_code == 201, answer.text
        released: dict[str, Any] = answer.json()
        return released


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with a code."""

    service: Service
    code: str

    def get(self, path: str = "") -> Response:
        return self.service.client.get(f"/api/v1/my-case{path}", headers={"Authorization": f"Bearer {self.code}"})

    def send(self, path: str, body: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.code}"}
        return self.service.client.post(f"/api/v1/my-case{path}", headers=headers, json=body)

    def page(self, path: str = "", **values: str) -> Response:
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        return self.service.client.post(f"/my{path}", data={"code": self.code, **values}, headers=headers)


def make_office(service: Service) -> Office:
    case = service.register(CASE, username="mediator")

    def post(path: str, **request: Any) -> dict[str, Any]:
        answer = service.ask("POST", f"/api/v1/{path}", "mediator", **request)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def file(title: str, content: bytes) -> str:
        filed = post(
            f"cases/{case['id']}/documents",
            files={"file": (f"{title}.pdf", content, "application/pdf")},
            data={"doc_type": "evidence", "title": title},
        )
        return str(filed["id"])

    paper, secret = file("受理通知", b"%PDF notice"), file("劳动者病历", b"%PDF medical")
    terms = {**TERMS, "place": "岚山区示例大厅", "payee_account": ACCOUNT, "payee_bank": "示例银行支行"}
    agreement = str(post(f"cases/{case['id']}/agreements", json=terms)["id"])
    for mark in MARKS:
        post(f"agreements/{agreement}/signatures", json=mark)
    post(
        f"agreements/{agreement}/instalments",
        json={"position": 1, "paid_fen": 1000000, "paid_on": "2026-07-31", "paid_by": f"账户{ACCOUNT}"},
    )
    return Office(service=service, case=case, agreement=agreement, paper=paper, secret=secret)


@pytest.fixture(scope="module")
def autumn(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests here, in September; tests that need a file of their own make one."""
    clock = FixedClock()
    clock.advance(timedelta(days=60))
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("autumn") / "var"))
    with running(home, clock) as service:
        yield service


@pytest.fixture(scope="module")
def shared_office(autumn: Service) -> Office:
    """One case that tests only read, or give more links to."""
    office = make_office(autumn)
    office.release(1, office.paper)
    office.release(2, office.paper)
    autumn.wait_until_final()
    return office


@pytest.fixture
def office(autumn: Service) -> Office:
    """A case of the test's own."""
    return make_office(autumn)


def party(office: Office, position: int) -> Party:
    return Party(office.service, office.link(position)["code"])


# ---------------------------------------------------------------------------------------------------------- what opens


def test_link_opens_the_case_for_its_party_alone(shared_office: Office) -> None:
    seen = party(shared_office, 1).get().json()

    assert seen["case_no"] == shared_office.case["case_no"]
    assert (seen["you"]["name"], [other["name"] for other in seen["others"]]) == (WORKER["name"], [EMPLOYER["name"]])
    assert [item["title"] for item in seen["papers"]] == ["受理通知"]
    assert [item["overdue"] for item in seen["agreements"][0]["instalments"]] == [False, True]


def test_page_shows_what_the_party_needs_in_plain_chinese(shared_office: Office) -> None:
    answer = party(shared_office, 1).page()

    assert answer.status_code == 200
    for words in (
        "我的案件",
        "协议履行中",
        "受理通知",
        "27,960.00 元",
        "2026年7月31日已付",
        "已到期，未见全额付款记录",
        "案件登记",
    ):
        assert words in answer.text, words
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_code_is_taken_as_people_type_it(shared_office: Office) -> None:
    code = shared_office.link(1)["code"]
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    assert Party(shared_office.service, typed).get().status_code == 200


@pytest.mark.parametrize("code", ["", "x", "0" * 26, "0000-0000-0000-0000-00000-00000", "周" * 26])
def test_code_that_is_none_opens_nothing(shared_office: Office, code: str) -> None:
    page = Party(shared_office.service, code).page()

    assert page.status_code == 403
    assert "没有这个查阅码" in page.text
    if code.isascii() and code:
        answer = Party(shared_office.service, code).get()
        assert (answer.status_code, answer.json()["code"]) == (401, "link_unknown")


def test_call_without_a_code_is_refused(shared_office: Office) -> None:
    answer = shared_office.service.client.get("/api/v1/my-case")

    assert (answer.status_code, answer.json()["code"]) == (401, "link_unknown")


def test_token_of_a_lawyer_opens_no_partys_case(shared_office: Office) -> None:
    headers = shared_office.service.sign_in("lawyer")

    assert shared_office.service.client.get("/api/v1/my-case", headers=headers).status_code == 401


def test_link_ends_after_its_last_day(start_service: StartService) -> None:
    service = start_service()
    case = service.register(username="mediator")
    body = {"party": 1, "expires_on": "2026-07-21"}
    code = service.ask("POST", f"/api/v1/cases/{case['id']}/party-links", "mediator", json=body).json()["code"]
    holder = Party(service, code)

    service.clock.advance(timedelta(days=1))
    on_the_last_day = holder.get().status_code
    service.clock.advance(timedelta(days=1))

    assert (on_the_last_day, holder.get().status_code, holder.get().json()["code"]) == (200, 401, "link_expired")


def test_link_that_was_withdrawn_opens_nothing(shared_office: Office) -> None:
    issued = shared_office.link(1)
    holder = Party(shared_office.service, issued["code"])
    assert holder.get().status_code == 200

    revoked = shared_office.post(f"party-links/{issued['link']['id']}/revocation")

    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    assert holder.get().json()["code"] == "link_revoked"
    assert "已停用" in holder.page().text


@pytest.mark.parametrize(
    ("expires_on", "code"), [("2026-09-17", "already_past"), ("2027-12-01", "too_far"), ("soon", "not_a_day")]
)
def test_link_for_an_impossible_time_is_refused(shared_office: Office, expires_on: str, code: str) -> None:
    body = {"party": 1, "expires_on": expires_on}
    answer = shared_office.post(f"cases/{shared_office.case['id']}/party-links", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


def test_link_opens_nothing_once_its_place_is_somebody_elses(office: Office) -> None:
    """Two parties that change places in a corrected list must not read each other's papers."""
    worker = party(office, 1)
    office.release(1, office.secret)
    case = office.service.ask("GET", f"/api/v1/cases/{office.case['id']}", "mediator").json()
    other = {"role": "applicant", "kind": "worker", "name": "孙示例"}
    changed = office.service.ask(
        "PATCH",
        f"/api/v1/cases/{case['id']}",
        "mediator",
        json={"reason": "更正", "parties": [other, CASE["parties"][1]]},
        headers={"If-Match": f'"{case["version"]}"'},
    )
    assert changed.status_code == 200, changed.text

    assert worker.get().json()["code"] == "link_of_another"
    assert party(office, 1).get().json()["papers"] == []


def test_party_with_a_link_is_not_removed_from_the_case(autumn: Service) -> None:
    case = autumn.register(CASE, username="mediator")
    third = {"role": "third_party", "kind": "worker", "name": "钱示例"}
    path, parties = f"/api/v1/cases/{case['id']}", [*CASE["parties"], third]
    autumn.ask("PATCH", path, "mediator", json={"reason": "x", "parties": parties}, headers={"If-Match": '"1"'})
    body = {"party": 3, "expires_on": "2026-12-01"}
    assert autumn.ask("POST", f"{path}/party-links", "mediator", json=body).status_code == 201

    refused = autumn.ask(
        "PATCH", path, "mediator", json={"reason": "x", "parties": CASE["parties"]}, headers={"If-Match": '"2"'}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "party_has_access")


# -------------------------------------------------------------------------------------------------------------- papers


def test_paper_that_is_not_released_does_not_exist_for_a_party(shared_office: Office) -> None:
    worker = party(shared_office, 1)

    assert worker.get(f"/documents/{shared_office.paper}/versions/1").content == b"%PDF notice"
    assert worker.page("/paper", document=shared_office.paper, version="1").content == b"%PDF notice"
    assert worker.get(f"/documents/{shared_office.secret}/versions/1").status_code == 404
    assert worker.page("/paper", document=shared_office.secret, version="1").status_code == 404
    assert "病历" not in worker.page().text


def test_release_is_of_one_version(office: Office) -> None:
    office.release(1, office.paper)
    office.post(
        f"cases/{office.case['id']}/documents",
        files={"file": ("通知.pdf", b"%PDF second", "application/pdf")},
        data={"doc_type": "evidence", "title": "通知二", "replaces": office.paper, "reason": "更正"},
    )
    worker = party(office, 1)

    assert worker.get(f"/documents/{office.paper}/versions/1").content == b"%PDF notice"
    assert worker.get(f"/documents/{office.paper}/versions/2").status_code == 404
    assert "通知二" not in worker.page().text


def test_release_that_was_taken_back_is_gone(office: Office) -> None:
    release, worker = office.release(1, office.paper), party(office, 1)
    assert len(worker.get().json()["papers"]) == 1

    office.post(f"releases/{release['id']}/withdrawal")

    assert worker.get().json()["papers"] == []
    assert worker.get(f"/documents/{office.paper}/versions/1").status_code == 404


def test_release_to_one_party_is_not_to_the_other(office: Office) -> None:
    office.release(1, office.secret)

    assert party(office, 2).get().json()["papers"] == []


def test_same_release_twice_is_refused(office: Office) -> None:
    office.release(1, office.paper)
    again = office.post(f"cases/{office.case['id']}/releases", json={"party": 1, "document": office.paper})

    assert (again.status_code, again.json()["code"]) == (409, "released_already")


# ------------------------------------------------------------------------------------------------------------- privacy


def spellings(value: str) -> set[str]:
    """The same text as HTML, JSON, percent-encoding, hexadecimal and base64 at each of its three offsets show it."""
    raw = value.encode()
    shifted = {base64.b64encode(b"." * offset + raw)[4 if offset else 0 : -4].decode() for offset in range(3)}
    return {
        value,
        json.dumps(value)[1:-1],
        quote(value),
        raw.hex(),
        value.replace("-", ""),
        *(text for text in shifted if len(text) >= 8),
        *(text.translate(str.maketrans("+/", "-_")) for text in shifted if len(text) >= 8),
    }


def _everything(holder: Party) -> dict[str, bytes]:
    """Every answer that a party can get, by where it is."""
    seen = holder.get().json()
    answers = {"json": holder.get().content, "page": holder.page().content}
    answers["english"] = holder.service.client.post(
        "/my?lang=en", data={"code": holder.code}, headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    ).content
    for item in seen["progress"]:
        answer = holder.get(f"/statements/{item['id']}/receipt")
        assert answer.status_code == 200, (item, answer.text)
        answers[f"receipt {item['type']} {item['id']}"] = answer.content
        answers[f"page receipt {item['id']}"] = holder.page("/receipt", statement=item["id"]).content
    return answers


def opened_receipt(content: bytes) -> bytes:
    """What stands encoded in a receipt, in plain."""
    disclosures = json.loads(content)["disclosures"]
    plain = [base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in disclosures]
    return b"\n".join([*plain, *(json.dumps(json.loads(text), ensure_ascii=False).encode() for text in plain)])


def _opened(answers: dict[str, bytes]) -> dict[str, bytes]:
    """The same with what stands encoded in receipts in plain as well."""
    receipts = {place: content for place, content in answers.items() if "receipt" in place}
    return answers | {f"{place} opened": opened_receipt(content) for place, content in receipts.items()}


@pytest.mark.parametrize(
    ("position", "planted"),
    [
        (2, (*PRIVATE_OF_WORKER, *PRIVATE_OF_NOBODY_HERE)),
        (1, (*PRIVATE_OF_EMPLOYER, *PRIVATE_OF_NOBODY_HERE)),
    ],
)
def test_nothing_private_of_the_other_side_is_in_any_answer(
    shared_office: Office, position: int, planted: tuple[str, ...]
) -> None:
    answers = _opened(_everything(party(shared_office, position)))

    assert len(answers) > 20
    for place, content in answers.items():
        for value in planted:
            for spelling in spellings(value):
                assert spelling.encode() not in content, (place, value, spelling)


def test_search_for_planted_values_finds_them_where_they_are(shared_office: Office) -> None:
    """The test above can fail: the lawyer's own answers have every one of these values."""
    case = shared_office.service.ask("GET", f"/api/v1/cases/{shared_office.case['id']}", "mediator").content

    for value in (*PRIVATE_OF_WORKER[:2], *PRIVATE_OF_WORKER[3:6], *PRIVATE_OF_EMPLOYER):
        assert any(spelling.encode() in case for spelling in spellings(value)), value


def test_receipt_of_another_paper_or_case_is_not_there(shared_office: Office, office: Office) -> None:
    worker = party(shared_office, 1)
    listed = shared_office.service.ask("GET", f"/api/v1/documents/{shared_office.secret}", "mediator").json()[
        "statement"
    ]["id"]

    assert worker.get(f"/statements/{listed}/receipt").status_code == 404
    assert worker.get(f"/statements/{office.case['statement']['id']}/receipt").status_code == 404


def test_one_worker_of_several_is_told_nothing_of_the_others_claims(autumn: Service) -> None:
    several = {
        **CASE,
        "parties": [CASE["parties"][0], {"role": "applicant", "kind": "worker", "name": "吴示例"}, CASE["parties"][1]],
        "claims": [
            {"party": 1, "kind": "wages", "amount_fen": 1, "detail": "甲"},
            {"party": 2, "kind": "wages", "amount_fen": 987654321, "detail": "乙的请求"},
        ],
    }
    case = autumn.register(several, username="mediator")
    body = {"party": 1, "expires_on": "2026-12-01"}
    code = autumn.ask("POST", f"/api/v1/cases/{case['id']}/party-links", "mediator", json=body).json()["code"]
    autumn.wait_until_final()

    answers = _opened(_everything(Party(autumn, code)))

    assert all(b"987654321" not in content and "乙的请求".encode() not in content for content in answers.values())


def test_code_is_in_no_log_line_and_in_no_address(
    start_service: StartService, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    service = start_service()
    case = service.register(username="mediator")
    with structlog.testing.capture_logs() as lines, caplog.at_level(logging.DEBUG):
        body = {"party": 1, "expires_on": "2026-09-01"}
        issued = service.ask("POST", f"/api/v1/cases/{case['id']}/party-links", "mediator", json=body).json()
        holder = Party(service, issued["code"])
        page = holder.page()
        holder.get()
        holder.page("/receipt", statement=case["statement"]["id"])
        Party(service, issued["code"][:-1] + ("0" if issued["code"][-1] != "0" else "1")).page()
    said = json.dumps(lines, default=str) + "".join(capfd.readouterr()) + caplog.text
    for secret in (issued["code"], issued["code"].replace("-", "")):
        assert secret not in said
    assert issued["url"] == f"{ORIGIN}/my#{issued['code']}"
    assert f"?{issued['code']}" not in page.text
    assert f"/{issued['code']}" not in page.text


def test_only_a_digest_of_the_code_is_kept(office: Office) -> None:
    code = office.link(1)["code"]
    office.service.wait_until_final()
    plain = code.replace("-", "").encode()

    for path in office.service.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert code.encode() not in content, path
            assert plain not in content, path


# ------------------------------------------------------------------------------------------------ who looked, how often


def test_use_is_recorded_once_an_hour_in_the_offices_access_log(office: Office) -> None:
    issued = office.link(1)
    holder = Party(office.service, issued["code"])

    for _ in range(3):
        holder.get()
        holder.page()

    listed = office.service.ask("GET", f"/api/v1/cases/{office.case['id']}/party-links", "mediator").json()["items"]
    assert [item["used"] for item in listed if item["id"] == issued["link"]["id"]] == [["2026-09-18T01Z"]]


def test_use_is_recorded_before_anything_is_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from ledger.errors import Unavailable
    from service.edge import party as edge

    code = office.link(1)["code"]

    def fail(*_: object) -> None:
        raise Unavailable("database", "test")

    monkeypatch.setattr(edge, "note_access", fail)
    answer = Party(office.service, code).page()

    assert answer.status_code == 503
    assert WORKER["name"] not in answer.text


def test_guessing_is_stopped(start_service: StartService) -> None:
    service = start_service(paper_code_limit="3/hour")
    wrong = Party(service, "0" * 26)

    assert [wrong.get().status_code for _ in range(4)] == [401, 401, 401, 429]
    assert wrong.page().status_code == 429


def test_right_code_is_not_counted_as_a_guess(start_service: StartService) -> None:
    service = start_service(paper_code_limit="3/hour")
    case = service.register(username="mediator")
    body = {"party": 1, "expires_on": "2026-09-01"}
    code = service.ask("POST", f"/api/v1/cases/{case['id']}/party-links", "mediator", json=body).json()["code"]

    assert {Party(service, code).get().status_code for _ in range(6)} == {200}


def test_what_a_party_enters_is_limited(office: Office) -> None:
    worker = party(office, 1)
    answers = [worker.page("/report", agreement=office.agreement, detail=f"第{number}件事") for number in range(21)]

    assert {answer.status_code for answer in answers[:20]} == {200}
    assert answers[20].status_code == 429


# ------------------------------------------------------------------------------------------------- what a party enters


def test_party_reports_and_the_other_answers_each_by_its_link(office: Office) -> None:
    issued = office.link(1)
    worker, employer = Party(office.service, issued["code"]), party(office, 2)

    reported = worker.page("/report", agreement=office.agreement, instalment="2", detail="第二期没有收到。")
    answered = employer.page("/answer", agreement=office.agreement, position="1", answer="下周付清。")

    assert "您写的内容已登记" in reported.text
    assert "您的答复已登记" in answered.text
    (report,) = office.service.ask("GET", f"/api/v1/agreements/{office.agreement}", "mediator").json()["nonperformance"]
    assert (report["reported_by"], report["instalment"], report["detail"]) == (1, 2, "第二期没有收到。")
    assert (report["answered_by"], report["answer"], report["reported_on"]) == (2, "下周付清。", "2026-09-18")
    assert "下周付清。" in worker.page().text


def test_report_says_through_which_link_it_came(office: Office) -> None:
    issued = office.link(1)
    Party(office.service, issued["code"]).page("/report", agreement=office.agreement, detail="没有开离职证明。")

    with office.service.runtime.read() as session:
        query = select(StatementRow).where(StatementRow.type == "agreement.nonperformance_reported")
        row = session.exec(query.order_by(col(StatementRow.ordinal).desc())).first()
        assert row is not None
        opened = open_disclosures(
            row, session.get_one(Stream, row.stream), office.service.runtime.recorder.wrapping_key
        )
    values = {item.name: item.value for item in opened}
    assert values["entered_by"] == f"party link {issued['link']['record_no']}"
    assert values["reported_by"] == 1


def test_report_sent_twice_is_recorded_once(office: Office) -> None:
    worker = party(office, 1)
    for _ in range(2):
        assert worker.page("/report", agreement=office.agreement, detail="没有收到。").status_code == 200

    read = office.service.ask("GET", f"/api/v1/agreements/{office.agreement}", "mediator").json()
    assert len(read["nonperformance"]) == 1


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"detail": ""}, 422),
        ({"detail": "x", "instalment": "1"}, 409),
        ({"detail": "x", "instalment": "9"}, 422),
    ],
)
def test_report_that_cannot_be_is_explained_and_given_back(office: Office, values: dict[str, str], status: int) -> None:
    answer = party(office, 1).page("/report", agreement=office.agreement, **values)

    assert answer.status_code == status
    assert "还有问题要处理" in answer.text
    assert f">{values['detail']}</textarea>" in answer.text


def test_party_reports_nothing_on_another_cases_agreement(office: Office, shared_office: Office) -> None:
    answer = party(office, 1).page("/report", agreement=shared_office.agreement, detail="x")

    assert answer.status_code == 404


def test_form_from_another_site_is_refused(office: Office) -> None:
    code = office.link(1)["code"]
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = office.service.client.post("/my", data={"code": code}, headers=headers)

    assert answer.status_code == 403
    assert WORKER["name"] not in answer.text
    assert code not in answer.text


# ----------------------------------------------------------------------------------------------------- the office's own


def test_slip_has_the_code_and_a_qr_code_that_opens_the_case(autumn: Service) -> None:
    office = make_office(autumn)
    lawyer = Visitor(autumn).sign_in("mediator")
    page = lawyer.fill(
        f"/cases/{office.case['id']}/access",
        {"party": "1", "expires_on": "2026-12-01"},
        to=f"/cases/{office.case['id']}/access/links",
    )
    (address,) = read_qr(page.answer.text)
    base, _, code = address.partition("#")
    assert base == f"{ORIGIN}/my"
    assert code in page.seen
    assert Party(autumn, code).get().json()["you"]["name"] == WORKER["name"]
    assert "查阅码只显示这一次" in page.seen
    assert page.answer.headers["cache-control"] == "no-store"
    assert code not in lawyer.get(f"/cases/{office.case['id']}/access").answer.text


def test_office_releases_withdraws_and_revokes_by_form(autumn: Service) -> None:
    office, lawyer = make_office(autumn), Visitor(autumn).sign_in("mediator")
    path = f"/cases/{office.case['id']}/access"
    issued = office.link(1)
    csrf = {"csrf": lawyer.get(path).fields["csrf"]}
    done = lawyer.post(f"{path}/releases", {**csrf, "document": office.paper, "party": "1"})
    assert done.location == f"{path}?done=released"
    (release,) = office.service.ask("GET", f"/api/v1/cases/{office.case['id']}/releases", "mediator").json()["items"]
    assert lawyer.post(f"{path}/releases/{release['id']}/withdraw", csrf).location == f"{path}?done=withdrawn"
    assert lawyer.post(f"{path}/links/{issued['link']['id']}/revoke", csrf).location == f"{path}?done=revoked"
    seen = lawyer.get(path).seen
    assert "2026年9月18日停用" in seen
    assert Party(autumn, issued["code"]).get().status_code == 401


@pytest.mark.parametrize(
    ("values", "to", "words"),
    [
        ({"party": "", "expires_on": "2026-12-01"}, "links", "请选择当事人"),
        ({"party": "1", "expires_on": "2020-01-01"}, "links", "这一天已经过去"),
        ({"party": "1", "document": ""}, "releases", "请选择材料"),
    ],
)
def test_form_that_is_refused_says_why(shared_office: Office, values: dict[str, str], to: str, words: str) -> None:
    lawyer = Visitor(shared_office.service).sign_in("mediator")
    path = f"/cases/{shared_office.case['id']}/access"
    shown = lawyer.fill(path, values, to=f"{path}/{to}")
    assert shown.status == 422
    assert words in shown.seen


@pytest.mark.parametrize("username", ["other", "admin", "department", "auditor"])
def test_nobody_else_gives_access(shared_office: Office, username: str) -> None:
    service, case_id = shared_office.service, shared_office.case["id"]
    body = {"party": 1, "expires_on": "2026-12-01"}
    answer = service.ask("POST", f"/api/v1/cases/{case_id}/party-links", username, json=body)
    assert answer.status_code in {403, 404}
    assert Visitor(service).sign_in(username).get(f"/cases/{case_id}/access").status in {403, 404}


def test_page_a_link_leads_to_reads_no_code_from_its_address(shared_office: Office) -> None:
    code = shared_office.link(1)["code"]
    answer = shared_office.service.client.get(f"/my?code={code}")

    assert answer.status_code == 200
    assert WORKER["name"] not in answer.text
    for part in ("receipt", "paper", "report", "answer"):
        moved = shared_office.service.client.get(f"/my/{part}", follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (303, "/my")
