"""The files of a home, its mark, and who is using it.

A home is one installation: its keys, database, chain and documents. `home.json` says what it is, for good; the demo's
home and a real one never take each other's place.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ledger.canonical import JsonValue, parse_json
from ledger.durable import replace_file
from ledger.errors import Conflict, Malformed

FORMAT = "legal-ledger/home/v1"
MAX_FILE_BYTES = 64 * 1024
"""Of each of the small JSON files here; they have some hundred bytes."""

Mark = Literal["demo", "production"]
DEMO_PREFIX = "demo."
"""An origin that begins so is the demo's, whatever else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything of a home is."""

    root: Path

    @property
    def description(self) -> Path:
        """What this home is: format, mark, origin. Written once."""
        return self.root / "home.json"

    @property
    def database(self) -> Path:
        """The SQLite database, unless the settings name another one."""
        return self.root / "ledger.db"

    @property
    def chain(self) -> Path:
        """The embedded chain: `genesis.json` and its state."""
        return self.root / "chain"

    @property
    def keys(self) -> Path:
        """The key files, for their owner alone."""
        return self.root / "keys"

    @property
    def blobs(self) -> Path:
        """The sealed documents."""
        return self.root / "blobs"

    @property
    def high_water(self) -> Path:
        """The largest (size, root) that was ever final."""
        return self.root / "high-water.json"

    @property
    def trust(self) -> Path:
        """What verifiers are given; written last, so that a home that has it is complete."""
        return self.root / "trust.json"

    @property
    def accounts(self) -> Path:
        """The demo's accounts with their passwords."""
        return self.root / "accounts.txt"

    @property
    def samples(self) -> Path:
        """There once every sample case of the demo was filed."""
        return self.root / "samples-filed"

    @property
    def serving(self) -> Path:
        """Who serves this home, and where, while somebody does."""
        return self.root / "run" / "serve.json"

    @property
    def lock(self) -> Path:
        """Held by the one process that serves this home."""
        return self.root / "run" / "serve.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What `home.json` says. `origin` is the log's name."""

    mark: Mark
    origin: str


def load_description(layout: Layout) -> Description | None:
    """Read what this home is; None for a folder that is not a home yet. Raises Malformed."""
    content = load_json(layout.description)
    if content is None:
        return None
    mark, origin = content.get("mark"), content.get("origin")
    if content.get("format") != FORMAT or mark not in {"demo", "production"} or not isinstance(origin, str):
        raise Malformed(layout.description.name, f"not a description of the form {FORMAT}")
    if (mark == "demo") != origin.startswith(DEMO_PREFIX):
        raise Malformed(layout.description.name, f"mark and origin disagree: only the demo's begins with {DEMO_PREFIX}")
    return Description(mark="demo" if mark == "demo" else "production", origin=origin)


def require_home(layout: Layout) -> Description:
    """Return what this home is; raises Conflict, saying what to do, when it is none."""
    found = load_description(layout)
    if found is None:
        raise Conflict("home", f"{layout.root} is not set up: run `legal-ledger init` first")
    return found


def require_mark(layout: Layout, mark: Mark) -> Description:
    """Return what this home is when it is a home of that mark; raises Conflict, saying what to do, otherwise."""
    found = require_home(layout)
    if found.mark != mark:
        other = "is the demo's: choose another LEDGER_HOME" if found.mark == "demo" else "is not the demo's"
        raise Conflict("home", f"{layout.root} {other}")
    return found


def load_json(path: Path) -> dict[str, JsonValue] | None:
    """Read a small JSON object; None when there is no such file. Raises Malformed."""
    try:
        with path.open("rb") as file:
            content = parse_json(file.read(MAX_FILE_BYTES + 1), max_bytes=MAX_FILE_BYTES)
    except FileNotFoundError:
        return None
    if not isinstance(content, dict):
        raise Malformed(path.name, "not a JSON object")
    return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The process that serves a home, and where it listens."""

    pid: int
    url: str


def load_serving(layout: Layout) -> Serving | None:
    """Who serves this home now; None when nobody does, whatever a killed process left behind."""
    if not _is_locked(layout.lock):
        return None
    content = load_json(layout.serving) or {}
    pid, url = content.get("pid"), content.get("url")
    return Serving(pid=pid, url=url) if isinstance(pid, int) and isinstance(url, str) else None


@contextmanager
def exclusive(layout: Layout) -> Iterator[None]:
    """Be the one process that sets up or serves this home; raises Conflict when another one is."""
    layout.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    layout.lock.parent.mkdir(exist_ok=True, mode=0o700)
    with layout.lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("home", f"another process serves or sets up {layout.root}: stop it first") from error
        yield


@contextmanager
def announced(layout: Layout, url: str) -> Iterator[None]:
    """Say where this home is served, for as long as it is."""
    replace_file(layout.serving, json.dumps({"pid": os.getpid(), "url": url}).encode())
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            layout.serving.unlink()


def _is_locked(path: Path) -> bool:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
