"""What routes have in common: ids in paths, pages of lists, documented answers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import AfterValidator

from service.access import NotFound
from service.problems import document_problems

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
UUID_LENGTH = 36


def _record_id(text: str) -> str:
    try:
        if len(text) == UUID_LENGTH:
            return str(UUID(text))
    except ValueError:
        pass
    raise NotFound("record")  # as for any other id that names nothing


RecordId = Annotated[str, Path(description="The id of the record, a UUID."), AfterValidator(_record_id)]

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items on one page.")]
Cursor = Annotated[str | None, Query(max_length=512, description="`next` of the page before.")]


def created(description: str, *, example: Any) -> dict[int | str, dict[str, Any]]:
    """The documented answer to a write."""
    headers = {name: {"schema": {"type": "string"}} for name in ("Location", "ETag")}
    return {
        201: {"description": description, "headers": headers, "content": {"application/json": {"example": example}}}
    }


def answered(description: str, *, example: Any) -> dict[int | str, dict[str, Any]]:
    """The documented answer to a read."""
    return {200: {"description": description, "content": {"application/json": {"example": example}}}}


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The documented refusals of a route that needs a token, besides `codes`."""
    return document_problems(sorted({401, 403, 503, *codes}))


def public_problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The documented refusals of a route that anybody may call."""
    return document_problems(sorted({503, *codes}))
