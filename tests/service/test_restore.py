"""A lost ledger is made anew from its bundle: nothing is missing, nothing is signed by a wrong key, the log goes on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.audit_source import live_evidences
from service.declarations import DECLARATIONS
from service.home.export import export_ledger
from service.home.opening import opened
from service.home.restoring import Restore, Restored, SavedKeys, Wanted
from tests.clock import FixedClock
from tests.service.audited_home import fill
from tests.service.conftest import settings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A ledger with something of every kind in it, of which a bundle is left, and the backup of the keys."""

    home: Path
    bundle: Path

    @property
    def operator_key(self) -> Path:
        return self.home / "keys" / "operator.key"


@pytest.fixture(scope="module")
def lost(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    folder = tmp_path_factory.mktemp("lost")
    home = Path(shutil.copytree(fresh_home, folder / "var"))
    fill(home)
    with opened(settings_of(home), clock=later()) as old, (folder / "ledger.zip").open("w+b") as file:
        export_ledger(file, old)
    return Lost(home=home, bundle=folder / "ledger.zip")


def later() -> FixedClock:
    clock = FixedClock()
    clock.advance(timedelta(days=61))
    return clock


def restore(home: Path, source: Path, **saved: Path) -> Restored:
    wanted = Wanted(source=source, saved=SavedKeys(**saved))
    return Restore(settings=settings_of(home), tell=lambda _: None, clock=later()).run(wanted)


def rows_of(home: Path) -> dict[str, dict[tuple[str, int], Any]]:
    """Every readable record by kind, subject and version."""
    with opened(settings_of(home), clock=later()) as here, live_evidences(here, chain=None, no_chain="") as evidences:
        found: dict[str, dict[tuple[str, int], Any]] = {}
        for row in evidences.records.rows():
            found.setdefault(row.kind, {})[row.subject, row.version] = row.values
        return found


def test_every_kind_of_record_reads_back_as_it_was(lost: Lost, tmp_path: Path) -> None:
    restore(tmp_path / "new", lost.bundle)

    before, after = rows_of(lost.home), rows_of(tmp_path / "new")

    assert before.keys() == DECLARATIONS.keys()
    assert after == before
