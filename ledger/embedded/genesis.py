"""The first block of an embedded chain, as a file.

The file is geth's `genesis.json`, so that Anvil (`--init`) and geth start the very same chain from it. Everything that
follows is a function of this file and of the transactions sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eth_utils.address import is_checksum_address, to_checksum_address

from ledger.canonical import JsonValue, parse_json
from ledger.errors import Malformed

CHAIN_ID: Final = 1_371_103
"""Our own: unallocated in the public list of chains, so no wallet mistakes this chain for another."""

GAS_LIMIT: Final = 30_000_000
FUNDS_WEI: Final = 1_000 * 10**18
"""For owner and operator each: on this chain some 10⁹ transactions, as its base fee soon falls to a few wei."""

EXTRA_DATA_SIZE: Final = 32
MAX_GENESIS_SIZE: Final = 64 * 1024
"""Bytes of the file. Two funded accounts take about one kilobyte; more accounts are legal when a log has moved."""

_BASE_FEE_WEI: Final = 10**9
"""EIP-1559's initial base fee, which py-evm fixes for block 0."""

_FORKS: Final = (
    "homesteadBlock",
    "eip150Block",
    "eip155Block",
    "eip158Block",
    "byzantiumBlock",
    "constantinopleBlock",
    "petersburgBlock",
    "istanbulBlock",
    "berlinBlock",
    "londonBlock",
    "mergeNetsplitBlock",
    "terminalTotalDifficulty",
)
"""What a geth configuration must set to 0 for the rules of Paris from block 0 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Genesis:
    """Everything that decides block 0. `timestamp` in Unix seconds, `funds` maps EIP-55 addresses to wei.

    `extra_data` holds 32 random bytes: two installations never share a genesis hash.
    """

    chain_id: int
    gas_limit: int
    timestamp: int
    extra_data: bytes
    funds: Mapping[str, int]


def new_genesis(*, funded: Sequence[str], timestamp: int, extra_data: bytes) -> Genesis:
    """Compose the genesis of a new installation, with funds for the given EIP-55 addresses alone."""
    funds: dict[str, int] = {to_checksum_address(address): FUNDS_WEI for address in funded}
    genesis = Genesis(chain_id=CHAIN_ID, gas_limit=GAS_LIMIT, timestamp=timestamp, extra_data=extra_data, funds=funds)
    return parse_genesis(render_genesis(genesis))


def render_genesis(genesis: Genesis) -> bytes:
    """Write geth's `genesis.json`: indented JSON with sorted members and a line feed; same genesis, same bytes."""
    document: dict[str, JsonValue] = {
        "config": _config(genesis.chain_id),
        "alloc": {address: {"balance": hex(wei)} for address, wei in sorted(genesis.funds.items())},
        "baseFeePerGas": hex(_BASE_FEE_WEI),
        "extraData": "0x" + genesis.extra_data.hex(),
        "gasLimit": hex(genesis.gas_limit),
        "timestamp": hex(genesis.timestamp),
        **_FIXED,
    }
    return json.dumps(document, indent=2, sort_keys=True).encode() + b"\n"


def parse_genesis(data: bytes) -> Genesis:
    """Read what `render_genesis` wrote, and nothing else; raises Malformed.

    Any other value of a member (another rule set, a coinbase, code in an account) would be a chain that this program
    does not run, so it is refused and never ignored.
    """
    document = parse_json(data, max_bytes=MAX_GENESIS_SIZE)
    try:
        match document:
            case {
                "config": {"chainId": int(chain_id)},
                "alloc": dict(alloc),
                "extraData": str(extra_data),
                "gasLimit": str(gas_limit),
                "timestamp": str(timestamp),
            }:
                genesis = Genesis(
                    chain_id=chain_id,
                    gas_limit=int(gas_limit, 16),
                    timestamp=int(timestamp, 16),
                    extra_data=bytes.fromhex(extra_data.removeprefix("0x")),
                    funds={_address(address): _balance(account) for address, account in alloc.items()},
                )
            case _:
                raise Malformed("genesis", "a member is missing or of another type")
    except ValueError as error:
        raise Malformed("genesis", "a number is not hexadecimal") from error
    _check(genesis)
    if parse_json(render_genesis(genesis), max_bytes=MAX_GENESIS_SIZE) != document:
        raise Malformed("genesis", "a member is unknown, or set to what the embedded chain does not run")
    return genesis


_FIXED: Final[dict[str, JsonValue]] = {
    "coinbase": "0x" + bytes(20).hex(),
    "difficulty": "0x0",
    "mixHash": "0x" + bytes(32).hex(),
    "nonce": "0x" + bytes(8).hex(),
}


def _config(chain_id: int) -> dict[str, JsonValue]:
    return {"chainId": chain_id, "terminalTotalDifficultyPassed": True, **dict.fromkeys(_FORKS, 0)}


def _check(genesis: Genesis) -> None:
    if genesis.chain_id < 1 or genesis.timestamp < 0 or genesis.gas_limit < 0:
        raise Malformed("genesis", "a number is out of range")
    if len(genesis.extra_data) != EXTRA_DATA_SIZE:
        raise Malformed("genesis", f"extraData must be {EXTRA_DATA_SIZE} bytes")
    if not genesis.funds:
        raise Malformed("genesis", "no account is funded")


def _address(text: str) -> str:
    if not is_checksum_address(text):
        raise Malformed("genesis", "alloc names an account that is no EIP-55 address")
    return text


def _balance(account: JsonValue) -> int:
    match account:
        case {"balance": str(wei)} if 0 <= (amount := int(wei, 16)) < 2**128:
            return amount
    raise Malformed("genesis", "alloc gives an account something else than a balance")
