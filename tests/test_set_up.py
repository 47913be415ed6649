"""The scripts that a newcomer runs, and the lock that they install from."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
ORDINARY_TOOLS = ("bash", "cat", "cmp", "cp", "dirname", "env", "grep", "head", "mkdir", "rm", "sed", "tail")


@pytest.fixture(scope="module")
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", ROOT / "scripts" / "lock.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What `scripts/setup` reads, in a new folder."""
    for name in ("scripts/setup", "scripts/run", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def machine(folder: Path, **programs: str) -> dict[str, str]:
    """An environment whose PATH has a few ordinary tools and these shell scripts."""
    tools = folder / "path"
    tools.mkdir()
    for name in ORDINARY_TOOLS:
        found = shutil.which(name)
        assert found, name
        (tools / name).symlink_to(found)
    for name, script in programs.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    return {"PATH": str(tools), "HOME": str(folder)}


def run(script: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([script], env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_run_says_which_python_it_needs_and_which_it_found(checkout: Path) -> None:
    old = 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac'
    done = run(checkout / "scripts" / "run", machine(checkout, python3=old))
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed. Found: Python 3.9.2 (python3);" in done.stderr
    assert "PYTHON=" in done.stderr
    assert not (checkout / ".venv").exists()


def test_run_says_when_there_is_no_python_at_all(checkout: Path) -> None:
    done = run(checkout / "scripts" / "run", machine(checkout))
    assert done.returncode == 1
    assert "Found: none." in done.stderr


def test_run_takes_the_first_python_that_is_new_enough_and_names_the_missing_venv_package(checkout: Path) -> None:
    old = 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac'
    without_venv = f'case "$1" in -m) mkdir .venv; exit 1;; *) exec "{sys.executable}" "$@";; esac'
    environment = machine(checkout, python3=old, **{"python3.12": without_venv})
    done = run(checkout / "scripts" / "run", environment)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_lock_is_what_the_project_asks_for(lock: ModuleType) -> None:
    assert lock.differences(lock.LOCK.read_text(encoding="utf-8")) == []


def changed(lock: ModuleType, old: str, new: str) -> str:
    text: str = lock.LOCK.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


def entry(lock: ModuleType, name: str) -> str:
    """The lock's lines for one package."""
    entries: dict[str, str] = lock.split_entries(lock.LOCK.read_text(encoding="utf-8"))
    return next(body for line, body in entries.items() if line.startswith(f"{name}=="))


def test_lock_without_a_needed_package_is_refused(lock: ModuleType) -> None:
    found = lock.differences(changed(lock, entry(lock, "rfc8785"), ""))
    assert "rfc8785: needed for running, not in that part of the lock" in found


def test_lock_with_a_package_too_many_is_refused(lock: ModuleType) -> None:
    stray = entry(lock, "ruff")
    found = lock.differences(changed(lock, lock.MARKER_LINE, stray + lock.MARKER_LINE))
    assert found == ["ruff: in the lock for running, needed by nothing"]


def test_lock_with_another_version_is_refused(lock: ModuleType) -> None:
    pin = entry(lock, "segno").partition(" ")[0]
    found = lock.differences(changed(lock, pin, "segno==0.1"))
    assert any(line.startswith("pyproject.toml asks for segno") for line in found)
    assert any(line.startswith("segno: 0.1 in the lock") for line in found)


def test_lock_with_a_missing_hash_is_refused(lock: ModuleType) -> None:
    body = entry(lock, "rfc8785")
    bare = body.partition(" ")[0]
    assert lock.differences(changed(lock, body, f"{bare}\n")) == [f"{bare}: no hash"]


def test_lock_with_an_address_is_refused(lock: ModuleType) -> None:
    line = "--index-url https://example.org/simple"
    found = lock.differences(f"{line}\n" + lock.LOCK.read_text(encoding="utf-8"))
    assert found == [f"{line}: address in the lock"]
