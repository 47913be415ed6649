"""Input that has the right shape and is refused all the same: field by field, with permanent codes."""

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
