"""The gettext catalogues behind the two languages of every page.

A catalogue is compiled from its `.po` file in memory at start: no compiled file to keep in step, none in the wheel.
Message ids are English; both catalogues are complete, so that English wording can be mended without touching code.
"""

from __future__ import annotations

import io
from importlib.resources import files
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from service.language import DEFAULT, Language, negotiate, parse_language

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT", "N_", "Language", "load_catalogues", "negotiate", "parse_language"]


def N_(message: str) -> str:  # noqa: N802 - the name that extraction of messages looks for
    """Mark a message for the catalogues where it stands; it is translated where it is shown."""
    return message


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
