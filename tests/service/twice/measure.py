"""How well duplicates are found: every pair's second registration is looked for among everything on file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from service.likeness import Dossier, Firm, Person, Thresholds, judge, keys_of, parse_months
from tests.service.twice.registrations import Body
from tests.service.twice.variants import Pair

PERSONS = frozenset({"worker", "relative"})


def dossier_of(body: Body) -> Dossier:
    """What of a body is compared."""
    persons, firms = [], []
    for party in body["parties"]:
        given = {name: party.get(name) for name in ("id_number", "birth_date", "gender", "phone")}
        if party["kind"] in PERSONS:
            persons.append(Person(name=party["name"], **given))
        else:
            of_firm = {name: party.get(name) for name in ("credit_code", "representative", "phone")}
            firms.append(Firm(name=party["name"], **of_firm))
    details = parse_months(claim["detail"] for claim in body["claims"])
    return Dossier(
        persons=tuple(persons),
        firms=tuple(firms),
        dispute_type=body["dispute_type"],
        claims=frozenset(claim["kind"] for claim in body["claims"]),
        months=details or parse_months([body["facts"]]),
        received_on=date.fromisoformat(body["received_on"]),
    )


class Archive:
    """Everything on file, found by its keys."""

    def __init__(self, bodies: Iterable[Body], thresholds: Thresholds | None = None) -> None:
        self._dossiers: list[Dossier] = []
        self._by_key: dict[str, set[int]] = defaultdict(set)
        self._thresholds = thresholds
        self.compared = 0
        for body in bodies:
            self.add(dossier_of(body))

    def add(self, dossier: Dossier) -> int:
        """File one; its number."""
        self._dossiers.append(dossier)
        for key in keys_of(dossier.persons, dossier.firms).all:
            self._by_key[key].add(len(self._dossiers) - 1)
        return len(self._dossiers) - 1

    def find(self, dossier: Dossier) -> set[int]:
        """The numbers of those that may be the same dispute."""
        keys = keys_of(dossier.persons, dossier.firms)
        candidates = (self._sharing(keys.persons) & self._sharing(keys.firms)) | self._sharing(keys.alone)
        self.compared += len(candidates)
        return {one for one in candidates if judge(self._dossiers[one], dossier, self._thresholds) is not None}

    def _sharing(self, keys: Iterable[str]) -> set[int]:
        found: set[int] = set()
        return found.union(*(self._by_key.get(key, ()) for key in keys))


@dataclass(slots=True)
class Counted:
    """Of one class: pairs, pairs that were shown, and cases shown that have nothing to do with the pair."""

    pairs: int = 0
    shown: int = 0
    strangers: int = 0


@dataclass(slots=True)
class Measured:
    """Everything that was counted."""

    same: dict[str, Counted] = field(default_factory=lambda: defaultdict(Counted))
    apart: dict[str, Counted] = field(default_factory=lambda: defaultdict(Counted))

    @property
    def recall(self) -> float:
        """Of the duplicates, the share that was shown."""
        return _sum(self.same, "shown") / _sum(self.same, "pairs")

    @property
    def precision(self) -> float:
        """Of the cases shown, the share that is the duplicate; strangers and hard negatives count against it."""
        wrong = _sum(self.same, "strangers") + _sum(self.apart, "strangers") + _sum(self.apart, "shown")
        return _sum(self.same, "shown") / (_sum(self.same, "shown") + wrong)


def measure(pairs: Iterable[Pair], archive: Archive) -> Measured:
    """File the first of every pair beside everything else, then look for the second."""
    measured = Measured()
    filed = [(pair, archive.add(dossier_of(pair.filed))) for pair in pairs]
    for pair, number in filed:
        counted = (measured.same if pair.same else measured.apart)[pair.of]
        found = archive.find(dossier_of(pair.comes))
        counted.pairs += 1
        counted.shown += number in found
        counted.strangers += len(found - {number})
    return measured


def render(measured: Measured) -> str:
    """The figures by class."""
    lines = [f"precision {measured.precision:.4f}  recall {measured.recall:.4f}"]
    for title, classes in (("one dispute", measured.same), ("only alike", measured.apart)):
        lines.append(title)
        lines += [f"  {of:28} {c.shown:5}/{c.pairs:5}  strangers {c.strangers}" for of, c in classes.items()]
    return "\n".join(lines)


def _sum(classes: Mapping[str, Counted], name: str) -> int:
    return sum(int(getattr(counted, name)) for counted in classes.values())
