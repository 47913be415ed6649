"""C2SP signed notes (c2sp.org/signed-note): a text, an empty line, and signature lines of which we know some.

Only Ed25519 is signed and verified here. Other signature lines, such as those of witnesses, are carried along.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.canonical import decode_base64, encode_base64, sha256
from ledger.errors import Malformed, Mismatch

MAX_NOTE_BYTES = 512 * 1024
"""A checkpoint with sixteen post-quantum cosignatures has some 80 KiB."""

MAX_SIGNATURES = 64
"""The specification demands at least 16."""

KEY_ID_SIZE = 4
"""Bytes of the key id, which is a name and proves nothing."""

_ED25519 = b"\x01"
_PUBLIC_KEY_SIZE = 32
_MARK = "— "

_NOT_TEXT = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
"""Control characters other than newline, and lone surrogates, which no UTF-8 can carry."""

_KEY_ID_HEX = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """An Ed25519 key someone trusts: `name` without spaces or `+`, `key_id` 4 bytes, `public_key` 32 bytes."""

    name: str
    key_id: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line as received. (name, key_id) says which key and algorithm it claims; nothing is checked."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note taken apart. `text` ends in a newline and means nothing until `verify_note` has returned."""

    text: str
    signatures: tuple[NoteSignature, ...]


class NoteSigner:
    """A private Ed25519 key and the name it signs under."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        _check_name(name)
        self._private_key = private_key
        public_key = private_key.public_key().public_bytes_raw()
        self.vkey = VerifierKey(name=name, key_id=_key_id(name, public_key), public_key=public_key)

    def sign(self, text: str) -> str:
        """Return the whole note: `text`, an empty line, one signature line. The same text gives the same bytes.

        Raises Malformed unless `text` ends in a newline and has no other control character.
        """
        _check_text(text)
        signed = self.vkey.key_id + self._private_key.sign(text.encode())
        return f"{text}\n{_MARK}{self.vkey.name} {encode_base64(signed)}\n"


def parse_vkey(text: str) -> VerifierKey:
    """Read `<name>+<hex key id>+<base64 of type ‖ key>`.

    Raises Malformed for another form, another type than Ed25519 (0x01), and a key id that is not the key's.
    """
    name, _, rest = text.partition("+")
    key_id, _, material = rest.partition("+")
    _check_name(name)
    if not _KEY_ID_HEX.fullmatch(key_id):
        raise Malformed("verifier key", "the key id is not 8 lower-case hex digits")
    data = decode_base64(material)
    if data[:1] != _ED25519 or len(data) != 1 + _PUBLIC_KEY_SIZE:
        raise Malformed("verifier key", "not an Ed25519 key of 32 bytes")
    key = VerifierKey(name=name, key_id=bytes.fromhex(key_id), public_key=data[1:])
    if _key_id(name, key.public_key) != key.key_id:
        raise Malformed("verifier key", f"the key id is not {_key_id(name, key.public_key).hex()}")
    return key


def render_vkey(key: VerifierKey) -> str:
    """Render the text that `parse_vkey` reads."""
    return f"{key.name}+{key.key_id.hex()}+{encode_base64(_ED25519 + key.public_key)}"


def parse_note(data: str | bytes) -> Note:
    """Take a note apart, checking its form and no signature.

    Raises Malformed for more than 512 KiB, bytes that are not UTF-8, a control character other than newline, no or
    more than 64 signatures, and a signature line that is not `— name base64`.
    """
    text, lines = _split(_decode(data))
    if len(lines) > MAX_SIGNATURES:
        raise Malformed("note", f"{len(lines)} signatures, at most {MAX_SIGNATURES} are read")
    return Note(text=text, signatures=tuple(_parse_signature(line) for line in lines))


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return those of `keys` that signed the note, in the order of `keys`; there is at least one.

    Raises Mismatch when a signature that claims to be by one of `keys` is not, even if another is good, and when
    none of `keys` signed. Signatures by other keys are ignored.
    """
    known = {(key.name, key.key_id): key for key in keys}
    signed = set()
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is not None:
            _verify_signature(note.text, key, line.signature)
            signed.add(key)
    if not signed:
        claimed = [f"{line.name}+{line.key_id.hex()}" for line in note.signatures]
        raise Mismatch("signer of the note", [f"{key.name}+{key.key_id.hex()}" for key in keys], claimed)
    return tuple(key for key in keys if key in signed)


def _verify_signature(text: str, key: VerifierKey, signature: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, text.encode())
    except InvalidSignature as error:
        raise Mismatch("note signature", f"a signature by {key.name}+{key.key_id.hex()}", signature) from error


def _decode(data: str | bytes) -> str:
    try:
        raw = data.encode() if isinstance(data, str) else data
        text = raw.decode()
    except UnicodeError as error:
        raise Malformed("note", "not UTF-8") from error
    if len(raw) > MAX_NOTE_BYTES:
        raise Malformed("note", f"{len(raw)} bytes, at most {MAX_NOTE_BYTES} are read")
    return text


def _split(note: str) -> tuple[str, list[str]]:
    # The last empty line parts text and signatures: the text may have empty lines of its own.
    blank = note.rfind("\n\n")
    if blank < 0:
        raise Malformed("note", "no empty line before the signatures")
    text, signatures = note[: blank + 1], note[blank + 2 :]
    _check_text(text)
    if not signatures.endswith("\n"):
        raise Malformed("note", "no signature line, or the last one does not end in a newline")
    return text, signatures[:-1].split("\n")


def _parse_signature(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK):
        raise Malformed("note", "a signature line does not begin with an em dash and a space")
    _check_name(name)
    data = decode_base64(encoded)
    if len(data) <= KEY_ID_SIZE:
        raise Malformed("note", "a signature line holds no signature")
    return NoteSignature(name=name, key_id=data[:KEY_ID_SIZE], signature=data[KEY_ID_SIZE:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _NOT_TEXT.search(text):
        raise Malformed("note", "the text does not end in a newline, or holds a character that no note may hold")


def _check_name(name: str) -> None:
    if not name or "+" in name or _NOT_TEXT.search(name) or any(character.isspace() for character in name):
        raise Malformed("key name", f"{name[:80]!a} is empty or holds a space, a + or a control character")


def _key_id(name: str, public_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public_key)[:KEY_ID_SIZE]
