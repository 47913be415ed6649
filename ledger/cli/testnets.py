"""What to replay onto: the embedded chain, an Anvil started here, or a node at an address.

A node takes the original transactions when it speaks Anvil's own methods and stands at its first block; on any other
the checkpoints are anchored anew, with a key of the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.anchor import ChainIdentity
from ledger.bundle_source import BundleSource
from ledger.canonical import sha256
from ledger.chain import connect
from ledger.checkpoint import parse_checkpoint
from ledger.cli.fresh_logs import LocalLog
from ledger.cli.original_chains import AnvilReplay, EmbeddedReplay, running_anvil
from ledger.cli.scratch import scratch_folder
from ledger.embedded import EmbeddedChain, Genesis, new_genesis, parse_genesis
from ledger.embedded.genesis import MAX_GENESIS_SIZE
from ledger.errors import Malformed, Unavailable
from ledger.keys import create_chain_key, load_chain_key
from ledger.log import consistency
from ledger.note import parse_note
from ledger.replay import FreshLog, Head, ReplayChain

if TYPE_CHECKING:
    from ledger.chain import Node

GENESIS: Final = "genesis.json"
EMBEDDED: Final = "embedded"
ANVIL: Final = "anvil"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForOriginals:
    """A chain that takes the original transactions."""

    name: str
    chain: ReplayChain

    def expected_identity(self, trusted: ChainIdentity) -> ChainIdentity:
        """What the audit must meet here. Where blocks cannot be equal, the first one is left open."""
        if self.chain.same_blocks:
            return trusted
        return replace(trusted, genesis_hash=self.chain.ledger().identity().genesis_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForCheckpoints:
    """A chain on which checkpoints are anchored anew."""

    name: str
    log: FreshLog

    def expected_identity(self, trusted: ChainIdentity) -> ChainIdentity:
        """What the audit must meet here: the same code and the same log, on whatever chain this is."""
        found = self.log.ledger().identity()
        return replace(found, code_sha256=trusted.code_sha256, log_id=trusted.log_id)


Testnet = ForOriginals | ForCheckpoints


@contextmanager
def open_testnet(onto: str, source: BundleSource, key: Path | None) -> Iterator[Testnet]:
    """Start or find the chain named; raises Unavailable when it is not to be had, Malformed for a name that is none."""
    identity = source.trust.anchors[-1].identity
    genesis = _genesis_of(source)
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        if onto == EMBEDDED and genesis is not None:
            chain = EmbeddedReplay(folder / "chain", genesis, identity)
            stack.callback(chain.close)
            yield ForOriginals(name=EMBEDDED, chain=chain)
        elif onto == EMBEDDED:
            yield ForCheckpoints(name=EMBEDDED, log=_fresh_embedded(stack, folder, source))
        elif onto == ANVIL:
            if genesis is None:
                raise Unavailable("replay", f"the bundle has no {GENESIS} to start Anvil from; use --onto embedded")
            url = stack.enter_context(running_anvil(folder, source.bundle.read(GENESIS, max_bytes=MAX_GENESIS_SIZE)))
            yield _at(url, source, genesis, key, name=ANVIL)
        else:
            yield _at(onto, source, genesis, key, name="node")


def heads(source: BundleSource) -> Iterator[Head]:
    """The checkpoints of a bundle with the proofs that each extends the one before, made from its tiles.

    Raises Malformed for a note that is none, Unavailable for a tile that the bundle lacks.
    """
    size = 0
    for stored in source.checkpoints():
        checkpoint = parse_checkpoint(parse_note(stored.note).text)
        proof = consistency(_Tiles(source), size, checkpoint.size) if size <= checkpoint.size else []
        yield Head(size=checkpoint.size, root=checkpoint.root, proof=tuple(proof))
        size = checkpoint.size


class _Tiles:
    """A bundle's tiles as a `LogStore`; nothing here is ever written."""

    def __init__(self, source: BundleSource) -> None:
        self._source = source

    def read_tile(self, level: int, index: int) -> bytes:
        """See `LogStore.read_tile`."""
        tile = self._source.tile(level, index)
        if tile is None:
            raise Unavailable("tile", f"level {level}, number {index} is not in the bundle")
        return tile

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        """Refuse: a bundle is only read."""
        raise Unavailable("tile", f"level {level}, number {index}: a bundle is only read, not given {len(data)} bytes")


def _genesis_of(source: BundleSource) -> Genesis | None:
    if GENESIS not in source.bundle.members:
        return None
    return parse_genesis(source.bundle.read(GENESIS, max_bytes=MAX_GENESIS_SIZE))


def _fresh_embedded(stack: ExitStack, folder: Path, source: BundleSource) -> LocalLog:
    # Key and time follow from the bundle, so that its replay gives the same report every time. Nothing hangs on the
    # key: the chain is gone when the report is made.
    account = create_chain_key(folder / "local.key", random=lambda size: sha256(source.trust.origin.encode())[:size])
    genesis = new_genesis(
        funded=[str(account.address)], timestamp=int(source.bundle.created_at.timestamp()), extra_data=bytes(32)
    )
    chain = stack.enter_context(
        EmbeddedChain.create(folder / "chain", genesis=genesis, clock=lambda: source.bundle.created_at, durable=False)
    )
    return LocalLog(connect(chain), account, origin=source.trust.origin)


def _at(url: str, source: BundleSource, genesis: Genesis | None, key: Path | None, *, name: str) -> Testnet:
    """The chain at an address, with the original transactions if it takes them."""
    identity = source.trust.anchors[-1].identity
    node = _connect(url)
    if genesis is not None:
        chain = AnvilReplay(url, identity, gas_limit=genesis.gas_limit)
        if chain.takes_originals(identity.chain_id):
            return ForOriginals(name=name, chain=chain)
    if key is None:
        raise Unavailable(
            "replay", "this node does not take the original transactions; to anchor anew name a funded key with --key"
        )
    return ForCheckpoints(name=name, log=LocalLog(node, load_chain_key(key), origin=source.trust.origin))


def _connect(url: str) -> Node:
    try:
        return connect(url)
    except ValueError as error:
        raise Malformed("--onto", "embedded, anvil, or the http address of a node") from error
