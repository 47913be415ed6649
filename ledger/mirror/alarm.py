"""What a mirror may say against a log, and when: a contradiction that is proven is an alarm, everything else is not.

A download that is damaged, a cache that lags and a node that is behind look bad and prove nothing. A signed note that
contradicts another signed note, or what the contract holds, proves something to everybody: it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ledger.canonical import encode_base64, sha256
from ledger.durable import replace_file, sync_folder
from ledger.errors import LedgerError, Unavailable


class AlarmKind(StrEnum):
    """What was proven. Permanent."""

    FORK = "fork"
    """The log signed two histories: one checkpoint does not extend the other."""
    CHAIN_CONTRADICTS = "chain_contradicts"
    """The contract holds another root for a size than the published leaves have."""
    SIZE_MISSTATED = "size_misstated"
    """The contract holds the root of the published leaves under another number of leaves."""
    CHAIN_REWRITTEN = "chain_rewritten"
    """The contract no longer holds a checkpoint that was final in it."""


class Alarm(LedgerError):
    """A proven contradiction. `evidence` is the folder that holds the proof."""

    code = "alarm"

    def __init__(self, kind: AlarmKind, detail: str, evidence: Path) -> None:
        super().__init__(f"ALARM {kind}: {detail}. The proof is kept in {evidence}")
        self.kind = kind
        self.detail = detail
        self.evidence = evidence


class Rejected(LedgerError):
    """What the log served is not what a trusted key signed, or is not of its form. Nothing of it was kept."""

    code = "rejected"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what} was not taken: {reason}")
        self.what = what
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The proof of an alarm: notes as they were signed, the hashes that connect them, and what the contract held."""

    kind: AlarmKind
    detail: str
    served: str
    kept: str | None = None
    proof: tuple[bytes, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)


def keep_evidence(alarms: Path, evidence: Evidence, *, seen_at: str) -> Path:
    """Keep the proof for good and return its folder; the same proof is kept once. Raises Unavailable."""
    name = f"{evidence.kind}-{sha256((evidence.served + (evidence.kept or '')).encode()).hex()[:16]}"
    folder = alarms / name
    if (folder / "alarm.json").exists():
        return folder
    document = {"kind": evidence.kind, "detail": evidence.detail, "seen_at": seen_at, **evidence.facts}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / "served.note", evidence.served.encode())
        if evidence.kept is not None:
            replace_file(folder / "kept.note", evidence.kept.encode())
        if evidence.proof:
            lines = "".join(f"{encode_base64(node)}\n" for node in evidence.proof)
            replace_file(folder / "consistency.txt", lines.encode())
        replace_file(folder / "alarm.json", json.dumps(document, indent=2, sort_keys=True).encode() + b"\n")
        sync_folder(alarms)
    except OSError as error:
        raise Unavailable(str(alarms), error.strerror or type(error).__name__) from error
    return folder
