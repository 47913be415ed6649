"""A mirror on disk.

trust.json          whom this institution trusts, copied at the first start
mirror.json         how far the contract was followed: the newest checkpoint that was final in it, and cosigned
checkpoints.jsonl   every checkpoint taken, {"size", "note", "transaction_hash"}, the last always null
tiles/              the log: `checkpoint`, `tile/…`, `tile/entries/…`; any web server can serve this folder
incoming/           entries downloaded and not yet verified; with a `checkpoint` in it, verified and being put in place
alarms/             proofs of contradictions, one folder each
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.canonical import JsonValue, canonical_bytes, parse_json
from ledger.durable import replace_file
from ledger.errors import Conflict, Malformed, Unavailable
from ledger.log_folder import LogFolder
from ledger.merkle import HASH_SIZE
from ledger.trust import MAX_TRUST_BYTES, Trust, parse_trust, render_trust

FORMAT: Final = "legal-ledger/mirror/v1"
MAX_STATE_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far the contract was followed: its first `count` checkpoints are in the mirror's tree.

    The last of them is (size, root). The first `cosigned` of them need no cosignature of ours any more; None before a
    witness key was ever used.
    """

    count: int = 0
    size: int = 0
    root: bytes = bytes(HASH_SIZE)
    cosigned: int | None = None


class MirrorFolder:
    """The files of one mirror; `held` guards that one process writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tiles = LogFolder(root / "tiles")
        self.incoming = LogFolder(root / "incoming")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the one process that writes here; raises Conflict when another one does, Unavailable."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / ".lock").open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield
        except BlockingIOError as error:
            raise Conflict("mirror", f"another process keeps {self.root}") from error

    def pin(self, trust: Trust) -> None:
        """Remember whom this mirror trusts. Raises Conflict when it was begun for another log, Unavailable.

        Keys and chains may be added to the file later; the log's name stays.
        """
        path = self.root / "trust.json"
        held = parse_trust(_read(path, MAX_TRUST_BYTES)) if path.exists() else None
        if held is not None and held.origin != trust.origin:
            raise Conflict("mirror", f"{self.root} mirrors the log {held.origin}, not {trust.origin}")
        if held != trust:
            _replace(path, render_trust(trust))

    @property
    def followed(self) -> Followed:
        """How far the contract was followed. Raises Malformed for a damaged file, Unavailable."""
        path = self.root / "mirror.json"
        if not path.exists():
            return Followed()
        match parse_json(_read(path, MAX_STATE_BYTES), max_bytes=MAX_STATE_BYTES):
            case {
                "format": "legal-ledger/mirror/v1",
                "count": int(count),
                "size": int(size),
                "root": str(root),
                "cosigned": int() | None as cosigned,
            }:
                return Followed(count=count, size=size, root=_hash(root), cosigned=cosigned)
        raise Malformed(str(path), f"not of the form {FORMAT}")

    @followed.setter
    def followed(self, state: Followed) -> None:
        content: dict[str, JsonValue] = {
            "format": FORMAT,
            "count": state.count,
            "size": state.size,
            "root": state.root.hex(),
            "cosigned": state.cosigned,
        }
        _replace(self.root / "mirror.json", canonical_bytes(content) + b"\n")

    def remember(self, note: str, *, size: int) -> None:
        """Add a checkpoint to the list, once; a line that a crash cut short is cut off first. Raises Unavailable."""
        line = canonical_bytes({"size": size, "note": note, "transaction_hash": None}) + b"\n"
        try:
            with (self.root / "checkpoints.jsonl").open("a+b") as file:
                whole, newest = _whole_lines(file.fileno())
                file.truncate(whole)
                if newest < size:
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise Unavailable(str(self.root), error.strerror or type(error).__name__) from error

    def drop_incoming(self) -> None:
        """Throw away what was downloaded and is not needed, or not good. Its checkpoint goes first."""
        (self.incoming.root / "checkpoint").unlink(missing_ok=True)
        shutil.rmtree(self.incoming.root, ignore_errors=True)
        self.incoming = LogFolder(self.incoming.root)

    @property
    def alarms(self) -> Path:
        """Where proofs are kept. A person who has dealt with one moves its folder away."""
        return self.root / "alarms"

    @property
    def open_alarms(self) -> list[str]:
        """The alarms that nobody has dealt with yet."""
        return sorted(path.parent.name for path in self.alarms.glob("*/alarm.json"))


def _whole_lines(descriptor: int) -> tuple[int, int]:
    """The bytes up to the last newline, and the size that the last line names."""
    end, tail = os.fstat(descriptor).st_size, b""
    while end - len(tail) > 0 and tail.count(b"\n") < 2:  # noqa: PLR2004 - the newline before the last line, and its own
        start = max(0, end - len(tail) - MAX_STATE_BYTES)
        tail = os.pread(descriptor, end - start, start)
    cut = tail.rfind(b"\n") + 1
    lines = tail[:cut].splitlines()
    if not lines:
        return end - len(tail) + cut, 0
    try:
        last: object = json.loads(lines[-1])
    except ValueError as error:
        raise Malformed("checkpoints.jsonl", "the last line is not JSON") from error
    size = last.get("size") if isinstance(last, Mapping) else None
    if not isinstance(size, int):
        raise Malformed("checkpoints.jsonl", "the last line names no size")
    return end - len(tail) + cut, size


def _hash(text: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != HASH_SIZE:
        raise Malformed("mirror.json", "root is not 32 bytes in hex")
    return data


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise Unavailable(str(path), error.strerror or type(error).__name__) from error


def _replace(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except OSError as error:
        raise Unavailable(str(path), error.strerror or type(error).__name__) from error
