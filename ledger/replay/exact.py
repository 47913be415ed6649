"""The original transactions executed again, and everything they did compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields

from ledger.audit.chain import APPENDED, REVOKED
from ledger.audit.custody import COSIGNED
from ledger.audit.findings import ABSENT
from ledger.audit.sources import AuditedChain, Block, LogEvent, MinedTransaction
from ledger.errors import Conflict
from ledger.replay.forms import (
    MAX_DIFFERENCES,
    MAX_REPLACED,
    Difference,
    Original,
    Outcome,
    Replaced,
    ReplayChain,
)


def execute_again(
    originals: Iterable[Original],
    chain: ReplayChain,
    *,
    tip: Block | None,
    replaced: Iterable[Replaced] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Execute the originals in order on `chain` and compare; `tip` is the original chain's newest block, if known.

    `replaced` are told to be in no block, None where nothing is told. A refusal by the chain is a difference, and the
    end: what came after it stood on it.
    """
    comparison = _Comparison(chain)
    for done, block in enumerate(_blocks(originals), start=1):
        comparison.follow(block[0].executed)
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
        comparison.compare_tip(tip)
        comparison.compare_replaced(replaced)
    return Outcome(
        transactions=comparison.transactions,
        views=comparison.views,
        replaced=comparison.replaced,
        replacements=tuple(comparison.replacements),
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
        self._originals: dict[str, MinedTransaction] = {}
        self._blocks: dict[int, int] = {}
        self._newest = 0
        self.transactions = 0
        self.views = 0
        self.replaced: int | None = None
        self.replacements: list[Replaced] = []
        self.differences: list[Difference] = []
        self.different = 0

    def follow(self, original: MinedTransaction) -> None:
        """Take the next block of the originals. Each has a transaction: where a number is left out, one is missing."""
        if not self._chain.same_blocks:  # there the hashes tell, and the number itself
            self._add(original.hash, "block_number", self._newest + 1, original.block_number)
        self._newest = original.block_number

    def compare(self, original: MinedTransaction) -> None:
        """Compare one transaction."""
        self.transactions += 1
        found = self._chain.executed(original.hash)
        if found is None:
            self._add(original.hash, "hash", original.hash, ABSENT)
            return
        self._blocks[original.block_number] = found.block_number
        self._originals[original.hash] = original
        self.compare_fields(original.hash, original, found, skip=self._skip)

    def refused(self, original: MinedTransaction, reason: str) -> None:
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
            elif event.name == COSIGNED:
                self._compare_cosignature(ledger, event)

    def compare_tip(self, tip: Block | None) -> None:
        """Compare the newest block: all of it where blocks are equal, else that the originals end there."""
        if tip is None:
            return
        if self._chain.same_blocks:
            self.compare_fields("tip", tip, self._chain.tip(), skip=frozenset())
        else:
            self._add("tip", "block_number", tip.block_number, self._newest)

    def compare_replaced(self, told: Iterable[Replaced] | None) -> None:
        """Compare what is told of replaced transactions: in no block, and the nonce is used by the one named."""
        if told is None:
            return
        self.replaced = 0
        for item in told:
            self.replaced += 1
            if len(self.replacements) < MAX_REPLACED:
                self.replacements.append(item)
            ran, instead = self._chain.executed(item.hash), self._chain.executed(item.replaced_by)
            self._add(item.hash, "block_number", ABSENT, ran.block_number if ran else ABSENT)
            used = (instead.sender, instead.nonce) if instead else ABSENT
            self._add(item.hash, "replaced_by", (item.sender, item.nonce), used)

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

    def _compare_cosignature(self, ledger: AuditedChain, event: LogEvent) -> None:
        index, witness = event.arguments["index"], event.arguments["witness"]
        if not isinstance(index, int) or not isinstance(witness, str) or event.transaction_hash not in self._originals:
            self._add(event.transaction_hash, "transaction", ABSENT, event.transaction_hash)
            return
        self.views += 1
        self._add(f"{index}/{witness}", "hasCosigned", True, ledger.has_cosigned(index=index, witness=witness))  # noqa: FBT003

    def _add(self, subject: str, field: str, expected: object, found: object) -> None:
        if expected == found:
            return
        self.different += 1
        if len(self.differences) < MAX_DIFFERENCES:
            self.differences.append(Difference(subject=subject, field=field, expected=expected, found=found))
