"""Runs a program for as long as its starter lives: `python -I guard.py PROGRAM ARGUMENT…`, in a session of its own.

The starter holds the other end of standard input and writes nothing. However it ends, SIGKILL included, the system
closes that end; the guard then kills its process group, and so everything that the program has started.

Nothing of POSIX alone but process groups is asked for: Linux could tell a child of its parent's death (`prctl`), but
only the child itself, and what npm installs under a program's name is a script that starts the program.

It imports nothing of the ledger, so that it runs at once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import NoReturn

STDIN = 0


def main(command: list[str]) -> NoReturn:
    """Run the command and exit as it does."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - what the starter names
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.exit(program.wait())


def _end_with_starter() -> None:
    while os.read(STDIN, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
