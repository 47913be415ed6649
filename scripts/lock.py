#!/usr/bin/env python3
"""Make requirements.lock from pyproject.toml, or with --check say where the two have drifted apart.

The lock is one file in two parts: what running needs, then, below a marker line, what development needs besides.
Both pip and uv read it; `scripts/setup` hands them the first part or the whole. Making it needs uv and the package
index; versions already in the lock are kept unless --upgrade is given. Checking needs neither: it compares names and
versions in pyproject.toml, in the lock and in the environment it runs in, which was installed from the lock.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PROJECT = "legal-ledger"
MARKER_LINE = "# --- development ---"
HEADING = (
    "# Made by scripts/lock.py from pyproject.toml; do not edit. Above the marker line: running; below: development.\n"
)

RUNTIME_GROUPS = ("build",)
DEVELOPMENT_GROUPS = ("build", "dev")


def split_entries(text: str) -> dict[str, str]:
    """Return the lock's entries, each with its hash lines, by canonical name and marker."""
    entries: dict[str, str] = {}
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        body = "".join(line for line in block.splitlines(keepends=True) if not line.startswith("#"))
        entries[body.partition("\n")[0].removesuffix("\\").rstrip()] = body
    return entries


def locked_requirements(text: str) -> list[Requirement]:
    """Return what the lock pins, without hashes."""
    return [Requirement(line) for line in split_entries(text)]


def compile_lock(groups: Iterable[str], *, known: str, constraints: Path | None, upgrade: bool) -> str:
    """Let uv resolve the project with these groups for every platform; `known` holds the versions to keep."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "requirements.lock"
        output.write_text(known, encoding="utf-8")
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"]
        command += ["--python-version=3.11", "--annotation-style=line", f"--output-file={output}"]
        command += [f"--group={group}" for group in groups]
        command += [f"--constraints={constraints}"] if constraints else []
        command += ["--upgrade"] if upgrade else []
        subprocess.run([*command, "pyproject.toml"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return output.read_text(encoding="utf-8")


def make(*, upgrade: bool) -> str:
    """Return the whole new lock."""
    known = LOCK.read_text(encoding="utf-8") if LOCK.exists() else ""
    runtime = compile_lock(RUNTIME_GROUPS, known=known, constraints=None, upgrade=upgrade)
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "runtime.txt"
        constraints.write_text("".join(f"{line}\n" for line in split_entries(runtime)), encoding="utf-8")
        everything = compile_lock(DEVELOPMENT_GROUPS, known=known, constraints=constraints, upgrade=upgrade)
    first = split_entries(runtime)
    rest = {line: body for line, body in split_entries(everything).items() if line not in first}
    return "".join([HEADING, *first.values(), MARKER_LINE, "\n", *rest.values()])


def declared(groups: Iterable[str]) -> list[Requirement]:
    """Return what pyproject.toml asks for: the project's dependencies and those of these groups."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*document["project"]["dependencies"]]
    for group in groups:
        lines += document["dependency-groups"][group]
    return [Requirement(line) for line in lines]


def closure(roots: Iterable[Requirement]) -> set[str]:
    """Return the names that these requirements pull in here, by the metadata of the installed packages."""
    seen: dict[str, set[str]] = {}
    waiting = [(root, "") for root in roots]
    while waiting:
        wanted, extra_of_parent = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": extra_of_parent}):
            continue
        name = canonicalize_name(wanted.name)
        extras = {"", *wanted.extras} - seen.setdefault(name, set())
        seen[name] |= extras
        for extra in extras:
            waiting += [(Requirement(line), extra) for line in metadata.requires(name) or ()]
    return set(seen)


def pinned_here(text: str) -> dict[str, str]:
    """Return the versions that this part of the lock pins on this platform and Python."""
    pins = [entry for entry in locked_requirements(text) if not entry.marker or entry.marker.evaluate()]
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}


def differences(text: str) -> list[str]:
    """Return a sentence for each way in which lock, pyproject.toml and environment disagree."""
    runtime_text, _, development_text = text.partition(MARKER_LINE + "\n")
    runtime, development = pinned_here(runtime_text), pinned_here(development_text)
    everything: Mapping[str, str] = runtime | development
    found = [f"{line}: address in the lock" for line in text.splitlines() if "://" in line or line.startswith("--")]
    found += [f"{entry}: no hash" for entry, body in split_entries(text).items() if "--hash=sha256:" not in body]
    for wanted in declared(DEVELOPMENT_GROUPS):
        version = everything.get(canonicalize_name(wanted.name))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            found.append(f"pyproject.toml asks for {wanted}, the lock has {version}")
    for name, version in everything.items():
        installed = metadata.version(name)
        if installed != version:
            found.append(f"{name}: {version} in the lock, {installed} installed")
    needed = closure(declared(RUNTIME_GROUPS))
    needed_besides = closure(declared(DEVELOPMENT_GROUPS)) - needed
    for part, pins, names in (("running", runtime, needed), ("development", development, needed_besides)):
        found += [f"{name}: needed for {part}, not in that part of the lock" for name in sorted(names - pins.keys())]
        found += [f"{name}: in the lock for {part}, needed by nothing" for name in sorted(pins.keys() - names)]
    return found


def main() -> int:
    """Make or check the lock; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the lock is out of date")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml allows")
    options = parser.parse_args()
    if not options.check:
        LOCK.write_text(make(upgrade=options.upgrade), encoding="utf-8")
        return 0
    found = differences(LOCK.read_text(encoding="utf-8"))
    print("\n".join(found) or "requirements.lock is what pyproject.toml asks for.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
