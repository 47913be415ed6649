"""What goes with a file when it is filed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator

from service.inputs.fields import Day, Line, Name, OneOf, Shape, Yes
from service.law import DOCUMENT_SOURCES, DOCUMENT_TYPES

RecordId = Annotated[str, AfterValidator(lambda text: str(UUID(text)))]
"""The id of a record, in any spelling of a UUID."""


class DocumentInput(Shape):
    """The words about a file. `replaces` is the document whose new version this file is."""

    doc_type: Annotated[str, OneOf(DOCUMENT_TYPES)]
    title: Line
    source: Annotated[str, OneOf(DOCUMENT_SOURCES)] = "uploaded"
    original_compared: Yes | None = None
    captured_by: Name | None = None
    occurred_on: Day | None = None
    replaces: RecordId | None = None
    reason: Line | None = None
