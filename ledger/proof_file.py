"""C2SP proof files (c2sp.org/tlog-proof@v1): an inclusion proof with the signed checkpoint it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.canonical import decode_base64, encode_base64
from ledger.checkpoint import parse_checkpoint
from ledger.errors import Malformed
from ledger.merkle import HASH_SIZE, MAX_PROOF_LENGTH, MAX_TREE_SIZE
from ledger.note import MAX_NOTE_BYTES, parse_note

HEADER = "c2sp.org/tlog-proof@v1"

MAX_EXTRA_BYTES = 8 * 1024
"""Our own hints of where a checkpoint is anchored have a few hundred bytes."""

MAX_PROOF_BYTES = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES
"""The note, the extra data in base64, and at most 63 lines of 45 bytes."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """A leaf's `index` (from 0), its inclusion proof, sibling first, and the signed checkpoint as received.

    `extra` is unauthenticated and None when there is none. Form is checked when one is built (Malformed), truth is
    not: neither the note's signatures nor that the hashes lead to its root.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < MAX_TREE_SIZE:
            raise Malformed("proof index", f"{self.index} is not in any tree")
        if len(self.hashes) > MAX_PROOF_LENGTH:
            raise Malformed("proof", f"{len(self.hashes)} hashes, at most {MAX_PROOF_LENGTH} are read")
        if any(len(value) != HASH_SIZE for value in self.hashes):
            raise Malformed("proof", f"a hash is not {HASH_SIZE} bytes")
        if self.extra is not None and not 0 < len(self.extra) <= MAX_EXTRA_BYTES:
            raise Malformed("proof extra", f"not 1 to {MAX_EXTRA_BYTES} bytes")
        parse_checkpoint(parse_note(self.note).text)


def render_tlog_proof(proof: TlogProof) -> str:
    """Render the text of a `.tlog-proof` file. The note stands in it byte for byte."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {encode_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines.extend(encode_base64(value) for value in proof.hashes)
    return "\n".join([*lines, "", proof.note])


def parse_tlog_proof(data: str | bytes) -> TlogProof:
    """Read exactly what `render_tlog_proof` writes; raise Malformed for anything else.

    A proof that parses may still prove nothing: take size and root from the checkpoint once its signature is
    verified, then call `ledger.merkle.verify_inclusion`.
    """
    head, blank, note = _decode(data).partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise Malformed("proof", f"does not begin with {HEADER}, or has no empty line")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise Malformed("proof", "no index line")
    index = lines.pop(0).removeprefix("index ")
    if not _DECIMAL.fullmatch(index):
        raise Malformed("proof index", f"{index[:40]!a} is not a decimal number without leading zeros")
    if len(lines) > MAX_PROOF_LENGTH:
        raise Malformed("proof", f"{len(lines)} hashes, at most {MAX_PROOF_LENGTH} are read")
    hashes = tuple(decode_base64(line) for line in lines)
    return TlogProof(index=int(index), hashes=hashes, note=note, extra=extra)


def _decode(data: str | bytes) -> str:
    try:
        raw = data.encode() if isinstance(data, str) else data
        text = raw.decode()
    except UnicodeError as error:
        raise Malformed("proof", "not UTF-8") from error
    if len(raw) > MAX_PROOF_BYTES:
        raise Malformed("proof", f"{len(raw)} bytes, at most {MAX_PROOF_BYTES} are read")
    return text
