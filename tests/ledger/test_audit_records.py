"""Rows against disclosures and disclosures against statements: each edit named with record, field and both values."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ledger.audit.findings import ABSENT, Code, Layer, Outcome
from ledger.audit.sources import Comparison, StoredRow, Unreadable
from ledger.canonical import encode_base64url
from ledger.disclosure import parse_disclosure
from ledger.record_number import record_number
from ledger.report import audit_document, render_page, render_text
from ledger.statement import commitment
from tests.ledger.audited import MemoryLedger, small_ledger
from tests.ledger.edits import codes, first_row, number_at, one, set_value

# ----------------------------------------------------------------------------------------------------------------- rows


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
    subject, version = str(held.columns["subject"]), int(str(held.columns["version"]))
    ledger.record(
        stream=ledger.new_id(),
        subject=ledger.new_id(),
        kind="erasure",
        type_="record.erased",
        values={"commitments": [commitment(held.body).hex()]},
    )
    ledger.seal()
    held.disclosures = ()
    ledger.rows_held.pop((subject, version))


def test_erased_record_is_no_finding_but_counted() -> None:
    ledger = small_ledger()
    erase(ledger, 0)
    report = ledger.audit()
    assert (report.exit_code, report.found) == (0, 0)
    (erasure,) = report.erasures
    assert (erasure.record.number, erasure.by.number) == (number_at(ledger, 0), number_at(ledger, 5))
    assert (erasure.leaf_index, erasure.content) == (0, "gone")


def test_erased_record_is_named_in_every_form_of_the_report() -> None:
    ledger = small_ledger()
    erase(ledger, 0)
    document = audit_document(ledger.audit())
    assert [(item["record"]["number"], item["content"]) for item in document["erasures"]] == [
        (number_at(ledger, 0), "gone")
    ]
    for rendered in (render_text(document), render_page(document).decode()):
        assert number_at(ledger, 0) in rendered
        assert number_at(ledger, 5) in rendered
        assert "its content is gone" in rendered


def test_erased_record_whose_fields_are_still_held_is_told_and_no_finding() -> None:
    ledger = small_ledger()
    held = ledger.held[0]
    disclosures, row = held.disclosures, ledger.rows_held[str(held.columns["subject"]), 1]
    erase(ledger, 0)
    held.disclosures, ledger.rows_held[row.subject, 1] = disclosures, row
    report = ledger.audit()
    assert (report.exit_code, [item.content for item in report.erasures]) == (0, ["held"])
    assert "its content is still held in what was given" in render_text(audit_document(report))
    ledger.rows_held[row.subject, 1] = replace(row, values={**row.values, "facts": "别的"})
    assert one(ledger.findings()).code is Code.ROW_CHANGED


def test_row_that_an_erasure_left_standing_is_found() -> None:
    ledger = small_ledger()
    row = ledger.rows_held[str(ledger.held[0].columns["subject"]), 1]
    erase(ledger, 0)
    ledger.rows_held[row.subject, 1] = replace(row, values={**row.values, "facts": "别的"})
    finding = one(ledger.findings())
    assert (finding.code, finding.record.kind, finding.record.number, finding.leaf_index) == (
        Code.ERASURE_INCOMPLETE,
        "case",
        number_at(ledger, 0),
        0,
    )


@pytest.mark.parametrize("named", ["00" * 32, "not hex", ""])
def test_erasure_of_what_the_log_does_not_have_is_found(named: str) -> None:
    ledger = small_ledger()
    ledger.record(
        stream=ledger.new_id(),
        subject=ledger.new_id(),
        kind="erasure",
        type_="record.erased",
        values={"commitments": [named]},
    )
    ledger.seal()
    report = ledger.audit()
    finding = one(list(report.findings))
    assert (finding.code, finding.record.number) == (Code.ERASURE_UNKNOWN, number_at(ledger, 5))
    assert (finding.field, finding.found, report.erasures) == ("commitments", named, ())


def test_key_destroyed_for_an_erasure_is_no_finding_and_for_the_rest_of_its_stream_is() -> None:
    ledger = small_ledger()
    stream = ledger.held[0].columns["stream"]
    of_stream = [at for at, item in enumerate(ledger.held) if item.columns["stream"] == stream]
    for at in of_stream:
        erase(ledger, at)
    assert len(of_stream) > 1
    for at in of_stream:
        ledger.held[at].disclosures = Unreadable(what="key", reason="destroyed")
    report = ledger.audit()
    assert (report.exit_code, [item.content for item in report.erasures]) == (0, ["gone"] * len(of_stream))

    ledger = small_ledger()
    erase(ledger, of_stream[0])
    for at in of_stream:
        ledger.held[at].disclosures = Unreadable(what="key", reason="destroyed")
    finding = one(ledger.findings())
    assert (finding.code, finding.record.number, finding.leaf_index) == (Code.KEY_UNREADABLE, stream, of_stream[1])


def test_erasure_excuses_only_what_it_names() -> None:
    ledger = small_ledger()
    erase(ledger, 0)
    ledger.held[2].disclosures = ()
    assert one(ledger.findings()).record.number == number_at(ledger, 2)
