"""Signs and sends transactions: the ledger's `AnchorWriter`, and what owner and witnesses do.

Every method named `sign_…` gives raw bytes, to be made durable before `send` lets them out. The chain id is part of
what is signed: no transaction of ours is valid anywhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from eth_account.signers.local import LocalAccount

from ledger.anchor import ChainIdentity, Finality, Included, Observation, SignedTransaction, Unknown, Waiting
from ledger.chain.contract import ContractRefused, Interface
from ledger.chain.node import LATEST, Node
from ledger.chain.reader import explain, is_final
from ledger.chain.rpc import RpcRefusal
from ledger.chain.values import Call
from ledger.errors import Conflict, Unavailable

APPEND_GAS: Final = 120_000
APPEND_GAS_PER_HASH: Final = 3_000
OPERATION_GAS: Final = 120_000
"""Gas limits of `append` and of the small calls: about twice what was measured. What is not used costs nothing."""

TRANSFER_GAS: Final = 21_000
ESTIMATE_MARGIN: Final = 5
"""A fifth on top of an estimate: between estimate and block the state may move on."""

BASE_FEE_FACTOR: Final = 2
"""A transaction stays valid while the base fee doubles: six full blocks in a row (EIP-1559)."""

POLL_INTERVAL: Final = timedelta(seconds=1)
PATIENCE: Final = timedelta(minutes=5)
"""How long to wait for one transaction: 25 blocks of a public chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a transaction offers per gas, in wei. `tip` is None on chains whose blocks have no base fee."""

    limit: int
    tip: int | None

    def render(self) -> dict[str, int]:
        """The members of the transaction to sign."""
        if self.tip is None:
            return {"gasPrice": self.limit}
        return {"type": 2, "maxFeePerGas": self.limit, "maxPriorityFeePerGas": self.tip}


class Sender:
    """One key's transactions on one chain.

    `max_fee_per_gas` in wei caps what is ever offered; while the network asks for more, signing raises Unavailable.
    One sender per key at a time: nonces are the caller's.
    """

    def __init__(
        self,
        node: Node,
        account: LocalAccount,
        *,
        chain_id: int,
        finality: Finality,
        max_fee_per_gas: int | None = None,
    ) -> None:
        self._node = node
        self._account = account
        self._chain_id = chain_id
        self._finality = finality
        self._max_fee_per_gas = max_fee_per_gas

    @property
    def address(self) -> str:
        """The EIP-55 address that pays and signs."""
        return str(self._account.address)

    def next_nonce(self) -> int:
        """The nonce after the sender's last mined transaction."""
        return self._node.nonce(self.address)

    def balance(self) -> int:
        """What is left for fees, in wei."""
        return self._node.balance(self.address)

    def sign(self, call: Call, *, nonce: int, gas: int) -> SignedTransaction:
        """Sign any call; raises Unavailable when the fee cannot be learnt or is above the cap."""
        fields: dict[str, Any] = {
            "chainId": self._chain_id,
            "nonce": nonce,
            "gas": gas,
            "to": call.to if call.to is not None else b"",
            "value": call.value,
            "data": call.data,
            **self._fee().render(),
        }
        signed = self._account.sign_transaction(fields)
        return SignedTransaction(
            raw=bytes(signed.raw_transaction),
            hash="0x" + bytes(signed.hash).hex(),
            sender=self.address,
            nonce=nonce,
        )

    def sign_transfer(self, *, nonce: int, to: str, wei: int) -> SignedTransaction:
        """Sign a payment, such as the fees of a new operator's key."""
        return self.sign(Call(to=to, data=b"", value=wei), nonce=nonce, gas=TRANSFER_GAS)

    def estimate(self, interface: Interface, call: Call) -> int:
        """Gas for a call with a margin; raises ContractRefused when it would revert."""
        try:
            gas = self._node.estimate_gas(Call(to=call.to, data=call.data, value=call.value, sender=self.address))
        except RpcRefusal as refusal:
            raise explain(self._node, interface, refusal) from refusal
        return gas + gas // ESTIMATE_MARGIN

    def send(self, raw: bytes) -> None:
        """Hand the bytes to the node; an error of any kind is Unavailable and says nothing about arrival."""
        self._node.send(raw)

    def observe(self, transaction: SignedTransaction) -> Observation:
        """What the canonical chain shows for this hash now."""
        receipt = self._node.receipt(transaction.hash)
        if receipt is None:
            return self._unmined(transaction)
        if self._node.expect_block(receipt.block_number).hash != receipt.block_hash:
            # The receipt of a block that is no longer in the chain: some nodes keep it for a while.
            return self._unmined(transaction)
        return Included(
            block_number=receipt.block_number,
            block_hash=receipt.block_hash,
            succeeded=receipt.succeeded,
            final=is_final(self._node, self._finality, receipt.block_number),
        )

    def _unmined(self, transaction: SignedTransaction) -> Observation:
        if self._node.transaction(transaction.hash) is not None:
            return Waiting()
        return Unknown(nonce_used=self._node.nonce(transaction.sender) > transaction.nonce)

    def _fee(self) -> Fee:
        base_fee = self._node.expect_block(LATEST).base_fee
        if base_fee is None:
            price = self._node.gas_price()
            return Fee(limit=self._capped(price, least=price), tip=None)
        tip = self._node.priority_fee() or 0
        limit = self._capped(BASE_FEE_FACTOR * base_fee + tip, least=base_fee + tip)
        return Fee(limit=limit, tip=tip)

    def _capped(self, wanted: int, *, least: int) -> int:
        cap = self._max_fee_per_gas
        if cap is None:
            return wanted
        if cap < least:
            raise Unavailable("fee", f"the network asks for {least} wei per gas, the cap is {cap}")
        return min(wanted, cap)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """How long to wait for a transaction, and how: tests and commands differ."""

    patience: timedelta = PATIENCE
    interval: timedelta = POLL_INTERVAL
    pause: Callable[[float], None] = time.sleep


