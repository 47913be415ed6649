"""How values are written for people: money, days, moments, sizes, hashes. Pure functions of value and language.

Times are shown in China Standard Time with the offset named. It is a fixed offset (no daylight saving since 1991), so
that a machine without a time-zone database shows the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from service.language import Language

CHINA = timezone(timedelta(hours=8), "UTC+8")
FEN_PER_YUAN = 100
KIB = 1024


def render_money(amount_fen: int, language: Language) -> str:
    """`1864000` → `18,640.00 元` / `CNY 18,640.00`. Exact: no float is involved."""
    yuan, fen = divmod(abs(amount_fen), FEN_PER_YUAN)
    number = f"{'-' if amount_fen < 0 else ''}{format_decimal(yuan, locale=language.locale)}.{fen:02d}"
    return f"{number} 元" if language == "zh" else f"CNY {number}"


def render_day(day: str | date, language: Language) -> str:
    """`2026-07-08` → `2026年7月8日` / `8 July 2026`. Text that is no date is shown as it stands."""
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            return str(day)
    return format_date(day, format="long", locale=language.locale)


def render_moment(moment: str | int | datetime, language: Language) -> str:
    """An instant (RFC 3339 text, seconds of the epoch, or an aware datetime) in China Standard Time, to the minute."""
    if isinstance(moment, int):
        moment = datetime.fromtimestamp(moment, UTC)
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return str(moment)
    local = moment.astimezone(CHINA)
    pattern = "y年M月d日 HH:mm" if language == "zh" else "d MMMM y, HH:mm"
    return f"{format_datetime(local, pattern, locale=language.locale)} (UTC+8)"


def render_when(day_or_moment: str, language: Language) -> str:
    """A day, or an instant, whichever is known."""
    known = render_moment if "T" in day_or_moment else render_day
    return known(day_or_moment, language)


def render_size(size: int, language: Language) -> str:
    """Bytes in the unit people know files by: `842 B`, `12.3 KB`, `4.0 MB` (1 KB = 1024 bytes, as file managers do)."""
    if size < KIB:
        return f"{size} B"
    amount, unit = size / KIB, "KB"
    for larger in ("MB", "GB"):
        if amount < KIB:
            break
        amount, unit = amount / KIB, larger
    return f"{format_decimal(round(amount, 1), format='#,##0.0', locale=language.locale)} {unit}"


def group_hash(digest: str) -> str:
    """Hex in groups of four, for eyes that compare it with paper."""
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))
