"""How far an audit has come, in steps of about equal length, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Progress = Callable[[int, int], None]
"""Called now and then with the number of steps done, and of those expected."""

PROGRESS_STEP: Final = 500
"""Steps between two calls of `Progress`: some tenths of a second."""

TRANSACTION_STEPS: Final = 100
"""A transaction takes three questions to a node, as long as so many statements or rows."""


class Position:
    """Counts the steps: one for a statement, one for a row, more for a transaction."""

    def __init__(self, tell: Progress, *, statements: int, transactions: int) -> None:
        """Each record is expected to have a row until it is known how many there are."""
        self._tell = tell
        self._transactions = transactions * TRANSACTION_STEPS
        self._done = 0
        self._expected = 2 * statements + self._transactions

    def expect_rows(self, rows: int) -> None:
        """All statements are done, and this many rows follow."""
        self._expected = self._done + rows + self._transactions

    def advance(self, steps: int = 1) -> None:
        """So many more are done."""
        before, self._done = self._done, self._done + steps
        if before // PROGRESS_STEP != self._done // PROGRESS_STEP:
            self._tell(self._done, max(self._done, self._expected))

    def finish(self) -> None:
        """Everything is done."""
        self._tell(self._done, self._done)
