"""The whole journey, over HTTP and the command line, against a real server process: from a registration to a replay."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from ledger.record_number import record_number
from tests.process import SHORT_CASE, Home, Server, wait_until_final

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

AGREEMENT: dict[str, Any] = {
    "facts": "双方确认 2026 年 3 月至 6 月工资未付。",
    "total_fen": 2796000,
    "instalments": [
        {"amount_fen": 1000000, "due_on": "2026-07-31", "method": "bank_transfer"},
        {"amount_fen": 1796000, "due_on": "2026-08-31", "method": "bank_transfer"},
    ],
    "waivers": ["加班工资"],
    "mediator": "王示例",
    "agreed_on": "2026-07-20",
}

MARKS: tuple[dict[str, Any], ...] = (
    {"signer": "party", "party": 1, "name": "周小满", "method": "fingerprint", "signed_at": "2026-07-20"},
    {"signer": "party", "party": 2, "name": "李示例", "method": "seal", "signed_at": "2026-07-20"},
    {"signer": "mediator", "name": "王示例", "method": "handwritten", "signed_at": "2026-07-20"},
    {"signer": "organisation", "name": "岚山区示例总工会", "method": "seal", "signed_at": "2026-07-20"},
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "var")
    home.init()
    return home


def register_everything(server: Server, receipts: Path) -> tuple[str, list[Path]]:
    """Register, file, agree, wait until all is final; return the case's id and the receipts, kept as files."""
    with server.client("mediator") as client:

        def post(path: str, **request: Any) -> dict[str, Any]:
            answer = client.post(path, **request)
            assert answer.status_code == 201, answer.text
            body: dict[str, Any] = answer.json()
            return body

        case = post("/cases", json=SHORT_CASE)
        document = post(
            f"/cases/{case['id']}/documents",
            files={"file": ("工资条.pdf", PDF, "application/pdf")},
            data={"doc_type": "wage_record", "title": "工资条"},
        )
        agreement = post(f"/cases/{case['id']}/agreements", json=AGREEMENT)
        for mark in MARKS:
            agreement = post(f"/agreements/{agreement['id']}/signatures", json=mark)
        assert agreement["state"] == "effective"

        statements = [item["id"] for item in client.get(f"/cases/{case['id']}/statements").json()["items"]]
        wait_until_final(client, statements)
        kept = []
        for statement in statements:
            name = (
                "工资条.pdf.receipt.json" if statement == document["statement"]["id"] else f"{statement}.receipt.json"
            )
            kept.append(receipts / name)
            kept[-1].write_bytes(client.get(f"/statements/{statement}/receipt").raise_for_status().content)
    (receipts / "工资条.pdf").write_bytes(PDF)
    return case["id"], kept


def verify(home: Home, server: Server, target: Path) -> dict[str, Any]:
    """The report of `verify`, with the trust file and the server's own chain."""
    trust = str(home.path / "trust.json")
    done = home.run("verify", str(target), "--trust", trust, "--rpc", f"{server.url}/rpc", "--json")
    report: dict[str, Any] = json.loads(done.stdout)
    if "results" not in report:
        assert report["exit_code"] == done.returncode
    return report


@pytest.mark.server
@pytest.mark.longer
def test_journey_from_registration_to_replay(home: Home, tmp_path: Path) -> None:
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    server = Server(home)
    with server:
        case, kept = register_everything(server, receipts)

    # Stopped, and started again: everything is still there, and every receipt stands.
    with server:
        whole = verify(home, server, receipts)
        assert {item["verdict"] for item in whole["results"]} == {"verified"}
        assert len(whole["results"]) == len(kept)
        report = verify(home, server, receipts / "工资条.pdf")
        assert (report["verdict"], report["test_network"]) == ("verified", True)
        assert {check["outcome"] for check in report["checks"] if check["number"] != 11} == {"passed"}

        # One column by hand, under the running server: the audit names record, field and both values.
        database = sqlite3.connect(home.path / "ledger.db")
        with database:
            database.execute("UPDATE legal_case SET facts = '未欠发工资。' WHERE id = ?", (case,))
        audited = home.run("audit", "--json")
        assert audited.returncode == 1, audited.stdout + audited.stderr
        (finding,) = json.loads(audited.stdout)["findings"]
        assert (finding["code"], finding["field"]) == ("row_changed", "facts")
        assert (finding["expected"], finding["found"]) == (SHORT_CASE["facts"], "未欠发工资。")
        assert finding["record"]["kind"] == "case"
        assert finding["record"]["number"].startswith(record_number(case))

        with database:
            database.execute("UPDATE legal_case SET facts = ? WHERE id = ?", (SHORT_CASE["facts"], case))
        database.close()
        assert home.run("audit").returncode == 0

        exported = home.run("export", str(tmp_path / "ledger.zip"))
        assert exported.returncode == 0, exported.stderr

    # Replayed on a fresh chain, without the home: every block has the same hash.
    replayed = home.run("replay", str(tmp_path / "ledger.zip"), "--trust", str(home.path / "trust.json"), "--json")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    replay = json.loads(replayed.stdout)
    assert (replay["mode"], replay["same_blocks"], replay["different"]) == ("exact", True, 0)
    assert replay["transactions"] == replay["tip"]["block_number"] > 2
    assert replay["audit"]["result"] == "agrees"
