"""What a test needs from the machine: found, or said loudly to be missing; in CI nothing may be missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

MISSING_PREFIX = "MISSING: "
"""Skips that begin so are gathered under a heading of their own at the end of the run."""

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test with a reason that is shown at the end; with CI=true fail it instead."""
    reason = f"{MISSING_PREFIX}{what} ({remedy})"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def need_program(*names: str, remedy: str) -> Path:
    """Return the path of the first of these programs that is installed."""
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    missing(" or ".join(names), remedy)


def need_chromium() -> Path:
    """Return the path of an installed Chromium, for Playwright's `executable_path`."""
    return need_program(*CHROMIUM_NAMES, remedy="Debian and Ubuntu: apt-get install chromium")


def need_npm_package(name: str) -> Path:
    """Return the folder of a package that the browser tests compare with."""
    folder = Path(__file__).parent / "browser" / "node_modules" / name
    if not folder.is_dir():
        missing(f"npm's {name}", remedy="run scripts/setup --dev with Node.js 20 or newer and npm")
    return folder


def need_node() -> Path:
    """Return the path of Node."""
    return need_program("node", remedy="install Node.js 20 or newer with npm")
