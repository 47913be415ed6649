"""Identifiers that no statement discloses, found again or made anew.

Statements name the parties of a case and the instalments of an agreement by their place. Links to a case, released
papers and payments name them by an identifier, so that theirs is found again: from what was disclosed of the case when
the link was issued, and from the promise that was paid. Where that leaves two answers nothing is guessed: the restore
is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlmodel import select

from ledger.audit.seen import number_of
from ledger.canonical import canonical_bytes, sha256
from ledger.disclosure import parse_disclosure
from ledger.errors import Conflict, Malformed
from ledger.statement import parse_statement
from service.declarations import (
    AGREEMENT,
    CASE,
    DOCUMENT,
    INSTALMENT,
    INSTITUTION,
    NONPERFORMANCE,
    PARTY_LINK,
    RELEASE,
)
from service.tables import Agreement

if TYPE_CHECKING:
    from sqlmodel import Session

    from ledger.bundle_source import BundleSource

REMEDY: Final = "restore from the operator's own backup instead (service/docs/operations.md)"
_TOP_BITS: Final = 48
_TOP_DIGITS: Final = _TOP_BITS // 4

Place = tuple[str, int]
"""A case or an agreement, and a position in it."""


@dataclass(slots=True)
class Found:
    """What the rows of a bundle tell of identifiers. `streams` are the offices' own, with kind and office."""

    streams: dict[str, tuple[str, str]] = field(default_factory=dict)
    agents: dict[str, list[int]] = field(default_factory=dict)
    """Case → the parties that have agents, in the order in which they are listed, where there are several."""
    mentions: list[Mention] = field(default_factory=list)
    payments: dict[str, list[Payment]] = field(default_factory=dict)
    reported: set[Place] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A link or a released paper, which names a party by its identifier. `kind` is None where it is not said."""

    subject: str
    case: str
    party: str
    name: str
    kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An instalment of which a payment is recorded."""

    subject: str
    amount_fen: int
    due_on: str


class KnownPlaces:
    """The `Places` of a bundle: the same answer for the same place, without keeping all of them."""

    def __init__(self, session: Session, *, parties: Mapping[Place, str], instalments: Mapping[Place, str]) -> None:
        self._session = session
        self._parties = parties
        self._instalments = instalments

    def row(self, table: str, *place: object) -> str:
        """See `Places.row`."""
        return made_id(table, *place)

    def party(self, case: str, position: int) -> str:
        """See `Places.party`."""
        return self._parties.get((case, position)) or made_id("party", case, position)

    def instalment(self, agreement: str, position: int) -> str:
        """See `Places.instalment`."""
        return self._instalments.get((agreement, position)) or made_id("instalment", agreement, position)

    def case_of(self, agreement: str) -> str:
        """See `Places.case_of`."""
        return self._session.exec(select(Agreement.case_id).where(Agreement.id == agreement)).one()


def find_places(source: BundleSource, session: Session) -> tuple[Found, KnownPlaces]:
    """Read the bundle for identifiers.

    Raises Conflict where it leaves two answers, or none, and Malformed for values that no declaration gives.
    """
    try:
        return _find(source, session)
    except (KeyError, TypeError, AttributeError) as error:
        raise Malformed("rows.jsonl", f"not what the records disclose: {type(error).__name__}") from error


def _find(source: BundleSource, session: Session) -> tuple[Found, KnownPlaces]:
    found = _read_rows(source)
    parties = _parties(source, found.mentions) if found.mentions else {}
    for case, positions in found.agents.items():
        parties |= _in_order(case, positions, parties)
    instalments = _instalments(source, found) if found.payments else {}
    return found, KnownPlaces(session, parties=parties, instalments=instalments)


def made_id(table: str, *place: Any) -> str:
    """An identifier that follows from a place, and looks like any other."""
    digest = sha256(b"legal-ledger/restored-row/v1\n" + canonical_bytes([table, *place]))
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _read_rows(source: BundleSource) -> Found:
    found, released = Found(), list[tuple[str, Mapping[str, Any]]]()
    for row in source.rows():
        values: Mapping[str, Any] = row.values
        if row.kind == INSTITUTION.kind:
            for kind in ("access", "administration"):
                found.streams[values[f"{kind}_stream"]] = (kind, values["code"])
        elif row.kind == CASE.kind:
            positions = list(dict.fromkeys(agent["party"] for agent in values["agents"]))
            if len(positions) > 1:
                found.agents[row.subject] = positions
        elif row.kind == PARTY_LINK.kind:
            found.mentions.append(
                Mention(
                    subject=row.subject,
                    case=values["case"],
                    party=values["party"],
                    name=values["party_name"],
                    kind=values["party_kind"],
                )
            )
        elif row.kind == RELEASE.kind:
            released.append((row.subject, values))
        elif row.kind == INSTALMENT.kind:
            paid = Payment(subject=row.subject, amount_fen=values["amount_fen"], due_on=values["due_on"])
            found.payments.setdefault(values["agreement"], []).append(paid)
        elif row.kind == NONPERFORMANCE.kind and values["instalment"] is not None:
            found.reported.add((values["agreement"], values["instalment"]))
    cases = _cases_of(source, {values["document"] for _, values in released})
    found.mentions += [
        Mention(
            subject=subject,
            case=cases[values["document"]],
            party=values["party"],
            name=values["party_name"],
            kind=None,
        )
        for subject, values in released
    ]
    return found


