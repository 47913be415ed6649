"""Keys at rest: one file per key that only its owner may read, and the sealing that is done with them.

Two things live here. Key files: secp256k1 keys of the chain, the Ed25519 key of notes, 32-byte symmetric keys. Sealing:
AES-256-GCM over what a stream stores, with the stream's own data key, itself wrapped by the wrap key. Erasing a wrapped
data key erases what it sealed, in every backup too.

No error says any part of a key.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.durable import sync_folder
from ledger.errors import Conflict, Malformed, Mismatch, NeedsAttention
from ledger.note import NoteSigner
from ledger.recursion import recursion_limit_kept

with recursion_limit_kept():
    from eth_account import Account
    from eth_account.signers.local import LocalAccount

Random = Callable[[int], bytes]
"""Gives that many bytes that nobody can guess. The default everywhere is the operating system's generator."""

KEY_SIZE: Final = 32
MAX_KEY_FILE_SIZE: Final = 4096
"""Bytes. An Ed25519 PEM has 119; anything of this size is another file put in the place of a key."""

SECP256K1_ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""SEC 2 §2.4.1: a private key is 1 … order − 1."""

CHUNK_SIZE: Final = 64 * 1024
"""Bytes of plaintext in every chunk of a sealed file but the last. Part of the format: readers rely on it."""

_OTHERS_MAY_READ: Final = 0o077
_NONCE_SIZE: Final = 12
_TAG_SIZE: Final = 16
_SALT_SIZE: Final = 32
_VERSION: Final = b"\x01"
_WRAP_DOMAIN: Final = b"legal-ledger/wrapped-key/v1\n"
_SEAL_DOMAIN: Final = b"legal-ledger/sealed/v1\n"
_CHUNKED_DOMAIN: Final = b"legal-ledger/sealed-file/v1\n"


def create_chain_key(path: Path, *, random: Random = secrets.token_bytes) -> LocalAccount:
    """Draw a secp256k1 key and make it durable at `path`; raises Conflict when a file is there already."""
    while not _on_curve(secret := random(KEY_SIZE)):
        continue
    create_key_file(path, secret.hex().encode() + b"\n")
    return _account(secret)


def load_chain_key(path: Path) -> LocalAccount:
    """Read what `create_chain_key` wrote; raises as `load_secret` does, and Malformed for 0 or the curve's order."""
    secret = load_secret(path)
    if not _on_curve(secret):
        raise Malformed(path.name, "not a secp256k1 private key")
    return _account(secret)


