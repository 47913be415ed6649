"""Progress on stderr: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

Advance = Callable[[int], None]


class Progress:
    """Shows how far a command is. Safe to use where nobody looks. A task may have tasks inside: each is a bar below."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._bars: Bars | None = None

    @contextmanager
    def task(self, name: str, total: int | None) -> Iterator[Advance]:
        """A task of `total` steps, None where that is not known; call what is given with the steps just done."""
        if not self._shown:
            yield lambda _steps: None
            return
        with self._live() as bars:
            task = bars.add_task(name, total=total)
            yield lambda steps: bars.advance(task, steps)
            bars.remove_task(task)

    @contextmanager
    def position(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """A task that tells its own position: call what is given with (done, expected)."""
        if not self._shown:
            yield lambda _done, _expected: None
            return
        with self._live() as bars:
            task = bars.add_task(name, total=None)
            yield lambda done, expected: bars.update(task, completed=done, total=max(done, expected))
            bars.remove_task(task)

    @contextmanager
    def _live(self) -> Iterator[Bars]:
        """The bars on the terminal, of which there is one set at a time."""
        if self._bars is not None:
            yield self._bars
            return
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:g}"),
            TimeRemainingColumn(),
        )
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            self._bars = bars
            try:
                yield bars
            finally:
                self._bars = None
