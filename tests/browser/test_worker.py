"""A worker with a file or a number, without an account."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.wire import Wire, windows
from tests.process import SHORT_CASE, Server, wait_until_final

pytestmark = [pytest.mark.browser, pytest.mark.longer(one_in=5)]

FILE_NAME = "周小满-调解协议-签字版.pdf"
WINDOW = 8
"""Bytes in a row that would be no accident: chance finds one of 2^16 windows in 2^16 others once in 2^32 runs."""

MATCH = "核验一致：与登记时的内容相同"
DIFFERENT = "文件与登记内容不一致"
NOT_FOUND = "未查到登记记录"
UNCHANGED = "该登记已上链，上链后未被改动"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A file that was registered, one that differs in one bit, and the record's number."""

    path: Path
    changed: Path
    record_no: str


@pytest.fixture(scope="session")
def filed(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Filed:
    folder = tmp_path_factory.mktemp("worker")
    content = b"%PDF-1.7\n" + random.Random(20260720).randbytes(65_536)
    path, changed = folder / FILE_NAME, folder / "changed" / FILE_NAME
    changed.parent.mkdir()
    path.write_bytes(content)
    changed.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with server.client() as client:
        case = client.post("/cases", json=SHORT_CASE).raise_for_status().json()
        with path.open("rb") as file:
            document = client.post(
                f"/cases/{case['id']}/documents",
                data={"doc_type": "agreement", "title": "调解协议书"},
                files={"file": (FILE_NAME, file, "application/pdf")},
            )
        statement = document.raise_for_status().json()["statement"]
        wait_until_final(client, [statement["id"]])
    return Filed(path=path, changed=changed, record_no=statement["record_no"])


def choose(page: Page, path: Path) -> None:
    page.get_by_label("选择文件").set_input_files(path)


def verdict(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_unchanged_file_matches_with_office_and_record_number(
    open_page: OpenPage, server: Server, filed: Filed
) -> None:
    page = open_page(viewport=PHONE)
    page.goto(server.url)
    choose(page, filed.path)
    verdict(page, MATCH)
    expect(page.get_by_role("link", name=filed.record_no)).to_be_visible()
    expect(page.get_by_text("材料归档")).to_be_visible()
    expect(page.get_by_text("测试网络").first).to_be_visible()


def test_changed_file_is_not_found_without_a_number(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page(viewport=PHONE)
    page.goto(server.url)
    choose(page, filed.changed)
    verdict(page, NOT_FOUND)
    expect(page.get_by_role("status")).to_contain_text("这不代表文件是假的")


def test_changed_file_differs_beside_its_record(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page(viewport=PHONE)
    page.goto(f"{server.url}/v/{filed.record_no}")
    choose(page, filed.changed)
    verdict(page, DIFFERENT)
    expect(page.get_by_role("alert")).to_contain_text("另存、转换格式")


def test_result_takes_the_focus_and_names_the_tab(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page()
    page.goto(server.url)
    choose(page, filed.path)
    expect(page.get_by_role("heading", level=1, name=MATCH)).to_be_focused()
    expect(page).to_have_title(f"{MATCH} – 法律服务存证")


def test_number_typed_carelessly_leads_to_the_record(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page()
    page.goto(server.url)
    page.get_by_label("存证编号").fill(filed.record_no.lower().replace("-", " "))
    page.get_by_role("button", name="查询").click()
    verdict(page, UNCHANGED)
    expect(page).to_have_url(f"{server.url}/v/{filed.record_no}")


def test_record_is_found_without_javascript(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page(scripts=False)
    page.goto(server.url)
    expect(page.get_by_text("核验文件需要启用 JavaScript")).to_be_visible()
    page.get_by_label("存证编号").fill(filed.record_no)
    page.get_by_role("button", name="查询").click()
    verdict(page, UNCHANGED)


def test_wrong_number_is_explained_and_kept(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    page.goto(server.url)
    page.get_by_label("存证编号").fill("7K2M-9Q4X-RT3P0")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("这不是有效的存证编号")
    expect(page.get_by_label("存证编号")).to_have_value("7K2M-9Q4X-RT3P0")
    expect(page).to_have_title("有误：核验文件或纸质材料 – 法律服务存证")


def test_language_switch_holds_through_a_check(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page()
    page.goto(server.url)
    page.get_by_role("link", name="English").click()
    page.get_by_label("Choose the file").set_input_files(filed.path)
    verdict(page, "Match: this is the same as what was registered")
    page.get_by_role("link", name=filed.record_no).click()
    verdict(page, "This record is on the chain and has not been changed since")


def test_large_text_switch_holds_on_the_next_page(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page()
    page.goto(server.url)
    page.get_by_role("link", name="大字版").click()
    page.get_by_label("存证编号").fill(filed.record_no)
    page.get_by_role("button", name="查询").click()
    verdict(page, UNCHANGED)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"


def test_nothing_of_the_file_leaves_the_browser(open_page: OpenPage, server: Server, filed: Filed) -> None:
    with Wire(server.port) as wire:
        page = open_page()
        hosts: set[str] = set()
        page.context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.goto(wire.url)
        for path, title in ((filed.path, MATCH), (filed.changed, NOT_FOUND)):
            choose(page, path)
            verdict(page, title)
        page.goto(f"{wire.url}/v/{filed.record_no}")
        choose(page, filed.changed)
        verdict(page, DIFFERENT)
        page.context.close()
        sent, received = wire.sent, wire.received
    assert hosts == {urlsplit(wire.url).netloc}
    assert sent.count(b"POST /api/v1/verifications") == 3
    content = filed.path.read_bytes()
    seen = windows(sent, WINDOW)
    for shape in (content, content.hex().encode(), base64.b64encode(content), base64.urlsafe_b64encode(content)):
        assert not windows(shape, WINDOW) & seen
    for part in ("周小满", "调解协议", "签字版", ".pdf"):
        assert part.encode() not in sent
        assert part.encode("unicode_escape") not in sent
        assert httpx2.QueryParams({"q": part}).__str__().removeprefix("q=").encode() not in sent
    assert b"\r\ncookie:" not in sent.lower()
    assert b"\r\nset-cookie:" not in received.lower()


def test_empty_file_is_not_judged(open_page: OpenPage, server: Server, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    page = open_page()
    page.goto(server.url)
    choose(page, empty)
    verdict(page, "无法读取")


def test_outage_of_the_service_is_grey(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page()
    page.goto(server.url)
    page.route("**/api/v1/verifications", lambda route: route.abort())
    choose(page, filed.path)
    verdict(page, "未能连接本平台，没有进行核验")
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "body"), [(503, "<html>bad gateway</html>"), (200, "{"), (200, '{"verdict":"fine"}'), (500, "null")]
)
def test_answer_that_is_none_is_grey(open_page: OpenPage, server: Server, filed: Filed, status: int, body: str) -> None:
    page = open_page()
    page.goto(server.url)
    page.route("**/api/v1/verifications", lambda route: route.fulfill(status=status, body=body))
    choose(page, filed.path)
    verdict(page, "未能连接本平台，没有进行核验")


def test_too_many_checks_are_said_so(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page()
    page.goto(server.url)
    page.route("**/api/v1/verifications", lambda route: route.fulfill(status=429, body="{}"))
    choose(page, filed.path)
    verdict(page, "查询过于频繁，请稍后再试")


def test_file_is_hashed_where_no_worker_can_start(open_page: OpenPage, server: Server, filed: Filed) -> None:
    page = open_page()
    page.add_init_script("delete window.Worker")
    page.goto(server.url)
    choose(page, filed.path)
    verdict(page, MATCH)


def test_file_is_hashed_where_the_browser_has_no_cryptography(
    open_page: OpenPage, server: Server, filed: Filed
) -> None:
    page = open_page()
    page.add_init_script("Object.defineProperty(window, 'crypto', {value: undefined})")
    page.goto(server.url)
    choose(page, filed.path)
    verdict(page, MATCH)


def test_progress_is_shown_and_can_be_stopped(open_page: OpenPage, server: Server, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(1 << 30)
    page = open_page()
    page.goto(server.url)
    choose(page, large)
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_role("heading", level=1, name="核验文件或纸质材料")).to_be_visible()
