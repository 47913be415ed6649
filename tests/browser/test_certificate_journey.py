"""From a printed certificate alone: its picture is scanned, what is registered compared, and the next step learnt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.causes import CONTENT, file_document
from tests.browser.conftest import PHONE, KeepPicture, OpenPage
from tests.browser.live import Live
from tests.browser.printed import TITLE, expect_next_step, expect_terms, row
from tests.service.papers import scan_by_phone, text_of
from tests.service.test_papers import Paper

pytestmark = [pytest.mark.browser, pytest.mark.longer]


def certificate_of(service: Live, statement: str, language: str = "zh") -> bytes:
    answer = service.ask("GET", f"/api/v1/statements/{statement}/certificate.pdf?lang={language}", "mediator")
    assert answer.status_code == 200, answer.text
    return answer.content


def certificate_of_agreement(service: Live, paper: Paper, language: str = "zh") -> bytes:
    agreement = service.ask("GET", f"/api/v1/agreements/{paper.agreement}", "mediator").json()
    return certificate_of(service, agreement["statement"]["id"], language)


def scan(certificate: bytes) -> str:
    """What both decoders read of the first page's picture: one address."""
    (one,), (other,) = scan_by_phone(certificate)
    assert one == other
    return one


def test_scan_of_the_certificate_leads_to_sum_payments_dates_and_next_step(
    service: Live, paper: Paper, open_page: OpenPage, keep_picture: KeepPicture
) -> None:
    certificate = certificate_of_agreement(service, paper)
    page = open_page(viewport=PHONE)
    page.goto(scan(certificate))

    expect_terms(page)
    keep_picture(page, "certificate-terms-zh")
    for printed in ("27,960.00元", "10,000.00元", "17,960.00元", "2026年7月31日", "2026年8月31日", "放弃加班工资"):
        assert printed in text_of(certificate), "what the page asks about stands on the paper"
    row(page, "第 2 期").get_by_label("不一样").check()
    expect_next_step(page, "第 2 期")
    assert paper.code not in page.url


def test_scan_of_an_english_certificate_leads_to_the_terms_and_the_next_step(
    service: Live, paper: Paper, open_page: OpenPage
) -> None:
    page = open_page(locale="en-GB", viewport=PHONE)
    page.goto(scan(certificate_of_agreement(service, paper, "en")))

    expect(row(page, "Sum agreed")).to_contain_text("CNY 27,960.00")
    row(page, "Payment 1").get_by_label("Different").check()
    expect(page.get_by_role("heading", name="Something on your paper is different")).to_be_visible()


def test_number_and_code_printed_on_the_certificate_lead_to_the_same_page(
    service: Live, paper: Paper, open_page: OpenPage
) -> None:
    printed = re.search(
        r"存证编号([0-9A-Z-]{15}\.v\d+)核验码([0-9A-Z-]{9})", text_of(certificate_of_agreement(service, paper))
    )
    assert printed is not None
    page = open_page(viewport=PHONE)
    page.goto(service.url)
    page.get_by_label("存证编号").fill(printed[1])
    page.get_by_label("核验码").fill(printed[2])
    page.get_by_role("button", name="查询").click()

    expect(page).to_have_url(f"{service.url}/v/{printed[1]}")
    expect_terms(page)


def test_address_printed_on_the_certificate_asks_for_its_code(service: Live, paper: Paper, open_page: OpenPage) -> None:
    text = text_of(certificate_of_agreement(service, paper))
    printed = re.search(rf"打开({re.escape(service.url)}/v/[0-9A-Z-]{{15}}\.v\d+)并输入核验码([0-9A-Z-]{{9}})", text)
    assert printed is not None
    page = open_page(viewport=PHONE)
    page.goto(printed[1])
    page.get_by_label("核验码").fill(printed[2])
    page.keyboard.press("Enter")

    expect_terms(page)


def test_scan_of_a_documents_certificate_leads_to_where_its_file_is_compared(
    service: Live, open_page: OpenPage, keep_picture: KeepPicture, tmp_path: Path
) -> None:
    filed = file_document(service, tmp_path, "wages.pdf", CONTENT)
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(CONTENT + b"1")
    service.wait_until_final()
    page = open_page(viewport=PHONE)
    page.goto(scan(certificate_of(service, filed.statement)))

    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    keep_picture(page, "certificate-document-zh")
    page.get_by_label("选择文件").set_input_files(changed)
    expect(page.get_by_role("heading", level=1, name="文件与登记内容不一致")).to_be_visible()
    page.get_by_label("选择文件").set_input_files(filed.file)
    expect(page.get_by_role("heading", level=1, name="核验一致：与登记时的内容相同")).to_be_visible()
