"""Reading the parameters of JSON-RPC calls: strict, and every refusal an error that a client understands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from eth.abc import BlockHeaderAPI
from eth_typing import Address

from ledger.canonical import JsonValue
from ledger.embedded.evm import Evm, Message

METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
SERVER_ERROR: Final = -32000
EXECUTION_REVERTED: Final = 3

HASH_SIZE: Final = 32
ADDRESS_SIZE: Final = 20

_TAGS: Final = frozenset({"latest", "safe", "finalized", "pending"})
_QUANTITY: Final = re.compile(r"0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_CALL_MEMBERS: Final = frozenset(
    {
        "accessList",
        "chainId",
        "data",
        "from",
        "gas",
        "gasPrice",
        "input",
        "maxFeePerGas",
        "maxPriorityFeePerGas",
        "nonce",
        "to",
        "type",
        "value",
    }
)

Params: TypeAlias = Sequence[JsonValue]


class RpcError(Exception):
    """What becomes the `error` member of an answer; `data` is revert data in hexadecimal."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def render(self) -> dict[str, JsonValue]:
        """The member itself."""
        shown: dict[str, JsonValue] = {"code": self.code, "message": self.message}
        return shown if self.data is None else {**shown, "data": self.data}


def expect_count(params: Params, fewest: int, most: int) -> None:
    """Check how many parameters there are."""
    if len(params) < fewest:
        raise RpcError(INVALID_PARAMS, f"missing value for required argument {len(params)}")
    if len(params) > most:
        raise RpcError(INVALID_PARAMS, f"too many arguments, want at most {most}")


def parse_quantity(value: JsonValue) -> int:
    """A number below 2²⁵⁶."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise RpcError(INVALID_PARAMS, "expected a quantity: 0x and hexadecimal digits without leading zeros")


def parse_data(value: JsonValue) -> bytes:
    """Bytes of any length."""
    if isinstance(value, str) and _DATA.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise RpcError(INVALID_PARAMS, "expected data: 0x and an even number of hexadecimal digits")


def parse_hash(value: JsonValue) -> bytes:
    """A hash or a topic."""
    if len(found := parse_data(value)) == HASH_SIZE:
        return found
    raise RpcError(INVALID_PARAMS, f"expected {HASH_SIZE} bytes")


def parse_address(value: JsonValue) -> Address:
    """An address in any case of letters, as all nodes take it."""
    if len(found := parse_data(value)) == ADDRESS_SIZE:
        return Address(found)
    raise RpcError(INVALID_PARAMS, f"expected an address of {ADDRESS_SIZE} bytes")


def parse_slot(value: JsonValue) -> int:
    """A storage slot, as a quantity or as a whole word; nodes take both."""
    if isinstance(value, str) and len(value) == len("0x") + 2 * HASH_SIZE:
        return int.from_bytes(parse_hash(value))
    return parse_quantity(value)


def parse_flag(params: Params, at: int) -> bool:
    """An optional boolean, false when it is left out."""
    value = params[at] if len(params) > at else False
    if isinstance(value, bool):
        return value
    raise RpcError(INVALID_PARAMS, f"argument {at} is true or false")


def parse_number(value: JsonValue, *, newest: int) -> int:
    """A block's number or tag; None is the newest."""
    match value:
        case None:
            return newest
        case "earliest":
            return 0
        case str() if value in _TAGS:
            return newest
        case _:
            return parse_quantity(value)


def find_block(evm: Evm, value: JsonValue) -> BlockHeaderAPI | None:
    """The block of a number, a tag or an object of EIP-1898, or None when there is none yet."""
    match value:
        case {"blockHash": block_hash}:
            return evm.header_by_hash(parse_hash(block_hash))
        case {"blockNumber": number}:
            return evm.header(parse_quantity(number))
        case _:
            head = evm.head()
            number = parse_number(value, newest=head.block_number)
            return head if number == head.block_number else evm.header(number)


def expect_block(evm: Evm, params: Params, at: int) -> BlockHeaderAPI:
    """The block that an optional parameter names, the newest when it is left out; it must exist."""
    header = find_block(evm, params[at] if len(params) > at else None)
    if header is None:
        raise RpcError(SERVER_ERROR, "header not found")
    return header


def parse_message(value: JsonValue) -> Message:
    """The first parameter of `eth_call`. Prices are read by nobody: calls are free."""
    if not isinstance(value, Mapping):
        raise RpcError(INVALID_PARAMS, "the call is not an object")
    if unknown := set(value) - _CALL_MEMBERS:
        raise RpcError(INVALID_PARAMS, f"unknown member of the call: {min(unknown)}")
    given = {name: member for name, member in value.items() if member is not None}
    if "data" in given and "input" in given and given["data"] != given["input"]:
        raise RpcError(INVALID_PARAMS, "data and input differ")
    return Message(
        sender=parse_address(given.get("from", "0x" + bytes(ADDRESS_SIZE).hex())),
        to=parse_address(given["to"]) if "to" in given else b"",
        value=parse_quantity(given.get("value", "0x0")),
        data=parse_data(given.get("input", given.get("data", "0x"))),
        gas=parse_quantity(given["gas"]) if "gas" in given else None,
    )
