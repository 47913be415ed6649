"""Reading the small TOML files with which an office completes the calendar and the rules."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from ledger.errors import LedgerError

MAX_BYTES: Final = 256 << 10
"""A year of holidays takes 1 KiB; more than this is another file."""


class BadClockFile(LedgerError):
    """A file of holidays or local terms cannot be used. It keeps the service from starting: a wrong clock is worse."""

    code = "bad_clock_file"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def load_tables(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of a TOML file by name; raises BadClockFile."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadClockFile(path, error.strerror or "cannot be read") from error
    if len(content) > MAX_BYTES:
        raise BadClockFile(path, f"is longer than {MAX_BYTES} bytes")
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadClockFile(path, f"is not TOML: {error}") from error
    for name, table in found.items():
        if not isinstance(table, dict):
            raise BadClockFile(path, f"{name} stands outside a table")
    return found


def only(path: Path, name: str, table: dict[str, Any], known: frozenset[str]) -> None:
    """Raise BadClockFile for a member that nobody would read."""
    for member in table.keys() - known:
        raise BadClockFile(path, f"[{name}] has an unknown member {member}")
