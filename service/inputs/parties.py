"""Parties, agents and claims as they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.fields import CreditCode, Day, Fen, IdNumber, Line, Name, OneOf, Phone, Position, Shape, Yes
from service.inputs.identity import id_birth_date
from service.law import (
    AUTHORITIES,
    CLAIM_KINDS,
    GENDERS,
    NATURAL_PERSONS,
    PARTY_KINDS,
    PARTY_ROLES,
    PERSON_CATEGORIES,
    RELATIONS,
    PartyStanding,
    may_choose_representatives,
)
from service.law.party_rules import OWN_SIDE

MAX_PARTIES = 300
"""One collective dispute of a large site; above it, offices split the file."""
MAX_AGENTS = 10
MAX_CLAIMS = 1000

Gender = Annotated[str, OneOf(GENDERS)]
Category = Annotated[str, OneOf(PERSON_CATEGORIES)]

_OF_PERSONS = ("gender", "birth_date", "id_number", "category", "occupation")
_OF_WORKERS = ("chosen",)
_OF_RELATIVES = ("stands_for", "relation")
_OF_FIRMS = ("credit_code", "representative", "representative_post")
_EVERY_SPECIAL = (*_OF_PERSONS, *_OF_WORKERS, *_OF_RELATIVES, *_OF_FIRMS)


class AgentInput(Shape):
    """Who acts for a party."""

    name: Name
    organisation: Name | None = None
    authority: Annotated[str, OneOf(AUTHORITIES)]
    phone: Phone | None = None


def _birth_date_fits(birth_date: Day | None, info: ValidationInfo) -> Day | None:
    number = info.data.get("id_number")
    if birth_date is not None and number is not None and id_birth_date(number) != birth_date:
        raise PydanticCustomError("birth_date_differs", "the ID number says another birth date")
    return birth_date


class ApplicantInput(Shape):
    """The worker of the short form."""

    name: Name
    id_number: IdNumber | None = None
    gender: Gender | None = None
    birth_date: Day | None = None
    phone: Phone | None = None
    address: Line | None = None
    category: Category | None = None
    occupation: Line | None = None

    _birth_date = field_validator("birth_date")(_birth_date_fits)


class EmployerInput(Shape):
    """The employer of the short form."""

    name: Name
    credit_code: CreditCode | None = None
    address: Line | None = None
    representative: Name | None = None
    representative_post: Line | None = None
    phone: Phone | None = None


class PartyInput(Shape):
    """One party of the long form; which fields apply depends on whether `kind` is a person or a firm."""

    role: Annotated[str, OneOf(PARTY_ROLES)]
    kind: Annotated[str, OneOf(PARTY_KINDS)]
    name: Name
    id_number: IdNumber | None = None
    gender: Gender | None = None
    birth_date: Day | None = None
    category: Category | None = None
    credit_code: CreditCode | None = None
    representative: Name | None = None
    representative_post: Line | None = None
    phone: Phone | None = None
    address: Line | None = None
    occupation: Line | None = None
    chosen: Annotated[Yes, Field(description="Chosen by ten or more workers to represent them.")] = False
    stands_for: Annotated[Name | None, Field(description="The worker who died, whose place a relative takes.")] = None
    relation: Annotated[str, OneOf(RELATIONS)] | None = None
    agents: Annotated[tuple[AgentInput, ...], Field(max_length=MAX_AGENTS)] = ()

    _birth_date = field_validator("birth_date")(_birth_date_fits)

    @field_validator(*_EVERY_SPECIAL)
    @classmethod
    def _fits_the_kind(cls, value: object, info: ValidationInfo) -> object:
        if value and "kind" in info.data and info.field_name not in _fields_of(info.data["kind"]):
            raise PydanticCustomError("not_of_this_kind", "this kind of party has no such field")
        return value

    @model_validator(mode="after")
    def _names_the_dead(self) -> Self:
        if self.kind == "relative" and self.role in OWN_SIDE and self.stands_for is None:
            raise PydanticCustomError("missing", "required", {"pointer": "/stands_for"})
        return self

    @property
    def standing(self) -> PartyStanding:
        """What the rules of law look at."""
        return PartyStanding(
            role=self.role,
            kind=self.kind,
            category=self.category,
            chosen=self.chosen,
            authorities=tuple(agent.authority for agent in self.agents),
        )


def _fields_of(kind: str) -> tuple[str, ...]:
    """The special fields that this kind of party has."""
    if kind not in NATURAL_PERSONS:
        return _OF_FIRMS
    return _OF_PERSONS + (_OF_WORKERS if kind == "worker" else _OF_RELATIVES)


class ClaimInput(Shape):
    """What one party claims; `party` is the place of the claimant in the list of parties."""

    kind: Annotated[str, OneOf(CLAIM_KINDS)]
    amount_fen: Fen | None = None
    detail: Line
    party: Position = 1


Parties = Annotated[tuple[PartyInput, ...], Field(min_length=1, max_length=MAX_PARTIES)]
Claims = Annotated[tuple[ClaimInput, ...], Field(max_length=MAX_CLAIMS)]


def check_claimants(claims: tuple[ClaimInput, ...], parties: int) -> None:
    """Refuse a claim of a party that is not in the list of `parties` parties."""
    for place, claim in enumerate(claims):
        if claim.party > parties:
            raise PydanticCustomError(
                "no_such_party",
                "there is no party {party}",
                {"party": claim.party, "pointer": f"/claims/{place}/party"},
            )


def check_chosen(parties: Iterable[PartyInput]) -> None:
    """Refuse representatives of fewer than ten workers (劳动争议调解仲裁法 第七条)."""
    parties = tuple(parties)
    if may_choose_representatives(party.standing for party in parties):
        return
    for place, party in enumerate(parties):
        if party.chosen:
            raise PydanticCustomError(
                "too_few_to_choose", "fewer than ten workers", {"pointer": f"/parties/{place}/chosen"}
            )
