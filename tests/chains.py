"""Embedded chains for tests: two funded keys, a fixed genesis, and a contract of 25 bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from ledger.canonical import JsonValue
from ledger.embedded import CHAIN_ID, EmbeddedChain, Genesis, new_genesis
from tests.clock import FixedClock

OWNER: LocalAccount = Account.from_key(b"\x01" * 32)
OPERATOR: LocalAccount = Account.from_key(b"\x02" * 32)
STRANGER: LocalAccount = Account.from_key(b"\x03" * 32)

GENESIS_TIME = int(datetime(2026, 7, 19, 16, 0, tzinfo=UTC).timestamp())

# Without call data: revert. With 32 bytes of it: store the block's time under them, and log them as a topic.
#   CALLDATASIZE PUSH1 9 JUMPI PUSH1 0 PUSH1 0 REVERT
#   JUMPDEST TIMESTAMP PUSH1 0 CALLDATALOAD SSTORE PUSH1 0 CALLDATALOAD PUSH1 0 PUSH1 0 LOG1 STOP
CLOCK_CODE = bytes.fromhex("3660095760006000fd5b426000355560003560006000a100")
#   PUSH1 size DUP1 PUSH1 11 PUSH1 0 CODECOPY PUSH1 0 RETURN
CLOCK_INIT = bytes.fromhex(f"60{len(CLOCK_CODE):02x}80600b6000396000f3") + CLOCK_CODE


def fixed_genesis(*, extra_data: bytes = b"\x07" * 32) -> Genesis:
    """The same genesis in every test."""
    return new_genesis(funded=[OWNER.address, OPERATOR.address], timestamp=GENESIS_TIME, extra_data=extra_data)


def new_chain(folder: Path, *, clock: FixedClock | None = None, genesis: Genesis | None = None) -> EmbeddedChain:
    """A fresh chain that does not wait for the disk."""
    return EmbeddedChain.create(folder, genesis=genesis or fixed_genesis(), clock=clock or FixedClock(), durable=False)


def sign(account: LocalAccount, nonce: int, **fields: Any) -> bytes:
    """A signed transaction: a transfer of nothing to the operator unless `fields` say otherwise."""
    transaction: dict[str, Any] = {
        "chainId": CHAIN_ID,
        "nonce": nonce,
        "to": OPERATOR.address,
        "value": 0,
        "gas": 200_000,
        "maxFeePerGas": 2 * 10**9,
        "maxPriorityFeePerGas": 0,
        "data": b"",
    }
    return bytes(account.sign_transaction({**transaction, **fields}).raw_transaction)


def result(chain: EmbeddedChain, method: str, *params: JsonValue) -> Any:
    """The result of a call that must succeed."""
    answer = chain.request(method, list(params))
    assert "error" not in answer, answer
    return answer["result"]


def error(chain: EmbeddedChain, method: str, *params: JsonValue) -> Any:
    """The error of a call that must fail."""
    answer = chain.request(method, list(params))
    assert "result" not in answer, answer
    return answer["error"]


def head(chain: EmbeddedChain) -> tuple[int, str]:
    """Number and hash of the newest block."""
    block = result(chain, "eth_getBlockByNumber", "latest")
    return int(block["number"], 16), block["hash"]


def deploy_clock(chain: EmbeddedChain, nonce: int = 0) -> str:
    """Deploy the contract from the owner's key and return its address."""
    sent = chain.send(sign(OWNER, nonce, to=b"", data=CLOCK_INIT))
    return to_checksum_address(result(chain, "eth_getTransactionReceipt", sent)["contractAddress"])
