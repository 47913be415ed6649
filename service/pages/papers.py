"""A registered agreement for whoever holds the paper: one large row for each thing that can be compared.

What the reader answers is kept nowhere. It decides what the page says next: what to do, and whom to call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.formats import render_day
from service.law import CLOSURES, PARTY_ROLES, PAYMENT_METHODS
from service.pages.language import N_

if TYPE_CHECKING:
    from service.law import Vocabulary
    from service.pages.forms import Form
    from service.pages.visits import Visit
    from service.verification import RegisteredAgreement

SAME, DIFFERENT = "same", "different"
ANSWER = "answer."
"""Prefix of the fields in which the rows are answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing to compare: what it is and what was registered; `answer` is empty until the reader gave one."""

    field: str
    label: str
    value: str
    detail: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The rows of a paper and what the answers together come to."""

    rows: tuple[Row, ...]

    @property
    def differing(self) -> tuple[Row, ...]:
        """The rows that the reader found to be different."""
        return tuple(row for row in self.rows if row.answer == DIFFERENT)

    @property
    def open(self) -> int:
        """How many rows are not answered."""
        return sum(not row.answer for row in self.rows)

    @property
    def begun(self) -> bool:
        """Whether any row is answered."""
        return self.open < len(self.rows)


def compare(visit: Visit, registered: RegisteredAgreement, form: Form) -> Comparison:
    """The rows of an agreement with the answers that were sent."""
    rows = []
    for place, (label, value, detail) in enumerate(_rows(visit, registered)):
        field = f"{ANSWER}{place}"
        answer = form.value(field)
        known = answer if answer in {SAME, DIFFERENT} else ""
        rows.append(Row(field=field, label=label, value=value, detail=detail, answer=known))
    return Comparison(rows=tuple(rows))


def _rows(visit: Visit, registered: RegisteredAgreement) -> Iterator[tuple[str, str, str]]:
    say, language = visit.say, visit.language

    def term(code: str, vocabulary: Vocabulary) -> str:
        return str(getattr(vocabulary[code], language.value)) if code in vocabulary else code

    yield say(N_("Sum agreed")), visit.money(registered.total_fen), ""
    for item in registered.instalments:
        label = say(N_("Payment %(number)s"), number=item.position)
        due = say(N_("due on %(day)s"), day=render_day(item.due_on, language))
        yield label, visit.money(item.amount_fen), f"{due} · {term(item.method, PAYMENT_METHODS)}"
    for text in registered.waivers or (say(N_("None")),):
        yield say(N_("Claims that are given up")), text, ""
    yield say(N_("Closure")), term(registered.closure, CLOSURES), ""
    if registered.late_terms:
        yield say(N_("When a payment is late")), registered.late_terms, ""
    if registered.employment_ends_on:
        yield say(N_("Last day of the employment")), render_day(registered.employment_ends_on, language), ""
    yield say(N_("Agreed on")), render_day(registered.agreed_on, language), ""
    for party in registered.parties:
        yield term(party.role, PARTY_ROLES), party.name, ""
