"""What came after a checkpoint, joined with an earlier bundle, is the bundle exported whole, byte for byte."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from typer.testing import CliRunner

from ledger.bundle import Bundle, open_bundle
from ledger.bundle_source import BundleSource
from ledger.chain import decode_transaction
from ledger.cli import app
from ledger.errors import Conflict, Malformed, Mismatch, Unavailable
from ledger.export import Scope
from ledger.holdings import NAME, update_holdings
from ledger.joining import join_bundles
from ledger.log_folder import LogFolder
from ledger.mirror import Mirror, MirrorFolder, Rejected
from ledger.tiles import EntriesId, TileId
from ledger.trust import TrustedKey, parse_trust, render_trust
from service.home.export import export_ledger
from service.home.opening import Opened, opened
from service.publication import publish_log
from tests.clock import FixedClock
from tests.ledger.bundled import joined, lines, rewrite
from tests.ledger.mirrored import signer_of
from tests.service.audited_home import fill
from tests.service.conftest import Service, running, settings_of

pytestmark = pytest.mark.longer(one_in=5)

Edit = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A home, the size that it had when `earlier` was exported, its public log then and now, and bundles by names."""

    path: Path
    size: int
    earlier_log: LogFolder
    log: LogFolder
    bundles: dict[str, bytes]

    def open(self, name: str) -> Bundle:
        return open_bundle(io.BytesIO(self.bundles[name]))

    def join(self, earlier: str, newer: str) -> bytes:
        file = io.BytesIO()
        with self.open(earlier) as before, self.open(newer) as after:
            join_bundles(file, before, after)
        return file.getvalue()


def later_clock() -> FixedClock:
    clock = FixedClock()
    clock.advance(timedelta(days=70))
    return clock


def written(home: Opened, scope: Scope) -> bytes:
    file = io.BytesIO()
    export_ledger(file, home, scope)
    return file.getvalue()


def change_much(service: Service) -> None:
    """New records, new versions of old ones, a file that was there before and one that was not."""
    listed = service.ask("GET", "/api/v1/cases", "mediator").json()["items"]
    old = service.ask("GET", f"/api/v1/cases/{listed[-1]['id']}", "mediator")
    changed = service.ask(
        "PATCH",
        f"/api/v1/cases/{listed[-1]['id']}",
        "mediator",
        headers={"If-Match": old.headers["etag"]},
        json={"facts": "更正后的事实。", "reason": "核对后更正"},
    )
    assert changed.status_code == 200, changed.text
    new = service.register(username="mediator")
    for content in (b"%PDF-1.7 wage slip", b"%PDF-1.7 another slip"):
        filed = service.ask(
            "POST",
            f"/api/v1/cases/{new['id']}/documents",
            "mediator",
            files={"file": ("工资条.pdf", content, "application/pdf")},
            data={"doc_type": "wage_record", "title": "工资条", "original_compared": "true", "captured_by": "王示例"},
        )
        assert filed.status_code == 201, filed.text
    service.wait_until_final()


def publish(home: Opened, folder: Path) -> LogFolder:
    log = LogFolder(folder)
    with home.database.read() as session:
        publish_log(session, log, origin=home.log.origin)
    return log


