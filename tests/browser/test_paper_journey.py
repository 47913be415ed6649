"""From a printed paper alone: scan, compare, learn what to do. And the same by typing, by photograph, by keyboard."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from service.accounts import load_actor, open_web_session
from service.tables import User
from tests.browser.conftest import PHONE, KeepPicture, OpenPage
from tests.browser.live import Live
from tests.browser.printed import OFFICE_PHONE, TITLE, expect_next_step, expect_terms, row
from tests.browser.wire import Wire
from tests.service.test_papers import Paper, make_paper
from tests.service.visitor import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.longer(one_in=4)]

READER = """
window.BarcodeDetector = class {
  async detect(image) {
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return (await window.decode(canvas.toDataURL("image/png"))).map((text) => ({ rawValue: text }));
  }
};
"""
"""Chromium has a reader of codes only on some systems; this one asks ZXing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody with a printed agreement: the paper, its slip as a picture, and the service it leads to."""

    service: Live
    paper: Paper
    slip: bytes


@pytest.fixture
def holder(service: Live, paper: Paper, open_page: OpenPage, keep_picture: KeepPicture) -> Holder:
    """The slip is printed by the office, as its own page lays it out on paper."""
    office = open_page()
    office.context.add_cookies([{"name": COOKIE, "value": session_of(service, "mediator"), "url": service.url}])
    office.goto(f"{service.url}/agreements/{paper.agreement}/slip")
    office.emulate_media(media="print")
    keep_picture(office, "slip-printed")
    slip = office.locator(".slip").screenshot()
    office.context.close()
    return Holder(service=service, paper=paper, slip=slip)


def session_of(service: Live, username: str) -> str:
    runtime = service.runtime
    with runtime.database.write() as session:
        user = session.exec(select(User).where(User.username == username)).one()
        actor = load_actor(session, user.id)
        lifetime = runtime.settings.session_lifetime
        return open_web_session(session, actor, language="zh", now=service.clock(), lifetime=lifetime).token


def decode(picture: bytes) -> list[str]:
    grey = np.array(Image.open(io.BytesIO(picture)).convert("L"))
    return [code.text for code in zxingcpp.read_barcodes(grey)]


def test_scan_of_the_slip_leads_to_sum_payments_dates_and_next_step(
    holder: Holder, open_page: OpenPage, keep_picture: KeepPicture
) -> None:
    (link,) = decode(holder.slip)
    page = open_page(viewport=PHONE)
    page.goto(link)

    expect_terms(page)
    row(page, "第 1 期").get_by_label("不一样").check()
    expect_next_step(page, "第 1 期")
    keep_picture(page, "paper-different-zh")
    below = page.locator("[data-result]").bounding_box()
    asked = row(page, "第 1 期").bounding_box()
    assert below is not None
    assert asked is not None
    assert below["y"] - (asked["y"] + asked["height"]) < 40, "the next step stands where the reader is"


def test_code_of_the_slip_stays_in_no_address_and_no_history(holder: Holder, open_page: OpenPage) -> None:
    page = open_page()
    visited: list[str] = []
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    page.on("request", lambda request: visited.append(request.url))
    page.goto(holder.service.url)
    page.goto(decode(holder.slip)[0])
    expect(row(page, "约定总额")).to_be_visible()

    asked = [address for address in visited if not address.endswith(f"#{holder.paper.code}")]
    assert [address for address in asked if holder.paper.code in address] == []
    assert holder.paper.code not in page.url
    page.go_back()
    assert holder.paper.code not in page.url


def test_typing_number_and_code_leads_to_the_same_page(service: Live, paper: Paper, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    page.goto(service.url)
    page.get_by_label("存证编号").fill(paper.record_no.lower().replace("-", " "))
    page.get_by_label("核验码").fill(paper.code.lower())
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_url(f"{service.url}/v/{paper.record_no}")
    row(page, "达成日期").get_by_label("不一样").check()
    expect_next_step(page, "达成日期")


def test_photograph_of_the_slip_leads_to_the_same_page(holder: Holder, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    page.expose_function("decode", lambda url: decode(base64.b64decode(url.partition(",")[2])))
    page.add_init_script(READER)
    page.goto(holder.service.url)
    photograph: Any = {"name": "slip.png", "mimeType": "image/png", "buffer": holder.slip}
    page.get_by_label("拍下二维码").set_input_files(photograph)
    expect(row(page, "约定总额")).to_be_visible()


def test_photograph_without_a_code_says_so(service: Live, open_page: OpenPage) -> None:
    page = open_page()
    page.expose_function("decode", lambda _url: [])
    page.add_init_script(READER)
    page.goto(service.url)
    blank = io.BytesIO()
    Image.new("L", (64, 64), 255).save(blank, "PNG")
    photograph: Any = {"name": "blank.png", "mimeType": "image/png", "buffer": blank.getvalue()}
    page.get_by_label("拍下二维码").set_input_files(photograph)
    expect(page.get_by_text("这张照片里没有找到二维码")).to_be_visible()


def test_every_line_the_same_is_said_at_once(service: Live, paper: Paper, open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    page.goto(f"{service.url}/v/{paper.record_no}#{paper.code}")
    lines = page.locator("[data-compare]").get_by_role("group")
    expect(lines.first).to_be_visible()
    for line in lines.all():
        line.get_by_label("The same").check()
    expect(page.get_by_role("heading", name="You found every line to be the same")).to_be_visible()
    expect(page.get_by_role("heading", name="Something on your paper is different")).to_be_hidden()


def test_replaced_code_is_explained_to_whoever_scans_it(service: Live, open_page: OpenPage) -> None:
    old = make_paper(service)
    path = f"/api/v1/agreements/{old.agreement}/paper-code/replacements"
    assert service.ask("POST", path, "mediator", json={"reason": "遗失"}).status_code == 200
    page = open_page(viewport=PHONE)
    page.goto(f"{service.url}/v/{old.record_no}#{old.code}")
    expect(page.get_by_role("alert")).to_contain_text("这张纸上的核验码已更换")
    expect(page.locator("[data-compare]")).to_have_count(0)


def test_whole_journey_by_keyboard_alone(service: Live, paper: Paper, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(service.url)
    press_until_focused(page, page.get_by_label("存证编号"))
    page.keyboard.type(paper.record_no)
    press_until_focused(page, page.get_by_label("核验码"))
    page.keyboard.type(paper.code)
    page.keyboard.press("Enter")
    expect(row(page, "约定总额")).to_be_visible()
    first = row(page, "约定总额").get_by_label("一样", exact=False).first
    press_until_focused(page, first)
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(row(page, "约定总额").get_by_label("不一样")).to_be_checked()
    expect_next_step(page, "约定总额")
    press_until_focused(page, page.locator("[data-result]").get_by_role("link", name=OFFICE_PHONE))
    press_until_focused(page, page.get_by_label("选择文件"))
    press_until_focused(page, page.get_by_role("link", name="核验其他文件或编号"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="核验文件或纸质材料")).to_be_visible()


def press_until_focused(page: Page, wanted: Locator, *, at_most: int = 60) -> None:
    """Go on with the Tab key; whatever has the focus on the way must be seen to have it."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "(() => { const at = document.activeElement; if (!at || at === document.body) return true;"
            "const box = (at.labels && at.classList.contains('unseen') ? at.nextElementSibling : at)"
            ".getBoundingClientRect(); return box.width > 0 && box.bottom > 0 && box.top < innerHeight; })()"
        ), "the focus is out of sight"
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{wanted} is not reached by the Tab key")


def test_traffic_of_the_journey_holds_the_code_in_one_body_and_no_name(
    service: Live, paper: Paper, open_page: OpenPage
) -> None:
    with Wire(service.port) as wire:
        page = open_page()
        page.goto(f"{wire.url}/v/{paper.record_no}#{paper.code}")
        row(page, "约定总额").get_by_label("不一样").check()
        expect(page.get_by_role("heading", name="纸上有和登记不一样的地方")).to_be_visible()
        page.context.close()
        sent, received = wire.sent, wire.received
    assert sent.count(paper.code.encode()) == 1
    (body,) = [part for part in sent.split(b"\r\n\r\n") if paper.code.encode() in part]
    assert body.startswith(b"paper_code=")
    assert b"different" not in sent
    for secret in ("周小满", "示例绳网", "李示例"):
        assert secret.encode() not in received
    assert b"\r\ncookie:" not in sent.lower()
    assert b"\r\nset-cookie:" not in received.lower()


def test_print_sheet_keeps_result_and_terms_and_drops_what_is_for_the_screen(
    service: Live, paper: Paper, open_page: OpenPage, keep_picture: KeepPicture
) -> None:
    page = open_page()
    page.goto(f"{service.url}/v/{paper.record_no}#{paper.code}")
    expect(row(page, "约定总额")).to_be_visible()
    page.emulate_media(media="print")
    keep_picture(page, "record-printed")
    for shown in (TITLE, paper.record_no, "27,960.00 元", f"{service.url}/v/{paper.record_no}"):
        expect(page.get_by_text(shown).locator("visible=true").first).to_be_visible()
    for gone in (page.get_by_role("navigation"), page.locator("label.button"), page.get_by_role("button")):
        expect(gone.first).to_be_hidden()
