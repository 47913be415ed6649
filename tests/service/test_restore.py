"""A lost ledger is made anew from its bundle: nothing is missing, nothing is signed by a wrong key, the log goes on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from ledger.chain import Sender, Waiter
from ledger.embedded import new_genesis
from ledger.errors import Conflict, LedgerError, Malformed, Unavailable
from ledger.export import Scope
from ledger.keys import create_chain_key, load_chain_key
from ledger.mirror import MirrorFolder
from ledger.receipt import verify_receipt
from ledger.verdict import Verdict
from service.access import Unauthenticated
from service.accounts import Passwords, authenticate, set_password
from service.cli import app
from service.declarations import DECLARATIONS, NO_PASSWORD
from service.doctor import examine
from service.home.opening import changing, serving
from service.home.operators import name_operator
from service.home.restoring import AuditRefused
from service.publication import read_sizes
from service.tables import Agreement, DocumentVersion, User
from tests.anvil import running_anvil
from tests.ledger.bundled import damaged, joined, lines, rewrite
from tests.service.audited_home import fill
from tests.service.conftest import PASSWORD, Service, make_home, running, settings_of
from tests.service.lost import (
    PAPER,
    Lost,
    audit_home,
    export,
    later,
    look,
    lose,
    lose_small,
    restore,
    rows_of,
    statements_in,
    trust_of,
)

pytestmark = pytest.mark.longer(one_in=3)

WITHIN_S = 30


@pytest.fixture(scope="module")
def lost(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """A lost ledger of one case with a document."""
    return lose_small(fresh_home, tmp_path_factory.mktemp("lost"))


@pytest.fixture(scope="module")
def full(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """A lost ledger with something of every kind."""
    folder = tmp_path_factory.mktemp("full")
    home = Path(shutil.copytree(fresh_home, folder / "var"))
    fill(home)
    return lose(home, folder)


@pytest.fixture(scope="module")
def again(lost: Lost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over what was restored of it from the mirror, with the keys of the backup."""
    home = tmp_path_factory.mktemp("again") / "var"
    restore(home, lost.mirror, **lost.keys)
    with running(home, later()) as service:
        yield service


def verdict_of(service: Service, receipt: bytes) -> Verdict:
    return verify_receipt(receipt, trust=service.runtime.trust, reader=service.runtime.reader).verdict


def wait_for_cause(service: Service) -> str | None:
    deadline = time.monotonic() + WITHIN_S
    while (status := service.runtime.anchoring()).cause is None:
        assert time.monotonic() < deadline, status
        time.sleep(0.01)
    return status.cause


# ---------------------------------------------------------------------------------------------- with the saved keys


def test_old_receipt_verifies_with_the_restored_service(again: Service, lost: Lost) -> None:
    answer = again.client.post("/api/v1/verifications", json={"receipt": json.loads(lost.receipt)})

    assert verdict_of(again, lost.receipt) is Verdict.VERIFIED
    assert (answer.status_code, answer.json()["verdict"]) == (200, "verified")


def test_number_is_looked_up_in_the_restored_service(again: Service, lost: Lost) -> None:
    asked = {"record_no": lost.document["statement"]["record_no"], "sha256": lost.document["sha256"]}

    answer = again.client.post("/api/v1/verifications", json=asked)

    assert (answer.status_code, answer.json()["verdict"]) == (200, "verified")


def test_document_downloads_with_the_same_bytes(again: Service, lost: Lost) -> None:
    answer = again.ask("GET", f"/api/v1/documents/{lost.document['id']}/content", "mediator")

    assert (answer.status_code, answer.content) == (200, PAPER)


def test_same_note_key_leaves_the_trust_file_as_it_was(again: Service, lost: Lost) -> None:
    assert (again.home / "trust.json").read_bytes() == (lost.home / "trust.json").read_bytes()


@pytest.mark.longer
def test_nobody_signs_in_until_a_password_is_set(again: Service) -> None:
    with again.runtime.read() as session:
        assert set(session.exec(select(User.password_hash)).all()) == {NO_PASSWORD}
    with again.runtime.read() as session, pytest.raises(Unauthenticated):
        authenticate(session, Passwords(), username="auditor", password=PASSWORD)

    with again.runtime.database.write() as session:
        set_password(session, Passwords(), username="auditor", password=PASSWORD)

    with again.runtime.read() as session:
        assert authenticate(session, Passwords(), username="auditor", password=PASSWORD).username == "auditor"


