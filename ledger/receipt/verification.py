"""Checking a receipt: the eleven checks, in the order and with the numbers of `ledger/docs/formats.md`.

 1. The file is a receipt: strict form, record number derived from the statement, checksum.
 2. Every disclosure belongs to the statement, once, and every required one is there.
 3. The statement gives a leaf.
 4. The note is signed by a key that the trust file names for its size.
 5. The leaf is in the tree of the note's size and root.
 6. Network and contract are those that the trust file names for the size.
 7. The contract holds this root with this size.
 8. The block that holds it is final.
 9. The contract holds no revocation of the statement.
10. The file given has the SHA-256 that the receipt discloses.
11. No newer version of the record is known.

Size and root come from the note alone, and what time it was from the contract alone: an inclusion proof binds neither
its index nor its size, and the receipt's own `anchors` are a signpost. Nothing is asked of a network that is not the
trusted one, nor about a receipt that does not hold together.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from ledger.anchor import AnchoredCheckpoint, AnchorReader, verify_identity
from ledger.canonical import render_time
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import LedgerError, Malformed, Mismatch, Unavailable, WrongChain
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.receipt.form import Receipt, parse_receipt
from ledger.statement import Commitment, check_disclosures, commitment
from ledger.trust import Evidence, Trust, TrustedAnchor
from ledger.verdict import Check, Fact, Outcome, Report, unchecked

FILE_DIGEST_NAME = "sha256"
"""The disclosure that holds a file's SHA-256, 64 lower-case hex digits."""

