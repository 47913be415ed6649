"""`verify` of many things at once, of certificates and bundles, and of rubbish: always a verdict, never a traceback."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ledger.bundle import BundleWriter, Profile
from ledger.chain import Node
from ledger.cli import app, exit_code_of
from ledger.cli.verify import SEVERITY
from ledger.trust import render_trust
from ledger.verdict import LOOKUP_VERDICTS, Verdict
from tests.ledger.bundled import AnchoredLedger, anchored_ledger, damaged, rewrite
from tests.ledger.certificates import HOSTILE, bomb, certificate_of
from tests.ledger.test_cli import FILE, RPC

pytestmark = pytest.mark.longer(one_in=2)

LEAF = 4
"""A statement of the small ledger that discloses the SHA-256 of `FILE`."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnchoredLedger]:
    with anchored_ledger(tmp_path_factory.mktemp("chain")) as anchored:
        yield anchored


@pytest.fixture(scope="module")
def ledger_bundle(ledger: AnchoredLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger.export(tmp_path_factory.mktemp("bundle") / "ledger.zip")


@pytest.fixture(autouse=True)
def node(ledger: AnchoredLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Node:
    """What stands at RPC: the ledger's own chain, in this process. The home's trust file is the ledger's."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "trust.json").write_bytes(render_trust(ledger.trust))
    monkeypatch.setenv("LEDGER_HOME", str(home))
    monkeypatch.setattr("ledger.cli.chains.connect_to", lambda _rpc: ledger.node)
    return ledger.node


@pytest.fixture
def folder(ledger: AnchoredLedger, tmp_path: Path) -> Path:
    """A case as a court may get it: a file with its receipt, a certificate deeper down, an evidence bundle."""
    folder = tmp_path / "case"
    (folder / "deeper").mkdir(parents=True)
    receipt = ledger.receipt(LEAF)
    (folder / "slip.txt").write_bytes(FILE)
    (folder / "slip.txt.receipt.json").write_bytes(receipt)
    (folder / "deeper" / "paper.pdf").write_bytes(certificate_of(receipt))
    write_bundle(folder / "evidence.zip", receipt)
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 a scan without anything inside")
    (folder / "notes.txt").write_bytes(b"nothing to do with it")
    return folder


def write_bundle(path: Path, receipt: bytes, *, profile: Profile = Profile.EVIDENCE) -> Path:
    with (
        path.open("wb") as file,
        BundleWriter(file, profile=profile, created_at=datetime(2026, 7, 21, tzinfo=UTC)) as bundle,
    ):
        bundle.write("documents/slip.txt", FILE)
        bundle.write("documents/slip.txt.receipt.json", receipt)
        bundle.write("certificate.pdf", certificate_of(receipt))
    return path


def run(*targets: object) -> Result:
    arguments = ["verify", *(str(target) for target in targets), "--rpc", RPC]
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        # As `main` does it: a fault with a name is a sentence and a code.
        result.exit_code = exit_code_of(result.exception)  # type: ignore[arg-type]  # anything else fails here
    return result


def results_of(*targets: object) -> tuple[int, dict[str, Any]]:
    """The exit code, and the verdicts by the last part of the receipt's name."""
    result = run(*targets, "--json")
    shown = json.loads(result.stdout)["results"]
    return result.exit_code, {Path(item["receipt"]).name: item["verdict"] for item in shown}


# ---------------------------------------------------------------------------------------------------- what is verified


def test_folder_is_searched_for_receipts_certificates_and_bundles(folder: Path) -> None:
    result = run(folder, "--json")

    found = [(Path(item["receipt"]).name, item["verdict"]) for item in json.loads(result.stdout)["results"]]
    assert result.exit_code == 0
    assert sorted(found) == [
        ("certificate.pdf", "verified"),
        ("paper.pdf", "verified"),
        ("slip.txt.receipt.json", "verified"),  # in the folder and in the bundle
        ("slip.txt.receipt.json", "verified"),
    ]


def test_certificate_alone_is_one_result_and_lists_what_it_discloses(folder: Path) -> None:
    report = json.loads(run(folder / "deeper" / "paper.pdf", "--json").stdout)
    shown = run(folder / "deeper" / "paper.pdf")

    assert (shown.exit_code, report["verdict"], report["file"]) == (0, "verified", None)
    assert report["disclosed"]["sha256"] == sha256(FILE).hexdigest()
    assert sha256(FILE).hexdigest() in shown.stdout
    assert "请与纸面逐项比对" in shown.stdout


def test_pdf_with_a_receipt_beside_it_is_a_file_like_any_other(ledger: AnchoredLedger, folder: Path) -> None:
    paper = folder / "deeper" / "paper.pdf"
    (folder / "deeper" / "paper.pdf.receipt.json").write_bytes(ledger.receipt(LEAF))

    assert run(paper).exit_code == Verdict.DIFFERENT.exit_code


@pytest.mark.parametrize("profile", [Profile.EVIDENCE, Profile.MY_CASE])
def test_bundle_of_members_is_checked_receipt_by_receipt(
    ledger: AnchoredLedger, tmp_path: Path, profile: Profile
) -> None:
    bundle = write_bundle(tmp_path / "a.zip", ledger.receipt(LEAF), profile=profile)

    assert results_of(bundle) == (0, {"slip.txt.receipt.json": "verified", "certificate.pdf": "verified"})


def test_file_changed_inside_a_bundle_is_different_not_just_damaged(folder: Path) -> None:
    bundle = folder / "evidence.zip"
    bundle.write_bytes(damaged(bundle, "documents/slip.txt"))

    assert results_of(bundle) == (21, {"slip.txt.receipt.json": "different", "certificate.pdf": "verified"})


def test_receipt_or_certificate_changed_inside_a_bundle_is_never_green(folder: Path) -> None:
    whole = (folder / "evidence.zip").read_bytes()
    for member in ("documents/slip.txt.receipt.json", "certificate.pdf"):
        (folder / "evidence.zip").write_bytes(whole)
        (folder / "evidence.zip").write_bytes(damaged(folder / "evidence.zip", member))

        code, verdicts = results_of(folder / "evidence.zip")

        assert (code, verdicts[Path(member).name]) == (64, "bad_input")


def test_bundle_of_a_whole_ledger_is_checked_statement_by_statement(
    ledger: AnchoredLedger, ledger_bundle: Path
) -> None:
    code, verdicts = results_of(ledger_bundle)

    assert code == 0
    assert list(verdicts.values()) == ["verified"] * len(ledger.held)


def test_statement_changed_in_the_bundle_of_a_ledger_is_never_green(ledger_bundle: Path, tmp_path: Path) -> None:
    edited = rewrite(
        ledger_bundle,
        tmp_path / "edited.zip",
        {"statements.jsonl": lambda data: data.replace(b"document.filed", b"document.files", 1)},
    )

    code, verdicts = results_of(edited)

    assert code == Verdict.RECEIPT_INVALID.exit_code
    assert list(verdicts.values()).count("receipt_invalid") == 1


def test_several_arguments_are_each_checked_and_the_worst_decides(folder: Path) -> None:
    (folder / "slip.txt").write_bytes(b"changed")

    code, verdicts = results_of(folder / "deeper" / "paper.pdf", folder / "slip.txt", folder / "gone.txt")

    assert code == Verdict.DIFFERENT.exit_code
    assert verdicts == {"paper.pdf": "verified", "slip.txt.receipt.json": "different", "gone.txt": "bad_input"}


def test_exit_codes_of_several_results_are_ordered_and_none_is_left_out() -> None:
    assert set(SEVERITY) == {verdict.value for verdict in set(Verdict) - LOOKUP_VERDICTS}


def test_receipt_option_with_several_files_is_bad_input(folder: Path) -> None:
    result = run(folder / "slip.txt", folder / "notes.txt", "--receipt", folder / "slip.txt.receipt.json")

    assert result.exit_code == 64


# ------------------------------------------------------------------------------------------------------------- rubbish


def _rubbish(folder: Path) -> dict[str, Path]:
    folder.mkdir()
    contents = {
        "empty.pdf": b"",
        "empty.zip": b"",
        "empty.receipt.json": b"",
        "noise.receipt.json": bytes(range(256)),
        "deep.receipt.json": b"[" * 100_000,
        "short.zip": b"PK\x03\x04",
        "bomb.pdf": bomb(1, 1 << 26),
        "noise.pdf": HOSTILE["noise"](b""),
        "nested.pdf": HOSTILE["nested arrays"](b""),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", bytes(1 << 24))
    os.mkfifo(folder / "pipe.receipt.json")
    os.mkfifo(folder / "pipe.pdf")
    with (folder / "sparse.pdf").open("wb") as file:
        file.write(b"%PDF-1.7 /EmbeddedFile")
        file.truncate(5 << 30)
    with (folder / "sparse.zip").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(5 << 30)
    (folder / "folder.receipt.json").mkdir()
    (folder / "link.receipt.json").symlink_to(folder / "nowhere")
    (folder / "loop").symlink_to(folder)
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture
def rubbish(tmp_path: Path) -> dict[str, Path]:
    return _rubbish(tmp_path / "rubbish")


def test_every_piece_of_rubbish_is_bad_input(rubbish: dict[str, Path]) -> None:
    for name, path in rubbish.items():
        if name == "loop":
            continue
        result = run(path)
        assert result.exit_code == Verdict.BAD_INPUT.exit_code, (name, result.output, result.exception)


def test_rubbish_in_a_folder_is_named_and_hides_nothing(folder: Path) -> None:
    _rubbish(folder / "rubbish")

    result = run(folder, "--json")

    shown = json.loads(result.stdout)
    verdicts = {Path(item["receipt"]).name: item["verdict"] for item in shown["results"]}
    assert result.exit_code == Verdict.BAD_INPUT.exit_code
    assert verdicts["slip.txt.receipt.json"] == verdicts["paper.pdf"] == "verified"
    for name in ("empty.receipt.json", "noise.receipt.json", "deep.receipt.json", "bomb.pdf", "noise.pdf"):
        assert verdicts[name] == "bad_input"
    skipped = {Path(item["path"]).name for item in shown["skipped"]}
    assert skipped == {"empty.zip", "short.zip", "bomb.zip", "sparse.zip"}


def test_bundle_cut_short_anywhere_is_bad_input(folder: Path) -> None:
    bundle = folder / "evidence.zip"
    whole = bundle.read_bytes()
    for length in (0, 1, 22, len(whole) // 2, len(whole) - 1):
        bundle.write_bytes(whole[:length])
        assert run(bundle).exit_code == 64


# ------------------------------------------------------------------------------------------------------------ progress


def test_progress_is_shown_on_a_terminal_and_on_stderr_alone(folder: Path, tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    environment = {**os.environ, "LEDGER_HOME": str(tmp_path / "none"), "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "ledger.cli", "verify", folder, "--json"],
        stdout=subprocess.PIPE,
        stderr=follower,
        env=environment,
        check=False,
    )
    os.close(follower)
    shown = os.read(leader, 1 << 16)  # bytes: what a terminal gives at once may end within a character
    os.close(leader)

    assert done.returncode == Verdict.CHAIN_UNREACHABLE.exit_code
    assert b"verify" in shown
    assert json.loads(done.stdout)["results"]
