"""Every verdict, brought about by its cause: in a real browser, both languages and widths, and on the command line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ledger.cli import main
from ledger.receipt import parse_receipt, render_receipt
from ledger.verdict import OUTCOME_WORDS, QUESTIONS, Colour, Verdict, words_of
from service.language import Language
from tests.browser.causes import CAUSES, CONTENT, Look, World, fill
from tests.browser.conftest import KeepPicture, OpenPage
from tests.browser.live import Live, live
from tests.process import free_port
from tests.service.conftest import make_home

pytestmark = [pytest.mark.browser, pytest.mark.longer(one_in=8)]

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
SHAPES = [(Language.ZH, NARROW), (Language.EN, WIDE), (Language.ZH, WIDE), (Language.EN, NARROW)]
"""In the order in which the tiers add them."""
LOCALES = {Language.ZH: "zh-CN", Language.EN: "en-GB"}
CHOOSE = {Language.ZH: "选择文件", Language.EN: "Choose the file"}
LOOKED_AT_IN_EVERY_TIER = {Verdict.VERIFIED, Verdict.DIFFERENT, Verdict.CHAIN_UNREACHABLE}
"""One of each kind of layout; axe needs seconds for a page, so the quick tier shows it no more."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("verdicts")
    fresh = folder / "fresh" / "var"
    make_home(fresh)
    home = Path(shutil.copytree(fresh, folder / "var"))
    with ExitStack() as stack:
        yield fill(stack.enter_context(live(home)), folder, fresh, stack)


def look_in_browser(page: Page, look: Look, language: Language) -> None:
    """Do with what is in hand what a worker does: go to the number, choose the file."""
    page.goto(f"{look.url}/v/{look.record_no}" if look.record_no else look.url)
    if look.file is not None:
        page.get_by_label(CHOOSE[language]).set_input_files(look.file)


@pytest.mark.scaled(quick=1, ci=2, full=4)
@pytest.mark.parametrize("verdict", Verdict)
def test_verdict_is_reached_and_shown_in_a_browser(
    world: World, open_page: OpenPage, keep_picture: KeepPicture, verdict: Verdict, scale: int
) -> None:
    with CAUSES[verdict](world) as look:
        words = words_of(verdict, file=look.file is not None)
        for language, shape in SHAPES[:scale]:
            page = open_page(locale=LOCALES[language], viewport=shape)
            look_in_browser(page, look, language)

            title = getattr(words.title, language.value)
            expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
            banner = page.get_by_role("alert" if words.colour is Colour.RED else "status").filter(has_text=title)
            expect(banner).to_have_class(f"verdict {words.colour}")
            expect(banner).to_contain_text(getattr(words.next_step, language.value))
            expect(banner.locator("svg.icon").first).to_be_visible()
            if words.colour not in {Colour.RED, Colour.AMBER}:
                expect(page.locator(".tag.red").locator("visible=true")).to_have_count(0)
            keep_picture(page, f"{verdict}-{language}-{shape['width']}")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
            if scale > 1 or verdict in LOOKED_AT_IN_EVERY_TIER:
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
            page.context.close()


