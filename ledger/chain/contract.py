"""The ledger's contract as bytes: its artifact, the encoding of calls, the decoding of results, events and refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

from eth_abi.exceptions import DecodingError
from eth_typing import ABI, ABIError, ABIEvent, ABIFunction, HexStr
from eth_utils.abi import (
    event_abi_to_log_topic,
    filter_abi_by_type,
    function_abi_to_4byte_selector,
    get_abi_input_types,
    get_abi_output_types,
)
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.types import LogReceipt

from ledger.canonical import parse_json
from ledger.chain.values import Log
from ledger.errors import Conflict, Malformed, Mismatch

MAX_ARTIFACT_SIZE: Final = 4 * 1024 * 1024
ARTIFACT_NAME: Final = "LegalLedger.json"
SELECTOR_SIZE: Final = 4

Argument = int | str | bytes | bool


class ContractRefused(Conflict):
    """The contract refuses a call: `name` is its custom error, `arguments` that error's facts by name."""

    code = "contract_refused"

    def __init__(self, name: str, arguments: Mapping[str, Argument]) -> None:
        shown = ", ".join(f"{key}={_show(value)}" for key, value in arguments.items())
        super().__init__("contract", f"{name}({shown})")
        self.name = name
        self.arguments = dict(arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """The compiled contract: what is deployed (`bytecode`) and what then stands there (`deployed_bytecode`).

    `code_sha256` is the bare hex SHA-256 of the latter.
    """

    abi: ABI = field(repr=False)
    bytecode: bytes = field(repr=False)
    deployed_bytecode: bytes = field(repr=False)
    code_sha256: str


def read_artifact() -> bytes:
    """Read the file of the contract that this version was released with: from the wheel, or from the checkout.

    Raises FileNotFoundError when the contract was never built.
    """
    packaged = files("ledger") / "_artifact" / ARTIFACT_NAME
    if packaged.is_file():
        return packaged.read_bytes()
    return (Path(__file__).parents[2] / "contracts" / "artifacts" / ARTIFACT_NAME).read_bytes()


def load_artifact() -> Artifact:
    """The contract of `read_artifact`; raises Malformed or Mismatch when the file is damaged."""
    return parse_artifact(read_artifact())


def parse_artifact(data: bytes) -> Artifact:
    """Read an artifact; raises Malformed, and Mismatch when its code is not the one that its digest names."""
    match parse_json(data, max_bytes=MAX_ARTIFACT_SIZE):
        case {
            "abi": list(abi),
            "bytecode": str(bytecode),
            "deployed_bytecode": str(deployed),
            "code_sha256": str(code_sha256),
        }:
            artifact = Artifact(
                abi=cast("ABI", abi),
                bytecode=_code(bytecode),
                deployed_bytecode=_code(deployed),
                code_sha256=code_sha256,
            )
        case _:
            raise Malformed("artifact", "a member is missing or of another type")
    found = hashlib.sha256(artifact.deployed_bytecode).hexdigest()
    if found != code_sha256:
        raise Mismatch("code_sha256 of the artifact", code_sha256, found)
    return artifact


class Interface:
    """Encodes and decodes by the artifact's ABI. Immutable; for any number of threads."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact
        self._web3 = Web3()  # offline: it only encodes and decodes
        self._contract = self._web3.eth.contract(abi=artifact.abi)
        self._functions = {function["name"]: function for function in _functions(artifact.abi)}
        self._events = {bytes(event_abi_to_log_topic(event)): event for event in _events(artifact.abi)}
        self._errors = {bytes(function_abi_to_4byte_selector(error)): error for error in _errors(artifact.abi)}

    def encode(self, function: str, *arguments: Any) -> bytes:
        """The call data of a function."""
        return bytes.fromhex(self._contract.encode_abi(function, args=arguments)[2:])

    def encode_creation(self, *arguments: Any) -> bytes:
        """The data of the transaction that deploys the contract."""
        creation = self._web3.eth.contract(abi=self.artifact.abi, bytecode=HexBytes(self.artifact.bytecode))
        return bytes.fromhex(str(creation.constructor(*arguments).data_in_transaction)[2:])

    def decode(self, function: str, output: bytes) -> tuple[Any, ...]:
        """The values that a view returned; raises Malformed for other bytes, such as those of an empty account."""
        types = get_abi_output_types(self._functions[function])
        try:
            values = self._values(types, output)
        except (DecodingError, UnicodeDecodeError, OverflowError) as error:
            raise Malformed(f"result of {function}", str(error)) from error
        if self._web3.codec.encode(types, values) != output:
            raise Malformed(f"result of {function}", "more bytes than its values have")
        return values

    def topic(self, event: str) -> bytes:
        """The first topic of an event."""
        return next(topic for topic, known in self._events.items() if known["name"] == event)

    def decode_event(self, log: Log) -> tuple[str, Mapping[str, Argument]] | None:
        """Name and arguments of an event, or None when it is not one of ours; raises Malformed when it is misshapen."""
        event = self._events.get(log.topics[0]) if log.topics else None
        if event is None:
            return None
        try:
            decoded = self._contract.events[event["name"]]().process_log(_as_web3(log))
        except (DecodingError, Web3Exception, ValueError, TypeError) as error:
            raise Malformed(f"event {event['name']}", str(error)) from error
        return event["name"], {name: _plain(value) for name, value in decoded["args"].items()}

    def decode_error(self, output: bytes) -> ContractRefused | None:
        """The custom error in revert data, or None when it is none of ours."""
        error = self._errors.get(output[:SELECTOR_SIZE])
        if error is None:
            return None
        try:
            values = self._values(get_abi_input_types(error), output[SELECTOR_SIZE:])
        except DecodingError:
            return None
        names = [str(argument.get("name", "")) for argument in error["inputs"]]
        return ContractRefused(error["name"], dict(zip(names, values, strict=True)))

    def _values(self, types: Sequence[str], encoded: bytes) -> tuple[Any, ...]:
        values = self._web3.codec.decode(types, encoded)
        # eth_abi writes addresses in lower case; here they are EIP-55 everywhere.
        return tuple(to_checksum_address(v) if t == "address" else v for t, v in zip(types, values, strict=True))


def code_digest(code: bytes) -> str:
    """What `ChainIdentity.code_sha256` holds for deployed code."""
    return hashlib.sha256(code).hexdigest()


def log_id_of(origin: str) -> bytes:
    """The contract's name for a log."""
    return hashlib.sha256(origin.encode()).digest()


def _functions(abi: ABI) -> Sequence[ABIFunction]:
    return filter_abi_by_type("function", abi)


def _events(abi: ABI) -> Sequence[ABIEvent]:
    return filter_abi_by_type("event", abi)


def _errors(abi: ABI) -> Sequence[ABIError]:
    return filter_abi_by_type("error", abi)


def _code(text: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise Malformed("artifact", "code is not hexadecimal") from error


def _as_web3(log: Log) -> LogReceipt:
    return cast(
        "LogReceipt",
        {
            "address": log.address,
            "topics": [HexBytes(topic) for topic in log.topics],
            "data": HexBytes(log.data),
            "blockNumber": log.block_number,
            "transactionHash": HexBytes(HexStr(log.transaction_hash)),
            "transactionIndex": 0,
            "blockHash": HexBytes(bytes(32)),
            "logIndex": log.index,
        },
    )


def _plain(value: Any) -> Argument:
    return bytes(value) if isinstance(value, bytes) else cast("Argument", value)


def _show(value: Argument) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
