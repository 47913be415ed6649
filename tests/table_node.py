"""A node that answers JSON-RPC from a table, so that two implementations can be given the same chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from ledger.anchor import ChainIdentity, Finality
from ledger.canonical import JsonValue
from ledger.chain import Interface, LogReader, connect, load_artifact
from ledger.trust import Trust
from tests.fakes import IDENTITY
from tests.receipts import FIELDS, FILE, World, make_world, trust_in

INTERFACE = Interface(load_artifact())
SELECTOR = len("eth_call 0x00000000")

CODE = bytes.fromhex("60806040")
"""What stands at the contract's address; nothing runs it."""

CODED_IDENTITY = replace(IDENTITY, code_sha256=sha256(CODE).hexdigest())

Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TableNode:
    """`ledger.chain.InProcessNode` over a table. A call that it does not hold finds nothing in the contract."""

    table: Table

    def request(self, method: str, params: JsonValue) -> Mapping[str, JsonValue]:
        key = key_of(method, params)
        return self.table.get(key) or self.table[key[:SELECTOR]]

    def reader(self, identity: ChainIdentity, finality: Finality) -> LogReader:
        return LogReader(
            connect(self), INTERFACE, contract=identity.contract, log_id=identity.log_id, finality=finality
        )


def key_of(method: str, params: Any) -> str:
    """The key of a question: its method, and the first parameter or the data of the call."""
    if not params:
        return method
    return f"{method} {params[0]['data'] if method == 'eth_call' else params[0]}"


def file_of(number: int) -> bytes:
    """The file of record `number`, from 0."""
    return FILE + b" %d" % number


def coded_world(sizes: Sequence[int] = (5, 8, 9, 12)) -> World:
    """The world of `tests.receipts` with a file of its own for each record, and a contract whose code can be shown."""
    world = make_world(sizes, fields_of=lambda number: FIELDS | {"sha256": sha256(file_of(number)).hexdigest()})
    world.chain.identity_ = CODED_IDENTITY
    return replace(world, trust=trust_in(CODED_IDENTITY))


def table_of(world: World, *, lag: int = 0) -> dict[str, dict[str, Any]]:
    """What a node of the world's chain answers; one that is `lag` blocks behind knows nothing of what came after."""
    chain, identity = world.chain, world.chain.identity_
    log_id = bytes.fromhex(identity.log_id[2:])
    block = chain.block - lag
    known = [(root, held) for root, held in chain.checkpoints if held.block_number <= block]
    root, newest = known[-1] if known else (bytes(32), None)
    head = (len(known), newest.size, root, newest.time) if newest else (0, 0, root, 0)
    answers: dict[str, Any] = {
        "eth_chainId": hex(identity.chain_id),
        "eth_syncing": False,
        "eth_blockNumber": hex(block),
        f"eth_getCode {identity.contract}": "0x" + CODE.hex(),
        "eth_getBlockByNumber 0x0": _block(0, identity.genesis_hash),
        "eth_getBlockByNumber finalized": _block(max(0, block - chain.depth), "0x" + "0f" * 32),
        _call("head", log_id): _words(*head),
        _call("checkpoint", log_id, bytes(32))[:SELECTOR]: _words(0, 0, 0, 0, 0),
        _call("revocation", log_id, bytes(32))[:SELECTOR]: _words(0, 0),
    }
    for root, held in known:
        answers[_call("checkpoint", log_id, root)] = _words(
            held.index, held.size, held.time, held.block_number, held.previous_block
        )
    for commitment, (revocation, revoked_in) in chain.revocations.items():
        if revoked_in > block:
            continue
        answers[_call("revocation", log_id, commitment)] = _words(revocation.reason, revocation.time)
    return {key: {"result": answer} for key, answer in answers.items()}


def trusted_reader(trust: Trust, table: Table, size: int) -> LogReader | None:
    """What the command line builds for a receipt of that size."""
    anchor = trust.anchor_for(size)
    return TableNode(table).reader(anchor.identity, anchor.finality) if anchor else None


def _call(function: str, *arguments: Any) -> str:
    return "eth_call 0x" + INTERFACE.encode(function, *arguments).hex()


def _words(*values: int | bytes) -> str:
    return "0x" + "".join((v if isinstance(v, bytes) else v.to_bytes(32, "big")).hex() for v in values)


def _block(number: int, block_hash: str) -> dict[str, Any]:
    return {
        "number": hex(number),
        "hash": block_hash,
        "timestamp": "0x1",
        "stateRoot": "0x" + "0e" * 32,
        "transactions": [],
    }
