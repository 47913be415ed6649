"""The receipt: a self-contained file that proves one statement. Its form only; see `verification` for its truth.

Format, numbered as the members are checked: `ledger/docs/formats.md`, "Receipt".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace

from ledger.canonical import MAX_SAFE_INTEGER, JsonValue, canonical_bytes, parse_json, tagged_sha256
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.disclosure import Disclosure, parse_disclosure
from ledger.errors import Malformed
from ledger.members import Members, exactly
from ledger.note import parse_note
from ledger.proof_file import TlogProof, parse_tlog_proof, render_tlog_proof
from ledger.record_number import record_number
from ledger.statement import Statement, parse_statement

FORMAT = "legal-ledger/receipt/v1"
MEDIA_TYPE = "application/vnd.legal-ledger.receipt+json"

MAX_RECEIPT_BYTES = 4 * 1024 * 1024
"""A statement, its note, and the largest disclosure three times over. A receipt of a case has some 5 KiB."""

MAX_DISCLOSURES = 2048
"""More fields than a statement has room for."""

MAX_ANCHORS = 16
"""A log moves to another chain once in years."""

_WHAT = "receipt"
_CHECKSUM_TAG = b"legal-ledger/receipt-checksum/v1\n"

_MEMBERS = frozenset({"format", "record_no", "statement", "disclosures", "proof", "anchors", "approvals"})

_HASH_0X = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorHint:
    """Where the checkpoint is said to be anchored. A signpost, never believed: the contract is asked.

    `contract` is an EIP-55 address; `log_id`, `transaction_hash` and `block_hash` are 0x-prefixed lower-case hex of 32
    bytes. Numbers count from 0.
    """

    chain_id: int
    contract: str
    log_id: str
    checkpoint_index: int
    transaction_hash: str
    block_number: int
    block_hash: str

    def __post_init__(self) -> None:
        for name in ("chain_id", "checkpoint_index", "block_number"):
            if not 0 <= getattr(self, name) <= MAX_SAFE_INTEGER:
                raise _malformed(f"the anchor's {name} is not a number from 0")
        for name in ("log_id", "transaction_hash", "block_hash"):
            if not _HASH_0X.fullmatch(getattr(self, name)):
                raise _malformed(f"the anchor's {name} is not 0x and 64 lower-case hex digits")
        if not _ADDRESS.fullmatch(self.contract):
            raise _malformed("the anchor's contract is not an address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt of the right form. Nothing about it is proven until `verify_receipt` says so.

    `statement` are the exact bytes that the log commits to. `proof.extra` is the checksum over all that no other check
    covers (the anchors and the note's text): build one with `make_receipt`, which sets it. Malformed for another
    checksum, a statement that is not one, and more than `MAX_DISCLOSURES` or `MAX_ANCHORS`.
    """

    statement: bytes
    disclosures: tuple[Disclosure, ...]
    proof: TlogProof
    anchors: tuple[AnchorHint, ...] = ()

    def __post_init__(self) -> None:
        parse_statement(self.statement)
        if len(self.disclosures) > MAX_DISCLOSURES or len(self.anchors) > MAX_ANCHORS:
            raise _malformed("more disclosures or anchors than are read")
        if self.proof.extra != _checksum(self.anchors, self.proof.note):
            raise _malformed("the checksum in the proof's extra line does not fit the anchors and the note")

    @property
    def record(self) -> Statement:
        """The statement taken apart."""
        return parse_statement(self.statement)

    @property
    def record_no(self) -> str:
        """The record number, derived from the statement's subject."""
        return record_number(self.record.subject)

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says, whoever signed it. Size and root are read from here and from nowhere else."""
        return parse_checkpoint(parse_note(self.proof.note).text)


def make_receipt(
    *, statement: bytes, disclosures: Sequence[Disclosure], proof: TlogProof, anchors: Sequence[AnchorHint] = ()
) -> Receipt:
    """Put a receipt together; `proof.extra` is replaced by the receipt's checksum. Raises as `Receipt` does."""
    hints = tuple(anchors)
    return Receipt(
        statement=statement,
        disclosures=tuple(disclosures),
        proof=replace(proof, extra=_checksum(hints, proof.note)),
        anchors=hints,
    )


