"""Every verdict that `verify` can reach, by an injected cause, for a receipt, a file, a certificate and a bundle."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.bundle import BundleWriter, Profile
from ledger.canonical import parse_time
from ledger.cli import app
from ledger.receipt import make_receipt, render_receipt
from ledger.trust import render_trust
from ledger.verdict import LOOKUP_VERDICTS, Verdict, words_of
from tests.fakes import Fault
from tests.ledger.certificates import certificate_of
from tests.receipts import FILE, World, make_world

pytestmark = pytest.mark.longer(one_in=2)

LEAF = 4
RPC = "http://127.0.0.1:1"


def _nothing(_world: World) -> None:
    pass


def _revoke(reason: int) -> Callable[[World], None]:
    def cause(world: World) -> None:
        world.chain.revoke(world.commitment(LEAF), reason)
        world.chain.mine(2)

    return cause


def _fault(fault: Fault) -> Callable[[World], None]:
    return lambda world: world.chain.faults.add(fault)


def _deeper(world: World) -> None:
    world.chain.depth = 50


CAUSES: dict[Verdict, Callable[[World], None]] = {
    Verdict.VERIFIED: _nothing,
    Verdict.VERIFIED_NOT_FINAL: _deeper,
    Verdict.SUPERSEDED: _revoke(2),
    Verdict.REVOKED: _revoke(3),
    Verdict.LEDGER_MISMATCH: _fault(Fault.REWRITTEN),
    Verdict.CHAIN_UNREACHABLE: _fault(Fault.UNREACHABLE),
    Verdict.WRONG_CHAIN: _fault(Fault.OTHER_CHAIN),
}
"""What happens to the chain; the other verdicts come of what happens to file and receipt."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose chain answers at RPC."""
    world = make_world()
    monkeypatch.setattr("ledger.cli.chains.connect_to", lambda _rpc: "a node")
    monkeypatch.setattr("ledger.cli.chains.log_on", lambda _node, _anchor: world.chain)
    return world


def _write(folder: Path, receipt: bytes, file: bytes = FILE) -> dict[str, Path]:
    """The same receipt in every form that `verify` takes."""
    paths = {name: folder / name for name in ("a.docx", "alone.receipt.json", "certificate.pdf", "evidence.zip")}
    paths["a.docx"].write_bytes(file)
    (folder / "a.docx.receipt.json").write_bytes(receipt)
    paths["alone.receipt.json"].write_bytes(receipt)
    paths["certificate.pdf"].write_bytes(certificate_of(receipt))
    with (
        paths["evidence.zip"].open("wb") as target,
        BundleWriter(target, profile=Profile.EVIDENCE, created_at=parse_time("2026-07-21T00:00:00.000Z")) as bundle,
    ):
        bundle.write("a.docx", file)
        bundle.write("a.docx.receipt.json", receipt)
    return paths


def _verify(world: World, folder: Path, path: Path) -> tuple[int, str, str]:
    """Exit code, verdict, and what a person reads."""
    (folder / "trust.json").write_bytes(render_trust(world.trust))
    arguments = ["verify", str(path), "--trust", str(folder / "trust.json"), "--rpc", RPC]
    shown = CliRunner().invoke(app, arguments)
    report = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    (result,) = report.get("results", [report])
    return shown.exit_code, result["verdict"], shown.stdout


WITH_FILE = frozenset({"a.docx", "evidence.zip"})
"""Forms in which a file is compared; of the others nothing is said to match."""


@pytest.mark.parametrize("verdict", CAUSES, ids=str)
def test_cause_on_the_chain_gives_its_verdict_in_every_form(world: World, tmp_path: Path, verdict: Verdict) -> None:
    paths = _write(tmp_path, render_receipt(world.receipt(LEAF)))
    CAUSES[verdict](world)

    for name, path in paths.items():
        code, found, shown = _verify(world, tmp_path, path)

        assert (code, found) == (verdict.exit_code, verdict.value), path.name
        title = words_of(verdict, file=name in WITH_FILE).title
        assert f"{title.zh} {title.en}" in shown


def test_changed_file_is_different(world: World, tmp_path: Path) -> None:
    paths = _write(tmp_path, render_receipt(world.receipt(LEAF)), file=FILE + b" ")

    for name in ("a.docx", "evidence.zip"):
        assert _verify(world, tmp_path, paths[name])[:2] == (21, "different")


def test_dropped_required_disclosure_is_receipt_invalid_in_every_form(world: World, tmp_path: Path) -> None:
    whole = world.receipt(LEAF)
    fewer = [item for item in whole.disclosures if item.name != "amount_fen"]
    receipt = make_receipt(
        statement=whole.statement, disclosures=fewer, proof=replace(whole.proof), anchors=whole.anchors
    )
    paths = _write(tmp_path, render_receipt(receipt))

    for path in paths.values():
        assert _verify(world, tmp_path, path)[:2] == (23, "receipt_invalid")


def test_damaged_receipt_is_bad_input_in_every_form(world: World, tmp_path: Path) -> None:
    paths = _write(tmp_path, render_receipt(world.receipt(LEAF))[:-2])

    for path in paths.values():
        assert _verify(world, tmp_path, path)[:2] == (64, "bad_input")


def test_every_verdict_of_the_rule_has_a_cause_here() -> None:
    here = {*CAUSES, Verdict.DIFFERENT, Verdict.RECEIPT_INVALID, Verdict.BAD_INPUT}

    assert here == set(Verdict) - LOOKUP_VERDICTS
