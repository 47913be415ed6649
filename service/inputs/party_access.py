"""What is sent to give a party access to its case: links, and papers that are released."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.inputs.documents import RecordId
from service.inputs.entries import AboutInput
from service.inputs.fields import Day, OneOf, Position, Shape, Text
from service.law import OBJECTION_GROUNDS


class PartyLinkInput(Shape):
    """For which party, a place in the case's list, and until which day the link opens the case."""

    party: Position
    expires_on: Day


class ReleaseInput(Shape):
    """Which document, in its newest version, the party at this place of the case's list may read."""

    document: RecordId
    party: Position


class OwnObjectionInput(Shape):
    """A party contests its case, a paper released to it (with `grounds`), an agreement or a department's opinion."""

    text: Text
    about: AboutInput | None = None
    grounds: Annotated[tuple[Annotated[str, OneOf(OBJECTION_GROUNDS)], ...], Field(max_length=3)] = ()


class OwnAnswerInput(Shape):
    """A party answers in its case."""

    text: Text


class OwnReportInput(Shape):
    """A party says that an agreement is not performed: a payment that did not come, or something else."""

    agreement: RecordId
    instalment: Position | None = None
    detail: Text


class OwnReplyInput(Shape):
    """A party answers the report at `position` of an agreement."""

    agreement: RecordId
    position: Position
    answer: Text
