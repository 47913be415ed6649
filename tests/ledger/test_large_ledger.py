"""The generated ledger of the measurements: it is one that an audit finds nothing in, and its size costs no memory."""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
from pathlib import Path

import pytest

from ledger.audit.findings import Code
from ledger.audit.index import Index, Link, Version
from ledger.audit.run import audit
from ledger.bundle_source import BundleSource
from ledger.chain import connect, decode_transaction
from ledger.cli.bundles import evidences_of
from ledger.cli.chains import log_on
from ledger.embedded import EmbeddedChain
from scripts.bench import measure_audit
from tests.clock import FixedClock
from tests.large_ledger import make_large_bundle
from tests.ledger.bundled import rewrite

MIB = 1024


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_large_bundle(tmp_path_factory.mktemp("large"), statements=2000, seed=3)


def findings_of(bundle: Path, chain_folder: Path, size: int) -> list[tuple[Code, str | None]]:
    with (
        BundleSource.open(bundle, decode=decode_transaction) as source,
        EmbeddedChain.open(chain_folder, clock=FixedClock(), read_only=True) as chain,
    ):
        evidences = evidences_of(source, chain=log_on(connect(chain), source.trust.anchors[-1]))
        report = audit(evidences, now=source.bundle.created_at)
        assert report.size == size
        return [(finding.code, finding.field) for finding in report.findings]


def test_generated_ledger_agrees_with_its_chain(large: tuple[Path, Path]) -> None:
    assert findings_of(*large, 2000) == []


def test_generated_ledger_is_compared_to_the_last_row(large: tuple[Path, Path], tmp_path: Path) -> None:
    def edit(rows: bytes) -> bytes:
        first, _, last = rows.rstrip(b"\n").rpartition(b"\n")
        row = json.loads(last)
        name = min(row["values"])
        row["values"][name] = "edited"
        return first + b"\n" + json.dumps(row).encode() + b"\n"

    edited = rewrite(large[0], tmp_path / "edited.zip", {"rows.jsonl": edit})
    ((code, field),) = findings_of(edited, large[1], 2000)
    assert code is Code.ROW_CHANGED
    assert field is not None


def test_same_seed_gives_the_same_members(tmp_path: Path) -> None:
    digests = []
    for name in ("first", "second"):
        bundle, _ = make_large_bundle(tmp_path / name, statements=60, seed=5)
        with zipfile.ZipFile(bundle) as archive:
            digests.append({member: hashlib.sha256(archive.read(member)).hexdigest() for member in archive.namelist()})
    assert digests[0] == digests[1]


def resident_kib() -> int:
    return next(
        int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "RssAnon" in line
    )


@pytest.mark.full
def test_a_million_records_are_remembered_outside_memory() -> None:
    with Index() as index:
        before = resident_kib()
        for number in range(1_000_000):
            subject, stream = str(uuid.UUID(int=number * 2**64 + number)), str(uuid.UUID(int=number % 1000))
            leaf = number.to_bytes(32, "big")
            version = Version(version=1, leaf=leaf, digest=leaf, kind="case", stream=stream)
            index.put(subject, version, keep_older=False)
            index.extend(stream, Link(number=number, leaf=leaf))
        assert len(index) == 1_000_000
        assert resident_kib() - before < 40 * MIB


@pytest.mark.full
def test_audit_of_a_large_ledger_stays_within_its_memory(tmp_path: Path) -> None:
    small, large = (
        measure_audit(*make_large_bundle(tmp_path, statements=number, seed=1)) for number in (10_000, 100_000)
    )
    assert (small["result"], large["result"]) == ("agrees", "agrees")
    assert large["peak_pss_kib"] < 300 * MIB
    assert large["peak_pss_kib"] - small["peak_pss_kib"] < 30 * MIB
