"""What is sent to draft, sign, perform and end a mediation agreement."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.cases import DisputeType
from service.inputs.fields import Day, DayOrMoment, Fen, Line, Name, OneOf, Position, PositiveFen, Shape, Text
from service.law import AGREEMENT_FORMS, CLOSURES, ENDINGS, METHODS_OF, PAYMENT_METHODS, SIGNATURE_METHODS, SIGNERS

MAX_INSTALMENTS = 120
"""Ten years of monthly payments."""
MAX_WAIVERS = 50


class InstalmentInput(Shape):
    """One payment that is promised."""

    amount_fen: PositiveFen
    due_on: Day
    method: Annotated[str, OneOf(PAYMENT_METHODS)] = "bank_transfer"


class AgreementInput(Shape):
    """The terms as printed. `parties` are places in the case's list; without it every party of the case is bound.

    `waivers` lists every claim that is given up: what is not listed is not waived.
    """

    form: Annotated[str, OneOf(AGREEMENT_FORMS)] = "written"
    number: Line | None = None
    dispute_type: DisputeType | None = None
    parties: Annotated[tuple[Position, ...], Field(min_length=2, max_length=300)] | None = None
    facts: Text
    total_fen: Fen
    instalments: Annotated[tuple[InstalmentInput, ...], Field(max_length=MAX_INSTALMENTS)] = ()
    waivers: Annotated[tuple[Line, ...], Field(max_length=MAX_WAIVERS)] = ()
    closure: Annotated[str, OneOf(CLOSURES)] = "none"
    place: Line | None = None
    employment_ends_on: Day | None = None
    late_terms: Text | None = None
    payee: Name | None = None
    payee_bank: Name | None = None
    payee_account: Annotated[str, Field(strict=True, pattern=r"^[0-9* -]{4,40}$")] | None = None
    mediator: Name
    organisation: Name | None = None
    agreed_on: Day

    @model_validator(mode="after")
    def _sums_up(self) -> Self:
        total = sum(instalment.amount_fen for instalment in self.instalments)
        if total != self.total_fen:
            raise PydanticCustomError(
                "instalments_do_not_sum",
                "the instalments sum to {total} fen",
                {"total": total, "pointer": "/instalments"},
            )
        for place, instalment in enumerate(self.instalments):
            if instalment.due_on < self.agreed_on:
                raise PydanticCustomError(
                    "due_before_agreed", "due before it was agreed", {"pointer": f"/instalments/{place}/due_on"}
                )
        if self.parties is not None and len(set(self.parties)) != len(self.parties):
            raise PydanticCustomError("named_twice", "a party is named twice", {"pointer": "/parties"})
        return self


class SignatureInput(Shape):
    """One signature or seal. `party` is the place of the party who signs, or for whom an agent signs."""

    signer: Annotated[str, OneOf(SIGNERS)]
    party: Position | None = None
    name: Name
    method: Annotated[str, OneOf(SIGNATURE_METHODS)]
    signed_at: DayOrMoment

    @field_validator("method")
    @classmethod
    def _method_of_signer(cls, method: str, info: ValidationInfo) -> str:
        signer = info.data.get("signer")
        if signer is not None and method not in METHODS_OF[signer]:
            raise PydanticCustomError("method_of_another_signer", "this signer does not sign in this form")
        return method

    @model_validator(mode="after")
    def _party_named(self) -> Self:
        if (self.party is not None) != (self.signer in {"party", "agent"}):
            raise PydanticCustomError(
                "signer_and_party", "a party or agent needs `party`, nobody else has it", {"pointer": "/party"}
            )
        return self


class PaymentInput(Shape):
    """A payment towards one instalment; several add up."""

    position: Position
    paid_fen: PositiveFen
    paid_on: Day
    paid_by: Name | None = None


class EndingInput(Shape):
    """How an agreement ended. Set aside: by which body, under which number. Rescinded: with the reason of both."""

    ending: Annotated[str, OneOf(ENDINGS)]
    occurred_on: Day
    reason: Line | None = None
    body: Name | None = None
    number: Line | None = None

    @model_validator(mode="after")
    def _grounds(self) -> Self:
        needed = {"performed": (), "rescinded": ("reason",), "set_aside": ("body", "number")}[self.ending]
        for name in needed:
            if getattr(self, name) is None:
                raise PydanticCustomError("required_for_ending", "this ending needs it", {"pointer": f"/{name}"})
        if self.ending != "set_aside" and (self.body is not None or self.number is not None):
            raise PydanticCustomError("not_of_this_ending", "only setting aside has a body", {"pointer": "/body"})
        return self
