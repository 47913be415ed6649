"""What everybody may see of the log: its newest checkpoint, its tiles and entries (C2SP tlog-tiles), its network.

Entries are commitments: nobody learns from them what a statement says. `publish_log` writes as files what is served.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from ledger.anchor import AnchorReader, render_finality
from ledger.canonical import render_time
from ledger.errors import Conflict, Malformed, Mismatch, Unavailable
from ledger.log import LogStore, root_at
from ledger.log_folder import LogFolder
from ledger.merkle import HASH_SIZE
from ledger.store.journal import anchored_sizes, newest_checkpoint
from ledger.store.logstore import SqlLogStore
from ledger.store.tables import CheckpointRow, StatementRow
from ledger.tiles import (
    TILE_WIDTH,
    EntriesId,
    TileId,
    encode_entries,
    parse_tile_path,
    partial_tiles_of,
    tile_width,
    tiles_of,
)
from ledger.trust import Evidence, Trust
from service.access import NotFound
from service.anchoring import AnchoringStatus

if TYPE_CHECKING:
    from sqlmodel import Session


class NoCheckpoint(NotFound):
    """Nothing was sealed yet: a log without a checkpoint publishes nothing."""

    code = "no_checkpoint"

    def __init__(self) -> None:
        super().__init__("checkpoint")


def published_checkpoint(session: Session) -> str:
    """The signed note of the newest checkpoint; raises NoCheckpoint before the first."""
    row = session.exec(select(CheckpointRow).order_by(col(CheckpointRow.size).desc()).limit(1)).first()
    if row is None:
        raise NoCheckpoint
    return row.note


def published_tile(session: Session, path: str) -> bytes:
    """A tile or entry bundle, full or partial, of the tree of the newest checkpoint; raises NotFound for any other."""
    try:
        wanted = parse_tile_path(path)
    except Malformed as error:
        raise NotFound("tile") from error
    level = 0 if isinstance(wanted, EntriesId) else wanted.level
    if wanted.width > tile_width(size=newest_checkpoint(session).size, level=level, index=wanted.index):
        raise NotFound("tile")
    if isinstance(wanted, EntriesId):
        return _entries(session, wanted)
    store: LogStore = SqlLogStore(session)
    return store.read_tile(wanted.level, wanted.index)[: wanted.width * HASH_SIZE]


def _entries(session: Session, wanted: EntriesId) -> bytes:
    first = wanted.index * TILE_WIDTH
    query = (
        select(StatementRow.commitment)
        .where(col(StatementRow.leaf_index) >= first)
        .where(col(StatementRow.leaf_index) < first + wanted.width)
        .order_by(col(StatementRow.leaf_index))
    )
    commitments = session.exec(query).all()
    if len(commitments) != wanted.width:
        raise Unavailable("entries", "a statement of this bundle is missing: run the audit")
    return encode_entries([bytes.fromhex(text) for text in commitments])


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a folder publishes after `publish_log`: the size of its checkpoint, and how many files that added."""

    size: int
    added: int


def publish_log(session: Session, folder: LogFolder, *, origin: str) -> Published:
    """Bring a folder up to the newest checkpoint: every file that `/log` serves of it, with the same bytes.

    Files are only ever added, the checkpoint is replaced last; what was cut off is gone on with. Raises NoCheckpoint,
    Conflict when the folder belongs to another log or is ahead of this one, Mismatch when it contradicts it.
    """
    note, newest = published_checkpoint(session), newest_checkpoint(session).size
    since = _published_size(session, folder, origin)
    added = 0
    for tile in chain(tiles_of(newest, since=since), _earlier_edges(session, newest, since)):
        added += folder.add(tile, published_tile(session, tile.path))
        if tile.level == 0:
            entries = EntriesId(index=tile.index, width=tile.width)
            added += folder.add(entries, published_tile(session, entries.path))
    folder.publish(note)
    return Published(size=newest, added=added)


def _earlier_edges(session: Session, newest: int, since: int) -> Iterator[TileId]:
    """The partial tiles of the checkpoints in between, as far as they have not become full: those must be served."""
    edges = (tile for size in _sizes_since(session, since) for tile in partial_tiles_of(size))
    for tile in dict.fromkeys(edges):
        if tile_width(size=newest, level=tile.level, index=tile.index) < TILE_WIDTH:
            yield tile


def _published_size(session: Session, folder: LogFolder, origin: str) -> int:
    """How far the folder is, once it is found to be this log's; 0 for an empty one."""
    there = folder.checkpoint()
    if there is None:
        return 0
    if there.origin != origin:
        raise Conflict("publish", f"{folder.root} publishes the log {there.origin}, not {origin}")
    if there.size > newest_checkpoint(session).size:
        raise Conflict("publish", f"{folder.root} publishes {there.size} statements, the database has fewer")
    store: LogStore = SqlLogStore(session)
    root = root_at(store, there.size)
    if root != there.root:
        raise Mismatch(f"published root of {there.size} statements", root, there.root)
    return there.size


def _sizes_since(session: Session, size: int) -> Sequence[int]:
    query = select(CheckpointRow.size).where(CheckpointRow.size > size).order_by(col(CheckpointRow.size))
    return session.exec(query).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSizes:
    """How far the log has come, in statements: recorded in all, sequenced, mined and final in the contract."""

    recorded: int
    sequenced: int
    anchored: int
    final: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """The pinned network, and how anchoring stands. `evidence` is none or witnessed; none is a test network."""

    origin: str
    chain_id: int
    genesis_hash: str
    contract: str
    code_sha256: str
    log_id: str
    finality: str
    evidence: str
    test_network: bool
    log: LogSizes
    anchoring: str
    anchoring_since: str


def read_network(session: Session, trust: Trust, status: AnchoringStatus) -> NetworkView:
    """The network that new checkpoints go to; asks the database alone."""
    anchor = trust.anchors[-1]
    return NetworkView(
        origin=trust.origin,
        chain_id=anchor.identity.chain_id,
        genesis_hash=anchor.identity.genesis_hash,
        contract=anchor.identity.contract,
        code_sha256=anchor.identity.code_sha256,
        log_id=anchor.identity.log_id,
        finality=render_finality(anchor.finality),
        evidence=anchor.evidence.value,
        test_network=anchor.evidence is Evidence.NONE,
        log=read_sizes(session),
        anchoring=status.state,
        anchoring_since=render_time(status.since),
    )


def read_sizes(session: Session) -> LogSizes:
    """How far the log has come."""
    anchored, final = anchored_sizes(session)
    return LogSizes(
        recorded=session.exec(select(func.count()).select_from(StatementRow)).one(),
        sequenced=newest_checkpoint(session).size,
        anchored=anchored,
        final=final,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHealth:
    """Whether the chain answers, is the pinned one, and what its contract holds. `problem` is a code, or None."""

    reachable: bool
    size: int | None
    problem: str | None


def check_chain(trust: Trust, reader: AnchorReader) -> ChainHealth:
    """Ask the chain; never raises."""
    try:
        found = reader.identity()
        head = reader.head()
    except Unavailable:
        return ChainHealth(reachable=False, size=None, problem="chain_unreachable")
    if found != trust.anchors[-1].identity:
        return ChainHealth(reachable=True, size=None, problem="wrong_chain")
    return ChainHealth(reachable=True, size=head.size, problem=None)
