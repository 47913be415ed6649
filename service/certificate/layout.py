"""What every paper has: the members of the template `paper` that do not depend on what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ledger.canonical import JsonValue
from ledger.verdict import TEST_NETWORK
from service.certificate.values import Row
from service.certificate.words import CODE, NO_EVIDENCE, NUMBER
from service.language import Language

LABEL_WIDTH_MM: Final = {Language.ZH: 27, Language.EN: 34}
TITLE_TRACKING_PERCENT: Final = {Language.ZH: 12, Language.EN: 0}
REGION: Final = {Language.ZH: "cn", Language.EN: "gb"}
PARTS_OF_DATE: Final = ("year", "month", "day", "hour", "minute", "second")


def frame(language: Language, *, title: str, subtitle: str, number: str, date: datetime) -> dict[str, JsonValue]:
    """Language, heading and date of a paper, without codes, notice, verdict and issuer: those may be put over it."""
    return {
        "language": language.value,
        "region": REGION[language],
        "label_width": LABEL_WIDTH_MM[language],
        "tracking_percent": TITLE_TRACKING_PERCENT[language],
        "title": title,
        "subtitle": subtitle,
        "number_label": str(getattr(NUMBER, language.value)),
        "number": number,
        "code_label": str(getattr(CODE, language.value)),
        "code": None,
        "date": {part: getattr(date, part) for part in PARTS_OF_DATE},
        "qr": None,
        "notice": None,
        "verdict": None,
        "issuer": None,
    }


def section(title: str, *, rows: Iterable[Row] = (), steps: Iterable[str] = ()) -> JsonValue:
    """A numbered part: facts with labels, or steps."""
    return {"title": title, "rows": list(rows), "steps": list(steps)}


def test_network_notice(language: Language) -> JsonValue:
    """The band that labels every paper of a chain for which nobody outside vouches."""
    return {
        "title": str(getattr(TEST_NETWORK, language.value)),
        "text": str(getattr(NO_EVIDENCE, language.value)),
    }
