"""Stored transactions against their own signatures and against the chain, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.anchor import AnchorState
from ledger.audit.chain import APPENDED, ChainFacts
from ledger.audit.custody import COSIGNED, OPERATOR_CHANGED, WITNESS_CHANGED
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Outcome, Record, differences
from ledger.audit.moves import HeldRange
from ledger.audit.position import TRANSACTION_STEPS, Position
from ledger.audit.sink import Sink
from ledger.audit.sources import AuditedChain, MinedTransaction, StoredTransaction, TransactionSource
from ledger.errors import Malformed, Unavailable

SENT_FROM_ELSEWHERE: Final = frozenset({"OperatorProposed", OPERATOR_CHANGED, WITNESS_CHANGED, COSIGNED})
"""Events of transactions that a ledger need not hold: the custody of the log tells of them."""

SETTLING: Final = timedelta(minutes=2)
"""A transaction mined no longer ago may still be on its way through the states kept beside it."""

_HASH: Final = re.compile(r"0x[0-9a-f]{64}")
_ON_CHAIN: Final = {AnchorState.MINED, AnchorState.FINAL}


class Transactions:
    """Compares every stored transaction with its bytes and with the chain."""

    def __init__(
        self,
        *,
        source: TransactionSource,
        ranges: Sequence[HeldRange],
        now: datetime,
        same_blocks: bool,
        whole_chain: bool,
        sink: Sink,
    ) -> None:
        self._source = source
        self._read = [(held.chain, held.facts) for held in reversed(ranges) if held.chain and held.facts]
        self._sizes = {item.transaction_hash: item.size for _, facts in self._read for item in facts.checkpoints}
        self._all_read = len(self._read) == len(ranges)
        self._newest = ranges[-1].facts
        self._now = now
        self._same_blocks = same_blocks
        self._whole_chain = whole_chain
        self._next_nonce: dict[str, int] = {}
        self._sink = sink

    def compare(self, position: Position) -> None:
        """Compare all of them; raises nothing: an outage is noted."""
        # Of a chain that the log has left, the transactions need not be held.
        unknown = set(_of_this_ledger(self._newest)) if self._newest else set()
        replaced: list[StoredTransaction] = []
        try:
            for stored in self._source.transactions():
                self._sink.count(Layer.TRANSACTIONS)
                position.advance(TRANSACTION_STEPS)
                if self._whole_chain and stored.state != AnchorState.REPLACED:
                    self._count(stored)
                signed = self._compare_bytes(stored)
                unknown.discard(signed.hash)
                if not _HASH.fullmatch(signed.hash):
                    continue
                self._compare_chain(stored.hash, signed)
                if signed.state == AnchorState.REPLACED:
                    replaced.append(signed)
            self._compare_replaced(replaced)
        except Unavailable as error:
            self._sink.leave_out(Layer.TRANSACTIONS, Outcome.UNAVAILABLE, str(error))
            return
        for transaction_hash in sorted(unknown):
            record = Record(kind="transaction", number=transaction_hash)
            self._sink.add(_finding(Code.TRANSACTION_MISSING, record, None, transaction_hash, ABSENT))

    def _count(self, stored: StoredTransaction) -> None:
        """Of a whole chain, in its order, the transactions of every sender count from 0 without gaps."""
        expected = self._next_nonce.get(stored.sender, 0)
        self._next_nonce[stored.sender] = max(expected, stored.nonce + 1)
        if stored.nonce == expected:
            return
        record = Record(kind="transaction", number=stored.hash)
        self._sink.add(_finding(Code.TRANSACTION_MISMATCH, record, "nonce", expected, stored.nonce))
        if stored.nonce > expected:
            missing = Record(kind="transaction", number=f"{stored.sender}/{expected}")
            self._sink.add(_finding(Code.TRANSACTION_MISSING, missing, None, expected, ABSENT))

    def _compare_bytes(self, stored: StoredTransaction) -> StoredTransaction:
        """Compare with what was signed; return it with what follows from the bytes."""
        record = Record(kind="transaction", number=stored.hash)
        try:
            signed = self._source.decode(stored.raw)
        except Malformed as error:
            self._sink.add(_finding(Code.TRANSACTION_MISMATCH, record, "raw", detail=str(error)))
            return stored
        for name in ("hash", "sender", "nonce"):
            expected, found = getattr(signed, name), getattr(stored, name)
            if expected != found:
                self._sink.add(_finding(Code.TRANSACTION_MISMATCH, record, name, expected, found))
        return replace(stored, hash=signed.hash, sender=signed.sender, nonce=signed.nonce)

    def _compare_chain(self, number: str, signed: StoredTransaction) -> None:
        if not self._read:
            return
        record = Record(kind="transaction", number=number)
        for name, expected, found in self._differences(signed):
            if expected != found:
                code = Code.TRANSACTION_EXTRA if name == "block" else Code.TRANSACTION_MISMATCH
                self._sink.add(_finding(code, record, name, expected, found))

    def _differences(self, stored: StoredTransaction) -> Iterator[tuple[str, object, object]]:
        claimed = stored.state in _ON_CHAIN or stored.block_number is not None
        mined, chain, facts = self._find(stored)
        if stored.hash in facts.transactions:
            yield "checkpoint_size", self._sizes.get(stored.hash), stored.checkpoint_size
        if not self._all_read and (mined is None or stored.block_hash not in {None, mined.block_hash}):
            return  # it may be on the chain that could not be asked
        if mined is not None and stored.state == AnchorState.REPLACED:
            yield "state", AnchorState.FINAL.value, stored.state
            return
        if mined is None:
            if claimed:
                yield "block", ABSENT, stored.block_number
            return
        if claimed and self._same_blocks:
            yield from _differing_outcome(stored, mined)
        settled = self._now - datetime.fromtimestamp(mined.block_time, UTC) > SETTLING
        if stored.state is not None and settled and mined.succeeded and chain.is_final(mined.block_number):
            yield "state", _expected_state(stored, facts), stored.state

    def _find(self, stored: StoredTransaction) -> tuple[MinedTransaction | None, AuditedChain, ChainFacts]:
        """The transaction where it is, with that chain; of several chains that have it, the one with its block.

        The same bytes may be valid on two chains of one number, as those that open a log are.
        """
        # The contract that it changed comes first, then the newest chain.
        ordered = sorted(self._read, key=lambda read: stored.hash not in read[1].transactions)
        found = [(chain.mined(stored.hash), chain, facts) for chain, facts in ordered]
        there = [item for item in found if item[0] is not None]
        its_own = [item for item in there if item[0] is not None and item[0].block_hash == stored.block_hash]
        return next(iter([*its_own, *there, *found]))

    def _compare_replaced(self, replaced: Sequence[StoredTransaction]) -> None:
        """Another one of the same sender and nonce is in a block, and is the one that is named, where one is."""
        doubtful = [item for item in replaced if not self._is_displaced(item)]
        places = {(item.sender, item.nonce) for item in doubtful}
        held: dict[tuple[str, int], str] = {}
        for stored in self._source.transactions() if places else ():
            if (stored.sender, stored.nonce) in places and self._is_in_a_block(stored):
                held[stored.sender, stored.nonce] = stored.hash
        for item in doubtful:
            taken = held.get((item.sender, item.nonce), ABSENT)
            if taken is not ABSENT and item.replaced_by in {None, taken}:
                continue
            record = Record(kind="transaction", number=item.hash)
            name, found = ("replaced_by", item.replaced_by) if item.replaced_by is not None else ("state", item.state)
            self._sink.add(_finding(Code.TRANSACTION_MISMATCH, record, name, taken, found))

    def _is_displaced(self, item: StoredTransaction) -> bool:
        """Whether a chain itself shows the one that is named, or has this one, which was named already."""
        if any(chain.mined(item.hash) is not None for chain, _ in self._read):
            return True
        if item.replaced_by is None or not _HASH.fullmatch(item.replaced_by):
            return False
        shown = [chain.mined(item.replaced_by) for chain, _ in self._read]
        return any(mined is not None and (mined.sender, mined.nonce) == (item.sender, item.nonce) for mined in shown)

    def _is_in_a_block(self, stored: StoredTransaction) -> bool:
        if self._all_read:
            return any(chain.mined(stored.hash) is not None for chain, _ in self._read)
        return stored.state in _ON_CHAIN or stored.block_number is not None


def _differing_outcome(stored: StoredTransaction, mined: MinedTransaction) -> Iterator[tuple[str, object, object]]:
    """Where and how it ran. Not kept for every kind of transaction; what is kept must be right."""
    if stored.block_number is not None:
        yield "block_number", mined.block_number, stored.block_number
    if stored.block_hash is not None:
        yield "block_hash", mined.block_hash, stored.block_hash
    for name, found in stored.outcome.items():
        yield from differences(mined.outcome[name], found, name)


def _expected_state(stored: StoredTransaction, facts: ChainFacts) -> str | None:
    """Anchoring is followed until it is final; of what set the log up, it is enough that it is in a block."""
    if APPENDED in facts.transactions.get(stored.hash, ()) or stored.state not in _ON_CHAIN:
        return AnchorState.FINAL.value
    return stored.state


def _of_this_ledger(facts: ChainFacts) -> Iterator[str]:
    """The transactions that only whoever keeps this ledger sends; witnesses and owners have their keys elsewhere."""
    for transaction_hash, events in facts.transactions.items():
        if not set(events) <= SENT_FROM_ELSEWHERE:
            yield transaction_hash


def _finding(
    code: Code,
    record: Record,
    field: str | None,
    expected: object = ABSENT,
    found: object = ABSENT,
    *,
    detail: str | None = None,
) -> Finding:
    return Finding(
        code=code,
        layer=Layer.TRANSACTIONS,
        record=record,
        field=field,
        expected=expected,
        found=found,
        detail=detail,
    )