def create_note_key(path: Path) -> Ed25519PrivateKey:
    """Draw an Ed25519 key and make it durable at `path` as PKCS #8 PEM; raises Conflict when a file is there."""
    key = Ed25519PrivateKey.generate()
    create_key_file(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def load_note_signer(path: Path, *, name: str) -> NoteSigner:
    """Read the Ed25519 key at `path` as the signer `name`; raises NeedsAttention or Malformed."""
    pem = _load_key_file(path)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise Malformed(path.name, "not an unencrypted PKCS #8 PEM key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Malformed(path.name, "not an Ed25519 key")
    return NoteSigner(name=name, private_key=key)


def create_secret(path: Path, *, random: Random = secrets.token_bytes) -> bytes:
    """Draw a 32-byte symmetric key and make it durable at `path`; raises Conflict when a file is there already."""
    secret = random(KEY_SIZE)
    create_key_file(path, secret.hex().encode() + b"\n")
    return secret


def load_secret(path: Path) -> bytes:
    """Read 32 bytes written as 64 lower-case hexadecimal digits and a line feed.

    Raises NeedsAttention when the file is missing, unreadable or readable by others, Malformed for other content.
    """
    text = _load_key_file(path)
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != KEY_SIZE or text.strip() != secret.hex().encode():
        raise Malformed(path.name, "expected 64 lower-case hexadecimal digits")
    return secret


def create_key_file(path: Path, content: bytes) -> None:
    """Put `content` at `path`, mode 0600, whole and durable or not at all; raises Conflict when a file is there.

    An existing key is never overwritten: linking the finished file to its name fails if the name is taken.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        raise Conflict(path.name, "a key file is here already; keys are never overwritten") from None
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)


def wrap_key(wrap: bytes, data_key: bytes, context: bytes, *, random: Random = secrets.token_bytes) -> bytes:
    """Seal `data_key` (32 bytes) under `wrap` (32 bytes), bound to `context`, the id of its stream."""
    return _seal(wrap, _expect_key(data_key, "data key"), _WRAP_DOMAIN + context, random)


def unwrap_key(wrap: bytes, wrapped: bytes, context: bytes) -> bytes:
    """Undo `wrap_key`; raises Mismatch for another wrap key, another stream or any changed byte."""
    return _open(wrap, wrapped, _WRAP_DOMAIN + context, "wrapped key")


def seal(data_key: bytes, plaintext: bytes, context: bytes, *, random: Random = secrets.token_bytes) -> bytes:
    """Seal `plaintext` with AES-256-GCM: version byte, 96-bit random nonce, ciphertext, 128-bit tag.

    `context` says what is sealed (for example the statement's id): opening needs the same, so that sealed values cannot
    change places. One data key may seal up to 2³² values (NIST SP 800-38D §8.3).
    """
    return _seal(data_key, plaintext, _SEAL_DOMAIN + context, random)


def open_sealed(data_key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Undo `seal`; raises Mismatch for another key, another context or any changed byte, Malformed for other bytes."""
    return _open(data_key, sealed, _SEAL_DOMAIN + context, "sealed value")


class ChunkedSealer:
    """Seals a file of any size while it streams by, in constant memory.

    Output: version byte, 32-byte salt, then chunks of 64 KiB plaintext, each with its tag; the last may be shorter.
    Every file has its own key, HKDF-SHA256 of the data key with the salt; a chunk's nonce is its number (11 bytes) and
    one byte that is 1 in the last chunk (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015). So cut,
    swapped, repeated and appended chunks do not open.

    Not for several threads. `finish` once, then no more.
    """

    def __init__(self, data_key: bytes, context: bytes, *, random: Random = secrets.token_bytes) -> None:
        salt = random(_SALT_SIZE)
        self._cipher = _file_cipher(data_key, salt, context)
        self._out = bytearray(_VERSION + salt)
        self._pending = bytearray()
        self._number = 0

    def update(self, plaintext: bytes) -> bytes:
        """Take more of the file; return the sealed bytes that are ready (perhaps none)."""
        self._pending += plaintext
        while len(self._pending) > CHUNK_SIZE:
            self._seal_chunk(bytes(self._pending[:CHUNK_SIZE]), last=False)
            del self._pending[:CHUNK_SIZE]
        return self._take()

    def finish(self) -> bytes:
        """Return the rest, with the mark of the end."""
        self._seal_chunk(bytes(self._pending), last=True)
        return self._take()

    def _seal_chunk(self, chunk: bytes, *, last: bool) -> None:
        self._out += self._cipher.encrypt(_chunk_nonce(self._number, last=last), chunk, None)
        self._number += 1

    def _take(self) -> bytes:
        ready = bytes(self._out)
        self._out.clear()
        return ready


class ChunkedOpener:
    """Opens what `ChunkedSealer` made, in constant memory.

    Every byte returned is authentic at its place; that the file is whole is known only when `finish` returns. Raises
    Mismatch for another key or context, and for bytes changed, cut, swapped, repeated or appended.
    """

    def __init__(self, data_key: bytes, context: bytes) -> None:
        self._data_key = _expect_key(data_key, "data key")
        self._context = context
        self._cipher: AESGCM | None = None
        self._pending = bytearray()
        self._number = 0

    def update(self, sealed: bytes) -> bytes:
        """Take more of the sealed file; return the plaintext that is ready (perhaps none)."""
        self._pending += sealed
        cipher = self._cipher or self._read_header()
        if cipher is None:
            return b""
        self._cipher = cipher
        ready = bytearray()
        size = CHUNK_SIZE + _TAG_SIZE
        while len(self._pending) > size:
            ready += self._open_chunk(cipher, bytes(self._pending[:size]), last=False)
            del self._pending[:size]
        return bytes(ready)

    def finish(self) -> bytes:
        """Return the rest; raises Mismatch when the end is missing."""
        if self._cipher is None:
            raise Mismatch("sealed file", "a whole header", f"{len(self._pending)} bytes")
        return self._open_chunk(self._cipher, bytes(self._pending), last=True)

    def _read_header(self) -> AESGCM | None:
        header_size = len(_VERSION) + _SALT_SIZE
        if not self._pending.startswith(_VERSION) and self._pending:
            raise Malformed("sealed file", "unknown version")
        if len(self._pending) < header_size:
            return None
        salt = bytes(self._pending[len(_VERSION) : header_size])
        del self._pending[:header_size]
        return _file_cipher(self._data_key, salt, self._context)

    def _open_chunk(self, cipher: AESGCM, chunk: bytes, *, last: bool) -> bytes:
        try:
            plaintext = cipher.decrypt(_chunk_nonce(self._number, last=last), chunk, None)
        except InvalidTag:
            raise Mismatch("sealed file", f"an authentic chunk {self._number}", "another one") from None
        self._number += 1
        return plaintext


def _on_curve(secret: bytes) -> bool:
    return 0 < int.from_bytes(secret) < SECP256K1_ORDER


def _account(secret: bytes) -> LocalAccount:
    # eth_account is typed but for this one decorated method
    account: LocalAccount = Account.from_key(secret)
    return account


def _load_key_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # Asked of the open file, so that nobody can exchange it between the look and the read.
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MAX_KEY_FILE_SIZE + 1)
    except FileNotFoundError:
        raise NeedsAttention("key_missing", str(path), "restore the file from your backup of the keys") from None
    except OSError as error:
        reason = f"{path}: {error.strerror}"
        raise NeedsAttention("key_unreadable", reason, "let the account that runs the ledger own the file") from error
    if os.name == "posix" and mode & _OTHERS_MAY_READ:
        raise NeedsAttention("key_exposed", f"{path}: others may read or change it", f"run: chmod 600 '{path}'")
    if len(content) > MAX_KEY_FILE_SIZE:
        raise Malformed(path.name, "far too large for a key")
    return content


def _expect_key(key: bytes, what: str) -> bytes:
    if len(key) != KEY_SIZE:
        raise Malformed(what, f"expected {KEY_SIZE} bytes, got {len(key)}")
    return key


def _seal(key: bytes, plaintext: bytes, associated: bytes, random: Random) -> bytes:
    nonce = random(_NONCE_SIZE)
    return _VERSION + nonce + AESGCM(_expect_key(key, "key")).encrypt(nonce, plaintext, associated)


def _open(key: bytes, sealed: bytes, associated: bytes, what: str) -> bytes:
    start = len(_VERSION) + _NONCE_SIZE
    if len(sealed) < start + _TAG_SIZE or not sealed.startswith(_VERSION):
        raise Malformed(what, "too short, or of an unknown version")
    try:
        return AESGCM(_expect_key(key, "key")).decrypt(sealed[len(_VERSION) : start], sealed[start:], associated)
    except InvalidTag:
        raise Mismatch(what, "authentic under this key and context", "not authentic") from None


def _file_cipher(data_key: bytes, salt: bytes, context: bytes) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=salt, info=_CHUNKED_DOMAIN + context)
    return AESGCM(derive.derive(_expect_key(data_key, "data key")))


def _chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NONCE_SIZE - 1) + bytes([last])
