"""The store of sealed documents, on a real folder."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import Malformed, Mismatch, Unavailable
from service.blobs import BlobStore, NoSpace, SealedFile, TooLarge

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


def _file(store: BlobStore, content: bytes, *, limit: int = 1 << 20, step: int = 1000) -> SealedFile:
    with store.create(data_key=KEY, limit=limit) as writer:
        for at in range(0, len(content), step):
            writer.write(content[at : at + step])
        return writer.finish()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def store(folder: Path) -> BlobStore:
    return BlobStore(folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(content=st.binary(max_size=3) | st.integers(0, 200_000).map(lambda size: b"\x5a\xa5" * (size // 2)))
def test_blob_reads_back_what_was_written(store: BlobStore, content: bytes) -> None:
    sealed = _file(store, content)

    assert b"".join(store.read(sealed.name, data_key=KEY)) == content
    assert (sealed.size, sealed.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_blob_sm3_is_the_published_example(store: BlobStore) -> None:
    # GB/T 32905-2016, annex A.1
    assert _file(store, b"abc").sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_blob_on_disk_holds_no_plain_byte_run(store: BlobStore, folder: Path) -> None:
    secret = "周小满的病历".encode()
    _file(store, secret * 1000)

    assert all(secret not in path.read_bytes() for path in folder.iterdir())


def test_blob_digest_of_the_sealed_file_is_that_of_the_file(store: BlobStore, folder: Path) -> None:
    sealed = _file(store, b"paper")

    stored = (folder / sealed.name).read_bytes()
    assert (sealed.sealed_size, sealed.sealed_sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    store.verify(sealed.name, sealed_sha256=sealed.sealed_sha256)


def test_blob_of_exactly_the_limit_is_taken(store: BlobStore) -> None:
    assert _file(store, b"x" * 10, limit=10).size == 10


def test_blob_over_the_limit_leaves_nothing(store: BlobStore, folder: Path) -> None:
    with pytest.raises(TooLarge) as refused:
        _file(store, b"x" * 11, limit=10, step=4)

    assert refused.value.limit == 10
    assert list(folder.iterdir()) == []


def test_blob_abandoned_half_way_leaves_nothing(store: BlobStore, folder: Path) -> None:
    with store.create(data_key=KEY, limit=100) as writer:
        writer.write(b"half")

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("place", [0, 40, -1])
def test_blob_with_a_changed_byte_does_not_open(store: BlobStore, folder: Path, place: int) -> None:
    sealed = _file(store, b"paper" * 100)
    stored = bytearray((folder / sealed.name).read_bytes())
    stored[place] ^= 1
    (folder / sealed.name).write_bytes(stored)

    with pytest.raises((Malformed, Mismatch)):
        list(store.read(sealed.name, data_key=KEY))
    with pytest.raises(Mismatch):
        store.verify(sealed.name, sealed_sha256=sealed.sealed_sha256)


def test_blob_under_another_name_does_not_open(store: BlobStore, folder: Path) -> None:
    one, other = _file(store, b"one"), _file(store, b"two")
    (folder / one.name).replace(folder / other.name)

    with pytest.raises(Mismatch):
        list(store.read(other.name, data_key=KEY))


def test_blob_with_another_key_does_not_open(store: BlobStore) -> None:
    with pytest.raises(Mismatch):
        list(store.read(_file(store, b"paper").name, data_key=OTHER_KEY))


def test_blob_that_is_gone_is_unavailable_and_not_a_mismatch(store: BlobStore, folder: Path) -> None:
    sealed = _file(store, b"paper")
    (folder / sealed.name).unlink()

    with pytest.raises(Unavailable):
        list(store.read(sealed.name, data_key=KEY))
    with pytest.raises(Unavailable):
        store.verify(sealed.name, sealed_sha256=sealed.sealed_sha256)


@pytest.mark.parametrize("name", ["../ledger.db", "", "A" * 40, "a" * 39])
def test_blob_name_that_is_not_ours_opens_no_file(store: BlobStore, name: str) -> None:
    with pytest.raises(Mismatch):
        list(store.read(name, data_key=KEY))


def test_sweep_takes_unfinished_files_and_nothing_else(store: BlobStore, folder: Path) -> None:
    finished = _file(store, b"finished")
    (folder / f".{'0' * 40}.part").write_bytes(b"unfinished")
    (folder / "readme.txt").write_text("somebody's note", encoding="utf-8")

    assert store.sweep() == 1

    assert {path.name for path in folder.iterdir()} == {finished.name, "readme.txt"}


def test_orphans_are_listed_and_left_alone(store: BlobStore, folder: Path) -> None:
    kept, orphan = _file(store, b"kept"), _file(store, b"orphan")

    assert store.orphans({kept.name}) == [orphan.name]
    assert {path.name for path in folder.iterdir()} == {kept.name, orphan.name}


def test_discard_forgives_a_file_that_is_gone(store: BlobStore, folder: Path) -> None:
    sealed = _file(store, b"paper")
    store.discard(sealed.name)
    store.discard(sealed.name)

    assert list(folder.iterdir()) == []


def test_full_disk_before_the_file_is_no_space(folder: Path) -> None:
    with pytest.raises(NoSpace):
        BlobStore(folder, min_free_bytes=1 << 62).create(data_key=KEY, limit=1)


@pytest.mark.parametrize("call", ["fsync", "open"])
@pytest.mark.parametrize(("number", "expected"), [(errno.ENOSPC, NoSpace), (errno.EIO, Unavailable)])
def test_disk_fault_is_named_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, expected: type[Exception]
) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(f"service.blobs.os.{call}", fail)

    with pytest.raises(expected):
        _file(BlobStore(folder), b"paper")
    assert list(folder.iterdir()) == []
