"""A replay that is killed: nothing is left that runs on, and the next one tells the same from the beginning."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from ledger.cli.original_chains import GUARD, running_anvil
from ledger.cli.scratch import OWNER, PREFIX, remove_abandoned, scratch_folder
from ledger.embedded import render_genesis
from tests.anvil import need_anvil
from tests.chains import fixed_genesis
from tests.ledger.eventful import LEAST_CHECKPOINTS, eventful_ledger

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120
"""Of everything that is waited for: a shared machine is slow at times."""

LOOK_EVERY_S = 0.02


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(LOOK_EVERY_S)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    with eventful_ledger(folder / "chain", LEAST_CHECKPOINTS) as ledger:
        return ledger.export(folder / "ledger.zip")


@dataclass(frozen=True, slots=True)
class Program:
    """`legal-ledger replay` of a bundle in a process of its own, with a temporary folder of its own."""

    bundle: Path
    onto: str
    temporary: Path

    def start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "TMPDIR": str(self.temporary), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "service.cli", "replay", str(self.bundle), "--onto", self.onto, "--json"]
        return subprocess.Popen(
            command, env=environment, cwd=self.temporary, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def report(self) -> bytes:
        """The report of a run that nobody disturbs."""
        with self.start() as process:
            said, _ = process.communicate(timeout=600)
        assert process.returncode == 0
        return said

    def folders(self) -> list[Path]:
        """What runs have in the temporary folder now."""
        return list(self.temporary.glob(f"{PREFIX}*"))

    def has_begun(self) -> bool:
        """Whether a chain is there to replay onto."""
        if self.onto == "embedded":
            return any(folder.joinpath("chain", "chain.sqlite").exists() for folder in self.folders())
        return any(b"--init" in command for command in self.helpers())

    def helpers(self) -> list[bytes]:
        """The command lines of this machine's processes that name the temporary folder: Anvil, and its guard."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = path.read_bytes()
            except OSError:
                continue  # it has just ended
            if str(self.temporary / PREFIX).encode() in command:
                found.append(command)
        return found


@pytest.mark.server
@pytest.mark.longer
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at processes where Linux shows them")
@pytest.mark.parametrize("onto", ["embedded", "anvil"])
def test_replay_killed_half_way_leaves_nothing_running_and_gives_the_same_report_again(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, onto: str
) -> None:
    monkeypatch.setenv("LEDGER_ANVIL", str(need_anvil()))
    program = Program(bundle, onto, tmp_path)
    whole = program.report()
    assert not program.folders()
    for _ in range(2):
        kill_half_way(program, random.Random(seed))
        wait_until(lambda: not program.helpers())
        assert program.folders()
    assert program.report() == whole
    assert not program.folders()


def kill_half_way(program: Program, chance: random.Random) -> None:
    """Kill a run at some moment after it has a chain and before it has a report."""
    with program.start() as process:
        wait_until(program.has_begun)
        time.sleep(chance.random() * 0.3)
        assert process.poll() is None, "it was already done"
        if program.onto == "anvil":
            assert program.helpers()
        process.kill()


@pytest.mark.skipif(os.name != "posix", reason="needs process groups")
def test_guard_ends_what_its_program_has_started_when_its_starter_is_gone(tmp_path: Path) -> None:
    # As npm's scripts do: a program that starts another one, and both would go on for ever.
    mark = tmp_path / "started"
    script = f"(echo $$ > {mark}; exec sleep 600) & wait"
    with subprocess.Popen(
        [sys.executable, "-I", str(GUARD), "/bin/sh", "-c", script], stdin=subprocess.PIPE, start_new_session=True
    ) as guard:
        wait_until(lambda: mark.exists() and mark.read_text() != "")
        assert guard.poll() is None
        assert guard.stdin is not None
        guard.stdin.close()  # what the system does for a starter that was killed
        assert guard.wait(timeout=PATIENCE_S) == -signal.SIGKILL
    wait_until(lambda: not is_in_group(guard.pid))


def is_in_group(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_guard_exits_as_its_program_does() -> None:
    command = [sys.executable, "-I", str(GUARD), "/bin/sh", "-c", "exit 7"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as guard:
        assert guard.wait(timeout=PATIENCE_S) == 7


@pytest.mark.server
@pytest.mark.longer
def test_anvil_goes_on_whatever_it_has_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It prints a line for each call, and stops when nobody reads them: a pipe holds some 5,000.
    monkeypatch.setenv("LEDGER_ANVIL", str(need_anvil()))
    calls: list[Any] = [
        {"jsonrpc": "2.0", "id": number, "method": "eth_chainId", "params": []} for number in range(1000)
    ]
    with running_anvil(tmp_path, render_genesis(fixed_genesis())) as url:
        for _ in range(8):
            answers = requests.post(url, json=calls, timeout=PATIENCE_S).json()
            assert len(answers) == len(calls)


# ------------------------------------------------------------------------------------------------------------- folders


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_folder_is_for_its_user_alone_and_gone_afterwards(parent: Path) -> None:
    with scratch_folder() as folder:
        assert (folder.parent, folder.stat().st_mode & 0o777) == (parent, 0o700)
        (folder / "chain").mkdir()
    assert not list(parent.iterdir())


def test_folder_in_use_is_left_alone(parent: Path) -> None:
    with scratch_folder() as first, scratch_folder() as second:
        assert first != second
        assert first.is_dir()
        remove_abandoned(parent)
        assert (first.is_dir(), second.is_dir()) == (True, True)


def test_folders_of_commands_that_are_gone_are_removed(parent: Path) -> None:
    full, empty = parent / f"{PREFIX}full", parent / f"{PREFIX}empty"
    for folder in (full, empty):
        folder.mkdir()
    (full / OWNER).touch()
    (full / "chain").mkdir()
    (full / "chain" / "chain.sqlite").write_bytes(b"half")
    with scratch_folder() as mine:
        assert list(parent.iterdir()) == [mine]


def test_what_is_not_such_a_folder_is_left_alone(parent: Path) -> None:
    others = parent / "others"
    others.mkdir()
    (others / OWNER).touch()
    link, file, unknown = (parent / f"{PREFIX}{name}" for name in ("link", "file", "unknown"))
    link.symlink_to(others)
    file.touch()
    unknown.mkdir()
    (unknown / "something").touch()
    remove_abandoned(parent)
    assert (others / OWNER).exists()
    assert (link.is_symlink(), file.exists(), (unknown / "something").exists()) == (True, True, True)