_HEX_32 = re.compile(r"[0-9a-f]{64}")
_LAST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z: a node may answer with any 40 bits."""


def verify_receipt(
    data: bytes,
    *,
    trust: Trust | None,
    reader: AnchorReader | None,
    file_sha256: str | None = None,
    newer: bool | None = None,
) -> Report:
    """Run all checks that can be run and report them; every byte of `data` may be hostile.

    Without `trust`, 4 and 6 to 9 are not checked; without `reader`, 6 to 9 are not. `file_sha256` is the lower-case hex
    digest of the file in question, None when there is none. `newer` tells whether a later version of the record is
    known, None when nobody looked. Reads the chain at most eight times and never retries.

    The report's facts are what the receipt says, and what the contract says of it: worth what the verdict is worth.
    Raises ValueError for a `file_sha256` of another form, and nothing else.
    """
    if file_sha256 is not None and not _HEX_32.fullmatch(file_sha256):
        raise ValueError("file_sha256 is not 64 lower-case hex digits")

    # 1. The file is a receipt.
    try:
        receipt = parse_receipt(data)
    except Malformed as error:
        return Report(checks=unchecked({1: _failed(1, error)}), test_network=True)
    checkpoint, entry = receipt.checkpoint, commitment(receipt.statement)
    checks = {1: _passed(1)}

    # 2. to 5. What the receipt and the trust file show by themselves.
    checks[2] = _check_disclosures(receipt)
    checks[3] = _passed(3, commitment=entry.hex(), leaf=leaf_hash(entry).hex())
    checks[4] = _check_note(receipt, checkpoint, trust)
    checks[5] = _check_inclusion(receipt, checkpoint, entry)
    holds_together = not any(check.outcome is Outcome.FAILED for check in checks.values())

    # 6. to 9. What the chain shows.
    anchor = trust.anchor_for(checkpoint.size) if trust else None
    anchored = None
    if holds_together and trust is not None:
        checks[6], anchor = _check_network(receipt, checkpoint, trust, reader)
        if reader is not None and checks[6].outcome is Outcome.PASSED:
            checks[7], anchored = _check_anchored(reader, receipt, checkpoint)
            if anchored is not None:
                checks[8] = _check_final(reader, anchored)
            checks[9] = _check_not_revoked(reader, entry)

    # 10. and 11. What whoever asks has brought.
    if file_sha256 is not None and checks[2].outcome is Outcome.PASSED:
        checks[10] = _check_file(receipt, file_sha256)
    if newer is not None:
        checks[11] = Check(number=11, outcome=Outcome.FAILED if newer else Outcome.PASSED)

    return Report(
        checks=unchecked(checks),
        test_network=anchor is None or anchor.evidence is Evidence.NONE,
        facts=_facts(receipt, checkpoint, anchored),
    )


def _check_disclosures(receipt: Receipt) -> Check:
    try:
        check_disclosures(receipt.record, receipt.disclosures)
    except Mismatch as error:
        return _failed(2, error)
    return _passed(2, disclosed=len(receipt.disclosures), withheld=len(receipt.record.sd) - len(receipt.disclosures))


def _check_note(receipt: Receipt, checkpoint: Checkpoint, trust: Trust | None) -> Check:
    if trust is None:
        return Check(number=4, outcome=Outcome.NOT_CHECKED)
    try:
        open_checkpoint(receipt.proof.note, trust.keys_for(checkpoint.size))
    except (Mismatch, Malformed) as error:
        return _failed(4, error)
    return _passed(4, origin=checkpoint.origin)


def _check_inclusion(receipt: Receipt, checkpoint: Checkpoint, entry: Commitment) -> Check:
    try:
        verify_inclusion(
            index=receipt.proof.index,
            size=checkpoint.size,
            leaf=leaf_hash(entry),
            proof=receipt.proof.hashes,
            root=checkpoint.root,
        )
    except (Mismatch, Malformed) as error:  # a proof of the wrong length for this size is no proof either
        return _failed(5, error)
    return _passed(5, leaf_index=receipt.proof.index, size=checkpoint.size)


class _Network(NamedTuple):
    check: Check
    anchor: TrustedAnchor | None


def _check_network(receipt: Receipt, checkpoint: Checkpoint, trust: Trust, reader: AnchorReader | None) -> _Network:
    anchors = trust.anchors_for(checkpoint.size)
    usual = trust.anchor_for(checkpoint.size)
    if usual is None:
        return _Network(_failed(6, Mismatch("network", f"one trusted at size {checkpoint.size}", "none")), None)
    if receipt.anchors and not _names_a_trusted_network(receipt, trust):
        named = receipt.anchors[0]
        return _Network(_failed(6, WrongChain("contract", usual.identity.contract, named.contract)), usual)
    if reader is None:
        return _Network(Check(number=6, outcome=Outcome.NOT_CHECKED), usual)
    try:
        found = reader.identity()
        anchor = next((anchor for anchor in anchors if anchor.identity == found), usual)
        verify_identity(pinned=anchor.identity, found=found)
    except WrongChain as error:
        return _Network(_failed(6, error), usual)
    except Unavailable as error:
        return _Network(_unavailable(6, error), usual)
    return _Network(_passed(6, chain_id=found.chain_id, contract=found.contract), anchor)


def _names_a_trusted_network(receipt: Receipt, trust: Trust) -> bool:
    # Any size will do: a log that has moved since leaves the receipt's signpost behind.
    trusted = {
        (anchor.identity.chain_id, anchor.identity.contract.lower(), anchor.identity.log_id) for anchor in trust.anchors
    }
    return any((hint.chain_id, hint.contract.lower(), hint.log_id) in trusted for hint in receipt.anchors)


class _Anchored(NamedTuple):
    check: Check
    anchored: AnchoredCheckpoint | None


def _check_anchored(reader: AnchorReader, receipt: Receipt, checkpoint: Checkpoint) -> _Anchored:
    try:
        anchored = reader.checkpoint(checkpoint.root)
        if anchored is not None and anchored.size == checkpoint.size:
            return _Anchored(_passed(7, checkpoint_index=anchored.index, block_number=anchored.block_number), anchored)
        if anchored is None:
            _rule_out(reader, checkpoint)
        elif not reader.is_final(anchored.block_number):
            raise Unavailable("contract", "the block that holds this root under another size is not final")
    except Unavailable as error:
        return _Anchored(_unavailable(7, error), None)
    # The signed note, and a contract that will never hold what it says: together they are the proof.
    contradiction = Mismatch("size under this root", checkpoint.size, anchored.size if anchored else "none")
    return _Anchored(_failed(7, contradiction, note=receipt.proof.note), None)


def _rule_out(reader: AnchorReader, checkpoint: Checkpoint) -> None:
    """Return when the contract will never hold `checkpoint`; raise Unavailable when that cannot be said yet.

    Sizes in the contract only grow. So a final checkpoint of at least this size, beside which the root is missing, is
    needed: less may be a node that lags. The root is asked for again last, because reads are not one snapshot: one node
    of several behind an address may be behind the others, or the checkpoint may have arrived between two reads.
    """
    head = reader.head()
    if head.size < checkpoint.size:
        raise Unavailable(
            "contract", f"the node knows the log to size {head.size}, the receipt needs {checkpoint.size}"
        )
    newest = reader.checkpoint(head.root)
    if newest is None:
        raise Unavailable("contract", "the node contradicts itself about the newest checkpoint")
    if not reader.is_final(newest.block_number):
        raise Unavailable("contract", "the newest checkpoint is not final yet")
    if reader.checkpoint(checkpoint.root) is not None:
        raise Unavailable("contract", "the checkpoint arrived during the check")


def _check_final(reader: AnchorReader, anchored: AnchoredCheckpoint) -> Check:
    try:
        final = reader.is_final(anchored.block_number)
    except Unavailable as error:
        return _unavailable(8, error)
    outcome = Outcome.PASSED if final else Outcome.FAILED
    return Check(number=8, outcome=outcome, facts={"block_number": anchored.block_number})


def _check_not_revoked(reader: AnchorReader, entry: Commitment) -> Check:
    try:
        revocation = reader.revocation(entry)
    except Unavailable as error:
        return _unavailable(9, error)
    if revocation is None:
        return _passed(9)
    facts: dict[str, Fact] = {"reason": revocation.reason, "revoked_at": _time(revocation.time)}
    return Check(number=9, outcome=Outcome.FAILED, facts=facts)


def _check_file(receipt: Receipt, file_sha256: str) -> Check:
    disclosed = next((item.value for item in receipt.disclosures if item.name == FILE_DIGEST_NAME), None)
    if not isinstance(disclosed, str) or not _HEX_32.fullmatch(disclosed):
        return _unavailable(10, Unavailable("file", f"the receipt discloses no {FILE_DIGEST_NAME}"))
    if disclosed != file_sha256:
        return _failed(10, Mismatch("SHA-256 of the file", disclosed, file_sha256))
    return _passed(10, sha256=file_sha256)


# ------------------------------------------------------------------------------------------------- facts and checks


def _facts(receipt: Receipt, checkpoint: Checkpoint, anchored: AnchoredCheckpoint | None) -> dict[str, Fact]:
    record = receipt.record
    return {
        "record_no": receipt.record_no,
        "statement_id": record.id,
        "institution": record.institution,
        "type": record.type,
        "version": record.version,
        "stream": record.stream,
        "stream_seq": record.stream_seq,
        "recorded_at": record.recorded_at,
        "commitment": commitment(receipt.statement).hex(),
        "origin": checkpoint.origin,
        "leaf_index": receipt.proof.index,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "anchored_at": _time(anchored.time) if anchored else None,
        "block_number": anchored.block_number if anchored else None,
        "checkpoint_index": anchored.index if anchored else None,
    }


def _time(seconds: int) -> str | None:
    return render_time(datetime.fromtimestamp(seconds, UTC)) if 0 <= seconds <= _LAST_SECOND else None


def _passed(number: int, **facts: Fact) -> Check:
    return Check(number=number, outcome=Outcome.PASSED, facts=facts)


def _unavailable(number: int, error: Unavailable) -> Check:
    return Check(number=number, outcome=Outcome.UNAVAILABLE, facts={"what": error.what, "reason": error.reason})


def _failed(number: int, error: LedgerError, **facts: Fact) -> Check:
    return Check(number=number, outcome=Outcome.FAILED, facts={"detail": str(error), **facts})
