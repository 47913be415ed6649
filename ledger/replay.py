"""Replay: a ledger's own transactions, executed once more on a fresh chain, and everything they did compared.

*Exact*: the original signed transactions run in their original order and at their original times. Equal must be hash,
sender, nonce, status, gas used, created contract, events and time of each; what the contract then shows; and on an
embedded chain made from the same genesis the block hashes and the state root too.

*Anew*: where the original bytes cannot be used, a local key anchors the checkpoints once more. That shows that they
follow from each other and from the statements, and nothing about who anchored them, or when.

Replay speaks protocols alone; adapters start the chains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, Literal, Protocol

from ledger.audit.chain import APPENDED, REVOKED
from ledger.audit.findings import ABSENT
from ledger.audit.report import AuditReport
from ledger.audit.sources import AuditedChain, LogEvent
from ledger.errors import Conflict

MAX_DIFFERENCES: Final = 1000
"""Differences kept with their values; of more, only the number is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLog:
    """An event as the chain holds it: the EIP-55 address that emitted it, its topics and its data."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What a chain says of a transaction in a block. Hashes are 0x-prefixed, `block_time` is Unix seconds."""

    hash: str
    sender: str
    nonce: int
    block_number: int
    block_hash: str
    block_time: int
    succeeded: bool
    gas_used: int
    contract_address: str | None
    logs: tuple[EventLog, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A transaction as it was sent, and what became of it on the original chain."""

    raw: bytes
    executed: Executed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The newest block of a chain."""

    block_number: int
    block_hash: str
    state_root: str


class ReplayChain(Protocol):
    """A fresh chain that takes the original transactions, one block after the other. Not for several threads.

    Methods raise Unavailable when the chain cannot be reached; nobody here retries.
    """

    @property
    def same_blocks(self) -> bool:
        """Whether block numbers, block hashes and state roots must come out equal."""
        ...

    def execute(self, raw: Sequence[bytes], *, block_time: int) -> None:
        """Put transactions into the next block, at that time in Unix seconds.

        Raises Conflict when the chain does not take them so.
        """
        ...

    def executed(self, transaction_hash: str) -> Executed | None:
        """What became of a transaction; None when it is in no block."""
        ...

    def tip(self) -> Tip:
        """The newest block."""
        ...

    def ledger(self) -> AuditedChain:
        """The log's contract on this chain."""
        ...


class Mode(StrEnum):
    """How the ledger was replayed."""

    EXACT = "exact"
    ANEW = "anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that came out otherwise. `subject` is a transaction's hash, a checkpoint's root, or `tip`."""

    subject: str
    field: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """The result of a replay and of the audit against the replayed chain. It has no truth value.

    `target` says which kind of chain it was; `transactions` and `views` count what was compared. `different` counts
    all differences, `differences` holds the first ones.
    """

    mode: Mode
    target: str
    same_blocks: bool
    transactions: int
    views: int
    tip: Tip | None
    differences: tuple[Difference, ...]
    different: int
    audit: AuditReport

    @property
    def exit_code(self) -> Literal[0, 1, 40]:
        """0 all agrees, 1 differences or findings, 40 something could not be checked."""
        return 1 if self.different else self.audit.exit_code

    def __bool__(self) -> bool:
        raise TypeError("a report has no truth value; ask for exit_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What `execute_again` or `anchor_anew` found; see `ReplayReport`."""

    transactions: int
    views: int
    tip: Tip | None
    differences: tuple[Difference, ...]
    different: int


def execute_again(
    originals: Iterable[Original],
    chain: ReplayChain,
    *,
    tip: Tip | None,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Execute the originals in order on `chain` and compare; `tip` is the original chain's newest block, if known.

    A refusal by the chain is a difference, and the end: what came after it stood on it.
    """
    comparison = _Comparison(chain)
    for done, block in enumerate(_blocks(originals), start=1):
        try:
            chain.execute([item.raw for item in block], block_time=block[0].executed.block_time)
        except Conflict as error:
            comparison.refused(block[0].executed, error.reason)
            break
        for item in block:
            comparison.compare(item.executed)
        progress(done)
    else:
        comparison.compare_views()
        if tip is not None and chain.same_blocks:
            comparison.compare_fields("tip", tip, chain.tip(), skip=frozenset())
    return Outcome(
        transactions=comparison.transactions,
        views=comparison.views,
        tip=chain.tip(),
        differences=tuple(comparison.differences),
        different=comparison.different,
    )


def _blocks(originals: Iterable[Original]) -> Iterator[list[Original]]:
    """The originals, those of one block together."""
    block: list[Original] = []
    for item in originals:
        if block and item.executed.block_number != block[0].executed.block_number:
            yield block
            block = []
        block.append(item)
    if block:
        yield block


class _Comparison:
    """Compares originals with what came out, and remembers which block became which."""

    def __init__(self, chain: ReplayChain) -> None:
        self._chain = chain
        self._skip = frozenset() if chain.same_blocks else frozenset({"block_number", "block_hash"})
        self._originals: dict[str, Executed] = {}
        self._blocks: dict[int, int] = {}
        self.transactions = 0
        self.views = 0
        self.differences: list[Difference] = []
        self.different = 0

    def compare(self, original: Executed) -> None:
        """Compare one transaction."""
        self.transactions += 1
        found = self._chain.executed(original.hash)
        if found is None:
            self._add(original.hash, "hash", original.hash, ABSENT)
            return
        self._blocks[original.block_number] = found.block_number
        self._originals[original.hash] = original
        self.compare_fields(original.hash, original, found, skip=self._skip)

    def refused(self, original: Executed, reason: str) -> None:
        """Note that the chain does not take a transaction."""
        self.transactions += 1
        self._add(original.hash, "refused", ABSENT, reason)

    def compare_fields(self, subject: str, expected: object, found: object, *, skip: frozenset[str]) -> None:
        """Compare two values of one class, field by field."""
        for field in fields(type(expected)):  # type: ignore[arg-type]  # both are dataclasses
            if field.name not in skip:
                self._add(subject, field.name, getattr(expected, field.name), getattr(found, field.name))

    def compare_views(self) -> None:
        """Compare what the contract shows with the transactions that put it there: block and time of each."""
        ledger = self._chain.ledger()
        for event in ledger.events():
            if event.name == APPENDED:
                self._compare_checkpoint(ledger, event)
            elif event.name == REVOKED:
                self._compare_revocation(ledger, event)

    def _compare_checkpoint(self, ledger: AuditedChain, event: LogEvent) -> None:
        root, original = event.arguments["root"], self._originals.get(event.transaction_hash)
        if not isinstance(root, bytes) or original is None:
            self._add(event.transaction_hash, "transaction", ABSENT, event.transaction_hash)
            return
        self.views += 1
        shown = ledger.checkpoint(root)
        place = root.hex()
        self._add(place, "time", original.block_time, shown.time if shown else ABSENT)
        self._add(place, "blockNumber", self._blocks[original.block_number], shown.block_number if shown else ABSENT)

    def _compare_revocation(self, ledger: AuditedChain, event: LogEvent) -> None:
        commitment, original = event.arguments["commitment"], self._originals.get(event.transaction_hash)
        if not isinstance(commitment, bytes) or original is None:
            self._add(event.transaction_hash, "transaction", ABSENT, event.transaction_hash)
            return
        self.views += 1
        shown = ledger.revocation(commitment)
        place = commitment.hex()
        self._add(place, "reason", event.arguments["reason"], shown.reason if shown else ABSENT)
        self._add(place, "time", original.block_time, shown.time if shown else ABSENT)

    def _add(self, subject: str, field: str, expected: object, found: object) -> None:
        if expected == found:
            return
        self.different += 1
        if len(self.differences) < MAX_DIFFERENCES:
            self.differences.append(Difference(subject=subject, field=field, expected=expected, found=found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A checkpoint to anchor anew: its size and root, and the proof that it extends the one before."""

    size: int
    root: bytes
    proof: tuple[bytes, ...]


class FreshLog(Protocol):
    """A log on a contract that a local key has just deployed, for `anchor_anew`. Not for several threads."""

    def append(self, *, old_size: int, head: Head) -> None:
        """Anchor a checkpoint and wait until it is in a block; raises Conflict when the contract refuses it."""
        ...

    def ledger(self) -> AuditedChain:
        """The log's contract on this chain."""
        ...


def anchor_anew(heads: Iterable[Head], log: FreshLog, *, progress: Callable[[int], None] = lambda _: None) -> Outcome:
    """Anchor the checkpoints of a ledger once more, smallest first; a refusal by the contract is a difference."""
    refused: list[Difference] = []
    size = count = 0
    for head in heads:
        count += 1
        try:
            log.append(old_size=size, head=head)
        except Conflict as error:
            refused.append(Difference(subject=head.root.hex(), field="append", expected=head.size, found=error.reason))
            break
        size = head.size
        progress(count)
    return Outcome(transactions=count, views=0, tip=None, differences=tuple(refused), different=len(refused))


def report(mode: Mode, target: str, *, same_blocks: bool, outcome: Outcome, audit: AuditReport) -> ReplayReport:
    """Put together what the execution and the audit against the replayed chain found."""
    return ReplayReport(
        mode=mode,
        target=target,
        same_blocks=same_blocks,
        transactions=outcome.transactions,
        views=outcome.views,
        tip=outcome.tip,
        differences=outcome.differences,
        different=outcome.different,
        audit=audit,
    )
