"""Sending a form twice saves once: the form's hidden key is an Idempotency-Key of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from service.edge.headers import retry_of
from service.idempotency import Identified, once

if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlmodel import Session

    from service.pages.visits import Submission

NOT_OF_THE_BODY = frozenset({"csrf", "key", "version"})
"""Fields of a form that are not part of what it says."""

Made = TypeVar("Made", bound=Identified)


def save(
    sent: Submission,
    new: BaseModel,
    *,
    make: Callable[[Session], Made],
    again: Callable[[Session, str], Made],
) -> Made:
    """Do `make` in one write, or `again` with the record's id where this very form was saved before."""
    runtime, actor = sent.visit.runtime, sent.visit.actor
    retry = retry_of(sent.form.value("key") or None, route=f"page {sent.visit.request.url.path}", body=new)
    return runtime.write(
        lambda session: once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: make(session),
            again=lambda made_id: again(session, made_id),
        )
    )
