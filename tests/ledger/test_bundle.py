"""The bundle: the same bytes for the same calls, everything back as it was, and no hostile archive opened."""

from __future__ import annotations

import gc
import io
import json
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bundle import MANIFEST, Bundle, BundleWriter, Profile, archive, manifest, open_bundle
from ledger.bundle.manifest import parse_manifest
from ledger.canonical import canonical_bytes
from ledger.errors import LedgerError, Malformed, Mismatch

CREATED_AT = datetime(2026, 7, 20, 1, 30, tzinfo=UTC)

MEMBERS = {
    "trust.json": b"{}\n",
    "statements.jsonl": b'{"leaf_index":0}\n{"leaf_index":1}\n',
    "tiles/tile/0/x001/067.p/5": bytes(range(160)),
    "documents/" + "0a" * 32: b"",
}


def bundle_of(members: Mapping[str, bytes] = MEMBERS, *, streamed: bool = False) -> bytes:
    file = io.BytesIO()
    with BundleWriter(file, profile=Profile.LEDGER, created_at=CREATED_AT) as writer:
        for path, data in members.items():
            if streamed:
                with writer.open(path) as member:
                    for at in range(0, len(data), 7):
                        member.write(data[at : at + 7])
            else:
                writer.write(path, data)
    return file.getvalue()


def opened(data: bytes) -> Bundle:
    return open_bundle(io.BytesIO(data))


def contents(bundle: Bundle) -> dict[str, bytes]:
    return {path: bundle.read(path, max_bytes=1000) for path in bundle.members}


DATA = bundle_of()


# ---------------------------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("streamed", [False, True])
def test_bundle_gives_back_what_was_written(streamed: bool) -> None:
    bundle = opened(bundle_of(streamed=streamed))
    assert contents(bundle) == MEMBERS
    assert bundle.profile is Profile.LEDGER
    assert bundle.created_at == CREATED_AT


@pytest.mark.parametrize("streamed", [False, True])
def test_bundle_has_the_same_bytes_for_the_same_calls(streamed: bool) -> None:
    assert bundle_of(streamed=streamed) == bundle_of(streamed=streamed)


def test_bundle_has_the_same_bytes_as_ever() -> None:
    """Pinned: another zlib, another system or another year must not change a bundle."""
    assert sha256(DATA).hexdigest() == "5b56f28d89f21401e914e9dbac6cece49333b267e9036a1fbc13a908acd48604"


def test_bundle_is_a_zip_file_for_everybody(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(DATA)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist() if name != MANIFEST} == MEMBERS


def test_manifest_names_every_member_with_size_and_digest() -> None:
    with zipfile.ZipFile(io.BytesIO(DATA)) as other:
        value = json.loads(other.read(MANIFEST))
    assert value == {
        "format": "legal-ledger/bundle/v1",
        "profile": "ledger",
        "created_at": "2026-07-20T01:30:00.000Z",
        "members": {path: {"sha256": sha256(data).hexdigest(), "size": len(data)} for path, data in MEMBERS.items()},
    }


def test_manifest_tells_the_time_in_utc() -> None:
    file = io.BytesIO()
    beijing = timezone(timedelta(hours=8))
    with BundleWriter(file, profile=Profile.EVIDENCE, created_at=CREATED_AT.astimezone(beijing)):
        pass
    assert opened(file.getvalue()).created_at == CREATED_AT


def test_bundle_without_members_is_a_bundle() -> None:
    assert dict(opened(bundle_of({})).members) == {}


