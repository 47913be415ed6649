"""What is sent to register or change a case, and to look whether it is registered already."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.fields import Day, Line, OneOf, Shape, Text
from service.inputs.intake import AidInput, ConsultationInput
from service.inputs.parties import (
    ApplicantInput,
    Claims,
    EmployerInput,
    Parties,
    PartyInput,
    check_chosen,
    check_claimants,
)
from service.law import ALL_DISPUTE_TYPES, CASE_KINDS, CHANNELS, REFERRALS, basis_fits
from service.law.party_rules import OWN_SIDE

CaseKind = Annotated[str, OneOf(CASE_KINDS)]
DisputeType = Annotated[str, OneOf(ALL_DISPUTE_TYPES)]
Channel = Annotated[str, OneOf(CHANNELS)]
Referral = Annotated[str, OneOf(REFERRALS)]
DisputeId = Annotated[str, Field(strict=True, max_length=64, description="The id of a dispute, a UUID.")]


class Between(Shape):
    """Who is against whom: `applicant` and `employer` for one worker and one firm, or `parties` for everything else."""

    applicant: ApplicantInput | None = None
    employer: EmployerInput | None = None
    parties: Parties | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.parties is not None and (self.applicant is not None or self.employer is not None):
            raise PydanticCustomError("two_forms", "use applicant and employer, or parties, not both")
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


class CaseInput(Between):
    """A new case. `dispute_id` joins it to a dispute that has a case already; `separate_reason` says why it is none."""

    kind: CaseKind
    dispute_type: DisputeType
    channel: Channel
    referral: Referral | None = None
    referred_by: Line | None = None
    received_on: Day
    claims: Claims = ()
    facts: Text
    aid: AidInput | None = None
    consultation: ConsultationInput | None = None
    dispute_id: DisputeId | None = None
    separate_reason: Line | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        parties = self.all_parties
        roles = {party.role for party in parties}
        if (lacking := lacks(self.kind, roles, claims=len(self.claims))) is not None:
            raise _missing(self._pointer(lacking))
        check_claimants(self.claims, len(parties))
        check_chosen(parties)
        check_kind(self.kind, aid=self.aid, consultation=self.consultation)
        check_basis(self.aid, parties, [claim.kind for claim in self.claims])
        if self.dispute_id is not None and self.separate_reason is not None:
            raise PydanticCustomError("joined_or_separate", "one of both", {"pointer": "/separate_reason"})
        return self

    def _pointer(self, lacking: str) -> str:
        if lacking == "parties" and self.parties is None:
            return "/applicant" if self.applicant is None else "/employer"
        return f"/{lacking}"


class DuplicateQuery(Between):
    """A registration as far as it is known, to see whether there is a case already. Takes a whole `CaseInput`."""

    dispute_type: DisputeType
    received_on: Day
    claims: Claims = ()
    facts: Text | None = None
    kind: CaseKind | None = None
    channel: Channel | None = None
    referral: Referral | None = None
    referred_by: Line | None = None
    aid: AidInput | None = None
    consultation: ConsultationInput | None = None
    dispute_id: DisputeId | None = None
    separate_reason: Line | None = None


def lacks(kind: str, roles: Collection[str], *, claims: int) -> Literal["parties", "claims"] | None:
    """What a case of this kind still has to name.

    An application names both sides and what is claimed (劳动争议调解仲裁法 第十二条); whoever asks for advice may
    leave the firm, the claims and their own name open.
    """
    if kind == "consultation":
        return None
    if "respondent" not in roles or not OWN_SIDE & set(roles):
        return "parties"
    return None if claims else "claims"


def check_kind(kind: str, *, aid: AidInput | None, consultation: ConsultationInput | None) -> None:
    """Refuse what a case of another kind has."""
    if aid is not None and kind != "legal_aid":
        raise PydanticCustomError("not_of_this_case", "only an application for legal aid has it", {"pointer": "/aid"})
    if consultation is not None and kind != "consultation":
        raise PydanticCustomError("not_of_this_case", "only a consultation has it", {"pointer": "/consultation"})


def check_basis(aid: AidInput | None, parties: Collection[PartyInput], claims: Collection[str]) -> None:
    """Refuse a ground on which hardship is not checked that is for nobody who asks for aid (法律援助法 第四十二条)."""
    if aid is None or aid.hardship is None:
        return
    if not basis_fits(aid.hardship, [party.standing for party in parties], claims):
        raise PydanticCustomError("basis_does_not_fit", "not for these people", {"pointer": "/aid/hardship"})


def _missing(pointer: str) -> PydanticCustomError:
    return PydanticCustomError("missing", "required", {"pointer": pointer})


class CaseChange(Shape):
    """A correction or addition: what is given replaces what was recorded, lists as a whole. `reason` is recorded."""

    reason: Line
    occurred_on: Day | None = None
    dispute_type: DisputeType | None = None
    channel: Channel | None = None
    referral: Annotated[Referral | Literal[""] | None, Field(description="Empty: no body sent it.")] = None
    referred_by: Annotated[Line | Literal[""] | None, Field(description="Empty: nothing to name.")] = None
    received_on: Day | None = None
    parties: Parties | None = None
    claims: Claims | None = None
    facts: Text | None = None
    aid: AidInput | None = None
    consultation: ConsultationInput | None = None
    handler: Annotated[
        Line | Literal[""] | None, Field(description="User name of who handles the case; empty: nobody.")
    ] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(
            getattr(self, name) is None for name in type(self).model_fields if name not in {"reason", "occurred_on"}
        ):
            raise PydanticCustomError("nothing_to_change", "name at least one field to change")
        if self.parties is not None:
            check_chosen(self.parties)
        return self


class ConversionInput(Between):
    """What a consultation is turned into. What is not given is taken from the consultation; nothing is typed twice."""

    kind: Annotated[Literal["legal_aid", "mediation"], Field()]
    received_on: Day | None = None
    dispute_type: DisputeType | None = None
    channel: Channel | None = None
    referral: Referral | None = None
    referred_by: Line | None = None
    claims: Claims | None = None
    facts: Text | None = None
    aid: AidInput | None = None


class DisputeChange(Shape):
    """To which dispute a case belongs from now on; without `dispute_id` it becomes one of its own."""

    dispute_id: DisputeId | None = None
    reason: Line
