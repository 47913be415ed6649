"""The two languages of all that people read, and how one is chosen."""

from __future__ import annotations

from enum import StrEnum

MAX_ACCEPT_LANGUAGE = 512
"""Characters of Accept-Language that are looked at; browsers send fewer than 100."""


class Language(StrEnum):
    """A language of pages and problems, named as in `?lang=`."""

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


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
