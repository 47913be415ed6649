"""What is typed: amounts, nested names, rows, and bodies that no browser sends."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed
from service.formats import render_day, render_moment, render_money, render_size, render_when
from service.language import Language
from service.pages.forms import Form, body_of, nest, parse_amount, parse_form, render_amount, renumber, row_count
from service.problems import MalformedRequest


@pytest.mark.parametrize(
    ("typed", "amount_fen"),
    [
        ("18640", 1864000),
        ("18,640.00", 1864000),
        ("18 640.5", 1864050),
        ("0.01", 1),
        ("0", 0),
        ("18640.50元", 1864050),
        ("¥18640", 1864000),
        ("￥１８，６４０．００", 1864000),
        ("9999999999999", 999999999999900),
        ("18640.005", None),
        ("-5", None),
        ("1e3", None),
        ("一万", None),
        (".5", None),
        ("5.", None),
        ("99999999999999", None),
        ("٣", None),
        ("", None),
    ],
)
def test_amount_is_read_as_people_type_it(typed: str, amount_fen: int | None) -> None:
    assert parse_amount(typed) == amount_fen


@given(st.integers(min_value=0, max_value=10**14))
def test_amount_reads_back_what_was_written(amount_fen: int) -> None:
    assert parse_amount(render_amount(amount_fen)) == amount_fen


@given(st.integers(min_value=0, max_value=10**12))
def test_money_on_a_page_is_exact(amount_fen: int) -> None:
    for language in Language:
        digits = "".join(symbol for symbol in render_money(amount_fen, language) if symbol.isdigit())
        assert int(digits) == amount_fen


def test_names_with_dots_become_a_tree() -> None:
    values = {"a": 1, "b.c": 2, "d.1.e": 4, "d.0.e": 3}
    assert nest(values) == {"a": 1, "b": {"c": 2}, "d": [{"e": 3}, {"e": 4}]}


@pytest.mark.parametrize("values", [{"a": 1, "a.b": 2}, {"a.b": 2, "a": 1}, {"a.b": 1, "a.b.c": 2}])
def test_name_that_is_a_field_and_a_group_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        nest(values)


@given(st.dictionaries(st.text("ab01.", max_size=8), st.text(max_size=3), max_size=8))
def test_any_names_are_nested_or_refused(values: dict[str, str]) -> None:
    try:
        nest(values)
    except Malformed:
        return


def test_rows_are_closed_up_in_their_order() -> None:
    values = {"x": "1", "r.0.a": "", "r.2.a": "two", "r.2.b": "", "r.10.a": "ten"}
    assert renumber(values, "r") == {"x": "1", "r.0.a": "two", "r.0.b": "", "r.1.a": "ten"}


@pytest.mark.parametrize(
    ("names", "count"), [([], 0), (["r.0.a"], 1), (["r.4.a"], 5), (["r.x.a", "r.0", "s.3.a", "r.1000.a"], 0)]
)
def test_rows_are_counted_by_their_numbers(names: list[str], count: int) -> None:
    assert row_count(dict.fromkeys(names, ""), "r") == count


def test_body_has_money_in_fen_and_leaves_empty_fields_out() -> None:
    form = Form(
        values={"claims.0.amount_fen": "18,640", "claims.1.amount_fen": "viel", "party": "2", "x": "", "key": "k"}
    )
    body = body_of(form, without=frozenset({"key"}))
    assert body == {"claims": [{"amount_fen": 1864000}, {"amount_fen": "viel"}], "party": 2}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_refused(data: bytes) -> None:
    try:
        form = parse_form(data)
    except MalformedRequest:
        return
    assert all(isinstance(value, str) for value in form.values.values())


def test_text_is_normalised_once_and_a_password_is_left_as_typed() -> None:
    data = urlencode({"name": " e\u0301\r\n", "password": " e\u0301 "}).encode()
    assert parse_form(data).values == {"name": "\u00e9", "password": " e\u0301 "}


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KB"),
        (200 << 20, "200.0 MB"),
        (3 << 30, "3.0 GB"),
        (5 << 40, "5,120.0 GB"),
    ],
)
def test_size_is_shown_in_the_unit_of_file_managers(size: int, shown: str) -> None:
    assert render_size(size, Language.EN) == shown


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        ("2026-07-08T16:30:00.000Z", "2026年7月9日 00:30 (UTC+8)", "9 July 2026, 00:30 (UTC+8)"),
        ("2026-07-08", "2026年7月8日", "8 July 2026"),
        ("not a day", "not a day", "not a day"),
    ],
)
def test_times_are_shown_as_in_china(moment: str, zh: str, en: str) -> None:
    assert render_when(moment, Language.ZH) == zh
    assert render_when(moment, Language.EN) == en


def test_seconds_of_the_chain_are_a_moment() -> None:
    assert render_moment(1784507400, Language.ZH) == "2026年7月20日 08:30 (UTC+8)"
    assert render_day("2026-02-30", Language.ZH) == "2026-02-30"