def test_bundle_opens_from_a_path_and_closes_it(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(DATA)
    with open_bundle(path) as bundle:
        assert contents(bundle) == MEMBERS
    with pytest.raises(ValueError, match="closed"):
        bundle.read("trust.json", max_bytes=10)


def test_bundle_leaves_a_file_that_it_was_given_open() -> None:
    file = io.BytesIO(DATA)
    with open_bundle(file):
        pass
    assert not file.closed


def test_bundle_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_bundle(tmp_path / "none.zip")


def test_streams_of_one_bundle_do_not_disturb_each_other() -> None:
    members = {f"m{number}": bytes([number]) * 300_000 for number in range(4)}
    bundle = opened(bundle_of(members))
    found: dict[str, bytes] = {}

    def read(path: str) -> None:
        with bundle.open(path) as stream:
            found[path] = b"".join(iter(lambda: stream.read(1000), b""))

    threads = [Thread(target=read, args=(path,)) for path in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == members


def test_lines_are_given_without_their_newlines() -> None:
    lines = list(opened(DATA).lines("statements.jsonl", max_line_bytes=16))
    assert lines == [b'{"leaf_index":0}', b'{"leaf_index":1}']


def test_lines_of_an_empty_member_are_none() -> None:
    assert list(opened(DATA).lines("documents/" + "0a" * 32, max_line_bytes=10)) == []


def test_line_longer_than_allowed_is_malformed() -> None:
    with pytest.raises(Malformed, match="no newline within 15 bytes"):
        list(opened(DATA).lines("statements.jsonl", max_line_bytes=15))


def test_last_line_without_newline_is_malformed() -> None:
    bundle = opened(bundle_of({"rows.jsonl": b"{}\n{}"}))
    with pytest.raises(Malformed, match="no newline"):
        list(bundle.lines("rows.jsonl", max_line_bytes=16))


def test_member_larger_than_asked_for_is_malformed() -> None:
    with pytest.raises(Malformed, match="at most 159 are read"):
        opened(DATA).read("tiles/tile/0/x001/067.p/5", max_bytes=159)


def test_member_that_is_not_there_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"there is no .genesis\.json"):
        opened(DATA).read("genesis.json", max_bytes=1)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9]{0,7}\.[a-z]{1,4}", fullmatch=True), st.binary(max_size=300), max_size=6
    )
)
def test_any_plain_members_come_back(members: dict[str, bytes]) -> None:
    bundle = opened(
        bundle_of({f"x{at}/{path}": data for at, (path, data) in enumerate(members.items())}, streamed=True)
    )
    bundle.verify()
    assert list(contents(bundle).values()) == list(members.values())


# ----------------------------------------------------------------------------------------------------------- writing


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "C:/a",
        "a b",
        ".hidden",
        "a/.b",
        "end.",
        "名",
        "a\x00b",
        "a\n",
        "x" * 256,
    ],
)
def test_path_that_is_not_plain_is_not_written(path: str) -> None:
    writer = BundleWriter(io.BytesIO(), profile=Profile.LEDGER, created_at=CREATED_AT)
    with pytest.raises(Malformed, match="no path of a member"):
        writer.write(path, b"")
    writer.close()


@pytest.mark.parametrize("path", ["trust.json", "TRUST.json", "manifest.json", "Manifest.json"])
def test_path_that_is_taken_is_not_written_again(path: str) -> None:
    with BundleWriter(io.BytesIO(), profile=Profile.LEDGER, created_at=CREATED_AT) as writer:
        writer.write("trust.json", b"")
        with pytest.raises(Malformed, match="is taken"):
            writer.write(path, b"")


def test_path_that_is_a_folder_of_another_is_not_written() -> None:
    writer = BundleWriter(io.BytesIO(), profile=Profile.LEDGER, created_at=CREATED_AT)
    writer.write("a/b", b"")
    writer.write("a", b"")
    with pytest.raises(Malformed, match="a is a file and a folder"), writer:
        pass


def begin_and_fail(file: IO[bytes], *, within_a_member: bool) -> None:
    with BundleWriter(file, profile=Profile.LEDGER, created_at=CREATED_AT) as writer:  # type: ignore[arg-type]
        writer.write("a", b"1")
        if not within_a_member:
            raise RuntimeError("disk")
        with writer.open("b") as member:
            member.write(b"2")
            raise RuntimeError("disk")


@pytest.mark.parametrize("within_a_member", [False, True])
def test_bundle_begun_and_abandoned_is_no_bundle(within_a_member: bool) -> None:
    file = io.BytesIO()
    with pytest.raises(RuntimeError, match="disk"):
        begin_and_fail(file, within_a_member=within_a_member)
    gc.collect()
    with pytest.raises(Malformed):
        opened(file.getvalue())


def test_file_that_cannot_seek_is_refused() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(ValueError, match="seekable"):
        BundleWriter(Pipe(), profile=Profile.LEDGER, created_at=CREATED_AT)


def test_more_members_than_are_read_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.bundle.writing.MAX_MEMBERS", 2)
    with BundleWriter(io.BytesIO(), profile=Profile.LEDGER, created_at=CREATED_AT) as writer:
        writer.write("a", b"")
        writer.write("b", b"")
        with pytest.raises(Malformed, match="more than 2"):
            writer.write("c", b"")


