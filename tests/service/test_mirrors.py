"""Four offices mirror one real server and cosign; to one of them a dishonest operator shows another history."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.canonical import sha256
from ledger.chain import Interface, LogHistory, connect, load_artifact
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.keys import load_note_signer
from ledger.log import append
from ledger.log_folder import GrowingTree, LogFolder
from ledger.mirror import MirrorFolder
from ledger.statement import Commitment
from ledger.tiles import EntriesId, encode_entries, tile_width
from ledger.trust import Trust, parse_trust
from service.cli import main
from tests.http_site import files_below, serving
from tests.process import PASSWORD, SHORT_CASE, Home, Server, wait_until_final
from tests.tile_reader import TiledLog

pytestmark = [pytest.mark.server, pytest.mark.longer(one_in=3)]

NAMES = ("union", "court", "bureau", "committee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What `mirror` left: its exit code and what it printed."""

    code: int
    said: str

    @property
    def cosigned(self) -> list[int]:
        found: list[int] = json.loads(self.said.splitlines()[0])["cosigned"]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The program's entry, called in this process beside the server's: a process for each command costs seconds."""

    home: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def run(self, *arguments: str) -> Looked:
        self.capsys.readouterr()
        umask = os.umask(0o022)
        with self.monkeypatch.context() as patched:
            patched.setenv("LEDGER_HOME", str(self.home))
            patched.setattr(sys, "argv", ["legal-ledger", *arguments])
            try:
                with pytest.raises(SystemExit) as ended:
                    main()
            finally:
                os.umask(umask)
        printed = self.capsys.readouterr()
        return Looked(code=int(ended.value.code or 0), said=printed.out + printed.err)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office with a folder, a witness key of its own, and the trust file that it got on paper."""

    folder: Path
    trust: Path
    program: Program

    @property
    def key(self) -> Path:
        return self.folder.with_suffix(".key")

    def make_key(self) -> str:
        return self.program.run("witness-key", str(self.key)).said.strip()

    def look(self, log: str, server: Server, *more: str) -> Looked:
        return self.program.run(
            *("mirror", "--from", log, "--trust", str(self.trust), "--into", str(self.folder), "--json"),
            *("--rpc", f"{server.url}/rpc", "--witness-key", str(self.key)),
            *more,
        )

    @property
    def size(self) -> int:
        checkpoint = MirrorFolder(self.folder).tiles.checkpoint()
        return checkpoint.size if checkpoint else 0


def register(server: Server, facts: str) -> None:
    with server.client("mediator") as client:
        answer = client.post("/cases", json=SHORT_CASE | {"facts": facts}).raise_for_status().json()
        wait_until_final(client, [answer["statement"]["id"]])


