"""The audit over a bundle: clean as exported and when redacted, and every member's edit found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.findings import Code, KeptHead, Layer, Outcome
from ledger.audit.report import AuditReport
from ledger.audit.run import audit, refuse
from ledger.audit.sources import AuditedChain
from ledger.bundle import BundleWriter, Profile, open_bundle
from ledger.bundle_source import BundleSource
from ledger.chain import decode_transaction
from ledger.cli.bundles import evidences_of, opened_bundle
from ledger.errors import LedgerError, Malformed, Mismatch
from ledger.trust import parse_trust
from tests.ledger.audited import RememberedChain
from tests.ledger.bundled import CREATED, AnchoredLedger, anchored_ledger, damaged, joined, lines, rewrite

pytestmark = pytest.mark.longer(one_in=4)

LINE_MEMBERS = ["statements.jsonl", "disclosures.jsonl", "rows.jsonl", "checkpoints.jsonl", "chain/transactions.jsonl"]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnchoredLedger]:
    with anchored_ledger(tmp_path_factory.mktemp("chain")) as anchored:
        yield anchored


@pytest.fixture(scope="module")
def bundle(ledger: AnchoredLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger.export(tmp_path_factory.mktemp("bundle") / "ledger.zip")


def audit_bundle(path: Path, chain: AuditedChain | None, **changes: Any) -> AuditReport:
    with BundleSource.open(path, decode=decode_transaction) as source:
        assert list(source.damage()) == []
        return audit(replace(evidences_of(source, chain=chain), **changes), now=source.bundle.created_at)


def test_bundle_as_exported_agrees_with_the_chain(ledger: AnchoredLedger, bundle: Path) -> None:
    report = audit_bundle(bundle, ledger.history)
    assert (report.exit_code, report.findings) == (0, ())
    assert {layer.outcome for layer in report.layers} == {Outcome.CHECKED}
    assert (report.size, report.root) == (5, ledger.audit(chain=ledger.history).root)


def test_export_of_the_same_ledger_has_the_same_bytes(ledger: AnchoredLedger, bundle: Path, tmp_path: Path) -> None:
    assert ledger.export(tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_bundle_without_a_chain_could_not_be_checked(bundle: Path) -> None:
    assert audit_bundle(bundle, None).exit_code == 40


def test_trust_of_the_bundle_itself_is_said_to_be_so(ledger: AnchoredLedger, bundle: Path) -> None:
    assert audit_bundle(bundle, ledger.history).own_trust is False
    with BundleSource.open(bundle, decode=decode_transaction, trust=ledger.trust) as source:
        report = audit(evidences_of(source, chain=ledger.history), now=CREATED)
    assert (report.exit_code, report.own_trust) == (0, True)


def test_trust_that_is_not_the_bundles_is_a_finding(ledger: AnchoredLedger, bundle: Path) -> None:
    anchor = replace(ledger.trust.anchors[0], identity=replace(ledger.log.identity, genesis_hash="0x" + "77" * 32))
    own = replace(ledger.trust, anchors=(anchor,))
    with BundleSource.open(bundle, decode=decode_transaction, trust=own) as source:
        report = audit(evidences_of(source, chain=ledger.history), now=CREATED)
    assert {(item.code, item.field) for item in report.findings} == {
        (Code.COLUMN_CHANGED, "anchors"),
        (Code.IDENTITY_MISMATCH, "genesis_hash"),
    }


def test_kept_head_of_another_history_is_found(ledger: AnchoredLedger, bundle: Path) -> None:
    report = audit_bundle(bundle, ledger.history, kept=KeptHead(size=4, root=bytes(32)))
    assert {item.code for item in report.findings} == {Code.HIGH_WATER_MISMATCH}


def test_redacted_bundle_is_still_audited(ledger: AnchoredLedger, bundle: Path, tmp_path: Path) -> None:
    changes: dict[str, Callable[[bytes], bytes | None]] = {
        "disclosures.jsonl": lambda _data: b"",
        "rows.jsonl": lambda _data: b"",
    }
    with open_bundle(bundle) as opened:
        changes |= {path: _left_out for path in opened.members if path.startswith("documents/")}
    redacted = rewrite(bundle, tmp_path / "redacted.zip", changes)
    report = audit_bundle(redacted, ledger.history)
    assert (report.exit_code, report.findings) == (0, ())
    outcomes = {layer.layer: layer.outcome for layer in report.layers}
    assert {layer for layer, outcome in outcomes.items() if outcome is Outcome.NOT_CHECKED} == {
        Layer.ROWS,
        Layer.DISCLOSURES,
        Layer.DOCUMENTS,
    }


def _left_out(_data: bytes) -> None:
    return None


# ---------------------------------------------------------------------------------------------------------- the edits


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every scalar in a JSON value, and of every list that could lose an element."""
    if isinstance(value, dict):
        for name in value:
            yield from leaves(value[name], (*path, name))
    elif isinstance(value, list) and value:
        for at, element in enumerate(value):
            yield from leaves(element, (*path, at))
    else:
        yield path


