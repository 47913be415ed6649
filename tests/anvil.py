"""A real Anvil for tests: started from our genesis on a free port of 127.0.0.1, ended by id, and with the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.cli.original_chains import GUARD
from ledger.embedded import Genesis, render_genesis
from tests.needs import missing

NODE_MODULES = Path(__file__).parents[1] / "contracts" / "node_modules"
REMEDY = "npm ci in contracts/, or LEDGER_TEST_ANVIL=/path/to/anvil"


def need_anvil() -> Path:
    """The Anvil that LEDGER_TEST_ANVIL names, or the one that npm installed for contracts/."""
    named = os.environ.get("LEDGER_TEST_ANVIL")
    # The binaries themselves: `.bin/anvil` is a Node script that would have to be ended in its stead.
    found = [Path(named)] if named else sorted(NODE_MODULES.glob("@foundry-rs/anvil-*/bin/anvil"))
    if not found or not found[0].is_file():
        missing("anvil", REMEDY)
    return found[0]


@contextmanager
def running_anvil(folder: Path, genesis: Genesis, *options: str) -> Iterator[str]:
    """Start Anvil on `genesis` and give its URL."""
    path = folder / "anvil-genesis.json"
    path.write_bytes(render_genesis(genesis))
    command = [
        *(sys.executable, "-I", str(GUARD)),
        str(need_anvil()),
        "--port",
        "0",
        "--init",
        str(path),
        "--hardfork",
        "paris",
        "--accounts",
        "0",
        *options,
    ]
    # The guard ends it when the tests are killed, and the group is the guard and Anvil.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as anvil:
        try:
            address = _address(anvil)
            # Anvil prints every call; a full pipe would stop it.
            drain = threading.Thread(target=deque, args=[anvil.stdout], kwargs={"maxlen": 0})
            drain.start()
            yield f"http://{address}"
        finally:
            os.killpg(anvil.pid, signal.SIGKILL)
        drain.join()


def _address(anvil: subprocess.Popen[str]) -> str:
    assert anvil.stdout is not None
    said = []
    for line in anvil.stdout:
        said.append(line)
        if line.startswith("Listening on "):
            return line.split()[-1]
    raise RuntimeError("Anvil did not start: " + "".join(said))
