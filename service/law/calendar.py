"""How days are counted: 民法典 第二百条至第二百零四条, the same in 民事诉讼法 第八十五条.

1. The day of the event is not counted (201); days of the law are calendar days unless it says working days.
2. Months and years end on the corresponding day, else on the last day of the month (202).
3. A last day that is a rest day moves to the next day that is none (203).

A *rest day* is a Saturday, a Sunday or a day off of a public holiday as the State Council arranges it, unless the same
arrangement makes it a working day. So a shifted working Saturday moves nothing, and a weekday off in exchange does.
Everything else is a *working day*.

The arrangement of a year is published in the autumn before it. Until it is on hand weekends alone are known; every
result names the years that it would have needed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final, Protocol

SATURDAY: Final = 5
ONE_DAY: Final = timedelta(days=1)
NEW_YEAR_REACHES_BACK: Final = (12, 28)
"""From this day of December on, the arrangement of the *next* year may decide (in 2018 it took 29 and 31 December)."""


class Unit(StrEnum):
    """In what a period is measured."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a period is: a number of units, at least one."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a period has at least one unit")


class Holidays(Protocol):
    """What the State Council arranged. Immutable, answers from memory, asked from many threads at once."""

    def has_year(self, year: int) -> bool:
        """Whether the arrangement of `year` is on hand."""

    def is_off(self, day: date) -> bool | None:
        """True for a day off, False for a shifted working day, None where the arrangement says nothing of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """The last day of a period, and how it was found. `missing_years` are those whose arrangement it lacked."""

    counted: date
    """Where counting alone ends, before 民法典 203."""
    day: date
    missing_years: tuple[int, ...]

    @property
    def was_moved(self) -> bool:
        """Whether the last day counted was a rest day."""
        return self.day != self.counted


def is_rest_day(day: date, holidays: Holidays) -> bool:
    """Whether offices rest on `day`."""
    off = holidays.is_off(day)
    return day.weekday() >= SATURDAY if off is None else off


def last_day(start: date, length: Length, holidays: Holidays) -> LastDay:
    """The last day of the period that an event on `start` sets going."""
    if length.unit is Unit.WORKING_DAYS:
        counted = _nth_working_day(start, length.count, holidays)
        return LastDay(counted=counted, day=counted, missing_years=missing_years(start + ONE_DAY, counted, holidays))
    counted = _counted_end(start, length)
    day = next(day for day in _days_from(counted) if not is_rest_day(day, holidays))
    return LastDay(counted=counted, day=day, missing_years=missing_years(counted, day, holidays))


def day_before(event: date, days: int) -> date:
    """The last day for what has to be done `days` calendar days before `event`, the day of the event not counted.

    It never moves: a later day would take from whoever is to be warned, and no article brings it forward.
    """
    return event - timedelta(days=days)


def days_between(first: date, last: date, unit: Unit, holidays: Holidays) -> int:
    """How many days of `unit` a pause from `first` to `last` takes out of a period: those after `first`."""
    if unit is Unit.WORKING_DAYS:
        days = islice(_days_from(first + ONE_DAY), max(0, (last - first).days))
        return sum(not is_rest_day(day, holidays) for day in days)
    return max(0, (last - first).days)


def missing_years(first: date, last: date, holidays: Holidays) -> tuple[int, ...]:
    """The years whose arrangement decides about days from `first` to `last` and is not known."""
    reaches_on = (last.month, last.day) >= NEW_YEAR_REACHES_BACK
    years = range(first.year, last.year + (2 if reaches_on else 1))
    return tuple(year for year in years if not holidays.has_year(year))


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += ONE_DAY


def _nth_working_day(start: date, count: int, holidays: Holidays) -> date:
    working = (day for day in _days_from(start + ONE_DAY) if not is_rest_day(day, holidays))
    return next(islice(working, count - 1, None))


def _counted_end(start: date, length: Length) -> date:
    if length.unit is Unit.CALENDAR_DAYS:
        return start + timedelta(days=length.count)
    months = length.count * (12 if length.unit is Unit.YEARS else 1)
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
