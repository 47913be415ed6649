"""An audit of what came after a checkpoint: the log is compared whole, and of the records those that changed since."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import ledger.report as report_package
from ledger.audit.findings import Code, KeptHead, Layer, Outcome
from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.audit.sampling import touched_since
from ledger.errors import Malformed
from ledger.report import audit_document, render_json, render_page, render_text
from tests.ledger.audited import NOW, MemoryLedger, small_ledger
from tests.ledger.edits import edit_body, number_at, set_value

SCHEMA = json.loads((Path(report_package.__file__).parent / "report.schema.json").read_text("utf-8"))
UNTOUCHED, UPDATED, DOCUMENT = 0, 1, 2
"""Leaves of the first versions of the three records: the second is updated at leaf 3, the document replaced at 4."""


def audit_since(ledger: MemoryLedger, size: int, root: bytes | None = None) -> AuditReport:
    return audit(ledger.evidences(), now=NOW, part=touched_since(ledger, size=size, root=root))


def subject_at(ledger: MemoryLedger, leaf_index: int) -> str:
    return str(ledger.held[leaf_index].columns["subject"])


def test_untouched_ledger_agrees_and_the_report_names_size_and_root() -> None:
    ledger = small_ledger()
    report = audit_since(ledger, 2)
    _, root, _ = ledger.chain.appended[0]
    assert report.exit_code == 0
    assert report.since == KeptHead(size=2, root=root)
    partial = {layer.layer: layer.reason or "" for layer in report.layers if layer.outcome is Outcome.NOT_CHECKED}
    assert partial.keys() == {Layer.CONTAINER, Layer.ROWS, Layer.DISCLOSURES, Layer.DOCUMENTS}
    assert all(root.hex() in partial[layer] for layer in partial if layer is not Layer.CONTAINER)
    assert "older ones were not compared" in partial[Layer.ROWS]


def test_every_form_of_the_report_says_what_was_not_compared() -> None:
    ledger = small_ledger()
    _, root, _ = ledger.chain.appended[0]
    document = audit_document(audit_since(ledger, 2))
    Draft202012Validator(SCHEMA).validate(json.loads(render_json(document)))
    for shown in (render_text(document), render_page(document).decode()):
        assert root.hex() in shown
        assert "older ones were not compared this time" in shown
        assert "更早的记录本次没有核对" in shown


@pytest.mark.parametrize(
    ("leaf_index", "since", "found"), [(UPDATED, 2, True), (UPDATED, 4, False), (UNTOUCHED, 2, False)]
)
def test_edited_row_is_found_when_its_record_was_touched_since(leaf_index: int, since: int, found: bool) -> None:
    ledger = small_ledger()
    subject = subject_at(ledger, leaf_index)
    version = max(version for held, version in ledger.rows_held if held == subject)
    set_value(ledger, (subject, version), facts="从未欠薪")
    report = audit_since(ledger, since)
    assert [finding.code for finding in report.findings] == ([Code.ROW_CHANGED] if found else [])


def test_disclosure_of_a_statement_after_the_checkpoint_is_compared() -> None:
    ledger = small_ledger()
    held = ledger.held[4]
    assert isinstance(held.disclosures, tuple)
    held.disclosures = held.disclosures[1:]
    report = audit_since(ledger, 4)
    assert Code.DISCLOSURE_MISMATCH in {finding.code for finding in report.findings}


@pytest.mark.parametrize("leaf_index", range(5))
def test_edited_statement_is_found_by_its_leaf_however_old(leaf_index: int) -> None:
    ledger = small_ledger()
    edit_body(ledger, leaf_index, b"LS-UNION", b"LS-UNIOM")
    report = audit_since(ledger, 4)
    assert Code.STATEMENT_CHANGED in {finding.code for finding in report.findings}
    assert number_at(ledger, leaf_index) in {finding.record.number for finding in report.findings}


@pytest.mark.parametrize(("since", "found"), [(4, True), (5, False)])
def test_changed_file_is_found_exactly_when_its_document_was_touched_since(since: int, found: bool) -> None:
    ledger = small_ledger()
    ledger.contents[ledger.stored_files[0].handle] = b"another"
    report = audit_since(ledger, since)
    assert [finding.code for finding in report.findings] == ([Code.DOCUMENT_CHANGED] if found else [])


def test_another_root_than_the_kept_one_is_found_in_tree_and_contract() -> None:
    report = audit_since(small_ledger(), 2, bytes([1]) * 32)
    assert {(finding.code, finding.layer) for finding in report.findings} == {
        (Code.HIGH_WATER_MISMATCH, Layer.TREE),
        (Code.HIGH_WATER_MISMATCH, Layer.CHAIN),
    }
    assert {finding.record.number for finding in report.findings} == {"2"}


def test_root_that_was_kept_is_not_taken_from_a_rewritten_note() -> None:
    ledger = small_ledger()
    _, root, _ = ledger.chain.appended[0]
    ledger.notes[0] = replace(ledger.notes[0], note=ledger.notes[1].note)
    assert audit_since(ledger, 2, root).since == KeptHead(size=2, root=root)


@pytest.mark.parametrize("size", [1, 3, 6])
def test_size_without_a_checkpoint_is_refused(size: int) -> None:
    with pytest.raises(Malformed, match=f"no checkpoint of {size} statements"):
        touched_since(small_ledger(), size=size)
