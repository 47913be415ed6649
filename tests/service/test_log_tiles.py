"""`/log` as other software sees it: a reader written from the specification, pymerkle, and the published folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from pymerkle import InmemoryTree
from sqlmodel import select
from starlette.testclient import TestClient

from ledger.checkpoint import open_checkpoint
from ledger.errors import Conflict, Mismatch
from ledger.log_folder import LogFolder
from ledger.merkle import prove_consistency, prove_inclusion
from ledger.store.tables import CheckpointRow
from ledger.tiles import TileReader, tile_path
from ledger.trust import parse_trust
from service.publication import publish_log
from tests.clock import FixedClock
from tests.oracles import accepts_consistency
from tests.service.conftest import Service, running
from tests.service.long_log import entry, grow_log
from tests.tile_reader import TiledLog, leaf, paths

SMALL = range(1, 601)
LARGE = (65_535, 65_536, 65_537, 70_000)
SIZES = (*SMALL, *LARGE)
EDGES = {1, 2, 255, 256, 257, 511, 512, 513, 600}


@pytest.fixture(scope="module")
def long_log(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service over a log of 70,000 leaves with 604 checkpoints; its anchorer rests."""
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("long") / "var"))
    grow_log(home, SIZES)
    with pytest.MonkeyPatch.context() as patch:
        from ledger.anchorer import Progress

        patch.setattr("ledger.anchorer.Anchorer.step", lambda _: Progress(moved=0, sealed=None, busy=False))
        with running(home, FixedClock()) as service:
            yield service


@pytest.fixture(scope="module")
def reader(long_log: Service) -> TiledLog:
    """The independent reader of that log, over HTTP."""
    return TiledLog(lambda path: served(long_log.client, path))


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    """The same tree, by pymerkle."""
    return InmemoryTree.init_from_entries([entry(index) for index in range(LARGE[-1])], algorithm="sha256")


@pytest.fixture(scope="module")
def roots(long_log: Service) -> dict[int, bytes]:
    """The root that the log signed for each size."""
    keys = long_log.runtime.trust.keys_for(1)
    with long_log.runtime.read() as session:
        checkpoints = [open_checkpoint(row.note, keys) for row in session.exec(select(CheckpointRow))]
    return {checkpoint.size: checkpoint.root for checkpoint in checkpoints}


def served(client: TestClient, path: str) -> bytes:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    return answer.content


def drawn(random: Random, scale: int) -> list[int]:
    """The small sizes to look at in this tier: all of them, or the edges and some others."""
    others = sorted(set(SMALL) - EDGES)
    return sorted(EDGES | set(random.sample(others, min(scale, len(others)))))


@pytest.mark.scaled(quick=25, ci=200, full=591)
def test_reader_and_pymerkle_agree_with_the_log_at_small_sizes(
    reader: TiledLog, roots: dict[int, bytes], oracle: InmemoryTree, scale: int, seed: int
) -> None:
    for size in drawn(Random(seed), scale):
        assert reader.checked_root(size) == roots[size] == oracle.get_root(size), size


@pytest.mark.longer
@pytest.mark.parametrize("size", LARGE)
def test_reader_and_pymerkle_agree_with_the_log_at_large_sizes(
    reader: TiledLog, roots: dict[int, bytes], oracle: InmemoryTree, size: int
) -> None:
    assert reader.checked_root(size) == roots[size] == oracle.get_root(size)


def test_checkpoint_is_the_signed_root_of_what_is_served(long_log: Service, reader: TiledLog) -> None:
    answer = long_log.client.get("/log/checkpoint")
    trust = parse_trust(long_log.client.get("/api/v1/trust").content)

    checkpoint = open_checkpoint(answer.text, trust.keys_for(LARGE[-1]))

    assert (checkpoint.size, checkpoint.root) == (LARGE[-1], reader.checked_root(LARGE[-1]))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=1"


@pytest.mark.scaled(quick=40, ci=1_000, full=10_000)
def test_pymerkle_accepts_the_path_of_a_leaf_in_the_served_tiles_at_each_size(
    reader: TiledLog, oracle: InmemoryTree, scale: int, seed: int
) -> None:
    random = Random(seed)
    # every size once before any a second time
    sizes = [*random.sample(SIZES, len(SIZES)), *random.choices(SIZES, k=scale)][:scale]
    for size in sizes:
        index = random.randrange(size)
        path = prove_inclusion(index=index, size=size, read=_tiles(reader, size))
        # pymerkle counts leaves from 1 and puts the leaf itself at the front of its path
        assert [leaf(entry(index)), *path] == oracle.prove_inclusion(index + 1, size).path, (index, size)


@pytest.mark.longer
@pytest.mark.scaled(quick=200, ci=5_000, full=1_000_000)
def test_every_checkpoint_is_consistent_with_every_later_one(
    reader: TiledLog, roots: dict[int, bytes], scale: int, seed: int
) -> None:
    pairs = list(combinations(SIZES, 2))
    for size1, size2 in Random(seed).sample(pairs, min(scale, len(pairs))):
        proof = prove_consistency(size1=size1, size2=size2, read=_tiles(reader, size2))
        assert accepts_consistency(size1=size1, size2=size2, root1=roots[size1], root2=roots[size2], proof=proof), (
            size1,
            size2,
        )


