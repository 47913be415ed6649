"""What a log's contract went through: every checkpoint, event and transaction, for audit and replay.

Events alone prove nothing (a node can leave some out), so checkpoints are walked back one by one and each is confirmed
in storage: the walk ends well only when the indexes 0 … count − 1 are all there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from ledger.anchor import Finality, Revocation
from ledger.audit.sources import Block as AuditedBlock
from ledger.audit.sources import EmittedLog, LogEvent, MinedTransaction
from ledger.chain.contract import Interface
from ledger.chain.node import LATEST, Node
from ledger.chain.reader import LogReader
from ledger.chain.rpc import RpcRefusal
from ledger.chain.values import Block, Log, Receipt
from ledger.errors import Malformed, Unavailable

LOG_BLOCKS: Final = 10_000
"""Blocks per search at first, and what `/rpc` allows; halved when a node finds it too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheckpoint:
    """A checkpoint as event and storage agree on it. `time` is Unix seconds."""

    index: int
    size: int
    root: bytes
    time: int
    block_number: int
    previous_block: int
    transaction_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRevocation:
    """A revocation as event and storage agree on it."""

    commitment: bytes
    reason: int
    time: int
    block_number: int
    transaction_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCosignature:
    """A cosignature as event and storage agree on it. `witness` is an EIP-55 address."""

    index: int
    witness: str
    block_number: int
    transaction_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorChange:
    """From this block on `operator` appends; the first change is the opening of the log."""

    operator: str
    block_number: int
    transaction_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOpened:
    """How the log began."""

    origin: str
    operator: str
    block_number: int
    transaction_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainTransaction:
    """A mined transaction with what became of it; `raw` are the signed bytes."""

    hash: str
    raw: bytes
    sender: str
    nonce: int
    block_number: int
    block_hash: str
    block_time: int
    succeeded: bool
    gas_used: int
    contract_address: str | None
    logs: tuple[Log, ...]


