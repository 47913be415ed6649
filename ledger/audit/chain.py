"""What the contract holds: every event confirmed in its storage, indexes without gaps, on the trusted chain.

Read before the records are, so that whatever the chain has, the records must have too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from ledger.anchor import ChainIdentity, LogHead
from ledger.audit.custody import Holders
from ledger.audit.findings import ABSENT, Code, Custody, Finding, Layer, Outcome, Record
from ledger.audit.sink import Sink
from ledger.audit.sources import AuditedChain, Block, LogEvent
from ledger.errors import Unavailable

APPENDED = "CheckpointAppended"
REVOKED = "EntryRevoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheckpoint:
    """A checkpoint that the contract holds, and the transaction that put it there."""

    index: int
    size: int
    root: bytes
    transaction_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRevocation:
    """A revocation that the contract holds."""

    commitment: bytes
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFacts:
    """Everything that the contract holds of one log, who held it, and which transactions changed it (hash → events)."""

    head: LogHead
    checkpoints: Sequence[ChainCheckpoint]
    revocations: Sequence[ChainRevocation]
    transactions: Mapping[str, Sequence[str]]
    custody: Custody


def read_chain(chain: AuditedChain, expected: ChainIdentity, sink: Sink) -> ChainFacts | None:
    """Gather what the contract holds; None when it cannot be reached (noted) or is another one (a finding)."""
    try:
        if not _is_trusted(chain.identity(), expected, sink):
            sink.leave_out(Layer.CHAIN, Outcome.NOT_CHECKED, "another chain or contract than the trusted one")
            return None
        return _gather(chain, sink)
    except Unavailable as error:
        sink.leave_out(Layer.CHAIN, Outcome.UNAVAILABLE, str(error))
        return None


def compare_block(chain: AuditedChain, claimed: Block, sink: Sink) -> None:
    """Compare a block that is claimed with the one that the chain has under its number. An outage is noted."""
    try:
        held = chain.block(claimed.block_number)
    except Unavailable as error:
        sink.leave_out(Layer.CHAIN, Outcome.UNAVAILABLE, str(error))
        return
    for field in fields(Block):
        expected, found = getattr(held, field.name, ABSENT), getattr(claimed, field.name)
        if expected != found:
            sink.add(
                Finding(
                    code=Code.COLUMN_CHANGED,
                    layer=Layer.CHAIN,
                    record=Record(kind="block", number=str(claimed.block_number)),
                    field=field.name,
                    expected=expected,
                    found=found,
                )
            )


def _is_trusted(found: ChainIdentity, expected: ChainIdentity, sink: Sink) -> bool:
    differing = [
        field.name for field in fields(ChainIdentity) if getattr(found, field.name) != getattr(expected, field.name)
    ]
    for name in differing:
        sink.add(
            Finding(
                code=Code.IDENTITY_MISMATCH,
                layer=Layer.CHAIN,
                record=Record(kind="contract", number=expected.contract),
                field=name,
                expected=getattr(expected, name),
                found=getattr(found, name),
            )
        )
    return not differing


def _gather(chain: AuditedChain, sink: Sink) -> ChainFacts:
    # What is anchored after this head was read belongs to the next audit: the log may be growing under us.
    head = chain.head()
    checkpoints: list[ChainCheckpoint] = []
    revocations: list[ChainRevocation] = []
    transactions: dict[str, list[str]] = {}
    holders = Holders(chain, sink)
    for event in chain.events():
        if event.name == APPENDED and len(checkpoints) == head.count:
            break
        transactions.setdefault(event.transaction_hash, []).append(event.name)
        if event.name == APPENDED:
            checkpoints.append(_checkpoint(event))
            _confirm(chain, checkpoints, event, sink)
        elif event.name == REVOKED:
            revocations.append(_revocation(event))
        else:
            holders.add(event, checkpoints=len(checkpoints))
        sink.count(Layer.CHAIN)
    _confirm_head(checkpoints, head, sink)
    return ChainFacts(
        head=head,
        checkpoints=checkpoints,
        revocations=revocations,
        transactions=transactions,
        custody=holders.custody(),
    )


def _confirm(chain: AuditedChain, checkpoints: Sequence[ChainCheckpoint], event: LogEvent, sink: Sink) -> None:
    """An event is a hint; what counts is the contract's storage, and that no index is left out."""
    claimed = checkpoints[-1]
    stored = chain.checkpoint(claimed.root)
    pairs = [
        ("index", len(checkpoints) - 1, claimed.index),
        ("index", stored.index if stored else ABSENT, claimed.index),
        ("size", stored.size if stored else ABSENT, claimed.size),
        ("blockNumber", stored.block_number if stored else ABSENT, event.block_number),
    ]
    for name, expected, found in pairs:
        if expected != found:
            sink.add(_mismatch(claimed.size, name, expected, found))
            return


def _confirm_head(checkpoints: Sequence[ChainCheckpoint], head: LogHead, sink: Sink) -> None:
    last = checkpoints[-1] if checkpoints else None
    pairs = [
        ("count", head.count, len(checkpoints)),
        ("size", head.size, last.size if last else 0),
        ("root", head.root, last.root if last else bytes(32)),
    ]
    for name, expected, found in pairs:
        if expected != found:
            sink.add(_mismatch(head.size, name, expected, found))
            return


def _mismatch(size: int, name: str, expected: object, found: object) -> Finding:
    return Finding(
        code=Code.CHECKPOINT_MISMATCH,
        layer=Layer.CHAIN,
        record=Record(kind="checkpoint", number=str(size)),
        field=name,
        expected=expected,
        found=found,
    )


def _checkpoint(event: LogEvent) -> ChainCheckpoint:
    arguments = event.arguments
    index, size, root = arguments.get("index"), arguments.get("size"), arguments.get("root")
    if not (isinstance(index, int) and isinstance(size, int) and isinstance(root, bytes)):
        raise Unavailable("chain", f"the event of {event.transaction_hash} cannot be read")
    return ChainCheckpoint(index=index, size=size, root=root, transaction_hash=event.transaction_hash)


def _revocation(event: LogEvent) -> ChainRevocation:
    commitment, reason = event.arguments.get("commitment"), event.arguments.get("reason")
    if not (isinstance(commitment, bytes) and isinstance(reason, int)):
        raise Unavailable("chain", f"the event of {event.transaction_hash} cannot be read")
    return ChainRevocation(commitment=commitment, reason=reason)
