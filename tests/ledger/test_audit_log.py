"""Statements, streams, leaves, tiles and roots: what was edited is told from what was not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from ledger.audit.findings import ABSENT, Code, KeptHead, Layer
from ledger.audit.run import audit
from ledger.canonical import encode_base64url
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.log import root_at
from ledger.merkle import leaf_hash
from ledger.statement import commitment
from ledger.tiles import tiles_of
from tests.ledger.audited import NOW, ORIGIN, MemoryLedger, long_ledger, small_ledger
from tests.ledger.edits import codes, edit_body, number_at, one, relink, resealed

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


def test_body_of_another_record_is_named_by_the_record_it_took_the_place_of() -> None:
    ledger = small_ledger()
    number, subject = number_at(ledger, 1), ledger.held[1].columns["subject"]
    ledger.held[1].body = next(held.body for held in ledger.held if held.columns["subject"] != subject)
    changed = [item for item in ledger.findings() if item.code is Code.STATEMENT_CHANGED]
    assert {item.record.number for item in changed} == {number}
    assert "body.subject" in {item.field for item in changed}


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
