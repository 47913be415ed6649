"""What brings each verdict about: a cause in the ledger, the chain or the network, and nothing that only looks so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

from limits import parse
from sqlmodel import select

from ledger.anchor import parse_finality
from ledger.anchorer import Anchorer
from ledger.chain import connect
from ledger.errors import Unavailable
from ledger.keys import load_note_signer, load_secret
from ledger.store.database import Database
from ledger.store.tables import Log, StatementRow, Tile
from ledger.verdict import Verdict
from service.home.layout import Layout
from service.home.setup import database_url
from tests.browser.live import Live, live
from tests.process import free_port
from tests.service.conftest import make_home, settings_of
from tests.service.rewriting import rewrite
from tests.service.test_papers import make_paper

CONTENT = b"%PDF-1.7\n" + b"wages of March to June " * 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A document as it was filed: its file, its number, its statement."""

    file: Path
    record_no: str
    statement: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody has in hand under a cause: a number, a file, or both; and where they ask."""

    url: str
    record_no: str | None = None
    file: Path | None = None


@dataclass(kw_only=True)
class World:
    """A service with something of every kind in it, and a folder with the files that people have.

    `stack` ends the further services that some causes need; each is started once.
    """

    stack: ExitStack

    service: Live
    folder: Path
    fresh_home: Path
    kept: Filed
    replaced: Filed
    rescinded: str
    """Record number of an agreement that its parties rescinded."""
    rescinded_statement: str
    """The statement by which that agreement had taken effect."""
    erased: Filed

    @cached_property
    def rewritten(self) -> tuple[Live, Filed]:
        """Another ledger, whose operator changed a title after it was anchored and signed the log anew."""
        return self.stack.enter_context(_rewritten(self))

    @cached_property
    def elsewhere(self) -> Live:
        """A service on another chain."""
        home = self.folder / "elsewhere" / "var"
        make_home(home)
        return self.stack.enter_context(live(home))

    def look(self, **given: Any) -> Look:
        return Look(url=self.service.url, **given)


def file_document(service: Live, folder: Path, name: str, content: bytes, **data: str) -> Filed:
    """File a document in a case of its own, or with `case` in that one."""
    case = data.pop("case", None) or service.register(username="mediator")["id"]
    path = folder / name
    path.write_bytes(content)
    answer = service.ask(
        "POST",
        f"/api/v1/cases/{case}/documents",
        "mediator",
        data={"doc_type": "wage_record", "title": "工资条", **data},
        files={"file": (name, content, "application/pdf")},
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    statement = body["statement"]
    return Filed(file=path, record_no=statement["record_no"], statement=statement["id"], document=body["id"])


def fill(service: Live, folder: Path, fresh_home: Path, stack: ExitStack) -> World:
    """File, replace, rescind and erase; everything is final afterwards."""
    case = service.register(username="mediator")["id"]
    kept = file_document(service, folder, "kept.pdf", CONTENT)
    replaced = file_document(service, folder, "replaced.pdf", CONTENT + b"1", case=case)
    file_document(service, folder, "newer.pdf", CONTENT + b"2", case=case, replaces=replaced.document, reason="补扫")
    erased = file_document(service, folder, "erased.pdf", CONTENT + b"3")
    agreement = make_paper(service)
    in_effect = service.ask("GET", f"/api/v1/agreements/{agreement.agreement}", "mediator").json()["statement"]["id"]
    ending = {"ending": "rescinded", "occurred_on": "2026-08-01", "reason": "双方协商解除", "parties": [1, 2]}
    ended = service.ask("POST", f"/api/v1/agreements/{agreement.agreement}/endings", "mediator", json=ending)
    assert ended.status_code == 201, ended.text
    service.wait_until_final()
    with service.runtime.database.write() as session:
        session.exec(select(StatementRow).where(StatementRow.id == erased.statement)).one().disclosures = b""
    return World(
        stack=stack,
        service=service,
        folder=folder,
        fresh_home=fresh_home,
        kept=kept,
        replaced=replaced,
        rescinded=agreement.record_no,
        rescinded_statement=in_effect,
        erased=erased,
    )


# --------------------------------------------------------------------------------------------------------- the causes


@contextmanager
def _verified(world: World) -> Iterator[Look]:
    yield world.look(file=world.kept.file)


@contextmanager
def _verified_not_final(world: World) -> Iterator[Look]:
    reader: Any = world.service.runtime.reader
    with mock.patch.object(reader, "_finality", parse_finality("depth:10000")):
        yield world.look(file=world.kept.file)


@contextmanager
def _pending(world: World) -> Iterator[Look]:
    with mock.patch.object(Anchorer, "step", side_effect=Unavailable("node", "cut off by this test")):
        filed = file_document(world.service, world.folder, "new.pdf", CONTENT + b"4")
        yield world.look(file=filed.file)
    world.service.wait_until_final()


@contextmanager
def _superseded(world: World) -> Iterator[Look]:
    yield world.look(file=world.replaced.file)


@contextmanager
def _erased(world: World) -> Iterator[Look]:
    yield world.look(record_no=world.erased.record_no)


@contextmanager
def _revoked(world: World) -> Iterator[Look]:
    yield world.look(record_no=world.rescinded)


@contextmanager
def _different(world: World) -> Iterator[Look]:
    changed = world.folder / "changed.pdf"
    changed.write_bytes(CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    yield world.look(record_no=world.kept.record_no, file=changed)


@contextmanager
def _not_found(world: World) -> Iterator[Look]:
    unknown = world.folder / "unknown.pdf"
    unknown.write_bytes(b"never filed")
    yield world.look(file=unknown)


@contextmanager
def _receipt_invalid(world: World) -> Iterator[Look]:
    """The stored tree is damaged: one bit is flipped in each leaf but the record's own."""
    database = world.service.runtime.database
    with database.write() as session:
        index = session.exec(select(StatementRow).where(StatementRow.id == world.kept.statement)).one().leaf_index
        assert index is not None
        tile = session.get_one(Tile, (0, 0))
        sound = tile.hashes
        leaves = [sound[at : at + 32] for at in range(0, len(sound), 32)]
        tile.hashes = b"".join(
            leaf if at == index else bytes([leaf[0] ^ 1]) + leaf[1:] for at, leaf in enumerate(leaves)
        )
    try:
        yield world.look(file=world.kept.file)
    finally:
        with database.write() as session:
            session.get_one(Tile, (0, 0)).hashes = sound


