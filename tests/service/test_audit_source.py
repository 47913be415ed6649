"""The audit of a live home: every column of every table that was recorded is edited once, and found and named."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.findings import Code, Outcome
from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.audit.seen import number_of
from ledger.record_number import record_number
from service.audit_source import COLUMN_CLASSES, ColumnClass, live_evidences
from service.audit_source.columns import DERIVED, LOG, OUTSIDE, all_columns
from service.declarations import DECLARATIONS
from service.home.opening import opened
from service.publication import read_sizes
from tests.clock import FixedClock
from tests.service.audited_home import AuditedHome, audited_home
from tests.service.conftest import StartService, settings_of

SUBJECTS = {
    "access_record": ("id",),
    "agent": ("case_id",),
    "agreement": ("id",),
    "case_share": ("case_id",),
    "aid_request": ("case_id",),
    "case_step": ("case_id",),
    "claim": ("case_id",),
    "consultation": ("case_id",),
    "document": ("id",),
    "document_version": ("document_id",),
    "entry": ("id",),
    "instalment": ("id", "agreement_id"),
    "institution": ("id",),
    "key_date": ("id",),
    "legal_case": ("id",),
    "nonperformance": ("id", "agreement_id"),
    "paper_code": ("id",),
    "paper_release": ("id",),
    "party": ("case_id",),
    "proceeding": ("id",),
    "party_link": ("id",),
    "signature": ("agreement_id",),
    "user_account": ("id",),
}
"""table → the columns that name the records a row belongs to."""

YES_OR_NO = {"active", "chosen", "original_compared", "withdrawn"}
REORDERS = {"position", "party_id", "reported_by", "answered_by"}
"""Columns whose edit moves an element of a list, or what it refers to."""

KEYS = {
    "aid_request": "case_id",
    "consultation": "case_id",
    "match_key": "rowid",
    "chain_transaction": "hash",
    "checkpoint": "size",
    "document_version": "rowid",
    "log": "origin",
    "record": "subject",
    "revocation": "commitment",
    "statement": "id",
    "stream": "id",
    "tile": "rowid",
}


@pytest.fixture(scope="module")
def audited(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditedHome]:
    path = tmp_path_factory.mktemp("audited") / "var"
    shutil.copytree(filled_home, path)
    with audited_home(path, path.parent) as home:
        yield home


def other(value: Any) -> Any:
    """Another value of the same kind, far from those that others may have."""
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, str) and value.startswith(("[", "{")):
        return value.replace("示例", "某某", 1) if "示例" in value else '["别的"]'
    return f"{value}x"


def a_row(audited: AuditedHome, table: str, column: str) -> tuple[Any, Any]:
    """(key, value) of a row whose column is not null, where there is one."""
    key = KEYS.get(table, "id")
    order = {
        "stream": "(SELECT COUNT(*) FROM statement s WHERE s.stream = stream.id) DESC",
        "instalment": "version DESC",
        # the id of a party that nothing refers to says nothing
        "party": "(SELECT COUNT(*) FROM claim c WHERE c.party_id = party.id) DESC",
    }.get(table, key)
    rows = audited.rows(f"SELECT {key}, {column} FROM {table} ORDER BY {column} IS NULL, {order}")
    return rows[0][0], rows[0][1]


def edit(audited: AuditedHome, column: str) -> tuple[AuditReport, Any, Any, Any]:
    """Edit one cell of a column; return the report, the row's key, the old and the new value."""
    table, _, name = column.partition(".")
    key, before = a_row(audited, table, name)
    after = "2026-01-01" if before is None else 1 - before if name in YES_OR_NO else other(before)
    report = audited.audit((f"UPDATE {table} SET {name} = ? WHERE {KEYS.get(table, 'id')} = ?", (after, key)))
    return report, key, before, after


def show(report: AuditReport) -> list[tuple[Any, ...]]:
    return [
        (item.code.value, item.record.kind, item.record.number, item.field, item.expected, item.found)
        for item in report.findings
    ]


# ----------------------------------------------------------------------------------------------------------- untouched


def test_untouched_home_has_no_finding(audited: AuditedHome) -> None:
    report = audited.audit()
    assert (report.exit_code, show(report)) == (0, [])
    assert [layer.reason for layer in report.layers if layer.outcome is Outcome.UNAVAILABLE] == []
    assert report.size == audited.rows("SELECT COUNT(*) FROM statement")[0][0]


