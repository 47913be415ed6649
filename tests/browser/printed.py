"""What whoever holds a printed agreement is shown: the registered terms, and what to do where the paper differs."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

OFFICE_PHONE = "0633-0000001"
TITLE = "该登记已上链，上链后未被改动"


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def expect_terms(page: Page) -> None:
    """The registered terms stand there, large, one per row."""
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(row(page, "约定总额")).to_contain_text("27,960.00 元")
    expect(row(page, "第 1 期")).to_contain_text("10,000.00 元")
    expect(row(page, "第 1 期")).to_contain_text("2026年7月31日前支付")
    expect(row(page, "第 2 期")).to_contain_text("17,960.00 元")
    expect(row(page, "放弃的请求")).to_contain_text("周*满放弃加班工资")


def expect_next_step(page: Page, different: str) -> None:
    expect(page.get_by_role("heading", name="纸上有和登记不一样的地方")).to_be_visible()
    expect(page.get_by_text(f"不一样的地方： {different}")).to_be_visible()
    for name, number in ((OFFICE_PHONE, OFFICE_PHONE), ("12348（法律咨询）", "12348"), ("12351（工会）", "12351")):
        call = page.locator("[data-result]").get_by_role("link", name=name)
        expect(call).to_be_visible()
        assert call.get_attribute("href") == f"tel:{number}"
