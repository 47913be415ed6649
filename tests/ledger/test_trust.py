"""The trust file: read strictly, written canonically, and asked by size."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchor import Finality
from ledger.errors import Malformed
from ledger.note import NoteSigner, render_vkey
from ledger.trust import MAX_ENTRIES, Evidence, Trust, TrustedAnchor, TrustedKey, parse_trust, render_trust
from tests.fakes import IDENTITY

ORIGIN = "ledger.example.org/lanshan/1"


def signer(seed: int, name: str = ORIGIN) -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


OLD, NEW = signer(1), signer(2)
MOVED = replace(IDENTITY, contract="0x" + "Ab" * 20)

TRUST = Trust(
    origin=ORIGIN,
    keys=(TrustedKey(vkey=OLD.vkey, until_size=100), TrustedKey(vkey=NEW.vkey, from_size=90)),
    anchors=(
        TrustedAnchor(identity=IDENTITY, until_size=50, finality=Finality(kind="instant")),
        TrustedAnchor(
            identity=MOVED, from_size=50, finality=Finality(kind="depth", depth=12), evidence=Evidence.WITNESSED
        ),
    ),
)


def members() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(render_trust(TRUST))
    return value


def as_bytes(value: object) -> bytes:
    return json.dumps(value).encode()


def test_trust_reads_what_it_writes() -> None:
    assert parse_trust(render_trust(TRUST)) == TRUST


def test_trust_reads_any_layout() -> None:
    assert parse_trust(json.dumps(members(), indent=2).encode()) == TRUST


def test_trust_is_written_as_published() -> None:
    trust = Trust(
        origin=ORIGIN,
        keys=(TrustedKey(vkey=OLD.vkey),),
        anchors=(TrustedAnchor(identity=IDENTITY, finality=Finality(kind="tag")),),
    )
    assert json.loads(render_trust(trust)) == {
        "format": "legal-ledger/trust/v1",
        "origin": ORIGIN,
        "keys": [{"vkey": render_vkey(OLD.vkey), "from_size": 0, "until_size": None}],
        "anchors": [
            {
                "chain_id": 1371103,
                "genesis_hash": "0x" + "9a" * 32,
                "contract": "0x5FbDB2315678afecb367f032d93F642f64180aa3",
                "code_sha256": "c0" * 32,
                "log_id": "0x" + "1d" * 32,
                "from_size": 0,
                "until_size": None,
                "finality": "tag",
                "evidence": "none",
            }
        ],
    }


@pytest.mark.parametrize(
    ("size", "keys"),
    [(0, [OLD]), (89, [OLD]), (90, [OLD, NEW]), (100, [OLD, NEW]), (101, [NEW]), (2**40, [NEW])],
)
def test_keys_are_those_of_the_size(size: int, keys: list[NoteSigner]) -> None:
    assert TRUST.keys_for(size) == tuple(key.vkey for key in keys)


@pytest.mark.parametrize(
    ("size", "identities"), [(0, [IDENTITY]), (49, [IDENTITY]), (50, [IDENTITY, MOVED]), (51, [MOVED])]
)
def test_anchors_share_the_size_of_the_move(size: int, identities: list[object]) -> None:
    assert [anchor.identity for anchor in TRUST.anchors_for(size)] == identities


def test_anchor_at_the_move_is_the_new_one() -> None:
    found = TRUST.anchor_for(50)
    assert found is not None
    assert found.identity == MOVED


def test_anchor_outside_every_range_is_none() -> None:
    assert replace(TRUST, anchors=TRUST.anchors[1:]).anchor_for(49) is None


DROP = "(drop)"


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("format", "legal-ledger/trust/v2", "format is not"),
        ("note", "x", "exactly the members"),
        ("anchors", DROP, "exactly the members"),
        ("origin", 7, "origin is not text"),
        ("origin", "two words", "printable ASCII"),
        ("origin", "a+b", "printable ASCII"),
        ("origin", "", "printable ASCII"),
        ("origin", "x" * 256, "1 to 255"),
        ("origin", "other.example.org", "bear the origin"),
        ("keys", [], "keys are not 1"),
        ("keys", {}, "keys is not an array"),
        ("anchors", [], "anchors are not 1"),
        ("keys.0", "vkey", "a key is not an object"),
        ("keys.0.comment", "", "a key is not an object"),
        ("keys.0.vkey", "x+00000000+AQ==", "verifier key"),
        ("keys.0.from_size", -1, "range of tree sizes"),
        ("keys.0.from_size", True, "from_size is not an integer"),
        ("keys.0.from_size", None, "from_size is not an integer"),
        ("keys.0.from_size", 101, "range of tree sizes"),
        ("keys.0.until_size", "100", "until_size is not an integer"),
        ("keys.0.until_size", DROP, "a key is not an object"),
        ("anchors.0.chain_id", 0, "chain_id is not a positive"),
        ("anchors.0.chain_id", "1", "chain_id is not an integer"),
        ("anchors.0.genesis_hash", "9a" * 32, "genesis_hash is not of its form"),
        ("anchors.0.genesis_hash", "0x" + "9A" * 32, "genesis_hash is not of its form"),
        ("anchors.0.contract", "0x00", "contract is not of its form"),
        ("anchors.0.code_sha256", "0x" + "c0" * 32, "code_sha256 is not of its form"),
        ("anchors.0.log_id", "0x" + "1d" * 31, "log_id is not of its form"),
        ("anchors.0.finality", "soon", "finality"),
        ("anchors.0.finality", "depth:0", "finality"),
        ("anchors.0.evidence", "court", "none or witnessed"),
        ("anchors.0.until_size", -1, "range of tree sizes"),
    ],
)
def test_trust_refuses(place: str, value: object, reason: str) -> None:
    trust = members()
    *steps, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    target: Any = trust
    for step in steps:
        target = target[step]
    if value == DROP:
        del target[last]
    else:
        target[last] = value
    with pytest.raises(Malformed, match=reason):
        parse_trust(as_bytes(trust))


def test_trust_refuses_too_many_keys() -> None:
    value = members()
    value["keys"] = value["keys"][:1] * (MAX_ENTRIES + 1)
    with pytest.raises(Malformed, match="keys are not 1 to 256"):
        parse_trust(as_bytes(value))


def test_trust_refuses_a_member_twice() -> None:
    data = render_trust(TRUST).replace(b'"origin":', b'"origin":"x","origin":', 1)
    with pytest.raises(Malformed, match="appears twice"):
        parse_trust(data)


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(as_bytes))
def test_trust_raises_only_malformed_for_garbage(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_trust(data)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_trust_with_any_bit_changed_is_refused_or_another_one(at: int, bit: int) -> None:
    data = bytearray(render_trust(TRUST))
    data[at % len(data)] ^= 1 << bit
    try:
        changed = parse_trust(bytes(data))
    except Malformed:
        return
    assert changed != TRUST or bytes(data).rstrip() == render_trust(TRUST).rstrip()
