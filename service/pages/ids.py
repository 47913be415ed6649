"""Ids in addresses of pages."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator

from service.access import NotFound

UUID_LENGTH = 36


def parse_record_id(text: str) -> str:
    """Return the id of a record; raises NotFound for another spelling of a UUID, as for an id that names nothing."""
    try:
        if len(text) == UUID_LENGTH and str(UUID(text)) == text:
            return text
    except ValueError:
        pass
    raise NotFound("record")


RecordId = Annotated[str, Path(), AfterValidator(parse_record_id)]
"""The id of a record, a UUID as this service writes it."""