def set_at(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> None:
    *way, last = path
    for step in way:
        value = value[step]
    value[last] = change(value[last])


def other(value: Any) -> Any:
    """Another value of the same kind and length, well formed where the old one was."""
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value.startswith("0x") and len(value) > 2:
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return f"x{value[1:]}" if isinstance(value, str) and value else "x"


@pytest.fixture(scope="module")
def chain(ledger: AnchoredLedger) -> RememberedChain:
    return RememberedChain(ledger.history)


@pytest.mark.parametrize("member", LINE_MEMBERS)
def test_every_value_of_every_line_is_compared(
    chain: RememberedChain, bundle: Path, tmp_path: Path, member: str
) -> None:

    with open_bundle(bundle) as opened:
        objects = lines(opened.read(member, max_bytes=1 << 20))
    unnoticed = []
    for number, item in enumerate(objects):
        for path in leaves(item):
            changed = json.loads(json.dumps(objects))
            set_at(changed[number], path, other)
            edited = rewrite(bundle, tmp_path / "edited.zip", {member: lambda _data, new=changed: joined(new)})  # type: ignore[misc]
            if not noticed(edited, chain):
                unnoticed.append((number, path))
    assert unnoticed == []


def noticed(path: Path, chain: AuditedChain) -> bool:
    """Whether the audit finds something, or else the bundle is refused."""
    try:
        return audit_bundle(path, chain).exit_code == 1
    except LedgerError:
        return True


@pytest.mark.parametrize("member", LINE_MEMBERS)
def test_deleted_doubled_and_swapped_lines_are_noticed(
    chain: RememberedChain, bundle: Path, tmp_path: Path, member: str
) -> None:
    with open_bundle(bundle) as opened:
        objects = lines(opened.read(member, max_bytes=1 << 20))
    edits = {
        "deleted": [*objects[:1], *objects[2:]],
        "last deleted": objects[:-1],
        "doubled": [*objects[:2], *objects[1:]],
        "swapped": [objects[1], objects[0], *objects[2:]],
    }
    if member == "rows.jsonl":
        del edits["swapped"]  # rows are a set
    for name, changed in edits.items():
        edited = rewrite(bundle, tmp_path / "edited.zip", {member: lambda _data, new=changed: joined(new)})  # type: ignore[misc]
        assert noticed(edited, chain), name


def test_other_members_are_noticed_when_changed_or_missing(
    ledger: AnchoredLedger, bundle: Path, tmp_path: Path
) -> None:
    def flip(data: bytes) -> bytes:
        return data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]

    with open_bundle(bundle) as opened:
        others = [path for path in opened.members if path.startswith(("tiles/", "documents/"))]
    for path in others:
        changes: tuple[Callable[[bytes], bytes | None], ...] = (flip, _left_out)
        for change in changes:
            edited = rewrite(bundle, tmp_path / "edited.zip", {path: change})
            report = audit_bundle(edited, ledger.history)
            # All files of documents may be left out, and then say nothing.
            assert report.exit_code == 1, (path, change)


