"""Checkpoints, the contract, transactions and files, both ways; an outage is never a finding."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.audit.findings import Code, Layer, Outcome
from ledger.audit.run import audit
from ledger.audit.sources import LogEvent
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.log import root_at
from ledger.merkle import RootHash
from ledger.note import NoteSigner
from ledger.record_number import record_number
from ledger.statement import commitment
from tests.ledger.audited import NOW, ORIGIN, small_ledger
from tests.ledger.edits import codes, edit_body, first_row, number_at, one, set_value

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


OPERATOR, WITNESS = "0x" + "Aa" * 20, "0x" + "Bb" * 20


def held(name: str, **arguments: int | str | bool) -> LogEvent:
    return LogEvent(name=name, arguments=arguments, block_number=1, transaction_hash="0x" + "11" * 32)


def test_report_tells_operators_in_their_order_and_what_each_witness_cosigned() -> None:
    ledger = small_ledger()
    ledger.chain.held = [
        held("OperatorChanged", previous="0x" + "Dd" * 20, current="0x" + "Cc" * 20),
        held("OperatorChanged", previous="0x" + "Cc" * 20, current=OPERATOR),
        held("WitnessChanged", witness=WITNESS, named=True),
        held("CheckpointCosigned", index=0, witness=WITNESS),
        held("CheckpointCosigned", index=1, witness=WITNESS),
        held("WitnessChanged", witness=WITNESS, named=False),
    ]
    ledger.chain.cosigned = {(0, WITNESS), (1, WITNESS)}

    report = ledger.audit()

    assert report.found == 0
    assert report.custody is not None
    assert [(item.address, item.from_index) for item in report.custody.operators] == [
        ("0x" + "Cc" * 20, 0),
        (OPERATOR, 0),
    ]
    (witness,) = report.custody.witnesses
    assert (witness.address, witness.named, witness.cosigned, witness.newest) == (WITNESS, False, 2, 1)


def test_cosignature_that_storage_does_not_hold_is_found_and_not_counted() -> None:
    ledger = small_ledger()
    ledger.chain.held = [
        held("WitnessChanged", witness=WITNESS, named=True),
        held("CheckpointCosigned", index=1, witness=WITNESS),
    ]

    report = ledger.audit()

    finding = one(list(report.findings))
    assert (finding.code, finding.record.number, finding.found) == (Code.COSIGNATURE_MISMATCH, f"1/{WITNESS}", WITNESS)
    assert report.custody is not None
    assert [item.cosigned for item in report.custody.witnesses] == [0]


def test_event_of_a_witness_that_cannot_be_read_is_an_outage() -> None:
    ledger = small_ledger()
    ledger.chain.held = [held("CheckpointCosigned", witness=WITNESS)]

    report = ledger.audit()

    assert (report.exit_code, report.custody) == (40, None)


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
