"""Cells of the database as they stand: no column type converts, and so hides or trips over, what was edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session

BATCH: Final = 500
"""Rows fetched at once."""


def rows_of(session: Session, query: str, parameters: Mapping[str, object] | None = None) -> Iterator[Any]:
    """The rows of a query as the driver gives them: no column type converts, and so hides or trips over, a cell."""
    yield from session.connection().execute(text(query), dict(parameters or {}), execution_options={"yield_per": BATCH})


def as_bytes(value: object) -> bytes:
    """A binary cell; what is no bytes at all becomes none, which opens nothing."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return b""
