"""Counting days: against a clerk's walk over eight years, and against cases worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clocks import ArrangedHolidays, load_holidays
from service.law.calendar import Length, Unit, day_before, days_between, is_rest_day, last_day
from service.law.deadlines import DEADLINE_RULES
from tests.service.calendar_oracle import ARRANGED, naive_last_day, rests

HOLIDAYS = load_holidays()
FIRST, LAST = date(2020, 1, 1), date(2027, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
EVERY_LENGTH = sorted(
    {(rule.length.count, rule.length.unit) for rule in DEADLINE_RULES.values() if rule.length and not rule.before}
    | {
        (rule.length.count + rule.extendable, rule.length.unit)
        for rule in DEADLINE_RULES.values()
        if rule.length and rule.extendable
    }
    | {(5, Unit.WORKING_DAYS), (10, Unit.WORKING_DAYS), (6, Unit.MONTHS)}
)
DAYS, WORKING, MONTHS, YEARS = Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS


def test_arrangement_of_the_package_is_that_of_the_notices() -> None:
    differing = [day for day in EVERY_DAY if is_rest_day(day, HOLIDAYS) != rests(day)]

    assert differing == []
    assert len(ARRANGED) > 180


@pytest.mark.parametrize(("count", "unit"), EVERY_LENGTH)
def test_last_day_is_where_a_clerk_arrives(count: int, unit: Unit) -> None:
    length = Length(count=count, unit=unit)

    wrong = [day for day in EVERY_DAY if last_day(day, length, HOLIDAYS).day != naive_last_day(day, count, unit)]

    assert wrong == []


BY_HAND = [
    # the agreement of the specimen case: in effect on 20 July 2026
    ("2026-07-20", 15, DAYS, "2026-08-04", "a Tuesday"),
    ("2026-07-20", 30, DAYS, "2026-08-19", "a Wednesday"),
    # plain ends and weekends
    ("2026-07-08", 7, DAYS, "2026-07-15", "the first day is not counted"),
    ("2026-07-10", 15, DAYS, "2026-07-27", "Saturday to Monday"),
    ("2026-07-11", 15, DAYS, "2026-07-27", "Sunday to Monday"),
    ("2026-06-30", 1, DAYS, "2026-07-01", "the end of a month"),
    # Spring Festival
    ("2026-02-08", 7, DAYS, "2026-02-24", "15 to 23 February 2026 are off"),
    ("2025-01-21", 7, DAYS, "2025-02-05", "28 January to 4 February 2025"),
    ("2024-02-03", 7, DAYS, "2024-02-18", "to a shifted working Sunday"),
    ("2024-02-02", 7, DAYS, "2024-02-09", "New Year's Eve was a working day in 2024"),
    ("2023-01-14", 7, DAYS, "2023-01-28", "to a shifted working Saturday"),
    ("2022-01-24", 7, DAYS, "2022-02-07", "31 January to 6 February 2022"),
    ("2021-02-04", 7, DAYS, "2021-02-18", "11 to 17 February 2021"),
    ("2020-01-17", 7, DAYS, "2020-02-03", "lengthened to 2 February 2020"),
    # shifted working days move nothing
    ("2026-02-09", 5, DAYS, "2026-02-14", "Saturday, worked"),
    ("2026-02-13", 15, DAYS, "2026-02-28", "Saturday, worked"),
    ("2026-02-14", 15, DAYS, "2026-03-02", "the Sunday after is not"),
    ("2026-09-15", 5, DAYS, "2026-09-20", "Sunday, worked"),
    ("2026-09-25", 15, DAYS, "2026-10-10", "Saturday, worked"),
    ("2025-01-23", 3, DAYS, "2025-01-26", "Sunday, worked"),
    ("2025-02-01", 7, DAYS, "2025-02-08", "Saturday, worked"),
    ("2022-01-22", 7, DAYS, "2022-01-29", "Saturday, worked"),
    ("2022-04-01", 1, DAYS, "2022-04-02", "Saturday, worked"),
    ("2021-09-11", 7, DAYS, "2021-09-18", "Saturday, worked"),
    ("2020-01-16", 3, DAYS, "2020-01-19", "Sunday, worked"),
    # other holidays, weekdays off in exchange
    ("2026-09-24", 7, DAYS, "2026-10-08", "National Day"),
    ("2025-12-22", 10, DAYS, "2026-01-04", "New Year, to a shifted working Sunday"),
    ("2025-12-26", 7, DAYS, "2026-01-04", "Friday 2 January 2026 is off in exchange"),
    ("2026-04-27", 8, DAYS, "2026-05-06", "Tuesday 5 May 2026 is off in exchange"),
    ("2021-09-12", 7, DAYS, "2021-09-22", "Mid-Autumn"),
    ("2020-09-24", 7, DAYS, "2020-10-09", "National Day and Mid-Autumn together"),
    ("2023-09-22", 7, DAYS, "2023-10-07", "to a shifted working Saturday"),
    ("2023-06-15", 7, DAYS, "2023-06-25", "Dragon Boat, to a shifted working Sunday"),
    # leap years
    ("2024-02-14", 15, DAYS, "2024-02-29", "29 February"),
    ("2025-02-14", 15, DAYS, "2025-03-03", "1 March 2025 is a Saturday"),
    ("2020-02-14", 15, DAYS, "2020-03-02", "29 February 2020 is a Saturday"),
    # months: the corresponding day, else the last
    ("2024-01-31", 1, MONTHS, "2024-02-29", "no 31 February, a leap year"),
    ("2023-01-31", 1, MONTHS, "2023-02-28", "no 31 February"),
    ("2026-01-31", 1, MONTHS, "2026-02-28", "and that Saturday is worked"),
    ("2025-08-31", 1, MONTHS, "2025-09-30", "no 31 September"),
    ("2025-12-31", 1, MONTHS, "2026-02-02", "31 January 2026 is a Saturday"),
    ("2025-04-01", 1, MONTHS, "2025-05-06", "Labour Day"),
    ("2022-09-10", 1, MONTHS, "2022-10-10", "the day after two shifted ones"),
    ("2025-08-30", 6, MONTHS, "2026-02-28", "half a year"),
    # years
    ("2024-02-29", 1, YEARS, "2025-02-28", "no 29 February"),
    ("2023-02-28", 1, YEARS, "2024-02-28", "not the 29th"),
    ("2025-10-01", 1, YEARS, "2026-10-08", "National Day"),
    ("2025-05-31", 1, YEARS, "2026-06-01", "a Sunday"),
    ("2019-10-10", 1, YEARS, "2020-10-10", "Saturday, worked"),
    # working days
    ("2026-07-08", 5, WORKING, "2026-07-15", "a week"),
    ("2026-07-11", 3, WORKING, "2026-07-15", "from a Saturday"),
    ("2026-09-30", 3, WORKING, "2026-10-10", "8, 9 and Saturday 10 October"),
    ("2026-02-13", 3, WORKING, "2026-02-25", "Saturday 14, then after the Festival"),
    ("2025-01-24", 5, WORKING, "2025-02-07", "Sunday 26, Monday 27, then after the Festival"),
    ("2024-04-03", 3, WORKING, "2024-04-09", "Sunday 7 April is worked"),
    ("2023-09-28", 3, WORKING, "2023-10-09", "Saturday 7 and Sunday 8 October are worked"),
    ("2022-10-08", 1, WORKING, "2022-10-09", "from one shifted day to the next"),
    ("2020-01-23", 5, WORKING, "2020-02-07", "the lengthened Festival"),
]


@pytest.mark.parametrize(("start", "count", "unit", "ends", "why"), BY_HAND)
def test_last_day_is_the_one_worked_out_by_hand(start: str, count: int, unit: Unit, ends: str, why: str) -> None:
    found = last_day(date.fromisoformat(start), Length(count=count, unit=unit), HOLIDAYS)

    assert found.day.isoformat() == ends, why
    assert found.missing_years == ()


def test_hand_made_cases_are_many() -> None:
    assert len(BY_HAND) >= 40


@pytest.mark.parametrize(
    ("start", "count", "unit", "missing"),
    [
        ("2027-03-01", 7, DAYS, (2027,)),
        ("2026-12-24", 7, DAYS, (2027,)),
        ("2026-12-01", 7, DAYS, ()),
        ("2026-12-20", 7, DAYS, (2027,)),
        ("2026-06-01", 1, YEARS, (2027,)),
        ("2026-12-25", 10, WORKING, (2027,)),
        ("2026-12-20", 3, WORKING, ()),
        ("2027-06-01", 1, YEARS, (2028,)),
    ],
)
def test_year_whose_arrangement_is_missing_is_named(
    start: str, count: int, unit: Unit, missing: tuple[int, ...]
) -> None:
    found = last_day(date.fromisoformat(start), Length(count=count, unit=unit), HOLIDAYS)

    assert found.missing_years == missing


def test_moved_last_day_says_where_counting_ended() -> None:
    moved = last_day(date(2026, 7, 10), Length(count=15, unit=DAYS), HOLIDAYS)

    assert (moved.counted, moved.was_moved) == (date(2026, 7, 25), True)
    assert not last_day(date(2026, 7, 20), Length(count=15, unit=DAYS), HOLIDAYS).was_moved


def test_day_before_an_event_never_moves() -> None:
    assert day_before(date(2026, 10, 12), 5) == date(2026, 10, 7)


def test_period_without_a_unit_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Length(count=0, unit=DAYS)


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    count=st.integers(1, 400),
    unit=st.sampled_from(Unit),
    weekends_only=st.booleans(),
)
def test_last_day_is_no_rest_day_and_grows_with_the_period(
    start: date, count: int, unit: Unit, weekends_only: bool
) -> None:
    holidays = ArrangedHolidays(years=frozenset(), days={}) if weekends_only else HOLIDAYS
    shorter, longer = (last_day(start, Length(count=number, unit=unit), holidays) for number in (count, count + 1))

    assert not is_rest_day(shorter.day, holidays)
    assert start < shorter.counted <= shorter.day <= longer.day


@given(start=st.dates(date(2020, 1, 1), date(2026, 6, 30)), pause=st.integers(0, 60))
def test_working_days_of_a_pause_are_those_that_a_period_loses(start: date, pause: int) -> None:
    end = start + timedelta(days=pause)

    lost = days_between(start, end, WORKING, HOLIDAYS)

    assert lost == sum(not rests(start + timedelta(days=number + 1)) for number in range(pause))
    assert days_between(start, end, DAYS, HOLIDAYS) == pause
