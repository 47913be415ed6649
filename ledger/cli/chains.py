"""The chain that a command asks: a node at an address, or the reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Malformed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.chain import LogHistory, Node
    from ledger.trust import Trust, TrustedAnchor


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


def addresses_for(trust: Trust, addresses: Sequence[str]) -> tuple[str | None, ...]:
    """Which of the nodes to ask for each anchor of a trust file: the first that has the anchor's chain.

    With one anchor it is the first node, whatever chain that has: the audit says so. Of several anchors the newest gets
    a node that has nobody's chain, or does not answer, where it has no better one.
    """
    if len(trust.anchors) == 1:
        return (addresses[0] if addresses else None,)
    found = {address: _chain_of(address) for address in addresses}
    wanted = [(anchor.identity.chain_id, anchor.identity.genesis_hash) for anchor in trust.anchors]
    chosen = [next((address for address in addresses if found[address] == chain), None) for chain in wanted]
    strays = [address for address in addresses if found[address] not in wanted]
    return (*chosen[:-1], chosen[-1] or next(iter(strays), None))


def _chain_of(address: str) -> tuple[int, str] | None:
    node = connect_to(address)
    try:
        return node.chain_id(), node.expect_block(0).hash
    except Unavailable:
        return None


def logs_on(trust: Trust, addresses: Sequence[str | None]) -> tuple[LogHistory | None, ...]:
    """The log at each anchor of a trust file, read at the node of its place; None where there is none."""
    return tuple(
        log_on(connect_to(address), anchor) if address else None
        for anchor, address in zip(trust.anchors, addresses, strict=True)
    )


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
