"""A lawyer's day at the desk, by clicking."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from service.language import Language
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.desk import Desk
from tests.process import PASSWORD, SHORT_CASE, Server

pytestmark = [pytest.mark.browser, pytest.mark.longer(one_in=5)]

ANOTHER_WORKER = {
    **SHORT_CASE["applicant"],
    "name": "钱雨水",
    "id_number": "379385197907130000",
    "birth_date": "1979-07-13",
    "gender": "male",
}
"""Nobody's case of the other journeys looks like theirs."""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "调解协议书.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"agreement " * 5000)
    return path


@pytest.mark.parametrize(("language", "locale"), [(Language.ZH, "zh-CN"), (Language.EN, "en-GB")])
def test_case_is_registered_filed_agreed_and_becomes_final(
    open_page: OpenPage, server: Server, paper: Path, language: Language, locale: str
) -> None:
    page = open_page(locale=locale)
    desk = Desk(page, server.url, language)
    case = desk.register()
    for shown in ("周小满", "371103197905200009", "日照示例绳网有限公司", "91371103MA0000000L", "27,960.00"):
        expect(page.get_by_text(shown).first).to_be_visible()

    desk.file(paper, title="调解协议书")
    page.get_by_text(desk.say("Fingerprints of the file")).click()
    digest = hashlib.sha256(paper.read_bytes()).hexdigest()
    expect(page.get_by_text(" ".join(digest[at : at + 4] for at in range(0, 64, 4)))).to_be_visible()

    desk.draft({"2026-07-31": "10000", "2026-08-31": "17960"}, agreed_on="2026-07-20")
    expect(page.get_by_role("heading", name=desk.say("Not in effect yet"))).to_be_visible()
    desk.sign("party", "周小满", "fingerprint", on="2026-07-20", party="1")
    desk.sign("party", "日照示例绳网有限公司", "seal", on="2026-07-20", party="2")
    desk.sign("mediator", "王示例", "handwritten", on="2026-07-20")
    expect(page.get_by_text(desk.say("The seal of the mediation organisation"))).to_be_visible()
    desk.sign("organisation", "岚山区示例调解组织", "seal", on="2026-07-20")
    expect(page.get_by_role("heading", name=desk.say("Not in effect yet"))).to_have_count(0)

    page.goto(case)
    desk.wait_until_final()
    expect(page.get_by_text(desk.say("On the chain, final"), exact=True).first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=desk.say("Download the receipt")).first.click()
    assert download.value.suggested_filename.endswith(".receipt.json")
    with page.expect_download() as download:
        page.get_by_role("link", name=desk.say("Download the file")).first.click()
    assert Path(download.value.path()).read_bytes() == paper.read_bytes()


