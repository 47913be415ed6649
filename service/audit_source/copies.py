"""What the tables hold twice, or derive from a statement, and must therefore agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Boolean
from sqlmodel import Session, SQLModel

from ledger.anchor import render_finality
from ledger.audit.findings import ABSENT
from ledger.audit.seen import number_of
from ledger.audit.sources import Comparison
from ledger.chain import created_address
from ledger.errors import Malformed, Mismatch
from ledger.keys import unwrap_key
from ledger.tiles import MAX_TILE_LEVEL
from ledger.trust import Trust
from service.audit_source.cells import as_bytes, rows_of
from service.audit_source.revocations import revocations
from service.cases import PURPOSE, case_parties, match_keys
from service.declarations import DECLARATIONS
from service.likeness import keys_maker
from service.recording import Recorder

PAIRS: Final[Mapping[tuple[str, str, str], str]] = {
    ("document", "version", "statement"): """
        SELECT d.id, MAX(s.version), d.version FROM document d LEFT JOIN statement s ON s.subject = d.id
        GROUP BY d.id, d.version ORDER BY d.id""",
    ("case", "stream", "statement"): """
        SELECT c.id, MIN(s.stream), c.stream FROM legal_case c LEFT JOIN statement s ON s.subject = c.id
        GROUP BY c.id, c.stream ORDER BY c.id""",
    ("case", "dispute_id", "dispute"): """
        SELECT c.id, c.dispute_id, d.id FROM legal_case c LEFT JOIN dispute d ON d.id = c.dispute_id ORDER BY c.id""",
    ("instalment", "stream", "case"): """
        SELECT i.id, c.stream, r.stream FROM instalment i JOIN record r ON r.subject = i.id
        JOIN agreement a ON a.id = i.agreement_id JOIN legal_case c ON c.id = a.case_id ORDER BY i.id""",
    ("stream", "institution", "statement"): """
        SELECT st.id, MIN(s.institution), st.institution FROM stream st JOIN statement s ON s.stream = st.id
        GROUP BY st.id, st.institution ORDER BY st.id""",
    ("stream", "institution", "institution"): """
        SELECT st.id, i.code, st.institution FROM institution i
        JOIN stream st ON st.id = i.access_stream OR st.id = i.administration_stream ORDER BY st.id""",
    ("stream", "id", "institution"): """
        SELECT o.stream, o.stream, st.id FROM (SELECT access_stream AS stream FROM institution
        UNION ALL SELECT administration_stream FROM institution) o
        LEFT JOIN stream st ON st.id = o.stream ORDER BY o.stream""",
    ("stream", "kind", "owner"): """
        SELECT st.id, CASE WHEN c.id IS NOT NULL THEN 'case' WHEN a.id IS NOT NULL THEN 'access'
        WHEN b.id IS NOT NULL THEN 'administration' END, st.kind FROM stream st
        LEFT JOIN legal_case c ON c.stream = st.id LEFT JOIN institution a ON a.access_stream = st.id
        LEFT JOIN institution b ON b.administration_stream = st.id ORDER BY st.id""",
    ("transaction", "purpose", "checkpoint"): """
        SELECT t.hash, CASE WHEN t.checkpoint_size IS NOT NULL THEN 'append' WHEN r.commitment IS NOT NULL THEN 'revoke'
        ELSE 'set_up' END, t.purpose FROM chain_transaction t LEFT JOIN revocation r ON r.transaction_hash = t.hash
        ORDER BY t.hash""",
    ("transaction", "cause", "state"): """
        SELECT t.hash, NULL, t.cause FROM chain_transaction t WHERE t.state <> 'needs_attention' ORDER BY t.hash""",
    ("transaction", "state", "purpose"): """
        SELECT t.hash, 'mined', t.state FROM chain_transaction t
        WHERE t.purpose = 'set_up' AND t.state = 'final' ORDER BY t.hash""",
    ("transaction", "checkpoint_size", "purpose"): """
        SELECT t.hash, NULL, t.checkpoint_size FROM chain_transaction t WHERE t.purpose <> 'append' ORDER BY t.hash""",
}
"""(kind, field, what it is compared with) → query of (identifier, what must be, what is)."""

UNPAID: Final = """
SELECT i.id, i.paid_on, i.paid_fen, i.paid_by FROM instalment i LEFT JOIN statement s ON s.subject = i.id
WHERE i.version = 0 AND s.id IS NULL ORDER BY i.id
"""
"""Instalments of which no payment is recorded."""

MAX_SET_UP: Final = 100
"""Transactions of one sender among which the contract's creation is looked for: a set-up takes two."""

