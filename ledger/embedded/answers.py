"""Blocks, transactions, receipts and logs as every Ethereum node writes them (execution-apis, `eth` namespace)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import rlp
from eth.abc import BlockAPI, BlockHeaderAPI
from eth_tester.backends.pyevm.serializers import serialize_transaction, serialize_transaction_receipt
from eth_utils.crypto import keccak

from ledger.canonical import JsonValue
from ledger.embedded.evm import Mined

BLOOM_SIZE: Final = 256
_BLOOM_BITS: Final = BLOOM_SIZE * 8

# eth-tester's names where they are not the node's name in another case; None leaves a member out
_TRANSACTION_NAMES: Final[Mapping[str, str | None]] = {"data": "input"}
_RECEIPT_NAMES: Final[Mapping[str, str | None]] = {"state_root": None}
_LOG_NAMES: Final[Mapping[str, str | None]] = {"type": None}


def quantity(number: int) -> str:
    """A number as nodes write it: hexadecimal without leading zeros."""
    return hex(number)


def data(value: bytes) -> str:
    """Bytes as nodes write them."""
    return "0x" + value.hex()


def render_block(block: BlockAPI, *, full: bool) -> dict[str, JsonValue]:
    """A block with the hashes of its transactions or, `full`, with the transactions."""
    header = block.header
    transactions: list[JsonValue] = [
        _renamed(serialize_transaction(block, transaction, index, False), _TRANSACTION_NAMES)  # noqa: FBT003  # eth-tester's own signature
        if full
        else data(transaction.hash)
        for index, transaction in enumerate(block.transactions)
    ]
    return {
        **_render_header(header),
        "size": quantity(len(rlp.encode(block))),
        "transactions": transactions,
        "uncles": [],
    }


def render_transaction(mined: Mined, block: BlockAPI) -> dict[str, JsonValue]:
    """A mined transaction."""
    return _renamed(serialize_transaction(block, mined.transaction, 0, False), _TRANSACTION_NAMES)  # noqa: FBT003


def render_receipt(mined: Mined, block: BlockAPI) -> dict[str, JsonValue]:
    """The receipt of a mined transaction."""
    fields = serialize_transaction_receipt(block, [mined.receipt], mined.transaction, 0, False, None)  # noqa: FBT003
    return {
        **_renamed({**fields, "logs": []}, _RECEIPT_NAMES),
        "logs": render_logs(mined),
        "logsBloom": data(mined.receipt.bloom.to_bytes(BLOOM_SIZE)),
    }


def render_logs(mined: Mined) -> list[JsonValue]:
    """The logs of a mined transaction."""
    return [
        {
            "address": data(log.address),
            "topics": [data(topic.to_bytes(32)) for topic in log.topics],
            "data": data(log.data),
            "blockNumber": quantity(mined.header.block_number),
            "blockHash": data(mined.header.hash),
            "blockTimestamp": quantity(mined.header.timestamp),
            "transactionHash": data(mined.transaction.hash),
            "transactionIndex": quantity(0),
            "logIndex": quantity(index),
            "removed": False,
        }
        for index, log in enumerate(mined.receipt.logs)
    ]


def bloom_bits(value: bytes) -> int:
    """The three bits that an address or a topic sets in a logs bloom (Yellow Paper §4.3.1)."""
    digest = keccak(value)
    bits = 0
    for at in (0, 2, 4):
        bits |= 1 << (int.from_bytes(digest[at : at + 2]) % _BLOOM_BITS)
    return bits


def _render_header(header: BlockHeaderAPI) -> dict[str, JsonValue]:
    return {
        "number": quantity(header.block_number),
        "hash": data(header.hash),
        "parentHash": data(header.parent_hash),
        "sha3Uncles": data(header.uncles_hash),
        "miner": data(header.coinbase),
        "stateRoot": data(header.state_root),
        "transactionsRoot": data(header.transaction_root),
        "receiptsRoot": data(header.receipt_root),
        "logsBloom": data(header.bloom.to_bytes(BLOOM_SIZE)),
        "difficulty": quantity(header.difficulty),
        "totalDifficulty": quantity(0),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "timestamp": quantity(header.timestamp),
        "extraData": data(header.extra_data),
        "mixHash": data(header.mix_hash),
        "nonce": data(header.nonce),
        "baseFeePerGas": quantity(header.base_fee_per_gas or 0),
    }


def _renamed(fields: Mapping[str, Any], names: Mapping[str, str | None]) -> dict[str, JsonValue]:
    shown = {names.get(name, _camel(name)): _plain(name, value) for name, value in fields.items()}
    return {name: value for name, value in shown.items() if name is not None}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _plain(name: str, value: Any) -> JsonValue:
    match value:
        case None:
            return None
        case b"" if name == "to":
            return None  # a contract creation
        case bytes():
            return data(value)
        case int():
            return quantity(value)
        case list() | tuple() if name == "access_list":
            return [
                {"address": data(address), "storageKeys": [data(key.to_bytes(32)) for key in keys]}
                for address, keys in value
            ]
        case list() | tuple():
            return [_plain(name, item) for item in value]
    raise TypeError(f"eth-tester gave a {type(value).__name__} for {name}")
