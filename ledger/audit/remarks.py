"""What a service itself remarks on its work, such as a duty not done in time: beside the findings, and without weight.

An audit finds what does not add up and knows no law. A service that keeps rules of its own says here what it did not
live up to. None of it says anything about integrity, and none of it changes the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from ledger.audit.findings import Record
from ledger.audit.sentences import Sentence

MAX_REMARKS: Final = 10_000
"""Remarks kept with all they say. More are counted, as findings are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something due that was not done by its day: on which record, by which rule (`code`), on what `authority`.

    Days are ISO 8601. `state` is `open` while it is not done, `late` when it was, on `done_on`, and `dropped` when its
    object went away before it was; `done_on` is None for both others. Nothing here may say anything about a person.
    """

    code: str
    record: Record
    authority: Sentence
    due_on: str
    done_on: str | None
    state: Literal["open", "late", "dropped"]
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """The section of a report: what is remarked on, at most `MAX_REMARKS` remarks in order, and how many there are."""

    title: Sentence
    items: tuple[Remark, ...]
    found: int


class Remarker(Protocol):
    """A service that remarks on its own work. Like the sources of an audit it reads one consistent state."""

    @property
    def title(self) -> Sentence:
        """What is remarked on."""
        ...

    def remarks(self, now: datetime) -> Iterator[Remark]:
        """Every remark as of `now`, in a fixed order: the same records give the same remarks at the same time."""
        ...


def gather_remarks(remarker: Remarker | None, now: datetime) -> Remarks | None:
    """Take what a service remarks; None where there is none to ask, as with a bundle."""
    if remarker is None:
        return None
    kept: list[Remark] = []
    found = 0
    for remark in remarker.remarks(now):
        found += 1
        if len(kept) < MAX_REMARKS:
            kept.append(remark)
    return Remarks(title=remarker.title, items=tuple(kept), found=found)