def test_large_members_go_through_in_little_memory(tmp_path: Path) -> None:
    path, chunk = tmp_path / "large.zip", bytes(1024 * 1024)
    tracemalloc.start()
    with (
        path.open("wb") as file,
        BundleWriter(file, profile=Profile.LEDGER, created_at=CREATED_AT) as writer,
        writer.open("documents/large") as member,
    ):
        for _ in range(64):
            member.write(chunk)
    with open_bundle(path) as bundle:
        bundle.verify()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * len(chunk)


# ----------------------------------------------------------------------------------------------------------- hostile


def zipped(
    members: Mapping[str, bytes],
    *,
    change: Callable[[zipfile.ZipInfo], None] = lambda info: None,
    names: Mapping[str, bytes] | None = None,
    manifest_bytes: bytes | None = None,
    comment: bytes = b"",
) -> bytes:
    """An archive as somebody else might make it: a manifest that fits `names`, and members changed on the way in."""
    said = members if names is None else names
    if manifest_bytes is None:
        manifest_bytes = manifest_of(said)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as other:
        for path, data in [*members.items(), (MANIFEST, manifest_bytes)]:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = path
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            if path != MANIFEST:
                change(info)
            other.writestr(info, data)
        other.comment = comment
    return file.getvalue()


def manifest_of(held: Mapping[str, bytes], **changed: Any) -> bytes:
    value = {
        "format": "legal-ledger/bundle/v1",
        "profile": "ledger",
        "created_at": "2026-07-20T01:30:00.000Z",
        "members": {path: {"sha256": sha256(data).hexdigest(), "size": len(data)} for path, data in held.items()},
    }
    return canonical_bytes(value | changed) + b"\n"


def refused(data: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        opened(data)


def test_archive_made_elsewhere_in_the_same_plain_way_is_a_bundle() -> None:
    assert contents(opened(zipped(MEMBERS))) == MEMBERS


@pytest.mark.parametrize(
    "path", ["../evil", "/etc/passwd", "a/../../b", "C:/x", "C:\\x", "a\\..\\b", "./a", "a//b", "a/", "nul\x00.txt", ""]
)
def test_path_that_leaves_the_folder_is_refused(path: str) -> None:
    with pytest.raises(Malformed):
        opened(zipped({path: b""}))


def test_paths_that_differ_by_case_alone_are_refused() -> None:
    refused(zipped({"a/B": b"1", "A/b": b"2"}), "the same path")


def test_path_that_is_file_and_folder_is_refused() -> None:
    refused(zipped({"a": b"1", "a/b": b"2"}), "a is a file and a folder")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_member_twice_is_refused() -> None:
    file = io.BytesIO(zipped({"a": b"1"}))
    with zipfile.ZipFile(file, "a") as other:
        info = zipfile.ZipInfo("a")
        info.external_attr, info.create_system = (stat.S_IFREG | 0o644) << 16, 3
        other.writestr(info, b"2")
    refused(file.getvalue(), "'a' appears twice")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR, 0])
def test_anything_but_a_plain_file_is_refused(kind: int) -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.external_attr = (kind | 0o777) << 16

    refused(zipped({"a": b"/etc/passwd"}, change=change), "plain file")


def test_member_made_on_a_system_without_file_types_is_refused() -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.create_system = 0

    refused(zipped({"a": b""}, change=change), "plain file")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_member_is_refused_whatever_its_ratio(method: int) -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.compress_type = method

    refused(zipped({"a": b"honest text"}, change=change), "'a' (is compressed|is encrypted)")


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.compress_type = zipfile.ZIP_DEFLATED

    bomb = zipped({"a": bytes(50_000_000)}, change=change)
    tracemalloc.start()
    refused(bomb, "is compressed")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_encrypted_member_is_refused() -> None:
    data = bytearray(zipped({"a": b"1"}))
    central = data.find(b"PK\x01\x02")
    data[central + 8] |= 1
    refused(bytes(data), "encrypted")


def test_member_whose_sizes_follow_its_data_is_refused() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    file = Pipe()
    with zipfile.ZipFile(file, "w") as other:
        other.writestr("a", b"1")
    refused(file.getvalue(), "sizes follow its data")


def test_comment_of_the_archive_is_refused() -> None:
    refused(zipped({"a": b"1"}, comment=b"hello"), "ends with its directory")


def test_comment_of_a_member_is_refused() -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.comment = b"hello"

    refused(zipped({"a": b"1"}, change=change), "comment")