def forge(folder: Path, honest: Path, home: Path) -> None:
    """The honest log with another last leaf, signed with the operator's own key, as a folder to be served."""
    trust = parse_trust((home / "trust.json").read_bytes())
    size = MirrorFolder(honest).tiles.checkpoint()
    assert size is not None
    leaves = TiledLog(lambda path: (honest / "tiles" / path).read_bytes()).entries(size.size)
    leaves[-1] = sha256(b"a friendlier version of what happened")
    out = LogFolder(folder)
    tree = GrowingTree(out)
    grown = append(tree, 0, [Commitment(leaf) for leaf in leaves])
    tree.finish(grown.size)
    for index in range(-(-grown.size // 256)):
        width = tile_width(size=grown.size, level=0, index=index)
        out.add(EntriesId(index=index, width=width), encode_entries(leaves[index * 256 : index * 256 + width]))
    signer = load_note_signer(home / "keys" / "note.key", name=trust.origin)
    out.publish(sign_checkpoint(Checkpoint(origin=trust.origin, size=grown.size, root=grown.root), signer))


def history(server: Server, trust: Trust) -> LogHistory:
    anchor = trust.anchors[-1]
    return LogHistory(
        connect(f"{server.url}/rpc"),
        Interface(load_artifact()),
        contract=anchor.identity.contract,
        log_id=anchor.identity.log_id,
        finality=anchor.finality,
    )


@contextmanager
def _forged_log(folder: Path, honest: Office, home: Path) -> Iterator[str]:
    forge(folder, honest.folder, home)
    with serving(files_below(folder)) as url:
        yield url


@pytest.fixture
def program(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(home=home, capsys=capsys, monkeypatch=monkeypatch)


@pytest.mark.longer
def test_four_offices_mirror_and_the_one_that_is_deceived_alarms(home: Path, program: Program, tmp_path: Path) -> None:
    trust_file = home / "trust.json"
    offices = {name: Office(folder=tmp_path / name, trust=trust_file, program=program) for name in NAMES}
    honest, deceived = [offices[name] for name in NAMES[:3]], offices["committee"]
    addresses = {name: office.make_key() for name, office in offices.items()}
    with Server(Home(home)) as server:
        log = f"{server.url}/log"
        for address in addresses.values():
            named = program.run("witness", "add", address)
            assert named.code == 0, named.said

        # 1. Everybody sees the same, and says so in the contract.
        register(server, "第一件")
        first = {name: office.look(log, server) for name, office in offices.items()}
        assert {name: (done.code, len(done.cosigned)) for name, done in first.items()} == dict.fromkeys(NAMES, (0, 1))

        # 2. One office is shown another last record, signed by the same key. The others go on.
        register(server, "第二件")
        assert [office.look(log, server).code for office in honest] == [0, 0, 0]
        size = honest[0].size
        with _forged_log(tmp_path / "forged", honest[0], home) as forged:
            alarmed = deceived.look(forged, server)
        assert alarmed.code == 30
        assert "ALARM" in alarmed.said
        assert deceived.size < size == honest[1].size == honest[2].size
        (evidence,) = (deceived.folder / "alarms").iterdir()
        assert {path.name for path in evidence.iterdir()} >= {"served.note", "alarm.json"}

        # 3. The deceived office goes on with the honest log; it says nothing in the contract until a person has looked.
        register(server, "第三件")
        after = {name: office.look(log, server) for name, office in offices.items()}
        assert {name: done.code for name, done in after.items()} == {**dict.fromkeys(NAMES, 0), "committee": 40}
        assert "an alarm is open" in after["committee"].said
        assert len({office.size for office in offices.values()}) == 1

        # 4. The court may see more: it holds the ledger's bundle, checked against its own mirror, and audits that.
        court = offices["court"]
        (tmp_path / "password").write_text(PASSWORD)
        entitled = ("--service", server.url, "--account", "auditor", "--password-file", str(tmp_path / "password"))
        held = court.look(log, server, *entitled)
        assert (held.code, "each under its leaf" in held.said) == (0, True)
        again = court.look(log, server, *entitled)
        bundle = ("--bundle", str(court.folder / "ledger.zip"), "--trust", str(court.trust))
        audited = program.run("audit", *bundle, "--rpc", f"{server.url}/rpc")
        assert (again.code, audited.code) == (0, 0), audited.said

        # What the contract holds of it all, and that none of it disturbs the operator's own audit and replay.
        said = history(server, parse_trust(trust_file.read_bytes())).cosignatures()
        by_office = {name: [item.index for item in said if item.witness == addresses[name]] for name in NAMES}
        assert by_office["union"] == by_office["court"] == by_office["bureau"]
        assert len(by_office["union"]) > len(by_office["committee"]) == 1
        assert f"{addresses['committee']}  witness  1 cosigned" in program.run("witness", "list").said
        audited = program.run("audit")
        assert audited.code == 0, audited.said
        assert program.run("export", str(tmp_path / "ledger.zip")).code == 0
    replayed = program.run("replay", str(tmp_path / "ledger.zip"), "--trust", str(trust_file), "--json")
    report: dict[str, Any] = json.loads(replayed.said)
    assert (replayed.code, report["mode"], report["different"]) == (0, "exact", 0)
