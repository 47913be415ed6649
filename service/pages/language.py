"""The two languages of every page, how one is chosen, and the gettext catalogues behind them.

A catalogue is compiled from its `.po` file in memory at start: no compiled file to keep in step, none in the wheel.
Message ids are English; both catalogues are complete, so that English wording can be mended without touching code.
"""

from __future__ import annotations

import io
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ACCEPT_LANGUAGE = 512
"""Characters of Accept-Language that are looked at; browsers send fewer than 100."""


class Language(StrEnum):
    """A language of the pages, named as in `?lang=`."""

    ZH = "zh"
    EN = "en"

    @property
    def tag(self) -> str:
        """The BCP 47 tag for `<html lang>`."""
        return {Language.ZH: "zh-Hans", Language.EN: "en"}[self]

    @property
    def locale(self) -> str:
        """The Babel locale, for dates and numbers as people in China write them in this language."""
        return {Language.ZH: "zh_Hans_CN", Language.EN: "en_GB"}[self]

    @property
    def catalogue(self) -> str:
        """The folder of the catalogue under `service/locale`."""
        return {Language.ZH: "zh_Hans", Language.EN: "en"}[self]

    @property
    def own_name(self) -> str:
        """The language's name in itself, for the switch."""
        return {Language.ZH: "中文", Language.EN: "English"}[self]

    @property
    def other(self) -> Language:
        """The one to switch to."""
        return Language.EN if self is Language.ZH else Language.ZH


DEFAULT = Language.ZH


def N_(message: str) -> str:  # noqa: N802 - the name that extraction of messages looks for
    """Mark a message for the catalogues where it stands; it is translated where it is shown."""
    return message


def parse_language(text: str | None) -> Language | None:
    """The language that a BCP 47 tag asks for (`zh`, `zh-CN`, `en-GB`, …), or None when it is neither of ours."""
    primary = (text or "").strip().lower().partition("-")[0]
    return next((language for language in Language if language.value == primary), None)


def negotiate(accept_language: str | None) -> Language:
    """Choose by Accept-Language (RFC 9110 §12.5.4): the highest weight wins, the first of equals, Chinese otherwise."""
    best, best_weight = DEFAULT, 0.0
    for item in (accept_language or "")[:MAX_ACCEPT_LANGUAGE].split(","):
        tag, _, parameters = item.partition(";")
        weight = _weight(parameters)
        language = parse_language(tag)
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


def load_catalogues() -> Mapping[Language, Translations]:
    """Read and compile both catalogues. Called once, when the application is made."""
    return {language: _load(language) for language in Language}


def _load(language: Language) -> Translations:
    source = files("service").joinpath("locale", language.catalogue, "LC_MESSAGES", "messages.po")
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.catalogue))
    compiled.seek(0)
    return Translations(compiled)


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
