"""A paper without a file: number and code open the registered terms, names masked; guesses do not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from ledger.store.statements import open_disclosures
from ledger.store.tables import StatementRow, Stream
from service.masking import mask_name, mask_names_in
from service.publication import read_sizes
from tests.clock import START, FixedClock
from tests.service.conftest import OFFICE, Service, StartService, running
from tests.service.test_api_agreements import MARKS, TERMS

pytestmark = pytest.mark.longer(one_in=2)

PAPER_TERMS = {
    **TERMS,
    "waivers": ["周小满放弃加班工资"],
    "late_terms": "日照示例绳网有限公司逾期的，周小满可以就全部余款申请执行。",
    "closure": "one_time",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed agreement as its holder has it."""

    agreement: str
    record_no: str
    code: str


def make_paper(service: Service) -> Paper:
    case = service.register(username="mediator")
    terms = {key: value for key, value in PAPER_TERMS.items() if key != "closure"}
    drafted = service.ask("POST", f"/api/v1/cases/{case['id']}/agreements", "mediator", json=terms).json()
    path = f"/api/v1/agreements/{drafted['id']}"
    for mark in MARKS:
        assert service.ask("POST", f"{path}/signatures", "mediator", json=mark).status_code == 201
    code = service.ask("GET", f"{path}/paper-code", "mediator").json()
    return Paper(agreement=drafted["id"], record_no=code["record_no"], code=code["paper_code"])


@pytest.fixture(scope="module")
def desk(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("papers") / "var"))
    with running(home, FixedClock(now=START.replace(month=9))) as service:
        yield service


@pytest.fixture(scope="module")
def paper(desk: Service) -> Paper:
    made = make_paper(desk)
    desk.wait_until_final()
    return made


def ask(service: Service, record_no: str, code: str) -> Any:
    return service.client.post("/api/v1/verifications", json={"record_no": record_no, "paper_code": code})


def accesses(service: Service) -> list[dict[str, Any]]:
    with service.runtime.read() as session:
        rows = session.exec(
            select(StatementRow).where(StatementRow.type == "access.recorded").order_by(StatementRow.ordinal)  # type: ignore[arg-type]
        ).all()
        key = service.runtime.recorder.wrapping_key
        return [
            {item.name: item.value for item in open_disclosures(row, session.get_one(Stream, row.stream), key)}
            for row in rows
        ]


# ------------------------------------------------------------------------------------------------------- what is shown


def test_number_and_code_show_what_was_registered(desk: Service, paper: Paper) -> None:
    answer = ask(desk, paper.record_no, paper.code).json()

    assert answer["verdict"] == "verified"
    registered = answer["registered"]
    assert registered["total_fen"] == 2796000
    assert [(item["amount_fen"], item["due_on"]) for item in registered["instalments"]] == [
        (1000000, "2026-07-31"),
        (1796000, "2026-08-31"),
    ]
    assert (registered["agreed_on"], registered["effective_on"], registered["state"]) == (
        "2026-07-20",
        "2026-07-20",
        "effective",
    )


def test_number_and_code_may_be_typed_carelessly(desk: Service, paper: Paper) -> None:
    typed = ask(desk, paper.record_no.lower().replace("-", " "), f" {paper.code.lower().replace('-', '')} ")

    assert typed.json()["registered"]["total_fen"] == 2796000


def test_names_are_masked_also_inside_texts(desk: Service, paper: Paper) -> None:
    answer = ask(desk, paper.record_no, paper.code)

    registered = answer.json()["registered"]
    assert [party["name"] for party in registered["parties"]] == ["周*满", "日照****有限公司"]
    assert registered["waivers"] == ["周*满放弃加班工资"]
    assert registered["late_terms"] == "日照****有限公司逾期的，周*满可以就全部余款申请执行。"
    for secret in ("周小满", "示例绳网", "李示例", "371103197905200009", "000-0000000", TERMS["facts"]):
        assert secret not in json.dumps(answer.json(), ensure_ascii=False)


def test_number_alone_shows_no_term(desk: Service, paper: Paper) -> None:
    answer = desk.client.post("/api/v1/verifications", json={"record_no": paper.record_no}).json()

    assert (answer["verdict"], answer["registered"]) == ("verified", None)


def test_terms_are_those_of_the_statement_and_not_of_an_edited_row(service: Service) -> None:
    service.clock.advance(timedelta(days=60))
    paper = make_paper(service)
    service.wait_until_final()
    with service.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE agreement SET total_fen = 1")
        session.connection().exec_driver_sql("UPDATE instalment SET amount_fen = 1")

    assert ask(service, paper.record_no, paper.code).json()["registered"]["total_fen"] == 2796000


def test_terms_are_shown_before_the_chain_has_them(service: Service) -> None:
    service.clock.advance(timedelta(days=60))
    service.cut_off_chain()
    paper = make_paper(service)

    answer = ask(service, paper.record_no, paper.code).json()

    assert answer["verdict"] in {"pending", "chain_unreachable"}
    assert answer["registered"]["total_fen"] == 2796000


def test_earlier_version_shows_its_own_state(desk: Service, paper: Paper) -> None:
    answer = ask(desk, f"{paper.record_no}.v1", paper.code).json()

    assert (answer["verdict"], answer["registered"]["state"]) == ("superseded", "drafted")


