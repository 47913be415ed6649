"""The chain that a command asks: a node at an address, or the reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Malformed, Unavailable

if TYPE_CHECKING:
    from ledger.chain import LogHistory, Node
    from ledger.trust import TrustedAnchor


def connect_to(rpc: str) -> Node:
    """The node at an address; nothing is asked yet. Raises Malformed for an address that is none."""
    try:
        from ledger.chain import connect
    except ImportError as error:
        raise Unavailable("chain", f"{error.name} is not installed, so no node can be asked") from error
    try:
        return connect(rpc)
    except ValueError as error:
        raise Malformed("--rpc", str(error)) from error


def log_on(node: Node, anchor: TrustedAnchor) -> LogHistory:
    """The log of a trusted contract, read at a node."""
    from ledger.chain import Interface, LogHistory, load_artifact

    return LogHistory(
        node,
        Interface(load_artifact()),
        contract=anchor.identity.contract,
        log_id=anchor.identity.log_id,
        finality=anchor.finality,
    )
