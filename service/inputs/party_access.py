"""What is sent to give a party access to its case: links, and papers that are released."""

from __future__ import annotations

from service.inputs.documents import RecordId
from service.inputs.fields import Day, Position, Shape


class PartyLinkInput(Shape):
    """For which party, a place in the case's list, and until which day the link opens the case."""

    party: Position
    expires_on: Day


class ReleaseInput(Shape):
    """Which document, in its newest version, the party at this place of the case's list may read."""

    document: RecordId
    party: Position
