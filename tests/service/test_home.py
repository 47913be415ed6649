"""Setting a home up, cutting that off anywhere, and who may use a home."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from ledger.anchor import parse_finality
from ledger.chain import Interface, LogReader, load_artifact
from ledger.embedded import EmbeddedChain
from ledger.errors import Conflict, Malformed, NeedsAttention
from ledger.store.database import Database
from ledger.store.tables import ChainTransaction, Log, StatementRow
from ledger.trust import parse_trust
from service.home import setup
from service.home.layout import (
    Description,
    Layout,
    announced,
    exclusive,
    load_description,
    load_serving,
    require_mark,
)
from service.home.opening import opened
from service.home.setup import SetUpHome, Wanted, database_url
from service.inputs import InstitutionInput
from service.settings import Settings
from service.tables import Institution
from tests.clock import FixedClock

pytestmark = pytest.mark.longer(one_in=5)

OFFICE = InstitutionInput(code="LS-UNION", name="示例工会", kind="union")
TAKE = """
import sys
from pathlib import Path
from service.home.layout import Layout, exclusive
with exclusive(Layout(root=Path(sys.argv[1]))):
    pass
"""
PRODUCTION = Wanted(mark="production", institution=OFFICE)


def _settings(folder: Path) -> Settings:
    return Settings(home=folder / "home", _env_file=None)


def _set_up(folder: Path, clock: FixedClock, wanted: Wanted = PRODUCTION) -> Description:
    return SetUpHome(settings=_settings(folder), tell=lambda _: None, clock=clock).run(wanted)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(root=tmp_path / "home")


def test_home_is_complete_after_setting_up(tmp_path: Path, layout: Layout, clock: FixedClock) -> None:
    described = _set_up(tmp_path, clock)

    with opened(_settings(tmp_path), clock=clock) as home:
        identity = home.reader.identity()
        assert home.reader.head().size == 0
        with home.database.read() as session:
            assert session.exec(select(Institution.code)).all() == ["LS-UNION"]
            assert session.exec(select(StatementRow.type)).all() == ["administration.recorded"]
            assert session.exec(select(ChainTransaction.nonce)).all() == [0, 1]
    trust = parse_trust(layout.trust.read_bytes())
    assert trust.origin == described.origin
    assert trust.anchors[0].identity == identity
    assert identity.chain_id == 1371103


def test_private_files_are_for_their_owner_alone(tmp_path: Path, layout: Layout, clock: FixedClock) -> None:
    _set_up(tmp_path, clock)

    for path in (layout.root, layout.keys, layout.blobs, *layout.keys.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_setting_up_again_changes_nothing(tmp_path: Path, layout: Layout, clock: FixedClock) -> None:
    first = _set_up(tmp_path, clock)
    before = {path: path.read_bytes() for path in (layout.trust, layout.description, *layout.keys.iterdir())}

    assert _set_up(tmp_path, clock) == first
    assert {path: path.read_bytes() for path in before} == before


STEPS = (
    "create_chain_key",
    "create_note_key",
    "create_secret",
    "upgrade",
    "add_institution",
    "store_transaction",
    "render_trust",
    "new_genesis",
    "set_up_log",
)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_set_up_that_was_cut_off_is_finished_by_the_next(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    class Crash(BaseException):
        pass

    real: Callable[..., Any] = getattr(setup, step)

    def crash(*arguments: Any, **named: Any) -> None:
        if after:
            real(*arguments, **named)
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(setup, step, crash)
        with pytest.raises(Crash):
            _set_up(tmp_path, clock)
    settings = _settings(tmp_path)
    assert not Layout(root=settings.home).trust.exists()

    _set_up(tmp_path, clock)

    with opened(settings, clock=clock) as home:
        assert home.reader.operator() is not None
        with home.database.read() as session:
            assert len(session.exec(select(Institution)).all()) == 1
            assert len(session.exec(select(ChainTransaction)).all()) == 2
            assert len(session.exec(select(Log)).all()) == 1


def test_transactions_of_a_cut_off_set_up_are_sent_unchanged(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def crash(*_: Any, **__: Any) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(setup, "render_trust", crash)
        with pytest.raises(Crash):
            _set_up(tmp_path, clock)
    settings = _settings(tmp_path)

    def kept() -> list[bytes]:
        database = Database(database_url(settings, Layout(root=settings.home)))
        with database.read() as session:
            raw = [row.raw for row in session.exec(select(ChainTransaction))]
        database.close()
        return raw

    before = kept()
    _set_up(tmp_path, clock)

    assert kept() == before
    with EmbeddedChain.open(settings.home / "chain", clock=clock, read_only=True) as chain:
        assert chain.request("eth_blockNumber")["result"] == "0x2"


def test_two_homes_have_different_genesis_hashes(tmp_path: Path, clock: FixedClock) -> None:
    for name in ("one", "other"):
        _set_up(tmp_path / name, clock)

    one, other = (
        parse_trust((tmp_path / name / "home" / "trust.json").read_bytes()).anchors[0].identity
        for name in ("one", "other")
    )
    assert one.genesis_hash != other.genesis_hash


def test_demo_refuses_a_home_without_its_mark(tmp_path: Path, layout: Layout, clock: FixedClock) -> None:
    _set_up(tmp_path, clock)

    with pytest.raises(Conflict, match="production home"):
        _set_up(tmp_path, clock, Wanted(mark="demo", institution=OFFICE))
    with pytest.raises(Conflict, match="not the demo's"):
        require_mark(layout, "demo")


def test_real_home_refuses_the_demo(tmp_path: Path, layout: Layout, clock: FixedClock) -> None:
    described = _set_up(tmp_path, clock, Wanted(mark="demo", institution=OFFICE))

    assert described.origin.startswith("demo.")
    with pytest.raises(Conflict, match="demo's"):
        require_mark(layout, "production")


def test_origin_of_the_demo_is_refused_for_a_real_home(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(Conflict, match="origin"):
        _set_up(tmp_path, clock, Wanted(mark="production", institution=OFFICE, origin="demo.example/log"))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"format":"legal-ledger/home/v2","mark":"demo","origin":"demo.x"}',
        '{"format":"legal-ledger/home/v1","mark":"other","origin":"x"}',
        '{"format":"legal-ledger/home/v1","mark":"production","origin":"demo.x"}',
        '{"format":"legal-ledger/home/v1","mark":"demo","origin":"x"}',
        '{"format":"legal-ledger/home/v1","mark":"demo"}',
    ],
)
def test_damaged_description_is_malformed(layout: Layout, content: str) -> None:
    layout.root.mkdir()
    layout.description.write_text(content, encoding="utf-8")

    with pytest.raises(Malformed):
        load_description(layout)


def test_folder_that_is_no_home_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="legal-ledger init"), opened(_settings(tmp_path)):
        pass


def test_unfinished_home_is_not_opened(tmp_path: Path, layout: Layout, clock: FixedClock) -> None:
    _set_up(tmp_path, clock)
    layout.trust.unlink()

    with pytest.raises(NeedsAttention, match="init"), opened(_settings(tmp_path)):
        pass


def test_database_of_another_home_is_refused(tmp_path: Path, clock: FixedClock) -> None:
    _set_up(tmp_path / "one", clock)
    _set_up(tmp_path / "other", clock)
    one, other = (Layout(root=tmp_path / name / "home") for name in ("one", "other"))
    one.database.write_bytes(other.database.read_bytes())

    with pytest.raises(NeedsAttention, match="belong together"), opened(_settings(tmp_path / "one")):
        pass


def test_chain_of_another_home_is_named_when_asked(tmp_path: Path, clock: FixedClock) -> None:
    for name in ("one", "other"):
        _set_up(tmp_path / name, clock)
    for path in (tmp_path / "other" / "home" / "chain").iterdir():
        (tmp_path / "one" / "home" / "chain" / path.name).write_bytes(path.read_bytes())

    with opened(_settings(tmp_path / "one"), clock=clock) as home:
        assert home.reader.identity().genesis_hash != home.log.genesis_hash


def test_second_process_is_refused(layout: Layout) -> None:
    layout.root.mkdir()
    with exclusive(layout):
        tried = subprocess.run(
            [
                sys.executable,
                "-c",
                TAKE,
                str(layout.root),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=Path(__file__).parents[2],
        )

    assert tried.returncode != 0
    assert "another process" in tried.stderr


def test_serving_is_known_only_while_somebody_serves(layout: Layout) -> None:
    layout.root.mkdir()
    assert load_serving(layout) is None

    with exclusive(layout), announced(layout, "http://127.0.0.1:8000"):
        serving = load_serving(layout)
        assert serving is not None
        assert serving.url == "http://127.0.0.1:8000"
        left_behind = layout.serving.read_bytes()

    assert load_serving(layout) is None
    layout.serving.write_bytes(left_behind)  # as a killed process leaves it
    assert load_serving(layout) is None


def test_reader_of_a_home_reads_its_own_log(tmp_path: Path, clock: FixedClock) -> None:
    _set_up(tmp_path, clock)

    with opened(_settings(tmp_path), clock=clock) as home:
        same = LogReader(
            home.node,
            Interface(load_artifact()),
            contract=home.log.contract,
            log_id=home.log.log_id,
            finality=parse_finality("instant"),
        )
        assert same.identity() == home.reader.identity()
