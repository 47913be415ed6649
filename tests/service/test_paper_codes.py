"""Paper codes: drawn with the draft, kept sealed, printed again, replaced on the record, and told apart when typed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from ledger.record_number import parse_paper_code, parse_record_number
from ledger.store.statements import open_disclosures
from ledger.store.tables import StatementRow, Stream
from service.paper_codes import KEPT_CODES, Standing, check_paper_code, paper_path
from service.tables import PaperCode
from tests.clock import START, FixedClock
from tests.service.conftest import Service, running
from tests.service.test_api_agreements import TERMS


@pytest.fixture(scope="module")
def desk(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("papers") / "var"))
    with running(home, FixedClock(now=START.replace(month=9))) as service:
        yield service


@pytest.fixture
def agreement(desk: Service) -> str:
    case = desk.register(username="mediator")
    drafted = desk.ask("POST", f"/api/v1/cases/{case['id']}/agreements", "mediator", json=TERMS)
    return str(drafted.json()["id"])


def ask(desk: Service, agreement: str, username: str = "mediator") -> dict[str, Any]:
    answer = desk.ask("GET", f"/api/v1/agreements/{agreement}/paper-code", username)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def replace(desk: Service, agreement: str, username: str = "mediator", **headers: str) -> Any:
    path = f"/api/v1/agreements/{agreement}/paper-code/replacements"
    return desk.ask("POST", path, username, json={"reason": "当事人遗失纸质件"}, headers=headers)


def standing(desk: Service, agreement: str, code: str) -> Standing:
    with desk.runtime.read() as session:
        return check_paper_code(session, desk.runtime.recorder, agreement, code)


def statements(desk: Service, agreement: str) -> list[dict[str, Any]]:
    """What is disclosed of the agreement's code, version by version."""
    with desk.runtime.read() as session:
        row = session.exec(select(PaperCode).where(PaperCode.subject == agreement)).one()
        recorded = session.exec(
            select(StatementRow).where(StatementRow.subject == row.id).order_by(StatementRow.version)  # type: ignore[arg-type]
        ).all()
        return [
            {"type": item.type}
            | {
                field.name: field.value
                for field in open_disclosures(
                    item, session.get_one(Stream, item.stream), desk.runtime.recorder.wrapping_key
                )
            }
            for item in recorded
        ]


def test_draft_has_a_code_beside_its_record_number(desk: Service, agreement: str) -> None:
    code = ask(desk, agreement)

    assert parse_paper_code(code["paper_code"]) == code["paper_code"]
    assert parse_record_number(code["record_no"]).printed == code["record_no"]
    assert code["number"] == 1
    assert code["link"] == "http://127.0.0.1:8000" + paper_path(code["record_no"], code["paper_code"])


def test_code_is_the_same_every_time_it_is_printed(desk: Service, agreement: str) -> None:
    assert ask(desk, agreement) == ask(desk, agreement, "lawyer")


def test_codes_of_two_agreements_differ(desk: Service, agreement: str) -> None:
    case = desk.register(username="mediator")
    other = desk.ask("POST", f"/api/v1/cases/{case['id']}/agreements", "mediator", json=TERMS).json()["id"]

    assert ask(desk, agreement)["paper_code"] != ask(desk, other)["paper_code"]


@pytest.mark.parametrize(
    ("username", "status"), [("other", 404), ("department", 403), ("auditor", 403), ("admin", 403)]
)
def test_code_is_for_whoever_prints_the_paper(desk: Service, agreement: str, username: str, status: int) -> None:
    path = f"/api/v1/agreements/{agreement}/paper-code"

    assert desk.ask("GET", path, username).status_code == status
    assert replace(desk, agreement, username).status_code == status


def test_stolen_database_gives_no_code_away(desk: Service, agreement: str) -> None:
    code = ask(desk, agreement)["paper_code"]

    stored = (desk.home / "ledger.db").read_bytes() + (desk.home / "ledger.db-wal").read_bytes()

    assert code.encode() not in stored
    assert code.replace("-", "").encode() not in stored


def test_sealed_codes_cannot_change_places(desk: Service, agreement: str) -> None:
    case = desk.register(username="mediator")
    other = desk.ask("POST", f"/api/v1/cases/{case['id']}/agreements", "mediator", json=TERMS).json()["id"]
    with desk.runtime.read() as session:
        mine = session.exec(select(PaperCode).where(PaperCode.subject == agreement)).one()
        theirs = session.exec(select(PaperCode).where(PaperCode.subject == other)).one()
        mine.sealed = theirs.sealed
        with session.no_autoflush:
            moved = check_paper_code(session, desk.runtime.recorder, agreement, ask(desk, other)["paper_code"])

    assert moved is Standing.WRONG


def test_replaced_code_is_told_from_a_wrong_one(desk: Service, agreement: str) -> None:
    old = ask(desk, agreement)["paper_code"]
    new = replace(desk, agreement).json()

    assert new["number"] == 2
    assert ask(desk, agreement) == new
    assert standing(desk, agreement, old) is Standing.REPLACED
    assert standing(desk, agreement, new["paper_code"]) is Standing.CURRENT
    assert standing(desk, agreement, "0000-0000") is Standing.WRONG


def test_record_without_a_code_takes_none(desk: Service) -> None:
    assert standing(desk, desk.register()["id"], "0000-0000") is Standing.WRONG


def test_replacement_is_a_statement_of_the_office(desk: Service, agreement: str) -> None:
    replace(desk, agreement)

    first, second = statements(desk, agreement)

    assert (first["type"], second["type"]) == ("administration.recorded", "administration.recorded")
    assert (first["of"], second["of"]) == (agreement, agreement)
    assert (second["reason"], second["entered_by"]) == ("当事人遗失纸质件", "mediator")
    assert first["sealed"] != second["sealed"]


def test_replacement_that_comes_again_draws_no_second_code(desk: Service, agreement: str) -> None:
    once = replace(desk, agreement, **{"Idempotency-Key": f"lost-{agreement}"}).json()
    again = replace(desk, agreement, **{"Idempotency-Key": f"lost-{agreement}"}).json()

    assert once == again
    assert again["number"] == 2


def test_only_the_newest_codes_are_kept(desk: Service, agreement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.paper_codes.KEPT_CODES", 2)
    codes = [ask(desk, agreement)["paper_code"]] + [replace(desk, agreement).json()["paper_code"] for _ in range(2)]

    assert [standing(desk, agreement, code) for code in codes] == [Standing.WRONG, Standing.REPLACED, Standing.CURRENT]
    assert KEPT_CODES > 2
