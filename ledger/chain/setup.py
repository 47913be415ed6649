"""Setting a log up: the contract deployed, the log opened. A crash anywhere is mended by calling again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from eth_account.signers.local import LocalAccount
from eth_typing import HexAddress, HexStr
from web3.types import Nonce
from web3.utils.address import get_create_address

from ledger.anchor import ChainIdentity, Finality, Included, Observation, SignedTransaction, Unknown, Waiting
from ledger.chain.contract import Interface, log_id_of
from ledger.chain.node import Node
from ledger.chain.reader import LogReader
from ledger.chain.values import Call
from ledger.chain.writer import Sender, Waiter
from ledger.errors import Mismatch, NeedsAttention, Unavailable

MAX_FAILED_SENDS: Final = 3

Keep = Callable[[SignedTransaction], None]
"""Makes a signed transaction durable; called before it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """A log ready for its operator: what to pin, and the transactions that made it, in order."""

    identity: ChainIdentity
    transactions: tuple[SignedTransaction, ...]


def created_address(sender: str, nonce: int) -> str:
    """The EIP-55 address of the contract that a sender's transaction with this nonce creates."""
    return str(get_create_address(HexAddress(HexStr(sender)), Nonce(nonce)))


def set_up_log(
    node: Node,
    interface: Interface,
    *,
    owner: LocalAccount,
    operator: str,
    origin: str,
    finality: Finality,
    keep: Keep,
    earlier: Sequence[SignedTransaction] = (),
    max_fee_per_gas: int | None = None,
    waiter: Waiter | None = None,
) -> SetUp:
    """Deploy the contract from the owner's key and open the log `origin` for `operator` (an EIP-55 address).

    Two transactions, each signed, handed to `keep`, and only then sent. After a crash call again with what `keep` got
    as `earlier`: the same bytes are used, whether they had arrived or not, so that a contract is never deployed twice.
    Raises Unavailable (call again), NeedsAttention when a transaction failed or its nonce went to another one, and
    Mismatch when the contract or its log is not what it must be.
    """
    chain_id = node.chain_id()
    sender = Sender(node, owner, chain_id=chain_id, finality=finality, max_fee_per_gas=max_fee_per_gas)
    steps = _Steps(node, interface, sender, kept=list(earlier), keep=keep, waiter=waiter or Waiter())
    deployment = steps.run(0, Call(to=None, data=interface.encode_creation(sender.address)))
    contract = created_address(deployment.sender, deployment.nonce)
    log_id = log_id_of(origin)
    reader = LogReader(node, interface, contract=contract, log_id="0x" + log_id.hex(), finality=finality)
    identity = reader.identity()
    if identity.code_sha256 != interface.artifact.code_sha256:
        raise Mismatch("deployed code", interface.artifact.code_sha256, identity.code_sha256)
    opening = steps.run(1, Call(to=contract, data=interface.encode("openLog", origin, operator)))
    if (current := reader.operator()) != operator:
        raise Mismatch("operator of the log", operator, current)
    return SetUp(identity=identity, transactions=(deployment, opening))


class _Steps:
    def __init__(
        self,
        node: Node,
        interface: Interface,
        sender: Sender,
        *,
        kept: list[SignedTransaction],
        keep: Keep,
        waiter: Waiter,
    ) -> None:
        self._node = node
        self._interface = interface
        self._sender = sender
        self._kept = kept
        self._keep = keep
        self._waiter = waiter

    def run(self, number: int, call: Call) -> SignedTransaction:
        """Have the call of this step mined, with the bytes kept for it where there are any."""
        if number == len(self._kept):
            nonce = self._kept[-1].nonce + 1 if self._kept else self._sender.next_nonce()
            signed = self._sender.sign(call, nonce=nonce, gas=self._sender.estimate(self._interface, call))
            self._keep(signed)
            self._kept.append(signed)
        transaction = self._kept[number]
        if transaction.sender != self._sender.address:
            raise Mismatch("owner of the set-up", self._sender.address, transaction.sender)
        self._ensure_mined(transaction)
        return transaction

    def _ensure_mined(self, transaction: SignedTransaction) -> None:
        waited, failures = timedelta(0), 0
        while not self._is_mined(seen := self._sender.observe(transaction), transaction):
            if isinstance(seen, Unknown):
                failures = failures + 1 if self._send(transaction, failures) else 0
            if waited >= self._waiter.patience:
                raise Unavailable(self._node.name, f"transaction {transaction.hash} is not in a block yet")
            if waited or isinstance(seen, Waiting):
                self._waiter.pause(self._waiter.interval.total_seconds())
            # Not before the first look after sending: the embedded chain has mined it by then.
            waited += self._waiter.interval

    def _is_mined(self, seen: Observation, transaction: SignedTransaction) -> bool:
        match seen:
            case Included(succeeded=False):
                detail = f"transaction {transaction.hash} failed"
                raise NeedsAttention("set_up_reverted", detail, "set up with a new owner key")
            case Unknown(nonce_used=True):
                detail = f"nonce {transaction.nonce} of {transaction.sender} went to another transaction"
                raise NeedsAttention("nonce_taken", detail, "set up with an owner key that nothing else uses")
            case Included():
                return True
        return False

    def _send(self, transaction: SignedTransaction, failures: int) -> bool:
        """Send, and say whether it failed: the answer to a sending proves nothing, but three failures are an outage."""
        try:
            self._sender.send(transaction.raw)
        except Unavailable:
            if failures + 1 == MAX_FAILED_SENDS:
                raise
            return True
        return False