def test_log_goes_on_and_its_mirror_with_it(again: Service, lost: Lost, tmp_path: Path) -> None:
    followed = Path(shutil.copytree(lost.mirror, tmp_path / "mirror"))
    before = look(followed, again)

    new = again.register(username="mediator")
    again.wait_until_final()
    after = look(followed, again, trust=trust_of(lost.home))

    assert (before.stale, before.size) == (False, statements_in(lost.bundle))
    assert after.size > before.size
    state = again.ask("GET", f"/api/v1/statements/{new['statement']['id']}", "mediator").json()["state"]
    assert state == "final"
    assert audit_home(again.home).findings == ()


@pytest.mark.longer
def test_what_was_signed_and_never_anchored_becomes_the_same_leaves(
    lost: Lost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(shutil.copytree(lost.home, tmp_path / "before"))
    followed = Path(shutil.copytree(lost.mirror, tmp_path / "mirror"))
    with monkeypatch.context() as patched, running(home, later()) as service:
        patched.setattr(Sender, "send", _no_answer)
        service.register(username="mediator")
        sealed = wait_until_sealed(service)
        assert look(followed, service).size == sealed
    bundle = export(home, tmp_path / "newer.zip")

    restored = restore(tmp_path / "new", bundle, **lost.keys)

    assert (restored.size, restored.waiting) == (statements_in(lost.bundle), sealed - statements_in(lost.bundle))
    with running(tmp_path / "new", later()) as service:
        service.register(username="mediator")
        service.wait_until_final()
        assert look(followed, service).size > sealed
    assert audit_home(tmp_path / "new").findings == ()


def wait_until_sealed(service: Service) -> int:
    deadline = time.monotonic() + WITHIN_S
    service.wake()
    while True:
        with service.runtime.read() as session:
            sizes = read_sizes(session)
        if sizes.sequenced == sizes.recorded:
            return sizes.sequenced
        assert time.monotonic() < deadline, sizes
        time.sleep(0.01)


def _no_answer(*_: object) -> NoReturn:
    raise Unavailable("chain", "it does not answer")


# ------------------------------------------------------------------------------------------------- without saved keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyless:
    """What was restored without any key, and what the command said of it."""

    home: Path
    said: str


@pytest.fixture(scope="module")
def keyless(lost: Lost, tmp_path_factory: pytest.TempPathFactory) -> Keyless:
    home = tmp_path_factory.mktemp("keyless") / "var"
    done = command(home, lost.bundle)
    assert done.exit_code == 0, done.output
    return Keyless(home=home, said=done.output)


def command(home: Path, source: Path) -> Result:
    """Call the command itself."""
    settings = {"LEDGER_HOME": str(home), "LEDGER_MIN_FREE_BYTES": "0"}
    return CliRunner().invoke(app, ["restore", str(source)], env=settings)


@pytest.mark.longer
def test_command_says_what_is_to_be_done_now(keyless: Keyless, lost: Lost) -> None:
    assert f"goes on from {statements_in(lost.bundle)} anchored statements; 0 wait" in keyless.said
    for said in ("user password", "Paper codes", str(keyless.home / "trust.json"), "the operator's key is missing"):
        assert said in keyless.said


@pytest.mark.longer
def test_doctor_finds_the_operators_key_missing(keyless: Keyless) -> None:
    found = {item.what: item for item in examine(settings_of(keyless.home))}

    assert [what for what, item in found.items() if not item.healthy] == ["operator"]
    assert "nothing new is anchored" in found["operator"].detail


@pytest.mark.longer
def test_without_the_operators_key_it_serves_and_anchoring_waits_for_a_person(keyless: Keyless, lost: Lost) -> None:
    with running(keyless.home, later()) as service:
        assert wait_for_cause(service) == "operator_key_missing"
        assert verdict_of(service, lost.receipt) is Verdict.VERIFIED
        assert audit_home(keyless.home).findings == ()


@pytest.mark.longer
def test_new_note_key_is_trusted_from_where_the_old_one_ends(keyless: Keyless, lost: Lost) -> None:
    size = statements_in(lost.bundle)

    old, new = trust_of(keyless.home).keys

    assert old.vkey == trust_of(lost.home).keys[0].vkey
    assert (old.from_size, old.until_size) == (0, size)
    assert (new.from_size, new.until_size) == (size + 1, None)


@pytest.mark.longer
def test_key_of_nobody_signs_nothing(keyless: Keyless, tmp_path: Path) -> None:
    home = Path(shutil.copytree(keyless.home, tmp_path / "var"))
    create_chain_key(home / "keys" / "operator.key")

    with running(home, later()) as service:
        service.register(username="mediator")
        assert wait_for_cause(service) == "not_the_operator"


@pytest.mark.longer
def test_mirror_follows_a_new_note_key_with_the_new_trust_file(keyless: Keyless, lost: Lost, tmp_path: Path) -> None:
    home = Path(shutil.copytree(keyless.home, tmp_path / "var"))
    shutil.copy(lost.keys["operator"], home / "keys" / "operator.key")
    followed = Path(shutil.copytree(lost.mirror, tmp_path / "mirror"))

    with running(home, later()) as service:
        service.register(username="mediator")
        service.wait_until_final()
        found = look(followed, service)

    assert found.size > found.before == statements_in(lost.bundle)
    assert MirrorFolder(followed).open_alarms == []


# --------------------------------------------------------------------------------------------------------- everything


@pytest.mark.longer
def test_every_kind_of_record_reads_back_as_it_was(full: Lost, tmp_path: Path) -> None:
    restore(tmp_path / "new", full.bundle, **full.keys)

    before, after = rows_of(full.home), rows_of(tmp_path / "new")

    assert before.keys() == DECLARATIONS.keys()
    assert after == before
    with running(tmp_path / "new", later()) as service:
        with service.runtime.read() as session:
            versions = session.exec(select(DocumentVersion)).all()
            agreement = session.exec(select(Agreement)).first()
        assert len(versions) > len({row.document_id for row in versions})
        assert agreement is not None
        code = f"/api/v1/agreements/{agreement.id}/paper-code"
        assert service.ask("GET", code, "mediator").status_code == 404
        replaced = service.ask("POST", f"{code}/replacements", "mediator", json={"reason": "服务器重建"})
        assert replaced.status_code == 200, replaced.text
        paper = {name: replaced.json()[name] for name in ("record_no", "paper_code")}
        assert service.client.post("/api/v1/verifications", json=paper).status_code == 200
        service.wait_until_final()
    assert audit_home(tmp_path / "new").findings == ()


# ------------------------------------------------------------------------------------------------------------ refused


def refused(home: Path, source: Path, **given: Any) -> LedgerError:
    """Why nothing was restored; and nothing is there."""
    before = sorted(home.rglob("*")) if home.exists() else None
    with pytest.raises(LedgerError) as caught:
        restore(home, source, **given)
    assert (sorted(home.rglob("*")) if home.exists() else None) == before
    assert [path for path in home.parent.iterdir() if "restoring" in path.name] == []
    return caught.value


def test_home_that_is_not_empty_is_refused(lost: Lost, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "ledger.db").touch()

    assert "not empty" in str(refused(tmp_path / "var", lost.bundle))


def test_redacted_bundle_is_refused(lost: Lost, tmp_path: Path) -> None:
    redacted = export(lost.home, tmp_path / "redacted.zip", Scope(redacted=True))

    assert "redacted" in str(refused(tmp_path / "var", redacted))


def test_mirror_without_a_bundle_is_refused(lost: Lost, tmp_path: Path) -> None:
    mirror = shutil.copytree(lost.mirror, tmp_path / "mirror")
    (mirror / "ledger.zip").unlink()

    error = refused(tmp_path / "var", mirror)

    assert isinstance(error, Malformed)
    assert "hashes alone" in str(error)


@pytest.mark.full
def test_bundle_that_is_older_than_its_mirror_is_refused(lost: Lost, tmp_path: Path) -> None:
    mirror = Path(shutil.copytree(lost.mirror, tmp_path / "mirror"))
    home = Path(shutil.copytree(lost.home, tmp_path / "before"))
    with running(home, later()) as service:
        service.register(username="mediator")
        service.wait_until_final()
        look(mirror, service)

    error = refused(tmp_path / "var", mirror)

    assert isinstance(error, Conflict)
    assert "would be lost" in str(error)


def test_damaged_bundle_is_refused_with_the_report(lost: Lost, tmp_path: Path) -> None:
    bundle = tmp_path / "damaged.zip"
    bundle.write_bytes(damaged(lost.bundle, "rows.jsonl"))

    error = refused(tmp_path / "var", bundle)

    assert isinstance(error, AuditRefused)
    assert error.exit_code == 1
    assert [finding["code"] for finding in error.document["findings"]] == ["member_changed"]
    shown = command(tmp_path / "var", bundle)
    assert (shown.exit_code, "rows.jsonl" in shown.output) == (1, True)


def _edit_rows(data: bytes) -> bytes:
    rows = lines(data)
    case: Any = next(row for row in rows if row["table"] == "case")
    case["values"]["facts"] = "从未欠薪。"
    return joined(rows)


@pytest.mark.longer
def test_tampered_bundle_is_refused(lost: Lost, tmp_path: Path) -> None:
    bundle = rewrite(lost.bundle, tmp_path / "tampered.zip", {"rows.jsonl": _edit_rows})

    error = refused(tmp_path / "var", bundle)

    assert isinstance(error, AuditRefused)
    assert [finding["field"] for finding in error.document["audit"]["findings"]] == ["facts"]


@pytest.mark.full
def test_bundle_without_a_document_is_refused(lost: Lost, tmp_path: Path) -> None:
    bundle = rewrite(lost.bundle, tmp_path / "bare.zip", {f"documents/{lost.document['sha256']}": lambda _: None})

    assert "does not hold the document" in str(refused(tmp_path / "var", bundle))


@pytest.mark.longer
def test_key_that_the_contract_does_not_name_is_refused(lost: Lost, tmp_path: Path) -> None:
    create_chain_key(tmp_path / "other.key")

    assert "the contract names" in str(refused(tmp_path / "var", lost.bundle, operator=tmp_path / "other.key"))


KILLED = """
import os, signal, sys
from pathlib import Path
from service.home.restoring import Restore, Wanted
from tests.service.conftest import settings_of

def tell(line):
    if line == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

Restore(settings=settings_of(Path(sys.argv[1])), tell=tell).run(Wanted(source=Path(sys.argv[2])))
"""


@pytest.mark.longer
def test_kill_leaves_nothing_that_serves_and_the_next_try_clears_it_away(lost: Lost, tmp_path: Path) -> None:
    home = tmp_path / "var"

    stage = "audit of what was restored"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(home), str(lost.bundle), stage], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [".var.restoring"]
    with pytest.raises(Conflict, match="not set up"), serving(settings_of(home), mark="production"):
        pass
    refused(home, export(lost.home, tmp_path / "redacted.zip", Scope(redacted=True)))


