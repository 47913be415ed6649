"""What is sent to open, carry on and close a proceeding."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.documents import RecordId
from service.inputs.fields import Day, Line, Name, OneOf, Position, Shape
from service.law import (
    ALL_OUTCOMES,
    CLAIM_KINDS,
    COURT_BASES,
    PROCEEDING_KINDS,
    kind_of_number,
    parse_case_number,
)


def _number(text: str) -> str:
    number = parse_case_number(text)
    if number is None:
        raise PydanticCustomError("case_number_form", "no case number")
    return number.render()


Number = Annotated[Line, AfterValidator(_number)]
"""A case number in any width and bracket, brought to one form."""


def check_number_of_kind(number: str | None, kind: str) -> None:
    """Refuse a number that says it is of another kind of proceeding."""
    parsed = parse_case_number(number) if number is not None else None
    said = kind_of_number(parsed) if parsed is not None else None
    if said is not None and said != kind:
        raise PydanticCustomError("number_of_another_kind", "of another kind", {"pointer": "/number"})


class ProceedingInput(Shape):
    """A proceeding as it is opened: before which body, by whom (places of parties), on which agreement, for what."""

    kind: Annotated[str, OneOf(PROCEEDING_KINDS)]
    body: Name
    number: Number | None = None
    opened_on: Day
    applicants: Annotated[tuple[Position, ...], Field(min_length=1, max_length=300)]
    agreement: RecordId | None = None
    claims: Annotated[tuple[Annotated[str, OneOf(CLAIM_KINDS)], ...], Field(max_length=30)] = ()
    basis: Annotated[str, OneOf(COURT_BASES)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.kind == "court") != (self.basis is not None):
            raise PydanticCustomError("basis_of_a_suit", "a court proceeding has a basis", {"pointer": "/basis"})
        for name in ("applicants", "claims"):
            if len(set(getattr(self, name))) != len(getattr(self, name)):
                raise PydanticCustomError("named_twice", "named twice", {"pointer": f"/{name}"})
        check_number_of_kind(self.number, self.kind)
        return self


class ProceedingChange(Shape):
    """What became of a proceeding. `closed_on` and `outcome` go together and close it; `reason` says why it changed."""

    reason: Line
    body: Name | None = None
    number: Number | None = None
    accepted_on: Day | None = None
    closed_on: Day | None = None
    outcome: Annotated[str, OneOf(ALL_OUTCOMES)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.closed_on is None) != (self.outcome is None):
            missing = "outcome" if self.outcome is None else "closed_on"
            raise PydanticCustomError("missing", "required", {"pointer": f"/{missing}"})
        names = set(type(self).model_fields) - {"reason"}
        if all(getattr(self, name) is None for name in names):
            raise PydanticCustomError("nothing_to_change", "name at least one field to change")
        return self