def settle(sender: Sender, transaction: SignedTransaction, waiter: Waiter) -> None:
    """Send a transaction unless it has arrived, and return when it has succeeded in a block.

    Raises Conflict when it failed or another one took its nonce, Unavailable when it is in no block in time. After a
    crash or an outage the same bytes may be settled again.
    """
    waited = timedelta(0)
    while True:
        match sender.observe(transaction):
            case Included(succeeded=True):
                return
            case Included() | Unknown(nonce_used=True):
                raise Conflict("contract", f"transaction {transaction.hash} failed or was displaced")
            case Unknown() if not waited:
                sender.send(transaction.raw)
            case _:
                waiter.pause(waiter.interval.total_seconds())
        if waited >= waiter.patience:
            raise Unavailable("node", f"transaction {transaction.hash} is not in a block yet")
        waited += waiter.interval


class LogWriter(Sender):
    """An `AnchorWriter` for one log and one key, with the other calls that operator, owner and witnesses make.

    Nothing here asks whether the key may: the contract decides, and `why_refused` tells beforehand what it would say.
    """

    def __init__(
        self,
        node: Node,
        interface: Interface,
        account: LocalAccount,
        *,
        identity: ChainIdentity,
        finality: Finality,
        max_fee_per_gas: int | None = None,
    ) -> None:
        super().__init__(node, account, chain_id=identity.chain_id, finality=finality, max_fee_per_gas=max_fee_per_gas)
        self._interface = interface
        self._contract = identity.contract
        self._log_id = bytes.fromhex(identity.log_id.removeprefix("0x"))

    def sign_append(
        self, *, nonce: int, old_size: int, new_size: int, new_root: bytes, proof: tuple[bytes, ...]
    ) -> SignedTransaction:
        """Sign an `append` for this log; raises Unavailable when the fee cannot be learnt."""
        gas = APPEND_GAS + APPEND_GAS_PER_HASH * len(proof)
        return self._sign("append", old_size, new_size, new_root, proof, nonce=nonce, gas=gas)

    def sign_revoke(self, *, nonce: int, commitment: bytes, reason: int) -> SignedTransaction:
        """Sign a revocation; it cannot be undone."""
        return self._sign("revoke", commitment, reason, nonce=nonce)

    def sign_cosign(self, *, nonce: int, index: int, root: bytes) -> SignedTransaction:
        """Sign a witness's word for a checkpoint."""
        return self._sign("cosign", index, root, nonce=nonce)

    def sign_propose_operator(self, *, nonce: int, operator: str) -> SignedTransaction:
        """Sign the owner's proposal of a new operator."""
        return self._sign("proposeOperator", operator, nonce=nonce)

    def sign_accept_operator(self, *, nonce: int) -> SignedTransaction:
        """Sign the acceptance of the proposed operator."""
        return self._sign("acceptOperator", nonce=nonce)

    def sign_set_witness(self, *, nonce: int, witness: str, named: bool) -> SignedTransaction:
        """Sign the owner's naming of a witness, or its end."""
        return self._sign("setWitness", witness, named, nonce=nonce)

    def why_refused(self, function: str, *arguments: Any) -> ContractRefused | None:
        """What the contract would say to this call from this key now, or None when it would take it."""
        data = self._interface.encode(function, self._log_id, *arguments)
        try:
            self._node.call(Call(to=self._contract, data=data, sender=self.address))
        except RpcRefusal as refusal:
            error = explain(self._node, self._interface, refusal)
            if isinstance(error, ContractRefused):
                return error
            raise error from refusal
        return None

    def _sign(self, function: str, *arguments: Any, nonce: int, gas: int = OPERATION_GAS) -> SignedTransaction:
        data = self._interface.encode(function, self._log_id, *arguments)
        return self.sign(Call(to=self._contract, data=data), nonce=nonce, gas=gas)