def test_unknown_number_is_not_found_whatever_the_code(desk: Service, paper: Paper) -> None:
    answer = ask(desk, "0000-0000-00000", paper.code).json()

    assert (answer["verdict"], answer["registered"]) == ("not_found", None)


# ------------------------------------------------------------------------------------------------------------- refusals


def test_wrong_code_shows_nothing(desk: Service, paper: Paper) -> None:
    answer = ask(desk, paper.record_no, "0000-0000")

    assert (answer.status_code, answer.json()["code"]) == (409, "paper_code_wrong")
    assert "registered" not in answer.json()


def test_record_without_terms_takes_no_code(desk: Service) -> None:
    number = desk.register()["statement"]["record_no"]

    assert ask(desk, number, "0000-0000").json()["code"] == "paper_code_wrong"


def test_replaced_code_is_told_so(desk: Service) -> None:
    paper = make_paper(desk)
    path = f"/api/v1/agreements/{paper.agreement}/paper-code/replacements"
    new = desk.ask("POST", path, "mediator", json={"reason": "遗失"}).json()["paper_code"]

    assert ask(desk, paper.record_no, paper.code).json()["code"] == "paper_code_replaced"
    assert ask(desk, paper.record_no, new).json()["registered"]["total_fen"] == 2796000


@pytest.mark.parametrize(
    ("question", "pointer", "code"),
    [
        ({"paper_code": "0000-0000"}, "", "code_without_number"),
        ({"record_no": "0000-0000-00000", "paper_code": "0000-0001"}, "/paper_code", "paper_code_form"),
        ({"record_no": "0000-0000-00000", "paper_code": "7K2M"}, "/paper_code", "paper_code_form"),
        ({"record_no": "0000-0000-00000", "paper_code": 7}, "/paper_code", "wrong_type"),
    ],
)
def test_code_that_is_none_is_named(desk: Service, question: dict[str, Any], pointer: str, code: str) -> None:
    answer = desk.client.post("/api/v1/verifications", json=question)

    assert answer.status_code == 422
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def test_guesses_are_limited_for_a_record_from_every_address(start_service: StartService) -> None:
    service = start_service(paper_code_limit="3/hour")
    service.clock.advance(timedelta(days=60))
    paper = make_paper(service)

    guesses = [ask(service, paper.record_no, "0000-0000").status_code for _ in range(4)]
    right = ask(service, paper.record_no, paper.code)

    assert guesses == [409, 409, 409, 429]
    assert (right.status_code, right.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(right.headers["retry-after"]) <= 3600


def test_guesses_are_limited_for_an_address_over_all_records(start_service: StartService) -> None:
    service = start_service(paper_code_limit="3/hour")
    numbers = [service.register()["statement"]["record_no"] for _ in range(4)]

    assert [ask(service, number, "0000-0000").status_code for number in numbers] == [409, 409, 409, 429]


def test_right_code_is_never_counted(start_service: StartService) -> None:
    service = start_service(paper_code_limit="2/hour")
    service.clock.advance(timedelta(days=60))
    paper = make_paper(service)

    assert [ask(service, paper.record_no, paper.code).status_code for _ in range(5)] == [200] * 5


# -------------------------------------------------------------------------------------------------------------- access


def test_reading_is_recorded_without_a_word_on_the_reader(service: Service) -> None:
    service.clock.advance(timedelta(days=60))
    paper = make_paper(service)
    ask(service, paper.record_no, paper.code)

    (access,) = accesses(service)

    assert access == {
        "record": "access",
        "of": paper.agreement,
        "way": "paper_code",
        "hour": service.clock().strftime("%Y-%m-%dT%HZ"),
        "occurred_on": "2026-09-18",
        "entered_by": "public",
        "reason": None,
    }


def test_readings_of_one_hour_are_one_record(service: Service) -> None:
    service.clock.advance(timedelta(days=60))
    paper = make_paper(service)
    for _ in range(3):
        ask(service, paper.record_no, paper.code)
    service.clock.advance(timedelta(hours=1))
    ask(service, paper.record_no, paper.code)

    assert len(accesses(service)) == 2


def test_refused_codes_add_nothing_to_the_log(desk: Service, paper: Paper) -> None:
    with desk.runtime.read() as session:
        before = read_sizes(session).recorded
    ask(desk, paper.record_no, "0000-0000")

    with desk.runtime.read() as session:
        assert read_sizes(session).recorded == before


def test_access_is_in_the_stream_of_the_office(desk: Service, paper: Paper) -> None:
    ask(desk, paper.record_no, paper.code)

    with desk.runtime.read() as session:
        row = session.exec(select(StatementRow).where(StatementRow.type == "access.recorded")).first()
        assert row is not None
        assert (row.institution, session.get_one(Stream, row.stream).kind) == (OFFICE.code, "access")


# ------------------------------------------------------------------------------------------------------------- masking


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("周小满", "周*满"),
        ("李示", "李*"),
        ("欧阳小满", "欧**满"),
        ("阿依古丽·买买提", "阿******提"),
        ("满", "*"),
        ("", ""),
        ("日照示例绳网有限公司", "日照****有限公司"),
        ("示例厂", "示*厂"),
    ],
)
def test_mask_keeps_what_its_owner_recognises(name: str, masked: str) -> None:
    assert mask_name(name) == masked
    assert len(masked) == len(name)


def test_mask_in_a_text_takes_the_longer_name_first() -> None:
    assert mask_names_in("周小满与周小满餐馆", ["周小满", "周小满餐馆"]) == "周*满与周***馆"
