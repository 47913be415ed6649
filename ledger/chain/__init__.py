"""Chains over JSON-RPC, in this process or anywhere: reading, writing, history and set-up of a log's contract.

    node = connect("http://127.0.0.1:8545")     # or connect(embedded_chain)
    interface = Interface(load_artifact())
    reader = LogReader(node, interface, contract=…, log_id=…, finality=parse_finality("depth:12"))
    verify_identity(pinned=pinned, found=reader.identity())

Nothing else in the ledger imports web3.
"""

from __future__ import annotations

from datetime import timedelta

from ledger.recursion import recursion_limit_kept

with recursion_limit_kept():
    from ledger.chain.contract import (
        Artifact,
        ContractRefused,
        Interface,
        code_digest,
        load_artifact,
        log_id_of,
        parse_artifact,
        read_artifact,
    )
    from ledger.chain.cosigning import ContractCosigner
    from ledger.chain.history import (
        ChainCheckpoint,
        ChainCosignature,
        ChainRevocation,
        ChainTransaction,
        LogHistory,
        LogOpened,
        OperatorChange,
    )
    from ledger.chain.node import Node
    from ledger.chain.reader import LogReader, is_final
    from ledger.chain.rpc import HttpProvider, InProcessNode, InProcessProvider, Rpc, RpcRefusal, node_name
    from ledger.chain.setup import SetUp, created_address, set_up_log
    from ledger.chain.transactions import RawTransaction, decode_transaction
    from ledger.chain.values import Block, Call, Log, Receipt
    from ledger.chain.writer import LogWriter, Sender, Waiter, settle

DEFAULT_TIMEOUT = timedelta(seconds=10)


def connect(target: str | InProcessNode, *, timeout: timedelta = DEFAULT_TIMEOUT) -> Node:
    """Make a node of an http(s) address, or of a chain in this process such as the embedded one.

    Nothing is asked yet. Raises ValueError for an address of another kind.
    """
    if not isinstance(target, str):
        return Node(Rpc(InProcessProvider(target), "embedded chain"))
    if not target.startswith(("http://", "https://")):
        raise ValueError("a chain's address begins with http:// or https://")
    return Node(Rpc(HttpProvider(target, timeout=timeout), node_name(target)))


__all__ = [
    "DEFAULT_TIMEOUT",
    "Artifact",
    "Block",
    "Call",
    "ChainCheckpoint",
    "ChainCosignature",
    "ChainRevocation",
    "ChainTransaction",
    "ContractCosigner",
    "ContractRefused",
    "HttpProvider",
    "InProcessNode",
    "InProcessProvider",
    "Interface",
    "Log",
    "LogHistory",
    "LogOpened",
    "LogReader",
    "LogWriter",
    "Node",
    "OperatorChange",
    "RawTransaction",
    "Receipt",
    "Rpc",
    "RpcRefusal",
    "Sender",
    "SetUp",
    "Waiter",
    "code_digest",
    "connect",
    "created_address",
    "decode_transaction",
    "is_final",
    "load_artifact",
    "log_id_of",
    "node_name",
    "parse_artifact",
    "read_artifact",
    "set_up_log",
    "settle",
]
