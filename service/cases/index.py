"""The index that likely duplicates are found by: keyed hashes of normalised names and numbers, kept with each case.

A stolen copy of the table gives no name away without the key, which is derived from the home's wrapping key. The index
follows from the parties: it is replaced whenever they change, and an audit makes it again and compares.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from sqlmodel import col, delete, insert, select

from service.inputs import PartyInput
from service.law import NATURAL_PERSONS
from service.likeness import Firm, Person, keys_maker, keys_of
from service.tables import Case, MatchKey, Party

if TYPE_CHECKING:
    from sqlmodel import Session

PURPOSE: Final = "match-key"
"""What the key of the hashes is derived for."""
HASH_SYMBOLS: Final = 32
"""Hexadecimal symbols of a hash that are kept: 128 bits."""
BATCH: Final = 500
"""Cases whose keys are made in one transaction."""


def hash_keys(keys: Iterable[str], hash_key: bytes) -> frozenset[str]:
    """Keys as they are stored."""
    return frozenset(hmac.new(hash_key, key.encode(), hashlib.sha256).hexdigest()[:HASH_SYMBOLS] for key in keys)


def persons_and_firms(parties: Iterable[Party | PartyInput]) -> tuple[tuple[Person, ...], tuple[Firm, ...]]:
    """The parties as they are compared, as sent or as stored; a cell that an edit by hand left odd is read as text."""
    persons, firms = [], []
    for row in parties:
        name, phone = str(row.name), _text(row.phone)
        if row.kind in NATURAL_PERSONS:
            persons.append(
                Person(
                    name=name,
                    id_number=_text(row.id_number),
                    birth_date=_text(row.birth_date),
                    gender=_text(row.gender),
                    phone=phone,
                )
            )
            if row.stands_for:
                persons.append(Person(name=str(row.stands_for)))
        else:
            firms.append(
                Firm(
                    name=name,
                    credit_code=_text(row.credit_code),
                    representative=_text(row.representative),
                    phone=phone,
                )
            )
    return tuple(persons), tuple(firms)


def match_keys(parties: Iterable[Party], hash_key: bytes) -> frozenset[str]:
    """The stored keys of a case with these parties."""
    return hash_keys(keys_of(*persons_and_firms(parties)).all, hash_key)


def index_case(session: Session, case_id: str, parties: Iterable[Party], hash_key: bytes) -> None:
    """Replace the keys of a case by those of its parties as they are now."""
    session.exec(delete(MatchKey).where(col(MatchKey.case_id) == case_id))
    maker = keys_maker()
    rows = [{"case_id": case_id, "key": key, "maker": maker} for key in sorted(match_keys(parties, hash_key))]
    if rows:
        session.exec(insert(MatchKey), params=rows)


def index_again(session: Session, hash_key: bytes, *, after: str) -> str | None:
    """Make the keys of some cases that have none, or those of another maker, in the order of their ids after `after`.

    Returns the last of them, None when there was none. Parties may yield no key at all: such a case is looked at each
    time, and passed by.
    """
    older = select(MatchKey.case_id).where(MatchKey.maker != keys_maker())
    without = col(Case.id).not_in(select(MatchKey.case_id)) & col(Case.id).in_(select(Party.case_id))
    query = select(Case.id).where(col(Case.id) > after).where(col(Case.id).in_(older) | without)
    cases = session.exec(query.order_by(col(Case.id)).limit(BATCH)).all()
    parties: Mapping[str, list[Party]] = {case_id: [] for case_id in cases}
    for row in session.exec(select(Party).where(col(Party.case_id).in_(cases)).order_by(col(Party.position))):
        parties[row.case_id].append(row)
    for case_id in cases:
        index_case(session, case_id, parties[case_id], hash_key)
    return cases[-1] if cases else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
