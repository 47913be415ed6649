"""What is sent to draft, sign, perform and end a mediation agreement."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.cases import DisputeType
from service.inputs.documents import RecordId
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


class NonperformanceInput(Shape):
    """A party's report that the agreement was not performed. `instalment` is the payment that is missing.

    Without it the report is about another term, which `detail` names.
    """

    party: Position
    instalment: Position | None = None
    occurred_on: Day
    detail: Text


class NonperformanceAnswerInput(Shape):
    """What another party says to a report."""

    party: Position
    occurred_on: Day
    answer: Text


class EndingInput(Shape):
    """How an agreement ended.

    Set aside: by which body, under which number, in which filed paper. Rescinded: by which parties (all that are
    bound), and why.
    """

    ending: Annotated[str, OneOf(ENDINGS)]
    occurred_on: Day
    reason: Line | None = None
    body: Name | None = None
    number: Line | None = None
    document: RecordId | None = None
    parties: Annotated[tuple[Position, ...], Field(min_length=1, max_length=300)] | None = None

    @model_validator(mode="after")
    def _grounds(self) -> Self:
        own = {"performed": (), "rescinded": ("reason", "parties"), "set_aside": ("body", "number", "document")}
        for name in own[self.ending]:
            if getattr(self, name) is None:
                raise PydanticCustomError("required_for_ending", "this ending needs it", {"pointer": f"/{name}"})
        for ending, names in own.items():
            for name in names:
                if ending != self.ending and name != "reason" and getattr(self, name) is not None:
                    raise PydanticCustomError("not_of_this_ending", "another ending has it", {"pointer": f"/{name}"})
        return self
