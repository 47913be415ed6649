"""Case numbers as they stand on papers: read in any width and bracket, brought to one form, never given twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cases import CaseFilter, list_cases
from service.law import CASE_WORDS, CaseNumber, kind_of_number, parse_case_number, render_case_number
from tests.process import SHORT_CASE
from tests.service.conftest import Service


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("(2026)岚劳调字第0031号", "(2026)岚劳调31号"),
        ("（2026）岚劳调字第31号", "(2026)岚劳调31号"),
        ("〔2026〕岚劳调第31号", "(2026)岚劳调31号"),
        ("【２０２６】岚劳调３１号", "(2026)岚劳调31号"),
        (" (2026) 岚劳调 字 第 31 号 ", "(2026)岚劳调31号"),
        ("(2026)岚劳调字第0031号-2", "(2026)岚劳调31号-2"),
        ("(2026)岚人调字第1号", "(2026)岚人调1号"),
        ("(岚)援申字[2026]第0012号", "(岚)援申字[2026]第12号"),
        ("（岚）援申字〔2026〕第12号", "(岚)援申字[2026]第12号"),
        ("(岚)援申[2026]12", "(岚)援申字[2026]第12号"),
        ("岚劳人仲案字〔2026〕第1号", "岚劳人仲案字[2026]第1号"),
        ("(2026)鲁1103民督1号", "(2026)鲁1103民督1号"),
        ("（2026）鲁1103诉前调确001号", "(2026)鲁1103诉前调确1号"),
        ("(2025)鲁11民终1234号", "(2025)鲁11民终1234号"),
    ],
)
def test_number_is_read_in_every_spelling(written: str, form: str) -> None:
    number = parse_case_number(written)

    assert number is not None
    assert number.render() == form


@pytest.mark.parametrize(
    "written",
    [
        "",
        "周小满",
        "2026",
        "(2026)",
        "(2026)岚劳调字第号",
        "(2026)岚劳调字第0号",
        "(1026)岚劳调字第1号",
        "(2026)1号",
        "(2026)岚劳调字第1号号",
        "(2026)岚;劳调字第1号",
        "岚劳调字第1号",
        "(2026)" + "岚" * 80 + "1号",
    ],
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert parse_case_number(written) is None


@given(st.text(max_size=100))
def test_parser_takes_any_text_and_what_it_reads_reads_again(text: str) -> None:
    number = parse_case_number(text)

    assert number is None or parse_case_number(number.render()) == number


@given(
    year=st.integers(1949, 2100),
    word=st.sampled_from(["岚劳调", "鲁1103民督", "(岚)援申", "岚劳人仲案"]),
    serial=st.integers(1, 9_999_999),
    first=st.booleans(),
)
def test_rendered_number_reads_as_itself(year: int, word: str, serial: int, first: bool) -> None:
    number = CaseNumber(year=year, word=word, serial=serial, year_first=first)

    assert parse_case_number(number.render()) == number


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("岚劳人仲案字〔2026〕第1号", "arbitration"),
        ("岚劳人仲审字〔2026〕第1号", "arbitration_review"),
        ("(2026)鲁1103民初1号", "court"),
        ("(2026)鲁1103民督1号", "payment_order"),
        ("(2026)鲁1103民特1号", "judicial_confirmation"),
        ("(2026)鲁1103诉前调确1号", "judicial_confirmation"),
        ("(2026)岚劳调字第1号", None),
    ],
)
def test_number_says_of_which_kind_of_proceeding_it_is(written: str, kind: str | None) -> None:
    number = parse_case_number(written)

    assert number is not None
    assert kind_of_number(number) == kind


@pytest.mark.parametrize("kind", CASE_WORDS)
def test_own_numbers_carry_the_word_of_their_kind(kind: str) -> None:
    number = parse_case_number(render_case_number(kind=kind, year=2026, serial=31, area="岚"))

    assert number is not None
    assert number.word.endswith(CASE_WORDS[kind])
    assert (number.year, number.serial) == (2026, 31)


def _found(service: Service, text: str) -> list[str]:
    with service.runtime.read() as session:
        page = list_cases(session, service.actor("lawyer"), CaseFilter(text=text), limit=50)
    return [case.case_no for case in page.items]


def test_search_by_a_whole_number_in_any_spelling_finds_that_case_and_no_other(service: Service) -> None:
    for _ in range(11):
        service.register()

    for written in ("（2026）岚劳调1号", "〔2026〕岚劳调字第1号", "(2026)岚劳调字第0001号"):
        assert _found(service, written) == ["(2026)岚劳调字第0001号"]
    assert _found(service, "(2026)岚人调字第1号") == []


def test_numbers_are_unique_by_year_and_kind_and_go_on(service: Service) -> None:
    bodies = [SHORT_CASE, {**SHORT_CASE, "kind": "legal_aid"}, {**SHORT_CASE, "received_on": "2025-12-31"}, SHORT_CASE]

    numbers = [service.register(body)["case_no"] for body in bodies]

    assert numbers == [
        "(2026)岚劳调字第0001号",
        "(岚)援申字[2026]第0001号",
        "(2025)岚劳调字第0001号",
        "(2026)岚劳调字第0002号",
    ]
