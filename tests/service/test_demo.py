"""The demo's samples: filed over HTTP elsewhere (`test_sample_filing`, the smoke run); here, how often."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service import demo
from service.access import Role
from service.sample import SampleRefused
from tests.service.conftest import settings_of

PASSWORDS = {str(role): "correct horse battery staple" for role in Role}


@pytest.fixture
def filings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The servers that samples were filed at."""
    filed: list[str] = []

    def file(client: Any, *_: object, **__: object) -> None:
        filed.append(client)

    monkeypatch.setattr(demo, "_is_ready", lambda _url: True)
    monkeypatch.setattr(demo, "_is_final", lambda _database: True)
    monkeypatch.setattr(demo, "PlainClient", str)
    monkeypatch.setattr(demo, "load_samples", file)
    return filed


def start(home: Path) -> None:
    demo.load_when_ready("http://127.0.0.1:1", settings_of(home), PASSWORDS, lambda _line: None)


def test_samples_are_filed_once_in_the_life_of_a_demo(home: Path, filings: list[str]) -> None:
    start(home)
    start(home)
    assert filings == ["http://127.0.0.1:1"]


def test_filing_that_broke_off_is_taken_up_at_the_next_start(
    home: Path, filings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise SampleRefused("/cases", 503, "")

    with monkeypatch.context() as broken:
        broken.setattr(demo, "load_samples", break_off)
        with pytest.raises(SampleRefused):
            start(home)

    start(home)
    assert len(filings) == 1
