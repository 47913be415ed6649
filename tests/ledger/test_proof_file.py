"""Proof files: public vectors, round trip, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import open_checkpoint
from ledger.errors import Malformed
from ledger.merkle import MAX_TREE_SIZE, leaf_hash, verify_inclusion
from ledger.note import parse_vkey
from ledger.proof_file import MAX_EXTRA_BYTES, MAX_PROOF_BYTES, parse_tlog_proof, render_tlog_proof
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case
from tests.vector_sources.merkle import log_entries

VECTORS = load_vectors("proof_files")
KEY = parse_vkey(load_vectors("notes")["vkey"])
TEXT = VECTORS["accepted"][0]["text"]

accepted = pytest.mark.parametrize("case", VECTORS["accepted"], ids=["plain", "with extra", "one leaf"])


@accepted
def test_proof_of_the_vector_is_rendered_as_it_was_read(case: Case) -> None:
    assert render_tlog_proof(parse_tlog_proof(case["text"])) == case["text"]


@accepted
def test_proof_of_the_vector_is_read(case: Case) -> None:
    proof = parse_tlog_proof(case["text"])

    assert (proof.index, proof.extra) == (case["index"], bytes.fromhex(case["extra"]) if case["extra"] else None)
    assert proof.note == case["text"].partition("\n\n")[2]


@accepted
def test_proof_of_the_vector_proves_its_entry(case: Case) -> None:
    proof = parse_tlog_proof(case["text"])
    head = open_checkpoint(proof.note, [KEY])
    leaf = leaf_hash(log_entries(300)[proof.index])

    verify_inclusion(index=proof.index, size=head.size, leaf=leaf, proof=proof.hashes, root=head.root)
    assert head.size == case["size"]


@pytest.mark.parametrize("case", named(VECTORS["refused"]))
def test_proof_of_the_vector_is_refused(case: Case) -> None:
    with pytest.raises(Malformed):
        parse_tlog_proof(case["text"])


def test_proof_read_from_bytes_is_the_same() -> None:
    assert parse_tlog_proof(TEXT.encode()) == parse_tlog_proof(TEXT)


@given(
    st.integers(0, MAX_TREE_SIZE - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(min_size=1),
)
def test_proof_reads_back_what_was_rendered(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    made = replace(parse_tlog_proof(TEXT), index=index, hashes=tuple(hashes), extra=extra)

    assert parse_tlog_proof(render_tlog_proof(made)) == made


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("index", -1),
        ("index", MAX_TREE_SIZE),
        ("hashes", (bytes(31),)),
        ("hashes", (bytes(32),) * 64),
        ("extra", b""),
        ("extra", bytes(MAX_EXTRA_BYTES + 1)),
        ("note", "no note"),
    ],
)
def test_proof_that_no_file_may_hold_cannot_be_built(member: str, value: Any) -> None:
    with pytest.raises(Malformed):
        replace(parse_tlog_proof(TEXT), **{member: value})


def test_proof_longer_than_the_limit_is_malformed() -> None:
    with pytest.raises(Malformed, match="at most"):
        parse_tlog_proof(TEXT + "x" * MAX_PROOF_BYTES)


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(1, 255))
def test_proof_with_one_byte_changed_raises_only_malformed(at: int, change: int) -> None:
    data = bytearray(TEXT.encode())
    data[at] ^= change
    try:
        read = parse_tlog_proof(bytes(data))
    except Malformed:
        return
    assert render_tlog_proof(read).encode() == data


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_garbage_raises_only_malformed(garbage: str | bytes) -> None:
    with pytest.raises(Malformed):
        parse_tlog_proof(garbage)
