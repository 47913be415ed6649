"""The calendar once more, as a clerk would do it: the notices of the State Council typed in, and one day after another.

Nothing here comes from the product or from the package whose data the product uses.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

NOTICES = """
2020 off 1-1 1-24..2-2 4-4..4-6 5-1..5-5 6-25..6-27 10-1..10-8 work 1-19 4-26 5-9 6-28 9-27 10-10
2021 off 1-1..1-3 2-11..2-17 4-3..4-5 5-1..5-5 6-12..6-14 9-19..9-21 10-1..10-7 work 2-7 2-20 4-25 5-8 9-18 9-26 10-9
2022 off 1-1..1-3 1-31..2-6 4-3..4-5 4-30..5-4 6-3..6-5 9-10..9-12 10-1..10-7 work 1-29 1-30 4-2 4-24 5-7 10-8 10-9
2023 off 1-1..1-2 1-21..1-27 4-5 4-29..5-3 6-22..6-24 9-29..10-6 work 1-28 1-29 4-23 5-6 6-25 10-7 10-8
2024 off 1-1 2-10..2-17 4-4..4-6 5-1..5-5 6-8..6-10 9-15..9-17 10-1..10-7 work 2-4 2-18 4-7 4-28 5-11 9-14 9-29 10-12
2025 off 1-1 1-28..2-4 4-4..4-6 5-1..5-5 5-31..6-2 10-1..10-8 work 1-26 2-8 4-27 9-28 10-11
2026 off 1-1..1-3 2-15..2-23 4-4..4-6 5-1..5-5 6-19..6-21 9-25..9-27 10-1..10-7 work 1-4 2-14 2-28 5-9 9-20 10-10
"""
"""国务院办公厅关于部分节假日安排的通知, 2020 to 2026 (2020 with the Spring Festival as lengthened on 27 January)."""


def _read_notices() -> dict[date, bool]:
    days: dict[date, bool] = {}
    for line in NOTICES.split("\n"):
        year, _, rest = line.partition(" ")
        off = True
        for word in rest.split():
            if word in {"off", "work"}:
                off = word == "off"
                continue
            numbers = [int(number) for number in re.findall(r"\d+", word)]
            day, last = date(int(year), *numbers[:2]), date(int(year), *numbers[-2:])
            while day <= last:
                days[day] = off
                day += timedelta(days=1)
    return days


ARRANGED = _read_notices()


def rests(day: date) -> bool:
    return ARRANGED.get(day, day.strftime("%A") in {"Saturday", "Sunday"})


def naive_last_day(start: date, count: int, unit: str) -> date:
    """Walk from the day after `start`, one day at a time, and say when the period is over."""
    day = start
    if unit == "calendar_days":
        for _ in range(count):
            day += timedelta(days=1)
    elif unit == "working_days":
        while count:
            day += timedelta(days=1)
            count -= not rests(day)
        return day
    else:
        firsts_to_pass = count * {"months": 1, "years": 12}[unit]
        while firsts_to_pass:
            day += timedelta(days=1)
            firsts_to_pass -= day.day == 1
        while day.day != start.day and (day + timedelta(days=1)).day != 1:
            day += timedelta(days=1)
    while rests(day):
        day += timedelta(days=1)
    return day