class LogHistory(LogReader):
    """A `LogReader` that also tells the past: an `AuditedChain`.

    `first_block` is where to begin looking for events; the block in which the log was opened, or any before it.
    """

    def __init__(
        self,
        node: Node,
        interface: Interface,
        *,
        contract: str,
        log_id: str,
        finality: Finality,
        first_block: int = 0,
    ) -> None:
        super().__init__(node, interface, contract=contract, log_id=log_id, finality=finality)
        self._first_block = first_block

    def checkpoints(self, *, since: int = 0) -> tuple[ChainCheckpoint, ...]:
        """Every checkpoint from index `since` on, by index, each confirmed in storage.

        Raises Unavailable when the node leaves one out.
        """
        head = self.head()
        newest = self.checkpoint(head.root) if head.count else None
        found: list[ChainCheckpoint] = []
        block = newest.block_number if newest else 0
        while len(found) < head.count - since:
            here = self._checkpoints_in(block, expected=head.count - 1 - len(found))
            found += here
            block = here[-1].previous_block
        return tuple(reversed(found[: max(head.count - since, 0)]))

    def log_opened(self) -> LogOpened:
        """How the log began; raises Unavailable when no such event is found."""
        for event in self.events("LogOpened"):
            return LogOpened(
                origin=cast("str", event.arguments["origin"]),
                operator=cast("str", event.arguments["operator"]),
                block_number=event.block_number,
                transaction_hash=event.transaction_hash,
            )
        raise Unavailable(self._node.name, f"no event shows the opening of the log since block {self._first_block}")

    def revocations(self) -> tuple[ChainRevocation, ...]:
        """Every revocation, oldest first, each confirmed in storage."""
        return tuple(self._confirmed_revocation(event) for event in self.events("EntryRevoked"))

    def cosignatures(self) -> tuple[ChainCosignature, ...]:
        """Every cosignature, oldest first, each confirmed in storage."""
        return tuple(self._confirmed_cosignature(event) for event in self.events("CheckpointCosigned"))

    def operator_changes(self) -> tuple[OperatorChange, ...]:
        """Who could append from which block on, oldest first; the last one is confirmed in storage."""
        opened = self.log_opened()
        changes = [
            OperatorChange(
                operator=opened.operator, block_number=opened.block_number, transaction_hash=opened.transaction_hash
            )
        ]
        changes += [
            OperatorChange(
                operator=cast("str", event.arguments["current"]),
                block_number=event.block_number,
                transaction_hash=event.transaction_hash,
            )
            for event in self.events("OperatorChanged")
        ]
        if self.operator() != changes[-1].operator:
            raise Unavailable(self._node.name, "the events do not lead to the operator in the contract's storage")
        return tuple(changes)

    def events(self, *names: str) -> Iterator[LogEvent]:
        """Every event of this log, oldest first, or those of the given names alone."""
        newest = self._node.head_number()
        for log in self._search(names, self._first_block, newest):
            yield self._event(log)

    def mined(self, transaction_hash: str) -> MinedTransaction | None:
        """The transaction in the canonical chain, or None when it is not there."""
        found = self._found(transaction_hash)
        if found is None:
            return None
        block, receipt = found
        transaction = self._node.transaction(transaction_hash)
        if transaction is None:
            raise Unavailable(self._node.name, f"a receipt but no transaction {transaction_hash}")
        return MinedTransaction(
            hash=transaction_hash,
            sender=transaction.sender,
            nonce=transaction.nonce,
            block_number=block.number,
            block_hash=block.hash,
            block_time=block.time,
            succeeded=receipt.succeeded,
            gas_used=receipt.gas_used,
            contract_address=receipt.contract_address,
            logs=tuple(EmittedLog(address=log.address, topics=log.topics, data=log.data) for log in receipt.logs),
        )

    def block(self, number: int) -> AuditedBlock | None:
        """The block with this number in the canonical chain, or None when it does not go so far."""
        block = self._node.block(number)
        if block is None:
            return None
        return AuditedBlock(block_number=block.number, block_hash=block.hash, state_root=block.state_root)

    def head_block(self) -> Block:
        """The newest block that the node knows."""
        return self._node.expect_block(LATEST)

    def all_transactions(self) -> Iterator[ChainTransaction]:
        """Every transaction of every block, in chain order: for a chain that nobody else uses."""
        for number in range(self.head_block().number + 1):
            for transaction_hash in self._node.expect_block(number).transactions:
                yield self._expect_transaction(transaction_hash, {})

    def transactions(self, hashes: Iterable[str], *, raw: Mapping[str, bytes]) -> tuple[ChainTransaction, ...]:
        """The mined ones among these, in chain order: for a chain that is shared.

        `raw` holds the signed bytes by hash; what it lacks is asked of the node.
        """
        found = [hit for hit in map(self._found, hashes) if hit is not None]
        found.sort(key=lambda hit: (hit[0].number, hit[1].transaction_index))
        return tuple(self._expect_transaction(receipt.transaction_hash, raw) for _, receipt in found)

    def _checkpoints_in(self, block: int, *, expected: int) -> list[ChainCheckpoint]:
        """The checkpoints of a block from index `expected` down; at least that one."""
        found: list[ChainCheckpoint] = []
        for log in reversed(list(self._search(("CheckpointAppended",), block, block))):
            event = self._event(log)
            if cast("int", event.arguments["index"]) > expected:
                continue  # newer than the head that the walk began at
            found.append(self._confirmed_checkpoint(event, index=expected - len(found)))
        if not found:
            raise Unavailable(self._node.name, f"block {block} must hold checkpoint {expected}, and shows no event")
        return found

    def _confirmed_checkpoint(self, event: LogEvent, *, index: int) -> ChainCheckpoint:
        root, size = cast("bytes", event.arguments["root"]), event.arguments["size"]
        stored = self.checkpoint(root)
        shown = (event.arguments["index"], size, event.block_number)
        if stored is None or (stored.index, stored.size, stored.block_number) != shown or stored.index != index:
            raise Unavailable(self._node.name, f"event and storage differ about checkpoint {index}")
        return ChainCheckpoint(
            index=stored.index,
            size=stored.size,
            root=root,
            time=stored.time,
            block_number=stored.block_number,
            previous_block=stored.previous_block,
            transaction_hash=event.transaction_hash,
        )

    def _confirmed_revocation(self, event: LogEvent) -> ChainRevocation:
        commitment = cast("bytes", event.arguments["commitment"])
        stored: Revocation | None = self.revocation(commitment)
        if stored is None or stored.reason != event.arguments["reason"]:
            raise Unavailable(self._node.name, f"event and storage differ about the revocation of {commitment.hex()}")
        return ChainRevocation(
            commitment=commitment,
            reason=stored.reason,
            time=stored.time,
            block_number=event.block_number,
            transaction_hash=event.transaction_hash,
        )

    def _confirmed_cosignature(self, event: LogEvent) -> ChainCosignature:
        index, witness = cast("int", event.arguments["index"]), cast("str", event.arguments["witness"])
        if not self.has_cosigned(index=index, witness=witness):
            raise Unavailable(self._node.name, f"event and storage differ about the cosignature of {witness}")
        return ChainCosignature(
            index=index, witness=witness, block_number=event.block_number, transaction_hash=event.transaction_hash
        )

    def _search(self, names: tuple[str, ...], first: int, last: int) -> Iterator[Log]:
        topics = [self._interface.topic(name) for name in names]
        span = LOG_BLOCKS
        while first <= last:
            until = min(last, first + span - 1)
            try:
                logs = self._node.logs(address=self._contract, topics=[topics, [self._log_id]], first=first, last=until)
            except RpcRefusal as refusal:
                if until == first:
                    raise Unavailable(self._node.name, str(refusal)) from refusal
                span = (until - first + 1) // 2
                continue
            yield from logs
            first = until + 1

    def _event(self, log: Log) -> LogEvent:
        try:
            decoded = self._interface.decode_event(log)
        except Malformed as error:
            raise Unavailable(self._node.name, str(error)) from error
        if decoded is None:
            raise Unavailable(self._node.name, "an event of this log that the contract does not have")
        name, arguments = decoded
        return LogEvent(
            name=name,
            arguments={key: value for key, value in arguments.items() if key != "logId"},
            block_number=log.block_number,
            transaction_hash=log.transaction_hash,
        )

    def _found(self, transaction_hash: str) -> tuple[Block, Receipt] | None:
        receipt = self._node.receipt(transaction_hash)
        if receipt is None:
            return None
        block = self._node.expect_block(receipt.block_number)
        return (block, receipt) if block.hash == receipt.block_hash else None

    def _expect_transaction(self, transaction_hash: str, raw: Mapping[str, bytes]) -> ChainTransaction:
        found, known = self._found(transaction_hash), self._node.transaction(transaction_hash)
        signed = raw.get(transaction_hash) or self._node.raw_transaction(transaction_hash)
        if found is None or known is None or signed is None:
            raise Unavailable(self._node.name, f"the node does not show transaction {transaction_hash} in full")
        block, receipt = found
        return ChainTransaction(
            hash=transaction_hash,
            raw=signed,
            sender=known.sender,
            nonce=known.nonce,
            block_number=block.number,
            block_hash=block.hash,
            block_time=block.time,
            succeeded=receipt.succeeded,
            gas_used=receipt.gas_used,
            contract_address=receipt.contract_address,
            logs=receipt.logs,
        )