@pytest.mark.parametrize("field", [28, 30, 32], ids=["name", "extra field", "comment"])
def test_last_entry_that_reaches_beyond_the_directory_is_refused(field: int) -> None:
    data = bytearray(DATA)
    data[DATA.rindex(b"PK\x01\x02") + field + 1] = 2
    refused(bytes(data), "reaches beyond it")


def test_member_that_needs_a_later_zip_version_is_refused() -> None:
    data = bytearray(DATA)
    data[DATA.index(b"PK\x01\x02") + 6] = 46
    refused(bytes(data), "later version")


def test_second_name_in_an_extra_field_is_refused() -> None:
    def change(info: zipfile.ZipInfo) -> None:
        name = b"b"
        body = struct.pack("<BL", 1, zlib.crc32(b"a")) + name
        info.extra = struct.pack("<2H", 0x7075, len(body)) + body

    with pytest.raises(Malformed):
        opened(zipped({"a": b"1"}, change=change))


def test_data_before_the_first_member_is_refused() -> None:
    refused(b"MZ" + DATA, "not where it says")


def test_data_after_the_end_is_refused() -> None:
    refused(DATA + b"\x00", "ends with its directory")


def test_data_between_members_and_directory_is_refused() -> None:
    at = DATA.index(b"PK\x01\x02")
    end = len(DATA) - 22
    offset = struct.unpack_from("<L", DATA, end + 16)[0]
    moved = DATA[:at] + b"hidden" + DATA[at:end] + DATA[end : end + 16] + struct.pack("<LH", offset + 6, 0)
    refused(moved, "between the members and the directory")


def test_overlapping_members_are_refused() -> None:
    """Two entries of the directory that share one body, as a bomb of overlaps has thousands of."""
    data = zipped({"a": b"same body", "b": b"same body"})
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    shared = bytearray(data)
    struct.pack_into("<L", shared, second + 42, 0)
    with pytest.raises(Malformed):
        opened(bytes(shared))


@pytest.mark.parametrize(
    ("field", "offset", "size"), [("CRC", 14, 4), ("compressed size", 18, 4), ("size", 22, 4), ("name", 30, 1)]
)
def test_header_that_contradicts_the_directory_is_refused(field: str, offset: int, size: int) -> None:
    data = bytearray(DATA)
    data[offset : offset + size] = bytes(byte ^ 1 for byte in data[offset : offset + size])
    refused(bytes(data), "contradicts the directory")


@pytest.mark.parametrize("offset", [20, 24])
def test_size_declared_other_than_real_is_refused(offset: int) -> None:
    data = bytearray(DATA)
    central = data.index(b"PK\x01\x02")
    data[central + offset] += 1
    with pytest.raises(Malformed):
        opened(bytes(data))


def test_more_members_than_the_bound_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    refused(DATA, "5 members")


def test_directory_larger_than_the_bound_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", 200)
    refused(DATA, "members")


def test_manifest_larger_than_the_bound_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.bundle.reading.MAX_MANIFEST_BYTES", 100)
    refused(DATA, "at most 100 are read")


def test_part_of_a_divided_archive_is_refused() -> None:
    data = bytearray(DATA)
    data[len(data) - 18] = 1
    refused(bytes(data), "divided")


def test_archive_of_more_members_than_16_bits_count_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    wide = bundle_of()
    assert b"PK\x06\x06" in wide
    # The end says 0xFFFF only for truly that many: write it as a large archive has it.
    wide = wide[:-14] + b"\xff\xff\xff\xff" + wide[-10:]
    assert contents(opened(wide)) == MEMBERS


def test_wide_end_that_lies_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    wide = bytearray(bundle_of())
    wide[-14:-10] = b"\xff\xff\xff\xff"
    locator = wide.index(b"PK\x06\x07")
    wide[locator + 8] ^= 1
    refused(bytes(wide), "wide end")


# ---------------------------------------------------------------------------------------------------------- manifest


def test_archive_without_a_manifest_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as other:
        info = zipfile.ZipInfo("a")
        info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o644) << 16
        other.writestr(info, b"")
    refused(file.getvalue(), "there is no manifest.json")


def test_member_missing_from_the_archive_is_refused() -> None:
    refused(zipped({"a": b"1"}, names={"a": b"1", "b": b"2"}), "'b' is in the manifest and not in the archive")


