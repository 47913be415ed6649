"""Sums in capitals, and which ways an agreement opens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.law import NEXT_STEPS, Standing, next_steps, render_capital_amount
from service.law.amounts import MAX_FEN

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read_capital(text: str) -> int:
    """The sum in fen, read as a cashier reads it: an oracle that shares nothing with the code that writes."""
    total = group = digit = fen = 0
    for sign in text.removeprefix("人民币").removesuffix("整"):
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in PLACES:
            group, digit = group + digit * PLACES[sign], 0
        elif sign == "万":
            total, group, digit = total + (group + digit) * 10_000, 0, 0
        elif sign == "亿":
            total, group, digit = (total + group + digit) * 100_000_000, 0, 0
        elif sign == "元":
            fen, total, group, digit = (total + group + digit) * 100, 0, 0, 0
        else:
            fen, digit = fen + digit * {"角": 10, "分": 1}[sign], 0
    return fen


@pytest.mark.parametrize(
    ("amount_fen", "text"),
    [
        (0, "人民币零元整"),
        (1, "人民币壹分"),
        (10, "人民币壹角整"),
        (19, "人民币壹角玖分"),
        (100, "人民币壹元整"),
        (105, "人民币壹元零伍分"),
        (140_950, "人民币壹仟肆佰零玖元伍角整"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
        (1_864_000, "人民币壹万捌仟陆佰肆拾元整"),
        (2_796_000, "人民币贰万柒仟玖佰陆拾元整"),
        (1_010_000_000, "人民币壹仟零壹拾万元整"),
        (30_000_450_006, "人民币叁亿零肆仟伍佰元零陆分"),
        (1_000_000_000_000, "人民币壹佰亿元整"),
    ],
)
def test_sum_is_written_in_capitals(amount_fen: int, text: str) -> None:
    assert render_capital_amount(amount_fen) == text


@given(st.integers(0, 10**13))
def test_sum_in_capitals_reads_back_as_itself(amount_fen: int) -> None:
    assert read_capital(render_capital_amount(amount_fen)) == amount_fen


@given(st.integers(0, MAX_FEN))
def test_sum_in_capitals_has_no_two_zeros_in_a_row(amount_fen: int) -> None:
    text = render_capital_amount(amount_fen)
    assert "零零" not in text
    assert not any(f"零{sign}" in text for sign in "拾佰仟万亿整角分")


@pytest.mark.parametrize("amount_fen", [-1, MAX_FEN + 1])
def test_sum_out_of_range_has_no_capitals(amount_fen: int) -> None:
    with pytest.raises(ValueError, match="capital form"):
        render_capital_amount(amount_fen)


def standing(**changed: object) -> Standing:
    given = {"form": "written", "state": "effective", "dispute_type": "D5a", "claims": ("wages",), **changed}
    return Standing(payments_promised=True, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "ways"),
    [
        (
            {},
            "arbitration_review judicial_confirmation payment_order suit_after_payment_order direct_suit arbitration",
        ),
        (
            {"claims": ("wages", "severance")},
            "arbitration_review judicial_confirmation payment_order suit_after_payment_order arbitration",
        ),
        (
            {"dispute_type": "D5c", "claims": ("severance",)},
            "arbitration_review judicial_confirmation payment_order suit_after_payment_order arbitration",
        ),
        (
            {"dispute_type": "D1", "claims": ("confirm_relation",)},
            "arbitration_review judicial_confirmation arbitration",
        ),
        ({"form": "oral"}, "arbitration"),
        *(({"state": state}, "") for state in ("drafted", "signing", "performed", "rescinded", "set_aside")),
    ],
)
def test_ways_follow_from_form_state_and_claims(changed: dict[str, object], ways: str) -> None:
    assert [way.code for way in next_steps(standing(**changed))] == ways.split()


def test_every_way_names_its_article() -> None:
    assert all(way.article for way in NEXT_STEPS.values())
