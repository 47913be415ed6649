"""What a lawyer's clock runs on: the arranged holidays, and the rules with the terms of this place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.clocks.holidays import ArrangedHolidays, load_holidays
from service.clocks.local_terms import load_rules
from service.clocks.reading import BadClockFile
from service.law.deadlines import DeadlineRule

__all__ = ["ArrangedHolidays", "BadClockFile", "Clocks", "load_clocks", "load_holidays", "load_rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What deadlines are computed with, read once at start."""

    holidays: ArrangedHolidays
    rules: Mapping[str, DeadlineRule]


def load_clocks(*, holidays: Path | None = None, local_terms: Path | None = None) -> Clocks:
    """Read the office's files, where it has any; raises BadClockFile."""
    return Clocks(holidays=load_holidays(holidays), rules=load_rules(local_terms))
