"""What of a registration is compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A worker or a worker's relative, as written down."""

    name: str
    id_number: str | None = None
    birth_date: str | None = None
    gender: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A firm on either side, as written down."""

    name: str
    credit_code: str | None = None
    representative: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A registration, without which side anybody is on. `months` as `parse_months` counts them."""

    persons: tuple[Person, ...]
    firms: tuple[Firm, ...]
    dispute_type: str
    claims: frozenset[str]
    months: frozenset[int]
    received_on: date
