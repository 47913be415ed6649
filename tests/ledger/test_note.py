"""Signed notes: the specification's known answer, public vectors, what is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed, Mismatch
from ledger.note import NoteSigner, VerifierKey, parse_note, parse_vkey, render_vkey, verify_note
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case

VECTORS = load_vectors("notes")
KEY = parse_vkey(VECTORS["vkey"])
CHECKPOINT = VECTORS["checkpoints"][2]

# c2sp.org/signed-note, "Verifier keys", example
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def signer(name: str = VECTORS["name"], seed: str = VECTORS["seed"]) -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))


def test_note_of_the_specification_verifies() -> None:
    key = parse_vkey(SPEC_VKEY)

    assert verify_note(parse_note(SPEC_NOTE), [key]) == (key,)


def test_note_of_the_specification_with_another_text_is_a_mismatch() -> None:
    with pytest.raises(Mismatch):
        verify_note(parse_note(SPEC_NOTE.replace("example message", "exemplary message")), [parse_vkey(SPEC_VKEY)])


def test_vkey_of_the_specification_is_rendered_as_it_was_read() -> None:
    assert render_vkey(parse_vkey(SPEC_VKEY)) == SPEC_VKEY


def test_vkey_of_the_signer_is_that_of_the_vector() -> None:
    assert render_vkey(signer().vkey) == VECTORS["vkey"]


@pytest.mark.parametrize("case", VECTORS["checkpoints"], ids=lambda case: str(case["size"]))
def test_note_signed_is_that_of_the_vector(case: Case) -> None:
    assert signer().sign(case["text"]) == case["note"]


@pytest.mark.parametrize("case", named(VECTORS["accepted"]))
def test_note_of_the_vector_verifies(case: Case) -> None:
    assert verify_note(parse_note(case["note"]), [KEY]) == (KEY,)


@pytest.mark.parametrize("case", named(VECTORS["malformed"]))
def test_note_of_the_vector_is_malformed(case: Case) -> None:
    with pytest.raises(Malformed):
        parse_note(case["note"])


@pytest.mark.parametrize("case", named(VECTORS["malformed_vkeys"]))
def test_vkey_of_the_vector_is_malformed(case: Case) -> None:
    with pytest.raises(Malformed):
        parse_vkey(case["vkey"])


def test_note_read_from_bytes_is_the_same() -> None:
    assert parse_note(SPEC_NOTE.encode()) == parse_note(SPEC_NOTE)


def test_text_may_have_empty_lines_of_its_own() -> None:
    text = "one\n\ntwo\n\n"

    assert parse_note(signer().sign(text)).text == text


def test_signature_lines_of_strangers_are_kept_in_order() -> None:
    stranger = signer("witness.example", "07" * 32)
    cosignature = stranger.sign(CHECKPOINT["text"]).rpartition("\n\n")[2]
    note = parse_note(CHECKPOINT["note"] + cosignature)

    assert [line.name for line in note.signatures] == [VECTORS["name"], "witness.example"]
    assert verify_note(note, [KEY]) == (KEY,)


def test_all_known_signers_are_returned_in_the_order_of_the_keys() -> None:
    witness = signer("witness.example", "07" * 32)
    cosignature = witness.sign(CHECKPOINT["text"]).rpartition("\n\n")[2]
    note = parse_note(CHECKPOINT["note"] + cosignature)

    assert verify_note(note, [witness.vkey, KEY]) == (witness.vkey, KEY)


def test_note_without_a_known_signer_is_a_mismatch_that_names_both_sides() -> None:
    with pytest.raises(Mismatch) as caught:
        verify_note(parse_note(SPEC_NOTE), [KEY])

    assert caught.value.expected == [f"{KEY.name}+{KEY.key_id.hex()}"]
    assert caught.value.got == ["example.com/foo+530d903a"]


def test_note_is_not_verified_without_keys() -> None:
    with pytest.raises(Mismatch):
        verify_note(parse_note(SPEC_NOTE), [])


def test_bad_signature_of_a_known_key_refuses_the_note_though_another_is_good() -> None:
    good, bad = signer(), signer("witness.example", "07" * 32)
    forged = bad.sign("another text\n").rpartition("\n\n")[2]
    note = parse_note(good.sign("a text\n") + forged)

    with pytest.raises(Mismatch, match="note signature"):
        verify_note(note, [good.vkey, bad.vkey])


def test_signature_by_another_key_under_a_known_name_and_id_is_a_mismatch() -> None:
    impostor = VerifierKey(name=KEY.name, key_id=KEY.key_id, public_key=signer(seed="07" * 32).vkey.public_key)

    with pytest.raises(Mismatch, match="note signature"):
        verify_note(parse_note(CHECKPOINT["note"]), [impostor])


@pytest.mark.parametrize("count", [16, 64])
def test_so_many_signatures_are_read(count: int) -> None:
    text, _, line = CHECKPOINT["note"].rpartition("\n\n")

    assert len(parse_note(f"{text}\n\n{line * count}").signatures) == count


def test_note_longer_than_the_limit_is_malformed() -> None:
    with pytest.raises(Malformed, match="at most 524288"):
        parse_note(signer().sign("x" * 2**19 + "\n"))


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "return\r\n", "nul\0\n", "surrogate \ud800\n"])
def test_text_that_no_note_may_hold_is_not_signed(text: str) -> None:
    with pytest.raises(Malformed):
        signer().sign(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\u00a0b", "a\nb", "a\x1fb", "a\ud800b"])
def test_name_that_no_key_may_have_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="key name"):
        signer(name)


def test_name_of_a_key_may_be_chinese() -> None:
    key = signer("岚山区.example/台账").vkey

    assert parse_vkey(render_vkey(key)) == key


@given(st.integers(0, len(CHECKPOINT["note"].encode()) - 1), st.integers(1, 255))
def test_note_with_one_byte_changed_never_verifies_as_another_text(at: int, change: int) -> None:
    data = bytearray(CHECKPOINT["note"].encode())
    data[at] ^= change
    try:
        note = parse_note(bytes(data))
        verify_note(note, [KEY])
    except (Malformed, Mismatch):
        return
    pytest.fail(f"verified: {note}")


@given(st.binary(max_size=80) | st.text(max_size=80))
def test_garbage_raises_only_malformed(garbage: bytes | str) -> None:
    with pytest.raises(Malformed):
        parse_note(garbage)


@given(st.text(max_size=60) | st.from_regex(r"[a-z]+\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}", fullmatch=True))
def test_garbage_vkey_raises_only_malformed(garbage: str) -> None:
    with pytest.raises(Malformed):
        parse_vkey(garbage)
