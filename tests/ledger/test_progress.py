"""Progress: a bar with the time left for people at a terminal, nothing for anybody else, results kept apart from it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress

WORK = """
import time
from ledger.cli.progress import Progress
with Progress().position("audit") as progress:
    for done in range(1, 41):
        progress(done * 500, 40_000)
        time.sleep(0.03)
print("result")
"""


def test_terminal_shows_a_bar_with_the_time_left() -> None:
    ours, theirs = pty.openpty()
    terminal = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    command = [sys.executable, "-c", WORK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=terminal) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal ends on Linux
            while piece := os.read(ours, 4096):
                shown += piece
        printed, _ = process.communicate()
    os.close(ours)
    text = shown.decode()
    assert printed == b"result\n"
    assert "audit" in text
    assert "━" in text  # the bar
    assert re.search(r"0:00:\d\d", text)


def test_nothing_is_shown_where_nobody_looks() -> None:
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"result\n", b"")
