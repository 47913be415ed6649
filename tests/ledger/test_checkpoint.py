"""Checkpoints: public vectors, who may sign, what is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import (
    MAX_ORIGIN_LENGTH,
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    render_checkpoint,
    sign_checkpoint,
)
from ledger.errors import Malformed, Mismatch
from ledger.merkle import EMPTY_ROOT, MAX_TREE_SIZE, RootHash
from ledger.note import NoteSigner, parse_vkey
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case

VECTORS = load_vectors("notes")
KEY = parse_vkey(VECTORS["vkey"])
ORIGIN = VECTORS["name"]

checkpoints = pytest.mark.parametrize("case", VECTORS["checkpoints"], ids=lambda case: str(case["size"]))


def signer(name: str = ORIGIN) -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["seed"])))


def checkpoint(case: Case) -> Checkpoint:
    return Checkpoint(origin=ORIGIN, size=case["size"], root=RootHash(bytes.fromhex(case["root"])))


@checkpoints
def test_checkpoint_is_rendered_as_in_the_vector(case: Case) -> None:
    assert render_checkpoint(checkpoint(case)) == case["text"]


@checkpoints
def test_checkpoint_is_read_as_in_the_vector(case: Case) -> None:
    assert parse_checkpoint(case["text"]) == checkpoint(case)


@checkpoints
def test_checkpoint_is_signed_as_in_the_vector(case: Case) -> None:
    assert sign_checkpoint(checkpoint(case), signer()) == case["note"]


@checkpoints
def test_checkpoint_is_opened_as_in_the_vector(case: Case) -> None:
    assert open_checkpoint(case["note"], [KEY]) == checkpoint(case)


@pytest.mark.parametrize("case", named(VECTORS["accepted"]))
def test_note_of_the_vector_is_opened(case: Case) -> None:
    assert open_checkpoint(case["note"], [KEY]).size == 300


@pytest.mark.parametrize("case", named(VECTORS["mismatch"]))
def test_note_of_the_vector_does_not_open(case: Case) -> None:
    with pytest.raises(Mismatch):
        open_checkpoint(case["note"], [KEY])


@pytest.mark.parametrize("case", named(VECTORS["malformed_checkpoints"]))
def test_checkpoint_of_the_vector_is_malformed(case: Case) -> None:
    with pytest.raises(Malformed):
        parse_checkpoint(case["text"])


def test_checkpoint_is_not_signed_under_another_name() -> None:
    with pytest.raises(Mismatch, match="name of the signing key"):
        sign_checkpoint(Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT), signer("another.example/1"))


def test_trusted_key_of_one_log_does_not_speak_for_another() -> None:
    foreign = signer("another.example/1")
    note = foreign.sign(VECTORS["checkpoints"][2]["text"])

    with pytest.raises(Mismatch, match="checkpoint origin") as caught:
        open_checkpoint(note, [KEY, foreign.vkey])

    assert (caught.value.expected, caught.value.got) == (["another.example/1"], ORIGIN)


def test_signed_text_that_is_no_checkpoint_is_malformed() -> None:
    with pytest.raises(Malformed):
        open_checkpoint(signer().sign("not a checkpoint\n"), [KEY])


@pytest.mark.parametrize("origin", ["", "two\nlines", "tab\t", "x" * (MAX_ORIGIN_LENGTH + 1), "\ud800"])
def test_origin_that_is_not_one_line_is_refused(origin: str) -> None:
    with pytest.raises(Malformed, match="origin"):
        Checkpoint(origin=origin, size=0, root=EMPTY_ROOT)


@pytest.mark.parametrize("size", [-1, MAX_TREE_SIZE + 1])
def test_size_that_no_tree_has_is_refused(size: int) -> None:
    with pytest.raises(Malformed, match="size"):
        Checkpoint(origin=ORIGIN, size=size, root=EMPTY_ROOT)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_root_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(Malformed, match="root"):
        Checkpoint(origin=ORIGIN, size=1, root=RootHash(bytes(length)))


def test_empty_log_has_no_other_root() -> None:
    with pytest.raises(Malformed, match="empty tree"):
        Checkpoint(origin=ORIGIN, size=0, root=RootHash(bytes(32)))


@given(st.integers(1, MAX_TREE_SIZE), st.binary(min_size=32, max_size=32))
def test_checkpoint_opens_as_it_was_signed(size: int, root: bytes) -> None:
    made = Checkpoint(origin=ORIGIN, size=size, root=RootHash(root))

    assert open_checkpoint(sign_checkpoint(made, signer()), [KEY]) == made


@given(st.text(max_size=60) | st.from_regex(r"[^\n]+\n[0-9]{1,25}\n[A-Za-z0-9+/]{43}=\n", fullmatch=True))
def test_garbage_raises_only_malformed(garbage: str) -> None:
    try:
        read = parse_checkpoint(garbage)
    except Malformed:
        return
    assert render_checkpoint(read) == garbage
