"""Stored transactions against their own signatures and against the chain, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.anchor import AnchorState
from ledger.audit.chain import APPENDED, ChainFacts
from ledger.audit.custody import COSIGNED, OPERATOR_CHANGED, WITNESS_CHANGED
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Outcome, Record
from ledger.audit.sink import Sink
from ledger.audit.sources import AuditedChain, StoredTransaction, TransactionSource
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
        chain: AuditedChain | None,
        facts: ChainFacts | None,
        now: datetime,
        same_blocks: bool,
        sink: Sink,
    ) -> None:
        self._source = source
        self._chain = chain if facts is not None else None
        self._facts = facts
        self._now = now
        self._same_blocks = same_blocks
        self._sink = sink
        self._sizes = {item.transaction_hash: item.size for item in facts.checkpoints} if facts else {}

    def compare(self) -> None:
        """Compare all of them; raises nothing: an outage is noted."""
        unknown = set(_of_this_ledger(self._facts)) if self._facts else set()
        try:
            for stored in self._source.transactions():
                self._sink.count(Layer.TRANSACTIONS)
                signed_hash = self._compare_bytes(stored)
                unknown.discard(signed_hash)
                self._compare_chain(stored, signed_hash)
        except Unavailable as error:
            self._sink.leave_out(Layer.TRANSACTIONS, Outcome.UNAVAILABLE, str(error))
            return
        for transaction_hash in sorted(unknown):
            record = Record(kind="transaction", number=transaction_hash)
            self._sink.add(_finding(Code.TRANSACTION_MISSING, record, None, transaction_hash, ABSENT))

    def _compare_bytes(self, stored: StoredTransaction) -> str:
        """Compare with what was signed; return the hash that follows from the bytes."""
        record = Record(kind="transaction", number=stored.hash)
        try:
            signed = self._source.decode(stored.raw)
        except Malformed as error:
            self._sink.add(_finding(Code.TRANSACTION_MISMATCH, record, "raw", detail=str(error)))
            return stored.hash
        for name in ("hash", "sender", "nonce"):
            expected, found = getattr(signed, name), getattr(stored, name)
            if expected != found:
                self._sink.add(_finding(Code.TRANSACTION_MISMATCH, record, name, expected, found))
        return signed.hash

    def _compare_chain(self, stored: StoredTransaction, signed_hash: str) -> None:
        if self._chain is None or not _HASH.fullmatch(signed_hash):
            return
        record = Record(kind="transaction", number=stored.hash)
        for name, expected, found in self._differences(replace(stored, hash=signed_hash), self._chain):
            if expected != found:
                code = Code.TRANSACTION_EXTRA if name == "block" else Code.TRANSACTION_MISMATCH
                self._sink.add(_finding(code, record, name, expected, found))

    def _differences(self, stored: StoredTransaction, chain: AuditedChain) -> Iterator[tuple[str, object, object]]:
        if self._facts is not None and stored.hash in self._facts.transactions:
            yield "checkpoint_size", self._sizes.get(stored.hash), stored.checkpoint_size
        claimed = stored.state in _ON_CHAIN or stored.block_number is not None
        mined = chain.mined(stored.hash)
        if mined is None:
            if claimed:
                yield "block", ABSENT, stored.block_number
            return
        if claimed and self._same_blocks:
            # Not kept for every kind of transaction; what is kept must be right.
            if stored.block_number is not None:
                yield "block_number", mined.block_number, stored.block_number
            if stored.block_hash is not None:
                yield "block_hash", mined.block_hash, stored.block_hash
        settled = self._now - datetime.fromtimestamp(mined.block_time, UTC) > SETTLING
        if stored.state is not None and settled and mined.succeeded and chain.is_final(mined.block_number):
            yield "state", self._expected_state(stored), stored.state

    def _expected_state(self, stored: StoredTransaction) -> str | None:
        """Anchoring is followed until it is final; of what set the log up, it is enough that it is in a block."""
        events = self._facts.transactions.get(stored.hash, ()) if self._facts else ()
        if APPENDED in events or stored.state not in _ON_CHAIN:
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
