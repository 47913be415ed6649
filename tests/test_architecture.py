"""The floors of the house, checked: what may import what, what runs without what, and how large a room may grow."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["id"]: contract for contract in CONFIG["tool"]["importlinter"]["contracts"]}

OUTSIDE_THE_PROVABLE_CORE = {"chain", "cli", "embedded", "keys", "store", "web"}
NAMES_THAT_SAY_NOTHING = {"base", "common", "helpers", "manager", "managers", "misc", "util", "utils"}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
LONGER: dict[str, str] = {}
"""`path` or `path:function` → why it may be longer."""

BLOCKER = """
import importlib, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ImportError(f"{name} is not installed here")
blocked = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Blocker())
for name in sys.argv[2].split(","):
    importlib.import_module(name)
"""

WATCHER = """
import importlib, os, sys
ours = tuple(os.path.join(sys.argv[1], package, "") for package in ("ledger", "service"))
outside = (os.path.dirname(os.__file__) + os.sep, "<frozen")
WORK = {"open", "socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.mkdir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
watching = False
def is_ours():
    frame = sys._getframe(2)
    while frame and (frame.f_code.co_filename.startswith(outside) and "site-packages" not in frame.f_code.co_filename):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(ours)
def watch(event, args):
    if not watching or event not in WORK:
        return
    if event == "open" and not (isinstance(args[2], int) and args[2] & WRITING):
        return
    if is_ours():
        print(event, args[:2], flush=True)
sys.addaudithook(watch)
for name in sys.argv[2].split(","):
    watching = True
    importlib.import_module(name)
    watching = False
"""


def product_files() -> Iterator[Path]:
    """Every file of the product but Alembic's scripts: those list tables, and it loads them itself."""
    for package in ("ledger", "service"):
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts)


def product_modules() -> list[str]:
    """Every module that can be imported by name."""
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in product_files())
    return [name.removesuffix(".__init__") for name in names]


def rooms_of(package: str) -> set[str]:
    """The files and folders of a package, by import name."""
    return {
        path.stem
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_imports_keep_to_the_floors() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_provable_core_contract_names_every_file_below_the_adapters() -> None:
    named = {module.removeprefix("ledger.") for module in CONTRACTS["provable-core"]["source_modules"]}
    assert named == rooms_of("ledger") - OUTSIDE_THE_PROVABLE_CORE


def test_provable_core_imports_without_database_web_or_chain_packages() -> None:
    contract = CONTRACTS["provable-core"]
    done = run_python(BLOCKER, ",".join(contract["forbidden_modules"]), ",".join(contract["source_modules"]))
    assert done.returncode == 0, done.stderr


def test_verifying_commands_import_without_the_service() -> None:
    blocked = (
        "service,fastapi,starlette,uvicorn,jinja2,alembic,sqlalchemy,sqlmodel,web3,eth,eth_tester,reportlab,docx,PIL"
    )
    done = run_python(BLOCKER, blocked, "ledger.cli")
    assert done.returncode == 0, done.stderr


def test_importing_the_product_does_no_work() -> None:
    done = run_python(WATCHER, str(ROOT), ",".join(product_modules()))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("package", ["ledger", "service"])
def test_every_module_name_says_what_may_live_there(package: str) -> None:
    parts = {part for path in (ROOT / package).rglob("*.py") for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts.isdisjoint(NAMES_THAT_SAY_NOTHING)


def lengths() -> Iterator[tuple[str, int, int]]:
    """(name, lines, the limit that goes for it) of every file and function of the product."""
    for path in product_files():
        name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        yield name, len(text.splitlines()), MAX_FILE_LINES
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{name}:{node.name}", lines, MAX_FUNCTION_LINES


def test_nothing_outgrows_a_reading_but_what_is_listed() -> None:
    longer = {name: lines for name, lines, limit in lengths() if lines > limit}
    assert longer.keys() == LONGER.keys(), longer
