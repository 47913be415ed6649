"""A ledger that has been through everything: revocations, cosignatures, a new operator, a revert, a replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from ledger.anchor import AnchorState, SignedTransaction
from ledger.chain import ContractCosigner, LogWriter, Waiter
from ledger.embedded import EmbeddedChain
from ledger.merkle import RootHash
from ledger.statement import Statement, commitment, render_statement
from tests.chains import OPERATOR, OWNER, new_chain
from tests.clock import FixedClock
from tests.ledger.bundled import AnchoredLedger

SECOND_OPERATOR: LocalAccount = Account.from_key(b"\x04" * 32)
WITNESSES: tuple[LocalAccount, LocalAccount] = (Account.from_key(b"\x05" * 32), Account.from_key(b"\x06" * 32))
REASONS = (1, 2, 3, 4, 5)
FEES_WEI = 10**16
LEAST_CHECKPOINTS = 12
"""Fewer leave no room for everything that happens."""


class EventfulLedger(AnchoredLedger):
    """Counts what happened to it: `replaced` is the transaction that never ran, `reverted` those that failed."""

    def __init__(self, chain: EmbeddedChain, clock: FixedClock) -> None:
        super().__init__(chain)
        self._clock = clock
        self._stream = self.new_id()
        self.replaced: list[SignedTransaction] = []
        self.reverted: list[SignedTransaction] = []
        self.accepted: SignedTransaction | None = None
        self.cosigned: list[tuple[int, str]] = []
        self.revoked = 0
        self._roots: list[RootHash] = []

    def grow(self) -> Statement:
        """One more statement in one more checkpoint, some seconds later."""
        self._clock.advance(timedelta(seconds=7 + len(self._roots) % 5))
        made = self.record(stream=self._stream, subject=self.new_id(), values={"facts": f"事实 {len(self._roots)}"})
        self._roots.append(self.seal().root)
        return made

    def name_witness(self, witness: LocalAccount, *, named: bool = True) -> None:
        """Let the owner name a witness and pay its fees, or end its office."""
        owner = self.log.writer(OWNER)
        self._mine_as(owner, lambda nonce: owner.sign_set_witness(nonce=nonce, witness=witness.address, named=named))
        if named:
            self.pay(witness)

    def pay(self, account: LocalAccount) -> None:
        """Let the owner send an account what it needs for fees."""
        owner = self.log.writer(OWNER)
        self._mine_as(owner, lambda nonce: owner.sign_transfer(nonce=nonce, to=account.address, wei=FEES_WEI))

    def cosign(self, witness: LocalAccount) -> None:
        """Let a witness cosign the newest checkpoint, as its mirror does."""
        cosigner = ContractCosigner(self.history, self.log.writer(witness), waiter=Waiter(pause=lambda _: None))
        index = len(self._roots) - 1
        assert cosigner.cosign(index=index, root=self._roots[-1])
        self.cosigned.append((index, witness.address))

    def withdraw(self, statement: Statement, reason: int) -> None:
        """Put the ground on record, anchor it, then revoke."""
        self.record(
            stream=self._stream,
            subject=statement.subject,
            type_="registration.withdrawn",
            values={"facts": f"撤销 {reason}"},
        )
        self._roots.append(self.seal().root)
        writer, revoked = self.log.writer(self.operator), commitment(render_statement(statement))
        sent = self._mine_as(writer, lambda nonce: writer.sign_revoke(nonce=nonce, commitment=revoked, reason=reason))
        self.keep(sent.raw)
        self.revoked += 1

    def fail(self, operator: LocalAccount) -> None:
        """Let an append fail: it extends a log that has grown since."""
        writer = self.log.writer(operator)
        stale = writer.sign_append(
            nonce=writer.next_nonce(), old_size=1, new_size=self.size + 1, new_root=b"\x01" * 32, proof=(b"\x02" * 32,)
        )
        self.reverted.append(self.log.mine(stale, succeeded=False))
        self.keep(stale.raw, state=AnchorState.NEEDS_ATTENTION)

    def replace_next(self) -> None:
        """Sign an append that offers too little, and let the next checkpoint's take its nonce."""
        writer = self.log.writer(self.operator, max_fee_per_gas=10**9)
        cheap = writer.sign_append(
            nonce=writer.next_nonce(), old_size=self.size, new_size=self.size + 1, new_root=b"\x03" * 32, proof=()
        )
        self.replaced.append(cheap)
        self.keep(cheap.raw, state=AnchorState.REPLACED)
        self.grow()

    def rotate(self) -> None:
        """Hand the log to another operator, who accepts."""
        owner, second = self.log.writer(OWNER), self.log.writer(SECOND_OPERATOR)
        self.pay(SECOND_OPERATOR)
        self._mine_as(owner, lambda nonce: owner.sign_propose_operator(nonce=nonce, operator=SECOND_OPERATOR.address))
        self.accepted = self._mine_as(second, lambda nonce: second.sign_accept_operator(nonce=nonce))
        self.operator = SECOND_OPERATOR

    def _mine_as(self, writer: LogWriter, make: Callable[[int], SignedTransaction]) -> SignedTransaction:
        return self.log.mine(make(writer.next_nonce()))

    @property
    def anchored(self) -> int:
        """How many there are."""
        return len(self._roots)


def fill(ledger: EventfulLedger, checkpoints: int) -> None:
    """Let everything happen while the log grows to so many checkpoints."""
    assert checkpoints >= LEAST_CHECKPOINTS
    first, second = WITNESSES
    ledger.grow()
    ledger.name_witness(first)
    ledger.cosign(first)
    ledger.fail(OPERATOR)
    ledger.replace_next()
    for reason in REASONS[:2]:
        ledger.withdraw(ledger.grow(), reason)
    while ledger.anchored < checkpoints // 2:
        ledger.grow()
        if not ledger.anchored % 3:
            ledger.cosign(first)
    ledger.rotate()
    ledger.name_witness(second)
    ledger.fail(OPERATOR)
    for reason in REASONS[2:]:
        ledger.withdraw(ledger.grow(), reason)
    ledger.name_witness(first, named=False)
    while ledger.anchored < checkpoints:
        ledger.grow()
        if not ledger.anchored % 5 and ledger.anchored < checkpoints:
            ledger.cosign(second)
    ledger.cosign(second)


@contextmanager
def eventful_ledger(folder: Path, checkpoints: int) -> Iterator[EventfulLedger]:
    """A ledger of so many checkpoints on a chain in `folder`."""
    clock = FixedClock()
    with new_chain(folder, clock=clock) as chain:
        ledger = EventfulLedger(chain, clock)
        fill(ledger, checkpoints)
        yield ledger
