"""Progress on stderr: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]


class Progress:
    """Shows how far a command is. Safe to use where nobody looks."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    @contextmanager
    def task(self, name: str, total: int | None) -> Iterator[Advance]:
        """A task of `total` steps, None where that is not known; call what is given with the steps just done."""
        if not self._shown:
            yield lambda _steps: None
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
            task = bars.add_task(name, total=total)
            yield lambda steps: bars.advance(task, steps)

    @contextmanager
    def position(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """A task that tells its own position: call what is given with (done, expected)."""
        if not self._shown:
            yield lambda _done, _expected: None
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
            task = bars.add_task(name, total=None)
            yield lambda done, expected: bars.update(task, completed=done, total=max(done, expected))
