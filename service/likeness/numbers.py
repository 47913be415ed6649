"""Numbers brought to one form: whether two are the same, one slip apart, or surely of two people or firms."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum

from pydantic_core import PydanticCustomError
from rapidfuzz.distance import OSA

from service.inputs.identity import check_credit_code, check_id_number, normalise_identifier

MAX_SLIPS = 2
"""Edits (a digit wrong, missing, too many, or two swapped) that count as typing."""
MIN_PHONE_DIGITS = 7
_OLD_ID = re.compile(r"\d{15}")


class Agreement(IntEnum):
    """How two numbers stand to each other. `UNKNOWN`: one is missing, or one is damaged beyond a slip."""

    CONTRADICT = -1
    UNKNOWN = 0
    SLIP = 1
    SAME = 2


def compare_id_numbers(one: str | None, other: str | None) -> Agreement:
    """Two citizens' ID numbers. The check symbol finds every single slip: two right ones that differ are two people."""
    return _compare(normal_id(one), normal_id(other), is_right=is_id_number)


def compare_credit_codes(one: str | None, other: str | None) -> Agreement:
    """Two firms' credit codes, likewise."""
    return _compare(normal_number(one), normal_number(other), is_right=is_credit_code)


def normal_number(text: str | None) -> str:
    """Half width, no spaces or dashes, capitals; empty for None."""
    return normalise_identifier(text).replace("-", "") if text else ""


def normal_id(text: str | None) -> str:
    """An ID number; one of the 15 digits given out until 1999 without its check symbol, as its owner's new one has."""
    number = normal_number(text)
    return number[:6] + "19" + number[6:] if _OLD_ID.fullmatch(number) else number


def normal_phone(text: str | None) -> str:
    """Digits only, without the country code; empty when there are too few to tell anybody."""
    digits = "".join(sign for sign in normal_number(text) if sign.isdigit()).removeprefix("0086")
    return digits if len(digits) >= MIN_PHONE_DIGITS else ""


def is_id_number(number: str) -> bool:
    """Whether form, birth date and check symbol are right."""
    try:
        check_id_number(number)
    except PydanticCustomError:
        return False
    return True


def is_credit_code(code: str) -> bool:
    """Whether form and check symbol are right."""
    try:
        check_credit_code(code)
    except PydanticCustomError:
        return False
    return True


def _compare(one: str, other: str, *, is_right: Callable[[str], bool]) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    if one == other or (one[:17] == other[:17] and 17 in {len(one), len(other)}):  # noqa: PLR2004
        return Agreement.SAME
    if is_right(one) and is_right(other):
        return Agreement.CONTRADICT
    return Agreement.SLIP if OSA.distance(one, other, score_cutoff=MAX_SLIPS) <= MAX_SLIPS else Agreement.UNKNOWN
