"""Seeded single edits of a live ledger and of its bundle: every one is found, with the right record and field."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.cli.bundles import evidences_of, opened_bundle
from ledger.errors import LedgerError
from service.audit_source import live_evidences
from service.home.export import export_ledger
from service.home.opening import opened
from tests.clock import FixedClock
from tests.service.audited_home import AuditedHome, audited_home
from tests.service.bundle_edits import BundleEdits
from tests.service.conftest import running, settings_of
from tests.service.edit_shapes import Edit, Target
from tests.service.live_edits import LiveEdits

MAX_DRAWS = 200
"""Tries until an edit of a target means something else than before; of the rarest one in twenty does."""

MAX_SHOWN = 20
WRITE_EVERY = 50


@pytest.fixture(scope="module")
def audited(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditedHome]:
    path = tmp_path_factory.mktemp("edited") / "var"
    shutil.copytree(filled_home, path)
    with audited_home(path, path.parent) as home:
        yield home


@pytest.fixture(scope="module")
def targets(audited: AuditedHome) -> Iterator[list[Target]]:
    file = io.BytesIO()
    export_ledger(file, audited.home)
    bundle = BundleEdits.of(file.getvalue(), chain=audited.chain)
    assert bundle.audit({}).exit_code == 0
    with LiveEdits.over(audited) as live:
        yield [*live.targets(), *bundle.targets()]


@dataclass(slots=True)
class Tally:
    """How many edits of each target were drawn and found, and what was missed."""

    seed: int
    drawn: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    def add(self, target: Target, edit: Edit) -> None:
        """Do an edit, audit, and compare what is named with what must be."""
        self.drawn[target.name] = self.drawn.get(target.name, 0) + 1
        self.found.setdefault(target.name, 0)
        try:
            report = edit.audit()
        except LedgerError as error:
            self.missed.append(f"{target.name}: {edit.said}: {error!r}")
            return
        missing = [one for one in edit.wanted if not one.found_in(report)]
        if report.exit_code == 1 and not missing:
            self.found[target.name] += 1
        else:
            self.missed.append(f"{target.name}: {edit.said}: {missing} not among {report.findings[:5]}")

    def document(self) -> dict[str, object]:
        """The result for machines."""
        return {
            "seed": self.seed,
            "drawn": sum(self.drawn.values()),
            "found": sum(self.found.values()),
            "targets": {name: f"{self.found[name]}/{drawn}" for name, drawn in sorted(self.drawn.items())},
            "missed": self.missed[:MAX_SHOWN],
        }


def drawn(target: Target, random: Random) -> Edit:
    """An edit of a target. Only what it does to the values decides whether it counts, never what an audit says."""
    for _ in range(MAX_DRAWS):
        edit = target.draw(random)
        if edit is not None:
            return edit
    raise AssertionError(f"no edit of {target.name} changes what it means")


def in_turn(targets: list[Target], random: Random) -> Iterator[Target]:
    """Every target equally often, in an order drawn anew each time round."""
    while True:
        yield from random.sample(targets, len(targets))


@pytest.mark.scaled(quick=10, ci=50, full=5_000)
def test_every_seeded_edit_is_found_with_its_record_and_field(
    targets: list[Target], scale: int, seed: int, request: pytest.FixtureRequest
) -> None:
    random, tally = Random(seed), Tally(seed=seed)
    result: Path | None = request.config.getoption("result_json")
    for number, target in zip(range(1, scale + 1), in_turn(targets, random), strict=False):
        tally.add(target, drawn(target, random))
        if result is not None and (number % WRITE_EVERY == 0 or number == scale):
            result.parent.mkdir(parents=True, exist_ok=True)
            written = json.dumps(tally.document(), ensure_ascii=False, indent=1) + "\n"
            (result.parent / "seeded-edits.json").write_text(written, encoding="utf-8")
    request.node.user_properties.append(("edits", tally.document()))
    assert tally.missed == []
    assert sum(tally.found.values()) == scale
    assert scale < len(targets) or tally.drawn.keys() == {target.name for target in targets}


# ----------------------------------------------------------------------------------------------------------- untouched


def later() -> FixedClock:
    """Two months after everything was recorded."""
    clock = FixedClock()
    clock.advance(timedelta(days=61))
    return clock


def audit_of(path: Path) -> AuditReport:
    """What `legal-ledger audit` finds in a home."""
    with (
        opened(settings_of(path), clock=later()) as home,
        live_evidences(home, chain=home.history, no_chain="") as evidences,
    ):
        return audit(evidences, now=home.clock())


def audit_of_bundle(path: Path, bundle: Path) -> AuditReport:
    """What `legal-ledger audit --bundle` finds in what a home exports, against its chain."""
    with opened(settings_of(path), clock=later()) as home:
        with bundle.open("xb") as file:
            export_ledger(file, home)
        with opened_bundle(bundle, home.layout.trust) as held:
            assert list(held.damage()) == []
            return audit(evidences_of(held, chain=home.history), now=held.bundle.created_at)


def back_up(home: Path, into: Path) -> None:
    """Keep what `service/docs/operations.md` says is to be kept, in the ways that it names."""
    into.mkdir()
    with closing(sqlite3.connect(home / "ledger.db")) as database, closing(sqlite3.connect(into / "ledger.db")) as copy:
        database.backup(copy)
    for folder in ("blobs", "chain", "keys"):
        shutil.copytree(home / folder, into / folder)
    for file in ("high-water.json", "trust.json", "home.json"):
        shutil.copy2(home / file, into / file)


@pytest.mark.longer
def test_untouched_ledger_has_no_finding_before_and_after_restart_export_backup_and_restore(
    filled_home: Path, tmp_path: Path
) -> None:
    home, restored = tmp_path / "var", tmp_path / "elsewhere" / "var"
    shutil.copytree(filled_home, home)
    first = audit_of(home)
    assert (first.exit_code, first.findings) == (0, ())
    with running(home, later()) as service:
        assert service.client.get("/health/live").status_code == 200
        back_up(home, tmp_path / "kept")
    shutil.copytree(tmp_path / "kept", restored)
    reports = [audit_of(home), audit_of(restored), audit_of_bundle(home, tmp_path / "ledger.zip")]
    with running(restored, later()) as service:
        assert service.client.get("/health/live").status_code == 200
    reports.append(audit_of(restored))
    assert [(report.exit_code, report.findings) for report in reports] == [(0, ())] * 4
    assert {(report.size, report.root) for report in reports} == {(first.size, first.root)}
