"""Citizens' ID numbers and firms' credit codes: form, check symbol and date, nothing looked up.

The check symbol must be right, always: one slip in a name's number sends a payment order to somebody else. Example
people of this project therefore have right check symbols too, and are told by what no real one has: serial 000 in an ID
number, the body MA0000000 in a credit code.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from pydantic_core import PydanticCustomError

_ID_NUMBER = re.compile(r"[1-9][0-9]{5}[0-9]{8}[0-9]{3}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_CREDIT_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(f"[{_CREDIT_SYMBOLS}]{{2}}[0-9]{{6}}[{_CREDIT_SYMBOLS}]{{10}}")
_CREDIT_MODULUS = 31
MAX_TYPED = 64
"""Characters looked at before spaces are taken out; a number has 18."""


def normalise_identifier(text: str) -> str:
    """Undo what keyboards and paste add: full width, spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", text[: MAX_TYPED + 1]).split()).upper()


def check_id_number(text: str) -> str:
    """Return an 18-symbol citizen ID number, normalised (GB 11643-1999); raise PydanticCustomError with the fault.

    Checked: length and symbols, that the birth date exists, and the check symbol (ISO/IEC 7064 MOD 11-2). That the area
    exists and the number was given out is not.
    """
    number = normalise_identifier(text)
    if not _ID_NUMBER.fullmatch(number):
        raise PydanticCustomError("id_number_form", "an ID number has 17 digits and a digit or X")
    if id_birth_date(number) is None:
        raise PydanticCustomError("id_number_date", "the birth date in the ID number does not exist")
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    if _ID_CHECK[total % len(_ID_CHECK)] != number[-1]:
        raise PydanticCustomError("id_number_check", "the last symbol of the ID number does not fit the others")
    return number


def id_birth_date(number: str) -> date | None:
    """The birth date in an ID number of the right form; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def check_credit_code(text: str) -> str:
    """Return an 18-symbol unified social credit code, normalised (GB 32100-2015); raise PydanticCustomError.

    Checked: symbols (no I, O, S, V, Z), six digits of area, and the check symbol (MOD 31-3).
    """
    code = normalise_identifier(text)
    if not _CREDIT_CODE.fullmatch(code):
        raise PydanticCustomError(
            "credit_code_form", "a credit code has 18 digits and capital letters without I O S V Z"
        )
    total, weight = 0, 1
    for symbol in code[:-1]:
        total += _CREDIT_SYMBOLS.index(symbol) * weight
        weight = weight * 3 % _CREDIT_MODULUS
    if _CREDIT_SYMBOLS[-total % _CREDIT_MODULUS] != code[-1]:
        raise PydanticCustomError("credit_code_check", "the last symbol of the credit code does not fit the others")
    return code
