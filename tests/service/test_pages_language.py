"""Both catalogues: every message of the pages is there, translated, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import service
from service.certificate.labels import LABELS
from service.declarations import DECLARATIONS
from service.language import Language
from service.pages.language import load_catalogues

ROOT = Path(service.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
CHINESE = re.compile(r"[\u3400-\u9fff]")
HOW = "service/locale/babel.cfg says how to bring the catalogues up to date"


def catalogue(language: Language) -> Catalog:
    """The catalogue as it stands in the repository."""
    path = files("service").joinpath("locale", language.catalogue, "LC_MESSAGES", "messages.po")
    with path.open("rb") as file:
        return read_po(file, locale=language.catalogue)


def translations(language: Language) -> Mapping[str, str]:
    """Message id → translation; plural messages do not occur."""
    return {str(message.id): str(message.string) for message in catalogue(language) if message.id}


def extracted() -> set[str]:
    """Every message id in the sources of the pages."""
    with (ROOT / "locale" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, method_map=methods, options_map=options)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", Language)
def test_catalogue_holds_exactly_the_messages_of_the_sources(language: Language) -> None:
    assert set(translations(language)) == extracted(), HOW


@pytest.mark.parametrize("language", Language)
def test_every_message_is_translated_and_none_is_a_guess(language: Language) -> None:
    assert [id_ for id_, words in translations(language).items() if not words.strip()] == []
    assert [str(message.id) for message in catalogue(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", Language)
def test_placeholders_are_those_of_the_message(language: Language) -> None:
    differing = [
        id_
        for id_, words in translations(language).items()
        if sorted(PLACEHOLDER.findall(id_)) != sorted(PLACEHOLDER.findall(words))
    ]
    assert differing == []


@pytest.mark.parametrize("language", Language)
def test_no_message_has_a_bare_percent_sign(language: Language) -> None:
    """It would be read as a placeholder where the message is filled in."""
    bare = [id_ for id_, words in translations(language).items() if "%" in PLACEHOLDER.sub("", id_ + words)]
    assert bare == []


def test_every_chinese_message_is_chinese() -> None:
    assert [id_ for id_, words in translations(Language.ZH).items() if not CHINESE.search(words)] == []


def test_every_english_message_is_free_of_chinese() -> None:
    assert [id_ for id_, words in translations(Language.EN).items() if CHINESE.search(words)] == []


@pytest.mark.parametrize("language", Language)
def test_catalogues_are_compiled_in_memory(language: Language) -> None:
    loaded = load_catalogues()[language]
    assert {id_: loaded.gettext(id_) for id_ in translations(language)} == dict(translations(language))


def test_no_compiled_catalogue_lies_about() -> None:
    assert list((ROOT / "locale").rglob("*.mo")) == []


def test_every_name_that_a_receipt_shows_has_words_for_paper() -> None:
    """`service.certificate.labels` has a line for each: a certificate prints what a receipt discloses."""
    shown = [item for kind in DECLARATIONS.values() for item in kind.names if item.required or item.receipt]
    inside = [column for item in shown if len(item.columns) > 1 for column in item.columns]
    words = {name.rpartition(".")[2] for name in LABELS}

    assert {item.name for item in shown} - words == set()
    assert {column.rpartition(".")[2].removesuffix("_id") for column in inside} - words == set()
