"""Settings: `LEDGER_*` in the environment or in a `.env` file. Each has a safe default and is explained here, once.

What identifies the ledger (origin, chain, contract, keys) is no setting: `init` writes it into the home for good.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, TypeAdapter
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.anchor import parse_finality, render_finality
from ledger.errors import Malformed

PREFIX = "LEDGER_"
EMBEDDED = "embedded"
MIB = 1 << 20


def _finality(text: str) -> str:
    try:
        return render_finality(parse_finality(text))
    except Malformed as error:
        raise ValueError(error.reason) from error


def _chain_url(text: str) -> str:
    return text if text == EMBEDDED else str(TypeAdapter(HttpUrl).validate_python(text))


def _public_url(text: str) -> str:
    return str(TypeAdapter(HttpUrl).validate_python(text)).rstrip("/")


class Settings(BaseSettings):
    """Every setting of the service. Times are in the unit that the description names."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    home: Annotated[
        Path, Field(description="Folder that holds everything: database, chain, keys, sealed documents.")
    ] = Path("var")
    database_url: Annotated[
        SecretStr | None,
        Field(description="SQLAlchemy address of the database. Without it: SQLite, `ledger.db` in the home."),
    ] = None
    chain_url: Annotated[
        str,
        AfterValidator(_chain_url),
        Field(description="`embedded`, or the http(s) address of a JSON-RPC node. `init` pins the chain found there."),
    ] = EMBEDDED
    finality: Annotated[
        str,
        AfterValidator(_finality),
        Field(
            description="When a block counts as final: `instant`, `depth:N` or `tag`. Read by `init`, which writes it "
            "into the trust file; the embedded chain is always `instant`."
        ),
    ] = "depth:12"
    anchor_interval: Annotated[
        float,
        Field(
            ge=0.05,
            le=86_400,
            description="Seconds between looks at waiting records and at the chain. A new record is looked at at once.",
        ),
    ] = 2.0
    public_url: Annotated[
        str | None,
        AfterValidator(lambda text: text if text is None else _public_url(text)),
        Field(
            description="Address under which people reach this service. When it begins with https, cookies are for "
            "https alone and browsers are told to keep to https."
        ),
    ] = None
    area: Annotated[
        str,
        Field(
            min_length=1,
            max_length=8,
            description="Short name of the district in case numbers, 岚 in (2026)岚劳调字第0001号.",
        ),
    ] = "岚"
    holidays: Annotated[
        Path | None,
        Field(description="File of public holidays of years that the calendar lacks, see `deadlines.md`."),
    ] = None
    local_terms: Annotated[
        Path | None,
        Field(description="File of legal terms that this province or office sets, see `deadlines.md`."),
    ] = None
    certificate_fonts: Annotated[
        Path | None,
        Field(
            description="Folder with fonts for certificates, used before the one that is installed with this program: "
            "an office's own, or one with rarer characters."
        ),
    ] = None
    max_upload_bytes: Annotated[
        int, Field(ge=1, le=16 << 30, description="Largest file that may be filed, in bytes.")
    ] = 200 * MIB
    min_free_bytes: Annotated[
        int,
        Field(ge=0, description="Free disk space, in bytes, below which no file is taken and readiness is refused."),
    ] = 256 * MIB
    token_minutes: Annotated[int, Field(ge=1, le=24 * 60, description="Minutes for which an API token is good.")] = 30
    session_hours: Annotated[
        int, Field(ge=1, le=24 * 7, description="Hours after which a signed-in browser has to sign in again.")
    ] = 12
    sign_in_limit: Annotated[
        str,
        Field(
            pattern=r"^[1-9]\d{0,5}/(second|minute|hour)$",
            description="Attempts to sign in allowed for one address and for one account, `N/second|minute|hour`.",
        ),
    ] = "10/minute"
    public_limit: Annotated[
        str,
        Field(
            pattern=r"^[1-9]\d{0,5}/(second|minute|hour)$",
            description="Public verifications allowed for one address, `N/second|minute|hour`.",
        ),
    ] = "1200/minute"
    paper_code_limit: Annotated[
        str,
        Field(
            pattern=r"^[1-9]\d{0,5}/(second|minute|hour)$",
            description="Wrong paper codes allowed for one address and for one paper, and wrong access codes of "
            "parties for one address, `N/second|minute|hour`.",
        ),
    ] = "60/hour"
    trusted_proxies: Annotated[
        str,
        Field(
            description="Addresses, separated by commas, of reverse proxies whose X-Forwarded-For and -Proto are "
            "believed. Nobody's by default."
        ),
    ] = ""
    metrics_token: Annotated[
        SecretStr | None,
        Field(description="Bearer token that `/metrics` asks for. Without it `/metrics` answers this machine only."),
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="Least level of what is logged to stderr.")
    ] = "info"

    @property
    def is_embedded(self) -> bool:
        """Whether the chain runs inside the service."""
        return self.chain_url == EMBEDDED

    @property
    def token_lifetime(self) -> timedelta:
        """How long an API token is good."""
        return timedelta(minutes=self.token_minutes)

    @property
    def session_lifetime(self) -> timedelta:
        """How long a browser stays signed in."""
        return timedelta(hours=self.session_hours)

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are for https alone."""
        return self.public_url is not None and self.public_url.startswith("https://")


def render_settings() -> str:
    """The table of every setting as Markdown, for `service/docs/settings.md`."""
    lines = [
        "# Settings",
        "",
        "Read from the environment, or from a file `.env` in the working folder. Nothing here needs to be set.",
        "",
        "| Variable | Default | Meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "none" if field.default is None else f"`{field.default}`" if field.default != "" else "empty"
        meaning = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {meaning} |")
    return "\n".join(lines) + "\n"