@pytest.mark.parametrize(
    ("member", "old", "new", "number", "field"),
    [
        ("genesis.json", b'"timestamp": "0x', b'"timestamp": "0x1', "genesis.json", "genesis_hash"),
        ("genesis.json", b'"extraData"', b'"extraDate"', "genesis.json", "genesis_hash"),
        ("genesis.json", b'"chainId": 1371103', b'"chainId": 1371104', "genesis.json", "chain_id"),
        ("contract.json", b'"name": "initialOwner"', b'"name": "firstOwner"', "contract.json", "abi[0].inputs[0].name"),
        ("contract.json", b'"compiler": "0.8', b'"compiler": "0.7', "contract.json", "compiler"),
        ("chain/head.json", b'"state_root":"0x', b'"state_root":"0xf', None, "state_root"),
        ("chain/head.json", b'"block_hash":"0x', b'"block_hash":"0xf', None, "block_hash"),
    ],
)
def test_edit_of_what_comes_from_the_chain_names_member_and_field(
    ledger: AnchoredLedger,
    bundle: Path,
    tmp_path: Path,
    *,
    member: str,
    old: bytes,
    new: bytes,
    number: str | None,
    field: str,
) -> None:
    edited = rewrite(bundle, tmp_path / "edited.zip", {member: lambda data: data.replace(old, new, 1)})
    with opened_bundle(edited) as source:
        report = audit(evidences_of(source, chain=ledger.history), now=CREATED)
        head = source.head()
    assert head is not None
    assert {(item.code, item.record.number, item.field) for item in report.findings} == {
        (Code.COLUMN_CHANGED, number or str(head.block_number), field)
    }


def test_head_beyond_the_chain_is_found(ledger: AnchoredLedger, bundle: Path, tmp_path: Path) -> None:
    edited = rewrite(
        bundle,
        tmp_path / "edited.zip",
        {"chain/head.json": lambda data: data.replace(b'"block_number":', b'"block_number":9')},
    )
    report = audit_bundle(edited, ledger.history)
    assert {item.field for item in report.findings} == {"block_number", "block_hash", "state_root"}


