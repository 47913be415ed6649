"""`mirror` and `witness-key` as people run them: exit codes, what is said, going on and ending."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

import ledger.cli
from ledger.chain import connect
from ledger.cli.mirror import keep_looking
from ledger.errors import Unavailable
from ledger.keys import load_chain_key
from ledger.log_folder import LogFolder
from ledger.mirror import Alarm, AlarmKind, MirrorFolder, Rejected, Round
from ledger.tiles import EntriesId, encode_entries, tiles_of
from ledger.trust import render_trust
from tests.anchored import AnchoredLog, set_up
from tests.chains import new_chain
from tests.http_site import files_below, serving
from tests.ledger.mirrored import Operator, Tree
from tests.process import free_port

pytestmark = [pytest.mark.server, pytest.mark.longer(one_in=2)]

SIZE = 300


def write_log(folder: Path, tree: Tree, size: int = SIZE) -> None:
    """A log as static files."""
    out = LogFolder(folder)
    for tile in tiles_of(size):
        out.add(tile, tree.read_tile(tile.level, tile.index)[: tile.width * 32])
        if tile.level == 0:
            entries = tree.entries(tile.index * 256, tile.index * 256 + tile.width)
            out.add(EntriesId(index=tile.index, width=tile.width), encode_entries(entries))
    out.publish(tree.note(size))


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trust")
    with new_chain(folder / "chain") as chain:
        node = connect(chain)
        operator = Operator(log=AnchoredLog(node=node, set_up=set_up(node)))
        path = folder / "trust.json"
        path.write_bytes(render_trust(operator.trust))
    return path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An honest log on a web server, and its folder."""
    write_log(tmp_path / "log", Tree(size=SIZE))
    with serving(files_below(tmp_path / "log")) as url:
        yield url, tmp_path / "log"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["legal-ledger", *arguments])
        with pytest.raises(SystemExit) as ended:
            ledger.cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return call


Run = Callable[..., tuple[int, str]]


def test_mirror_without_a_chain_says_that_nothing_was_compared(
    run: Run, site: tuple[str, Path], trust: Path, tmp_path: Path
) -> None:
    code, said = run("mirror", "--from", site[0], "--trust", str(trust), "--into", str(tmp_path / "copy"))

    assert code == 0
    assert "0 → 300 leaves verified" in said
    assert "not compared with the contract: no chain was given" in said


def test_mirror_prints_one_object_for_machines(run: Run, site: tuple[str, Path], trust: Path, tmp_path: Path) -> None:
    _, said = run("mirror", "--from", site[0], "--trust", str(trust), "--into", str(tmp_path / "copy"), "--json")

    found = json.loads(said)
    assert (found["before"], found["size"], found["stale"]) == (0, SIZE, False)


def test_mirror_of_a_mirror_is_the_same_log(run: Run, site: tuple[str, Path], trust: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run("mirror", "--from", site[0], "--trust", str(trust), "--into", str(first))
    with serving(files_below(first)) as url:
        code, _ = run("mirror", "--from", f"{url}/tiles", "--trust", str(trust), "--into", str(second))

    files = [
        {path.relative_to(copy): path.read_bytes() for path in (copy / "tiles").rglob("*") if path.is_file()}
        for copy in (first, second)
    ]
    assert code == 0
    assert files[0] == files[1]
    assert len(files[0]) == len([path for path in site[1].rglob("*") if path.is_file()])


def test_fork_ends_with_the_code_of_an_alarm(run: Run, site: tuple[str, Path], trust: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    run("mirror", "--from", site[0], "--trust", str(trust), "--into", str(copy))
    write_log(tmp_path / "forked", Tree(size=SIZE, fork=7))
    with serving(files_below(tmp_path / "forked")) as url:
        code, said = run("mirror", "--from", url, "--trust", str(trust), "--into", str(copy), "--watch")

    assert code == 30
    assert "ALARM fork" in said
    assert str(copy / "alarms") in said


def test_log_that_does_not_answer_is_an_outage(run: Run, trust: Path, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    code, said = run("mirror", "--from", url, "--trust", str(trust), "--into", str(tmp_path / "copy"))

    assert (code, "ConnectionError" in said) == (40, True)


def test_chain_that_does_not_answer_is_told_beside_what_was_mirrored(
    run: Run, site: tuple[str, Path], trust: Path, tmp_path: Path
) -> None:
    arguments = ("--from", site[0], "--trust", str(trust), "--into", str(tmp_path / "copy"))

    code, said = run("mirror", *arguments, "--rpc", f"http://127.0.0.1:{free_port()}")

    assert code == 40
    assert "0 → 300 leaves verified" in said


@pytest.mark.parametrize(
    "arguments",
    [("--from", "ftp://a/log"), ("--from", "http://127.0.0.1:1/", "--witness-key", "w.key")],
    ids=["an address of another kind", "a witness without a chain"],
)
def test_what_cannot_be_meant_is_bad_input(run: Run, trust: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, _ = run("mirror", *arguments, "--trust", str(trust), "--into", str(tmp_path / "copy"))

    assert code == 64


def test_witness_key_is_made_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "witness.key"
    code, said = run("witness-key", str(path))
    again, _ = run("witness-key", str(path))

    assert (code, said.strip()) == (0, load_chain_key(path).address)
    assert again == 64


# --------------------------------------------------------------------------------------------------------- going on


class Scripted:
    """A mirror whose looks end as a test says."""

    def __init__(self, *outcomes: Round | Exception) -> None:
        self._outcomes = iter(outcomes)

    def update(self) -> Round:
        outcome = next(self._outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def a_round(**changed: Any) -> Round:
    fields: dict[str, Any] = {
        "before": 1,
        "size": 2,
        "root": bytes(32),
        "stale": False,
        "anchored": 2,
        "chain": None,
        "cosigned": (),
        "cosigning": None,
    }
    return Round(**{**fields, **changed})


def test_watching_waits_longer_after_outages_and_ends_at_an_alarm() -> None:
    pauses: list[float] = []
    outage = Unavailable("log", "it does not answer")
    alarm = Alarm(AlarmKind.FORK, "two histories", Path("alarms/fork-1"))
    mirror: Any = Scripted(
        a_round(), outage, outage, Rejected("tile", "damaged"), a_round(), a_round(chain="no answer"), alarm
    )

    with pytest.raises(Alarm):
        keep_looking(mirror.update, timedelta(seconds=30), pause=pauses.append)

    assert pauses == [30, 60, 120, 240, 30, 60]


def test_watching_never_waits_longer_than_ten_minutes() -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            _stop()

    mirror: Any = Scripted(*[Unavailable("log", "it does not answer")] * 9)
    with pytest.raises(KeyboardInterrupt):
        keep_looking(mirror.update, timedelta(seconds=30), pause=pause)

    assert pauses[-1] == 600


def _stop() -> NoReturn:
    raise KeyboardInterrupt


def test_second_process_on_one_folder_is_refused(run: Run, site: tuple[str, Path], trust: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    run("mirror", "--from", site[0], "--trust", str(trust), "--into", str(copy))

    with MirrorFolder(copy).held():
        code, said = run("mirror", "--from", site[0], "--trust", str(trust), "--into", str(copy))

    assert (code, "another process keeps" in said) == (1, True)
