"""What is sent to register or change a case."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.fields import (
    CreditCode,
    Day,
    Fen,
    IdNumber,
    Line,
    Name,
    OneOf,
    Phone,
    Position,
    Shape,
    Text,
)
from service.inputs.identity import id_birth_date
from service.law import (
    ALL_DISPUTE_TYPES,
    AUTHORITIES,
    CASE_KINDS,
    CHANNELS,
    CLAIM_KINDS,
    GENDERS,
    NATURAL_PERSONS,
    PARTY_KINDS,
    PARTY_ROLES,
    PERSON_CATEGORIES,
    REFERRALS,
)

MAX_PARTIES = 300
"""One collective dispute of a large site; above it, offices split the file."""
MAX_AGENTS = 10
MAX_CLAIMS = 1000

CaseKind = Annotated[str, OneOf(CASE_KINDS)]
DisputeType = Annotated[str, OneOf(ALL_DISPUTE_TYPES)]
Channel = Annotated[str, OneOf(CHANNELS)]
Referral = Annotated[str, OneOf(REFERRALS)]
Gender = Annotated[str, OneOf(GENDERS)]
Category = Annotated[str, OneOf(PERSON_CATEGORIES)]

_OF_PERSONS = ("gender", "birth_date", "id_number", "category")
_OF_FIRMS = ("credit_code", "representative")


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

    _birth_date = field_validator("birth_date")(_birth_date_fits)


class EmployerInput(Shape):
    """The employer of the short form."""

    name: Name
    credit_code: CreditCode | None = None
    address: Line | None = None
    representative: Name | None = None
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
    phone: Phone | None = None
    address: Line | None = None
    agents: Annotated[tuple[AgentInput, ...], Field(max_length=MAX_AGENTS)] = ()

    _birth_date = field_validator("birth_date")(_birth_date_fits)

    @field_validator(*_OF_PERSONS, *_OF_FIRMS)
    @classmethod
    def _fits_the_kind(cls, value: object, info: ValidationInfo) -> object:
        foreign = _OF_FIRMS if info.data.get("kind") in NATURAL_PERSONS else _OF_PERSONS
        if value is not None and "kind" in info.data and info.field_name in foreign:
            raise PydanticCustomError("not_of_this_kind", "this kind of party has no such field")
        return value


class ClaimInput(Shape):
    """What one party claims; `party` is the place of the claimant in the list of parties."""

    kind: Annotated[str, OneOf(CLAIM_KINDS)]
    amount_fen: Fen | None = None
    detail: Line
    party: Position = 1


Parties = Annotated[tuple[PartyInput, ...], Field(min_length=1, max_length=MAX_PARTIES)]
Claims = Annotated[tuple[ClaimInput, ...], Field(max_length=MAX_CLAIMS)]


class CaseInput(Shape):
    """A new case: `applicant` and `employer` for one worker and one firm, or `parties` for everything else."""

    kind: CaseKind
    dispute_type: DisputeType
    channel: Channel
    referral: Referral | None = None
    referred_by: Line | None = None
    received_on: Day
    applicant: ApplicantInput | None = None
    employer: EmployerInput | None = None
    parties: Parties | None = None
    claims: Claims = ()
    facts: Text

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.parties is not None and (self.applicant is not None or self.employer is not None):
            raise PydanticCustomError("two_forms", "use applicant and employer, or parties, not both")
        if self.parties is None and self.applicant is None:
            raise _missing("/applicant")
        roles = {party.role for party in self.all_parties}
        if (lacking := lacks(self.kind, roles, claims=len(self.claims))) is not None:
            raise _missing("/employer" if self.parties is None and lacking == "parties" else f"/{lacking}")
        check_claimants(self.claims, len(self.all_parties))
        return self

    @property
    def all_parties(self) -> tuple[PartyInput, ...]:
        """The parties in their order, whichever form was used."""
        if self.parties is not None:
            return self.parties
        short = (("applicant", "worker", self.applicant), ("respondent", "employer", self.employer))
        return tuple(
            PartyInput.model_validate({"role": role, "kind": kind, **party.model_dump(mode="json")})
            for role, kind, party in short
            if party is not None
        )


def lacks(kind: str, roles: Collection[str], *, claims: int) -> Literal["parties", "claims"] | None:
    """What a case of this kind still has to name.

    An application names both sides and what is claimed (劳动争议调解仲裁法 第十二条); whoever asks for advice may
    leave the firm and the claims open.
    """
    if kind == "consultation":
        return None
    if "respondent" not in roles or set(roles) <= {"respondent", "third_party"}:
        return "parties"
    return None if claims else "claims"


def check_claimants(claims: tuple[ClaimInput, ...], parties: int) -> None:
    """Refuse a claim of a party that is not in the list of `parties` parties."""
    for place, claim in enumerate(claims):
        if claim.party > parties:
            raise PydanticCustomError(
                "no_such_party",
                "there is no party {party}",
                {"party": claim.party, "pointer": f"/claims/{place}/party"},
            )


def _missing(pointer: str) -> PydanticCustomError:
    return PydanticCustomError("missing", "required", {"pointer": pointer})


class CaseChange(Shape):
    """A correction or addition: what is given replaces what was recorded, lists as a whole. `reason` is recorded."""

    reason: Line
    occurred_on: Day | None = None
    dispute_type: DisputeType | None = None
    channel: Channel | None = None
    referral: Referral | None = None
    referred_by: Line | None = None
    received_on: Day | None = None
    parties: Parties | None = None
    claims: Claims | None = None
    facts: Text | None = None
    handler: Annotated[
        Line | Literal[""] | None, Field(description="User name of who handles the case; empty: nobody.")
    ] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(
            getattr(self, name) is None for name in type(self).model_fields if name not in {"reason", "occurred_on"}
        ):
            raise PydanticCustomError("nothing_to_change", "name at least one field to change")
        return self
