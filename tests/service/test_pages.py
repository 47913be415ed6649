"""What every page has, and the public ones: headers, size, language, records by number."""

from __future__ import annotations

import gzip
import re
from typing import Any
from unittest import mock

import pytest

from ledger.anchorer import Anchorer
from ledger.errors import Unavailable
from ledger.offline import FILE_NAME, render_offline_verifier
from service.language import Language
from tests.service.conftest import Service, StartService
from tests.service.visitor import Visitor

PUBLIC_BUDGET = 60 * 1024
"""Bytes, gzipped, of the public page with everything it loads."""
PERSONAL = (
    "周小满",
    "371103197905200009",
    "000-0000000",
    "岚山区示例街道",
    "日照示例绳网",
    "李示例",
    "欠发工资",
    "劳调字",
)


@pytest.mark.parametrize("path", ["/", "/v", "/v/7K2M-9Q4X-RT3P0", "/sign-in", "/nothing-here"])
def test_public_page_sets_no_cookie_but_the_sign_in(shared: Service, path: str) -> None:
    answer = Visitor(shared).get(path).answer
    assert ("set-cookie" in answer.headers) == (path == "/sign-in")


@pytest.mark.parametrize("path", ["/", "/v/7K2M-9Q4X-RT3P0", "/sign-in", "/nothing-here"])
def test_page_forbids_inline_scripts_and_other_sites(shared: Service, path: str) -> None:
    shown = Visitor(shared).get(path)
    policy = shown.answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    text = shown.answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", text)
    assert set(re.findall(r"""(?:src|href|action)=["'](https?:)?//""", text)) == set()


def test_public_page_with_all_it_loads_is_small(shared: Service) -> None:
    visitor = Visitor(shared)
    page = visitor.get("/").answer
    paths = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)) | set(
        re.findall(r'data-worker="([^"]+)"', page.text)
    )
    assert len(paths) >= 6
    bodies = [page.text, *(visitor.get(path).answer.text for path in paths)]
    assert sum(len(gzip.compress(body.encode())) for body in bodies) <= PUBLIC_BUDGET


def test_page_of_a_record_with_all_it_loads_is_small(shared: Service, shared_case: dict[str, Any]) -> None:
    visitor = Visitor(shared)
    page = visitor.get(f"/v/{shared_case['statement']['record_no']}").answer
    paths = set(re.findall(r'(?:src|href|data-worker)="(/static/[^"]+)"', page.text))
    assert len(paths) >= 7
    bodies = [page.text, *(visitor.get(path).answer.text for path in paths)]
    assert sum(len(gzip.compress(body.encode())) for body in bodies) <= PUBLIC_BUDGET


def test_public_page_is_sent_gzipped(shared: Service) -> None:
    visitor = Visitor(shared)
    assert visitor.get("/", headers={"Accept-Encoding": "gzip"}).answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in visitor.get("/", headers={"Accept-Encoding": "identity"}).answer.headers


def test_page_with_a_form_token_is_never_compressed(shared: Service) -> None:
    page = Visitor(shared).sign_in().get("/cases", headers={"Accept-Encoding": "gzip"}).answer
    assert "content-encoding" not in page.headers
    assert page.headers["cache-control"] == "no-store"


def test_static_file_may_be_kept_for_good_under_its_own_version(shared: Service) -> None:
    visitor = Visitor(shared)
    path = re.search(r'href="(/static/[^"]+/style.css)"', visitor.get("/").answer.text)
    assert path is not None
    assert "immutable" in visitor.get(path[1]).answer.headers["cache-control"]
    assert visitor.get("/static/older/style.css").answer.headers["cache-control"] == "no-cache"
    assert visitor.get("/static/any/secret.txt").status == 404


@pytest.mark.parametrize(
    ("asked", "path", "tag"),
    [
        ("zh-CN,en;q=0.5", "/", "zh-Hans"),
        ("en-US,en;q=0.9", "/", "en"),
        ("fr", "/", "zh-Hans"),
        ("zh-CN", "/?lang=en", "en"),
        ("en", "/?lang=zh", "zh-Hans"),
        ("en", "/?lang=xx", "en"),
    ],
)
def test_language_follows_the_link_before_the_browser(shared: Service, asked: str, path: str, tag: str) -> None:
    text = Visitor(shared, language=asked).get(path).answer.text
    assert f'<html lang="{tag}"' in text


def test_links_keep_the_language_and_size_that_were_chosen(shared: Service) -> None:
    text = Visitor(shared).get("/v?lang=en&size=large&record_no=x").answer.text
    assert 'href="/cases?lang=en&amp;size=large"' in text
    assert 'action="/v?lang=en&amp;size=large"' in text
    assert 'href="/v?lang=en&amp;record_no=x"' in text


