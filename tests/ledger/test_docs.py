"""What the ledger's pages of prose say is what the code does."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

import ledger
from ledger.bundle.manifest import parse_manifest
from ledger.canonical import canonical_bytes
from ledger.export import Since
from ledger.joining import LINES
from ledger.receipt import render_receipt
from ledger.statement import SCHEMA, parse_statement
from ledger.trust import render_trust
from ledger.verdict import CHECK_CODES, LOOKUP_VERDICTS, Verdict
from tests.receipts import make_world

FOLDER = Path(ledger.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
FORMATS = (FOLDER / "docs" / "formats.md").read_text(encoding="utf-8")
WORLD = make_world()


def section(title: str) -> str:
    start = FORMATS.index(f"\n{title}\n")
    level = title.split(maxsplit=1)[0]
    end = re.compile(rf"\n#{{1,{len(level)}}} ").search(FORMATS, start + len(title))
    return FORMATS[start : end.start() if end else None]


def example(title: str) -> dict[str, Any]:
    found = re.search(r"```json\n(.*?)```", section(title), re.DOTALL)
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def test_readme_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wages.receipt.json").write_bytes(render_receipt(WORLD.receipt(4)))
    (tmp_path / "trust.json").write_bytes(render_trust(WORLD.trust))
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue().splitlines()[3] == "4 note_signed passed"
    assert printed.getvalue().splitlines()[-1] == "暂时无法连接区块链，未能完成核验"


def test_readme_names_every_module() -> None:
    table = README[README.index("| Floor |") :]
    named = set(re.findall(r"`([a-z_]+)`", table))
    there = {path.stem for path in FOLDER.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert there - {"__init__"} <= named


def test_readme_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert not [link for link in links if link.startswith("docs/") and not (FOLDER / link).exists()]


def test_formats_number_the_checks_as_the_code_does() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", section("### Checking a receipt"), re.MULTILINE)
    assert {int(number): code for number, code in rows} == dict(CHECK_CODES)


def test_formats_give_the_verdicts_of_the_rule_and_their_exit_codes() -> None:
    rows = re.findall(r"\| `(\w+)` \| (\d+) \|$", section("### From checks to verdict"), re.MULTILINE)
    assert dict(rows) == {verdict.value: str(verdict.exit_code) for verdict in set(Verdict) - LOOKUP_VERDICTS}


@pytest.mark.parametrize("verdict", sorted(LOOKUP_VERDICTS))
def test_formats_give_the_verdicts_of_look_ups(verdict: Verdict) -> None:
    assert f"`{verdict}` {verdict.exit_code}" in section("### From checks to verdict")


def test_formats_show_the_members_of_a_receipt() -> None:
    written = json.loads(render_receipt(WORLD.receipt(4)))
    shown = example("## Receipt")
    assert list(shown) == list(written)
    assert shown["anchors"][0].keys() == written["anchors"][0].keys()
    assert shown["format"] == written["format"]


def test_formats_show_the_members_of_a_statement() -> None:
    shown = example("## Statement")
    assert shown.keys() == json.loads(WORLD.statements[0]).keys()
    assert shown["schema"] == SCHEMA
    parse_statement(WORLD.statements[0])


def test_formats_show_the_members_of_a_trust_file() -> None:
    shown, written = example("## Trust file"), json.loads(render_trust(WORLD.trust))
    assert shown.keys() == written.keys()
    for name in ("keys", "anchors"):
        assert shown[name][0].keys() == written[name][0].keys()


def test_formats_show_a_manifest() -> None:
    shown = example("## Bundle")
    shown["members"]["trust.json"]["sha256"] = "00" * 32
    assert parse_manifest(canonical_bytes(shown) + b"\n").members.keys() == {"trust.json"}


def test_bundle_page_numbers_every_field_of_every_line() -> None:
    page = (FOLDER / "docs" / "bundle.md").read_text(encoding="utf-8")
    members = dict(re.findall(r"^\*\*(\d+)\. `([\w./]+)`\*\*", page, re.MULTILINE))
    fields: dict[str, list[str]] = {}
    for number, name in re.findall(r"^\| (\d+)\.\d+ `(\w+)` \|", page, re.MULTILINE):
        fields.setdefault(members[number], []).append(name)

    since = Since(size=1, root=bytes(32), block_number=1).render()
    assert isinstance(since, dict)
    assert {path: set(names) for path, names in fields.items()} == {
        **LINES,
        "since.json": set(since),
        "chain/head.json": {"block_number", "block_hash", "state_root"},
    }
