"""The days that an office notes because a clock runs from them, or stops there, and no other record has them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from service.law.deadlines.happenings import HAPPENINGS
from service.law.terms import Vocabulary

_OWN_RECORD: Final = (".opened", ".pursued", ".accepted", ".closed")
"""Milestones that the proceeding itself has."""

KEY_DATES: Final[Vocabulary] = MappingProxyType(
    {
        code: term
        for code, term in HAPPENINGS.items()
        if code.startswith("fact.") or (code.startswith("proceeding.") and not code.endswith(_OWN_RECORD))
    }
)
"""Facts outside the case, such as the end of the employment, and milestones of a proceeding, such as its award."""

AHEAD: Final = frozenset({"proceeding.arbitration.hearing"})
"""Days that are fixed before they come."""
