"""Terms that a place sets beside the law's, from the office's file: one table for each rule.

    [legal_aid_review]
    length = 5
    unit = "working_days"
    source = "山东省法律援助条例 第十五条"
    checked_on = 2026-11-25

Beside a rule whose article was checked, such a term may shorten the period, never lengthen it: the earlier day counts.
A rule that is still to be verified takes the term as it is, and is no longer shown as 待核实.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from service.clocks.reading import BadClockFile, load_tables, only
from service.law.calendar import Length, Unit
from service.law.deadlines import DEADLINE_RULES, DeadlineRule, LocalTerm

MEMBERS = frozenset({"length", "unit", "source", "checked_on"})
MAX_COUNT = 3660
"""Ten years of days: no procedural term is longer."""


def load_rules(path: Path | None = None) -> Mapping[str, DeadlineRule]:
    """The rules, with the terms of the file at `path`; raises BadClockFile."""
    if path is None:
        return DEADLINE_RULES
    rules = dict(DEADLINE_RULES)
    for code, table in load_tables(path).items():
        rule = rules.get(code)
        if rule is None:
            raise BadClockFile(path, f"there is no rule {code}")
        if rule.ends_with_its_start:
            raise BadClockFile(path, f"{code} has no period that a place could set")
        rules[code] = replace(rule, local=_read_term(path, code, table))
    return MappingProxyType(rules)


def _read_term(path: Path, code: str, table: dict[str, Any]) -> LocalTerm:
    only(path, code, table, MEMBERS)
    count, unit, source, checked_on = (table.get(name) for name in ("length", "unit", "source", "checked_on"))
    if type(count) is not int or not 1 <= count <= MAX_COUNT:
        raise BadClockFile(path, f"[{code}] length is a whole number from 1 to {MAX_COUNT}")
    if unit not in set(Unit):
        raise BadClockFile(path, f"[{code}] unit is one of {', '.join(Unit)}")
    if not isinstance(source, str) or not source.strip():
        raise BadClockFile(path, f"[{code}] does not name its source")
    if not isinstance(checked_on, date) or isinstance(checked_on, datetime):
        raise BadClockFile(path, f"[{code}] does not say on which day it was checked, such as 2026-11-25")
    return LocalTerm(length=Length(count=count, unit=Unit(str(unit))), source=source.strip(), checked_on=checked_on)
