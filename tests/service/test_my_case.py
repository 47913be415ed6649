"""“Download my case”, and what a party says by itself: the file checks when the service is gone, the words stand."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.bundle import Profile, open_bundle
from tests.clock import FixedClock
from tests.service.conftest import Service, running
from tests.service.test_party_access import (
    PRIVATE_OF_EMPLOYER,
    PRIVATE_OF_NOBODY_HERE,
    PRIVATE_OF_WORKER,
    WORKER,
    Office,
    Party,
    make_office,
    opened_receipt,
    party,
    spellings,
)

pytestmark = pytest.mark.longer(one_in=3)

NOTICE = b"%PDF notice"


@pytest.fixture(scope="module")
def autumn(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests here, in September."""
    clock = FixedClock()
    clock.advance(timedelta(days=60))
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("autumn") / "var"))
    with running(home, clock) as service:
        yield service


@pytest.fixture(scope="module")
def office(autumn: Service) -> Office:
    """One case with a released paper and the opinion of a department."""
    made = make_office(autumn)
    made.release(1, made.paper)
    opinion = {"occurred_on": "2026-09-18", "text": "建议双方协商分期。"}
    answer = autumn.ask("POST", f"/api/v1/cases/{made.case['id']}/opinions", "department", json=opinion)
    assert answer.status_code == 201, answer.text
    autumn.wait_until_final()
    return made


