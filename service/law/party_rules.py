"""What follows from who the parties of a case are. Pure: it looks at roles, kinds and categories, never at names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.law.intake import CATEGORIES_OF_BASIS, CLAIMS_OF_MIGRANT_EXEMPTION

COLLECTIVE = 10
"""Workers from whom on they may choose representatives (劳动争议调解仲裁法 第七条)."""
OWN_SIDE = frozenset({"applicant", "recipient"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStanding:
    """What of a party the rules look at. `authorities` are those of its agents."""

    role: str
    kind: str
    category: str | None = None
    chosen: bool = False
    authorities: tuple[str, ...] = ()


def may_choose_representatives(parties: Iterable[PartyStanding]) -> bool:
    """Whether ten or more workers are on the applicants' side (劳动争议调解仲裁法 第七条)."""
    return sum(party.kind == "worker" and party.role in OWN_SIDE for party in parties) >= COLLECTIVE


def basis_fits(basis: str, parties: Iterable[PartyStanding], claims: Iterable[str]) -> bool:
    """Whether a basis of hardship is for one of the people who ask for aid (法律援助法 第四十二条)."""
    groups = CATEGORIES_OF_BASIS.get(basis)
    if groups is None:
        return True
    asking = any(party.role in OWN_SIDE and party.category in groups for party in parties)
    return asking and (basis != "exempt_migrant_worker" or bool(CLAIMS_OF_MIGRANT_EXEMPTION & set(claims)))


def party_hints(parties: Iterable[PartyStanding]) -> tuple[str, ...]:
    """Codes of `PARTY_HINTS` that apply to a case."""
    parties = tuple(parties)
    kinds = {party.kind for party in parties}
    found = {
        "choose_representatives": may_choose_representatives(parties) and not any(party.chosen for party in parties),
        "user_firm_missing": "labour_agency" in kinds and "user_firm" not in kinds,
        "agency_missing": "user_firm" in kinds and "labour_agency" not in kinds,
        "contractor_missing": "subcontractor" in kinds and "general_contractor" not in kinds,
        "no_special_authority": any("general" in party.authorities for party in parties),
    }
    return tuple(code for code, applies in found.items() if applies)
