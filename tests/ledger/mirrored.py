"""An operator with a log, a chain and every key, honest or not; and the log as some office is served it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account
from eth_account.signers.local import LocalAccount

from ledger.anchor import Finality
from ledger.chain import ContractCosigner, LogHistory, Waiter
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import Unavailable
from ledger.log import append, consistency, root_at
from ledger.merkle import RootHash
from ledger.mirror import Cosigner, Mirror, MirrorFolder
from ledger.note import NoteSigner
from ledger.statement import Commitment, commitment
from ledger.tiles import EntriesId, TileId, encode_entries, tile_width
from ledger.trust import Trust, TrustedAnchor, TrustedKey
from tests.anchored import ORIGIN, AnchoredLog
from tests.chains import OWNER
from tests.clock import FixedClock
from tests.ledger.audited import MemoryLedger

INSTANT = Finality(kind="instant")
WITNESS: LocalAccount = Account.from_key(b"\x04" * 32)


def entry(index: int, seed: str = "") -> Commitment:
    return Commitment(hashlib.sha256(f"{seed}{index}".encode()).digest())


def signer_of(seed: int, name: str = ORIGIN) -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


SIGNER = signer_of(9)


@dataclass(slots=True)
class Tree:
    """Leaves and their tiles. `fork` is the index from which they are others than in the honest tree."""

    size: int
    fork: int | None = None
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        append(self, 0, self.entries(0, self.size))

    def entries(self, first: int, last: int) -> list[Commitment]:
        return [entry(at, "" if self.fork is None or at < self.fork else "forged") for at in range(first, last)]

    def read_tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self.tiles:
            raise Unavailable("tile", f"{level}/{index}")
        return self.tiles[level, index]

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        self.tiles[level, index] = data

    def root(self, size: int) -> RootHash:
        return root_at(self, size)

    def note(self, size: int, *, signer: NoteSigner = SIGNER, root: bytes | None = None) -> str:
        checkpoint = Checkpoint(origin=signer.vkey.name, size=size, root=RootHash(root or self.root(size)))
        return sign_checkpoint(checkpoint, signer)


class LedgerTree(Tree):
    """The tree of a ledger, and of leaves behind it that may never be published."""

    def __init__(self, ledger: MemoryLedger, hidden: list[Commitment] | None = None) -> None:
        self.leaves = [Commitment(commitment(item.body)) for item in ledger.held] + (hidden or [])
        self.signer = ledger.signer
        super().__init__(size=len(self.leaves))

    def entries(self, first: int, last: int) -> list[Commitment]:
        return self.leaves[first:last]

    def note(self, size: int, **_: object) -> str:
        return signed(self, size, self.root(size))


def signed(tree: LedgerTree, size: int, root: RootHash) -> str:
    return sign_checkpoint(Checkpoint(origin=tree.signer.vkey.name, size=size, root=root), tree.signer)


@dataclass(slots=True)
class Site:
    """What one office is served: the tree up to `size`, as it stands there or as `hurt` has it."""

    tree: Tree
    size: int
    note: str | None = None
    hurt: Callable[[TileId | EntriesId, bytes], bytes | None] | None = None
    asked: list[str] = field(default_factory=list)
    name: str = "log of the test"

    def checkpoint(self) -> bytes:
        return (self.note or self.tree.note(self.size)).encode()

    def get(self, tile: TileId | EntriesId) -> bytes | None:
        self.asked.append(tile.path)
        level = tile.level if isinstance(tile, TileId) else 0
        if tile.width > tile_width(size=self.size, level=level, index=tile.index):
            return None
        if isinstance(tile, EntriesId):
            data = encode_entries(self.tree.entries(tile.index * 256, tile.index * 256 + tile.width))
        else:
            data = self.tree.read_tile(tile.level, tile.index)[: tile.width * 32]
        return self.hurt(tile, data) if self.hurt else data


@dataclass(slots=True)
class Operator:
    """Who anchors the honest tree, or whatever they like, in the real contract."""

    log: AnchoredLog
    tree: Tree = field(default_factory=lambda: Tree(size=1_100))

    def anchor(self, *sizes: int, tree: Tree | None = None) -> None:
        """Append a checkpoint for each size after the first; the first is the size that the log has."""
        tree = tree or self.tree
        for old, new in pairwise(sizes):
            self.claim(old, new, tree.root(new), consistency(tree, old, new))

    def claim(self, old: int, new: int, root: bytes, proof: Sequence[bytes]) -> None:
        """Append a checkpoint under any size that the contract takes."""
        writer = self.log.writer()
        self.log.mine(
            writer.sign_append(nonce=writer.next_nonce(), old_size=old, new_size=new, new_root=root, proof=tuple(proof))
        )

    def name_witness(self, account: LocalAccount = WITNESS, *, named: bool = True) -> None:
        writer = self.log.writer(OWNER)
        self.log.mine(writer.sign_set_witness(nonce=writer.next_nonce(), witness=account.address, named=named))
        self.log.mine(writer.sign_transfer(nonce=writer.next_nonce(), to=account.address, wei=10**18))

    @property
    def trust(self) -> Trust:
        return Trust(
            origin=ORIGIN,
            keys=(TrustedKey(vkey=SIGNER.vkey),),
            anchors=(TrustedAnchor(identity=self.log.identity, finality=INSTANT),),
        )

    def cosigner(self, account: LocalAccount = WITNESS) -> Cosigner:
        return ContractCosigner(self.log.history(), self.log.writer(account), waiter=Waiter(pause=lambda _: None))

    def mirror(self, folder: Path, site: Site, **changed: Any) -> Mirror:
        """A mirror of what `site` serves, with the contract to compare with."""
        folder.mkdir(exist_ok=True)
        settings: dict[str, Any] = {
            "folder": MirrorFolder(folder),
            "log": site,
            "trust": self.trust,
            "clock": FixedClock(),
            "chain": self.log.history(),
            **changed,
        }
        return Mirror(**settings)


class CutOff(LogHistory):
    """A chain that does not answer."""

    def __init__(self) -> None:
        """Nothing to connect to."""

    def identity(self) -> Any:
        raise Unavailable("node", "it does not answer")
