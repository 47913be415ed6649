"""What a replay speaks of: transactions as they ran, fresh chains, what came out otherwise, the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol

from ledger.audit.report import AuditReport
from ledger.audit.sources import AuditedChain, Block, MinedTransaction

MAX_DIFFERENCES: Final = 1000
"""Differences kept with their values; of more, only the number is known."""

MAX_REPLACED: Final = 1000
"""Replaced transactions kept one by one; of more, only the number is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A transaction as it was sent, and what became of it on the original chain."""

    raw: bytes
    executed: MinedTransaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A signed transaction that is in no block, and the one of the same sender and nonce that is there instead."""

    hash: str
    sender: str
    nonce: int
    replaced_by: str


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

    def executed(self, transaction_hash: str) -> MinedTransaction | None:
        """What became of a transaction; None when it is in no block."""
        ...

    def tip(self) -> Block:
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

    `target` says which kind of chain it was; `transactions` and `views` count what was compared. `replaced` counts the
    transactions that another one displaced, None where nothing is told or compared, and `replacements` holds the first
    ones. `different` counts all differences, `differences` holds the first ones.
    """

    mode: Mode
    target: str
    same_blocks: bool
    transactions: int
    views: int
    replaced: int | None
    replacements: tuple[Replaced, ...]
    tip: Block | None
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
    replaced: int | None = None
    replacements: tuple[Replaced, ...] = ()
    tip: Block | None
    differences: tuple[Difference, ...]
    different: int


def report(mode: Mode, target: str, *, same_blocks: bool, outcome: Outcome, audit: AuditReport) -> ReplayReport:
    """Put together what the execution and the audit against the replayed chain found."""
    return ReplayReport(
        mode=mode,
        target=target,
        same_blocks=same_blocks,
        transactions=outcome.transactions,
        views=outcome.views,
        replaced=outcome.replaced,
        replacements=outcome.replacements,
        tip=outcome.tip,
        differences=outcome.differences,
        different=outcome.different,
        audit=audit,
    )
