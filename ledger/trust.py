"""The trust file: the keys, chains and contracts that a verifier has decided to believe.

Whoever verifies must get it by another way than the receipts it judges: on paper, from another office, from a court.
Format and meaning of each field: `ledger/docs/formats.md`, "Trust file".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ledger.anchor import ChainIdentity, Finality, parse_finality, render_finality
from ledger.canonical import MAX_SAFE_INTEGER, JsonValue, canonical_bytes, parse_json
from ledger.checkpoint import MAX_ORIGIN_LENGTH
from ledger.errors import Malformed
from ledger.members import exactly
from ledger.note import VerifierKey, parse_vkey, render_vkey

FORMAT = "legal-ledger/trust/v1"

MAX_TRUST_BYTES = 256 * 1024
"""Some 400 bytes a key or chain; an office rotates a handful in its life."""

MAX_ENTRIES = 256
"""Keys, and likewise anchors."""

_ORIGIN = re.compile(r"[!-*,-~]+")
"""Printable ASCII without space and `+`: the name of a note key (C2SP signed-note), spelt in one way only."""

_HASH_0X = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{40}")
_HEX_32 = re.compile(r"[0-9a-f]{64}")

_WHAT = "trust file"
_MEMBERS = frozenset({"format", "origin", "keys", "anchors"})
_KEY_MEMBERS = frozenset({"vkey", "from_size", "until_size"})
_ANCHOR_MEMBERS = frozenset(
    {"chain_id", "genesis_hash", "contract", "code_sha256", "log_id", "from_size", "until_size", "finality", "evidence"}
)


class Evidence(StrEnum):
    """Whether anybody but the operator vouches for the chain. `none` labels every result *test network*."""

    NONE = "none"
    WITNESSED = "witnessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A note key, believed for checkpoints of `from_size` ≤ size ≤ `until_size` (None: without end)."""

    vkey: VerifierKey
    from_size: int = 0
    until_size: int | None = None

    def __post_init__(self) -> None:
        _check_sizes("trusted key", self.from_size, self.until_size)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedAnchor:
    """A contract on a chain, believed for checkpoints of `from_size` ≤ size ≤ `until_size` (None: without end).

    A log that moves does so at one size, whose checkpoint is anchored in both places: the two ranges share it.
    """

    identity: ChainIdentity
    from_size: int = 0
    until_size: int | None = None
    finality: Finality
    evidence: Evidence = Evidence.NONE

    def __post_init__(self) -> None:
        _check_sizes("trusted anchor", self.from_size, self.until_size)
        _check_identity(self.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a verifier believes about one log. Building one that breaks a rule of the format raises Malformed.

    `origin` is the log's name and that of each of its keys. There is at least one key and one anchor, at most 256.
    """

    origin: str
    keys: tuple[TrustedKey, ...]
    anchors: tuple[TrustedAnchor, ...]

    def __post_init__(self) -> None:
        if len(self.origin) > MAX_ORIGIN_LENGTH or not _ORIGIN.fullmatch(self.origin):
            raise _malformed(f"origin is not 1 to {MAX_ORIGIN_LENGTH} printable ASCII characters without space and +")
        for name, entries in (("keys", self.keys), ("anchors", self.anchors)):
            if not 1 <= len(entries) <= MAX_ENTRIES:
                raise _malformed(f"{name} are not 1 to {MAX_ENTRIES}")
        if any(key.vkey.name != self.origin for key in self.keys):
            raise _malformed("a key does not bear the origin as its name")

    def keys_for(self, size: int) -> tuple[VerifierKey, ...]:
        """Return the keys that may have signed a checkpoint of `size`; there may be none."""
        return tuple(key.vkey for key in self.keys if _covers(key, size))

    def anchors_for(self, size: int) -> tuple[TrustedAnchor, ...]:
        """Return the anchors that may hold a checkpoint of `size`, in the file's order: two at a move, or none."""
        return tuple(anchor for anchor in self.anchors if _covers(anchor, size))

    def anchor_for(self, size: int) -> TrustedAnchor | None:
        """Return where to look for a checkpoint of `size`: the last in the file of `anchors_for`, or None."""
        return next(reversed(self.anchors_for(size)), None)


def parse_trust(data: bytes) -> Trust:
    """Read a trust file. White space and the order of members are free, as people write it by hand.

    Raises Malformed for JSON that is not strict, a missing or unknown member, and values that `Trust` refuses.
    """
    members = exactly(parse_json(data, max_bytes=MAX_TRUST_BYTES), _MEMBERS, what=_WHAT)
    if members["format"] != FORMAT:
        raise _malformed(f"format is not {FORMAT}")
    return Trust(
        origin=members.text("origin"),
        keys=tuple(_parse_key(entry) for entry in members.array("keys")),
        anchors=tuple(_parse_anchor(entry) for entry in members.array("anchors")),
    )


def render_trust(trust: Trust) -> bytes:
    """Render the canonical form (RFC 8785) and a newline, which `parse_trust` reads back to an equal value."""
    return (
        canonical_bytes(
            {
                "format": FORMAT,
                "origin": trust.origin,
                "keys": [
                    {"vkey": render_vkey(key.vkey), "from_size": key.from_size, "until_size": key.until_size}
                    for key in trust.keys
                ],
                "anchors": [_anchor_members(anchor) for anchor in trust.anchors],
            }
        )
        + b"\n"
    )


def _anchor_members(anchor: TrustedAnchor) -> dict[str, JsonValue]:
    return {
        "chain_id": anchor.identity.chain_id,
        "genesis_hash": anchor.identity.genesis_hash,
        "contract": anchor.identity.contract,
        "code_sha256": anchor.identity.code_sha256,
        "log_id": anchor.identity.log_id,
        "from_size": anchor.from_size,
        "until_size": anchor.until_size,
        "finality": render_finality(anchor.finality),
        "evidence": anchor.evidence.value,
    }


def _parse_key(entry: JsonValue) -> TrustedKey:
    members = exactly(entry, _KEY_MEMBERS, what=_WHAT, where="a key")
    return TrustedKey(
        vkey=parse_vkey(members.text("vkey")),
        from_size=members.integer("from_size"),
        until_size=members.integer_or_none("until_size"),
    )


def _parse_anchor(entry: JsonValue) -> TrustedAnchor:
    members = exactly(entry, _ANCHOR_MEMBERS, what=_WHAT, where="an anchor")
    try:
        evidence = Evidence(members.text("evidence"))
    except ValueError as error:
        raise _malformed("evidence is not none or witnessed") from error
    return TrustedAnchor(
        identity=ChainIdentity(
            chain_id=members.integer("chain_id"),
            genesis_hash=members.text("genesis_hash"),
            contract=members.text("contract"),
            code_sha256=members.text("code_sha256"),
            log_id=members.text("log_id"),
        ),
        from_size=members.integer("from_size"),
        until_size=members.integer_or_none("until_size"),
        finality=parse_finality(members.text("finality")),
        evidence=evidence,
    )


def _covers(entry: TrustedKey | TrustedAnchor, size: int) -> bool:
    return entry.from_size <= size and (entry.until_size is None or size <= entry.until_size)


def _check_sizes(what: str, from_size: int, until_size: int | None) -> None:
    if not 0 <= from_size <= (MAX_SAFE_INTEGER if until_size is None else until_size) <= MAX_SAFE_INTEGER:
        raise Malformed(what, "from_size and until_size are not a range of tree sizes")


def _check_identity(identity: ChainIdentity) -> None:
    if not 1 <= identity.chain_id <= MAX_SAFE_INTEGER:
        raise _malformed("chain_id is not a positive integer")
    for name, pattern in (
        ("genesis_hash", _HASH_0X),
        ("contract", _ADDRESS),
        ("code_sha256", _HEX_32),
        ("log_id", _HASH_0X),
    ):
        if not pattern.fullmatch(getattr(identity, name)):
            raise _malformed(f"{name} is not of its form")


def _malformed(reason: str) -> Malformed:
    return Malformed(_WHAT, reason)
