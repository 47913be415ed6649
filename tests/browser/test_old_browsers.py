"""The public pages on old phones: syntax, missing functions, plain http on a LAN address, no JavaScript at all.

The floor is Chromium 61 (2017), which the WebView of Android 5 reaches: fetch, promises, templates and custom
properties, but no module, no syntax after ECMAScript 5, and nothing that only a secure context has.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

import service
from service.pages.assets import load_assets
from tests.browser.causes import CONTENT, Filed, file_document
from tests.browser.conftest import LAN_HOST, PHONE, OpenPage
from tests.browser.live import Live, live
from tests.needs import need_node, need_npm_package
from tests.service.conftest import make_home
from tests.service.test_papers import Paper, make_paper

pytestmark = pytest.mark.longer(one_in=4)

NEWER = """
for (const [owner, name] of [
  [window, "AbortController"], [window, "BarcodeDetector"], [window, "queueMicrotask"], [window, "structuredClone"],
  [window, "ResizeObserver"], [window, "IntersectionObserver"], [window, "HTMLDialogElement"],
  [window, "CompressionStream"], [window, "DecompressionStream"], [window, "FinalizationRegistry"],
  [HTMLElement.prototype, "inert"], [HTMLElement.prototype, "showPopover"],
  [HTMLFormElement.prototype, "requestSubmit"], [SubmitEvent.prototype, "submitter"], [Object, "hasOwn"],
  [Array.prototype, "findLast"], [Array.prototype, "toSorted"],
  [Crypto.prototype, "randomUUID"], [Navigator.prototype, "clipboard"], [window, "URLPattern"],
  [Element.prototype, "replaceChildren"], [Element.prototype, "toggleAttribute"],
  [Promise.prototype, "finally"], [Promise, "allSettled"], [Promise, "any"], [Object, "fromEntries"],
  [Array.prototype, "flat"], [Array.prototype, "flatMap"], [Array.prototype, "at"], [String.prototype, "at"],
  [String.prototype, "matchAll"], [String.prototype, "replaceAll"], [String.prototype, "trimStart"],
  [Blob.prototype, "arrayBuffer"], [Blob.prototype, "stream"], [Blob.prototype, "text"], [Crypto.prototype, "subtle"]
]) {
  delete owner[name];
}
"""
"""Takes away what Chromium got after the floor and a script could be tempted to use."""

PARSE = """
const acorn = require(process.argv[1]), failed = {};
for (const [name, text] of Object.entries(JSON.parse(require("fs").readFileSync(0, "utf8")))) {
  try { acorn.parse(text, { ecmaVersion: 5 }); } catch (error) { failed[name] = error.message; }
}
process.stdout.write(JSON.stringify(failed));
"""

PUBLIC_SCRIPTS = ("check.js", "hash-worker.js", "my.js", "page.js", "paper.js", "sha256.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A service with a file and a paper that somebody has."""

    service: Live
    filed: Filed
    paper: Paper


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("old")
    make_home(folder / "var")
    with live(folder / "var") as service_:
        filed = file_document(service_, folder, "wages.pdf", CONTENT)
        paper = make_paper(service_)
        service_.wait_until_final()
        yield Office(service=service_, filed=filed, paper=paper)


def on_the_lan(office: Office) -> str:
    return office.service.url.replace("127.0.0.1", LAN_HOST)


def test_scripts_of_the_public_pages_are_ecmascript_5() -> None:
    assets = load_assets()
    scripts = {name: assets.by_name[name].plain.decode() for name in PUBLIC_SCRIPTS}
    command = [str(need_node()), "-e", PARSE, str(need_npm_package("acorn"))]

    done = subprocess.run(command, input=json.dumps(scripts), capture_output=True, text=True, timeout=60, check=True)

    assert json.loads(done.stdout) == {}


def test_every_script_is_looked_at() -> None:
    static = Path(service.__file__).parent / "static"
    assert {path.name for path in static.glob("*.js")} <= set(PUBLIC_SCRIPTS)


def test_pages_need_no_element_that_an_old_browser_lacks() -> None:
    templates = Path(service.__file__).parent / "templates"
    newer = re.compile(r"<dialog|<script(?![^>]* src=)|type=\"module\"|type=\"importmap\"|\spopover[\s=>]|\sinert[\s>]")
    found = {
        path.name: newer.findall(path.read_text())
        for path in templates.rglob("*.html")
        if newer.search(path.read_text())
    }

    assert len(list(templates.rglob("*.html"))) > 30
    assert found == {}


@pytest.mark.browser
def test_file_is_checked_by_an_old_browser_on_a_lan_address(open_page: OpenPage, office: Office) -> None:
    page = open_page(viewport=PHONE)
    page.add_init_script(NEWER)
    page.goto(on_the_lan(office))
    assert page.evaluate("[window.isSecureContext, 'replaceChildren' in document.body]") == [False, False]
    page.get_by_label("选择文件").set_input_files(office.filed.file)
    expect(page.get_by_role("heading", level=1, name="核验一致：与登记时的内容相同")).to_be_visible()


@pytest.mark.browser
def test_paper_is_compared_in_an_old_browser_on_a_lan_address(open_page: OpenPage, office: Office) -> None:
    page = open_page(viewport=PHONE)
    page.add_init_script(NEWER)
    page.goto(f"{on_the_lan(office)}/v/{office.paper.record_no}#{office.paper.code}")
    page.get_by_role("group", name="约定总额").get_by_label("不一样").check()
    expect(page.get_by_role("heading", name="纸上有和登记不一样的地方")).to_be_visible()


@pytest.mark.browser
def test_paper_is_compared_without_javascript(open_page: OpenPage, office: Office) -> None:
    page = open_page(viewport=PHONE, scripts=False)
    page.goto(on_the_lan(office))
    page.get_by_label("存证编号").fill(office.paper.record_no)
    page.get_by_label("核验码").fill(office.paper.code)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("group", name="第 1 期").get_by_label("不一样").check()
    page.get_by_role("button", name="看下一步怎么办").click()
    expect(page.get_by_role("heading", name="纸上有和登记不一样的地方")).to_be_visible()
    expect(page.get_by_text("不一样的地方： 第 1 期")).to_be_visible()
    page.get_by_role("button", name="大字版").click()
    expect(page.get_by_role("group", name="第 1 期").get_by_label("不一样")).to_be_checked()
    assert page.locator("html").get_attribute("class") == "large"


@pytest.mark.browser
def test_offer_to_photograph_stays_away_where_nothing_reads_codes(open_page: OpenPage, office: Office) -> None:
    page = open_page()
    page.add_init_script(NEWER)
    page.goto(office.service.url)
    expect(page.get_by_text("拍下二维码")).to_be_hidden()
