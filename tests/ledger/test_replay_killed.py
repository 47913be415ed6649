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

from ledger.cli.bundles import opened_bundle
from ledger.cli.original_chains import GUARD, running_anvil
from ledger.cli.replay import replay_bundle
from ledger.cli.scratch import OWNER, PREFIX, remove_abandoned, scratch_folder
from ledger.cli.testnets import open_testnet
from ledger.embedded import render_genesis
from ledger.report import render_json, replay_document
from tests.anvil import need_anvil
from tests.chains import fixed_genesis
from tests.ledger.eventful import LEAST_CHECKPOINTS, eventful_ledger

pytestmark = pytest.mark.longer(one_in=2)

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


@pytest.fixture
def anvil(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Anvil of the tests is the one that a replay finds."""
    monkeypatch.setenv("LEDGER_ANVIL", str(need_anvil()))


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
        """The report of a run to its end."""
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
@pytest.mark.scaled(quick=1, ci=1, full=5)
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at processes where Linux shows them")
@pytest.mark.usefixtures("anvil")
@pytest.mark.parametrize("onto", ["embedded", "anvil"])
def test_replay_killed_half_way_leaves_nothing_running_and_gives_the_same_report_again(
    bundle: Path, tmp_path: Path, scale: int, seed: int, onto: str
) -> None:
    began = time.monotonic()
    whole = undisturbed(bundle, onto)
    took_s = time.monotonic() - began
    program, chance = Program(bundle, onto, tmp_path), random.Random(seed)
    for _ in range(scale):
        kill_half_way(program, after_s=took_s * chance.uniform(0.1, 0.8))
        wait_until(lambda: not program.helpers())
        assert program.folders()
    assert program.report() == whole
    assert not program.folders()
    assert not program.helpers()


def undisturbed(bundle: Path, onto: str) -> bytes:
    """What `--json` prints, of a replay in this process."""
    with opened_bundle(bundle) as source, open_testnet(onto, source, None) as testnet:
        return render_json(replay_document(replay_bundle(source, testnet)))


def kill_half_way(program: Program, *, after_s: float) -> None:
    """Kill a run so long after it has a chain to replay onto; sooner, if it was done by then."""
    while True:
        with program.start() as process:
            wait_until(program.has_begun)
            if program.onto == "anvil":
                assert program.helpers()
            try:
                process.wait(timeout=after_s)
            except subprocess.TimeoutExpired:
                process.kill()
                return
        after_s /= 2


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
@pytest.mark.usefixtures("anvil")
def test_anvil_of_a_long_replay_goes_on_and_leaves_no_states_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    with running_anvil(tmp_path, render_genesis(fixed_genesis())) as url:
        # It keeps 500 states in memory; and it prints a line for each call: a pipe that nobody reads holds some 5,000.
        for method, times in (("evm_mine", 1), ("eth_chainId", 8)):
            calls: list[Any] = [{"jsonrpc": "2.0", "id": id_, "method": method, "params": []} for id_ in range(800)]
            for _ in range(times):
                assert len(requests.post(url, json=calls, timeout=PATIENCE_S).json()) == len(calls)
    assert not list(home.rglob("*"))


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
