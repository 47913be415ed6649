"""The contract on a real chain: the embedded one, and Anvil under given rules, both spoken to in JSON-RPC."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eth_abi.abi import decode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import Web3

from ledger.embedded import EmbeddedChain
from tests.chains import OPERATOR, OWNER, new_chain
from tests.contracts.foundry import CONTRACTS, need_foundry

ARTIFACT: dict[str, Any] = json.loads((CONTRACTS / "artifacts" / "LegalLedger.json").read_text(encoding="utf-8"))
GAS = 3_000_000
START_SECONDS = 30


class Rpc(Protocol):
    """A node's JSON-RPC."""

    def request(self, method: str, params: list[Any]) -> dict[str, Any]:
        """Return the answer, with `result` or `error`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverted(Exception):
    """The contract refused; `error` is its custom error with arguments, "" where there was none."""

    error: str


class HttpRpc:
    """A node behind a loopback port."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def request(self, method: str, params: list[Any]) -> dict[str, Any]:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        asked = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=START_SECONDS) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


class Deployed:
    """A ledger on a chain, called by function name; ABI and code are those of the artifact."""

    def __init__(self, rpc: Rpc, *, owner: LocalAccount = OWNER) -> None:
        self.rpc = rpc
        self.chain_id = int(self._result("eth_chainId"), 16)
        self.nonces: dict[str, int] = {}
        contract = Web3().eth.contract(abi=ARTIFACT["abi"], bytecode=ARTIFACT["bytecode"])
        receipt = self._mine(owner, contract.constructor(owner.address).data_in_transaction, to=b"")
        self.address = to_checksum_address(receipt["contractAddress"])
        self.contract = Web3().eth.contract(abi=ARTIFACT["abi"])
        self.errors = {error_selector(entry): entry for entry in ARTIFACT["abi"] if entry["type"] == "error"}

    def code(self) -> bytes:
        return bytes.fromhex(self._result("eth_getCode", self.address, "latest")[2:])

    def send(self, sender: LocalAccount, function: str, *arguments: Any, value: int = 0) -> dict[str, Any]:
        """Mine a transaction and return its receipt; one that is refused comes back with status 0."""
        return self._mine(sender, self._encoded(function, arguments), to=self.address, value=value)

    def call(self, function: str, *arguments: Any, sender: LocalAccount = OPERATOR, value: int = 0) -> tuple[Any, ...]:
        """Return what the function would; raises Reverted."""
        return self.decoded(function, self.call_raw(self._encoded(function, arguments), sender=sender, value=value))

    def call_raw(self, data: str, *, sender: LocalAccount = OPERATOR, value: int = 0) -> bytes:
        """Call with bytes as they are; raises Reverted."""
        call = {"from": sender.address, "to": self.address, "data": data, "gas": hex(GAS), "value": hex(value)}
        answer = self.rpc.request("eth_call", [call, "latest"])
        if "error" in answer:
            raise Reverted(error=self._named(answer["error"].get("data")))
        return bytes.fromhex(answer["result"][2:])

    def decoded(self, function: str, output: bytes) -> tuple[Any, ...]:
        entry = next(entry for entry in ARTIFACT["abi"] if entry.get("name") == function)
        return decode([abi_type(each) for each in entry["outputs"]], output)

    def _encoded(self, function: str, arguments: tuple[Any, ...]) -> str:
        return str(self.contract.encode_abi(function, args=list(arguments)))

    def _named(self, data: str | None) -> str:
        raw = bytes.fromhex((data or "0x")[2:])
        entry = self.errors.get(raw[:4])
        if entry is None:
            return ""
        values = decode([abi_type(each) for each in entry["inputs"]], raw[4:])
        shown = (value.hex() if isinstance(value, bytes) else str(value) for value in values)
        return f"{entry['name']}({', '.join(shown)})"

    def _mine(self, sender: LocalAccount, data: Any, *, to: Any, value: int = 0) -> dict[str, Any]:
        nonce = self.nonces.get(sender.address, 0)
        fields = {"chainId": self.chain_id, "nonce": nonce, "to": to, "value": value, "gas": GAS, "data": data}
        signed = sender.sign_transaction({**fields, "maxFeePerGas": 4 * 10**9, "maxPriorityFeePerGas": 0})
        sent = self._result("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())
        self.nonces[sender.address] = nonce + 1
        return self._receipt(sent)

    def _receipt(self, sent: str) -> dict[str, Any]:
        """Anvil answers before it has mined."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            receipt: dict[str, Any] | None = self._result("eth_getTransactionReceipt", sent)
            if receipt is not None:
                return receipt
            assert time.monotonic() < deadline, f"{sent} is not mined"
            time.sleep(0.02)

    def _result(self, method: str, *params: Any) -> Any:
        answer = self.rpc.request(method, list(params))
        assert "error" not in answer, answer
        return answer["result"]


def abi_type(entry: dict[str, Any]) -> str:
    """The type of a parameter, structs spelt out."""
    if entry["type"].startswith("tuple"):
        return f"({','.join(abi_type(each) for each in entry['components'])}){entry['type'][5:]}"
    return str(entry["type"])


def error_selector(entry: dict[str, Any]) -> bytes:
    return keccak(text=f"{entry['name']}({','.join(abi_type(each) for each in entry['inputs'])})")[:4]


def fund(rpc: Rpc, *accounts: LocalAccount) -> None:
    """Give ether on Anvil; the embedded chain funds owner and operator in its genesis."""
    for account in accounts:
        assert "error" not in rpc.request("anvil_setBalance", [account.address, hex(10**21)])


def account(seed: int) -> LocalAccount:
    """A key for a test."""
    made: LocalAccount = Account.from_key(bytes([seed]) * 32)
    return made


@contextmanager
def embedded(folder: Path) -> Iterator[EmbeddedChain]:
    with new_chain(folder) as chain:
        yield chain


@contextmanager
def anvil(rules: str) -> Iterator[HttpRpc]:
    """An Anvil of one's own under these rules ("paris", "london", …), stopped at the end."""
    program = need_foundry("anvil")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(program),
        "--port",
        str(port),
        "--hardfork",
        rules,
        "--silent",
        "--accounts",
        "0",
        "--base-fee",
        "1000000000",
    ]
    process = subprocess.Popen(command)
    try:
        rpc = HttpRpc(port)
        _wait(rpc, process)
        yield rpc
    finally:
        process.terminate()
        process.wait()


def _wait(rpc: HttpRpc, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            rpc.request("eth_chainId", [])
            return
        except urllib.error.URLError:
            assert process.poll() is None, "anvil ended"
            assert time.monotonic() < deadline, "anvil does not answer"
            time.sleep(0.05)
