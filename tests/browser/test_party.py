"""A party and its slip: scanned or typed, on a narrow phone, until the case is on its own disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ledger.bundle import Profile, open_bundle
from tests.browser.conftest import KeepPicture, OpenPage
from tests.browser.live import Live, live
from tests.browser.test_paper_journey import session_of
from tests.qr import read_qr
from tests.service.conftest import make_home
from tests.service.test_party_access import Office, make_office
from tests.service.visitor import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.longer(one_in=3)]

NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    home = tmp_path_factory.mktemp("party") / "var"
    make_home(home)
    with live(home) as running:
        yield running


@pytest.fixture(scope="module")
def office(service: Live) -> Office:
    made = make_office(service)
    made.release(1, made.paper)
    service.wait_until_final()
    return made


def check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"


def issue(office: Office, page: Page, service: Live) -> str:
    """Issue a link to the worker by clicking, and read the QR code of its slip."""
    page.context.add_cookies([{"name": COOKIE, "value": session_of(service, "mediator"), "url": service.url}])
    page.goto(f"{service.url}/cases/{office.case['id']}")
    page.get_by_role("link", name="当事人查阅").click()
    check(page)
    page.locator("#party").select_option("1")
    page.get_by_role("button", name="发放并显示纸条").click()
    expect(page.get_by_role("heading", name="查看您的案件进展")).to_be_visible()
    check(page)
    (address,) = read_qr(page.content())
    return address


def test_worker_scans_the_slip_reads_objects_reports_and_downloads(
    service: Live, office: Office, open_page: OpenPage, keep_picture: KeepPicture, tmp_path: Path
) -> None:
    desk = open_page()
    address = issue(office, desk, service)
    keep_picture(desk, "slip")
    asked: list[str] = []
    phone = open_page(viewport=NARROW)
    phone.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))

    phone.goto(address)
    expect(phone.get_by_role("heading", name="我的案件")).to_be_visible()
    expect(phone.get_by_text("协议履行中")).to_be_visible()
    expect(phone.get_by_text("受理通知").first).to_be_visible()
    check(phone)
    keep_picture(phone, "party at 320 px")
    phone.reload()
    expect(phone.get_by_text("协议履行中")).to_be_visible()

    phone.get_by_text("不同意？在这里提出异议").click()
    phone.get_by_label("关于什么？").select_option(label="文书：受理通知")
    phone.get_by_label("真实性").check()
    phone.locator("#objection").fill("这不是我签的字。")
    check(phone)
    phone.locator("form", has=phone.locator("#objection")).get_by_role("button", name="提交").click()
    expect(phone.get_by_role("status")).to_contain_text("您的异议已登记")
    expect(phone.get_by_text("这不是我签的字。").first).to_be_visible()

    phone.get_by_text("有钱没付、有事没办？在这里反映").click()
    phone.get_by_role("radio").first.check()
    phone.locator("textarea[name=detail]").fill("第二期没有收到。")
    phone.locator("form", has=phone.locator("textarea[name=detail]")).get_by_role("button", name="提交").click()
    expect(phone.get_by_role("status")).to_contain_text("您写的内容已登记")

    with phone.expect_download() as started:
        phone.get_by_role("button", name="下载我的案件").click()
    path = tmp_path / "my-case.zip"
    started.value.save_as(path)
    with open_bundle(path) as bundle:
        bundle.verify()
        assert bundle.profile is Profile.MY_CASE

    secret = address.partition("#")[2]
    assert phone.context.cookies() == []
    assert [line for line in asked if secret in line.partition("#")[0] or secret in line.partition(" ")[2]] == []


def test_language_of_a_partys_page_is_switched_without_typing_the_code_again(
    service: Live, office: Office, open_page: OpenPage, keep_picture: KeepPicture
) -> None:
    phone = open_page(viewport=NARROW)
    phone.goto(f"{service.url}/my#{office.link(1)['code']}")
    phone.get_by_role("link", name="English").click()
    expect(phone.get_by_role("heading", name="My case")).to_be_visible()
    expect(phone.get_by_text("Days to keep")).to_be_visible()
    check(phone)
    keep_picture(phone, "party in English")


def test_code_is_typed_where_there_are_no_scripts(service: Live, office: Office, open_page: OpenPage) -> None:
    phone = open_page(viewport=NARROW, scripts=False)
    phone.goto(f"{service.url}/my")
    phone.get_by_label("查阅码").fill("0000 0000")
    phone.get_by_role("button", name="打开我的案件").click()
    expect(phone.get_by_role("alert")).to_contain_text("没有这个查阅码")
    phone.get_by_label("查阅码").fill(office.link(2)["code"].lower())
    phone.get_by_role("button", name="打开我的案件").click()
    expect(phone.get_by_text("日照示例绳网有限公司").first).to_be_visible()
    with phone.expect_download() as started:
        phone.get_by_role("button", name="下载存证回执").first.click()
    assert started.value.suggested_filename.endswith(".receipt.json")
