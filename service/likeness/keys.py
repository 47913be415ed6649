"""What a registration is found by, without comparing it with every other one.

A candidate shares a key of a person *and* a key of a firm, or one that is strong enough alone. Keys are text here;
where they are kept, they are kept as keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise

from service.likeness.dossier import Firm, Person
from service.likeness.names import first_sound, normal_firm, normal_name
from service.likeness.numbers import normal_id, normal_number, normal_phone

RULES = 1
"""Changed with every change of what keys are made of; the service then makes all of them anew when it starts."""
MIN_CUT = 3
"""Characters of a name of which one may be missing: of two, the one that is left would name a tenth of the country."""
MAX_CUT = 12
"""Characters of a name that are cut one at a time; names beyond it (transliterated ones) are found as a whole."""
MAX_FIRM_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys by what they are of. `alone` need no company."""

    persons: frozenset[str]
    firms: frozenset[str]
    alone: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every key."""
        return self.persons | self.firms | self.alone


def keys_maker() -> str:
    """Which rules and dictionaries keys are made by: those of another maker need not be the same."""
    return f"{RULES} opencc {version('opencc')} pypinyin {version('pypinyin')}"


def keys_of(persons: Iterable[Person], firms: Iterable[Firm]) -> Keys:
    """The keys of a registration; the same for every way of writing it that `judge` takes for the same."""
    persons = tuple(persons)
    return Keys(
        persons=frozenset(key for person in persons for key in _of_person(person)),
        firms=frozenset(key for firm in firms for key in _of_firm(firm)),
        alone=frozenset(key for person in persons for key in _alone(person)),
    )


def _of_person(person: Person) -> Iterator[str]:
    name = normal_name(person.name)
    yield f"name {name}"
    yield f"sound {first_sound(name)}"
    if MIN_CUT <= len(name) <= MAX_CUT:
        for place in range(len(name)):
            yield f"name {name[:place]}{name[place + 1 :]}"
    if number := normal_id(person.id_number):
        yield f"id {number[:17]}"
    if phone := normal_phone(person.phone):
        yield f"phone {phone}"


def _of_firm(firm: Firm) -> Iterator[str]:
    core = normal_firm(firm.name).core
    sounds = first_sound(core).split("-")[:MAX_FIRM_PARTS]
    yield f"firm {'-'.join(sounds)}"
    for first, second in pairwise(sounds):
        yield f"part {first}-{second}"
    if code := normal_number(firm.credit_code):
        yield f"code {code}"


def _alone(person: Person) -> Iterator[str]:
    if number := normal_id(person.id_number):
        yield f"alone id {number[:17]}"
    if phone := normal_phone(person.phone):
        yield f"alone {first_sound(normal_name(person.name))} {phone}"
