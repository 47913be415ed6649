"""The verdicts, the numbered checks behind them, and the one rule from checks to verdict.

Green needs every check positive; red needs positive evidence, a check that failed; everything else is grey. So an
outage is never shown as a fault of the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

Fact: TypeAlias = str | int | None
"""A detail for machines and for the closed part of a page; sentences for people never depend on one."""

SUPERSEDED_REASON = 2
"""The contract's reason of revocation for a paper that another one replaced; every other reason is a withdrawal."""

CHECK_CODES = MappingProxyType(
    {
        1: "receipt_parses",
        2: "disclosures_match",
        3: "leaf_computed",
        4: "note_signed",
        5: "leaf_included",
        6: "network_trusted",
        7: "checkpoint_anchored",
        8: "block_final",
        9: "not_revoked",
        10: "file_matches",
        11: "newest_version",
    }
)
"""Number and stable code of each check. Documented with the same numbers in `ledger/docs/formats.md`."""


class Outcome(StrEnum):
    """What came of a check. `not_checked`: nobody asked or could ask; `unavailable`: asked, and no answer came."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check's outcome. `number` is 1 to 11; `facts` are details by name, such as what was expected and found."""

    number: int
    outcome: Outcome
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.number not in CHECK_CODES:
            raise ValueError(f"there is no check {self.number}")

    @property
    def code(self) -> str:
        """The check's stable code."""
        return CHECK_CODES[self.number]


class Verdict(StrEnum):
    """The answer to whoever checks. Codes and exit codes are permanent.

    `decide` gives most of them. `pending`, `erased`, `not_found` and `rate_limited` come from look-ups alone, where
    there is no receipt to check.
    """

    VERIFIED = "verified"
    VERIFIED_NOT_FINAL = "verified_not_final"
    PENDING = "pending"
    SUPERSEDED = "superseded"
    ERASED = "erased"
    REVOKED = "revoked"
    DIFFERENT = "different"
    NOT_FOUND = "not_found"
    RECEIPT_INVALID = "receipt_invalid"
    LEDGER_MISMATCH = "ledger_mismatch"
    CHAIN_UNREACHABLE = "chain_unreachable"
    WRONG_CHAIN = "wrong_chain"
    BAD_INPUT = "bad_input"
    RATE_LIMITED = "rate_limited"

    @property
    def exit_code(self) -> int:
        """The exit code of a command that ends in this verdict."""
        return _EXIT_CODES[self]


_EXIT_CODES = MappingProxyType(
    {
        Verdict.VERIFIED: 0,
        Verdict.VERIFIED_NOT_FINAL: 10,
        Verdict.PENDING: 11,
        Verdict.SUPERSEDED: 12,
        Verdict.ERASED: 13,
        Verdict.REVOKED: 20,
        Verdict.DIFFERENT: 21,
        Verdict.NOT_FOUND: 22,
        Verdict.RECEIPT_INVALID: 23,
        Verdict.LEDGER_MISMATCH: 30,
        Verdict.CHAIN_UNREACHABLE: 40,
        Verdict.WRONG_CHAIN: 41,
        Verdict.BAD_INPUT: 64,
        Verdict.RATE_LIMITED: 75,
    }
)

LOOKUP_VERDICTS = frozenset({Verdict.PENDING, Verdict.ERASED, Verdict.NOT_FOUND, Verdict.RATE_LIMITED})
"""Verdicts that no set of checks gives."""


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """The eleven outcomes, and questions about them."""

    by_number: Mapping[int, Outcome]
    revocation_reason: Fact

    def failed(self, *numbers: int) -> bool:
        return any(self.by_number[number] is Outcome.FAILED for number in numbers)

    def passed(self, number: int) -> bool:
        return self.by_number[number] is Outcome.PASSED

    def unavailable(self, number: int) -> bool:
        return self.by_number[number] is Outcome.UNAVAILABLE

    def unknown(self, *numbers: int) -> bool:
        return any(self.by_number[number] in _UNKNOWN for number in numbers)


_UNKNOWN = frozenset({Outcome.NOT_CHECKED, Outcome.UNAVAILABLE})

_Row: TypeAlias = tuple[Callable[[_Outcomes], bool], Verdict]

# First match wins. Three rows say more than the order of the checks does:
# - An unsigned note (4 unknown) is tolerated where the contract itself confirms its size and root. Where it does not,
#   anybody may have written that note, so there is nothing to hold against the ledger.
# - 10 unavailable: a file was given, and the receipt names none to compare it with. Nothing was proven about the file.
# - 11 unknown does not stand in the way of green; its sentence is shown beside it.
_RULE: tuple[_Row, ...] = (
    (lambda check: check.failed(1), Verdict.BAD_INPUT),
    (lambda check: check.failed(2, 3, 4, 5), Verdict.RECEIPT_INVALID),
    (lambda check: check.failed(10), Verdict.DIFFERENT),
    (lambda check: check.failed(6), Verdict.WRONG_CHAIN),
    (lambda check: check.unknown(1, 2, 3, 5, 6, 7), Verdict.CHAIN_UNREACHABLE),
    (lambda check: check.unknown(4) and not check.passed(7), Verdict.CHAIN_UNREACHABLE),
    (lambda check: check.failed(7), Verdict.LEDGER_MISMATCH),
    (lambda check: check.failed(9) and check.revocation_reason == SUPERSEDED_REASON, Verdict.SUPERSEDED),
    (lambda check: check.failed(9), Verdict.REVOKED),
    (lambda check: check.unavailable(4) or check.unknown(8, 9), Verdict.CHAIN_UNREACHABLE),
    (lambda check: check.unavailable(10), Verdict.BAD_INPUT),
    (lambda check: check.failed(8), Verdict.VERIFIED_NOT_FINAL),
    (lambda check: check.failed(11), Verdict.SUPERSEDED),
    (lambda _: True, Verdict.VERIFIED),
)


def decide(checks: Sequence[Check]) -> Verdict:
    """Return the verdict on the eleven checks, by one table.

    A failed check 9 is read with its fact `reason`. Raises ValueError unless `checks` are numbers 1 to 11 in order.
    """
    if [check.number for check in checks] != list(CHECK_CODES):
        raise ValueError("a verdict needs the checks 1 to 11, in order")
    outcomes = _Outcomes(
        by_number={check.number: check.outcome for check in checks}, revocation_reason=checks[8].facts.get("reason")
    )
    return next(verdict for applies, verdict in _RULE if applies(outcomes))
