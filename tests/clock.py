"""A clock that stands still until it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 7, 20, 1, 30, tzinfo=UTC)
"""09:30 in Rizhao on a Monday: the day on which the agreement of the sample case is signed."""


@dataclass(slots=True)
class FixedClock:
    """Callable like the product's clocks: each call returns the same aware UTC time until `advance` or `set`."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Move on by `by` (never back) and return the new time."""
        if by < timedelta():
            raise ValueError(by)
        self.now += by
        return self.now

    def set(self, now: datetime) -> None:
        """Jump, backwards too: a machine's clock may be put right under a running service."""
        if now.utcoffset() != timedelta():
            raise ValueError(now)
        self.now = now