def _cases_of(source: BundleSource, documents: set[str]) -> dict[str, str]:
    if not documents:
        return {}
    rows = (row for row in source.rows() if row.kind == DOCUMENT.kind and row.subject in documents)
    return {row.subject: str(row.values["case"]) for row in rows}


# ---------------------------------------------------------------------------------------------------------- the parties


def _parties(source: BundleSource, mentions: Sequence[Mention]) -> dict[Place, str]:
    """Which place each party has that a link or a released paper names: a place keeps its identifier."""
    possible = _possible(source, mentions)
    places: dict[Place, str] = {}
    for case in {case for case, _ in possible}:
        left = {party: set(found) for (owner, party), found in possible.items() if owner == case}
        while left:
            certain = next((party for party, found in left.items() if len(found) == 1), None)
            if certain is None:
                raise Conflict(
                    "restore",
                    f"case {number_of(case)}: nothing says which of several parties of one name a link or a released "
                    f"paper is for; {REMEDY}",
                )
            (position,) = left.pop(certain)
            places[case, position] = certain
            for found in left.values():
                found.discard(position)
    return places


def _possible(source: BundleSource, mentions: Sequence[Mention]) -> dict[tuple[str, str], set[int]]:
    """(case, party) → the places at which a party of that name stood whenever it was named."""
    by_subject = {mention.subject: mention for mention in mentions}
    cases = {mention.case for mention in mentions}
    standing: dict[str, list[Mapping[str, Any]]] = {}
    possible: dict[tuple[str, str], set[int]] = {}
    for stored in source.statements():
        statement = parse_statement(stored.body)
        if statement.subject in cases:
            standing[statement.subject] = _disclosed(stored.held, "parties")
        elif statement.subject in by_subject and statement.version == 1:
            mention = by_subject[statement.subject]
            found = {
                party["position"]
                for party in standing.get(mention.case, ())
                if party["name"] == mention.name and mention.kind in {None, party["kind"]}
            }
            key = (mention.case, mention.party)
            possible[key] = possible[key] & found if key in possible else found
    return possible


def _disclosed(held: object, name: str) -> list[Mapping[str, Any]]:
    for text in held if isinstance(held, tuple) else ():
        disclosure = parse_disclosure(text)
        if disclosure.name == name and isinstance(disclosure.value, list):
            return [item for item in disclosure.value if isinstance(item, Mapping)]
    return []


def _in_order(case: str, positions: Sequence[int], known: Mapping[Place, str]) -> dict[Place, str]:
    """Identifiers that sort as agents are listed: by the party's identifier, and so is it disclosed."""
    given: dict[Place, str] = {}
    low, waiting = 0, list[int]()
    for position in (*positions, None):
        fixed = None if position is None else known.get((case, position))
        if position is not None and fixed is None:
            waiting.append(position)
            continue
        high = 1 << _TOP_BITS if fixed is None else _top_of(fixed)
        step = (high - low) // (len(waiting) + 1)
        for number, place in enumerate(waiting, start=1):
            given[case, place] = _with_top(made_id("party", case, place), low + number * step)
        low, waiting = high, []
    return given


def _top_of(identifier: str) -> int:
    return int(identifier.replace("-", "")[:_TOP_DIGITS], 16)


def _with_top(identifier: str, top: int) -> str:
    return str(uuid.UUID(hex=f"{top:0{_TOP_DIGITS}x}{identifier.replace('-', '')[_TOP_DIGITS:]}"))


# ------------------------------------------------------------------------------------------------------ the instalments


def _instalments(source: BundleSource, found: Found) -> dict[Place, str]:
    """Which place of its agreement each instalment has of which a payment is recorded."""
    places: dict[Place, str] = {}
    for row in source.rows():
        if row.kind == AGREEMENT.kind and row.subject in found.payments:
            terms: Mapping[str, Any] = row.values["terms"]  # type: ignore[assignment]  # the declaration's own
            payments = found.payments[row.subject]
            places |= _paid_places(row.subject, terms["instalments"], payments, found.reported)
    return places


def _paid_places(
    agreement: str, promises: Iterable[Mapping[str, Any]], payments: Iterable[Payment], reported: set[Place]
) -> dict[Place, str]:
    promised: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
    for item in promises:
        promised.setdefault((item["amount_fen"], item["due_on"]), []).append(item)
    places: dict[Place, str] = {}
    for payment in payments:
        same = promised.get((payment.amount_fen, payment.due_on), [])
        alike = len({item["method"] for item in same}) == 1 and (
            len(same) == 1 or not any((agreement, item["position"]) in reported for item in same)
        )
        free = [item for item in same if (agreement, item["position"]) not in places]
        if not alike or not free:
            raise Conflict(
                "restore",
                f"agreement {number_of(agreement)}: nothing says which of several payments of one sum on one day was "
                f"made; {REMEDY}",
            )
        places[agreement, free[0]["position"]] = payment.subject
    return places
