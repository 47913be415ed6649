"""Every rule, in the order of the work: legal aid, mediation, agreement, the ways to court, arbitration, limitation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from service.law.deadlines.rules import DeadlineRule
from service.law.deadlines.table_aid import LEGAL_AID_RULES
from service.law.deadlines.table_arbitration import ARBITRATION_RULES, LIMITATION_RULES
from service.law.deadlines.table_mediation import AGREEMENT_RULES, ENFORCEMENT_RULES, MEDIATION_RULES

_ALL: Final = (
    *LEGAL_AID_RULES,
    *MEDIATION_RULES,
    *AGREEMENT_RULES,
    *ENFORCEMENT_RULES,
    *ARBITRATION_RULES,
    *LIMITATION_RULES,
)

DEADLINE_RULES: Final[Mapping[str, DeadlineRule]] = MappingProxyType({rule.code: rule for rule in _ALL})
"""The rules by code. Codes are permanent: calendars and reports name them."""
