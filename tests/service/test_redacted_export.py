"""A redacted bundle: audited and replayed as the whole one is, and nobody is named in it, however one looks."""

from __future__ import annotations

import base64
import gzip
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.audit.findings import Layer, Outcome
from ledger.audit.run import audit
from ledger.bundle_source import BundleSource
from ledger.chain import decode_transaction
from ledger.cli.bundles import evidences_of
from ledger.export import Scope
from service.home.export import export_ledger
from service.home.opening import Opened, opened
from tests.clock import FixedClock
from tests.layers import found
from tests.ledger.bundled import joined, lines, rewrite
from tests.service.audited_home import MARKS, TERMS, fill
from tests.service.conftest import OFFICE, settings_of

pytestmark = pytest.mark.longer(one_in=2)

PLANTED = [
    *("周小满", "371103197905200009", "000-00000000", "岚山区示例街道"),
    *("日照示例绳网有限公司", "91371103MA0000000L", "李示例", "王示例", "工资条", "欠发工资"),
    *(str(TERMS["facts"]), str(TERMS["payee_account"]), str(TERMS["payee_bank"]), "wage slip"),
    *(str(mark["name"]) for mark in MARKS),
    *("孙示例", "吴示例", "赵示例", "钱示例", "孙某示例", "日照示例劳务有限公司", "示例律师事务所", "示例劳动监察大队"),
    *("000-00000002", "000-00000003", "13711202000000000", "(2026)鲁1103民初1号"),
    *("派遣期间欠发工资。", "本月付清。", "示例异议"),
    OFFICE.name,
]


@pytest.fixture(scope="module")
def home(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A home with something of every kind in it."""
    path = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("redacted") / "var"))
    fill(path)
    with opened(settings_of(path), clock=FixedClock()) as home:
        yield home


@pytest.fixture(scope="module")
def redacted(home: Opened) -> bytes:
    file = io.BytesIO()
    export_ledger(file, home, Scope(redacted=True))
    return file.getvalue()


def test_redacted_bundle_names_nobody(redacted: bytes) -> None:
    assert found(PLANTED, redacted) == set()


def test_whole_bundle_names_them_all(home: Opened) -> None:
    """The search is worth something: it finds every planted word where it is."""
    file = io.BytesIO()
    export_ledger(file, home)

    assert found(PLANTED, file.getvalue()) == set(PLANTED)


def _zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", data)
    return file.getvalue()


WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "base64": base64.b64encode,
    "base64url": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "hex": lambda data: data.hex().encode(),
    "gzip": gzip.compress,
    "zip": _zipped,
    "gzip in base64 in zip": lambda data: _zipped(base64.b64encode(gzip.compress(data))),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "unicode_escape"])
def test_search_finds_a_word_however_it_is_wrapped(wrapping: str, encoding: str) -> None:
    assert found(["周小满"], WRAPPINGS[wrapping]("当事人周小满。".encode(encoding))) == {"周小满"}


def test_redacted_bundle_audits_clean_and_says_what_it_could_not_compare(
    home: Opened, redacted: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "redacted.zip"
    path.write_bytes(redacted)
    with BundleSource.open(path, decode=decode_transaction) as source:
        report = audit(evidences_of(source, chain=home.history), now=home.clock())

    outcomes = {layer.layer: layer.outcome for layer in report.layers}
    assert not report.findings
    assert {layer for layer, outcome in outcomes.items() if outcome is Outcome.NOT_CHECKED} >= {
        *(Layer.DISCLOSURES, Layer.ROWS, Layer.DOCUMENTS)
    }
    assert {outcomes[layer] for layer in (Layer.CHAIN, Layer.CHECKPOINTS, Layer.TREE)} == {Outcome.CHECKED}


def test_redacted_bundle_with_a_changed_statement_is_found(home: Opened, redacted: bytes, tmp_path: Path) -> None:
    whole, edited = tmp_path / "whole.zip", tmp_path / "edited.zip"
    whole.write_bytes(redacted)

    def edit(data: bytes) -> bytes:
        items = lines(data)
        items[3]["statement"] = str(items[3]["statement"]).replace('"version":1', '"version":2')
        return joined(items)

    rewrite(whole, edited, {"statements.jsonl": edit})
    with BundleSource.open(edited, decode=decode_transaction) as source:
        report = audit(evidences_of(source, chain=home.history), now=home.clock())

    assert "statement_changed" in {finding.code for finding in report.findings}
