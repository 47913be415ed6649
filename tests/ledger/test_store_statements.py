"""The write path of statements over a real database file."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from ledger.canonical import JsonValue, parse_time
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.record_number import record_number
from ledger.statement import check_disclosures, commitment
from ledger.store.database import Database
from ledger.store.statements import Draft, append_statement, open_disclosures, open_stream, parse_row, reserve_record
from ledger.store.tables import Record, StatementRow, Stream
from tests.clock import FixedClock

WRAP = bytes(range(32))
VALUES: dict[str, JsonValue] = {"title": "工资条", "sha256": "00" * 32, "size": 12, "note": None}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/ledger.db")
    SQLModel.metadata.create_all(opened.engine)
    yield opened
    opened.close()


class Writer:
    """Records into one stream with counted randomness, so that every run writes the same bytes."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self._counter = itertools.count(1)
        self.database = database
        self.clock = clock
        with database.write() as session:
            self.stream = open_stream(
                session, kind="case", institution="LS-UNION", wrapping_key=WRAP, now=clock(), random=self.random
            ).id

    def random(self, size: int) -> bytes:
        return next(self._counter).to_bytes(size, "big")

    def subject(self) -> str:
        with self.database.write() as session:
            return reserve_record(session, stream=self.stream, random=self.random).subject

    def append(self, subject: str, required: frozenset[str] = frozenset({"sha256"})) -> StatementRow:
        draft = Draft(
            stream=self.stream,
            subject=subject,
            type="document.filed",
            institution="LS-UNION",
            values=VALUES,
            required=required,
        )
        with self.database.write() as session:
            return append_statement(session, draft, wrapping_key=WRAP, now=self.clock(), random=self.random)


@pytest.fixture
def writer(database: Database, clock: FixedClock) -> Writer:
    return Writer(database, clock)


def test_statement_numbers_stream_and_versions_without_gaps(writer: Writer) -> None:
    first, second = writer.subject(), writer.subject()

    rows = [writer.append(first), writer.append(second), writer.append(first)]

    assert [(row.stream_seq, row.version) for row in rows] == [(1, 1), (2, 1), (3, 2)]
    parsed = [parse_row(row) for row in rows]
    assert [statement.stream_previous for statement in parsed] == [None, rows[0].commitment, rows[1].commitment]
    assert [statement.previous for statement in parsed] == [None, None, rows[0].commitment]


def test_statement_columns_repeat_what_the_body_says(writer: Writer) -> None:
    row = writer.append(writer.subject())

    statement = parse_row(row)
    assert {name: getattr(row, name) for name in ("id", "stream", "subject", "version", "type", "institution")} == {
        name: getattr(statement, name) for name in ("id", "stream", "subject", "version", "type", "institution")
    }
    assert row.commitment == commitment(row.body.encode()).hex()
    assert parse_time(row.recorded_at) == writer.clock()


def test_statement_body_holds_no_value(writer: Writer, tmp_path: Path) -> None:
    row = writer.append(writer.subject())

    assert "工资条" not in row.body
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "工资条".encode() not in stored


def test_disclosures_open_to_what_was_recorded(writer: Writer, database: Database) -> None:
    row = writer.append(writer.subject())

    with database.read() as session:
        stream = session.get_one(Stream, writer.stream)
    opened = open_disclosures(row, stream, WRAP)

    assert {item.name: item.value for item in opened} == VALUES
    check_disclosures(parse_row(row), opened)
    assert len({item.salt for item in opened}) == len(VALUES)


def test_disclosures_of_another_statement_do_not_open(writer: Writer, database: Database) -> None:
    one, other = writer.append(writer.subject()), writer.append(writer.subject())
    with database.read() as session:
        stream = session.get_one(Stream, writer.stream)
    other.disclosures = one.disclosures

    with pytest.raises((Malformed, Mismatch)):
        open_disclosures(other, stream, WRAP)


def test_disclosures_under_another_wrapping_key_do_not_open(writer: Writer, database: Database) -> None:
    row = writer.append(writer.subject())
    with database.read() as session:
        stream = session.get_one(Stream, writer.stream)

    with pytest.raises((Malformed, Mismatch)):
        open_disclosures(row, stream, bytes(32))


def test_statement_without_a_required_value_is_refused_and_leaves_nothing(writer: Writer, database: Database) -> None:
    subject = writer.subject()

    with pytest.raises(Malformed, match="signature"):
        writer.append(subject, required=frozenset({"signature"}))

    with database.read() as session:
        assert session.exec(select(StatementRow)).all() == []


def test_record_number_is_derived_from_the_reserved_subject(writer: Writer, database: Database) -> None:
    subject = writer.subject()

    with database.read() as session:
        assert session.get_one(Record, subject).record_no == record_number(subject)


def test_record_number_that_is_taken_is_drawn_again(writer: Writer, database: Database) -> None:
    drawn = [(7).to_bytes(16, "big"), (7).to_bytes(16, "big"), (8).to_bytes(16, "big")]
    with database.write() as session:
        one = reserve_record(session, stream=writer.stream, random=lambda _: drawn.pop(0))
        other = reserve_record(session, stream=writer.stream, random=lambda _: drawn.pop(0))

    assert one.record_no != other.record_no
    assert not drawn


def test_second_statement_of_one_version_is_refused_by_the_database(writer: Writer, database: Database) -> None:
    row = writer.append(writer.subject())
    twin = StatementRow(**{**row.model_dump(), "ordinal": None, "id": "other", "commitment": "other", "stream_seq": 9})

    with pytest.raises(IntegrityError), database.write() as session:
        session.add(twin)


def test_database_is_synced_fully_and_in_wal(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_write_session_that_raises_leaves_nothing(writer: Writer, database: Database) -> None:
    def reserve_and_fail() -> None:
        with database.write() as session:
            reserve_record(session, stream=writer.stream, random=writer.random)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        reserve_and_fail()

    with database.read() as session:
        assert session.exec(select(Record)).all() == []


def test_locked_database_is_unavailable(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.database.BUSY_TIMEOUT_MS", 1)
    database.close()  # the next connection takes the short patience
    holder = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Unavailable, match="locked"), database.write():
            pass
    finally:
        holder.close()
