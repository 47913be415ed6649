"""The errors of the ledger: one tree, known to every floor.

LedgerError
├── Malformed        the input is not of the format it claims
├── Mismatch         a check ran and failed
├── Conflict         the state refuses this request
├── Unavailable      something could not be reached, or could not answer
├── WrongChain       the chain or contract is not the pinned one
└── NeedsAttention   the process stops until a person has looked

Malformed input, a failed check and an unreachable service are never one type: an outage must not look like forgery.
Codes are permanent: a code may be added, never given a second meaning.
"""

from __future__ import annotations

from typing import ClassVar


class LedgerError(Exception):
    """Root of all errors that the ledger raises on purpose. `code` is stable and meant for machines."""

    code: ClassVar[str] = "ledger_error"


class Malformed(LedgerError):
    """`what` is not of its format: `reason` says where and why. Never says anything about truth."""

    code = "malformed"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class Mismatch(LedgerError):
    """`what` was checked and differs: `expected` is what the trusted side says, `got` what was offered."""

    code = "mismatch"

    def __init__(self, what: str, expected: object, got: object) -> None:
        super().__init__(f"{what}: expected {_show(expected)}, got {_show(got)}")
        self.what = what
        self.expected = expected
        self.got = got


class Conflict(LedgerError):
    """The state of `what` refuses the request: `reason` says which state, and what would be accepted."""

    code = "conflict"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class Unavailable(LedgerError):
    """`what` could not be reached or could not answer: `reason` says how. Nothing is known about the record."""

    code = "unavailable"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class WrongChain(LedgerError):
    """A pinned fact of the chain (`field`: chain_id, genesis_hash, contract, code_sha256, log_id) is another one."""

    code = "wrong_chain"

    def __init__(self, field: str, expected: object, got: object) -> None:
        super().__init__(f"{field}: pinned {_show(expected)}, found {_show(got)}")
        self.field = field
        self.expected = expected
        self.got = got


class NeedsAttention(LedgerError):
    """Work stopped for the stable `cause`; `detail` holds the facts and `remedy` what a person should do."""

    code = "needs_attention"

    def __init__(self, cause: str, detail: str, remedy: str) -> None:
        super().__init__(f"{cause}: {detail} ({remedy})")
        self.cause = cause
        self.detail = detail
        self.remedy = remedy


def _show(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)
