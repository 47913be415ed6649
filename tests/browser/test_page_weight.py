"""What a phone on a slow network has to fetch: a public page with all it needs, cold, counted on the wire."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.live import Live
from tests.browser.printed import expect_terms
from tests.browser.wire import Wire
from tests.service.test_papers import Paper

pytestmark = [pytest.mark.browser, pytest.mark.longer]

NEVER_FILED = b"%PDF-1.7\nNo test of the service that this one shares files these bytes."

MOST_BYTES = 60_000
"""Headers, page, styles, scripts and the worker; the answer of a check too."""


def check_a_file(page: Page, _paper: Paper) -> None:
    page.goto("/")
    page.get_by_label("选择文件").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": NEVER_FILED}
    )
    expect(page.get_by_role("heading", level=1, name="未查到登记记录")).to_be_visible()


def scan_a_paper(page: Page, paper: Paper) -> None:
    page.goto(f"/v/{paper.record_no}#{paper.code}")
    expect_terms(page)


@pytest.mark.parametrize("visit", [check_a_file, scan_a_paper])
def test_visit_with_an_empty_cache_fetches_little(
    service: Live, paper: Paper, open_page: OpenPage, visit: Callable[[Page, Paper], None]
) -> None:
    with Wire(service.port) as wire:
        page = open_page(viewport=PHONE, base_url=wire.url)
        visit(page, paper)
        page.wait_for_load_state("networkidle")
        page.context.close()
        received = wire.received
    assert b"content-encoding: gzip" in received.lower()
    assert len(received) <= MOST_BYTES
