"""What an honest holder has, and tools to tamper with it; the ways to tamper are in `tampering_ways`.

Where a cheat could make the receipt's checksum anew, the tools do: the checksum shows damage and is no signature.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random
from typing import Any

from ledger.canonical import (
    canonical_bytes,
    encode_base64,
    tagged_sha256,
)
from ledger.receipt import render_receipt
from ledger.record_number import record_number
from ledger.trust import render_trust
from tests.receipts import World, signer
from tests.table_node import file_of

TRUST = "trust"
"""In place of a check's number: the trust file cannot be read, so nothing is checked."""

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
STRANGER = signer(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody checks, and the world it comes from: leaf `index` of the log at `size`."""

    world: World
    index: int
    size: int
    receipt: bytes
    trust: bytes
    file: bytes

    @property
    def members(self) -> Any:
        return json.loads(self.receipt)

    @property
    def file_sha256(self) -> str:
        return sha256(self.file).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`changed` must fail the check `noticed` first; `honest` is green."""

    way: str
    honest: Given
    changed: Given
    noticed: frozenset[int | str]


Way = Callable[[Random, Given], Given]
WAYS: dict[str, tuple[Way, frozenset[int | str]]] = {}


def way(name: str, *noticed: int | str) -> Callable[[Way], Way]:
    def register(function: Way) -> Way:
        WAYS[name] = (function, frozenset(noticed))
        return function

    return register


def honest(draw: Random, world: World) -> Given:
    size = draw.choice(world.sizes)
    index = draw.randrange(size)
    return Given(
        world=world,
        index=index,
        size=size,
        receipt=render_receipt(world.receipt(index, size)),
        trust=render_trust(world.trust),
        file=file_of(index),
    )


# ------------------------------------------------------------------------------------------------------------- tools


def render(given: Given, members: Any, *, sealed: bool = True) -> Given:
    """The receipt with other members, its checksum made anew when `sealed`."""
    if sealed:
        head, _, note = members["proof"].partition("\n\n")
        covered = {"anchors": members["anchors"], "approvals": [], "note": note}
        extra = tagged_sha256(b"legal-ledger/receipt-checksum/v1\n", canonical_bytes(covered))
        lines = head.split("\n")
        lines[1] = f"extra {encode_base64(extra)}"
        members["proof"] = "\n".join(lines) + "\n\n" + note
    return replace(given, receipt=canonical_bytes(members) + b"\n")


def flipped(draw: Random, data: bytes) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def other(draw: Random, text: str, alphabet: str) -> str:
    """`text` with one of its characters from `alphabet` replaced by another one of it."""
    at = draw.choice([place for place, sign in enumerate(text) if sign in alphabet])
    return text[:at] + draw.choice([sign for sign in alphabet if sign != text[at]]) + text[at + 1 :]


def change_statement(draw: Random, given: Given, change: Callable[[Any], None]) -> Given:
    members = given.members
    statement = json.loads(members["statement"])
    change(statement)
    members["statement"] = canonical_bytes(statement).decode()
    members["record_no"] = record_number(statement["subject"])
    return render(given, members)


def change_note(given: Given, change: Callable[[str], str]) -> Given:
    members = given.members
    head, _, note = members["proof"].partition("\n\n")
    members["proof"] = head + "\n\n" + change(note)
    return render(given, members)


def change_proof(given: Given, change: Callable[[list[str]], None]) -> Given:
    """`change` gets the lines of index and hashes."""
    members = given.members
    head, _, note = members["proof"].partition("\n\n")
    lines = head.split("\n")
    rest = lines[2:]
    change(rest)
    members["proof"] = "\n".join(lines[:2] + rest) + "\n\n" + note
    return render(given, members)


def change_trust(given: Given, change: Callable[[Any], None]) -> Given:
    trust = json.loads(given.trust)
    change(trust)
    return replace(given, trust=canonical_bytes(trust))


def neighbour(draw: Random, given: Given) -> Given:
    """An honest receipt of another record at the same size."""
    index = draw.choice([index for index in range(given.size) if index != given.index] or [given.index])
    return replace(given, receipt=render_receipt(given.world.receipt(index, given.size)))


def slack(text: str, alphabet: str) -> str:
    """Another base64 spelling of the same bytes."""
    body = text.rstrip("=")
    if len(body) % 4 == 0:
        return text + "="
    last = alphabet[alphabet.index(body[-1]) ^ 1]
    return body[:-1] + last + text[len(body) :]