@pytest.fixture(scope="module")
def downloaded(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worker's bundle on the worker's own disk."""
    answer = party(office, 1).get("/bundle")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="my-case.zip"'
    path = tmp_path_factory.mktemp("own") / "my-case.zip"
    path.write_bytes(answer.content)
    return path


# ---------------------------------------------------------------------------------------------------------- the bundle


def verify(path: Path, *more: object) -> tuple[int, list[dict[str, Any]]]:
    """What the command line says in a process of its own: no service, no network, no home."""
    command = [sys.executable, "-m", "ledger.cli", "verify", str(path), "--json", *map(str, more)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin", "LEDGER_HOME": "/nonexistent"}
    )
    assert done.stdout, done.stderr
    said = json.loads(done.stdout)
    return done.returncode, said.get("results", [said])


def test_bundle_holds_papers_receipts_trust_verifier_and_a_readme(downloaded: Path, office: Office) -> None:
    with open_bundle(downloaded) as bundle:
        bundle.verify()
        members = set(bundle.members)
        readme = bundle.read("README.txt", max_bytes=1 << 20).decode()
        assert bundle.profile is Profile.MY_CASE
        trust = bundle.read("trust.json", max_bytes=1 << 20)
        (paper,) = (name for name in members if name.startswith("papers/") and name.endswith(".pdf"))
        assert bundle.read(paper, max_bytes=1 << 20) == NOTICE
    assert trust == office.service.runtime.trust_file
    assert {"README.txt", "trust.json", "legal-ledger-verifier.html", f"{paper}.receipt.json"} <= members
    for words in ("我的案件", office.case["case_no"], "受理通知", "案件登记", "不能证明：内容本身是真的", paper):
        assert words in readme
    assert "病历" not in readme


def test_bundle_has_every_receipt_that_the_party_may_have(office: Office, tmp_path: Path) -> None:
    office.service.wait_until_final()  # other tests enter things in this case
    listed = party(office, 1).get().json()["progress"]
    path = tmp_path / "my-case.zip"
    path.write_bytes(party(office, 1).get("/bundle").content)
    with open_bundle(path) as bundle:
        receipts = {name.rsplit("/", 1)[1] for name in bundle.members if name.endswith(".receipt.json")}
    assert len(receipts) == len(listed)
    assert {name.split(".")[0] for name in receipts} == {item["record_no"] for item in listed}


def test_bundle_verifies_when_the_service_is_gone(fresh_home: Path, tmp_path: Path) -> None:
    """The signature, the log and the file hold without service and network; the chain could not be asked: 40."""
    home = Path(shutil.copytree(fresh_home, tmp_path / "var"))
    clock = FixedClock()
    clock.advance(timedelta(days=60))
    with running(home, clock) as service:
        office = make_office(service)
        office.release(1, office.paper)
        service.wait_until_final()
        content, trust = party(office, 1).get("/bundle").content, service.runtime.trust_file
    shutil.rmtree(home)
    path = tmp_path / "my-case.zip"
    path.write_bytes(content)
    (tmp_path / "trust.json").write_bytes(trust)

    code, results = verify(path, "--trust", tmp_path / "trust.json")

    assert code == 40
    assert {result["verdict"] for result in results} == {"chain_unreachable"}
    outcomes = {check["number"]: check["outcome"] for result in results for check in result["checks"]}
    assert [outcomes[number] for number in (1, 2, 3, 4, 5)] == ["passed"] * 5
    compared = [
        check["outcome"] for result in results if result["file"] for check in result["checks"] if check["number"] == 10
    ]
    assert compared == ["passed"]


def test_bundle_with_a_changed_paper_is_different(downloaded: Path, office: Office, tmp_path: Path) -> None:
    changed = tmp_path / "my-case.zip"
    content = downloaded.read_bytes()
    assert content.count(NOTICE) == 1
    changed.write_bytes(content.replace(NOTICE, NOTICE[:-1] + b"X"))
    (tmp_path / "trust.json").write_bytes(office.service.runtime.trust_file)

    code, results = verify(changed, "--trust", tmp_path / "trust.json")

    assert code == 21
    assert "different" in {result["verdict"] for result in results}


def test_bundle_from_the_page_is_the_same_file(office: Office) -> None:
    office.service.wait_until_final()
    worker = party(office, 1)
    page = worker.page("/bundle")
    assert page.headers["content-type"] == "application/zip"
    assert page.content == worker.get("/bundle").content


def test_statements_without_a_receipt_yet_are_counted_in_the_readme(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.inputs import Refused
    from service.party_access import bundle

    def refuse(*_: object) -> None:
        raise Refused("not_anchored")

    monkeypatch.setattr(bundle, "build_receipt", refuse)
    with zipfile.ZipFile(io.BytesIO(party(office, 1).get("/bundle").content)) as archive:
        assert "项登记尚未上链" in archive.read("README.txt").decode()
        assert [name for name in archive.namelist() if name.endswith(".receipt.json")] == []


@pytest.mark.parametrize(
    ("position", "planted"),
    [(2, (*PRIVATE_OF_WORKER, *PRIVATE_OF_NOBODY_HERE)), (1, (*PRIVATE_OF_EMPLOYER, *PRIVATE_OF_NOBODY_HERE))],
)
def test_nothing_private_of_the_other_side_is_in_the_bundle(
    office: Office, position: int, planted: tuple[str, ...]
) -> None:
    content = party(office, position).get("/bundle").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != "legal-ledger-verifier.html"}
    members |= {
        f"{name} opened": opened_receipt(data) for name, data in members.items() if name.endswith(".receipt.json")
    }
    for name, data in members.items():
        for value in planted:
            assert not [text for text in spellings(value) if text.encode() in data], (name, value)


def test_employers_receipts_say_nothing_of_the_steps_of_the_workers_request(office: Office) -> None:
    content = party(office, 2).get("/bundle").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        receipts = [opened_receipt(archive.read(name)) for name in archive.namelist() if ".receipt." in name]
    assert not [data for data in receipts if b'"steps"' in data]


# --------------------------------------------------------------------------------------------------- what a party says


def test_party_objects_to_a_paper_with_its_grounds(office: Office) -> None:
    issued = office.link(1)
    worker = Party(office.service, issued["code"])
    about = {"kind": "document", "id": office.paper, "version": 1}
    body = {"text": "不是我签的字。", "about": about, "grounds": ["authenticity"]}

    said = worker.send("/objections", body)

    assert said.status_code == 200, said.text
    entries = office.service.ask("GET", f"/api/v1/cases/{office.case['id']}/entries?kind=objection", "mediator").json()
    entry = entries["items"][-1]
    assert (entry["party"], entry["raised_by"], entry["grounds"]) == (1, WORKER["name"], ["authenticity"])
    assert entry["registrar"] == f"party link {issued['link']['record_no']}"
    assert entry["about"] == about


def test_party_objects_by_form_and_sees_it_and_the_opinion(office: Office) -> None:
    worker = party(office, 1)
    opinion = next(item for item in worker.get().json()["entries"] if item["kind"] == "opinion")

    shown = worker.page("/objection", about=f"entry:{opinion['id']}", objection="意见与事实不符。")

    assert shown.status_code == 200
    for words in ("您的异议已登记", "意见与事实不符。", "建议双方协商分期。"):
        assert words in shown.text


def test_party_answers_in_its_case_and_the_other_side_is_not_shown_it(office: Office) -> None:
    employer = party(office, 2)

    said = employer.page("/statement", statement_text="同意分期，请求减免利息。")

    assert "您的答复已登记" in said.text
    assert "同意分期" in employer.page().text
    assert "同意分期" not in party(office, 1).page().text
    assert "同意分期" not in party(office, 1).get().text


def test_what_is_sent_twice_is_recorded_once(office: Office) -> None:
    worker = party(office, 1)
    for _ in range(2):
        worker.send("/objections", {"text": "送两次的话。"})
        worker.send("/answers", {"text": "送两次的话。"})

    listed = office.service.ask("GET", f"/api/v1/cases/{office.case['id']}/entries", "mediator").json()["items"]
    assert [item["kind"] for item in listed if item["text"] == "送两次的话。"] == ["objection", "answer"]


def test_receipt_of_what_a_party_said_is_the_partys(office: Office) -> None:
    worker, employer = party(office, 1), party(office, 2)
    said = worker.send("/answers", {"text": "我的答复。"}).json()
    office.service.wait_until_final()
    statement = next(item for item in said["entries"] if item["text"] == "我的答复。")["statement"]["id"]

    assert worker.get(f"/statements/{statement}/receipt").status_code == 200
    assert employer.get(f"/statements/{statement}/receipt").status_code == 404


@pytest.mark.parametrize(
    ("about", "grounds"),
    [
        ({"kind": "document", "id": "secret", "version": 1}, ["legality"]),
        ({"kind": "document", "id": "paper", "version": 2}, ["legality"]),
        ({"kind": "agreement", "id": "00000000-0000-4000-8000-000000000000"}, []),
        ({"kind": "entry", "id": "00000000-0000-4000-8000-000000000000"}, []),
        ({"kind": "case", "id": "00000000-0000-4000-8000-000000000000"}, []),
    ],
)
def test_party_objects_to_nothing_that_it_was_not_shown(
    office: Office, about: dict[str, Any], grounds: list[str]
) -> None:
    known = {"secret": office.secret, "paper": office.paper}
    about = {**about, "id": known.get(about["id"], about["id"])}
    answer = party(office, 1).send("/objections", {"text": "x", "about": about, "grounds": grounds})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("values", "status"),
    [({"objection": ""}, 422), ({"objection": "x", "about": "document:paper:1"}, 422)],
)
def test_objection_that_cannot_be_is_explained_and_given_back(
    office: Office, values: dict[str, str], status: int
) -> None:
    values = {name: text.replace("paper", office.paper) for name, text in values.items()}
    answer = party(office, 1).page("/objection", **values)

    assert answer.status_code == status
    assert "还有问题要处理" in answer.text


def test_party_reports_and_replies_over_the_api(office: Office) -> None:
    worker, employer = party(office, 1), party(office, 2)
    reported = worker.send(
        "/reports", {"agreement": office.agreement, "instalment": 2, "detail": "没有收到第二期。"}
    ).json()
    replied = employer.send("/replies", {"agreement": office.agreement, "position": 1, "answer": "下周付。"}).json()

    assert reported["agreements"][0]["nonperformance"][0]["detail"] == "没有收到第二期。"
    assert replied["agreements"][0]["nonperformance"][0]["answer"] == "下周付。"


def test_days_to_keep_are_those_of_the_law(office: Office) -> None:
    deadlines = {item["rule"]: item for item in party(office, 1).get().json()["deadlines"]}

    assert deadlines
    assert all(item["article"] and item["name"]["zh"] for item in deadlines.values())
    page = party(office, 1).page().text
    assert "要记住的日期" in page
    assert next(iter(deadlines.values()))["name"]["zh"] in page
