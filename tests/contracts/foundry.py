"""Foundry's programs, from the packages that contracts/package-lock.json names."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.needs import missing, need_node

CONTRACTS = Path(__file__).parents[2] / "contracts"


def need_foundry(name: str) -> Path:
    """Return the path of `forge` or `anvil`."""
    need_node()
    program = CONTRACTS / "node_modules" / ".bin" / name
    if not program.exists():
        missing(f"Foundry's {name}", "npm ci in contracts/; npm has no build of it for every system")
    return program


def forge(*arguments: str, **environment: str) -> str:
    """Run forge in contracts/ and return what it printed; a failure shows all of it."""
    command = [str(need_foundry("forge")), *arguments]
    done = subprocess.run(
        command, cwd=CONTRACTS, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