def test_every_column_has_exactly_one_class() -> None:
    disclosed = {column for kind in DECLARATIONS.values() for name in kind.names for column in name.columns}
    assert set(COLUMN_CLASSES) == set(all_columns())
    assert not disclosed & (DERIVED | LOG)
    assert not DERIVED & LOG
    assert not (disclosed | DERIVED | LOG) & set(OUTSIDE)
    assert disclosed | DERIVED | LOG <= set(all_columns())


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize("column", sorted(name for name in OUTSIDE if not name.endswith("*")))
def test_edit_of_a_column_outside_is_no_finding(audited: AuditedHome, column: str) -> None:
    assert show(edit(audited, column)[0]) == []


# ----------------------------------------------------------------------------------------------------- single columns


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize(
    "column", sorted(name for name, kind in COLUMN_CLASSES.items() if kind is ColumnClass.DISCLOSED)
)
def test_edit_of_a_disclosed_column_names_record_field_and_both_values(audited: AuditedHome, column: str) -> None:
    table, _, name = column.partition(".")
    report, key, before, after = edit(audited, column)
    key_column = KEYS.get(table, "id")
    subjects = audited.rows(f"SELECT {', '.join(SUBJECTS[table])} FROM {table} WHERE {key_column} = ?", key)[0]
    fields = {item.name for kind in DECLARATIONS.values() for item in kind.names if column in item.columns}

    changes = [item for item in report.findings if item.code is Code.ROW_CHANGED]
    named = [
        item
        for item in changes
        if item.record.number.startswith(tuple(map(number_of, subjects)))
        and item.field is not None
        and item.field.split(".")[0].split("[")[0] in fields
    ]
    assert report.exit_code == 1
    assert named, show(report)
    if name not in YES_OR_NO | REORDERS and "[" not in str(before):
        assert (before, after) in [(item.expected, item.found) for item in named], show(report)


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize(
    "column",
    sorted(name for name, kind in COLUMN_CLASSES.items() if kind in {ColumnClass.DERIVED, ColumnClass.LOG}),
)
def test_edit_of_a_derived_column_or_of_the_log_is_found(audited: AuditedHome, column: str) -> None:
    report, key, before, after = edit(audited, column)
    assert report.exit_code == 1, column
    values = [value for item in report.findings for value in (item.expected, item.found, item.record.number)]
    known = {str(value) for value in (key, before, after)} | {number_of(value) for value in (key, before, after)}
    assert any(str(value).partition(".v")[0] in known for value in values) or column in {
        "statement.body",
        "statement.disclosures",
        "statement.leaf_index",
        "stream.wrapped_key",
        "tile.hashes",
        "tile.level",
        "tile.number",
        "checkpoint.note",
        "chain_transaction.raw",
        "document_version.version",
        "party.id",
        "statement.subject",
    }, show(report)


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize(
    ("column", "code", "field"),
    [
        ("statement.type", Code.COLUMN_CHANGED, "type"),
        ("statement.commitment", Code.COLUMN_CHANGED, "commitment"),
        ("statement.body", Code.STATEMENT_CHANGED, "body"),
        ("statement.disclosures", Code.DISCLOSURES_UNREADABLE, None),
        ("statement.leaf_index", Code.LEAF_ORDER, "leaf_index"),
        ("stream.wrapped_key", Code.KEY_UNREADABLE, None),
        ("stream.institution", Code.COLUMN_CHANGED, "institution"),
        ("stream.kind", Code.COLUMN_CHANGED, "kind"),
        ("record.record_no", Code.RECORD_NUMBER_MISMATCH, "record_no"),
        ("record.stream", Code.COLUMN_CHANGED, "stream"),
        ("legal_case.stream", Code.COLUMN_CHANGED, "stream"),
        ("legal_case.version", Code.ROW_CHANGED, "version"),
        ("document.version", Code.COLUMN_CHANGED, "version"),
        ("log.chain_id", Code.COLUMN_CHANGED, "chain_id"),
        ("log.contract", Code.COLUMN_CHANGED, "contract"),
        ("checkpoint.root", Code.COLUMN_CHANGED, "root"),
        ("checkpoint.size", Code.COLUMN_CHANGED, "size"),
        ("checkpoint.note", Code.NOTE_INVALID, None),
        ("tile.hashes", Code.TILE_MISMATCH, "hashes[0]"),
        ("chain_transaction.raw", Code.TRANSACTION_MISMATCH, None),
        ("chain_transaction.sender", Code.TRANSACTION_MISMATCH, "sender"),
        ("chain_transaction.nonce", Code.TRANSACTION_MISMATCH, "nonce"),
        ("chain_transaction.block_hash", Code.TRANSACTION_MISMATCH, "block_hash"),
        ("chain_transaction.state", Code.TRANSACTION_MISMATCH, "state"),
    ],
)
def test_edit_has_the_code_and_field_of_its_layer(
    audited: AuditedHome, column: str, code: Code, field: str | None
) -> None:
    report = edit(audited, column)[0]
    found = [(item.code, item.field) for item in report.findings]
    assert any(item[0] is code and field in {None, item[1]} for item in found), show(report)