@pytest.fixture(scope="module")
def exported(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("increments")
    path = Path(shutil.copytree(fresh_home, folder / "var"))
    fill(path)
    settings, clock = settings_of(path), later_clock()
    with opened(settings, clock=clock) as home:
        size, earlier_log = home.reader.head().size, publish(home, folder / "earlier")
        bundles = {"earlier": written(home, Scope()), "earlier redacted": written(home, Scope(redacted=True))}
    with running(path, clock) as service:
        change_much(service)
    with opened(settings, clock=clock) as home:
        for name, redacted in (("", False), (" redacted", True)):
            bundles["whole" + name] = written(home, Scope(redacted=redacted))
            bundles["since" + name] = written(home, Scope(redacted=redacted, since=size))
        log = publish(home, folder / "log")
    return Exported(path=path, size=size, earlier_log=earlier_log, log=log, bundles=bundles)


@pytest.mark.parametrize("kind", ["", " redacted"])
def test_joined_bundle_is_the_one_exported_whole(exported: Exported, kind: str) -> None:
    assert exported.join(f"earlier{kind}", f"since{kind}") == exported.bundles[f"whole{kind}"]


def test_newer_bundle_joins_with_one_that_already_has_more(exported: Exported) -> None:
    assert exported.join("whole", "since") == exported.bundles["whole"]


def test_increment_holds_what_came_after_alone(exported: Exported) -> None:
    with exported.open("since") as since, exported.open("whole") as whole:
        indexes = [line["leaf_index"] for line in lines(since.open("statements.jsonl").read())]
        files = {path for path in since.members if path.startswith("documents/")}
        every = {path for path in whole.members if path.startswith("documents/")}

    assert indexes[0] == exported.size
    assert files < every
    assert len(exported.bundles["since"]) < len(exported.bundles["whole"])


def test_increment_alone_is_not_audited(exported: Exported) -> None:
    with exported.open("since") as bundle, pytest.raises(Malformed, match="join"):
        BundleSource(bundle, decode=decode_transaction)


@pytest.mark.parametrize("size", [1, 10_000])
def test_size_that_is_no_checkpoint_is_refused(exported: Exported, size: int) -> None:
    with opened(settings_of(exported.path), clock=later_clock()) as home:
        sizes = [item.size for item in home.history.checkpoints()]
        assert size not in sizes
        with pytest.raises(Conflict, match=f"no anchored checkpoint of {size}"):
            written(home, Scope(since=size))


@pytest.mark.parametrize(
    ("earlier", "newer"),
    [
        ("since", "since"),
        ("earlier", "whole"),
        ("earlier redacted", "since"),
        ("earlier", "since redacted"),
    ],
)
def test_bundles_that_do_not_belong_together_are_malformed(exported: Exported, earlier: str, newer: str) -> None:
    with pytest.raises(Malformed):
        exported.join(earlier, newer)


def _join_changed(exported: Exported, tmp_path: Path, name: str, member: str, edit: Edit) -> None:
    """Join `earlier` and `since` after one member of one of them was edited, with a manifest that fits."""
    source, target = tmp_path / "source.zip", tmp_path / "changed.zip"
    source.write_bytes(exported.bundles[name])
    changed = open_bundle(rewrite(source, target, {member: edit}))
    other = exported.open("since" if name == "earlier" else "earlier")
    with changed, other:
        pair = (changed, other) if name == "earlier" else (other, changed)
        join_bundles(io.BytesIO(), *pair)


def test_bundle_of_another_log_is_told(exported: Exported, tmp_path: Path) -> None:
    def edit(data: bytes) -> bytes:
        key = TrustedKey(vkey=signer_of(9, name="other.example/log").vkey)
        return render_trust(replace(parse_trust(data), origin="other.example/log", keys=(key,)))

    with pytest.raises(Mismatch, match="log of the bundles"):
        _join_changed(exported, tmp_path, "since", "trust.json", edit)


def test_bundle_with_another_history_is_told(exported: Exported, tmp_path: Path) -> None:
    def edit(data: bytes) -> bytes:
        return json.dumps({**json.loads(data), "root": "00" * 32}).encode()

    with pytest.raises(Mismatch, match=f"root of {exported.size} statements"):
        _join_changed(exported, tmp_path, "since", "since.json", edit)


@pytest.mark.parametrize("by", [-1, 1])
def test_bundle_that_begins_after_another_block_is_told(exported: Exported, tmp_path: Path, by: int) -> None:
    def edit(data: bytes) -> bytes:
        since = json.loads(data)
        return json.dumps({**since, "block_number": since["block_number"] + by}).encode()

    with pytest.raises(Mismatch, match=f"block that anchored {exported.size} statements"):
        _join_changed(exported, tmp_path, "since", "since.json", edit)


def test_bundle_that_ends_before_the_other_begins_is_told(exported: Exported, tmp_path: Path) -> None:
    def edit(data: bytes) -> bytes:
        return json.dumps({**json.loads(data), "size": 10_000}).encode()

    with pytest.raises(Malformed, match="ends before 10000"):
        _join_changed(exported, tmp_path, "since", "since.json", edit)


@pytest.mark.parametrize("member", ["statements.jsonl", "disclosures.jsonl", "chain/transactions.jsonl"])
def test_line_of_another_form_is_malformed(exported: Exported, tmp_path: Path, member: str) -> None:
    with pytest.raises(Malformed, match=member):
        _join_changed(exported, tmp_path, "earlier", member, lambda data: joined([{"a": 1}, *lines(data)]))


def test_command_joins_and_never_overwrites(exported: Exported, tmp_path: Path) -> None:
    for name in ("earlier", "since"):
        (tmp_path / f"{name}.zip").write_bytes(exported.bundles[name])
    arguments = ["join", *(str(tmp_path / f"{name}.zip") for name in ("earlier", "since"))]

    done = CliRunner().invoke(app, [*arguments, "-o", str(tmp_path / "whole.zip")])
    again = CliRunner().invoke(app, [*arguments, "-o", str(tmp_path / "whole.zip")])

    assert (done.exit_code, (tmp_path / "whole.zip").read_bytes()) == (0, exported.bundles["whole"])
    assert isinstance(again.exception, Malformed)
    assert (tmp_path / "whole.zip").read_bytes() == exported.bundles["whole"]


# ------------------------------------------------------------------------------------------------- beside a mirror


@dataclass(frozen=True, slots=True)
class Folder:
    """A published folder as a mirror reads it."""

    log: LogFolder
    name: str = "published folder"

    def checkpoint(self) -> bytes:
        return (self.log.note() or "").encode()

    def get(self, tile: TileId | EntriesId) -> bytes | None:
        return self.log.read(tile)


@dataclass(slots=True)
class Bundles:
    """Gives one bundle after the other, and remembers what was asked for; an empty one is a service that is away."""

    given: list[bytes]
    asked: list[int] = field(default_factory=list)

    def export(self, file: BinaryIO, *, since: int, redacted: bool) -> None:
        assert not redacted
        self.asked.append(since)
        data = self.given.pop(0)
        file.write(data[: len(data) // 2] if data == AWAY else data)
        if data == AWAY:
            raise Unavailable("service", "the connection broke off")


AWAY = b"half of a bundle"


def mirrored(exported: Exported, folder: Path, log: LogFolder) -> MirrorFolder:
    """A mirror of that state of the log."""
    folder.mkdir(exist_ok=True)
    mirror = MirrorFolder(folder)
    trust = parse_trust((exported.path / "trust.json").read_bytes())
    Mirror(folder=mirror, log=Folder(log), trust=trust, clock=FixedClock()).update()
    return mirror


def hold(mirror: MirrorFolder, bundles: Bundles) -> int:
    return update_holdings(mirror, bundles, redacted=False, decode=decode_transaction)


def test_mirror_holds_the_bundle_and_asks_for_what_came_after_alone(exported: Exported, tmp_path: Path) -> None:
    bundles = Bundles([exported.bundles["earlier"], exported.bundles["since"]])

    first = hold(mirrored(exported, tmp_path / "copy", exported.earlier_log), bundles)
    second = hold(mirror := mirrored(exported, tmp_path / "copy", exported.log), bundles)

    assert (first, bundles.asked) == (exported.size, [0, exported.size])
    assert second == mirror.tiles.checkpoint().size  # type: ignore[union-attr]  # it is there
    assert (tmp_path / "copy" / NAME).read_bytes() == exported.bundles["whole"]


def test_download_that_breaks_off_leaves_what_was_held(exported: Exported, tmp_path: Path) -> None:
    mirror = mirrored(exported, tmp_path / "copy", exported.earlier_log)
    hold(mirror, Bundles([exported.bundles["earlier"]]))
    before = {path.name for path in (tmp_path / "copy").iterdir()}

    with pytest.raises(Unavailable, match="broke off"):
        hold(mirror, Bundles([AWAY]))

    assert {path.name for path in (tmp_path / "copy").iterdir()} == before
    assert (tmp_path / "copy" / NAME).read_bytes() == exported.bundles["earlier"]


def _forged(data: bytes) -> bytes:
    items = lines(data)
    items[3]["statement"] = str(items[3]["statement"]).replace('"version":1', '"version":2')
    return joined(items)


def _shortened(data: bytes) -> bytes:
    return joined(lines(data)[:-2])


@pytest.mark.parametrize(
    ("edit", "reason"), [(_forged, "not the one that the log has there"), (_shortened, "it ends after")]
)
def test_bundle_that_the_log_does_not_bear_out_is_rejected(
    exported: Exported, tmp_path: Path, edit: Edit, reason: str
) -> None:
    (tmp_path / "source.zip").write_bytes(exported.bundles["whole"])
    false = rewrite(tmp_path / "source.zip", tmp_path / "false.zip", {"statements.jsonl": edit}).read_bytes()
    mirror = mirrored(exported, tmp_path / "copy", exported.log)

    with pytest.raises(Rejected, match=reason):
        hold(mirror, Bundles([false]))

    assert not (tmp_path / "copy" / NAME).exists()


@pytest.mark.parametrize("data", [b"", b"<html>", b"PK"], ids=["nothing", "a web page", "no bundle"])
def test_what_is_no_bundle_is_rejected(exported: Exported, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Rejected):
        hold(mirrored(exported, tmp_path / "copy", exported.log), Bundles([data]))
