"""C2SP checkpoints (c2sp.org/tlog-checkpoint): origin, size and root of the log, signed as a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.canonical import decode_base64, encode_base64
from ledger.errors import Malformed, Mismatch
from ledger.merkle import EMPTY_ROOT, HASH_SIZE, MAX_TREE_SIZE, RootHash
from ledger.note import NoteSigner, VerifierKey, parse_note, verify_note

MAX_ORIGIN_LENGTH = 255
"""Characters. An origin is a name like a host name with a path."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_NOT_A_LINE = re.compile("[\x00-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of a log. `origin` names the log, `size` counts its leaves (0 to 2^62), `root` is 32 bytes.

    Building one that no log can have raises Malformed; size 0 has the root SHA-256("") and no other.
    """

    origin: str
    size: int
    root: RootHash

    def __post_init__(self) -> None:
        if not 0 < len(self.origin) <= MAX_ORIGIN_LENGTH or _NOT_A_LINE.search(self.origin):
            raise Malformed("checkpoint origin", f"not one line of 1 to {MAX_ORIGIN_LENGTH} characters")
        if not 0 <= self.size <= MAX_TREE_SIZE:
            raise Malformed("checkpoint size", f"{self.size} is not a tree size (0 to 2^62)")
        if len(self.root) != HASH_SIZE:
            raise Malformed("checkpoint root", f"not a hash of {HASH_SIZE} bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise Malformed("checkpoint root", "not the root of the empty tree, but the size is 0")


def render_checkpoint(checkpoint: Checkpoint) -> str:
    """Render the note text: three lines, each ending in a newline."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read what `render_checkpoint` writes. Raises Malformed for anything else.

    Extension lines, which the specification allows and advises against, are refused: we never write one, and a line
    that no audit reads has no place under the log's signature.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[-1]:  # noqa: PLR2004 - three lines and what follows the last newline
        raise Malformed("checkpoint", "not exactly three lines")
    origin, size, root, _ = lines
    if not _DECIMAL.fullmatch(size):
        raise Malformed("checkpoint size", f"{size[:40]!a} is not a decimal number without leading zeros")
    return Checkpoint(origin=origin, size=int(size), root=RootHash(decode_base64(root)))


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> str:
    """Return the signed note. Raises Mismatch unless the signer's name is the origin.

    Whoever calls sees to it that a log never signs two roots for one size.
    """
    if signer.vkey.name != checkpoint.origin:
        raise Mismatch("name of the signing key", checkpoint.origin, signer.vkey.name)
    return signer.sign(render_checkpoint(checkpoint))


def open_checkpoint(note_text: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint in `note_text`, signed by one of `keys` under the name of its origin.

    So a key of one log cannot speak for another. Raises Malformed for another form; Mismatch for a bad signature of a
    known key, for no signature by one of `keys`, and when none of the signers bears the origin's name.
    """
    note = parse_note(note_text)
    signers = verify_note(note, keys)
    checkpoint = parse_checkpoint(note.text)
    names = [key.name for key in signers]
    if checkpoint.origin not in names:
        raise Mismatch("checkpoint origin", names, checkpoint.origin)
    return checkpoint
