"""Every edit of a ledger is found and named; an untouched one has no finding; an outage is never one."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.audit.findings import ABSENT, AuditReport, Code, Finding, Layer, Outcome, differences
from ledger.audit.run import KeptHead, audit
from ledger.audit.sentences import LAYERS, SENTENCES
from ledger.audit.sources import Comparison, StoredRow, Unreadable
from ledger.audit.tree import Frontier
from ledger.canonical import encode_base64url
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.disclosure import parse_disclosure
from ledger.log import root_at
from ledger.merkle import RootHash, leaf_hash
from ledger.note import NoteSigner
from ledger.record_number import record_number
from ledger.statement import commitment
from ledger.tiles import tiles_of
from tests.ledger.audited import NOW, ORIGIN, MemoryLedger, long_ledger, small_ledger


def one(findings: list[Finding]) -> Finding:
    """The only finding there is."""
    assert len(findings) == 1, findings
    return findings[0]


def codes(findings: list[Finding]) -> list[Code]:
    return [finding.code for finding in findings]


def edit_body(ledger: MemoryLedger, leaf_index: int, old: bytes, new: bytes) -> None:
    held = ledger.held[leaf_index]
    assert old in held.body
    held.body = held.body.replace(old, new, 1)


def number_at(ledger: MemoryLedger, leaf_index: int) -> str:
    columns = ledger.held[leaf_index].columns
    return f"{record_number(str(columns['subject']))}.v{columns['version']}"


# ----------------------------------------------------------------------------------------------------------- no finding


def test_untouched_ledger_has_no_finding_and_every_layer_checked() -> None:
    report = small_ledger().audit()
    assert (report.exit_code, report.findings) == (0, ())
    assert [layer.layer for layer in report.layers if layer.outcome is not Outcome.CHECKED] == [Layer.CONTAINER]
    assert {layer.layer: layer.counted for layer in report.layers} == {
        Layer.CONTAINER: 0,
        Layer.ROWS: 7,
        Layer.DISCLOSURES: 5,
        Layer.STATEMENTS: 5,
        Layer.STREAMS: 5,
        Layer.TREE: 5,
        Layer.CHECKPOINTS: 3,
        Layer.CHAIN: 3,
        Layer.TRANSACTIONS: 3,
        Layer.DOCUMENTS: 2,
    }


def test_same_ledger_gives_an_equal_report() -> None:
    assert small_ledger().audit() == small_ledger().audit()


@pytest.mark.parametrize("count", [1, 255, 256, 257, 600])
def test_untouched_ledger_of_any_size_has_the_root_of_its_log(count: int) -> None:
    ledger = long_ledger(count)
    report = ledger.audit()
    assert (report.exit_code, report.size, report.root) == (0, count, root_at(ledger, count))


def test_empty_ledger_has_no_finding() -> None:
    assert MemoryLedger().audit().exit_code == 0


def test_report_has_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(small_ledger().audit())


# ----------------------------------------------------------------------------------------------------------------- rows


def set_value(ledger: MemoryLedger, key: tuple[str, int], **values: object) -> None:
    row = ledger.rows_held[key]
    ledger.rows_held[key] = replace(row, values={**row.values, **values})


def first_row(ledger: MemoryLedger) -> tuple[str, int]:
    return next(iter(ledger.rows_held))


@pytest.mark.parametrize(
    ("values", "field", "expected", "found"),
    [
        ({"facts": "未欠发工资"}, "facts", "欠发工资", "未欠发工资"),
        ({"amount_fen": 1864001}, "amount_fen", 1864000, 1864001),
        ({"amount_fen": 1864000.0}, "amount_fen", 1864000, 1864000.0),
        ({"amount_fen": True}, "amount_fen", 1864000, True),
        ({"amount_fen": None}, "amount_fen", 1864000, None),
        ({"facts": b"\xff"}, "facts", "欠发工资", b"\xff"),
        ({"unknown": 1}, "unknown", ABSENT, 1),
    ],
)
def test_changed_row_names_record_field_and_both_values(
    values: dict[str, object], field: str, expected: object, found: object
) -> None:
    ledger = small_ledger()
    key = first_row(ledger)
    set_value(ledger, key, **values)
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (
        Code.ROW_CHANGED,
        field,
        expected,
        found,
    )
    assert (finding.record.kind, finding.record.number) == ("case", f"{record_number(key[0])}.v1")


def test_changed_element_of_a_list_is_named_by_its_path() -> None:
    ledger = small_ledger()
    key = first_row(ledger)
    parties = json.loads(json.dumps(ledger.rows_held[key].values["parties"]))
    parties[0]["name"] = "周大满"
    set_value(ledger, key, parties=parties)
    finding = one(ledger.findings())
    assert (finding.field, finding.expected, finding.found) == ("parties[0].name", "周小满", "周大满")


def test_inserted_and_deleted_elements_of_a_list_are_absent_on_the_other_side() -> None:
    ledger = small_ledger()
    first, second = [key for key, row in ledger.rows_held.items() if row.kind == "case"]
    parties = list(json.loads(json.dumps(ledger.rows_held[first].values["parties"])))
    extra = {"name": "某某", "role": "respondent"}
    set_value(ledger, first, parties=[*parties, extra])
    set_value(ledger, second, parties=parties[:1])
    by_field = {(finding.record.number, finding.field): finding for finding in ledger.findings()}
    assert len(by_field) == 2
    added, removed = sorted(by_field.values(), key=lambda finding: finding.expected is not ABSENT)
    assert (added.field, added.expected, added.found) == ("parties[2]", ABSENT, extra)
    assert (removed.field, removed.expected, removed.found) == ("parties[1]", parties[1], ABSENT)


def test_deleted_row_is_missing() -> None:
    ledger = small_ledger()
    key = first_row(ledger)
    del ledger.rows_held[key]
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.ROW_MISSING, f"{record_number(key[0])}.v1")


def test_deleted_row_of_an_older_version_is_missing() -> None:
    ledger = small_ledger()
    key = next(key for key, row in ledger.rows_held.items() if row.kind == "document" and key[1] == 1)
    del ledger.rows_held[key]
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.ROW_MISSING, f"{record_number(key[0])}.v1")


def test_changed_row_of_an_older_version_names_that_version() -> None:
    ledger = small_ledger()
    key = next(key for key, row in ledger.rows_held.items() if row.kind == "document" and key[1] == 1)
    set_value(ledger, key, title="别的")
    finding = one(ledger.findings())
    assert (finding.record.kind, finding.record.number) == ("document", f"{record_number(key[0])}.v1")
    assert (finding.field, finding.expected, finding.found) == ("title", "工资条", "别的")


def test_inserted_row_is_extra() -> None:
    ledger = small_ledger()
    subject = ledger.new_id()
    ledger.rows_held[subject, 1] = StoredRow(kind="case", subject=subject, version=1, values={"facts": "?"})
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.ROW_EXTRA, f"{record_number(subject)}.v1")


@pytest.mark.parametrize("spelling", ["{subject}x", "{{{subject}}}", "urn:uuid:{subject}", "x", ""])
def test_row_whose_subject_is_spelt_otherwise_is_another_row(spelling: str) -> None:
    ledger = small_ledger()
    key = first_row(ledger)
    row = ledger.rows_held.pop(key)
    ledger.rows_held[key] = replace(row, subject=spelling.format(subject=row.subject))
    assert codes(ledger.findings()) == [Code.ROW_EXTRA, Code.ROW_MISSING]


def test_swapped_rows_are_both_named() -> None:
    ledger = small_ledger()
    first, second = list(ledger.rows_held)[:2]
    one_row, other = ledger.rows_held[first], ledger.rows_held[second]
    ledger.rows_held[first] = replace(one_row, values=other.values)
    ledger.rows_held[second] = replace(other, values=one_row.values)
    assert {finding.record.number for finding in ledger.findings()} == {
        f"{record_number(first[0])}.v{first[1]}",
        f"{record_number(second[0])}.v{second[1]}",
    }


def test_changed_version_of_a_row_is_the_only_finding() -> None:
    ledger = small_ledger()
    key = first_row(ledger)
    ledger.rows_held[key] = replace(ledger.rows_held[key], version=9)
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (Code.ROW_CHANGED, "version", 1, 9)


def test_changed_kind_of_a_row_is_named() -> None:
    ledger = small_ledger()
    key = first_row(ledger)
    ledger.rows_held[key] = replace(ledger.rows_held[key], kind="proceeding")
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.found) == (Code.ROW_CHANGED, "record", "proceeding")


def test_more_changed_rows_than_are_held_in_memory_are_all_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.audit.records.MAX_NAMED_ROWS", 1)
    ledger = small_ledger()
    for key in list(ledger.rows_held)[:2]:
        set_value(ledger, key, facts="改")
    findings = ledger.findings()
    assert sorted(str(finding.field) for finding in findings) == ["None", "facts"]


def test_changed_record_number_names_the_right_one() -> None:
    ledger = small_ledger()
    entry = ledger.registered[0]
    ledger.registered[0] = replace(entry, record_no="0000-0000-00000")
    finding = one(ledger.findings())
    assert (finding.code, finding.expected, finding.found) == (
        Code.RECORD_NUMBER_MISMATCH,
        record_number(entry.subject),
        "0000-0000-00000",
    )


def test_changed_stream_of_a_register_entry_is_named() -> None:
    ledger = small_ledger()
    entry = ledger.registered[0]
    ledger.registered[0] = replace(entry, stream=ledger.new_id())
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected) == (Code.COLUMN_CHANGED, "stream", entry.stream)


def test_deleted_register_entry_is_missing() -> None:
    ledger = small_ledger()
    entry = ledger.registered.pop(0)
    finding = one(ledger.findings())
    assert (finding.code, finding.record.kind) == (Code.ROW_MISSING, "record")
    assert finding.record.number == record_number(entry.subject)


def test_unequal_copies_are_named_down_to_their_path() -> None:
    ledger = small_ledger()
    ledger.copies.append(Comparison(kind="log", number="log", field="pin", expected={"a": 1}, found={"a": 2}))
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (Code.COLUMN_CHANGED, "pin.a", 1, 2)


# ---------------------------------------------------------------------------------------------------------- disclosures


def test_changed_disclosure_does_not_fit_its_statement() -> None:
    ledger = small_ledger()
    held = ledger.held[0]
    assert isinstance(held.disclosures, tuple)
    salt = encode_base64url(bytes(16))
    forged = encode_base64url(json.dumps([salt, "facts", "别的"]).encode())
    names = [parse_disclosure(text).name for text in held.disclosures]
    at = names.index("facts")
    held.disclosures = (*held.disclosures[:at], forged, *held.disclosures[at + 1 :])
    findings = ledger.findings()
    assert codes(findings) == [Code.ROW_CHANGED, Code.DISCLOSURE_MISMATCH]
    assert findings[1].field == "facts"
    assert findings[1].record.number == number_at(ledger, 0)


def test_removed_disclosure_is_missed() -> None:
    ledger = small_ledger()
    held = ledger.held[1]
    assert isinstance(held.disclosures, tuple)
    held.disclosures = held.disclosures[1:]
    assert Code.DISCLOSURE_MISMATCH in codes(ledger.findings())


def test_doubled_disclosure_is_found() -> None:
    ledger = small_ledger()
    held = ledger.held[1]
    assert isinstance(held.disclosures, tuple)
    held.disclosures = (*held.disclosures, held.disclosures[0])
    assert Code.DISCLOSURE_MISMATCH in codes(ledger.findings())


def test_disclosure_that_is_none_is_found() -> None:
    ledger = small_ledger()
    held = ledger.held[1]
    assert isinstance(held.disclosures, tuple)
    held.disclosures = (*held.disclosures, "%%%")
    assert one(ledger.findings()).field == f"[{len(held.disclosures) - 1}]"


def test_lost_disclosures_without_erasure_are_missing() -> None:
    ledger = small_ledger()
    ledger.held[0].disclosures = ()
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.DISCLOSURES_MISSING, number_at(ledger, 0))


def test_broken_seal_is_named_per_statement_and_lost_key_once_per_stream() -> None:
    ledger = small_ledger()
    stream = ledger.held[0].columns["stream"]
    for held in ledger.held:
        if held.columns["stream"] == stream:
            held.disclosures = Unreadable(what="key", reason="not authentic")
    ledger.held[1].disclosures = Unreadable(what="seal", reason="not authentic")
    key, seal = sorted(ledger.findings(), key=lambda finding: finding.code is not Code.KEY_UNREADABLE)
    assert (key.code, key.record.kind, key.record.number) == (Code.KEY_UNREADABLE, "stream", stream)
    assert (seal.code, seal.record.number) == (Code.DISCLOSURES_UNREADABLE, number_at(ledger, 1))


def test_withheld_disclosures_are_no_finding() -> None:
    ledger = small_ledger()
    for held in ledger.held:
        held.disclosures = None
    ledger.rows_held.clear()
    report = ledger.audit()
    assert report.exit_code == 0
    assert next(layer for layer in report.layers if layer.layer is Layer.DISCLOSURES).outcome is Outcome.NOT_CHECKED


def erase(ledger: MemoryLedger, leaf_index: int) -> None:
    """Empty a record and put its erasure on record."""
    held = ledger.held[leaf_index]
    subject = str(held.columns["subject"])
    ledger.record(
        stream=ledger.new_id(),
        subject=ledger.new_id(),
        kind="erasure",
        type_="record.erased",
        values={"commitments": [commitment(held.body).hex()]},
    )
    ledger.seal()
    held.disclosures = ()
    ledger.rows_held.pop((subject, 1))


def test_erased_record_is_no_finding_but_counted() -> None:
    ledger = small_ledger()
    erase(ledger, 0)
    report = ledger.audit()
    assert (report.exit_code, report.erased) == (0, 1)


def test_erasure_excuses_only_what_it_names() -> None:
    ledger = small_ledger()
    erase(ledger, 0)
    ledger.held[2].disclosures = ()
    assert one(ledger.findings()).record.number == number_at(ledger, 2)


# ----------------------------------------------------------------------------------------------------------- statements


def test_edited_body_names_the_member_and_both_values() -> None:
    ledger = small_ledger()
    edit_body(ledger, 2, b"document.filed", b"document.faked")
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.STATEMENT_CHANGED, number_at(ledger, 2))
    assert (finding.field, finding.expected, finding.found) == ("body.type", "document.filed", "document.faked")
    assert finding.leaf_index == 2


def test_edited_body_that_no_column_repeats_names_the_commitments() -> None:
    ledger = small_ledger()
    before = ledger.held[1].columns["commitment"]
    edit_body(ledger, 1, b'"_sd":["', b'"_sd":["A')
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected) == (Code.STATEMENT_CHANGED, "body", before)
    assert finding.record.number == number_at(ledger, 1)


def test_edited_digest_in_a_body_is_one_finding() -> None:
    ledger = small_ledger()
    digest = json.loads(ledger.held[1].body)["_sd"][0]
    edit_body(ledger, 1, digest.encode(), encode_base64url(bytes(32)).encode())
    assert one(ledger.findings()).code is Code.STATEMENT_CHANGED


def test_body_edited_together_with_its_commitment_is_found_by_the_tile() -> None:
    ledger = small_ledger()
    edit_body(ledger, 0, b"LS-UNION", b"LS-OTHER")
    held = ledger.held[0]
    held.columns |= {"institution": "LS-OTHER", "commitment": commitment(held.body).hex()}
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.leaf_index) == (Code.STATEMENT_CHANGED, "leaf", 0)
    assert finding.expected == ledger.tiles_held[0, 0][:32]
    assert finding.found == leaf_hash(commitment(held.body))


def test_body_that_is_no_statement_is_found() -> None:
    ledger = small_ledger()
    ledger.held[1].body = b"{}"
    findings = ledger.findings()
    assert findings[0].code is Code.STATEMENT_CHANGED
    assert (findings[0].record.number, findings[0].leaf_index) == (number_at(ledger, 1), 1)


@pytest.mark.parametrize(
    "name", ["id", "stream", "stream_seq", "subject", "version", "type", "institution", "recorded_at"]
)
@pytest.mark.parametrize("leaf_index", [0, 4])
def test_edited_column_names_column_and_both_values(name: str, leaf_index: int) -> None:
    ledger = small_ledger()
    held = ledger.held[leaf_index]
    expected_number = number_at(ledger, leaf_index)
    right = held.columns[name]
    wrong = "x" if isinstance(right, str) else 77
    held.columns[name] = wrong
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (
        Code.COLUMN_CHANGED,
        name,
        right,
        wrong,
    )
    assert (finding.record.number, finding.leaf_index) == (expected_number, leaf_index)


@pytest.mark.parametrize("wrong", ["00" * 32, "not hex", None, 7, b"\x00"])
def test_edited_commitment_is_found(wrong: object) -> None:
    ledger = small_ledger()
    right = ledger.held[3].columns["commitment"]
    ledger.held[3].columns["commitment"] = wrong
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (
        Code.COLUMN_CHANGED,
        "commitment",
        right,
        wrong,
    )


def test_several_edited_statements_are_each_named_once() -> None:
    ledger = long_ledger(600)
    for at in (3, 255, 256, 599):
        edit_body(ledger, at, b"LS-UNION", b"LS-OTHER")
    findings = ledger.findings()
    assert codes(findings) == [Code.STATEMENT_CHANGED] * 4
    assert [finding.leaf_index for finding in findings] == [3, 255, 256, 599]


def test_waiting_statement_is_no_finding_until_it_is_stale() -> None:
    ledger = small_ledger()
    ledger.record(stream=ledger.new_id(), subject=ledger.new_id(), values={"facts": "新"})
    evidences = ledger.evidences()
    assert audit(evidences, now=NOW, patience=timedelta(hours=4)).exit_code == 0
    finding = one(list(audit(evidences, now=NOW, patience=timedelta(minutes=5)).findings))
    assert (finding.code, finding.record.number) == (Code.STALE, number_at(ledger, 5))


@pytest.mark.parametrize("name", ["type", "commitment", "recorded_at"])
def test_edited_column_of_a_waiting_statement_is_found(name: str) -> None:
    ledger = small_ledger()
    ledger.record(stream=ledger.new_id(), subject=ledger.new_id(), values={"facts": "新"})
    ledger.held[-1].columns[name] = "x"
    report = audit(ledger.evidences(), now=NOW, patience=timedelta(days=1))
    finding = one(list(report.findings))
    assert (finding.code, finding.field, finding.found) == (Code.COLUMN_CHANGED, name, "x")


def test_edited_body_of_a_waiting_statement_is_found() -> None:
    ledger = small_ledger()
    ledger.record(stream=ledger.new_id(), subject=ledger.new_id(), values={"facts": "新"})
    edit_body(ledger, -1, b"LS-UNION", b"LS-OTHER")
    report = audit(ledger.evidences(), now=NOW, patience=timedelta(days=1))
    assert [(finding.code, finding.field) for finding in report.findings] == [
        (Code.STATEMENT_CHANGED, "body.institution")
    ]


# --------------------------------------------------------------------------------------------------- streams, versions


def relink(ledger: MemoryLedger, leaf_index: int, **changes: object) -> None:
    """Rewrite a statement with its columns and its leaf, so that only its place among the others is wrong."""
    held = ledger.held[leaf_index]
    body = json.loads(held.body) | changes
    held.body = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    held.columns |= changes | {"commitment": commitment(held.body).hex()}
    held.columns = {name: value for name, value in held.columns.items() if "previous" not in name}


def resealed(ledger: MemoryLedger) -> MemoryLedger:
    """The same statements in a new log: as if they had been recorded like that."""
    ledger.tiles_held.clear()
    ledger.notes.clear()
    ledger.sent.clear()
    ledger.chain.appended.clear()
    ledger.size = 0
    for held in ledger.held:
        held.leaf_index = None
    ledger.seal()
    return ledger


@pytest.mark.parametrize(
    ("changes", "code", "field", "expected", "found"),
    [
        ({"stream_seq": 4}, Code.STREAM_GAP, "stream_seq", 3, 4),
        ({"stream_seq": 2}, Code.STREAM_FORK, "stream_seq", 3, 2),
        ({"version": 5}, Code.VERSION_GAP, "version", 2, 5),
    ],
)
def test_number_out_of_turn_is_found(
    changes: dict[str, object], code: Code, field: str, expected: int, found: int
) -> None:
    ledger = small_ledger()
    relink(ledger, 4, **changes)
    findings = [finding for finding in resealed(ledger).findings() if finding.layer is Layer.STREAMS]
    assert [(item.code, item.field, item.expected, item.found) for item in findings] == [(code, field, expected, found)]


def test_same_version_twice_is_a_fork() -> None:
    ledger = small_ledger()
    relink(ledger, 4, version=1, previous=None)
    assert Code.VERSION_FORK in codes(resealed(ledger).findings())


@pytest.mark.parametrize("field", ["previous", "stream_previous"])
def test_other_predecessor_is_found(field: str) -> None:
    ledger = small_ledger()
    relink(ledger, 4, **{field: "ab" * 32})
    finding = one([item for item in resealed(ledger).findings() if item.layer is Layer.STREAMS])
    assert (finding.code, finding.field) == (Code.PREVIOUS_MISMATCH, field)
    assert finding.found == leaf_hash(bytes.fromhex("ab" * 32))


# ------------------------------------------------------------------------------------------------- leaves, tiles, roots


@pytest.mark.parametrize("leaf_index", [0, 2, 4])
def test_deleted_statement_leaves_its_leaf_missing(leaf_index: int) -> None:
    ledger = small_ledger()
    leaf = leaf_hash(commitment(ledger.held[leaf_index].body))
    del ledger.held[leaf_index]
    findings = ledger.findings()
    finding = one([item for item in findings if item.code is Code.LEAF_MISSING])
    assert (finding.leaf_index, finding.expected) == (leaf_index, leaf)
    assert Code.ROOT_MISMATCH not in codes(findings)


def test_deleted_table_of_statements_leaves_all_leaves_missing() -> None:
    ledger = small_ledger()
    ledger.held.clear()
    findings = ledger.findings()
    assert [item.leaf_index for item in findings if item.code is Code.LEAF_MISSING] == [0, 1, 2, 3, 4]


def test_statements_without_leaf_index_that_the_log_has_are_out_of_place() -> None:
    ledger = small_ledger()
    ledger.held[4].leaf_index = None
    finding = one([item for item in ledger.findings() if item.layer is Layer.TREE])
    assert (finding.code, finding.expected, finding.found) == (Code.LEAF_ORDER, 4, None)
    assert finding.record.number == number_at(ledger, 4)


def test_swapped_statements_are_both_out_of_place() -> None:
    ledger = small_ledger()
    first, second = ledger.held[0], ledger.held[1]
    first.leaf_index, second.leaf_index = 1, 0
    findings = ledger.findings()
    assert [(item.code, item.expected, item.found) for item in findings] == [
        (Code.LEAF_ORDER, 1, 0),
        (Code.LEAF_ORDER, 0, 1),
    ]


@pytest.mark.parametrize("index", [5, 77, 2**40])
def test_statement_moved_beyond_the_log_is_out_of_place(index: int) -> None:
    ledger = small_ledger()
    ledger.held[1].leaf_index = index
    finding = one([item for item in ledger.findings() if item.layer is Layer.TREE])
    assert (finding.code, finding.expected, finding.found) == (Code.LEAF_ORDER, 1, index)


def test_statement_beyond_the_last_checkpoint_is_extra() -> None:
    ledger = small_ledger()
    ledger.record(stream=ledger.new_id(), subject=ledger.new_id(), values={"facts": "新"})
    ledger.held[-1].leaf_index = 9
    finding = one([item for item in ledger.findings() if item.layer is Layer.TREE])
    assert (finding.code, finding.record.number) == (Code.STATEMENT_EXTRA, number_at(ledger, 5))


def test_statement_sealed_without_checkpoint_is_found() -> None:
    ledger = small_ledger()
    ledger.record(stream=ledger.new_id(), subject=ledger.new_id(), values={"facts": "新"})
    ledger.held[-1].leaf_index = 5
    ledger.tiles_held[0, 0] += leaf_hash(commitment(ledger.held[-1].body))
    finding = one(ledger.findings())
    assert (finding.code, finding.expected, finding.found) == (Code.CHECKPOINT_MISSING, 6, 5)


@pytest.mark.parametrize("offset", [0, 31, 32, 4 * 32 + 7])
def test_edited_tile_names_tile_hash_and_both_values(offset: int) -> None:
    ledger = small_ledger()
    right = ledger.tiles_held[0, 0]
    wrong = bytes([right[offset] ^ 1])
    ledger.tiles_held[0, 0] = right[:offset] + wrong + right[offset + 1 :]
    place = offset // 32
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number, finding.field) == (Code.TILE_MISMATCH, "0/0", f"hashes[{place}]")
    assert finding.expected == right[place * 32 : place * 32 + 32]
    assert finding.found == ledger.tiles_held[0, 0][place * 32 : place * 32 + 32]
    assert finding.leaf_index == place


def test_every_tile_of_every_level_is_compared() -> None:
    tiles = [(tile.level, tile.index) for tile in tiles_of(600)]
    assert (1, 0) in tiles
    for key in tiles:
        ledger = long_ledger(600)
        ledger.tiles_held[key] = bytes(32) + ledger.tiles_held[key][32:]
        finding = one(ledger.findings())
        assert (finding.code, finding.record.number) == (Code.TILE_MISMATCH, f"{key[0]}/{key[1]}")


@pytest.mark.parametrize("key", [(0, 0), (0, 1), (1, 0)])
def test_deleted_tile_is_found(key: tuple[int, int]) -> None:
    ledger = long_ledger(600)
    del ledger.tiles_held[key]
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number, finding.found) == (
        Code.TILE_MISMATCH,
        f"{key[0]}/{key[1]}",
        ABSENT,
    )


@pytest.mark.parametrize("surplus", [b"\x00", bytes(32), bytes(33)])
def test_tile_with_more_than_the_log_has_is_found(surplus: bytes) -> None:
    ledger = small_ledger()
    ledger.tiles_held[0, 0] += surplus
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected) == (Code.TILE_MISMATCH, "hashes[5]", ABSENT)


@pytest.mark.parametrize("content", [b"", bytes(32)])
@pytest.mark.parametrize("key", [(0, 1), (1, 0), (7, 3)])
def test_inserted_tile_is_found(key: tuple[int, int], content: bytes) -> None:
    ledger = small_ledger()
    ledger.tiles_held[key] = content
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.TILE_MISMATCH, f"{key[0]}/{key[1]}")


def test_tile_and_statement_edited_in_one_batch_are_both_found() -> None:
    ledger = long_ledger(300)
    edit_body(ledger, 3, b"LS-UNION", b"LS-OTHER")
    tile = ledger.tiles_held[0, 0]
    ledger.tiles_held[0, 0] = tile[: 7 * 32] + bytes(32) + tile[8 * 32 :]
    findings = {item.leaf_index: item.code for item in ledger.findings()}
    assert findings[3] is Code.STATEMENT_CHANGED
    assert findings[7] is Code.TILE_MISMATCH


def test_statement_and_tile_missing_together_are_found() -> None:
    ledger = long_ledger(300)
    del ledger.held[3], ledger.tiles_held[0, 0]
    assert Code.LEAF_MISSING in codes(ledger.findings())


def rewritten(count: int, leaf_index: int) -> MemoryLedger:
    """An operator with the note key, but not the chain, edits one statement and rebuilds the log consistently."""
    ledger = long_ledger(count)
    sizes = [note.size for note in ledger.notes]
    appended, kept = list(ledger.chain.appended), ledger.kept
    relink(ledger, leaf_index, institution="LS-OTHER")
    for before, after in pairwise(range(leaf_index, count)):
        relink(ledger, after, stream_previous=ledger.held[before].columns["commitment"])
    notes = list(ledger.notes)
    resealed(ledger)
    ledger.notes = []
    for size, note in zip(sizes, notes, strict=True):
        root = root_at(ledger, size)
        signed = sign_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=root), ledger.signer)
        ledger.notes.append(replace(note, note=signed, root=root.hex()))
    ledger.chain.appended, ledger.kept = appended, kept
    ledger.sent = long_ledger(count).sent
    return ledger


def test_consistently_rewritten_log_is_found_by_the_chain_with_its_first_bad_batch() -> None:
    ledger = rewritten(350, 123)
    findings = ledger.findings(kept=None)
    roots = [item for item in findings if item.code is Code.ROOT_MISMATCH]
    assert (one(roots).leaf_index, one(roots).record.number) == (100, "200")
    assert one(roots).expected == ledger.chain.appended[1][1]
    mismatches = [item for item in findings if item.code is Code.CHECKPOINT_MISMATCH]
    assert [item.record.number for item in mismatches] == ["200", "300", "350"]


def test_consistently_rewritten_log_and_chain_are_found_by_the_kept_head() -> None:
    ledger = rewritten(350, 123)
    ledger.chain.appended = [
        (note.size, root_at(ledger, note.size), transaction)
        for note, (_, _, transaction) in zip(ledger.notes, ledger.chain.appended, strict=True)
    ]
    findings = ledger.findings()
    assert set(codes(findings)) == {Code.HIGH_WATER_MISMATCH}
    assert {item.layer for item in findings} == {Layer.TREE, Layer.CHAIN}


def test_kept_head_beyond_the_log_is_found() -> None:
    ledger = small_ledger()
    ledger.kept = KeptHead(size=9, root=bytes(32))
    assert codes(ledger.findings()) == [Code.HIGH_WATER_MISMATCH] * 2


# ---------------------------------------------------------------------------------------------- checkpoints and chain


def test_edited_root_column_names_both_roots() -> None:
    ledger = small_ledger()
    right = ledger.notes[1].root
    ledger.notes[1] = replace(ledger.notes[1], root="00" * 32)
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (
        Code.COLUMN_CHANGED,
        "root",
        right,
        "00" * 32,
    )


def test_edited_size_column_names_both_sizes() -> None:
    ledger = small_ledger()
    ledger.notes[1] = replace(ledger.notes[1], size=3)
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (Code.COLUMN_CHANGED, "size", 4, 3)


@pytest.mark.parametrize("at", [0, 20, 40, 80, 120])
def test_note_with_any_byte_changed_is_invalid(at: int) -> None:
    ledger = small_ledger()
    note = ledger.notes[0].note
    changed = note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]
    ledger.notes[0] = replace(ledger.notes[0], note=changed)
    assert Code.NOTE_INVALID in codes(ledger.findings())


def test_note_of_another_key_is_invalid() -> None:
    ledger = small_ledger()
    other = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32))
    checkpoint = Checkpoint(origin=ORIGIN, size=2, root=root_at(ledger, 2))
    ledger.notes[0] = replace(ledger.notes[0], note=sign_checkpoint(checkpoint, other))
    assert Code.NOTE_INVALID in codes(ledger.findings())


def test_second_note_for_a_size_is_a_duplicate() -> None:
    ledger = small_ledger()
    forged = Checkpoint(origin=ORIGIN, size=2, root=RootHash(bytes(32)))
    ledger.notes.append(replace(ledger.notes[0], note=sign_checkpoint(forged, ledger.signer), root=bytes(32).hex()))
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.NOTE_DUPLICATE, "2")


def test_deleted_checkpoint_is_extra_on_chain() -> None:
    ledger = small_ledger()
    root = root_at(ledger, 4)
    del ledger.notes[1]
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number, finding.found) == (Code.CHECKPOINT_EXTRA_ON_CHAIN, "4", root)


def test_final_checkpoint_that_the_contract_lacks_is_missing() -> None:
    ledger = small_ledger()
    _, root, transaction = ledger.chain.appended.pop()
    del ledger.chain.transactions[transaction]
    ledger.kept = None
    findings = ledger.findings()
    assert codes(findings) == [Code.CHECKPOINT_MISSING_ON_CHAIN, Code.TRANSACTION_EXTRA]
    assert (findings[0].record.number, findings[0].expected) == ("5", root)


def test_checkpoint_on_its_way_is_no_finding_until_it_is_stale() -> None:
    ledger = small_ledger()
    _, _, transaction = ledger.chain.appended.pop()
    del ledger.chain.transactions[transaction]
    ledger.kept = None
    ledger.notes[-1] = replace(ledger.notes[-1], state="sent")
    ledger.sent[-1] = replace(ledger.sent[-1], state="sent", block_number=None, block_hash=None)
    evidences = ledger.evidences()
    assert audit(evidences, now=NOW, patience=timedelta(hours=4)).exit_code == 0
    late = audit(evidences, now=NOW, patience=timedelta(minutes=5))
    assert [(item.code, item.record.number) for item in late.findings] == [(Code.STALE, "5")]


def test_root_anchored_under_another_size_is_misstated() -> None:
    ledger = small_ledger()
    _, root, transaction = ledger.chain.appended[-1]
    ledger.chain.appended[-1] = (7, root, transaction)
    ledger.kept = None
    ledger.sent[-1] = replace(ledger.sent[-1], checkpoint_size=7)
    findings = ledger.findings()
    assert set(codes(findings)) == {Code.SIZE_MISSTATED}
    assert {(item.expected, item.found) for item in findings} == {(5, 7)}


def test_anchored_leaves_that_were_never_published_are_found() -> None:
    ledger = small_ledger()
    ledger.chain.append(9, bytes([9]) * 32)
    findings = ledger.findings()
    assert Code.LEAF_UNPUBLISHED in codes(findings)
    finding = next(item for item in findings if item.code is Code.LEAF_UNPUBLISHED)
    assert (finding.expected, finding.found, finding.leaf_index) == (9, 5, 5)
    assert Code.TRANSACTION_MISSING in codes(findings)


def test_other_chain_is_an_identity_mismatch_and_nothing_on_it_is_compared() -> None:
    ledger = small_ledger()
    ledger.chain.identity_now = replace(ledger.chain.identity_now, genesis_hash="0x" + "99" * 32)
    ledger.chain.appended.clear()
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.found) == (Code.IDENTITY_MISMATCH, "genesis_hash", "0x" + "99" * 32)


def test_unreachable_chain_is_no_finding_and_the_other_layers_are_reported() -> None:
    ledger = small_ledger()
    ledger.chain.down = True
    report = ledger.audit()
    assert (report.exit_code, report.findings) == (40, ())
    outcomes = {layer.layer: layer.outcome for layer in report.layers}
    assert outcomes.pop(Layer.CHAIN) is Outcome.UNAVAILABLE
    assert outcomes.pop(Layer.CONTAINER) is Outcome.NOT_CHECKED
    assert set(outcomes.values()) == {Outcome.CHECKED}


def test_audit_without_a_chain_could_not_check() -> None:
    assert small_ledger().audit(chain=None).exit_code == 40


def test_findings_weigh_more_than_an_outage() -> None:
    ledger = small_ledger()
    ledger.chain.down = True
    set_value(ledger, first_row(ledger), facts="改")
    assert ledger.audit().exit_code == 1


def test_edited_statement_is_found_without_a_chain_by_the_signed_notes() -> None:
    ledger = small_ledger()
    edit_body(ledger, 0, b"LS-UNION", b"LS-OTHER")
    assert one(ledger.findings(chain=None)).code is Code.STATEMENT_CHANGED


def test_revocation_of_what_is_not_in_the_log_is_found() -> None:
    ledger = small_ledger()
    ledger.chain.revoked.append((bytes(32), 1))
    findings = ledger.findings(transactions=None)
    assert [(item.code, item.record.number) for item in findings] == [(Code.REVOCATION_UNLOGGED, bytes(32).hex())]


def test_revocation_without_a_later_statement_has_no_ground() -> None:
    ledger = small_ledger()
    ledger.chain.revoked.append((commitment(ledger.held[0].body), 1))
    finding = one(ledger.findings(transactions=None))
    assert (finding.code, finding.record.number) == (Code.REVOCATION_WITHOUT_STATEMENT, number_at(ledger, 0))


def test_revocation_of_a_replaced_version_has_its_ground() -> None:
    ledger = small_ledger()
    ledger.chain.revoked.append((commitment(ledger.held[2].body), 2))
    assert ledger.findings(transactions=None) == []


# -------------------------------------------------------------------------------------------- transactions and files


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sender", "0x" + "Ef" * 20),
        ("nonce", 77),
        ("state", "sent"),
        ("block_number", 77),
        ("block_hash", "0x" + "00" * 32),
        ("checkpoint_size", 3),
    ],
)
def test_edited_column_of_a_transaction_names_both_values(name: str, wrong: object) -> None:
    ledger = small_ledger()
    right = getattr(ledger.sent[1], name)
    changes = {name: wrong}
    ledger.sent[1] = replace(ledger.sent[1], **changes)  # type: ignore[arg-type]
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (
        Code.TRANSACTION_MISMATCH,
        name,
        right,
        wrong,
    )
    assert finding.record.number == ledger.sent[1].hash


def test_edited_hash_of_a_transaction_is_found() -> None:
    ledger = small_ledger()
    right = ledger.sent[1].hash
    ledger.sent[1] = replace(ledger.sent[1], hash="0x" + "00" * 32)
    assert (Code.TRANSACTION_MISMATCH, "hash", right) in [
        (item.code, item.field, item.expected) for item in ledger.findings()
    ]


def test_edited_raw_bytes_of_a_transaction_are_found() -> None:
    ledger = small_ledger()
    ledger.sent[1] = replace(ledger.sent[1], raw=b"x")
    finding = one(ledger.findings())
    assert (finding.code, finding.field) == (Code.TRANSACTION_MISMATCH, "raw")


def test_deleted_transaction_is_missing() -> None:
    ledger = small_ledger()
    gone = ledger.sent.pop(1)
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number) == (Code.TRANSACTION_MISSING, gone.hash)


def test_changed_file_names_document_and_both_digests() -> None:
    ledger = small_ledger()
    file = ledger.stored_files[0]
    ledger.contents[file.handle] = b"wage slip!"
    finding = one(ledger.findings())
    assert (finding.code, finding.field, finding.expected, finding.found) == (
        Code.DOCUMENT_CHANGED,
        "sha256",
        file.sha256,
        hashlib.sha256(b"wage slip!").hexdigest(),
    )
    assert finding.record.number == f"{record_number(file.subject)}.v1"


def test_deleted_file_is_missing() -> None:
    ledger = small_ledger()
    del ledger.contents[ledger.stored_files[1].handle]
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number[-3:]) == (Code.DOCUMENT_MISSING, ".v2")


# ------------------------------------------------------------------------------------------------ bounds, words, parts


def test_findings_beyond_the_bound_are_counted_and_not_kept() -> None:
    ledger = long_ledger(30)
    for held in ledger.held:
        held.columns["type"] = "x"
    report = audit(ledger.evidences(), now=NOW, max_findings=4)
    assert (len(report.findings), report.found, report.exit_code) == (4, 30, 1)


def test_progress_ends_at_the_number_of_statements() -> None:
    seen: list[tuple[int, int]] = []
    audit(long_ledger(600).evidences(), now=NOW, progress=lambda done, expected: seen.append((done, expected)))
    assert seen == [(500, 600), (600, 600)]


def test_every_code_and_layer_has_a_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Code)
    assert set(LAYERS) == set(Layer)
    assert all(item.zh and item.en for item in [*SENTENCES.values(), *LAYERS.values()])


def test_differences_are_empty_for_equal_values_and_ordered_otherwise() -> None:
    value = {"a": [1, {"b": None}], "c": "x"}
    assert list(differences(value, json.loads(json.dumps(value)))) == []
    assert list(differences({"b": 1, "a": 2}, {"b": 3, "a": 4})) == [("a", 2, 4), ("b", 1, 3)]


@pytest.mark.parametrize(("expected", "found"), [(1, True), (1, 1.0), (0, None), ("", None), ([], {}), ("1", 1)])
def test_values_of_different_kinds_differ(expected: object, found: object) -> None:
    assert list(differences(expected, found)) == [("", expected, found)]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 513])
def test_frontier_has_the_root_of_the_log_and_gives_its_tiles(size: int) -> None:
    ledger = long_ledger(max(size, 1))
    frontier = Frontier()
    tiles: dict[tuple[int, int], bytes] = {}
    for held in ledger.held[:size]:
        for level, index, node in frontier.append(leaf_hash(commitment(held.body))):
            key = (level, index // 256)
            tiles[key] = tiles.get(key, b"") + node
    assert frontier.root() == root_at(ledger, size)
    if size:
        assert tiles == ledger.tiles_held


# ------------------------------------------------------------------------------------------------------- seeded edits


def draw_edit(ledger: MemoryLedger, draw: random.Random) -> str:
    """Do one random edit and return what the finding must name: a record number, a size, a tile or a hash."""
    place = draw.choice(["row", "column", "body", "note", "root", "tile", "transaction", "file", "register", "delete"])
    at = draw.randrange(len(ledger.held))
    if place == "row":
        key = draw.choice(list(ledger.rows_held))
        name = draw.choice(list(ledger.rows_held[key].values))
        set_value(ledger, key, **{name: draw.choice(["", "改", 0, None, [], 1.5])})
        return record_number(key[0])
    if place == "column":
        name = draw.choice(list(ledger.held[at].columns))
        number = number_at(ledger, at)
        ledger.held[at].columns[name] = draw.choice(["", "x", -1, None])
        return number
    if place == "body":
        body = ledger.held[at].body
        byte = draw.randrange(len(body))
        ledger.held[at].body = body[:byte] + bytes([body[byte] ^ draw.randrange(1, 256)]) + body[byte + 1 :]
        return number_at(ledger, at)
    if place in {"note", "root"}:
        which = draw.randrange(len(ledger.notes))
        text = ledger.notes[which].note if place == "note" else str(ledger.notes[which].root)
        byte = draw.randrange(len(text))
        changed = text[:byte] + draw.choice([c for c in "0aZ\n— " if c != text[byte]]) + text[byte + 1 :]
        old = ledger.notes[which]
        ledger.notes[which] = replace(old, note=changed) if place == "note" else replace(old, root=changed)
        return str(ledger.notes[which].size)
    if place == "tile":
        tile = draw.choice(list(ledger.tiles_held))
        data = ledger.tiles_held[tile]
        byte = draw.randrange(len(data))
        ledger.tiles_held[tile] = data[:byte] + bytes([data[byte] ^ draw.randrange(1, 256)]) + data[byte + 1 :]
        return f"{tile[0]}/{tile[1]}"
    if place == "transaction":
        which = draw.randrange(len(ledger.sent))
        name = draw.choice(["sender", "nonce", "state", "block_number", "block_hash", "checkpoint_size"])
        changes = {name: draw.choice(["", "x", -1])}
        ledger.sent[which] = replace(ledger.sent[which], **changes)  # type: ignore[arg-type]
        return ledger.sent[which].hash
    if place == "file":
        file = draw.choice(ledger.stored_files)
        ledger.contents[file.handle] = draw.randbytes(3)
        return record_number(file.subject)
    if place == "register":
        which = draw.randrange(len(ledger.registered))
        entry = ledger.registered[which]
        ledger.registered[which] = replace(entry, **{draw.choice(["record_no", "stream"]): "x"})
        return record_number(entry.subject)
    gone = ledger.held.pop(at)
    return str(gone.leaf_index)


def named(report: AuditReport) -> str:
    return "\n".join(f"{finding.record.number} leaf {finding.leaf_index}" for finding in report.findings)


@pytest.mark.scaled(quick=200, ci=500, full=5000)
def test_every_seeded_edit_is_found_and_named(scale: int, seed: int) -> None:
    for number in range(scale):
        ledger = small_ledger()
        name = draw_edit(ledger, random.Random(seed + number))
        report = ledger.audit()
        assert report.exit_code == 1, (seed + number, name)
        assert name in named(report), (seed + number, name, report.findings)