# ---------------------------------------------------------------------------------------------------- a chain elsewhere


@pytest.mark.full
@pytest.mark.server
def test_ledger_on_a_chain_elsewhere_is_restored_and_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "var"
    (home / "keys").mkdir(parents=True)
    funded = [str(create_chain_key(home / "keys" / f"{name}.key").address) for name in ("owner", "operator")]
    genesis = new_genesis(funded=funded, timestamp=int(later()().timestamp()), extra_data=bytes(32))
    with running_anvil(tmp_path, genesis) as url:
        there: dict[str, Any] = {"chain_url": url, "finality": "instant"}
        make_home(home, **there)
        with running(home, later(), **there) as service:
            service.register(username="mediator")
            service.wait_until_final()
        lost = lose(home, tmp_path, chain_url=url)

        with pytest.raises(Malformed, match="name a node"):
            restore(tmp_path / "new", lost.bundle)
        restored = restore(tmp_path / "new", lost.bundle, rpc=url, **lost.keys)

        assert (restored.chain_url, restored.anchors) == (url, True)
        with running(tmp_path / "new", later(), **there) as service:
            service.register(username="mediator")
            service.wait_until_final()
            assert look(lost.mirror, service).size > restored.size
        assert audit_home(tmp_path / "new", chain_url=url).findings == ()
        assert isinstance(refused(tmp_path / "newer", lost.bundle, rpc=url), AuditRefused)


# ----------------------------------------------------------------------------------------------------- a new operator


@pytest.mark.longer
def test_owner_names_a_new_operator_and_anchoring_goes_on(keyless: Keyless, lost: Lost, tmp_path: Path) -> None:
    home = Path(shutil.copytree(keyless.home, tmp_path / "var"))
    with changing(settings_of(home), clock=later()) as beside:
        owner = load_chain_key(lost.keys["owner"])
        address, changed = name_operator(beside, owner, waiter=Waiter(pause=lambda _: None))
        again = name_operator(beside, owner)

    assert (changed, again) == (True, (address, False))
    with running(home, later()) as service:
        service.register(username="mediator")
        service.wait_until_final()
    assert audit_home(home).findings == ()
