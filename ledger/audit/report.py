"""The result of an audit, and the one rule that makes an exit code of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.anchor import ChainIdentity
from ledger.audit.findings import Custody, Erasure, Finding, Former, KeptHead, LayerResult, Outcome
from ledger.audit.remarks import Remarks


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The result of an audit. It has no truth value: `exit_code` is the rule.

    `findings` holds at most the number asked for, `found` counts them all. `erasures` are the statements whose erasure
    is itself on record, in the order of the log. `root` is None when some leaves are not known, `custody` when the
    chain could not be read. `own_trust` is false when the trust file came with what was audited. `former` are the
    contracts that held the log before `chain`, oldest first; `custody` is of `chain` alone. `remarks` are the service's
    own, None where no service was asked; they are no findings and change no result. `since` is the checkpoint after
    which records were compared, None where all were, or a sample.
    """

    origin: str
    size: int
    root: bytes | None
    chain: ChainIdentity
    custody: Custody | None
    own_trust: bool
    test_network: bool
    checked_at: str
    layers: tuple[LayerResult, ...]
    findings: tuple[Finding, ...]
    found: int
    erasures: tuple[Erasure, ...]
    former: tuple[Former, ...] = ()
    since: KeptHead | None = None
    remarks: Remarks | None = None

    @property
    def exit_code(self) -> Literal[0, 1, 40]:
        """0 all agrees, 1 findings, 40 something could not be checked. Findings weigh more than an outage."""
        if self.found:
            return 1
        return 40 if any(layer.outcome is Outcome.UNAVAILABLE for layer in self.layers) else 0

    def __bool__(self) -> bool:
        raise TypeError("a report has no truth value; ask for exit_code")
