"""What is given to set up an office and its people."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from service.inputs.fields import Name, OneOf, Phone, Shape
from service.law import INSTITUTION_KINDS

MIN_PASSWORD, MAX_PASSWORD = 12, 128
"""Characters. The upper bound keeps the password hash from being a way to burn this machine's time."""


def _password(password: str) -> str:
    password = unicodedata.normalize("NFC", password)
    if any(unicodedata.category(symbol) == "Cc" for symbol in password):
        raise PydanticCustomError("forbidden_character", "an invisible control character")
    if len(set(password)) < MIN_PASSWORD // 3:
        raise PydanticCustomError("password_too_simple", "too few different characters")
    return password


InstitutionCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$", min_length=2, max_length=32)]
USERNAME = r"^[a-z][a-z0-9._-]{1,31}$"
Username = Annotated[str, Field(pattern=USERNAME)]
Password = Annotated[
    str, Field(strict=True, min_length=MIN_PASSWORD, max_length=MAX_PASSWORD), AfterValidator(_password)
]


class InstitutionInput(Shape):
    """A new office."""

    code: InstitutionCode
    name: Name
    kind: Annotated[str, OneOf(INSTITUTION_KINDS)]
    phone: Phone | None = None


class PhoneInput(Shape):
    """The number under which an office is called."""

    phone: Phone


class PasswordInput(Shape):
    """Another password for an account."""

    password: Password


class UserInput(Shape):
    """A new account."""

    username: Username
    display_name: Name
    role: Annotated[str, Field(pattern=r"^(admin|lawyer|mediator|department|auditor)$")]
    password: Password
