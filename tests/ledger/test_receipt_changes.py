"""Any change of any byte of a receipt, and any mixture of two, is noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical_bytes, encode_base64
from ledger.receipt import (
    Receipt,
    make_receipt,
    render_receipt,
)
from ledger.verdict import Verdict
from tests.receipts import (
    DATA,
    RECEIPT,
    REFUSED,
    WORLD,
    check,
)


def _flipped(at: int, bit: int) -> bytes:
    data = bytearray(DATA)
    data[at] ^= 1 << bit
    return bytes(data)


def test_receipt_with_any_byte_changed_is_refused(seed: int) -> None:
    draw = Random(seed)
    green = [at for at in range(len(DATA)) if check(_flipped(at, draw.randrange(8))).verdict not in REFUSED]
    assert not green


@pytest.mark.full
def test_receipt_with_any_bit_changed_is_refused() -> None:
    changes = ((at, bit) for at in range(len(DATA)) for bit in range(8))
    assert not [place for place in changes if check(_flipped(*place)).verdict not in REFUSED]


@given(at=st.integers(0, len(DATA) - 1), length=st.integers(0, 60), put=st.binary(max_size=60))
def test_receipt_with_any_piece_replaced_is_never_green(at: int, length: int, put: bytes) -> None:
    data = DATA[:at] + put + DATA[at + length :]
    verdict = check(data).verdict
    assert verdict is Verdict.VERIFIED if data == DATA else verdict in REFUSED


@pytest.mark.parametrize("size", WORLD.sizes)
def test_receipts_with_parts_swapped_are_never_green(size: int) -> None:
    """Statement, disclosures, proof and note each from another honest receipt."""
    here = WORLD.receipt(2, size)
    for other in (WORLD.receipt(3, size), WORLD.receipt(2, 5 if size != 5 else 12)):
        for part in ("statement", "disclosures", "proof", "note", "hashes"):
            mixed = _mixed(here, other, part)
            if mixed == here:
                continue  # the same record at another size shares statement and disclosures
            verdict = check(render_receipt(mixed)).verdict
            whole = part == "proof" and other.statement == here.statement
            assert verdict is (Verdict.VERIFIED if whole else Verdict.RECEIPT_INVALID)


def _mixed(here: Receipt, other: Receipt, part: str) -> Receipt:
    proof = here.proof
    if part == "proof":
        proof = other.proof
    elif part == "note":
        proof = replace(proof, note=other.proof.note)
    elif part == "hashes":
        proof = replace(proof, hashes=other.proof.hashes)
    return make_receipt(
        statement=other.statement if part == "statement" else here.statement,
        disclosures=other.disclosures if part == "disclosures" else here.disclosures,
        proof=proof,
        anchors=here.anchors,
    )


def test_signature_of_an_unknown_witness_is_ignored_but_cannot_be_damaged_unseen() -> None:
    note = WORLD.note(12) + "\u2014 witness.example.org " + encode_base64(bytes(76)) + "\n"
    proof = replace(RECEIPT.proof, note=note)
    receipt = make_receipt(statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=proof)
    data = render_receipt(receipt)
    assert check(data).verdict is Verdict.VERIFIED
    damaged = data.replace(b"AAAAAAAAAAAAAAAA==", b"BAAAAAAAAAAAAAAA==")
    assert damaged != data
    assert check(damaged).verdict is Verdict.BAD_INPUT


@pytest.mark.parametrize("name", ["transaction_hash", "block_hash"])
def test_signpost_damaged_is_noticed(name: str) -> None:
    members = json.loads(DATA)
    members["anchors"][0][name] = "0x" + "0" * 64
    assert check(canonical_bytes(members) + b"\n").verdict is Verdict.BAD_INPUT


def test_signpost_replaced_on_purpose_changes_nothing_that_is_believed() -> None:
    hint = replace(WORLD.hint(12), transaction_hash="0x" + "0" * 64, block_number=1, checkpoint_index=0)
    receipt = make_receipt(
        statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=RECEIPT.proof, anchors=[hint]
    )
    assert check(render_receipt(receipt)).facts == check().facts
