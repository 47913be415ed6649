"""The offline verifier from disk in a real Chromium: every verdict, both languages, no network but the node's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ledger.bundle import BundleWriter, Profile
from ledger.offline import FILE_NAME, render_offline_verifier
from ledger.receipt import make_receipt, parse_receipt, redact_receipt, render_receipt
from ledger.trust import Evidence, render_trust
from ledger.verdict import Verdict, words_of
from tests.browser.conftest import LAPTOP, OpenPage
from tests.chains import new_chain
from tests.clock import FixedClock
from tests.faulty_node import FAULTS, FaultyNode, faulty_node
from tests.ledger.audited import fill_small
from tests.ledger.bundled import AnchoredLedger
from tests.ledger.test_offline_containers import CREATED_AT, by_typst
from tests.ledger.test_offline_tampering import TABLES, WORLDS, job_of, seen_by_javascript, seen_by_python
from tests.process import SHORT_CASE, Server, wait_until_final
from tests.receipts import World, trust_in
from tests.table_node import CODED_IDENTITY, coded_world, file_of, table_of
from tests.tampering_ways import attempts

pytestmark = [pytest.mark.browser, pytest.mark.longer(one_in=3)]

NARROW = {"width": 320, "height": 640}
INDEX = 4
NAME = "调解协议.pdf"

VERIFY = """
async ([job, table]) => {
  const given = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const post = async (question) => {
    const { id, method, params } = JSON.parse(question);
    const first = method === "eth_call" ? params[0].data : params[0];
    const key = first === undefined ? method : method + " " + first;
    const answer = Object.assign({ jsonrpc: "2.0", id: id }, table[key] || table[key.slice(0, 19)]);
    return new TextEncoder().encode(JSON.stringify(answer));
  };
  let trust;
  try {
    trust = Offline.trust.parseTrust(given(job.trust));
  } catch (error) {
    return { malformed: error.message };
  }
  return await Offline.checks.verifyReceipt(given(job.receipt), {
    trust: trust,
    openContract: (anchor) => new Offline.contract.Contract(new Offline.node.Node(post), anchor),
    verifySignature: await Offline.signature.findVerifier(crypto.subtle),
    fileSha256: job.file_sha256,
    newer: null
  });
}
"""


@dataclass(slots=True)
class Desk:
    """The page from disk, with what somebody has on disk beside it and a node to ask."""

    page: Page
    folder: Path
    node: FaultyNode
    world: World
    asked: list[str]

    def put(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def show(self, language: str = "zh") -> None:
        self.page.goto((self.folder / FILE_NAME).as_uri())
        if language == "en":
            self.page.get_by_role("button", name="English").click()

    def choose(self, *paths: Path) -> None:
        self.page.locator("#files").set_input_files(list(paths))

    def trust(self, data: bytes | None = None) -> None:
        path = self.put("trust.json", render_trust(self.world.trust) if data is None else data)
        self.page.locator("#trust").set_input_files(path)

    def check(self, *, url: str | None = None) -> None:
        self.page.locator("#node").fill(self.node.url if url is None else url)
        self.page.locator("#check").click()
        expect(self.page.locator("#check")).to_be_enabled()

    def verdicts(self) -> list[str | None]:
        return [banner.get_attribute("data-verdict") for banner in self.page.locator(".verdict").all()]

    def receipt_and_file(self) -> tuple[Path, Path]:
        return (
            self.put(f"{NAME}.receipt.json", render_receipt(self.world.receipt(INDEX))),
            self.put(NAME, file_of(INDEX)),
        )


@pytest.fixture
def node() -> Iterator[FaultyNode]:
    with faulty_node({}) as node:
        yield node


@pytest.fixture
def desk(open_page: OpenPage, tmp_path: Path, node: FaultyNode) -> Desk:
    world = coded_world()
    node.table = table_of(world)
    (tmp_path / FILE_NAME).write_text(render_offline_verifier(), encoding="utf-8")
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    return Desk(page=page, folder=tmp_path, node=node, world=world, asked=asked)


# ----------------------------------------------------------------------------------------------------------- verdicts


def is_verified(desk: Desk) -> None:
    desk.choose(*desk.receipt_and_file())


def is_not_final(desk: Desk) -> None:
    desk.choose(*desk.receipt_and_file())
    desk.node.table = {**desk.node.table, "eth_blockNumber": {"result": hex(desk.world.chain.block - 1)}}


def is_superseded(desk: Desk) -> None:
    desk.choose(*desk.receipt_and_file())
    desk.world.chain.revoke(desk.world.commitment(INDEX), 2)
    desk.node.table = table_of(desk.world)


def is_revoked(desk: Desk) -> None:
    desk.choose(*desk.receipt_and_file())
    desk.world.chain.revoke(desk.world.commitment(INDEX), 1)
    desk.node.table = table_of(desk.world)


def is_different(desk: Desk) -> None:
    receipt, _ = desk.receipt_and_file()
    desk.choose(receipt, desk.put(NAME, file_of(INDEX) + b"."))


def is_receipt_invalid(desk: Desk) -> None:
    whole = desk.world.receipt(INDEX)
    swapped = make_receipt(
        statement=whole.statement, disclosures=whole.disclosures, proof=desk.world.proof(INDEX + 1, 12)
    )
    desk.choose(desk.put(f"{NAME}.receipt.json", render_receipt(swapped)))


def is_ledger_mismatch(desk: Desk) -> None:
    desk.choose(*desk.receipt_and_file())
    desk.node.table = table_of(coded_world((13,)))


def is_unreachable(desk: Desk) -> None:
    desk.choose(*desk.receipt_and_file())
    desk.node.fault = FAULTS["502 in HTML"]


def is_wrong_chain(desk: Desk) -> None:
    desk.choose(*desk.receipt_and_file())
    desk.node.table = {**desk.node.table, "eth_chainId": {"result": "0x1"}}


def is_bad_input(desk: Desk) -> None:
    desk.choose(desk.put(f"{NAME}.receipt.json", b'{"format":"legal-ledger/receipt/v1"}'))


CAUSES: dict[Verdict, Callable[[Desk], None]] = {
    Verdict.VERIFIED: is_verified,
    Verdict.VERIFIED_NOT_FINAL: is_not_final,
    Verdict.SUPERSEDED: is_superseded,
    Verdict.REVOKED: is_revoked,
    Verdict.DIFFERENT: is_different,
    Verdict.RECEIPT_INVALID: is_receipt_invalid,
    Verdict.LEDGER_MISMATCH: is_ledger_mismatch,
    Verdict.CHAIN_UNREACHABLE: is_unreachable,
    Verdict.WRONG_CHAIN: is_wrong_chain,
    Verdict.BAD_INPUT: is_bad_input,
}
"""Every verdict that a check of a receipt can give, by an injected cause."""


def accessible(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def reach(desk: Desk, verdict: Verdict) -> None:
    desk.show()
    desk.trust()
    CAUSES[verdict](desk)
    desk.check()


def turn_to(desk: Desk, language: str, width: dict[str, int]) -> None:
    desk.page.set_viewport_size(width)  # type: ignore[arg-type]
    if desk.page.evaluate("document.documentElement.lang")[:2] != language:
        desk.page.locator("#language").click()


@pytest.mark.parametrize("verdict", CAUSES)
def test_verdict_is_shown_in_both_languages_and_widths(desk: Desk, verdict: Verdict) -> None:
    words = words_of(verdict)
    reach(desk, verdict)
    for language, title, width in (("zh", words.title.zh, LAPTOP), ("en", words.title.en, NARROW)):
        turn_to(desk, language, width)
        expect(desk.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        assert desk.verdicts() == [verdict.value]
        role = "alert" if words.colour.value == "red" else "status"
        expect(desk.page.locator(".verdict")).to_have_attribute("role", role)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width["width"]


@pytest.mark.parametrize("verdict", [Verdict.VERIFIED, Verdict.LEDGER_MISMATCH])
def test_result_is_accessible(desk: Desk, verdict: Verdict) -> None:
    reach(desk, verdict)
    for summary in desk.page.locator("summary").all():
        summary.click()
    turn_to(desk, "en", NARROW)
    assert accessible(desk.page) == []


@pytest.mark.full
@pytest.mark.parametrize("verdict", CAUSES)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [LAPTOP, NARROW], ids=["wide", "narrow"])
def test_every_result_is_accessible(
    desk: Desk, verdict: Verdict, language: str, width: dict[str, int], tmp_path: Path
) -> None:
    reach(desk, verdict)
    turn_to(desk, language, width)
    desk.page.screenshot(path=tmp_path / f"{verdict.value}-{language}-{width['width']}.png", full_page=True)
    assert accessible(desk.page) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width["width"]


# ------------------------------------------------------------------------------------------------------------ journeys


def test_nothing_is_asked_of_any_network_without_an_address(desk: Desk) -> None:
    desk.show()
    desk.trust()
    desk.choose(*desk.receipt_and_file())
    desk.check(url="")
    assert desk.verdicts() == ["chain_unreachable"]
    assert [url for url in desk.asked if not url.startswith("file:")] == []


def test_node_alone_is_asked_and_never_told_of_the_content(desk: Desk) -> None:
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.post_data or ""))
    desk.show()
    desk.trust()
    desk.choose(*desk.receipt_and_file())
    desk.check()
    assert {url for url in desk.asked if not url.startswith("file:")} == {f"{desk.node.url}/"}
    assert all(json.loads(body)["method"].startswith("eth_") for body in sent if body)
    assert desk.verdicts() == ["verified"]


def test_journey_by_keyboard_alone_ends_at_the_verdict(desk: Desk) -> None:
    page = desk.page
    desk.show()
    desk.choose(*desk.receipt_and_file())  # the browser's own dialogue
    desk.trust()
    page.locator("#node").focus()
    page.keyboard.type(desk.node.url)
    page.keyboard.press("Tab")
    expect(page.locator("#check")).to_be_focused()
    page.keyboard.press("Enter")
    title = page.get_by_role("heading", name=words_of(Verdict.VERIFIED).title.zh)
    expect(title).to_be_focused()
    expect(page.locator("#spoken")).to_contain_text("核验完成")


def test_smaller_receipt_is_what_the_command_line_writes(desk: Desk) -> None:
    page = desk.page
    receipt, _ = desk.receipt_and_file()
    desk.show()
    desk.choose(receipt)
    desk.check(url="")
    page.get_by_text("只出示一部分内容").click()
    for required in ("sha256", "amount_fen"):
        expect(page.get_by_label(f"{required} (必须出示)")).to_be_disabled()
    page.get_by_label("title", exact=True).uncheck()
    page.get_by_label("size", exact=True).uncheck()
    with page.expect_download() as saved:
        page.get_by_role("button", name="保存较小的回执").click()
    assert saved.value.suggested_filename == "调解协议.pdf.less.receipt.json"
    expected = redact_receipt(parse_receipt(receipt.read_bytes()), ["doc_type", "remark"])
    assert saved.value.path().read_bytes() == render_receipt(expected)


def test_without_ed25519_green_needs_the_contract(desk: Desk) -> None:
    desk.page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    desk.show()
    desk.trust()
    desk.choose(*desk.receipt_and_file())
    desk.check(url="")
    assert desk.verdicts() == ["chain_unreachable"]
    desk.check()
    assert desk.verdicts() == ["verified"]
    expect(desk.page.get_by_text("这个浏览器不能验证 Ed25519 签名")).to_be_visible()


def test_test_network_is_said_beside_a_green_verdict(desk: Desk) -> None:
    desk.show()
    desk.trust(render_trust(trust_in(CODED_IDENTITY, evidence=Evidence.NONE)))
    desk.choose(*desk.receipt_and_file())
    desk.check()
    expect(desk.page.get_by_text("测试网络：无外部证明力", exact=True)).to_be_visible()


def test_certificate_alone_is_checked_by_the_receipt_in_it(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "typst"
    folder.mkdir()
    desk.show()
    desk.trust()
    whole = render_receipt(desk.world.receipt(INDEX))
    desk.choose(desk.put("certificate.pdf", by_typst(folder, whole)))
    desk.check()
    assert desk.verdicts() == ["verified"]


def bundle_with(desk: Desk, members: dict[str, bytes], profile: Profile = Profile.EVIDENCE) -> Path:
    path = desk.folder / "bundle.zip"
    with path.open("w+b") as file, BundleWriter(file, profile=profile, created_at=CREATED_AT) as writer:
        for name, data in members.items():
            writer.write(name, data)
    return path


def test_bundle_brings_receipts_documents_and_a_trust_file_that_is_named_as_its_own(desk: Desk) -> None:
    first, second = (render_receipt(desk.world.receipt(index)) for index in (3, 4))
    members = {
        "trust.json": render_trust(desk.world.trust),
        "a.receipt.json": first,
        "documents/a.pdf": file_of(3),
        "b.pdf.receipt.json": second,
        "b.pdf": file_of(4),
    }
    desk.show()
    desk.choose(bundle_with(desk, members))
    desk.check()
    assert desk.verdicts() == ["verified", "verified"]
    expect(desk.page.get_by_text("所用的信任文件是卷宗包自带的").first).to_be_visible()
    expect(desk.page.get_by_text("5 个文件都与清单一致")).to_be_visible()


def test_bundle_with_a_damaged_member_names_it(desk: Desk) -> None:
    path = bundle_with(desk, {"b.pdf.receipt.json": render_receipt(desk.world.receipt(4)), "b.pdf": file_of(4)})
    path.write_bytes(path.read_bytes().replace(file_of(4), file_of(5)))
    desk.show()
    desk.choose(path)
    desk.check()
    expect(desk.page.get_by_text("与清单不一致的文件：b.pdf")).to_be_visible()


def test_several_files_find_their_receipts_and_the_odd_one_is_named(desk: Desk) -> None:
    receipts = [desk.put(f"{n}.receipt.json", render_receipt(desk.world.receipt(n))) for n in (2, 3)]
    files = [desk.put(f"file {n}.pdf", file_of(n)) for n in (3, 2, 7)]
    desk.show()
    desk.trust()
    desk.choose(*receipts, *files)
    desk.check()
    assert desk.verdicts() == ["verified", "verified"]
    expect(desk.page.get_by_role("alert")).to_contain_text("file 7.pdf")


@pytest.mark.parametrize(
    ("url", "message"),
    [("ftp://node", "节点地址应当以 http:// 或者 https:// 开头"), ("", "请先选择要核验的文件")],
)
def test_what_is_missing_is_said_in_words(desk: Desk, url: str, message: str) -> None:
    desk.show()
    desk.check(url=url)
    expect(desk.page.get_by_role("alert")).to_contain_text(message)


def test_trust_file_that_cannot_be_read_is_said_and_nothing_is_checked(desk: Desk) -> None:
    desk.show()
    desk.trust(b"{}")
    desk.choose(*desk.receipt_and_file())
    desk.check()
    expect(desk.page.get_by_role("alert")).to_contain_text("信任文件读不出来")
    assert desk.verdicts() == []


def test_page_to_begin_with_is_accessible(desk: Desk) -> None:
    for language, width in (("zh", LAPTOP), ("en", NARROW)):
        desk.page.set_viewport_size(width)  # type: ignore[arg-type]
        desk.show(language)
        assert accessible(desk.page) == []
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width["width"]


@pytest.mark.scaled(quick=55, ci=110, full=600)
def test_tampering_is_noticed_in_the_built_page_too(desk: Desk, seed: int, scale: int) -> None:
    desk.show()
    wrong = []
    for attempt in attempts(Random(seed), WORLDS, scale):
        for given in (attempt.honest, attempt.changed):
            answer: dict[str, Any] = desk.page.evaluate(VERIFY, [job_of(given), TABLES[id(given.world)]])
            if seen_by_javascript(answer) != seen_by_python(given):
                wrong.append((attempt.way, answer))
    assert not wrong


def test_whole_ledger_is_held_against_the_chain_and_the_audit_named(desk: Desk, tmp_path: Path) -> None:
    with new_chain(tmp_path / "chain", clock=FixedClock()) as desk.node.chain:
        ledger = AnchoredLedger(desk.node.chain)
        fill_small(ledger)
        desk.show()
        desk.trust(render_trust(ledger.trust))
        desk.choose(ledger.export(tmp_path / "ledger.zip"))
        desk.check()
        expect(desk.page.get_by_text("legal-ledger audit --bundle")).to_be_visible()
        assert desk.page.locator("#bundles .tag").all_inner_texts() == ["通过"] * 4


@pytest.mark.longer
def test_evidence_pack_of_the_service_is_green_by_its_own_node(desk: Desk, server: Server, tmp_path: Path) -> None:
    """From the link on the check page to the verdict, with nothing but what the service hands out."""
    page = desk.page
    with server.client() as client:
        case = client.post("/cases", json=SHORT_CASE).raise_for_status().json()
        document = client.post(
            f"/cases/{case['id']}/documents",
            data={"doc_type": "agreement", "title": "调解协议书"},
            files={"file": (NAME, b"%PDF-1.7 agreement", "application/pdf")},
        )
        statement = document.raise_for_status().json()["statement"]
        wait_until_final(client, [statement["id"]])
        pack = client.get(f"/statements/{statement['id']}/evidence.zip").raise_for_status().content
    page.goto(server.url)
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载离线核验工具").click()
    assert saved.value.suggested_filename == FILE_NAME
    saved.value.save_as(tmp_path / FILE_NAME)
    desk.show()
    desk.choose(desk.put("evidence.zip", pack))
    desk.check(url=f"{server.url}/rpc")
    assert desk.verdicts() == ["verified", "verified"]  # the receipt with its document, and the certificate's
    expect(page.get_by_text("测试网络：无外部证明力", exact=True).first).to_be_visible()
    expect(page.get_by_text("文件都与清单一致")).to_be_visible()
