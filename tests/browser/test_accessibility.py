"""No page breaks a rule of axe: those of the sign-in and behind it, the paper, the first page and its refusals.

Every verdict is looked at in `test_verdicts`, in the same languages and widths.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from service.language import Language
from tests.browser.causes import CONTENT, file_document
from tests.browser.conftest import OpenPage
from tests.browser.live import Live, live
from tests.browser.test_paper_journey import session_of
from tests.browser.test_verdicts import LOCALES, SHAPES
from tests.service.conftest import make_home
from tests.service.test_papers import Paper, make_paper
from tests.service.visitor import COOKIE

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A service with a case, an agreement in effect and a filed document; paths by name of the page."""

    service: Live
    paper: Paper
    paths: dict[str, str]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("access")
    make_home(folder / "var")
    with live(folder / "var") as service:
        paper = make_paper(service)
        case = service.ask("GET", f"/api/v1/agreements/{paper.agreement}", "mediator").json()["case_id"]
        filed = file_document(service, folder, "wages.pdf", CONTENT, case=case)
        service.wait_until_final()
        yield Desk(
            service=service,
            paper=paper,
            paths={
                "cases": "/cases",
                "case": f"/cases/{case}",
                "register": "/cases/new",
                "change": f"/cases/{case}/change",
                "file": f"/cases/{case}/documents/new",
                "replace": f"/documents/{filed.document}/replace",
                "draft": f"/cases/{case}/agreements/new",
                "agreement": f"/agreements/{paper.agreement}",
                "sheet": f"/agreements/{paper.agreement}/print",
                "slip": f"/agreements/{paper.agreement}/slip",
                "deadlines": "/deadlines",
                "rules": "/deadlines/rules",
            },
        )


PUBLIC = {
    "first page": "/",
    "large text": "/?size=large",
    "refused number": "/v?record_no=7K2M",
    "unknown number": "/v/0000-0000-00000",
    "sign-in": "/sign-in",
    "missing page": "/nothing-here",
}
SIGNED_IN = (
    "cases",
    "case",
    "register",
    "change",
    "file",
    "replace",
    "draft",
    "agreement",
    "sheet",
    "slip",
    "deadlines",
    "rules",
)
IN_EVERY_TIER = {"first page", "paper"}


def check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"


@pytest.mark.scaled(quick=1, ci=2, full=4)
@pytest.mark.parametrize("name", [*PUBLIC, "paper", "paper with a wrong code"])
def test_public_page_breaks_no_rule(desk: Desk, open_page: OpenPage, name: str, scale: int) -> None:
    if scale == 1 and name not in IN_EVERY_TIER:
        pytest.skip("looked at in the longer tiers")
    for language, shape in SHAPES[:scale]:
        page = open_page(locale=LOCALES[language], viewport=shape)
        if name.startswith("paper"):
            code = desk.paper.code if name == "paper" else "0000-0000"
            page.goto(f"{desk.service.url}/v/{desk.paper.record_no}#{code}")
            page.wait_for_selector("[data-paper]" if name == "paper" else "[aria-invalid]")
            if name == "paper":
                page.locator("[value=different]").first.check()
        else:
            page.goto(desk.service.url + PUBLIC[name])
        check(page)
        page.context.close()


@pytest.mark.scaled(quick=0, ci=1, full=4)
@pytest.mark.parametrize("name", SIGNED_IN)
def test_page_behind_the_sign_in_breaks_no_rule(desk: Desk, open_page: OpenPage, name: str, scale: int) -> None:
    if scale == 0:
        pytest.skip("looked at in the longer tiers")
    for language, shape in SHAPES[:scale]:
        page = open_page(locale=LOCALES[language], viewport=shape)
        token = session_of(desk.service, "mediator")
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": desk.service.url}])
        page.goto(f"{desk.service.url}{desk.paths[name]}?lang={language}")
        assert page.locator("html").get_attribute("lang") == Language(language).tag
        check(page)
        page.context.close()