def test_code_of_a_contract_of_another_version_is_compared_with_what_is_pinned(
    ledger: AnchoredLedger, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.chain.read_artifact", lambda: b'{"code_sha256":"of another version"}')
    changes = {
        "contract.json": lambda data: data.replace(b'"deployed_bytecode": "0x', b'"deployed_bytecode": "0x00', 1)
    }
    for path, found in ((bundle, []), (rewrite(bundle, tmp_path / "edited.zip", changes), ["deployed_bytecode"])):
        with opened_bundle(path) as source:
            report = audit(evidences_of(source, chain=ledger.history), now=CREATED)
        assert [item.field for item in report.findings] == found


def test_transaction_that_left_no_event_of_the_log_is_missed(
    ledger: AnchoredLedger, bundle: Path, tmp_path: Path
) -> None:
    member = "chain/transactions.jsonl"
    with open_bundle(bundle) as opened:
        first, *rest = lines(opened.read(member, max_bytes=1 << 20))
    assert first["contract_address"] == ledger.log.identity.contract
    report = audit_bundle(
        rewrite(bundle, tmp_path / "edited.zip", {member: lambda _data: joined(rest)}), ledger.history
    )
    missing = [item for item in report.findings if item.code is Code.TRANSACTION_MISSING]
    assert [(item.record.number, item.expected) for item in missing] == [(f"{first['from']}/0", 0)]


def test_damaged_trust_file_is_named_by_an_auditor_with_another(
    ledger: AnchoredLedger, bundle: Path, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(damaged(bundle, "trust.json"))
    with pytest.raises(Mismatch):
        BundleSource.open(path, decode=decode_transaction)
    with BundleSource.open(path, decode=decode_transaction, trust=ledger.trust) as source:
        assert [item.record.number for item in source.damage()] == ["trust.json"]


def test_foreign_document_is_found(ledger: AnchoredLedger, bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "more.zip"
    with (
        open_bundle(bundle) as opened,
        path.open("wb") as file,
        BundleWriter(file, profile=Profile.LEDGER, created_at=opened.created_at) as writer,
    ):
        for member in opened.members:
            writer.write(member, opened.open(member).read())
        writer.write("documents/" + "ab" * 32, b"?")
    report = audit_bundle(path, ledger.history)
    assert [(item.code, item.record.number) for item in report.findings] == [
        (Code.COLUMN_CHANGED, "documents/" + "ab" * 32)
    ]


def test_member_that_is_not_what_the_manifest_says_is_named(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(damaged(bundle, "rows.jsonl"))
    with BundleSource.open(path, decode=decode_transaction) as source:
        report = refuse(source.trust, list(source.damage()), own_trust=False, now=CREATED)
    assert [(item.code, item.record.number) for item in report.findings] == [(Code.MEMBER_CHANGED, "rows.jsonl")]
    assert report.exit_code == 1
    assert {layer.outcome for layer in report.layers if layer.layer is not Layer.CONTAINER} == {Outcome.NOT_CHECKED}


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("statements.jsonl", b"{}\n"),
        ("statements.jsonl", b'{"leaf_index":"0","statement":""}\n'),
        ("statements.jsonl", b'{"leaf_index":true,"statement":""}\n'),
        ("rows.jsonl", b'{"table":1,"subject":"","version":1,"values":{}}\n'),
        ("disclosures.jsonl", b'{"id":"","disclosures":[1]}\n'),
        ("chain/transactions.jsonl", b"[]\n"),
        ("trust.json", b"{}"),
    ],
)
def test_member_of_another_form_is_malformed(
    ledger: AnchoredLedger, bundle: Path, tmp_path: Path, member: str, content: bytes
) -> None:
    edited = rewrite(bundle, tmp_path / "edited.zip", {member: lambda _data: content})
    if member == "disclosures.jsonl":
        with open_bundle(bundle) as opened:
            first = json.loads(json.loads(next(opened.lines("statements.jsonl", max_line_bytes=1 << 20)))["statement"])
        content = json.dumps({"id": first["id"], "disclosures": [1]}).encode() + b"\n"
        edited = rewrite(bundle, tmp_path / "edited.zip", {member: lambda _data: content})
    with pytest.raises(Malformed):
        audit_bundle(edited, ledger.history)


def test_bundle_of_another_profile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    with path.open("wb") as file, BundleWriter(file, profile=Profile.MY_CASE, created_at=CREATED) as writer:
        writer.write("trust.json", b"{}")
    with pytest.raises(Malformed, match="my-case"):
        BundleSource.open(path, decode=decode_transaction)


def test_entries_have_no_place_in_a_bundle(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "entries.zip"
    with (
        open_bundle(bundle) as opened,
        path.open("wb") as file,
        BundleWriter(file, profile=Profile.LEDGER, created_at=opened.created_at) as writer,
    ):
        writer.write("trust.json", opened.open("trust.json").read())
        writer.write("tiles/tile/entries/000.p/1", b"\x00\x00")
    with pytest.raises(Malformed, match="entries"):
        BundleSource.open(path, decode=decode_transaction)


def test_narrower_state_of_a_tile_must_begin_the_wider_one(
    ledger: AnchoredLedger, bundle: Path, tmp_path: Path
) -> None:
    path = tmp_path / "narrow.zip"
    with (
        open_bundle(bundle) as opened,
        path.open("wb") as file,
        BundleWriter(file, profile=Profile.LEDGER, created_at=opened.created_at) as writer,
    ):
        for member in opened.members:
            writer.write(member, opened.open(member).read())
        writer.write("tiles/tile/0/000.p/2", bytes(64))
    report = audit_bundle(path, ledger.history)
    assert [(item.code, item.record.number) for item in report.findings] == [
        (Code.COLUMN_CHANGED, "tiles/tile/0/000.p/2")
    ]


def test_trust_file_of_the_bundle_is_the_exporters(ledger: AnchoredLedger, bundle: Path) -> None:
    with open_bundle(bundle) as opened:
        assert parse_trust(opened.read("trust.json", max_bytes=1 << 16)) == ledger.trust
