"""A real Chromium against the real program. A journey that fails leaves a picture of its last page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from service.accounts import SYSTEM, set_institution_phone
from tests.browser.live import Live, live
from tests.browser.printed import OFFICE_PHONE
from tests.needs import need_chromium
from tests.process import Home, Server
from tests.service.conftest import OFFICE, make_home
from tests.service.test_papers import Paper, make_paper

LAN_HOST = "ledger.lan"
"""A name for this machine that browsers do not take for it: over plain http its pages are no secure context."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {LAN_HOST} 127.0.0.1",
)
"""Quiet: without these Chromium looks for its maker's hosts."""

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}

OpenPage = Callable[..., Page]
KeepPicture = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One service for all journeys: each registers cases of its own."""
    home = Home(tmp_path_factory.mktemp("browser") / "home")
    make_home(home.path)
    with Server(home) as running:
        yield running


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An office that can be called, for the journeys of those who hold its papers."""
    home = tmp_path_factory.mktemp("paper") / "var"
    make_home(home)
    with live(home) as running:
        with running.runtime.database.write() as session:
            recorder = running.runtime.recorder
            set_institution_phone(session, recorder, OFFICE.code, phone=OFFICE_PHONE, entered_by=SYSTEM)
        yield running


@pytest.fixture(scope="session")
def paper(service: Live) -> Paper:
    """An agreement in effect, final on the chain."""
    made = make_paper(service)
    service.wait_until_final()
    return made


@pytest.fixture
def open_page(chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenPage]:
    """Open a browser of its own, with no cookies; `locale` is what it asks pages in."""
    contexts: list[BrowserContext] = []

    def open_(
        *, locale: str = "zh-CN", viewport: dict[str, int] = LAPTOP, scripts: bool = True, base_url: str | None = None
    ) -> Page:
        context = chromium.new_context(
            locale=locale,
            viewport=viewport,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            base_url=base_url,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    failed_before = request.session.testsfailed
    yield open_
    for number, context in enumerate(contexts):
        if request.session.testsfailed > failed_before:
            for page in context.pages:
                picture = tmp_path / f"{request.node.name}-{number}.png"
                page.screenshot(path=picture, full_page=True)
                request.node.add_report_section("teardown", "last page", str(picture))
        context.close()


@pytest.fixture
def keep_picture(request: pytest.FixtureRequest) -> KeepPicture:
    """Keep a picture of a whole page under a name, where the run asks for pictures (`--screenshots DIR`)."""
    folder: Path | None = request.config.getoption("screenshots")

    def keep(page: Page, name: str) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)

    return keep
