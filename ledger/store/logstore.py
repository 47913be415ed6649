"""The tree's tiles in SQL, inside the caller's session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Unavailable
from ledger.store.tables import Tile

if TYPE_CHECKING:
    from sqlmodel import Session


class SqlLogStore:
    """Keeps the widest state of each tile; narrower states are its prefixes.

    Durable when the session commits. One writer at a time, the anchorer; readers see what was committed before their
    session began.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile, 32 bytes each; raises Unavailable for one that is not held."""
        tile = self._session.get(Tile, (level, index))
        if tile is None:
            raise Unavailable("tile", f"level {level}, number {index} is not held here")
        return tile.hashes

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        """Put the new, wider state of a tile."""
        self._session.merge(Tile(level=level, number=index, hashes=data))