def test_member_missing_from_the_manifest_is_refused() -> None:
    refused(zipped({"a": b"1", "b": b"2"}, names={"a": b"1"}), "b is in the archive and not in the manifest")


def test_member_of_another_size_is_refused() -> None:
    refused(zipped({"a": b"12"}, names={"a": b"1"}), "a has 2 bytes, the manifest says 1")


def test_member_of_another_digest_is_a_mismatch_when_read() -> None:
    bundle = opened(zipped({"a": b"1", "b": b"2"}, names={"a": b"1", "b": b"3"}))
    assert bundle.read("a", max_bytes=1) == b"1"
    with pytest.raises(Mismatch, match="SHA-256 of b"):
        bundle.read("b", max_bytes=1)


def test_member_of_another_digest_is_a_mismatch_when_all_is_verified() -> None:
    with pytest.raises(Mismatch, match="SHA-256 of b"):
        opened(zipped({"a": b"1", "b": b"2"}, names={"a": b"1", "b": b"3"})).verify()


def test_empty_member_of_another_digest_is_a_mismatch() -> None:
    members = {"a": {"sha256": "00" * 32, "size": 0}}
    bundle = opened(zipped({"a": b""}, manifest_bytes=manifest_of({}, members=members)))
    with pytest.raises(Mismatch):
        bundle.read("a", max_bytes=1)


def test_stream_of_another_digest_gives_its_last_byte_to_nobody() -> None:
    bundle = opened(zipped({"a": bytes(3_000_000)}, names={"a": bytes(2_999_999) + b"\x01"}))
    with bundle.open("a") as stream:
        assert len(stream.read(1_000_000)) == 1_000_000
        with pytest.raises(Mismatch):
            stream.read(2_000_000)


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "legal-ledger/bundle/v2"},
        {"profile": "all"},
        {"profile": None},
        {"created_at": "2026-07-20"},
        {"created_at": None},
        {"members": []},
        {"members": {"a": None}},
        {"members": {"a": {"sha256": "00" * 32}}},
        {"members": {"a": {"sha256": "00" * 31, "size": 1}}},
        {"members": {"a": {"sha256": 1, "size": 1}}},
        {"members": {"a": {"sha256": "00" * 32, "size": -1}}},
        {"members": {"a": {"sha256": "00" * 32, "size": True}}},
        {"note": "extra"},
    ],
)
def test_manifest_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parse_manifest(manifest_of({"a": b"1"}, **changed))


@pytest.mark.parametrize("data", [b"", b"{}\n", b"[]\n", manifest_of({})[:-1], manifest_of({}).replace(b",", b", ")])
def test_manifest_spelt_otherwise_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_manifest(data)


def test_manifest_of_too_many_members_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "MAX_MEMBERS", 1)
    with pytest.raises(Malformed, match="2 members, at most 1 are read"):
        parse_manifest(manifest_of({"a": b"", "b": b""}))


# ----------------------------------------------------------------------------------------------------------- garbage


def try_all(data: bytes) -> None:
    """Open and read; anything but our own errors is a defect."""
    try:
        opened(data).verify()
    except LedgerError:
        return
    assert contents(opened(data)) == MEMBERS


@given(st.binary(max_size=400))
def test_garbage_raises_only_our_errors(data: bytes) -> None:
    with pytest.raises(LedgerError):
        opened(data).verify()


@given(at=st.integers(0, len(DATA) - 1), put=st.binary(min_size=1, max_size=8))
def test_bundle_with_any_piece_overwritten_raises_our_errors_or_is_the_same(at: int, put: bytes) -> None:
    try_all(DATA[:at] + put + DATA[at + len(put) :])


@given(at=st.integers(0, len(DATA)), length=st.integers(0, 80), put=st.binary(max_size=80))
def test_bundle_with_any_piece_replaced_raises_our_errors_or_is_the_same(at: int, length: int, put: bytes) -> None:
    try_all(DATA[:at] + put + DATA[at + length :])


def test_bundle_cut_anywhere_is_refused() -> None:
    for length in range(len(DATA)):
        with pytest.raises(Malformed):
            opened(DATA[:length])


def test_file_cut_short_after_opening_is_malformed() -> None:
    file: IO[bytes] = io.BytesIO(DATA)
    bundle = open_bundle(file)  # type: ignore[arg-type]
    file.truncate(50)
    with pytest.raises(Malformed, match="cut short while it was read"):
        bundle.verify()
