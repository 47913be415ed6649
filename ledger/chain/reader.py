"""Reads one log of one contract on a node: the ledger's `AnchorReader`."""

from __future__ import annotations

from typing import Any, Final

from ledger.anchor import AnchoredCheckpoint, ChainIdentity, Finality, LogHead, Revocation
from ledger.chain.contract import ContractRefused, Interface, code_digest
from ledger.chain.node import Node
from ledger.chain.rpc import RpcRefusal
from ledger.chain.values import Call
from ledger.errors import Malformed, Unavailable

ROOT_SIZE: Final = 32


class LogReader:
    """An `AnchorReader` over a node. Every answer is asked anew; thread-safe as the node is."""

    def __init__(self, node: Node, interface: Interface, *, contract: str, log_id: str, finality: Finality) -> None:
        """`contract` is an EIP-55 address, `log_id` 0x and 64 hexadecimal digits."""
        self._node = node
        self._interface = interface
        self._contract = contract
        self._log_id = bytes.fromhex(log_id.removeprefix("0x"))
        self._finality = finality

    def identity(self) -> ChainIdentity:
        """What the node and contract are now.

        A node that is not catching up and has no code at the address gives the digest of no code: that is another chain
        than the pinned one, and no outage. Raises Unavailable as the protocol says.
        """
        code = self._node.code(self._contract)
        if not code and self._node.is_syncing():
            raise Unavailable(self._node.name, "the node is still catching up and has no contract yet")
        return ChainIdentity(
            chain_id=self._node.chain_id(),
            genesis_hash=self._node.expect_block(0).hash,
            contract=self._contract,
            code_sha256=code_digest(code),
            log_id="0x" + self._log_id.hex(),
        )

    def head(self) -> LogHead:
        """The newest checkpoint in the newest block that the node knows."""
        count, size, root, time = self._view("head", self._log_id)
        return LogHead(count=count, size=size, root=root, time=time)

    def checkpoint(self, root: bytes) -> AnchoredCheckpoint | None:
        """What the contract holds under `root`, or None."""
        if len(root) != ROOT_SIZE:
            raise Malformed("root", f"expected {ROOT_SIZE} bytes, got {len(root)}")
        ((index, size, time, block_number, previous_block),) = self._view("checkpoint", self._log_id, root)
        if size == 0:
            return None
        return AnchoredCheckpoint(
            index=index, size=size, time=time, block_number=block_number, previous_block=previous_block
        )

    def revocation(self, commitment: bytes) -> Revocation | None:
        """The revocation of `commitment`, or None."""
        if len(commitment) != ROOT_SIZE:
            raise Malformed("commitment", f"expected {ROOT_SIZE} bytes, got {len(commitment)}")
        reason, time = self._view("revocation", self._log_id, commitment)
        return None if reason == 0 else Revocation(reason=reason, time=time)

    def is_final(self, block_number: int) -> bool:
        """Whether that block is final under the network's finality policy."""
        return is_final(self._node, self._finality, block_number)

    def operator(self) -> str | None:
        """The EIP-55 address that may append now; None when the log was never opened."""
        current, _ = self._view("operatorOf", self._log_id)
        return None if int(current, 16) == 0 else str(current)

    def is_witness(self, address: str) -> bool:
        """Whether the owner has named this EIP-55 address a witness of the log."""
        (named,) = self._view("isWitness", self._log_id, address)
        return bool(named)

    def owner(self) -> str:
        """The EIP-55 address that may open logs and name operators and witnesses."""
        (owner,) = self._view("owner")
        return str(owner)

    def has_cosigned(self, *, index: int, witness: str) -> bool:
        """Whether a witness cosigned the checkpoint of that index."""
        (cosigned,) = self._view("hasCosigned", self._log_id, index, witness)
        return bool(cosigned)

    def verify_entry(
        self, *, root: bytes, commitment: bytes, leaf_index: int, proof: tuple[bytes, ...]
    ) -> AnchoredCheckpoint:
        """Let the contract check an inclusion proof; raises ContractRefused when it does not hold."""
        call = Call(
            to=self._contract,
            data=self._interface.encode("verifyEntry", self._log_id, root, commitment, leaf_index, proof),
        )
        (fields, _, _) = self._decode("verifyEntry", run(self._node, self._interface, call))
        index, size, time, block_number, previous_block = fields
        return AnchoredCheckpoint(
            index=index, size=size, time=time, block_number=block_number, previous_block=previous_block
        )

    def _view(self, function: str, *arguments: Any) -> tuple[Any, ...]:
        call = Call(to=self._contract, data=self._interface.encode(function, *arguments))
        try:
            output = self._node.call(call)
        except RpcRefusal as refusal:
            raise Unavailable(self._node.name, f"{function}: {refusal}") from refusal
        return self._decode(function, output)

    def _decode(self, function: str, output: bytes) -> tuple[Any, ...]:
        try:
            return self._interface.decode(function, output)
        except Malformed as error:
            # Above all: no contract at the address, which answers with nothing.
            raise Unavailable(self._node.name, f"{error.what} cannot be read: {error.reason}") from error


def is_final(node: Node, finality: Finality, block_number: int) -> bool:
    """Whether a block is final; raises Unavailable when the node does not have that block."""
    newest = node.head_number()
    if newest < block_number:
        raise Unavailable(node.name, f"the node is behind: its newest block is {newest}, asked about {block_number}")
    match finality.kind:
        case "instant":
            return True
        case "depth":
            return newest - block_number >= finality.depth
        case "tag":
            finalized = node.finalized_number()
            return finalized is not None and finalized >= block_number


def run(node: Node, interface: Interface, call: Call) -> bytes:
    """Run a call; raises ContractRefused with the contract's own error where it gives one, else Unavailable."""
    try:
        return node.call(call)
    except RpcRefusal as refusal:
        raise explain(node, interface, refusal) from refusal


def explain(node: Node, interface: Interface, refusal: RpcRefusal) -> ContractRefused | Unavailable:
    """The contract's own error behind a node's refusal, or Unavailable when there is none."""
    found = interface.decode_error(refusal.data) if refusal.data is not None else None
    return found or Unavailable(node.name, str(refusal))