# ------------------------------------------------------------------------------------------------ odd cells, whole rows


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("user_account", "active", 7),
        ("legal_case", "facts", b"\xff\xfe"),
        ("legal_case", "year", "twenty"),
        ("legal_case", "year", 2026.5),
        ("agreement", "waivers", "not JSON"),
        ("agreement", "waivers", b"\xff"),
        ("instalment", "amount_fen", "much"),
        ("party", "position", 10**18),
        ("statement", "body", b"\x00\xff"),
        ("statement", "leaf_index", "seven"),
        ("statement", "disclosures", "text"),
        ("statement", "disclosures", b""),
        ("stream", "wrapped_key", "text"),
        ("tile", "hashes", "text"),
        ("tile", "level", "x"),
        ("tile", "level", -1),
        ("checkpoint", "note", b"\xff"),
        ("checkpoint", "size", "x"),
        ("chain_transaction", "raw", "text"),
        ("chain_transaction", "hash", "x"),
        ("chain_transaction", "state", b"\xff"),
        ("record", "record_no", b"\xff"),
        ("document_version", "blob", "../../keys/owner.key"),
        ("document_version", "sha256", b"\xff"),
    ],
)
def test_cell_of_another_kind_is_found_and_breaks_nothing(
    audited: AuditedHome, table: str, column: str, value: Any
) -> None:
    key = KEYS.get(table, "id")
    first = audited.rows(f"SELECT {key} FROM {table} ORDER BY {key}")[0][0]
    report = audited.audit((f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (value, first)))
    assert report.exit_code == 1


def test_key_of_a_stream_without_statements_is_tried(audited: AuditedHome) -> None:
    ((stream, key),) = audited.rows(
        "SELECT id, wrapped_key FROM stream WHERE id NOT IN (SELECT stream FROM statement) ORDER BY id LIMIT 1"
    )
    report = audited.audit(("UPDATE stream SET wrapped_key = ? WHERE id = ?", (other(key), stream)))
    assert [(item.record.number, item.field) for item in report.findings] == [(stream, "wrapped_key")]


def test_text_that_is_no_utf8_is_found(audited: AuditedHome) -> None:
    report = audited.audit(("UPDATE legal_case SET facts = CAST(X'FF41' AS TEXT)", ()))
    assert {item.field for item in report.findings} == {"facts"}


