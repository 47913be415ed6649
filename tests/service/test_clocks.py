"""The office's own files: holidays of a year that the package lacks, and terms of this place."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from service.clocks import load_holidays, load_rules
from service.clocks.reading import MAX_BYTES, BadClockFile
from service.law.calendar import Length, Unit, last_day
from service.law.deadlines import DEADLINE_RULES, Happening, Matter, case_deadlines

SEVEN_DAYS = Length(count=7, unit=Unit.CALENDAR_DAYS)
YEAR_2027 = """
[2027]
source = "国务院办公厅关于2027年部分节假日安排的通知（样例）"
off = [2026-12-31, 2027-01-01, 2027-02-05, 2027-02-06, 2027-02-08]
working = [2027-02-14]
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "clock.toml"
    path.write_text(text, "utf-8")
    return path


def test_file_adds_the_year_that_is_missing(tmp_path: Path) -> None:
    holidays = load_holidays(_file(tmp_path, YEAR_2027))

    found = last_day(date(2027, 2, 1), SEVEN_DAYS, holidays)
    shifted = last_day(date(2027, 2, 7), SEVEN_DAYS, holidays)

    assert (found.day, found.missing_years) == (date(2027, 2, 9), ())
    assert shifted.day == date(2027, 2, 14)
    assert last_day(date(2026, 12, 24), SEVEN_DAYS, holidays).day == date(2027, 1, 4)


def test_file_replaces_a_year_of_the_package(tmp_path: Path) -> None:
    text = '[2026]\nsource = "更正"\noff = [2026-07-20]\n'

    holidays = load_holidays(_file(tmp_path, text))

    assert last_day(date(2026, 7, 13), SEVEN_DAYS, holidays).day == date(2026, 7, 21)
    assert last_day(date(2026, 9, 24), SEVEN_DAYS, holidays).day == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("off = [", "is not TOML"),
        ('source = "x"', "stands outside a table"),
        ('[spring]\nsource = "x"\noff = [2027-01-01]', "is not a year"),
        ('[9999]\nsource = "x"\noff = [9999-01-01]', "is not a year"),
        ("[2027]\noff = [2027-01-01]", "does not name its source"),
        ('[2027]\nsource = "x"', "needs its days as a list"),
        ('[2027]\nsource = "x"\noff = []', "has no day off"),
        ('[2027]\nsource = "x"\noff = ["2027-01-01"]', "is not a day"),
        ('[2027]\nsource = "x"\noff = [2027-01-01T00:00:00]', "is not a day"),
        ('[2027]\nsource = "x"\noff = [2026-12-01]', "belongs to another year"),
        ('[2027]\nsource = "x"\noff = [2027-01-02]\nworking = [2027-01-02]', "both off and working"),
        ('[2027]\nsource = "x"\noff = [2027-01-01]\nworking = [2027-01-04]', "is no Saturday or Sunday"),
        ('[2027]\nsource = "x"\noff = [2027-01-01]\nwork = [2027-01-02]', "unknown member work"),
        ("#" * (MAX_BYTES + 1), "is longer than"),
        ("\udcff", "is not TOML"),
    ],
)
def test_file_of_holidays_that_cannot_be_right_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "clock.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(BadClockFile, match=reason):
        load_holidays(path)


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadClockFile, match="No such file"):
        load_holidays(tmp_path / "none.toml")


def _shandong() -> str:
    page = files("service").joinpath("docs", "deadlines.md").read_text("utf-8")
    found = re.search(r"```toml\n(# LEDGER_LOCAL_TERMS.*?)```", page, re.DOTALL)
    assert found
    return found[1]


def _review(rules: Path, received: date) -> tuple[date | None, bool]:
    (found,) = case_deadlines(
        [Happening(code="case.received", occurred_on=received)],
        Matter(kind="legal_aid", channel="12348", office_kind="legal_aid_centre"),
        today=received,
        holidays=load_holidays(),
        rules=load_rules(rules).values(),
    )
    return found.due_on, found.is_local


def test_term_of_shandong_shortens_the_review(tmp_path: Path) -> None:
    rules = _file(tmp_path, _shandong())

    # Sunday 20 September 2026 is worked, so five working days from Wednesday 16 end on the 22nd
    assert _review(rules, date(2026, 9, 16)) == (date(2026, 9, 22), True)


def test_term_of_a_place_never_lengthens_what_the_law_sets(tmp_path: Path) -> None:
    rules = _file(tmp_path, _shandong())

    # five working days from Wednesday 30 September 2026 end on Thursday 15 October, after the law's seven days
    assert _review(rules, date(2026, 9, 30)) == (date(2026, 10, 8), False)


def test_term_settles_a_rule_that_was_to_be_verified(tmp_path: Path) -> None:
    text = '[legal_aid_file]\nlength = 45\nunit = "calendar_days"\nsource = "本所核对"\nchecked_on = 2026-11-25\n'
    rules = load_rules(_file(tmp_path, text))

    (found,) = case_deadlines(
        [Happening(code="step.complete", occurred_on=date(2026, 7, 20))],
        Matter(kind="legal_aid", channel="12348", office_kind="legal_aid_centre"),
        today=date(2026, 7, 20),
        holidays=load_holidays(),
        rules=[rules["legal_aid_file"]],
    )

    assert (found.due_on, found.is_local) == (date(2026, 9, 3), True)


def test_rules_without_a_file_are_those_of_the_law() -> None:
    assert load_rules() is DEADLINE_RULES


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[no_such_rule]\nlength = 1", "there is no rule no_such_rule"),
        ("[instalment]\nlength = 1", "no period that a place could set"),
        ('[mediation_term]\nlength = 0\nunit = "calendar_days"', "length is a whole number"),
        ('[mediation_term]\nlength = true\nunit = "calendar_days"', "length is a whole number"),
        ('[mediation_term]\nlength = 5\nunit = "weeks"', "unit is one of calendar_days"),
        ('[mediation_term]\nlength = 5\nunit = "months"', "does not name its source"),
        ('[mediation_term]\nlength = 5\nunit = "months"\nsource = "x"', "on which day it was checked"),
        ("[mediation_term]\ndays = 5", "unknown member days"),
    ],
)
def test_file_of_terms_that_cannot_be_right_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(BadClockFile, match=reason):
        load_rules(_file(tmp_path, text))
