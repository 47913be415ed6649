"""Two registrations compared in full: as persons, as firms, as a matter.

Scores are 0 to 100, reasons are permanent codes. A contradiction (two right ID numbers, two right credit codes, two
birth dates) weighs more than any likeness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from rapidfuzz.distance import OSA

from service.inputs.identity import id_birth_date
from service.likeness.dossier import Dossier, Firm, Person
from service.likeness.names import normal_firm, normal_name, sounds_alike
from service.likeness.numbers import (
    Agreement,
    compare_credit_codes,
    compare_id_numbers,
    is_id_number,
    normal_id,
    normal_phone,
)

SAME: Final = 100
SOUND: Final = 90
"""A character that sounds the same: how names are taken down on the telephone."""
SLIP: Final = 85
"""A character missing, too many, or two swapped."""
OTHER_CHARACTER: Final = 60
"""One character is another one: a brother's name as likely as a slip."""
SUPPORT: Final = 10
"""What a telephone number, a birth date or a representative adds."""
STRONG: Final = 25
"""What an ID number or credit code with a slip in it adds."""
OTHER_GENDER: Final = 20
NO_FIRM: Final = 80
"""Nobody named the firm: the person must be certain (see `CERTAIN`)."""
CERTAIN: Final = 110
MIN_PARTIAL: Final = 3
"""Characters of a firm's short name that stand for the long one."""
LONG_CORE: Final = 6
"""Characters of a core from which one that is another is a slip sooner than another trade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What each part must reach; set on one seed of the generator, reported on another (service/docs/duplicates.md)."""

    person: int = 80
    firm: int = 75
    matter: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Why two registrations may be one dispute. `score` orders them; `reasons` are codes of `law.LIKENESS_REASONS`."""

    person: int
    firm: int
    matter: int
    reasons: tuple[str, ...]

    @property
    def score(self) -> int:
        """0 to 100, for order only."""
        return min(100, (2 * self.person + 2 * self.firm + self.matter) // 5)


@dataclass(frozen=True, slots=True)
class _Part:
    score: int
    reasons: tuple[str, ...] = ()


_NOTHING = _Part(0)
_Party = TypeVar("_Party")


def judge(one: Dossier, other: Dossier, thresholds: Thresholds | None = None) -> Likeness | None:
    """The likeness of two registrations, or None when they are not taken for one dispute. Symmetric."""
    needed = thresholds or Thresholds()
    matter = _compare_matters(one, other)
    if matter.score < needed.matter:
        return None
    person = _best(_compare_persons, one.persons, other.persons)
    if person.score < needed.person:
        return None
    firm = _best(_compare_firms, one.firms, other.firms)
    if not one.firms or not other.firms:
        firm = _Part(NO_FIRM, ("no_firm_named",)) if person.score >= CERTAIN else _NOTHING
    if firm.score < needed.firm:
        return None
    return Likeness(
        person=min(person.score, SAME),
        firm=min(firm.score, SAME),
        matter=matter.score,
        reasons=(*person.reasons, *firm.reasons, *matter.reasons),
    )


def _best(compare: Callable[[_Party, _Party], _Part], ones: Iterable[_Party], others: Iterable[_Party]) -> _Part:
    others = tuple(others)
    return max((compare(one, other) for one in ones for other in others), key=lambda part: part.score, default=_NOTHING)


def _compare_persons(one: Person, other: Person) -> _Part:
    numbers = compare_id_numbers(one.id_number, other.id_number)
    births = {birth for birth in (_birth(one), _birth(other)) if birth}
    if numbers is Agreement.CONTRADICT or (numbers is not Agreement.SAME and len(births) > 1):
        return _NOTHING
    name = _compare_names(normal_name(one.name), normal_name(other.name))
    if numbers is Agreement.SAME:
        return _Part(SAME + max(STRONG, name.score // 2), ("same_id_number", *name.reasons))
    if not name.score:
        return _NOTHING
    score, reasons = name.score, list(name.reasons)
    if numbers is Agreement.SLIP:
        score, reasons = score + STRONG, [*reasons, "id_number_slip"]
    if (phone := normal_phone(one.phone)) and phone == normal_phone(other.phone):
        score, reasons = score + SUPPORT, [*reasons, "same_phone"]
    if _birth(one) and _birth(one) == _birth(other):
        score, reasons = score + SUPPORT, [*reasons, "same_birth_date"]
    if one.gender and other.gender and one.gender != other.gender:
        score -= OTHER_GENDER
    return _Part(score, tuple(reasons))


def _compare_names(one: str, other: str) -> _Part:
    if one == other:
        return _Part(SAME, ("same_name",))
    if sounds_alike(one, other):
        return _Part(SOUND, ("name_sounds_alike",))
    if OSA.distance(one, other, score_cutoff=1) > 1 or min(len(one), len(other)) <= 1:
        return _NOTHING
    if len(one) != len(other) or sorted(one) == sorted(other):
        return _Part(SLIP, ("name_slip",))
    return _Part(OTHER_CHARACTER, ("name_slip",))


def _birth(person: Person) -> str | None:
    if person.birth_date:
        return person.birth_date
    number = normal_id(person.id_number)
    birth = id_birth_date(number) if is_id_number(number) else None
    return birth.isoformat() if birth else None


def _compare_firms(one: Firm, other: Firm) -> _Part:
    first, second = normal_firm(one.name), normal_firm(other.name)
    codes = compare_credit_codes(one.credit_code, other.credit_code)
    # a branch has a code of its own
    if codes is Agreement.CONTRADICT and not (first.is_branch or second.is_branch):
        return _NOTHING
    if codes is Agreement.SAME:
        return _Part(SAME, ("same_credit_code",))
    name = _compare_cores(first.core, second.core)
    if not name.score:
        return _NOTHING
    score, reasons = name.score, list(name.reasons)
    if codes is Agreement.SLIP:
        score, reasons = score + STRONG, [*reasons, "credit_code_slip"]
    representative = normal_name(one.representative or "")
    if representative and representative == normal_name(other.representative or ""):
        score, reasons = score + SUPPORT, [*reasons, "same_representative"]
    if (phone := normal_phone(one.phone)) and phone == normal_phone(other.phone):
        score, reasons = score + SUPPORT, [*reasons, "same_firm_phone"]
    return _Part(score, tuple(reasons))


def _compare_cores(one: str, other: str) -> _Part:
    if one == other:
        return _Part(SAME, ("same_firm_name",))
    if sounds_alike(one, other):
        return _Part(SOUND, ("firm_name_sounds_alike",))
    short, long = sorted((one, other), key=len)
    if len(short) >= MIN_PARTIAL and long.startswith(short):
        return _Part(SLIP, ("firm_name_part",))
    if OSA.distance(one, other, score_cutoff=1) <= 1:
        slip = len(one) != len(other) or sorted(one) == sorted(other) or len(one) >= LONG_CORE
        return _Part(SLIP if slip else OTHER_CHARACTER, ("firm_name_slip",))
    return _NOTHING


RELATED: Final = (frozenset({"D5a", "D2", "D6"}), frozenset({"D5c", "D5d", "D3", "D2"}), frozenset({"D5b", "D6"}))
"""Types of dispute that offices code one and the same quarrel under."""
NEAR_DAYS, FAR_DAYS = 120, 240
"""Days between two registrations of one dispute of which nobody named months: mostly under 120, never above 240."""
OVERLAP: Final = 0.25
"""Share of the fewer months that both speak of."""


def _compare_matters(one: Dossier, other: Dossier) -> _Part:
    when, what = _compare_times(one, other), _compare_kinds(one, other)
    if not when.score or not what.score:
        return _NOTHING
    return _Part((2 * when.score + what.score) // 3, (*when.reasons, *what.reasons))


def _compare_times(one: Dossier, other: Dossier) -> _Part:
    days = abs((one.received_on - other.received_on).days)
    if one.months and other.months:
        shared = len(one.months & other.months) / min(len(one.months), len(other.months))
        return _Part(SAME, ("same_months",)) if shared >= OVERLAP else _NOTHING
    if days <= NEAR_DAYS:
        return _Part(SLIP, ("near_in_time",))
    return _Part(OTHER_CHARACTER, ("within_months",)) if days <= FAR_DAYS else _NOTHING


def _compare_kinds(one: Dossier, other: Dossier) -> _Part:
    if one.dispute_type == other.dispute_type:
        return _Part(SAME, ("same_type",))
    if one.claims & other.claims:
        return _Part(SOUND, ("same_claims",))
    if any({one.dispute_type, other.dispute_type} <= group for group in RELATED):
        return _Part(OTHER_CHARACTER, ("related_type",))
    return _Part(OTHER_CHARACTER // 2, ("other_type",))