def redact_receipt(receipt: Receipt, keep: Collection[str]) -> Receipt:
    """Return the receipt with only the disclosures named in `keep` and those that the statement requires.

    It proves what the whole one proves, about less. Raises Malformed for a name that the receipt does not disclose.
    """
    unknown = sorted(set(keep) - {disclosure.name for disclosure in receipt.disclosures})
    if unknown:
        raise Malformed("names to keep", f"{unknown[0]!r} is not disclosed in this receipt")
    required = receipt.record.required
    kept = [item for item in receipt.disclosures if item.name in keep or item.digest in required]
    return replace(receipt, disclosures=tuple(kept))


def render_receipt(receipt: Receipt) -> bytes:
    """Render the file: RFC 8785 canonical JSON and one newline. A receipt has no other spelling.

    Raises Malformed for one too large to be read again.
    """
    data = canonical_bytes(_members_of(receipt)) + b"\n"
    if len(data) > MAX_RECEIPT_BYTES:
        raise _malformed(f"{len(data)} bytes, at most {MAX_RECEIPT_BYTES} are read")
    return data


def parse_receipt(data: bytes) -> Receipt:
    """Read exactly what `render_receipt` writes. Raises Malformed for anything else, and says nothing about truth."""
    members = exactly(parse_json(data, max_bytes=MAX_RECEIPT_BYTES), _MEMBERS, what=_WHAT)
    if members["format"] != FORMAT:
        raise _malformed(f"format is not {FORMAT}")
    if members["approvals"] != []:
        raise _malformed(f"approvals have no meaning in {FORMAT}: the list is empty")
    receipt = Receipt(
        statement=members.text("statement").encode(),
        disclosures=tuple(parse_disclosure(item) for item in _disclosures(members)),
        proof=parse_tlog_proof(members.text("proof")),
        anchors=tuple(_parse_anchor(item) for item in members.array("anchors")),
    )
    if members["record_no"] != receipt.record_no:
        raise _malformed(f"record_no is not {receipt.record_no}, which the statement's subject gives")
    if render_receipt(receipt) != data:
        raise _malformed("not in its canonical form with one newline at the end")
    return receipt


def _members_of(receipt: Receipt) -> dict[str, JsonValue]:
    return {
        "format": FORMAT,
        "record_no": receipt.record_no,
        "statement": receipt.statement.decode(),
        "disclosures": [disclosure.encoded for disclosure in receipt.disclosures],
        "proof": render_tlog_proof(receipt.proof),
        "anchors": [_anchor_members(anchor) for anchor in receipt.anchors],
        "approvals": [],
    }


def _checksum(anchors: Sequence[AnchorHint], note: str) -> bytes:
    # No secret and no signature: whoever edits on purpose makes it anew, and gains nothing, as a hint is not believed.
    # It lets damage anywhere in the file show, in hints and in signature lines of unknown keys too.
    hints = [_anchor_members(anchor) for anchor in anchors]
    return tagged_sha256(_CHECKSUM_TAG, canonical_bytes({"anchors": hints, "approvals": [], "note": note}))


def _anchor_members(anchor: AnchorHint) -> dict[str, JsonValue]:
    return {field.name: getattr(anchor, field.name) for field in fields(AnchorHint)}


def _parse_anchor(value: JsonValue) -> AnchorHint:
    members = exactly(value, frozenset(field.name for field in fields(AnchorHint)), what=_WHAT, where="an anchor")
    return AnchorHint(
        chain_id=members.integer("chain_id"),
        contract=members.text("contract"),
        log_id=members.text("log_id"),
        checkpoint_index=members.integer("checkpoint_index"),
        transaction_hash=members.text("transaction_hash"),
        block_number=members.integer("block_number"),
        block_hash=members.text("block_hash"),
    )


def _disclosures(members: Members) -> Sequence[str]:
    values = members.texts("disclosures")
    if len(values) > MAX_DISCLOSURES:  # before each is decoded
        raise _malformed(f"{len(values)} disclosures, at most {MAX_DISCLOSURES} are read")
    return values


def _malformed(reason: str) -> Malformed:
    return Malformed(_WHAT, reason)
