"""The directory of a hostile zip file, read without trusting any number in it.

A bundle is the plainest zip file there is: members stored as they are, one behind the other from the first byte, then
the directory, then the end. Whatever two readers could take differently is refused: compression (with it every bomb),
encryption, links, comments, data before, between or behind the members, and headers that contradict the directory.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from ledger.bundle.manifest import MAX_MEMBERS, MAX_PATH_LENGTH
from ledger.errors import Malformed

MAX_DIRECTORY_BYTES = (MAX_MEMBERS + 1) * (46 + MAX_PATH_LENGTH + 32)
"""46 bytes a member by APPNOTE 4.3.12, its path, and the wide sizes and offset of 4.5.3."""

_END = struct.Struct("<4s4H2LH")
_WIDE_LOCATOR = struct.Struct("<4sLQL")
_WIDE_END = struct.Struct("<4sQ2H2L4Q")
_LOCAL = struct.Struct("<4s5H3L2H")
_WIDE_SIZES = struct.Struct("<2H2Q")

_ENTRY_SIZE = 46
_ENTRY_LENGTHS = struct.Struct("<3H")
_ENTRY_LENGTHS_AT = 28
"""An entry of the directory and, in it, the lengths of its name, fields and comment, which follow (APPNOTE 4.3.12)."""

_WIDE_KIND = 1

_MARK_16, _MARK_32 = 0xFFFF, 0xFFFFFFFF
"""Stand where the number is in a wide (zip64) field instead."""

_UNIX = 3

_NEWEST_VERSION = 45
"""Of the zip format, in tenths: the one that brought wide numbers. Whatever needs a later one is no plain file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Where a member's bytes lie in the file."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Directory:
    count: int
    offset: int
    length: int


def read_directory(file: BinaryIO) -> dict[str, Extent]:
    """Return the extents of all members by name, in the order in which they lie; names are as found, unchecked.

    Reads the directory, and of each member only its header. Raises Malformed for anything but a bundle's plain zip file
    of at most `MAX_MEMBERS` members and the manifest.
    """
    directory = _find_directory(file)
    _check_lengths(_read(file, directory.offset, directory.length))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise Malformed("bundle", f"the zip directory cannot be read: {error}") from error
    if len(infos) != directory.count:
        _refuse("the zip directory has another length than it says")
    extents: dict[str, Extent] = {}
    at = 0
    for info in infos:
        _check_plain(info)
        if info.filename in extents:
            _refuse(f"{info.filename!a} appears twice")
        extents[info.filename] = _locate(file, info, at)
        at = extents[info.filename].offset + info.file_size
    if at != directory.offset:
        _refuse("there is data between the members and the directory")
    return extents


def _find_directory(file: BinaryIO) -> _Directory:
    """Bound the directory before anything is read into memory."""
    end = file.seek(0, 2) - _END.size
    mark, *numbers, comment = _END.unpack(_read(file, end, _END.size))
    if mark != b"PK\x05\x06" or comment:
        _refuse("not a zip file that ends with its directory")
    *disks, count, length, offset = numbers
    if count == _MARK_16 or _MARK_32 in {length, offset}:
        end, *disks, count, length, offset = _find_wide_directory(file, end)
    here, start, on_this_disk = disks
    if (here, start, on_this_disk) != (0, 0, count):
        _refuse("a part of a divided archive")
    if not 1 <= count <= MAX_MEMBERS + 1 or length > MAX_DIRECTORY_BYTES:
        _refuse(f"{count} members: a manifest and at most {MAX_MEMBERS} others are read")
    if offset + length != end:
        _refuse("the directory is not where it says")
    return _Directory(count=count, offset=offset, length=length)


def _check_lengths(directory: bytes) -> None:
    """Return when the entries fill the directory: `zipfile` takes one that reaches beyond it for a shorter one."""
    at = 0
    while at + _ENTRY_SIZE <= len(directory):
        at += _ENTRY_SIZE + sum(_ENTRY_LENGTHS.unpack_from(directory, at + _ENTRY_LENGTHS_AT))
    if at != len(directory):
        _refuse("an entry of the directory is cut, or reaches beyond it")


def _find_wide_directory(file: BinaryIO, end: int) -> tuple[int, ...]:
    locator_at = end - _WIDE_LOCATOR.size
    mark, disk, wide_at, disks = _WIDE_LOCATOR.unpack(_read(file, locator_at, _WIDE_LOCATOR.size))
    if mark != b"PK\x06\x07" or disk or disks != 1 or wide_at != locator_at - _WIDE_END.size:
        _refuse("the wide end of the directory is not where it says")
    mark, size, _, _, *numbers = _WIDE_END.unpack(_read(file, wide_at, _WIDE_END.size))
    if mark != b"PK\x06\x06" or size != _WIDE_END.size - 12:
        _refuse("the wide end of the directory is of another form")
    return wide_at, *numbers


def _check_plain(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if name != info.filename:
        _refuse(f"{name[:80]!a} is no path of a member")
    if info.flag_bits:
        _refuse(f"{name[:80]!a} is encrypted, or its sizes follow its data")
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        _refuse(f"{name[:80]!a} is compressed")
    if info.create_system != _UNIX or not stat.S_ISREG(info.external_attr >> 16):
        _refuse(f"{name[:80]!a} is not marked as a plain file")
    if info.extract_version > _NEWEST_VERSION:
        _refuse(f"{name[:80]!a} needs a later version of the zip format")
    if info.comment or info.volume:
        _refuse(f"{name[:80]!a} has a comment, or lies in another part")
    if info.extra and struct.unpack_from("<2H", info.extra.ljust(4, b"\0")) != (_WIDE_KIND, len(info.extra) - 4):
        _refuse(f"{name[:80]!a} has more fields than its wide sizes")


def _locate(file: BinaryIO, info: zipfile.ZipInfo, at: int) -> Extent:
    """Return where the member's data lie, once its own header at `at` says what the directory says."""
    mark, _, flags, method, _, _, crc, compressed, size, name_length, extra_length = _LOCAL.unpack(
        _read(file, at, _LOCAL.size)
    )
    name = info.filename.encode("utf-8", "surrogatepass")
    found = _read(file, at + _LOCAL.size, name_length + extra_length)
    extra = found[name_length:]
    if extra and len(extra) == _WIDE_SIZES.size and (compressed, size) == (_MARK_32, _MARK_32):
        kind, length, size, compressed = _WIDE_SIZES.unpack(extra)
        extra = b"" if (kind, length) == (_WIDE_KIND, 16) else extra
    same = (mark, flags, method, crc, compressed, size, found[:name_length], extra) == (
        b"PK\x03\x04",
        0,
        zipfile.ZIP_STORED,
        info.CRC,
        info.file_size,
        info.file_size,
        name,
        b"",
    )
    if info.header_offset != at or not same:
        _refuse(f"the header of {info.filename[:80]!a} contradicts the directory")
    return Extent(offset=at + _LOCAL.size + name_length + extra_length, size=info.file_size)


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    if at < 0:
        _refuse("too short for a zip file")
    file.seek(at)
    data = file.read(length)
    if len(data) != length:
        _refuse("cut short")
    return data


def _refuse(reason: str) -> NoReturn:
    raise Malformed("bundle", reason)