def test_result_has_four_answers_and_their_limit(world: World, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(world.service.url)
    page.get_by_label("选择文件").set_input_files(world.kept.file)
    table = page.get_by_role("table", name="检查了什么")
    for question in QUESTIONS:
        row = table.get_by_role("row", name=question.label.zh)
        expect(row.get_by_text(OUTCOME_WORDS["passed"].zh, exact=True)).to_be_visible()  # type: ignore[index]
    expect(page.get_by_text("人民法院在线诉讼规则 第十六条、第十八条").first).to_be_visible()
    page.get_by_text("逐项检查结果").click()
    machine = json.loads(page.locator("[data-json]").inner_text())
    assert (machine["verdict"], machine["exit_code"]) == ("verified", 0)


def test_withdrawn_registration_says_which_who_when_and_since_when_it_stood(world: World, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{world.service.url}/v/{world.rescinded}")
    note = page.get_by_text(f"存证编号 {world.rescinded}").first
    expect(note).to_contain_text("由 岚山区示例总工会 于 2026年")
    expect(note).to_contain_text("双方协商解除")
    expect(page.get_by_text("登记的内容没有被改动").first).to_be_visible()


# ---------------------------------------------------------------------------------------------------- the command line


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and ended with."""

    code: int
    text: str


Command = Callable[..., Said]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `legal-ledger` in this process."""

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["legal-ledger", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Said(code=ended.value.code, text=printed.out or printed.err)

    return run


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.BAD_INPUT}))
def test_verdict_is_reached_by_a_look_up_on_the_command_line(world: World, command: Command, verdict: Verdict) -> None:
    with CAUSES[verdict](world) as look:
        what = [str(look.file), "--number", look.record_no] if look.file and look.record_no else None
        said = command("lookup", *(what or [str(look.file or look.record_no)]), "--service", look.url)

    words = words_of(verdict, file=look.file is not None)
    assert said.code == verdict.exit_code, said.text
    assert f"{words.title.zh} {words.title.en}" in said.text
    assert f"{words.next_step.zh} {words.next_step.en}" in said.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody brings who checks without the service."""

    receipt: bytes
    file: Path | None
    trust: bytes
    rpc: str


def given_by(service: Live, statement: str, file: Path | None) -> Given:
    """What a service gives out about one statement."""
    answer = service.ask("GET", f"/api/v1/statements/{statement}/receipt", "mediator")
    assert answer.status_code == 200, answer.text
    return Given(receipt=answer.content, file=file, trust=service.runtime.trust_file, rpc=f"{service.url}/rpc")


def by_hand(verdict: Verdict, sound: Given, world: World, tmp_path: Path) -> Given:
    """The sound things with the one cause among them."""
    trust = json.loads(sound.trust)

    def changed(**values: Any) -> Given:
        return Given(**{name: values.get(name, getattr(sound, name)) for name in ("receipt", "file", "trust", "rpc")})

    match verdict:
        case Verdict.VERIFIED_NOT_FINAL:
            trust["anchors"][0]["finality"] = "depth:10000"
            return changed(trust=json.dumps(trust).encode())
        case Verdict.SUPERSEDED:
            return given_by(world.service, world.replaced.statement, world.replaced.file)
        case Verdict.REVOKED:
            return given_by(world.service, world.rescinded_statement, None)
        case Verdict.DIFFERENT:
            other = tmp_path / "other.pdf"
            other.write_bytes(CONTENT + b"x")
            return changed(file=other)
        case Verdict.RECEIPT_INVALID:
            receipt = parse_receipt(sound.receipt)
            return changed(receipt=render_receipt(replace(receipt, disclosures=receipt.disclosures[1:])))
        case Verdict.CHAIN_UNREACHABLE:
            return changed(rpc=f"http://127.0.0.1:{free_port()}")
        case Verdict.WRONG_CHAIN:
            trust["anchors"][0]["chain_id"] += 1
            return changed(trust=json.dumps(trust).encode())
        case Verdict.BAD_INPUT:
            return changed(receipt=sound.receipt[:-20])
        case _:
            return sound


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict.VERIFIED,
        Verdict.VERIFIED_NOT_FINAL,
        Verdict.SUPERSEDED,
        Verdict.DIFFERENT,
        Verdict.RECEIPT_INVALID,
        Verdict.CHAIN_UNREACHABLE,
        Verdict.WRONG_CHAIN,
        Verdict.BAD_INPUT,
        Verdict.LEDGER_MISMATCH,
        Verdict.REVOKED,
    ],
)
def test_verdict_is_reached_by_a_receipt_on_the_command_line(
    world: World, command: Command, tmp_path: Path, verdict: Verdict
) -> None:
    if verdict is Verdict.LEDGER_MISMATCH:
        service, filed = world.rewritten
        said = run_verify(command, given_by(service, filed.statement, filed.file), tmp_path)
    else:
        sound = given_by(world.service, world.kept.statement, world.kept.file)
        said = run_verify(command, by_hand(verdict, sound, world, tmp_path), tmp_path)

    words = words_of(verdict, file=verdict is not Verdict.REVOKED)
    assert said.code == verdict.exit_code, said.text
    assert f"{words.title.zh} {words.title.en}" in said.text


def run_verify(command: Command, given: Given, folder: Path) -> Said:
    receipt, trust = folder / "a.receipt.json", folder / "trust.json"
    receipt.write_bytes(given.receipt)
    trust.write_bytes(given.trust)
    what = [str(receipt)] if given.file is None else [str(given.file), "--receipt", str(receipt)]
    return command("verify", *what, "--trust", str(trust), "--rpc", given.rpc)
