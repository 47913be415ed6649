"""The verifying commands: every verdict its exit code, every fault one sentence, and no service needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ledger.audit.run import Evidences
from ledger.chain import Node, connect
from ledger.cli import app, exit_code_of
from ledger.errors import Conflict, Malformed, Unavailable, WrongChain
from ledger.offline import render_offline_verifier
from ledger.receipt import parse_receipt
from ledger.trust import render_trust
from tests.chains import fixed_genesis, new_chain
from tests.ledger.audited import fill_small
from tests.ledger.bundled import AnchoredLedger, anchored_ledger, damaged, rewrite
from tests.ledger.moved import MovingLedger
from tests.receipts import DATA, REQUIRED

ROOT = Path(__file__).parents[2]
RPC = "http://127.0.0.1:1"
FILE = b"wage slip, scanned anew"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnchoredLedger]:
    with anchored_ledger(tmp_path_factory.mktemp("chain")) as anchored:
        yield anchored


@pytest.fixture(scope="module")
def bundle(ledger: AnchoredLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger.export(tmp_path_factory.mktemp("bundle") / "ledger.zip")


@pytest.fixture
def folder(ledger: AnchoredLedger, tmp_path: Path) -> Path:
    """A file with its receipt, a receipt by itself, and a trust file."""
    (tmp_path / "slip.txt").write_bytes(FILE)
    (tmp_path / "slip.txt.receipt.json").write_bytes(ledger.receipt(4))
    (tmp_path / "case.receipt.json").write_bytes(ledger.receipt(0))
    (tmp_path / "trust.json").write_bytes(render_trust(ledger.trust))
    return tmp_path


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEDGER_HOME", str(tmp_path / "nowhere"))


@pytest.fixture
def node(ledger: AnchoredLedger, monkeypatch: pytest.MonkeyPatch) -> Node:
    """What stands at RPC: the ledger's own chain, in this process."""
    monkeypatch.setattr("ledger.cli.chains.connect_to", lambda _rpc: ledger.node)
    return ledger.node


def run(*arguments: object, obj: object = None) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], obj=obj)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        # As `main` does it: a fault with a name is a sentence and a code.
        result.exit_code = exit_code_of(result.exception)  # type: ignore[arg-type]  # anything else fails here
    return result


def verify(folder: Path, name: str, *more: object) -> Result:
    return run("verify", folder / name, "--trust", folder / "trust.json", *more)


# ------------------------------------------------------------------------------------------------------------- verify


def test_verify_of_an_unchanged_file_is_green(folder: Path, node: Node) -> None:
    result = verify(folder, "slip.txt", "--rpc", RPC)
    assert result.exit_code == 0, result.output
    assert "核验一致" in result.stdout
    assert "测试网络" in result.stdout


def test_verify_finds_the_receipt_beside_the_file_or_takes_the_one_named(folder: Path, node: Node) -> None:
    (folder / "slip.txt.receipt.json").rename(folder / "elsewhere.json")
    assert verify(folder, "slip.txt", "--rpc", RPC).exit_code == 64
    assert verify(folder, "slip.txt", "--rpc", RPC, "--receipt", folder / "elsewhere.json").exit_code == 0


