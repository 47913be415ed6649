"""The evidence pack: complete, no more than may be read, and of use when the service is gone."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ledger.bundle import Bundle, Profile, open_bundle
from ledger.chain import connect, decode_transaction
from ledger.cli import app
from ledger.embedded import EmbeddedChain
from ledger.errors import Unavailable
from ledger.offline import FILE_NAME, render_offline_verifier
from ledger.receipt import parse_receipt
from service.home.layout import Layout
from tests.clock import FixedClock
from tests.service.conftest import Service, StartService, running
from tests.service.papers import attachments_of, root_of, text_of
from tests.service.visitor import Visitor

pytestmark = pytest.mark.longer(one_in=3)

PAPER = b"%PDF-1.7 wage record of the pack"


def _file(service: Service, case: dict[str, Any], *, name: str = "工资表.PDF") -> dict[str, Any]:
    answer = service.ask(
        "POST",
        f"/api/v1/cases/{case['id']}/documents",
        data={"doc_type": "wage_record", "title": "工资表"},
        files={"file": (name, PAPER, "application/pdf")},
    )
    document: dict[str, Any] = answer.json()
    return document


def _pack(service: Service, statement: dict[str, Any], lang: str = "zh") -> bytes:
    answer = service.ask("GET", f"/api/v1/statements/{statement['id']}/evidence.zip?lang={lang}")
    assert answer.status_code == 200, answer.text
    return answer.content


def _open(pack: bytes) -> Bundle:
    return open_bundle(io.BytesIO(pack))


@pytest.fixture(scope="session")
def filed(shared: Service) -> dict[str, Any]:
    """A document of the shared service that is final."""
    document = _file(shared, shared.register())
    shared.wait_until_final()
    return document


@pytest.fixture(scope="session")
def pack(shared: Service, filed: dict[str, Any]) -> bytes:
    """Its evidence pack."""
    return _pack(shared, filed["statement"])


# ------------------------------------------------------------------------------------------------------- what is in it


def test_pack_holds_everything_that_a_court_needs_and_nothing_else(pack: bytes, filed: dict[str, Any]) -> None:
    number = f"{filed['statement']['record_no']}.v1"

    with _open(pack) as bundle:
        bundle.verify()
        assert bundle.profile is Profile.EVIDENCE
        assert set(bundle.members) == {
            "instructions.pdf",
            f"{number}.certificate.pdf",
            f"documents/{number}.pdf",
            f"documents/{number}.pdf.receipt.json",
            "trust.json",
            "legal-ledger-verifier.html",
            "chain/transaction.json",
        }


def test_members_are_what_the_service_gives_singly(shared: Service, pack: bytes, filed: dict[str, Any]) -> None:
    number, path = f"{filed['statement']['record_no']}.v1", f"/api/v1/statements/{filed['statement']['id']}"

    with _open(pack) as bundle:
        read = {name: bundle.read(name, max_bytes=1 << 22) for name in bundle.members}

    receipt = shared.ask("GET", f"{path}/receipt").content
    assert read[f"documents/{number}.pdf"] == PAPER
    assert read[f"documents/{number}.pdf.receipt.json"] == receipt
    assert list(attachments_of(read[f"{number}.certificate.pdf"]).values()) == [receipt]
    assert read["trust.json"] == shared.client.get("/api/v1/trust").content
    assert read[FILE_NAME].decode() == render_offline_verifier()


def test_chain_member_is_the_checkpoints_transaction_as_the_chain_has_it(
    shared: Service, pack: bytes, filed: dict[str, Any]
) -> None:
    number = f"{filed['statement']['record_no']}.v1"
    with _open(pack) as bundle:
        chain = json.loads(bundle.read("chain/transaction.json", max_bytes=1 << 20))
        receipt = parse_receipt(bundle.read(f"documents/{number}.pdf.receipt.json", max_bytes=1 << 20))

    (hint,) = receipt.anchors
    signed = decode_transaction(bytes.fromhex(chain["raw"][2:]))
    assert signed.hash == chain["transaction"]["hash"] == chain["receipt"]["transactionHash"] == hint.transaction_hash
    assert chain["block"]["hash"] == chain["receipt"]["blockHash"] == hint.block_hash
    assert int(chain["receipt"]["status"], 16) == 1
    assert receipt.checkpoint.root.hex() in chain["raw"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_instructions_are_one_page_that_names_every_member(shared: Service, filed: dict[str, Any], lang: str) -> None:
    with _open(_pack(shared, filed["statement"], lang)) as bundle:
        paper = bundle.read("instructions.pdf", max_bytes=1 << 22)
        members = set(bundle.members) - {"instructions.pdf"}

    text = text_of(paper)
    assert "1/1" in text
    assert all(member in text for member in members)
    assert sha256(PAPER).hexdigest() in text
    assert "第十六条" in text or "art.16" in text
    assert "测试网络" in text or "Testnetwork" in text
    assert root_of(paper)["/MarkInfo"]["/Marked"]


def test_pack_is_the_same_twice(shared: Service, filed: dict[str, Any]) -> None:
    shared.wait_until_final()

    assert _pack(shared, filed["statement"]) == _pack(shared, filed["statement"])


def test_pack_of_a_record_without_a_file_has_its_receipt_alone(shared: Service) -> None:
    case = shared.register()
    shared.wait_until_final()

    with _open(_pack(shared, case["statement"])) as bundle:
        number = f"{case['statement']['record_no']}.v1"
        assert f"{number}.receipt.json" in bundle.members
        assert not any(name.startswith("documents/") for name in bundle.members)
        everything = b"".join(bundle.read(name, max_bytes=1 << 22) for name in bundle.members)
    for secret in ("371103197905200009", "000-00000000", "91371103MA0000000L"):
        assert secret.encode() not in everything


@pytest.mark.parametrize(("name", "extension"), [("a", "bin"), ("a.tar.GZ", "gz"), ("照片.JPEG", "jpeg")])
def test_file_keeps_its_extension_and_nothing_else_of_its_name(shared: Service, name: str, extension: str) -> None:
    document = _file(shared, shared.register(), name=name)
    shared.wait_until_final()

    with _open(_pack(shared, document["statement"])) as bundle:
        (member,) = (path for path in bundle.members if re.fullmatch(r"documents/[0-9A-Z-]+\.v1\.[a-z0-9]+", path))
    assert member.endswith(f".v1.{extension}")


# ---------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("username", ["other", "auditor", "admin"])
def test_pack_is_given_to_whoever_may_read_the_document(shared: Service, filed: dict[str, Any], username: str) -> None:
    answer = shared.ask("GET", f"/api/v1/statements/{filed['statement']['id']}/evidence.zip", username)

    assert answer.status_code == {"other": 404, "auditor": 200, "admin": 403}[username]


def test_pack_of_a_damaged_document_is_refused(service: Service) -> None:
    document = _file(service, service.register())
    service.wait_until_final()
    (blob,) = (path for path in (service.home / "blobs").rglob("*") if path.is_file())
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")

    answer = service.ask("GET", f"/api/v1/statements/{document['statement']['id']}/evidence.zip")

    assert (answer.status_code, answer.json()["code"]) == (409, "document_damaged")
    assert [path for path in service.home.iterdir() if path.name.endswith(".zip")] == []


def test_pack_without_a_chain_to_ask_is_unavailable(service: Service) -> None:
    document = _file(service, service.register())
    service.wait_until_final()
    service.cut_off_chain()

    answer = service.ask("GET", f"/api/v1/statements/{document['statement']['id']}/evidence.zip")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


# ------------------------------------------------------------------------------------------- when the service is gone


@pytest.fixture
def court(
    start_service: StartService, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path]:
    """What a court has: the pack, and a trust file it got by another way. The service has ended; the chain is kept."""
    folder = tmp_path / "court"
    folder.mkdir()
    copy = Path(shutil.copytree(home, tmp_path / "ended"))
    with running(copy, FixedClock()) as service:
        document = _file(service, service.register())
        service.wait_until_final()
        (folder / "evidence.zip").write_bytes(_pack(service, document["statement"]))
        (folder / "trust.json").write_bytes(service.runtime.trust_file)
    monkeypatch.setenv("LEDGER_HOME", str(tmp_path / "none"))
    return folder, copy


def _verify(folder: Path, *more: str) -> tuple[int, list[str]]:
    arguments = ["verify", str(folder / "evidence.zip"), "--trust", str(folder / "trust.json"), "--json", *more]
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, [item["verdict"] for item in json.loads(result.stdout)["results"]]


def test_pack_verifies_when_the_service_is_gone(court: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, home = court
    with EmbeddedChain.open(Layout(root=home).chain, clock=FixedClock(), read_only=True) as chain:
        monkeypatch.setattr("ledger.cli.chains.connect_to", lambda _rpc: connect(chain))

        assert _verify(folder, "--rpc", "http://127.0.0.1:1") == (0, ["verified", "verified"])


class _Down:
    """A node that does not answer."""

    name = "node"

    def __getattr__(self, name: str) -> Any:
        raise Unavailable("node", "connection refused")


def test_pack_without_any_node_is_grey_and_never_red(court: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = court
    monkeypatch.setattr("ledger.cli.chains.connect_to", lambda _rpc: _Down())

    assert _verify(folder) == (40, ["chain_unreachable"] * 2)
    assert _verify(folder, "--rpc", "http://127.0.0.1:1") == (40, ["chain_unreachable"] * 2)


def test_unpacked_pack_verifies_as_a_folder(court: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, home = court
    with zipfile.ZipFile(folder / "evidence.zip") as archive:
        archive.extractall(folder / "unpacked")
    with EmbeddedChain.open(Layout(root=home).chain, clock=FixedClock(), read_only=True) as chain:
        monkeypatch.setattr("ledger.cli.chains.connect_to", lambda _rpc: connect(chain))
        arguments = ["verify", str(folder / "unpacked"), "--trust", str(folder / "trust.json"), "--rpc", "http://a"]
        result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 0, result.output


# -------------------------------------------------------------------------------------------------------------- pages


def test_card_of_a_document_leads_to_the_pack(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    case_id = visitor.register()
    document = _file(service, {"id": case_id})
    service.wait_until_final()
    path = f"/statements/{document['statement']['id']}/evidence.zip"

    assert path in visitor.get(f"/cases/{case_id}").answer.text
    with _open(visitor.get(path).answer.content) as bundle:
        assert bundle.profile is Profile.EVIDENCE
