"""What was ordered to be revoked, against the statements that ask for it and the transactions that do it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlmodel import Session

from ledger.audit.findings import ABSENT
from ledger.audit.sources import Comparison
from ledger.canonical import parse_time
from ledger.chain import decode_transaction
from ledger.errors import Malformed
from service.audit_source.cells import as_bytes, rows_of
from service.law import REVOKING

_TYPES: Final = ", ".join(f"'{name}'" for name in sorted(REVOKING))
_ORDERED: Final = f"""
SELECT s.commitment, g.id, g.type, r.ground, r.reason FROM statement g
JOIN statement s ON s.subject = g.subject AND s.version < g.version
LEFT JOIN revocation r ON r.commitment = s.commitment
WHERE g.type IN ({_TYPES}) AND NOT EXISTS (SELECT 1 FROM statement e WHERE e.subject = g.subject
AND e.type IN ({_TYPES}) AND e.version < g.version AND e.version > s.version) ORDER BY s.commitment
"""  # noqa: S608 - the names of our own types
"""Every version that a later one takes back, with the first statement that does, and what was ordered."""
_UNASKED: Final = f"""
SELECT r.commitment FROM revocation r LEFT JOIN statement s ON s.commitment = r.commitment
WHERE NOT EXISTS (SELECT 1 FROM statement g WHERE g.subject = s.subject AND g.version > s.version
AND g.type IN ({_TYPES})) ORDER BY r.commitment
"""  # noqa: S608 - the names of our own types
_SIGNED: Final = """
SELECT r.commitment, r.reason, t.raw FROM revocation r LEFT JOIN chain_transaction t ON t.hash = r.transaction_hash
WHERE r.transaction_hash IS NOT NULL ORDER BY r.commitment
"""
_UNSIGNED: Final = """
SELECT r.commitment, g.recorded_at FROM revocation r JOIN statement g ON g.id = r.ground
WHERE r.transaction_hash IS NULL AND g.leaf_index < (
SELECT MAX(t.checkpoint_size) FROM chain_transaction t WHERE t.state = 'final') ORDER BY r.commitment
"""
_UNNAMED: Final = """
SELECT t.hash, t.raw FROM chain_transaction t LEFT JOIN revocation r ON r.transaction_hash = t.hash
WHERE t.purpose = 'revoke' AND r.commitment IS NULL ORDER BY t.hash
"""
"""Transactions that revoke, and that no order names as its own."""
_NEWEST_FINAL: Final = """
SELECT MAX(s.recorded_at) FROM statement s WHERE s.leaf_index < (
SELECT MAX(t.checkpoint_size) FROM chain_transaction t WHERE t.state = 'final')
"""
_COMMITMENT: Final = slice(36, 68)
_REASON: Final = slice(68, 100)
"""Places in the data of a `revoke` call: after the selector (4 bytes) and the log id (32)."""
PATIENCE_S: Final = 3600
"""Seconds. What was recorded an hour after a ground is final, and the ground's revocation was not even signed."""


def revocations(session: Session) -> Iterator[Comparison]:
    """Every pair of values about revocations that must agree."""
    for commitment, ground, type_, found_ground, found_reason in rows_of(session, _ORDERED):
        absent = found_ground is None and found_reason is None
        yield _pair(commitment, "ground", ground, ABSENT if absent else found_ground)
        if not absent:
            yield _pair(commitment, "reason", REVOKING[type_], found_reason)
    for (commitment,) in rows_of(session, _UNASKED):
        yield _pair(commitment, "commitment", ABSENT, commitment)
    for commitment, reason, raw in rows_of(session, _SIGNED):
        yield _pair(commitment, "transaction_hash", (commitment, reason), _revoked_by(as_bytes(raw)))
    yield from _forgotten(session)


def _revoked_by(raw: bytes) -> tuple[Any, Any]:
    """What a signed transaction revokes, as its own bytes say; raw bytes that say nothing revoke nothing."""
    try:
        data = decode_transaction(raw).data
    except Malformed:
        return ABSENT, ABSENT
    return data[_COMMITMENT].hex(), int.from_bytes(data[_REASON])


def _forgotten(session: Session) -> Iterator[Comparison]:
    """Revocations whose transaction is there, or was due long before what else has been anchored since."""
    ((newest,),) = rows_of(session, _NEWEST_FINAL)
    signed = {_revoked_by(as_bytes(raw))[0]: hash_ for hash_, raw in rows_of(session, _UNNAMED)}
    for commitment, recorded_at in rows_of(session, _UNSIGNED):
        if commitment in signed:
            yield _pair(commitment, "transaction_hash", signed[commitment], None)
            continue
        try:
            waited = (parse_time(str(newest)) - parse_time(str(recorded_at))).total_seconds()
        except Malformed:
            continue  # a column that is no time is found by its own comparison
        if waited > PATIENCE_S:
            yield _pair(commitment, "transaction_hash", "a transaction", None)


def _pair(commitment: object, field: str, expected: object, found: object) -> Comparison:
    return Comparison(kind="revocation", number=str(commitment), field=field, expected=expected, found=found)
