"""What the ledger asks of a node: answers are values whose every field was checked, or Unavailable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from eth_utils.crypto import keccak

from ledger.canonical import JsonValue
from ledger.chain.rpc import Rpc, RpcRefusal
from ledger.chain.values import (
    Block,
    Call,
    KnownTransaction,
    Log,
    Receipt,
    parse_block,
    parse_data,
    parse_logs,
    parse_quantity,
    parse_receipt,
    parse_transaction,
)
from ledger.errors import Malformed, Unavailable

LATEST: Final = "latest"
PENDING: Final = "pending"
FINALIZED: Final = "finalized"

METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602

_T = TypeVar("_T")


class Node:
    """What the ledger asks of a node. Every method raises Unavailable as `AnchorReader` says; thread-safe."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self.name = rpc.name

    def chain_id(self) -> int:
        """The id that transactions of this chain are signed for."""
        return self._quantity("eth_chainId")

    def head_number(self) -> int:
        """The number of the newest block."""
        return self._quantity("eth_blockNumber")

    def is_syncing(self) -> bool:
        """Whether the node says that it is still catching up."""
        return self._rpc.ask("eth_syncing") is not False

    def block(self, at: int | str) -> Block | None:
        """The block of a number or tag, or None when the node has none there."""
        answer = self._rpc.ask("eth_getBlockByNumber", _at(at), False)  # noqa: FBT003 - JSON-RPC's parameter
        if answer is None:
            return None
        block = self._parsed("eth_getBlockByNumber", answer, parse_block)
        if isinstance(at, int) and block.number != at:
            raise Unavailable(self.name, f"eth_getBlockByNumber: asked for block {at}, got block {block.number}")
        return block

    def expect_block(self, at: int | str) -> Block:
        """As `block`, when a node that is not behind must have it."""
        block = self.block(at)
        if block is None:
            raise Unavailable(self.name, f"the node has no block {at}")
        return block

    def finalized_number(self) -> int | None:
        """The number of the newest block that the node calls finalized; None while the tag leads nowhere.

        Clients say "nowhere" in three ways: null, error -32000, error -39001.
        """
        try:
            answer = self._rpc.call("eth_getBlockByNumber", FINALIZED, False)  # noqa: FBT003 - JSON-RPC's parameter
        except RpcRefusal as refusal:
            if refusal.code in {METHOD_NOT_FOUND, INVALID_PARAMS}:
                raise Unavailable(self.name, f"the node does not know the tag: {refusal}") from refusal
            return None
        return None if answer is None else self._parsed("eth_getBlockByNumber", answer, parse_block).number

    def code(self, address: str) -> bytes:
        """The code at an address, empty where there is none."""
        return self._parsed("eth_getCode", self._rpc.ask("eth_getCode", address, LATEST), parse_data)

    def nonce(self, address: str, *, pending: bool = False) -> int:
        """The nonce after the last mined transaction of an address, or after the last one in the pool."""
        return self._quantity("eth_getTransactionCount", address, PENDING if pending else LATEST)

    def balance(self, address: str) -> int:
        """The balance of an address in wei."""
        return self._quantity("eth_getBalance", address, LATEST)

    def gas_price(self) -> int:
        """What the node would pay per gas, in wei, where blocks have no base fee."""
        return self._quantity("eth_gasPrice")

    def priority_fee(self) -> int | None:
        """The tip per gas that the node suggests, in wei; None where it has no opinion."""
        try:
            answer = self._rpc.call("eth_maxPriorityFeePerGas")
        except RpcRefusal:
            return None
        return self._parsed("eth_maxPriorityFeePerGas", answer, parse_quantity)

    def receipt(self, transaction_hash: str) -> Receipt | None:
        """The receipt of a mined transaction, or None."""
        answer = self._rpc.ask("eth_getTransactionReceipt", transaction_hash)
        if answer is None:
            return None
        receipt = self._parsed("eth_getTransactionReceipt", answer, parse_receipt)
        if receipt.transaction_hash != transaction_hash:
            raise Unavailable(self.name, "eth_getTransactionReceipt: the receipt of another transaction")
        return receipt

    def transaction(self, transaction_hash: str) -> KnownTransaction | None:
        """A transaction in the pool or in a block, or None."""
        answer = self._rpc.ask("eth_getTransactionByHash", transaction_hash)
        return None if answer is None else self._parsed("eth_getTransactionByHash", answer, parse_transaction)

    def raw_transaction(self, transaction_hash: str) -> bytes | None:
        """The signed bytes of a mined transaction, where the node gives them out, else None."""
        try:
            answer = self._rpc.call("eth_getRawTransactionByHash", transaction_hash)
        except RpcRefusal:
            return None
        if answer is None:
            return None
        raw = self._parsed("eth_getRawTransactionByHash", answer, parse_data)
        if "0x" + keccak(raw).hex() != transaction_hash:
            raise Unavailable(self.name, "eth_getRawTransactionByHash: the bytes of another transaction")
        return raw

    def originals(self, transaction_hash: str) -> dict[str, JsonValue]:
        """A mined transaction, its receipt and its block, word by word as the node gives them; no field is checked."""
        found: dict[str, JsonValue] = {
            "transaction": self._rpc.ask("eth_getTransactionByHash", transaction_hash),
            "receipt": self._rpc.ask("eth_getTransactionReceipt", transaction_hash),
        }
        receipt = found["receipt"]
        if not isinstance(receipt, Mapping):
            raise Unavailable(self.name, f"the node has no receipt of {transaction_hash}")
        block_hash = receipt.get("blockHash")
        found["block"] = self._rpc.ask("eth_getBlockByHash", block_hash, False)  # noqa: FBT003 - JSON-RPC's parameter
        if not all(isinstance(value, Mapping) for value in found.values()):
            raise Unavailable(self.name, f"the node does not have all of {transaction_hash}")
        return found

    def logs(self, *, address: str, topics: Sequence[Sequence[bytes]], first: int, last: int) -> tuple[Log, ...]:
        """The logs of a contract in blocks `first` … `last`, oldest first; raises RpcRefusal for too wide a range.

        Each element of `topics` lists what may stand in that place; an empty list lets anything.
        """
        wanted: dict[str, JsonValue] = {
            "address": address,
            "topics": [["0x" + topic.hex() for topic in place] or None for place in topics],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        logs = self._parsed("eth_getLogs", self._rpc.call("eth_getLogs", wanted), parse_logs)
        if any(
            log.address != address or not first <= log.block_number <= last or not _fits(log, topics) for log in logs
        ):
            raise Unavailable(self.name, "eth_getLogs: logs that were not asked for")
        return tuple(sorted(logs, key=lambda log: (log.block_number, log.index)))

    def call(self, call: Call, at: int | str = LATEST) -> bytes:
        """Run a call; raises RpcRefusal when it reverts."""
        return self._parsed("eth_call", self._rpc.call("eth_call", call.render(), _at(at)), parse_data)

    def estimate_gas(self, call: Call) -> int:
        """The gas that a call needs now; raises RpcRefusal when it reverts."""
        return self._parsed("eth_estimateGas", self._rpc.call("eth_estimateGas", call.render()), parse_quantity)

    def send(self, raw: bytes) -> None:
        """Hand over a signed transaction; an error of any kind is Unavailable and says nothing about arrival."""
        answer = self._rpc.ask("eth_sendRawTransaction", "0x" + raw.hex())
        if answer != "0x" + keccak(raw).hex():
            raise Unavailable(self.name, "eth_sendRawTransaction: the hash of another transaction")

    def _quantity(self, method: str, *params: JsonValue) -> int:
        return self._parsed(method, self._rpc.ask(method, *params), parse_quantity)

    def _parsed(self, method: str, answer: JsonValue, parse: Callable[[JsonValue], _T]) -> _T:
        try:
            return parse(answer)
        except Malformed as error:
            raise Unavailable(self.name, f"{method}: {error.reason}") from error


def _fits(log: Log, topics: Sequence[Sequence[bytes]]) -> bool:
    return len(log.topics) >= len(topics) and all(
        not place or topic in place for place, topic in zip(topics, log.topics, strict=False)
    )


def _at(at: int | str) -> str:
    return at if isinstance(at, str) else hex(at)