UNUSED: Final = (
    (
        "dispute",
        "SELECT d.id FROM dispute d LEFT JOIN legal_case c ON c.dispute_id = d.id WHERE c.id IS NULL ORDER BY d.id",
    ),
    (
        "record",
        """SELECT r.subject FROM record r LEFT JOIN statement s ON s.subject = r.subject
        LEFT JOIN instalment i ON i.id = r.subject WHERE s.id IS NULL AND i.id IS NULL ORDER BY r.subject""",
    ),
)
"""(kind, query of names that nothing bears): disputes without a case; numbers of neither a record nor an instalment,
which has its number before anything is paid."""

RECORD_TABLES: Final = frozenset(str(kind.table.__tablename__) for kind in DECLARATIONS.values())
"""Tables whose `id` is the subject of a record, and so has a record number."""

PARENTS: Final = (
    ("case_step", "id", "case_id", "legal_case"),
    ("case_share", "id", "case_id", "legal_case"),
    ("entry", "id", "case_id", "legal_case"),
    ("proceeding", "id", "case_id", "legal_case"),
    ("party", "id", "case_id", "legal_case"),
    ("agent", "id", "case_id", "legal_case"),
    ("aid_request", "case_id", "case_id", "legal_case"),
    ("consultation", "case_id", "case_id", "legal_case"),
    ("match_key", "key", "case_id", "legal_case"),
    ("agent", "id", "party_id", "party"),
    ("claim", "id", "case_id", "legal_case"),
    ("claim", "id", "party_id", "party"),
    ("document_version", "document_id", "document_id", "document"),
    ("instalment", "id", "agreement_id", "agreement"),
    ("key_date", "id", "case_id", "legal_case"),
    ("nonperformance", "id", "agreement_id", "agreement"),
    ("paper_release", "id", "party_id", "party"),
    ("party_link", "id", "party_id", "party"),
    ("institution", "id", "access_stream", "stream"),
    ("institution", "id", "administration_stream", "stream"),
    ("signature", "id", "agreement_id", "agreement"),
)
"""(table, its key, the column that refers, the table referred to by its `id`)."""


def copies(session: Session, *, trust: Trust, wrapping_key: bytes) -> Iterator[Comparison]:
    """Every pair of values that must agree."""
    for (kind, field, _), query in PAIRS.items():
        for identifier, expected, found in rows_of(session, query):
            number = number_of(identifier) if kind in DECLARATIONS else str(identifier)
            yield Comparison(kind=kind, number=number, field=field, expected=expected, found=found)
    yield from _unpaid(session)
    yield from _orphans(session)
    yield from _pinned(session, trust)
    yield from _deployment(session, trust)
    yield from _unused_keys(session, wrapping_key)
    yield from _unmined(session)
    yield from revocations(session)
    yield from _match_keys(session, wrapping_key)
    yield from _odd_booleans(session)
    yield from _odd_tiles(session)


def _unpaid(session: Session) -> Iterator[Comparison]:
    for identifier, *paid in rows_of(session, UNPAID):
        for field, found in zip(("paid_on", "paid_fen", "paid_by"), paid, strict=True):
            yield Comparison(kind="instalment", number=number_of(identifier), field=field, expected=None, found=found)


def _orphans(session: Session) -> Iterator[Comparison]:
    """Rows that refer to nothing, so that they belong to no record; and instalments without a record number."""
    for table, key, column, parent in PARENTS:
        query = (
            f"SELECT c.{key}, c.{column} FROM {table} c LEFT JOIN {parent} p ON p.id = c.{column} "  # noqa: S608
            f"WHERE p.id IS NULL ORDER BY c.{key}"
        )
        for identifier, found in rows_of(session, query):
            number = number_of(identifier) if table in RECORD_TABLES else str(identifier)
            yield Comparison(kind=table, number=number, field=column, expected=ABSENT, found=found)
    for kind, query in UNUSED:
        for (identifier,) in rows_of(session, query):
            number = number_of(identifier) if kind == "record" else str(identifier)
            yield Comparison(kind=kind, number=number, field="id", expected=ABSENT, found=identifier)
    unregistered = (
        "SELECT i.id FROM instalment i LEFT JOIN record r ON r.subject = i.id WHERE r.subject IS NULL ORDER BY i.id"
    )
    for (identifier,) in rows_of(session, unregistered):
        number = number_of(identifier)
        yield Comparison(kind="instalment", number=number, field="id", expected=ABSENT, found=identifier)


def _pinned(session: Session, trust: Trust) -> Iterator[Comparison]:
    """The pinned chain against the trust file that everybody else has."""
    anchor = trust.anchors[-1]
    expected = {
        "origin": trust.origin,
        "chain_id": anchor.identity.chain_id,
        "genesis_hash": anchor.identity.genesis_hash,
        "contract": anchor.identity.contract,
        "code_sha256": anchor.identity.code_sha256,
        "log_id": anchor.identity.log_id,
        "finality": render_finality(anchor.finality),
        "evidence": anchor.evidence.value,
    }
    held = list(rows_of(session, f"SELECT {', '.join(expected)} FROM log ORDER BY origin"))  # noqa: S608 - our names
    for row in held:
        for (field, value), found in zip(expected.items(), row, strict=True):
            yield Comparison(kind="log", number=trust.origin, field=field, expected=value, found=found)
    yield Comparison(kind="log", number=trust.origin, field="rows", expected=1, found=len(held))


