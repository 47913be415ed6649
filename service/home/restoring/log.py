"""The tables of the log, filled from a bundle and from the chain: what the contract holds is sequenced, the rest waits.

Statements that were sequenced and whose checkpoint is not in the contract wait again, in their order: the next batch
takes them as the same leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from ledger.anchor import AnchorState
from ledger.anchorer import Position
from ledger.canonical import render_time
from ledger.chain import LogHistory
from ledger.errors import Mismatch, Unavailable
from ledger.merkle import RootHash
from ledger.store.journal import APPEND, REVOKE
from ledger.store.refilling import BATCH, Held, LogFiller, add_checkpoint, add_transaction, order_revocations
from ledger.store.tables import ChainTransaction
from service.home.setup import SET_UP, log_row
from service.law import REVOKING

if TYPE_CHECKING:
    from sqlmodel import Session

    from ledger.audit.sources import StoredTransaction
    from ledger.bundle_source import BundleSource
    from ledger.keys import Random
    from ledger.trust import TrustedAnchor
    from service.home.restoring.places import Found

CASE_STREAM: Final = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """What the contract holds of the log: its newest checkpoint, and the revocations with their transactions."""

    head: Position
    revoked: dict[str, str]
    own: frozenset[str]
    """Who sent what this ledger keeps: owner and operators. Witnesses keep their own."""


def read_anchored(history: LogHistory) -> Anchored:
    """Ask the contract. Raises Unavailable, also while its newest checkpoint is not final."""
    head = history.head()
    newest = history.checkpoint(head.root) if head.size else None
    revocations = history.revocations()
    blocks = [*([newest.block_number] if newest else []), *(item.block_number for item in revocations)]
    if not all(history.is_final(block) for block in blocks):
        raise Unavailable("chain", f"its newest checkpoint, of {head.size} statements, is not final yet: try later")
    operators = {change.operator for change in history.operator_changes()}
    return Anchored(
        head=Position(size=head.size, root=RootHash(head.root)),
        revoked={item.commitment.hex(): item.transaction_hash for item in revocations},
        own=frozenset({history.owner(), *operators}),
    )


def fill_log(
    session: Session, source: BundleSource, anchored: Anchored, found: Found, *, wrapping_key: bytes, random: Random
) -> None:
    """Write streams, records, statements, tiles, checkpoints, transactions and revocations.

    Raises Mismatch when the statements do not lead to the root that the contract holds.
    """
    _pin(session, source.trust.origin, source.trust.anchors[-1], opened_at=render_time(source.bundle.created_at))
    filler = LogFiller(
        session,
        wrapping_key=wrapping_key,
        kind_of=lambda stream: found.streams.get(stream, (CASE_STREAM, ""))[0],
        random=random,
    )
    for batch in _batches(_held(source, anchored.head.size)):
        filler.add(batch)
    for stream, (_, office) in found.streams.items():
        filler.open_stream(stream, institution=office, opened_at=render_time(source.bundle.created_at))
    if (filler.size, filler.root) != (anchored.head.size, anchored.head.root) and anchored.head.size:
        raise Mismatch(f"root of {anchored.head.size} statements", anchored.head.root, filler.root)
    times = _fill_checkpoints(session, source, anchored)
    _fill_transactions(session, source, anchored, times)
    order_revocations(session, REVOKING, anchored.revoked)


def _pin(session: Session, origin: str, anchor: TrustedAnchor, *, opened_at: str) -> None:
    row = log_row(origin, anchor.identity, anchor.finality, opened_at=opened_at, evidence=anchor.evidence)
    session.add(row)
    session.flush()


def _held(source: BundleSource, size: int) -> Iterator[Held]:
    for stored in source.statements():
        index = stored.leaf_index
        yield Held(
            body=stored.body,
            disclosures=stored.held if isinstance(stored.held, tuple) else (),
            leaf_index=index if index is not None and index < size else None,
        )


def _batches(items: Iterable[Held]) -> Iterator[list[Held]]:
    items = iter(items)
    while batch := list(islice(items, BATCH)):
        yield batch


def _fill_checkpoints(session: Session, source: BundleSource, anchored: Anchored) -> dict[str, str]:
    """Write the checkpoints that the contract reaches; return the time of each transaction's block, by its hash."""
    times = {
        str(line["hash"]): render_time(datetime.fromtimestamp(int(str(line["block_time"])), UTC))
        for line in source.transaction_lines()
    }
    signed = {item.checkpoint_size: times[item.hash] for item in source.transactions() if item.hash in times}
    for stored in source.checkpoints():
        if stored.size <= anchored.head.size:
            add_checkpoint(
                session, stored.note, signed_at=signed.get(stored.size, render_time(source.bundle.created_at))
            )
    return times


def _fill_transactions(session: Session, source: BundleSource, anchored: Anchored, times: dict[str, str]) -> None:
    revoking, unknown = set(anchored.revoked.values()), render_time(source.bundle.created_at)
    own = (item for item in source.transactions() if item.sender in anchored.own)
    for ordinal, item in enumerate(own):
        purpose = _purpose(item, revoking)
        add_transaction(
            session,
            ChainTransaction(
                hash=item.hash,
                ordinal=ordinal,
                purpose=purpose,
                sender=item.sender,
                nonce=item.nonce,
                raw=item.raw,
                checkpoint_size=item.checkpoint_size,
                state=_state(item, purpose),
                block_number=item.block_number,
                block_hash=item.block_hash,
                signed_at=times.get(item.replaced_by or item.hash, unknown),
            ),
        )


def _state(item: StoredTransaction, purpose: str) -> AnchorState:
    if item.state == AnchorState.REPLACED:
        return AnchorState.REPLACED  # which checkpoint it was for is not told: it counts as set-up
    return AnchorState.MINED if purpose == SET_UP else AnchorState.FINAL


def _purpose(item: StoredTransaction, revoking: set[str]) -> str:
    if item.checkpoint_size is not None:
        return APPEND
    return REVOKE if item.hash in revoking else SET_UP
