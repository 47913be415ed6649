"""What came after a checkpoint, joined with an earlier bundle, is the bundle exported whole, byte for byte."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.bundle import Bundle, open_bundle
from ledger.bundle_source import BundleSource
from ledger.chain import decode_transaction
from ledger.cli import app
from ledger.errors import Conflict, Malformed, Mismatch
from ledger.export import Scope
from ledger.joining import join_bundles
from ledger.trust import TrustedKey, parse_trust, render_trust
from service.home.export import export_ledger
from service.home.opening import Opened, opened
from tests.clock import FixedClock
from tests.ledger.bundled import joined, lines, rewrite
from tests.ledger.mirrored import signer_of
from tests.service.audited_home import fill
from tests.service.conftest import Service, running, settings_of

Edit = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A home, the size that it had when `earlier` was exported, and bundles by their names."""

    path: Path
    size: int
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


@pytest.fixture(scope="module")
def exported(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    path = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("increments") / "var"))
    fill(path)
    settings, clock = settings_of(path), later_clock()
    with opened(settings, clock=clock) as home:
        size = home.reader.head().size
        bundles = {"earlier": written(home, Scope()), "earlier redacted": written(home, Scope(redacted=True))}
    with running(path, clock) as service:
        change_much(service)
    with opened(settings, clock=clock) as home:
        for name, redacted in (("", False), (" redacted", True)):
            bundles["whole" + name] = written(home, Scope(redacted=redacted))
            bundles["since" + name] = written(home, Scope(redacted=redacted, since=size))
    return Exported(path=path, size=size, bundles=bundles)


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