def _deployment(session: Session, trust: Trust) -> Iterator[Comparison]:
    """The transaction that created the contract, where one of the keys that set the log up did: it has no event."""
    contract = trust.anchors[-1].identity.contract
    query = "SELECT sender, nonce FROM chain_transaction WHERE purpose = 'set_up' ORDER BY ordinal"
    held = [(str(sender), nonce) for sender, nonce in rows_of(session, query) if isinstance(nonce, int)]
    newest = dict(sorted(held))
    for sender, last in newest.items():
        for nonce in range(min(last, MAX_SET_UP)):
            if (sender, nonce) not in held and _creates(sender, nonce) == contract:
                number = f"{sender}/{nonce}"
                yield Comparison(kind="transaction", number=number, field="nonce", expected=nonce, found=ABSENT)


def _creates(sender: str, nonce: int) -> str | None:
    try:
        return created_address(sender, nonce)
    except ValueError:
        return None  # a sender that is no address is found by its own comparison


def _unused_keys(session: Session, wrapping_key: bytes) -> Iterator[Comparison]:
    """The keys of streams without statements; all others are tried on what they seal."""
    query = (
        "SELECT st.id, st.wrapped_key FROM stream st LEFT JOIN statement s ON s.stream = st.id "
        "WHERE s.id IS NULL ORDER BY st.id"
    )
    for identifier, wrapped in rows_of(session, query):
        try:
            unwrap_key(wrapping_key, as_bytes(wrapped), str(identifier).encode())
            found = "opens"
        except (Malformed, Mismatch):
            found = "does not open"
        yield Comparison(kind="stream", number=str(identifier), field="wrapped_key", expected="opens", found=found)


def _unmined(session: Session) -> Iterator[Comparison]:
    """Transactions that are followed into their block, held for mined without it."""
    query = """SELECT hash, block_number, block_hash FROM chain_transaction
        WHERE purpose <> 'set_up' AND state IN ('mined', 'final') ORDER BY hash"""
    for identifier, *block in rows_of(session, query):
        for field, found in zip(("block_number", "block_hash"), block, strict=True):
            if found is None:
                yield Comparison(
                    kind="transaction", number=str(identifier), field=field, expected="a block", found=None
                )


def _match_keys(session: Session, wrapping_key: bytes) -> Iterator[Comparison]:
    """What duplicates are found by follows from the parties; keys by other rules are made anew at the next start."""
    hash_key, maker = Recorder(wrapping_key=wrapping_key).derived_key(PURPOSE), keys_maker()
    stored: dict[str, dict[str, str]] = {}
    for case_id, key, made_by in rows_of(session, "SELECT case_id, key, maker FROM match_key"):
        stored.setdefault(str(case_id), {})[str(key)] = str(made_by)
    for (case_id,) in rows_of(session, "SELECT id FROM legal_case ORDER BY id"):
        found = stored.get(str(case_id), {})
        if set(found.values()) - {maker}:
            continue
        expected = match_keys(case_parties(session, str(case_id)), hash_key)
        number = number_of(str(case_id))
        for key in sorted(expected - found.keys()):
            yield Comparison(kind="case", number=number, field="match_key", expected=key, found=None)
        for key in sorted(found.keys() - expected):
            yield Comparison(kind="case", number=number, field="match_key", expected=None, found=key)


def _odd_booleans(session: Session) -> Iterator[Comparison]:
    """SQLite keeps any number in a column of yes and no, and the driver reads it as yes."""
    if session.connection().dialect.name != "sqlite":
        return
    for table in SQLModel.metadata.sorted_tables:
        key = next(iter(table.primary_key)).name
        for column in (column.name for column in table.columns if isinstance(column.type, Boolean)):
            query = (
                f"SELECT {key}, {column} FROM {table.name} "  # noqa: S608 - names of our own tables
                f"WHERE {column} IS NOT NULL AND {column} NOT IN (0, 1) ORDER BY {key}"
            )
            for identifier, found in rows_of(session, query):
                number = number_of(identifier)
                yield Comparison(kind=table.name, number=number, field=column, expected=bool(found), found=found)


def _odd_tiles(session: Session) -> Iterator[Comparison]:
    """Tiles at a place that no tree has."""
    for level, number in rows_of(session, "SELECT level, number FROM tile ORDER BY level, number"):
        if not is_tile_place(level, number):
            yield Comparison(kind="tile", number=f"{level}/{number}", field="level", expected=ABSENT, found=level)


def is_tile_place(level: object, number: object) -> bool:
    """Whether a tile can be there."""
    return isinstance(level, int) and isinstance(number, int) and 0 <= level <= MAX_TILE_LEVEL and number >= 0