RECORDED_TABLES = sorted(
    {column.partition(".")[0] for column, kind in COLUMN_CLASSES.items() if kind is not ColumnClass.OUTSIDE}
)


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize("table", RECORDED_TABLES)
def test_deleted_row_of_any_recorded_table_is_found(audited: AuditedHome, table: str) -> None:
    rows = audited.rows(f"SELECT rowid FROM {table} ORDER BY rowid")
    report = audited.audit((f"DELETE FROM {table} WHERE rowid = ?", rows[len(rows) // 2]))
    assert report.exit_code == 1


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize("table", RECORDED_TABLES)
def test_emptied_table_is_found(audited: AuditedHome, table: str) -> None:
    assert audited.audit((f"DELETE FROM {table}", ())).exit_code == 1


@pytest.mark.longer(one_in=16)
@pytest.mark.parametrize("table", sorted(set(RECORDED_TABLES) - {"dispute"}))
def test_inserted_copy_of_a_row_is_found(audited: AuditedHome, table: str) -> None:
    columns = [row[1] for row in audited.rows(f"PRAGMA table_info({table})")]
    unique = {row[1]: row for row in audited.rows(f"PRAGMA index_list({table})") if row[2]}
    parts = {row[2] for index in unique for row in audited.rows(f"PRAGMA index_info({index})")}
    key = [row[1] for row in audited.rows(f"PRAGMA table_info({table})") if row[5]]
    changed = parts | set(key)
    row = dict(
        zip(columns, audited.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid LIMIT 1")[0], strict=True)
    )
    for name in changed:
        value = row[name]
        row[name] = value + 1000 if isinstance(value, int) else f"{value}-0000" if value is not None else None
    marks = ", ".join("?" for _ in columns)
    report = audited.audit((f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(row.values())))
    assert report.exit_code == 1, row


def test_swapped_rows_are_found(audited: AuditedHome) -> None:
    (first, facts), (second, other_facts) = audited.rows(
        "SELECT MIN(id), facts FROM legal_case GROUP BY facts ORDER BY 1 LIMIT 2"
    )
    report = audited.audit(
        ("UPDATE legal_case SET facts = ? WHERE id = ?", (other_facts, first)),
        ("UPDATE legal_case SET facts = ? WHERE id = ?", (facts, second)),
    )
    assert {item.record.number.partition(".")[0] for item in report.findings} == {number_of(first), number_of(second)}


def test_statements_with_swapped_places_are_found(audited: AuditedHome) -> None:
    report = audited.audit(
        ("UPDATE statement SET leaf_index = -7 WHERE leaf_index = 2", ()),
        ("UPDATE statement SET leaf_index = 2 WHERE leaf_index = 5", ()),
        ("UPDATE statement SET leaf_index = 5 WHERE leaf_index = -7", ()),
    )
    assert {(item.expected, item.found) for item in report.findings if item.code is Code.LEAF_ORDER} == {(2, 5), (5, 2)}


# --------------------------------------------------------------------------------------- what no statement vouches for


def test_dispute_that_no_case_is_about_is_found(audited: AuditedHome) -> None:
    report = audited.audit(("INSERT INTO dispute (id, opened_at) VALUES ('x', '2026-07-20T01:30:00.000Z')", ()))
    assert [(item.record.kind, item.record.number, item.field) for item in report.findings] == [("dispute", "x", "id")]


def test_record_number_of_nothing_is_found(audited: AuditedHome) -> None:
    subject = "00000000-0000-4000-8000-000000000000"
    ((stream,),) = audited.rows("SELECT stream FROM record LIMIT 1")
    row = (subject, record_number(subject), stream)
    report = audited.audit(("INSERT INTO record (subject, record_no, stream) VALUES (?, ?, ?)", row))
    assert [(item.record.number, item.field) for item in report.findings] == [(record_number(subject), "id")]


def test_entry_of_a_party_of_another_case_is_found_though_its_position_is_the_same(audited: AuditedHome) -> None:
    entry, other_party = audited.rows(
        """SELECT e.id, q.id FROM entry e JOIN party p ON p.id = e.party_id
        JOIN party q ON q.position = p.position AND q.case_id <> p.case_id LIMIT 1"""
    )[0]
    report = audited.audit(("UPDATE entry SET party_id = ? WHERE id = ?", (other_party, entry)))
    assert [(item.record.number, item.field, item.found) for item in report.findings] == [
        (number_of(entry, 1), "party", other_party)
    ]


@pytest.mark.parametrize("table", ["party_link", "paper_release"])
def test_party_that_is_named_and_gone_is_found(audited: AuditedHome, table: str) -> None:
    ((row, party),) = audited.rows(f"SELECT id, party_id FROM {table} ORDER BY id LIMIT 1")
    report = audited.audit(("UPDATE party SET id = 'x' WHERE id = ?", (party,)))
    assert (number_of(row), "party_id") in [(item.record.number, item.field) for item in report.findings]


@pytest.mark.parametrize(
    ("column", "value"),
    [("state", "final"), ("block_number", 2), ("block_hash", "0x00"), ("checkpoint_size", 7)],
)
def test_set_up_transaction_with_what_it_does_not_have_is_found(
    audited: AuditedHome, column: str, value: object
) -> None:
    ((hash_,),) = audited.rows("SELECT hash FROM chain_transaction WHERE nonce = 0 AND purpose = 'set_up'")
    report = audited.audit((f"UPDATE chain_transaction SET {column} = ? WHERE hash = ?", (value, hash_)))
    assert (hash_, column) in [(item.record.number, item.field) for item in report.findings]


def test_deleted_creation_of_the_contract_is_found_though_it_left_no_event(audited: AuditedHome) -> None:
    ((hash_, sender),) = audited.rows(
        "SELECT hash, sender FROM chain_transaction WHERE nonce = 0 AND purpose = 'set_up'"
    )
    report = audited.audit(("DELETE FROM chain_transaction WHERE hash = ?", (hash_,)))
    assert [(item.record.number, item.field) for item in report.findings] == [(f"{sender}/0", "nonce")]


def test_block_of_a_revocation_that_was_removed_is_found(audited: AuditedHome) -> None:
    ((hash_,),) = audited.rows("SELECT hash FROM chain_transaction WHERE purpose = 'revoke' ORDER BY hash LIMIT 1")
    report = audited.audit(("UPDATE chain_transaction SET block_number = NULL WHERE hash = ?", (hash_,)))
    assert [(item.record.number, item.field) for item in report.findings] == [(hash_, "block_number")]


def test_transaction_taken_from_a_fresh_revocation_is_found_at_the_revocation(audited: AuditedHome) -> None:
    for commitment, hash_ in audited.rows("SELECT commitment, transaction_hash FROM revocation ORDER BY commitment"):
        report = audited.audit(("UPDATE revocation SET transaction_hash = NULL WHERE commitment = ?", (commitment,)))
        named = {(item.record.number, item.field): item.expected for item in report.findings}
        assert named[commitment, "transaction_hash"] == hash_


def test_stream_of_an_instalment_that_nobody_paid_is_named_by_its_record_number(audited: AuditedHome) -> None:
    ((instalment, number),) = audited.rows(
        "SELECT i.id, r.record_no FROM instalment i JOIN record r ON r.subject = i.id WHERE i.version = 0 LIMIT 1"
    )
    report = audited.audit(("UPDATE record SET stream = 'x' WHERE subject = ?", (instalment,)))
    assert [(item.record.number, item.field) for item in report.findings] == [(number, "stream")]


@pytest.mark.parametrize("column", ["access_stream", "administration_stream"])
def test_deleted_stream_of_an_office_is_found(audited: AuditedHome, column: str) -> None:
    for office, stream in audited.rows(f"SELECT id, {column} FROM institution ORDER BY id"):
        report = audited.audit(("DELETE FROM stream WHERE id = ?", (stream,)))
        found = [(item.record.number, item.field) for item in report.findings]
        assert (number_of(office), column) in found
        assert stream in [number for number, _ in found]


# -------------------------------------------------------------------------------------------------------------- files


def test_changed_sealed_file_is_found(audited: AuditedHome) -> None:
    ((blob, document),) = audited.rows("SELECT blob, document_id FROM document_version ORDER BY version LIMIT 1")
    path = audited.home.layout.blobs / blob
    sealed = path.read_bytes()
    try:
        path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
        report = audited.audit()
    finally:
        path.write_bytes(sealed)
    assert [(item.code, item.record.number) for item in report.findings] == [
        (Code.DOCUMENT_CHANGED, number_of(document, 1))
    ]


def test_deleted_sealed_file_is_found(audited: AuditedHome) -> None:
    ((blob, document),) = audited.rows("SELECT blob, document_id FROM document_version ORDER BY version LIMIT 1")
    path = audited.home.layout.blobs / blob
    away = path.with_name("away")
    path.rename(away)
    try:
        report = audited.audit()
    finally:
        away.rename(path)
    assert [(item.code, item.record.number) for item in report.findings] == [
        (Code.DOCUMENT_MISSING, number_of(document, 1))
    ]


# ----------------------------------------------------------------------------------------------------- beside a service


def test_audit_beside_a_service_that_records_has_no_finding(start_service: StartService, home: Path) -> None:
    service = start_service()
    recording = threading.Thread(target=lambda: [service.register() for _ in range(12)])
    recording.start()
    reports: list[AuditReport] = []
    while recording.is_alive() or len(reports) < 2:
        reports.append(audit_beside(home, service.clock))
    recording.join()
    assert [show(report) for report in reports] == [[]] * len(reports)
    service.wait_until_final()
    last = audit_beside(home, service.clock)
    with service.runtime.read() as session:
        assert (last.exit_code, last.size) == (0, read_sizes(session).recorded)


def audit_beside(home: Path, clock: FixedClock) -> AuditReport:
    with (
        opened(settings_of(home), clock=clock) as beside,
        live_evidences(beside, chain=beside.history, no_chain="") as evidences,
    ):
        return audit(evidences, now=clock())
