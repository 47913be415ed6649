"""The public holidays as arranged, by year: those of the package `chinesecalendar`, then those of the office's file.

A year in the file replaces the package's year whole, so that an arrangement that was changed later can be corrected:

    [2027]
    source = "国务院办公厅关于2027年部分节假日安排的通知"
    off = [2027-01-01, 2027-02-05, 2027-02-06]
    working = [2027-02-14]

`off` are the days off, `working` the Saturdays and Sundays on which people work in exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from service.clocks.reading import BadClockFile, load_tables, only
from service.law.calendar import NEW_YEAR_REACHES_BACK, SATURDAY

MEMBERS = frozenset({"source", "off", "working"})
FIRST_YEAR, LAST_YEAR = 1949, 2199


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangedHolidays:
    """Holidays by day: True off, False a shifted working day. Keeps the protocol `service.law.calendar.Holidays`."""

    years: frozenset[int]
    days: Mapping[date, bool]

    def has_year(self, year: int) -> bool:
        """Whether the arrangement of `year` is on hand."""
        return year in self.years

    def is_off(self, day: date) -> bool | None:
        """True for a day off, False for a shifted working day, None where the arrangement says nothing."""
        return self.days.get(day)


def load_holidays(path: Path | None = None) -> ArrangedHolidays:
    """The package's years, with those of the file at `path` in their place; raises BadClockFile."""
    known = _package_years()
    for name, table in load_tables(path).items() if path else ():
        year = int(name) if name.isascii() and name.isdecimal() else 0
        if not FIRST_YEAR <= year <= LAST_YEAR or path is None:
            raise BadClockFile(path or Path(), f"[{name}] is not a year")
        known[year] = _read_year(path, year, table)
    days = {day: off for year in sorted(known) for day, off in known[year].items()}
    return ArrangedHolidays(years=frozenset(known), days=MappingProxyType(days))


def _package_years() -> dict[int, dict[date, bool]]:
    """The package's days, by the year of the arrangement: the last days of December belong to the next New Year."""
    from chinese_calendar import constants  # noqa: PLC0415 - its tables are built at import, and only here

    years: dict[int, dict[date, bool]] = {}
    for day, off in (
        *dict.fromkeys(constants.holidays, True).items(),
        *dict.fromkeys(constants.workdays, False).items(),
    ):
        year = day.year + 1 if (day.month, day.day) >= NEW_YEAR_REACHES_BACK else day.year
        years.setdefault(year, {})[day] = off
    return years


def _read_year(path: Path, year: int, table: dict[str, Any]) -> dict[date, bool]:
    only(path, str(year), table, MEMBERS)
    if not isinstance(table.get("source"), str) or not table["source"].strip():
        raise BadClockFile(path, f"[{year}] does not name its source")
    off = _read_days(path, year, table.get("off"))
    working = _read_days(path, year, table.get("working", []))
    if not off:
        raise BadClockFile(path, f"[{year}] has no day off")
    for day in working:
        if day.weekday() < SATURDAY:
            raise BadClockFile(path, f"[{year}] {day} is no Saturday or Sunday, so nothing makes it a working day")
        if day in off:
            raise BadClockFile(path, f"[{year}] {day} is both off and working")
    return dict.fromkeys(off, True) | dict.fromkeys(working, False)


def _read_days(path: Path, year: int, value: object) -> set[date]:
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise BadClockFile(path, f"[{year}] needs its days as a list")
    days: set[date] = set()
    for day in value:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise BadClockFile(path, f"[{year}] {day!r} is not a day such as {year}-01-01")
        if day.year != year and (day.year + 1 != year or (day.month, day.day) < NEW_YEAR_REACHES_BACK):
            raise BadClockFile(path, f"[{year}] {day} belongs to another year")
        days.add(day)
    return days