def test_payment_is_recorded_against_its_instalment(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    desk = Desk(page, server.url)
    desk.register()
    desk.draft({"2026-07-31": "10000", "2026-08-31": "17960"}, agreed_on="2026-07-20")
    for signer, name, method, party in (
        ("party", "周小满", "fingerprint", "1"),
        ("party", "日照示例绳网有限公司", "seal", "2"),
        ("mediator", "王示例", "handwritten", ""),
        ("organisation", "岚山区示例调解组织", "seal", ""),
    ):
        desk.sign(signer, name, method, on="2026-07-20", party=party)
    desk.field("Which payment?").select_option("1")
    desk.field("Amount paid").fill("10,000.00")
    desk.field("Paid on").fill("2026-07-30")
    desk.button("Record the payment").click()
    row = page.get_by_role("row").filter(has_text="2026年7月31日")
    expect(row).to_contain_text("2026年7月30日")
    desk.field("Which payment?").select_option("2")
    desk.field("Amount paid").fill("20000")
    desk.field("Paid on").fill("2026-08-30")
    desk.button("Record the payment").click()
    expect(page.get_by_role("alert")).to_contain_text("超过尚欠金额（17,960.00 元）")


def test_errors_are_shown_twice_and_nothing_typed_is_lost(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    desk = Desk(page, server.url)
    page.goto(f"{server.url}/cases/new")
    desk.sign_in()
    desk.field("What happened?").fill("欠薪四个月。")
    desk.button("Continue").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    for words in ("请选择案件类型", "请填写劳动者姓名", "请填写用人单位名称", "请选择请求什么"):
        expect(page.get_by_text(words)).to_have_count(2)
    summary.get_by_role("link", name="请填写劳动者姓名").click()
    expect(desk.field("Full name", desk.group("Worker"))).to_be_focused()
    expect(desk.field("What happened?")).to_have_value("欠薪四个月。")


def test_sign_in_that_ran_out_gives_the_form_back(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    desk = Desk(page, server.url)
    page.goto(f"{server.url}/cases/new")
    desk.sign_in()
    desk.fill_registration()
    page.context.clear_cookies()
    desk.button("Continue").click()
    expect(page.get_by_text("已填的内容没有丢")).to_be_visible()
    desk.sign_in()
    desk.button("Continue").click()
    expect(page.get_by_role("heading", level=1, name=desk.say("Check before you register"))).to_be_visible()
    desk.register_after_the_look()
    expect(page.get_by_text("案件已登记")).to_be_visible()


def test_wrong_password_says_no_more_than_needed(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    desk = Desk(page, server.url)
    page.goto(f"{server.url}/sign-in")
    desk.sign_in(password="not the password at all")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(desk.field("User name")).to_have_value("lawyer")


def test_signing_out_ends_the_session_everywhere(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    desk = Desk(page, server.url)
    page.goto(f"{server.url}/cases")
    desk.sign_in()
    cookies = page.context.cookies()
    desk.button("Sign out").click()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto(f"{server.url}/cases")
    expect(page.get_by_role("heading", level=1, name=desk.say("Sign in"))).to_be_visible()


def test_second_version_of_a_document_keeps_its_number(open_page: OpenPage, server: Server, paper: Path) -> None:
    page = open_page()
    desk = Desk(page, server.url)
    case = desk.register()
    desk.file(paper, title="工资表")
    number = page.get_by_role("article").get_by_role("link", name="-").first.inner_text()
    paper.write_bytes(b"a better scan")
    page.get_by_role("link", name=desk.say("File a new version")).click()
    desk.field("Why is there a new version?").fill("重新扫描")
    desk.field("File").set_input_files(paper)
    desk.button("File a new version").click()
    page.goto(case)
    expect(page.get_by_role("article").get_by_role("link", name=number)).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("第 2 版")


def test_case_is_found_by_a_part_of_a_name(open_page: OpenPage, server: Server) -> None:
    page = open_page(viewport=PHONE)
    desk = Desk(page, server.url)
    desk.register()
    page.goto(f"{server.url}/cases")
    desk.field("Case number or name of a party").fill("示例绳网")
    desk.button("Search").click()
    expect(page.get_by_role("row").filter(has_text="日照示例绳网有限公司").first).to_be_visible()
    desk.field("Case number or name of a party").fill("没有这个人")
    desk.button("Search").click()
    expect(page.get_by_text(desk.say("No case fits this search."))).to_be_visible()


def test_file_too_large_is_refused_before_it_is_sent(open_page: OpenPage, server: Server, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate((200 << 20) + 1)
    page = open_page()
    desk = Desk(page, server.url)
    desk.register()
    desk.link("File a document").click()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    desk.field("File").set_input_files(large)
    desk.button("File a document").click()
    message = page.locator("input[type=file]").evaluate("input => input.validationMessage")
    assert message == desk.say("This file is too large. Choose one of at most %(limit)s.", limit="200.0 MB")
    assert "POST" not in sent


def test_whole_registration_goes_by_keyboard_alone(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    desk = Desk(page, server.url)
    page.goto(f"{server.url}/cases/new")
    for typed in ("lawyer", PASSWORD):
        while page.evaluate("document.activeElement.tagName") != "INPUT" or page.evaluate(
            "document.activeElement.value"
        ):
            page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=desk.say("Register a case"))).to_be_visible()
    desk.fill_registration({**SHORT_CASE, "applicant": ANOTHER_WORKER})
    desk.field("Full name", desk.group("Worker")).press("Enter")
    expect(page.get_by_role("heading", level=1, name=desk.say("Check before you register"))).to_be_visible()
    button = desk.button("Register the case")
    while not button.evaluate("node => node === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("案件已登记")).to_be_visible()


@pytest.mark.parametrize(("language", "locale"), [(Language.ZH, "zh-CN"), (Language.EN, "en-GB")])
def test_no_page_scrolls_sideways_on_a_small_phone(
    open_page: OpenPage, server: Server, paper: Path, language: Language, locale: str
) -> None:
    page = open_page(locale=locale, viewport={"width": 320, "height": 640})
    desk = Desk(page, server.url, language)
    case = desk.register()
    desk.file(paper, title="一份标题特别长的材料用来检查窄屏幕上是否换行" * 3)
    desk.draft({"2026-07-31": "10000", "2026-08-31": "17960"}, agreed_on="2026-07-20")
    agreement = page.url.partition("?")[0]
    wide = {}
    for path in (case, f"{case}/change", f"{case}/documents/new", f"{case}/agreements/new", agreement):
        page.goto(path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    for path in ("/", "/v?record_no=x", "/cases", "/cases/new", "/sign-in", "/nothing"):
        page.goto(server.url + path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 320} == {}
