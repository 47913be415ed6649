"""Settings: documented, with safe defaults, read from the environment."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import Settings, render_settings


def _settings(**changed: object) -> Settings:
    return Settings(_env_file=None, **changed)  # type: ignore[arg-type]


def test_settings_page_is_what_the_settings_say() -> None:
    page = files("service").joinpath("docs", "settings.md").read_text("utf-8")

    assert page == render_settings()


def test_every_setting_is_explained() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_defaults_keep_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LEDGER_{name.upper()}", raising=False)
    settings = _settings()

    assert (settings.home, settings.chain_url, settings.database_url) == (Path("var"), "embedded", None)
    assert (settings.trusted_proxies, settings.metrics_token) == ("", None)


def test_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_HOME", "/srv/ledger")
    monkeypatch.setenv("LEDGER_FINALITY", "depth:64")

    assert (_settings().home, _settings().finality) == (Path("/srv/ledger"), "depth:64")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("finality", "soon"),
        ("chain_url", "ftp://node"),
        ("anchor_interval", "0"),
        ("sign_in_limit", "many"),
        ("public_url", "not an address"),
        ("max_upload_bytes", "-1"),
        ("log_level", "loud"),
    ],
)
def test_setting_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"LEDGER_{name.upper()}", value)

    with pytest.raises(ValidationError):
        _settings()


def test_secrets_are_not_printed() -> None:
    settings = _settings(database_url="postgresql://u:hunter2@db/x", metrics_token="hunter2")

    assert "hunter2" not in f"{settings} {settings!r}"


def test_cookies_are_for_https_alone_where_the_service_is_reached_by_https() -> None:
    assert _settings(public_url="https://ledger.example").secure_cookies
    assert not _settings().secure_cookies


def test_every_setting_is_used() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(str(files("service"))).rglob("*.py"))

    unused = {
        name for name in Settings.model_fields if f"settings.{name}" not in source and f"self.{name}" not in source
    }

    assert unused == set()
