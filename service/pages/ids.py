"""Ids in addresses of pages."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator

from service.access import NotFound

UUID_LENGTH = 36


def _record_id(text: str) -> str:
    """Another spelling of a UUID, or no UUID at all, names nothing: the same answer as for an unknown record."""
    try:
        if len(text) == UUID_LENGTH and str(UUID(text)) == text:
            return text
    except ValueError:
        pass
    raise NotFound("record")


RecordId = Annotated[str, Path(), AfterValidator(_record_id)]
"""The id of a record, a UUID as this service writes it."""
