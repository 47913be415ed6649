"""What is sent to enter an opinion, an objection, an answer, a review, a service, a visit or an interview."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.documents import RecordId
from service.inputs.fields import Day, Line, Name, OneOf, Position, Shape, Text
from service.law import (
    ABOUT_KINDS,
    OBJECTION_GROUNDS,
    REVIEW_RESULTS,
    SERVICE_METHODS,
    SERVICE_RESULTS,
    VISIT_METHODS,
    VISIT_RESULTS,
)


class AboutInput(Shape):
    """What an entry is about; `version` is a document's, its newest one where it is left out."""

    kind: Annotated[str, OneOf(ABOUT_KINDS)]
    id: RecordId
    version: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None

    @model_validator(mode="after")
    def _versioned(self) -> Self:
        if self.version is not None and self.kind != "document":
            raise PydanticCustomError("not_of_this_kind", "only documents have versions", {"pointer": "/version"})
        return self


class EntryInput(Shape):
    """What all entries have in common. Without `about` it is about the case.

    An entry is never changed: one with `corrects` takes the place of an earlier one of its kind, and says why.
    """

    occurred_on: Day
    about: AboutInput | None = None
    corrects: RecordId | None = None
    reason: Line | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.corrects is None) != (self.reason is None):
            missing = "reason" if self.reason is None else "corrects"
            raise PydanticCustomError("missing", "required", {"pointer": f"/{missing}"})
        return self


class OpinionInput(EntryInput):
    """A department's opinion."""

    text: Text


class _OfAParty(EntryInput):
    """What a party says, itself or through the lawyer named in `lawyer`."""

    party: Position
    raiser: Literal["party", "lawyer"] = "party"
    lawyer: Name | None = None
    text: Text

    @model_validator(mode="after")
    def _lawyer_named(self) -> Self:
        if (self.raiser == "lawyer") != (self.lawyer is not None):
            code = "missing" if self.lawyer is None else "not_of_this_entry"
            raise PydanticCustomError(code, "a lawyer has a name, and only a lawyer", {"pointer": "/lawyer"})
        return self


class ObjectionInput(_OfAParty):
    """A party contests an entry, a paper, an agreement. Against a document it names the grounds."""

    grounds: Annotated[tuple[Annotated[str, OneOf(OBJECTION_GROUNDS)], ...], Field(max_length=3)] = ()

    @model_validator(mode="after")
    def _grounds_of_a_document(self) -> Self:
        against_document = self.about is not None and self.about.kind == "document"
        if against_document != bool(self.grounds):
            code = "missing" if against_document else "not_of_this_entry"
            raise PydanticCustomError(code, "a document is contested on grounds", {"pointer": "/grounds"})
        if len(set(self.grounds)) != len(self.grounds):
            raise PydanticCustomError("named_twice", "a ground is named twice", {"pointer": "/grounds"})
        return self


class AnswerInput(_OfAParty):
    """A party answers the application, an objection, an agreement."""


class ReviewInput(EntryInput):
    """The applicant or recipient asks the justice bureau to review a refusal or termination of aid."""

    party: Position
    text: Text


class ReviewDecisionInput(Shape):
    """What the justice bureau decided on a request for review. `body` may be left out by the bureau itself."""

    occurred_on: Day
    result: Annotated[str, OneOf(REVIEW_RESULTS)]
    body: Name | None = None
    number: Line | None = None
    text: Text | None = None


class ServiceInput(EntryInput):
    """A document was served on a party: how, with which result, and which filed document proves it.

    What was served is a document of the case in `about`, or named in `text`.
    """

    party: Position
    method: Annotated[str, OneOf(SERVICE_METHODS)]
    result: Annotated[str, OneOf(SERVICE_RESULTS)]
    proof: RecordId | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _served_something(self) -> Self:
        if self.about is None and self.text is None:
            raise PydanticCustomError("missing", "required", {"pointer": "/text"})
        return self


class VisitInput(EntryInput):
    """A party was asked afterwards how it went: performance of an agreement, or the service of the lawyer."""

    party: Position
    method: Annotated[str, OneOf(VISIT_METHODS)]
    result: Annotated[str, OneOf(VISIT_RESULTS)]
    text: Text


class InterviewInput(EntryInput):
    """A talk with a party, as the lawyer noted it."""

    party: Position
    lawyer: Name
    place: Line | None = None
    text: Text


class ShareInput(Shape):
    """Another institution, by its code, that may see a case from now on, or no longer."""

    institution: Line
    occurred_on: Day
    reason: Line
