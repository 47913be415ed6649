"""What nodes answer, as values. Parsers take JSON and raise Malformed for whatever is not exactly of its form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eth_utils.address import to_checksum_address

from ledger.canonical import JsonValue
from ledger.errors import Malformed

HASH_SIZE: Final = 32
ADDRESS_SIZE: Final = 20

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of the canonical chain. Hashes are 0x-prefixed, `time` Unix seconds, `base_fee` wei per gas or None."""

    number: int
    hash: str
    time: int
    state_root: str
    base_fee: int | None
    transactions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """An event as the chain holds it. `address` is EIP-55."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    transaction_hash: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a mined transaction. `contract_address` is the EIP-55 address of a creation, else None."""

    transaction_hash: str
    block_number: int
    block_hash: str
    transaction_index: int
    succeeded: bool
    gas_used: int
    contract_address: str | None
    logs: tuple[Log, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTransaction:
    """A transaction that the node knows. `block_number` is None while it waits in the pool."""

    sender: str
    nonce: int
    block_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A message to run without a transaction. `to` None is a creation, `sender` None nobody."""

    to: str | None
    data: bytes
    sender: str | None = None
    value: int = 0

    def render(self) -> dict[str, JsonValue]:
        """The first parameter of `eth_call` and `eth_estimateGas`."""
        shown: dict[str, JsonValue] = {"data": "0x" + self.data.hex()}
        if self.to is not None:
            shown["to"] = self.to
        if self.sender is not None:
            shown["from"] = self.sender
        if self.value:
            shown["value"] = hex(self.value)
        return shown


def parse_quantity(value: JsonValue) -> int:
    """A number below 2²⁵⁶. Leading zeros are let pass: some nodes write them."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise _unlike("a quantity", value)


def parse_data(value: JsonValue) -> bytes:
    """Bytes of any length."""
    if isinstance(value, str) and _DATA.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise _unlike("data", value)


def parse_block(value: JsonValue) -> Block:
    """A block with the hashes of its transactions."""
    fields = _fields(value)
    hashes = fields.get("transactions")
    if not isinstance(hashes, list):
        raise _unlike("a list of transactions", hashes)
    base_fee = fields.get("baseFeePerGas")
    return Block(
        number=parse_quantity(fields.get("number")),
        hash=_hash(fields.get("hash")),
        time=parse_quantity(fields.get("timestamp")),
        state_root=_hash(fields.get("stateRoot")),
        base_fee=None if base_fee is None else parse_quantity(base_fee),
        transactions=tuple(_hash(transaction_hash) for transaction_hash in hashes),
    )


def parse_receipt(value: JsonValue) -> Receipt:
    """A receipt since Byzantium (EIP-658)."""
    fields = _fields(value)
    status = parse_quantity(fields.get("status"))
    if status not in {0, 1}:
        raise _unlike("a status", fields.get("status"))
    created = fields.get("contractAddress")
    return Receipt(
        transaction_hash=_hash(fields.get("transactionHash")),
        block_number=parse_quantity(fields.get("blockNumber")),
        block_hash=_hash(fields.get("blockHash")),
        transaction_index=parse_quantity(fields.get("transactionIndex")),
        succeeded=status == 1,
        gas_used=parse_quantity(fields.get("gasUsed")),
        contract_address=None if created is None else _address(created),
        logs=parse_logs(fields.get("logs")),
    )


def parse_logs(value: JsonValue) -> tuple[Log, ...]:
    """Logs of the canonical chain."""
    if not isinstance(value, list):
        raise _unlike("a list of logs", value)
    return tuple(_log(log) for log in value)


def parse_transaction(value: JsonValue) -> KnownTransaction:
    """A transaction in the pool or in a block."""
    fields = _fields(value)
    number = fields.get("blockNumber")
    return KnownTransaction(
        sender=_address(fields.get("from")),
        nonce=parse_quantity(fields.get("nonce")),
        block_number=None if number is None else parse_quantity(number),
    )


def _log(value: JsonValue) -> Log:
    fields = _fields(value)
    topics = fields.get("topics")
    if not isinstance(topics, list):
        raise _unlike("a list of topics", topics)
    if fields.get("removed", False) is not False:
        raise Malformed("answer", "a log that a reorganisation removed")
    return Log(
        address=_address(fields.get("address")),
        topics=tuple(_sized(topic, HASH_SIZE) for topic in topics),
        data=parse_data(fields.get("data")),
        block_number=parse_quantity(fields.get("blockNumber")),
        transaction_hash=_hash(fields.get("transactionHash")),
        index=parse_quantity(fields.get("logIndex")),
    )


def _fields(value: JsonValue) -> Mapping[str, JsonValue]:
    if isinstance(value, Mapping):
        return value
    raise _unlike("an object", value)


def _hash(value: JsonValue) -> str:
    return "0x" + _sized(value, HASH_SIZE).hex()


def _address(value: JsonValue) -> str:
    return to_checksum_address(_sized(value, ADDRESS_SIZE))


def _sized(value: JsonValue, size: int) -> bytes:
    found = parse_data(value)
    if len(found) != size:
        raise _unlike(f"{size} bytes", value)
    return found


def _unlike(form: str, value: JsonValue) -> Malformed:
    return Malformed("answer", f"{repr(value)[:80]} is not {form}")
