"""Keys at rest and the sealing done with them."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import keys
from ledger.errors import Conflict, LedgerError, Malformed, Mismatch, NeedsAttention

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
CONTEXT = b"0f0e7c1e-0000-4000-8000-000000000001"

Draw = Callable[[int], bytes]


def counting_bytes() -> Draw:
    """A generator of predictable bytes, so that a test can name the nonce it expects."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size)


def seal_file(plaintext: bytes, *, step: int = 10_000, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    sealer = keys.ChunkedSealer(key, context)
    sealed = b"".join(sealer.update(plaintext[at : at + step]) for at in range(0, len(plaintext), step))
    return sealed + sealer.finish()


def open_file(sealed: bytes, *, step: int = 9_999, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    opener = keys.ChunkedOpener(key, context)
    plaintext = b"".join(opener.update(sealed[at : at + step]) for at in range(0, len(sealed), step))
    return plaintext + opener.finish()


# Key files


def test_chain_key_created_loads_again(tmp_path: Path) -> None:
    created = keys.create_chain_key(tmp_path / "operator.key")
    assert keys.load_chain_key(tmp_path / "operator.key").key == created.key


def test_chain_key_address_is_the_known_one(tmp_path: Path) -> None:
    # The key and address of EIP-155's example.
    keys.create_key_file(tmp_path / "operator.key", b"46" * 32)
    assert keys.load_chain_key(tmp_path / "operator.key").address == "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"


def test_chain_key_text_form_hides_the_secret(tmp_path: Path) -> None:
    key = keys.create_chain_key(tmp_path / "operator.key", random=lambda _: b"\x46" * 32)
    for text in (repr(key), str(key)):
        assert "4646" not in text
        assert "FF" not in text


@pytest.mark.parametrize("secret", [bytes(32), keys.SECP256K1_ORDER.to_bytes(32), b"\xff" * 32])
def test_chain_key_outside_the_curve_order_is_malformed(tmp_path: Path, secret: bytes) -> None:
    keys.create_key_file(tmp_path / "operator.key", secret.hex().encode())
    with pytest.raises(Malformed):
        keys.load_chain_key(tmp_path / "operator.key")


def test_chain_key_draws_again_when_outside_the_curve_order(tmp_path: Path) -> None:
    draws = iter([b"\xff" * 32, bytes(32), b"\x01" * 32])
    assert keys.create_chain_key(tmp_path / "k", random=lambda _: next(draws)).key == b"\x01" * 32


def test_note_key_created_signs_after_loading(tmp_path: Path) -> None:
    created = keys.create_note_key(tmp_path / "note.key")
    signer = keys.load_note_signer(tmp_path / "note.key", name="example.org/log")
    assert signer.vkey.name == "example.org/log"
    assert signer.vkey.public_key == created.public_key().public_bytes_raw()


def test_note_key_of_another_kind_is_malformed(tmp_path: Path) -> None:
    keys.create_key_file(tmp_path / "note.key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(Malformed):
        keys.load_note_signer(tmp_path / "note.key", name="example.org/log")


def test_secret_created_loads_again(tmp_path: Path) -> None:
    assert keys.create_secret(tmp_path / "wrap.key") == keys.load_secret(tmp_path / "wrap.key")


def test_key_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    keys.create_secret(tmp_path / "wrap.key")
    assert (tmp_path / "wrap.key").stat().st_mode & 0o777 == 0o600


def test_key_file_leaves_no_temporary_file(tmp_path: Path) -> None:
    keys.create_secret(tmp_path / "wrap.key")
    assert [file.name for file in tmp_path.iterdir()] == ["wrap.key"]


def test_key_file_is_never_overwritten(tmp_path: Path) -> None:
    first = keys.create_secret(tmp_path / "wrap.key")
    with pytest.raises(Conflict):
        keys.create_secret(tmp_path / "wrap.key")
    assert keys.load_secret(tmp_path / "wrap.key") == first
    assert [file.name for file in tmp_path.iterdir()] == ["wrap.key"]


def test_key_file_cut_short_by_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keys.create_secret(tmp_path / "wrap.key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601])
def test_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    keys.create_secret(tmp_path / "wrap.key")
    (tmp_path / "wrap.key").chmod(mode)
    with pytest.raises(NeedsAttention) as refusal:
        keys.load_secret(tmp_path / "wrap.key")
    assert refusal.value.cause == "key_exposed"


def test_key_file_missing_needs_attention(tmp_path: Path) -> None:
    with pytest.raises(NeedsAttention) as refusal:
        keys.load_secret(tmp_path / "wrap.key")
    assert refusal.value.cause == "key_missing"


def test_key_file_unreadable_needs_attention(tmp_path: Path) -> None:
    (tmp_path / "wrap.key").mkdir()
    with pytest.raises(NeedsAttention) as refusal:
        keys.load_secret(tmp_path / "wrap.key")
    assert refusal.value.cause == "key_unreadable"


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"00" * 31, b"00" * 33, b"FF" * 32, b"0x" + b"00" * 31, b"zz" * 32, b"\xff" * 64, b"0" * 5000],
)
def test_secret_of_another_form_is_malformed_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    keys.create_key_file(tmp_path / "wrap.key", content)
    with pytest.raises(Malformed) as refusal:
        keys.load_secret(tmp_path / "wrap.key")
    assert "zz" not in str(refusal.value)
    assert "FF" not in str(refusal.value)


# Wrapped keys and sealed values


def test_wrapped_key_opens_for_its_stream() -> None:
    assert keys.unwrap_key(KEY, keys.wrap_key(KEY, OTHER_KEY, CONTEXT), CONTEXT) == OTHER_KEY


def test_wrapped_key_of_another_stream_does_not_open() -> None:
    with pytest.raises(Mismatch):
        keys.unwrap_key(KEY, keys.wrap_key(KEY, OTHER_KEY, CONTEXT), b"another stream")


def test_wrapped_key_does_not_open_as_a_sealed_value() -> None:
    with pytest.raises(Mismatch):
        keys.open_sealed(KEY, keys.wrap_key(KEY, OTHER_KEY, CONTEXT), CONTEXT)


def test_wrapped_key_of_another_size_is_malformed() -> None:
    with pytest.raises(Malformed):
        keys.wrap_key(KEY, b"short", CONTEXT)


def test_sealed_value_has_version_nonce_ciphertext_and_tag() -> None:
    sealed = keys.seal(KEY, b"abc", CONTEXT, random=counting_bytes())
    assert sealed[:13] == b"\x01" + bytes(11) + b"\x01"
    assert len(sealed) == 1 + 12 + 3 + 16


def test_sealed_value_never_repeats_a_nonce() -> None:
    assert keys.seal(KEY, b"abc", CONTEXT) != keys.seal(KEY, b"abc", CONTEXT)


@given(plaintext=st.binary(max_size=300), context=st.binary(max_size=40))
def test_sealed_value_opens_to_the_same_bytes(plaintext: bytes, context: bytes) -> None:
    assert keys.open_sealed(KEY, keys.seal(KEY, plaintext, context), context) == plaintext


@pytest.mark.parametrize(("key", "context"), [(OTHER_KEY, CONTEXT), (KEY, b"another record")])
def test_sealed_value_does_not_open_elsewhere(key: bytes, context: bytes) -> None:
    with pytest.raises(Mismatch):
        keys.open_sealed(key, keys.seal(KEY, b"abc", CONTEXT), context)


def test_sealed_value_with_any_bit_changed_does_not_open() -> None:
    sealed = keys.seal(KEY, b"abc", CONTEXT)
    for at in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[at] ^= 1 << bit
            with pytest.raises((Mismatch, Malformed)):
                keys.open_sealed(KEY, bytes(changed), CONTEXT)


@given(st.binary(max_size=80))
def test_sealed_value_of_garbage_raises_our_errors_only(garbage: bytes) -> None:
    with pytest.raises(LedgerError):
        keys.open_sealed(KEY, garbage, CONTEXT)


# Sealed files


@pytest.mark.parametrize("chunks", [0, 1, 2, 3])
@pytest.mark.parametrize("around", [-1, 0, 1])
def test_sealed_file_opens_to_the_same_bytes(chunks: int, around: int) -> None:
    plaintext = bytes(max(0, chunks * keys.CHUNK_SIZE + around))
    assert open_file(seal_file(plaintext)) == plaintext


@given(seal_step=st.integers(1, 200_000), open_step=st.integers(1, 200_000))
def test_sealed_file_does_not_depend_on_how_it_is_cut_into_calls(seal_step: int, open_step: int) -> None:
    plaintext = b"0123456789" * 15_000
    seal_step, open_step = max(seal_step, 500), max(open_step, 500)
    assert open_file(seal_file(plaintext, step=seal_step), step=open_step) == plaintext


def test_sealed_file_holds_one_version_one_salt_and_a_tag_per_chunk() -> None:
    assert len(seal_file(bytes(2 * keys.CHUNK_SIZE))) == 1 + 32 + 2 * keys.CHUNK_SIZE + 2 * 16


def test_sealed_file_twice_shares_no_chunk() -> None:
    assert seal_file(b"same")[33:] != seal_file(b"same")[33:]


@pytest.mark.parametrize(("key", "context"), [(OTHER_KEY, CONTEXT), (KEY, b"another document")])
def test_sealed_file_does_not_open_elsewhere(key: bytes, context: bytes) -> None:
    with pytest.raises(Mismatch):
        open_file(seal_file(b"paper"), key=key, context=context)


SEALED_CHUNK = keys.CHUNK_SIZE + 16
HEADER = 33


def swap_first_two_chunks(sealed: bytes) -> bytes:
    first, second = sealed[HEADER : HEADER + SEALED_CHUNK], sealed[HEADER + SEALED_CHUNK : HEADER + 2 * SEALED_CHUNK]
    return sealed[:HEADER] + second + first + sealed[HEADER + 2 * SEALED_CHUNK :]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda sealed: sealed[:-1], id="last byte cut"),
        pytest.param(lambda sealed: sealed[: HEADER + 2 * SEALED_CHUNK], id="last chunk cut"),
        pytest.param(lambda sealed: sealed[:HEADER], id="all chunks cut"),
        pytest.param(lambda sealed: sealed[: HEADER - 1], id="header cut"),
        pytest.param(lambda _: b"", id="nothing left"),
        pytest.param(swap_first_two_chunks, id="chunks swapped"),
        pytest.param(lambda sealed: sealed[:HEADER] + sealed[HEADER + SEALED_CHUNK :], id="first chunk left out"),
        pytest.param(lambda sealed: sealed[: HEADER + SEALED_CHUNK] + sealed[HEADER:], id="first chunk repeated"),
        pytest.param(lambda sealed: sealed + b"\0", id="a byte appended"),
        pytest.param(lambda sealed: sealed + sealed[HEADER:], id="the file appended to itself"),
        pytest.param(lambda sealed: sealed[:1] + bytes(32) + sealed[HEADER:], id="another salt"),
    ],
)
def test_sealed_file_changed_as_a_whole_does_not_open(spoil: Callable[[bytes], bytes]) -> None:
    sealed = seal_file(bytes(2 * keys.CHUNK_SIZE + 100))
    with pytest.raises(Mismatch):
        open_file(spoil(sealed))


