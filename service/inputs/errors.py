"""Why a request is refused, with permanent codes: field by field, or because a record's state does not allow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One refused field: `pointer` is an RFC 6901 JSON pointer into the input, `facts` fill the code's sentence."""

    pointer: str
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


class InvalidInput(LedgerError):
    """The input cannot be taken as it is; `errors` names every field that was refused."""

    code = "invalid_input"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.code}" for error in errors))
        self.errors = errors


def refuse(pointer: str, code: str, **facts: str | int) -> InvalidInput:
    """An InvalidInput of one field."""
    return InvalidInput(FieldError(pointer=pointer, code=code, facts=facts))


class Refused(LedgerError):
    """A record's state does not allow this: `reason` is a permanent code, `article` the law it rests on, if any."""

    code = "refused"

    def __init__(self, reason: str, *, article: str = "", **facts: str | int) -> None:
        super().__init__(f"{reason} {facts or ''}".strip())
        self.reason = reason
        self.article = article
        self.facts = facts


class Stale(LedgerError):
    """The caller changes a version that is no longer the newest; `current` is."""

    code = "version_stale"

    def __init__(self, *, expected: int, current: int) -> None:
        super().__init__(f"version {current} is current, the change was made to {expected}")
        self.expected = expected
        self.current = current