def test_path_that_looks_like_another_site_stays_here(shared: Service) -> None:
    shown = Visitor(shared).get("http://127.0.0.1:8000//evil.example/x")
    assert shown.status == 404
    assert not re.search(r"""(?:href|action)=["']//""", shown.answer.text)


def test_session_remembers_the_language_of_the_sign_in(shared: Service) -> None:
    visitor = Visitor(shared, language="en").sign_in()
    visitor.client.headers["Accept-Language"] = "zh-CN"
    assert '<html lang="en"' in visitor.get("/cases").answer.text


@pytest.mark.parametrize("path", ["/", "/cases", "/cases/new", "/nothing-here", "/sign-in"])
def test_chinese_page_has_no_english_sentence(shared: Service, path: str) -> None:
    seen = Visitor(shared).sign_in().get(path).seen
    english = [
        message.id
        for message in (_messages(Language.ZH))
        if isinstance(message.id, str) and len(message.id) > 3 and message.id not in message.string
    ]
    assert [words for words in english if f" {words} " in f" {seen} "] == []


def _messages(language: Language) -> list[Any]:
    from importlib.resources import files

    from babel.messages.pofile import read_po

    path = files("service").joinpath("locale", language.catalogue, "LC_MESSAGES", "messages.po")
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def test_record_page_names_office_and_time_and_no_person(service: Service) -> None:
    case = service.register()
    service.wait_until_final()
    shown = Visitor(service).get(f"/v/{case['statement']['record_no']}")
    assert shown.status == 200
    for words in ("该登记已上链，上链后未被改动", "案件登记", "岚山区示例总工会", "2026年7月20日 09:30 (UTC+8)"):
        assert words in shown.seen
    for private in PERSONAL:
        assert private not in shown.answer.text


def test_record_page_is_pending_before_the_chain(service: Service) -> None:
    with mock.patch.object(Anchorer, "step", side_effect=Unavailable("node", "test")):
        case = service.register()
        shown = Visitor(service).get(f"/v/{case['statement']['record_no']}")
    assert shown.status == 200
    assert "已受理，尚未写入区块链" in shown.seen
    assert "data-pending" in shown.answer.text


def test_record_page_of_an_unknown_number_is_404_and_grey(shared: Service) -> None:
    shown = Visitor(shared).get("/v/0000-0000-00000")
    assert shown.status == 404
    assert "没有这个编号的登记" in shown.seen
    assert 'role="alert"' not in shown.answer.text.partition("<template")[0]


def test_record_page_says_when_the_chain_does_not_answer(service: Service) -> None:
    case = service.register()
    service.wait_until_final()
    reader = type(service.runtime.reader)
    with mock.patch.object(reader, "identity", side_effect=Unavailable("node", "test")):
        shown = Visitor(service).get(f"/v/{case['statement']['record_no']}")
    assert shown.status == 200
    assert "暂时无法连接区块链，未能完成核验" in shown.seen


@pytest.mark.parametrize("typed", ["7k2m 9q4x rt3p0", "x", "", "７Ｋ２Ｍ", "7K2M-9Q4X-RT3PW.v0", "a" * 900])
def test_number_that_is_none_is_explained_and_given_back(shared: Service, typed: str) -> None:
    shown = Visitor(shared).get("/v", params={"record_no": typed})
    assert shown.status == 422
    assert "还有问题要处理" in shown.seen
    assert shown.fields["record_no"] == typed[:80]


def test_number_in_any_spelling_leads_to_one_address(service: Service) -> None:
    number = service.register()["statement"]["record_no"]
    typed = number.lower().replace("-", " ")
    assert Visitor(service).get("/v", params={"record_no": typed}).location == f"/v/{number}"
    moved = Visitor(service).get(f"/v/{number.lower()}?lang=en")
    assert (moved.status, moved.location) == (308, f"/v/{number}?lang=en")


def test_look_ups_by_number_are_limited(start_service: StartService) -> None:
    visitor = Visitor(start_service(public_limit="2/hour"))
    assert [visitor.get("/v/0000-0000-00000").status for _ in range(3)] == [404, 404, 429]


def test_check_page_has_the_words_of_every_verdict(shared: Service) -> None:
    from ledger.verdict import Verdict

    text = Visitor(shared).get("/").answer.text
    assert set(re.findall(r'<template data-verdict="([a-z_]+)"', text)) == {*Verdict, "service_unreachable"}


def test_offline_verifier_is_handed_out_as_a_file_and_never_shown(shared: Service) -> None:
    visitor = Visitor(shared)
    assert 'href="/offline-verifier.html"' in visitor.get("/").answer.text
    answer = visitor.get("/offline-verifier.html").answer
    assert answer.text == render_offline_verifier()
    assert answer.headers["content-disposition"] == f'attachment; filename="{FILE_NAME}"'
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "set-cookie" not in answer.headers