@contextmanager
def _ledger_mismatch(world: World) -> Iterator[Look]:
    """The operator rewrites history with every key of the house; the contract still holds the first one."""
    service, filed = world.rewritten
    yield Look(url=service.url, record_no=filed.record_no)


@contextmanager
def _rewritten(world: World) -> Iterator[tuple[Live, Filed]]:
    home = world.folder / "rewritten" / "var"
    shutil.copytree(world.fresh_home, home)
    with live(home) as service:
        filed = file_document(service, world.folder, "rewritten.pdf", CONTENT + b"5")
        service.wait_until_final()
    layout = Layout(root=home)
    database = Database(database_url(settings_of(home), layout))
    with database.write() as session:
        origin = session.exec(select(Log)).one().origin
        rewrite(
            session,
            statement_id=filed.statement,
            name="title",
            value="另一份",
            wrapping_key=load_secret(layout.keys / "wrap.key"),
            signer=load_note_signer(layout.keys / "note.key", name=origin),
        )
    database.close()
    with live(home) as service:
        yield service, filed


@contextmanager
def _chain_unreachable(world: World) -> Iterator[Look]:
    reader: Any = world.service.runtime.reader
    nobody = connect(f"http://127.0.0.1:{free_port()}")
    with mock.patch.object(reader, "_node", nobody):
        yield world.look(file=world.kept.file)


@contextmanager
def _wrong_chain(world: World) -> Iterator[Look]:
    reader: Any = world.service.runtime.reader
    with mock.patch.object(reader, "_node", connect(f"{world.elsewhere.url}/rpc")):
        yield world.look(file=world.kept.file)


@contextmanager
def _bad_input(world: World) -> Iterator[Look]:
    empty = world.folder / "empty.pdf"
    empty.touch()
    yield world.look(file=empty)


@contextmanager
def _rate_limited(world: World) -> Iterator[Look]:
    limits: Any = world.service.runtime.limits
    with mock.patch.object(limits, "_public", parse("1/hour")):
        world.service.client.post("/api/v1/verifications", json={"sha256": "ab" * 32})
        yield world.look(record_no=world.kept.record_no)


CAUSES: Mapping[Verdict, Callable[[World], AbstractContextManager[Look]]] = {
    Verdict.VERIFIED: _verified,
    Verdict.VERIFIED_NOT_FINAL: _verified_not_final,
    Verdict.PENDING: _pending,
    Verdict.SUPERSEDED: _superseded,
    Verdict.ERASED: _erased,
    Verdict.REVOKED: _revoked,
    Verdict.DIFFERENT: _different,
    Verdict.NOT_FOUND: _not_found,
    Verdict.RECEIPT_INVALID: _receipt_invalid,
    Verdict.LEDGER_MISMATCH: _ledger_mismatch,
    Verdict.CHAIN_UNREACHABLE: _chain_unreachable,
    Verdict.WRONG_CHAIN: _wrong_chain,
    Verdict.BAD_INPUT: _bad_input,
    Verdict.RATE_LIMITED: _rate_limited,
}
"""Every verdict of the table."""