def test_verify_of_a_receipt_by_itself_checks_no_file(folder: Path, node: Node) -> None:
    result = verify(folder, "case.receipt.json", "--rpc", RPC, "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["verdict"], report["file"]) == (0, "verified", None)
    assert report["checks"][9]["outcome"] == "not_checked"


def test_verify_of_a_changed_file_is_different(folder: Path, node: Node) -> None:
    (folder / "slip.txt").write_bytes(FILE[:-1] + bytes([FILE[-1] ^ 1]))
    assert verify(folder, "slip.txt", "--rpc", RPC).exit_code == 21


def test_verify_of_a_changed_receipt_is_never_green(folder: Path, node: Node) -> None:
    receipt = (folder / "case.receipt.json").read_bytes()
    for at in range(0, len(receipt), 97):
        (folder / "case.receipt.json").write_bytes(receipt[:at] + bytes([receipt[at] ^ 1]) + receipt[at + 1 :])
        assert verify(folder, "case.receipt.json", "--rpc", RPC).exit_code in {23, 64}


def test_verify_without_a_node_could_not_reach_the_chain(folder: Path) -> None:
    assert verify(folder, "slip.txt").exit_code == 40


def test_verify_with_the_trust_file_of_another_ledger_is_not_green(
    ledger: AnchoredLedger, folder: Path, node: Node
) -> None:
    identity = replace(ledger.log.identity, genesis_hash="0x" + "77" * 32)
    other = replace(ledger.trust, anchors=(replace(ledger.trust.anchors[0], identity=identity),))
    (folder / "trust.json").write_bytes(render_trust(other))
    assert verify(folder, "slip.txt", "--rpc", RPC).exit_code == 41


def test_verify_takes_the_trust_file_of_the_home(folder: Path, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("verify", folder / "slip.txt", "--rpc", RPC).exit_code == 40
    monkeypatch.setenv("LEDGER_HOME", str(folder))
    assert run("verify", folder / "slip.txt", "--rpc", RPC).exit_code == 0


def test_verify_of_a_folder_checks_every_receipt_and_ends_in_the_worst(folder: Path, node: Node) -> None:
    result = verify(folder, ".", "--rpc", RPC, "--json")
    results = json.loads(result.stdout)["results"]
    assert (result.exit_code, [item["verdict"] for item in results]) == (0, ["verified", "verified"])
    (folder / "slip.txt").write_bytes(b"?")
    result = verify(folder, ".", "--rpc", RPC, "--json")
    verdicts = {Path(item["receipt"]).name: item["verdict"] for item in json.loads(result.stdout)["results"]}
    assert (result.exit_code, verdicts["slip.txt.receipt.json"]) == (21, "different")


@pytest.mark.parametrize(
    ("name", "content"),
    [("gone.txt", None), ("empty.receipt.json", b""), ("junk.receipt.json", b"\xff\x00"), ("list.receipt.json", b"[]")],
)
def test_verify_of_what_cannot_be_read_is_bad_input(folder: Path, node: Node, name: str, content: bytes | None) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    result = verify(folder, name, "--rpc", RPC)
    assert result.exit_code == 64
    assert "Traceback" not in result.output


def test_verify_of_an_empty_folder_is_bad_input(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("verify", tmp_path / "empty").exit_code == 64


def test_verify_of_a_folder_with_one_receipt_for_all_is_bad_input(folder: Path) -> None:
    assert run("verify", folder, "--receipt", folder / "case.receipt.json").exit_code == 64


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_verify_with_a_trust_file_that_is_none_is_bad_input(folder: Path, content: bytes) -> None:
    (folder / "trust.json").write_bytes(content)
    assert verify(folder, "slip.txt").exit_code == 64


def test_verify_with_an_address_that_is_none_is_bad_input(folder: Path) -> None:
    assert verify(folder, "slip.txt", "--rpc", "ftp://example.org").exit_code == 64


def test_verify_with_a_node_that_is_down_is_unreachable(folder: Path) -> None:
    class Down:
        def __getattr__(self, name: str) -> Any:
            raise Unavailable("node", "connection refused")

        name = "node"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.cli.chains.connect_to", lambda _rpc: Down())
        assert verify(folder, "slip.txt", "--rpc", RPC).exit_code == 40


# ------------------------------------------------------------------------------------------------------------- redact


def test_redacted_receipt_shows_less_and_still_verifies(folder: Path, node: Node) -> None:
    target = folder / "less.receipt.json"
    assert run("redact", folder / "case.receipt.json", "--keep", "amount_fen", "-o", target).exit_code == 0
    shown = {item.name for item in parse_receipt(target.read_bytes()).disclosures}
    assert shown == {"amount_fen"}
    assert verify(folder, target.name, "--rpc", RPC).exit_code == 0


def test_redacting_keeps_what_the_record_requires_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "whole.json").write_bytes(DATA)

    result = run(
        "redact", tmp_path / "whole.json", "--keep", "title", "--keep", "size", "--out", tmp_path / "less.json"
    )

    shown = {item.name for item in parse_receipt((tmp_path / "less.json").read_bytes()).disclosures}
    assert shown == {"title", "size", *REQUIRED}
    assert "requires it: amount_fen, sha256" in result.stderr


def test_redact_without_options_lists_the_names_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "whole.json").write_bytes(DATA)

    result = run("redact", tmp_path / "whole.json")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "amount_fen  (required)",
        "doc_type",
        "remark",
        "sha256  (required)",
        "size",
        "title",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["whole.json"]


@pytest.mark.parametrize("option", [("--keep", "title"), ("--output", "less.json")])
def test_redact_with_half_of_its_options_is_bad_input(tmp_path: Path, option: tuple[str, str]) -> None:
    (tmp_path / "whole.json").write_bytes(DATA)

    assert run("redact", tmp_path / "whole.json", *option).exit_code == 64


def test_redacting_to_an_unknown_name_is_bad_input_and_names_those_there_are(folder: Path) -> None:
    result = run("redact", folder / "case.receipt.json", "--keep", "nothing", "-o", folder / "x.json")
    assert result.exit_code == 64
    assert not (folder / "x.json").exists()
    assert "amount_fen" in str(result.exception)


def test_redacting_into_a_missing_folder_is_bad_input(folder: Path) -> None:
    target = folder / "gone" / "x.json"
    assert run("redact", folder / "case.receipt.json", "--keep", "facts", "-o", target).exit_code == 64


# --------------------------------------------------------------------------------------------------- offline-verifier


def test_offline_verifier_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    assert run("offline-verifier", "-o", tmp_path / "verifier.html").exit_code == 0
    assert (tmp_path / "verifier.html").read_text(encoding="utf-8") == render_offline_verifier()


# -------------------------------------------------------------------------------------------------------------- audit


def test_audit_of_a_bundle_with_its_chain_agrees(folder: Path, bundle: Path, node: Node) -> None:
    result = run("audit", "--bundle", bundle, "--rpc", RPC, "--trust", folder / "trust.json", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["result"], document["own_trust"]) == (0, "agrees", True)


def test_audit_of_a_bundle_without_a_chain_could_not_check(bundle: Path) -> None:
    result = run("audit", "--bundle", bundle)
    assert result.exit_code == 40
    assert "no chain was given" in result.stdout


def test_audit_of_a_bundle_says_that_the_service_was_not_asked(bundle: Path, node: Node) -> None:
    result = run("audit", "--bundle", bundle, "--rpc", RPC)
    assert "What the service itself remarks" in result.stdout
    assert "Not part of what was given." in result.stdout


def test_audit_of_an_edited_bundle_names_record_field_and_values(bundle: Path, tmp_path: Path, node: Node) -> None:
    edited = rewrite(
        bundle, tmp_path / "edited.zip", {"rows.jsonl": lambda data: data.replace(b"1864000", b"1864001", 1)}
    )
    result = run("audit", "--bundle", edited, "--rpc", RPC)
    assert result.exit_code == 1
    assert "amount_fen" in result.stdout
    assert "1864001" in result.stdout


def test_audit_of_a_damaged_bundle_names_the_member(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(damaged(bundle, "rows.jsonl"))
    result = run("audit", "--bundle", path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["record"] == {"kind": "member", "number": "rows.jsonl"}


def test_audit_with_another_kept_head_finds_it(bundle: Path, node: Node) -> None:
    result = run("audit", "--bundle", bundle, "--rpc", RPC, "--kept", f"4:{'00' * 32}")
    assert result.exit_code == 1
    assert "high_water_mismatch" in result.stdout


@pytest.mark.parametrize("kept", ["", "4", "4:xyz", "0:" + "00" * 32, "4:00"])
def test_audit_with_a_kept_head_that_is_none_is_bad_input(bundle: Path, kept: str) -> None:
    assert run("audit", "--bundle", bundle, "--kept", kept).exit_code == 64


@pytest.mark.longer
def test_audit_of_a_moved_log_asks_each_node_for_the_contract_of_its_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genesis = fixed_genesis(extra_data=b"\x08" * 32)
    with new_chain(tmp_path / "old") as old, new_chain(tmp_path / "new", genesis=genesis) as new:
        nodes = {"http://old.example": connect(old), "http://new.example": connect(new)}
        monkeypatch.setattr("ledger.cli.chains.connect_to", nodes.__getitem__)
        ledger = MovingLedger(old)
        fill_small(ledger)
        ledger.move_to(nodes["http://new.example"])
        bundle = ledger.export(tmp_path / "ledger.zip", genesis=False)

        def ask(*addresses: str) -> tuple[int, str]:
            options = [option for address in addresses for option in ("--rpc", address)]
            result = run("audit", "--bundle", bundle, *options, "--json")
            return result.exit_code, result.stdout

        assert ask("http://old.example", "http://new.example")[0] == 0
        assert ask("http://new.example", "http://old.example")[0] == 0
        alone, said = ask("http://new.example")
        assert (alone, "which held the log up to 6 statements" in said) == (40, True)
        assert ask("http://old.example")[0] == 40


def test_audit_since_a_checkpoint_says_what_it_left_out(bundle: Path, node: Node) -> None:
    result = run("audit", "--bundle", bundle, "--rpc", RPC, "--since", "4", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["since"]["size"] == 4


def test_audit_since_another_root_finds_it(bundle: Path, node: Node) -> None:
    result = run("audit", "--bundle", bundle, "--rpc", RPC, "--since", f"4:{'00' * 32}")
    assert result.exit_code == 1
    assert "high_water_mismatch" in result.stdout


@pytest.mark.parametrize("options", [["3"], ["0"], ["4:"], ["4:zz"], ["x"], ["4", "--sample", "1"]])
def test_audit_since_what_is_no_checkpoint_is_bad_input(bundle: Path, options: list[str]) -> None:
    assert run("audit", "--bundle", bundle, "--since", *options).exit_code == 64


def test_audit_writes_a_page_beside_the_text(bundle: Path, tmp_path: Path, node: Node) -> None:
    page = tmp_path / "report.html"
    assert run("audit", "--bundle", bundle, "--rpc", RPC, "--html", page).exit_code == 0
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_audit_of_the_live_ledger_needs_one(tmp_path: Path) -> None:
    assert run("audit").exit_code == 64


def test_audit_of_the_live_ledger_runs_over_what_the_service_hands_over(ledger: AnchoredLedger) -> None:
    asked: list[Sequence[str]] = []

    @contextmanager
    def live(rpc: Sequence[str]) -> Iterator[Evidences]:
        asked.append(rpc)
        yield replace(ledger.evidences(), chain=ledger.history)

    result = run("audit", "--rpc", RPC, "--json", obj=live)
    assert (result.exit_code, json.loads(result.stdout)["result"]) == (0, "agrees")
    assert asked == [[RPC]]


# ------------------------------------------------------------------------------------------------------------- replay


def test_replay_of_a_bundle_agrees(bundle: Path, tmp_path: Path) -> None:
    result = run("replay", bundle, "--json", "--html", tmp_path / "replay.html")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["mode"], document["different"]) == (0, "exact", 0)
    assert "账本重放报告" in (tmp_path / "replay.html").read_text("utf-8")


def test_replay_of_a_damaged_bundle_is_bad_input(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(damaged(bundle, "rows.jsonl"))
    assert run("replay", path).exit_code == 64


@pytest.mark.parametrize("content", [None, b"", b"PK\x05\x06" + bytes(18), b"not a zip"])
def test_commands_over_what_is_no_bundle_are_bad_input(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "none.zip"
    if content is not None:
        path.write_bytes(content)
    assert run("replay", path).exit_code == 64
    assert run("audit", "--bundle", path).exit_code == 64


# ------------------------------------------------------------------------------------------------------- as a program


def program(*arguments: object, blocked: str = "") -> subprocess.CompletedProcess[str]:
    """`python -m ledger.cli` in a process of its own, without the packages named."""
    code = (
        "import sys\n"
        "class Blocker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {set(blocked.split())!r}:\n"
        "            raise ImportError(name, name=name)\n"
        "sys.meta_path.insert(0, Blocker())\n"
        "from ledger.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


SERVICE_ONLY = "service sqlmodel sqlalchemy alembic fastapi starlette uvicorn jinja2 web3 eth eth_tester"


def test_verify_runs_without_service_database_and_chain_libraries(folder: Path) -> None:
    done = program("verify", folder / "slip.txt", "--trust", folder / "trust.json", "--json", blocked=SERVICE_ONLY)
    assert done.returncode == 40, done.stderr
    report = json.loads(done.stdout)
    outcomes = {check["number"]: check["outcome"] for check in report["checks"]}
    assert {number: outcomes[number] for number in (1, 2, 3, 4, 5, 10)} == dict.fromkeys((1, 2, 3, 4, 5, 10), "passed")


def test_verify_with_a_node_says_so_when_the_chain_library_is_missing(folder: Path) -> None:
    done = program("verify", folder / "slip.txt", "--rpc", RPC, blocked=SERVICE_ONLY)
    assert done.returncode == 40
    assert "web3 is not installed" in done.stderr


def test_redact_runs_without_service_database_and_chain_libraries(folder: Path) -> None:
    target = folder / "less.receipt.json"
    done = program("redact", folder / "case.receipt.json", "--keep", "facts", "-o", target, blocked=SERVICE_ONLY)
    assert done.returncode == 0, done.stderr


def test_fault_with_a_name_is_one_sentence_on_stderr(folder: Path) -> None:
    done = program("verify", folder / "gone.txt")
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("legal-ledger: ")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unavailable("node", "down"), 40),
        (WrongChain("chain_id", 1, 2), 41),
        (Malformed("file", "junk"), 64),
        (Conflict("home", "taken"), 1),
    ],
)
def test_errors_have_their_exit_codes(error: Any, code: int) -> None:
    assert exit_code_of(error) == code