def test_sealed_file_with_any_byte_changed_does_not_open() -> None:
    sealed = seal_file(b"a short paper")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises((Mismatch, Malformed)):
            open_file(bytes(changed))


def test_sealed_file_opener_gives_nothing_of_a_changed_chunk() -> None:
    sealed = bytearray(seal_file(bytes(3 * keys.CHUNK_SIZE)))
    sealed[HEADER + SEALED_CHUNK] ^= 1
    opener = keys.ChunkedOpener(KEY, CONTEXT)
    assert opener.update(bytes(sealed[: HEADER + SEALED_CHUNK + 1])) == bytes(keys.CHUNK_SIZE)
    with pytest.raises(Mismatch):
        opener.update(bytes(sealed[HEADER + SEALED_CHUNK + 1 :]))


def test_note_key_of_type_chain_is_malformed(tmp_path: Path) -> None:
    keys.create_chain_key(tmp_path / "note.key")
    with pytest.raises(Malformed):
        keys.load_note_signer(tmp_path / "note.key", name="example.org/log")


def test_note_key_is_drawn_anew_each_time(tmp_path: Path) -> None:
    first: Ed25519PrivateKey = keys.create_note_key(tmp_path / "1.key")
    second: Ed25519PrivateKey = keys.create_note_key(tmp_path / "2.key")
    assert first.private_bytes_raw() != second.private_bytes_raw()
