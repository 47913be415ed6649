"""An untouched ledger has no finding, every seeded edit is found and named, and an outage is never a finding."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.audit.findings import Code, Layer, Outcome, differences
from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.audit.sentences import LAYERS, SENTENCES
from ledger.audit.tree import Frontier
from ledger.log import root_at
from ledger.merkle import leaf_hash
from ledger.record_number import record_number
from ledger.statement import commitment
from tests.ledger.audited import NOW, MemoryLedger, long_ledger, small_ledger
from tests.ledger.edits import number_at, set_value

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


# ------------------------------------------------------------------------------------------------ bounds, words, parts


def test_findings_beyond_the_bound_are_counted_and_not_kept() -> None:
    ledger = long_ledger(30)
    for held in ledger.held:
        held.columns["type"] = "x"
    report = audit(ledger.evidences(), now=NOW, max_findings=4)
    assert (len(report.findings), report.found, report.exit_code) == (4, 30, 1)


def test_progress_goes_through_statements_rows_and_transactions_to_its_end() -> None:
    seen: list[tuple[int, int]] = []
    audit(long_ledger(600).evidences(), now=NOW, progress=lambda done, expected: seen.append((done, expected)))
    # 600 statements, as many rows, and 6 transactions of 100 steps each
    assert seen == [(500, 1800), (1000, 1800), (1500, 1800), (1800, 1800)]


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


@pytest.mark.parametrize("edited", [False, True])
def test_report_does_not_depend_on_the_number_of_processes(edited: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.audit.run.PARALLEL_FROM", 0)
    monkeypatch.setattr("ledger.audit.readers.CHUNK", 2)
    ledger = small_ledger()
    if edited:
        draw_edit(ledger, random.Random(3))
    alone, together = (audit(ledger.evidences(), now=NOW, processes=number) for number in (1, 2))
    assert alone == together
    assert alone.exit_code == int(edited)


def test_broken_body_and_cells_of_any_type_are_reported_alike_by_other_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ledger.audit.run.PARALLEL_FROM", 0)
    monkeypatch.setattr("ledger.audit.readers.CHUNK", 2)
    ledger = small_ledger()
    ledger.held[1].body = b"not a statement"
    ledger.held[3].columns["institution"] = memoryview(b"cannot be pickled")
    alone, together = (audit(ledger.evidences(), now=NOW, processes=number) for number in (1, 2))
    assert alone == together
    assert {Code.STATEMENT_CHANGED, Code.COLUMN_CHANGED} <= {finding.code for finding in alone.findings}


def test_every_code_is_documented_with_its_sentence() -> None:
    page = (Path(__file__).parents[2] / "ledger" / "docs" / "audit.md").read_text("utf-8")
    missing = [code for code in Code if f"| `{code}` | {SENTENCES[code].en} |" not in page]
    assert missing == []