def _tiles(reader: TiledLog, size: int) -> TileReader:
    return TileReader(size=size, load=lambda level, index, width: reader.get(tile_path(level, index, width)))


def test_head_of_a_tile_says_what_a_web_server_says(long_log: Service) -> None:
    get, head = (long_log.client.request(method, "/log/tile/0/000") for method in ("GET", "HEAD"))

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"] == "8192"


def test_tile_that_is_not_there_yet_is_not_kept_by_a_cache(long_log: Service) -> None:
    answer = long_log.client.get("/log/tile/0/x001/000")

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


# ---------------------------------------------------------------------------------------------- the published folder


@pytest.fixture(scope="module")
def folder(long_log: Service, tmp_path_factory: pytest.TempPathFactory) -> LogFolder:
    """The folder that `publish` made of that log."""
    folder = LogFolder(tmp_path_factory.mktemp("published") / "log")
    _publish(long_log, folder)
    return folder


def _publish(service: Service, folder: LogFolder) -> int:
    with service.runtime.read() as session:
        return publish_log(session, folder, origin=service.runtime.origin).added


def _files(folder: LogFolder) -> dict[str, bytes]:
    files = (path for path in folder.root.rglob("*") if path.is_file())
    return {path.relative_to(folder.root).as_posix(): path.read_bytes() for path in files}


@pytest.mark.longer
def test_published_files_are_those_served_byte_for_byte(long_log: Service, folder: LogFolder) -> None:
    files = _files(folder)

    assert files.pop("checkpoint") == long_log.client.get("/log/checkpoint").content
    assert {path: served(long_log.client, path) for path in files} == files
    assert set(paths(LARGE[-1])) <= set(files)


def test_published_files_hold_the_edge_of_every_checkpoint_that_has_not_become_full(folder: LogFolder) -> None:
    wanted = {path for size in SIZES for path in paths(size) if ".p/" in path}
    full = {path.partition(".p/")[0] for path in wanted} & set(_files(folder))

    assert {path for path in wanted if path.partition(".p/")[0] not in full} <= set(_files(folder))


def test_published_files_may_be_read_by_a_web_server(folder: LogFolder) -> None:
    modes = {path.stat().st_mode & 0o777 for path in folder.root.rglob("*")}

    assert modes == {0o644, 0o755}


def test_publishing_again_adds_nothing(long_log: Service, folder: LogFolder) -> None:
    assert _publish(long_log, folder) == 0


def test_publishing_goes_on_where_it_was_cut_off(
    long_log: Service, folder: LogFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = LogFolder(tmp_path / "log")
    add, left = LogFolder.add, iter(range(100))

    def add_some(self: LogFolder, *arguments: object) -> bool:
        next(left)  # StopIteration: the process is gone
        return add(self, *arguments)  # type: ignore[arg-type]  # the same arguments

    with monkeypatch.context() as patched:
        patched.setattr(LogFolder, "add", add_some)
        with pytest.raises(StopIteration):
            _publish(long_log, cut)
    assert cut.checkpoint() is None

    _publish(long_log, cut)

    assert _files(cut) == _files(folder)


def test_publishing_never_writes_over_what_was_published(long_log: Service, folder: LogFolder, tmp_path: Path) -> None:
    other = LogFolder(Path(shutil.copytree(folder.root, tmp_path / "log")))
    (other.root / "checkpoint").unlink()
    tile = other.root / "tile/0/000"
    tile.write_bytes(bytes(8192))

    with pytest.raises(Mismatch, match="tile/0/000"):
        _publish(long_log, other)

    assert tile.read_bytes() == bytes(8192)
    assert other.checkpoint() is None


def test_folder_of_another_log_is_refused(long_log: Service, folder: LogFolder, tmp_path: Path) -> None:
    other = LogFolder(Path(shutil.copytree(folder.root, tmp_path / "log")))
    note = (other.root / "checkpoint").read_text()
    (other.root / "checkpoint").write_text(note.replace(long_log.runtime.origin, "another.example/log"))

    with pytest.raises(Conflict, match=r"another\.example/log"):
        _publish(long_log, other)


def test_folder_ahead_of_the_database_is_refused(long_log: Service, folder: LogFolder, tmp_path: Path) -> None:
    other = LogFolder(Path(shutil.copytree(folder.root, tmp_path / "log")))
    note = (other.root / "checkpoint").read_text()
    (other.root / "checkpoint").write_text(note.replace(f"\n{LARGE[-1]}\n", f"\n{LARGE[-1] + 1}\n"))

    with pytest.raises(Conflict, match="the database has fewer"):
        _publish(long_log, other)


def test_folder_with_another_history_is_refused(long_log: Service, folder: LogFolder, tmp_path: Path) -> None:
    other = LogFolder(Path(shutil.copytree(folder.root, tmp_path / "log")))
    note = (other.root / "checkpoint").read_text()
    (other.root / "checkpoint").write_text(note.replace(f"\n{LARGE[-1]}\n", "\n600\n"))

    with pytest.raises(Mismatch, match="published root of 600"):
        _publish(long_log, other)
