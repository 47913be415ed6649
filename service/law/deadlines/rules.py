"""The shape of a rule: from which happening a period runs, how long, what settles it, and on what authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.law.calendar import Length
from service.law.deadlines.happenings import HAPPENINGS
from service.law.terms import vocabulary


class Nature(StrEnum):
    """What missing it means."""

    DUTY = "duty"
    """An office or court has to act; when it did not, that is a finding."""
    RIGHT = "right"
    """Somebody may act until then; afterwards the way is closed."""
    PROMISE = "promise"
    """A party promised it in the agreement."""
    GUIDE = "guide"
    """The law names the time; letting it pass opens another way and is nobody's fault."""


ACTORS = vocabulary(
    ("legal_aid_centre", "法律援助机构", "Legal-aid centre"),
    ("lawyer", "法律援助人员", "Legal-aid lawyer"),
    ("justice_bureau", "司法行政部门", "Justice bureau"),
    ("mediator", "调解组织", "Mediation organisation"),
    ("both_parties", "双方当事人共同", "Both parties together"),
    ("worker", "劳动者", "Worker"),
    ("employer", "用人单位", "Employer"),
    ("party", "当事人", "Either party"),
    ("arbitration_commission", "仲裁委员会", "Arbitration commission"),
    ("court", "人民法院", "Court"),
    ("social_insurance", "社会保险行政部门", "Social insurance department"),
)
"""Who has to act, or may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The authority of a rule. Without `checked_on` its text was not at hand: it is shown as 待核实."""

    law: str
    law_en: str
    article: str
    version: str
    checked_on: date | None

    @property
    def is_checked(self) -> bool:
        """Whether the article was compared with the text of the law."""
        return self.checked_on is not None

    @property
    def cited(self) -> str:
        """The law and the article, as they are cited."""
        return f"{self.law} {self.article}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTerm:
    """A term that this place sets beside the law's. Beside a checked rule it may shorten, never lengthen."""

    length: Length
    source: str
    checked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """One rule.

    It runs from each happening in `starts`. One in `restarts` lets it run anew, between `pauses` and `resumes` it
    stands still; the first in `met_by` settles it, one in `moot_by` takes its object away. Without a length the day of
    the start is itself the last one; `before` counts back from it. `kinds` limits it to kinds of case.
    """

    code: str
    zh: str
    en: str
    source: Source
    length: Length | None
    actor: str
    nature: Nature
    starts: frozenset[str]
    met_by: frozenset[str]
    consequence_zh: str
    consequence_en: str
    moot_by: frozenset[str] = frozenset()
    restarts: frozenset[str] = frozenset()
    pauses: str | None = None
    resumes: str | None = None
    kinds: frozenset[str] = frozenset({"consultation", "legal_aid", "mediation"})
    channels: frozenset[str] = frozenset()
    """Only for matters that came in this way; empty for all."""
    offices: frozenset[str] = frozenset()
    """Only at offices of this kind; empty for all."""
    wages_only: bool | None = None
    """True: only where wages are claimed. False: only where something else is claimed."""
    before: bool = False
    met_before: bool = False
    """Whether what settles it may have come before the start, as an assignment after urgent aid."""
    bars_the_claim: bool = False
    """Whether missing it bars the claim: with fewer than seven days left urgent aid may be given (法律援助法 44)."""
    extendable: int | None = None
    """By how many units the body may extend it; shown, never assumed."""
    local: LocalTerm | None = None

    def __post_init__(self) -> None:
        for code in self.codes:
            if code not in HAPPENINGS:
                raise ValueError(f"{self.code}: no such happening: {code}")

    @property
    def ends_with_its_start(self) -> bool:
        """Whether the last day is the day of the start or one before it, rather than the end of a period after it."""
        return self.length is None or self.before

    @property
    def codes(self) -> frozenset[str]:
        """Every happening that the rule looks at."""
        turns = frozenset(code for code in (self.pauses, self.resumes) if code is not None)
        return self.starts | self.met_by | self.moot_by | self.restarts | turns
