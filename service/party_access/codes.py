"""The secret in a party's link: 130 random bits as 26 symbols that can be scanned, read out and typed."""

from __future__ import annotations

import hashlib
from typing import Final

from ledger.keys import Random
from ledger.record_number import SYMBOLS

LENGTH: Final = 26
BITS: Final = 5
GROUPS: Final = (4, 4, 4, 4, 5, 5)
_BYTES: Final = 17
_LOOK_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code(random: Random) -> str:
    """A fresh code, without its dashes."""
    number = int.from_bytes(random(_BYTES))
    return "".join(SYMBOLS[number >> BITS * place & (len(SYMBOLS) - 1)] for place in range(LENGTH))


def print_code(code: str) -> str:
    """The code in groups, as a slip shows it."""
    parts, at = [], 0
    for width in GROUPS:
        parts.append(code[at : at + width])
        at += width
    return "-".join(parts)


def read_code(text: str) -> str | None:
    """A code as people type it, in any case and spacing; None for what cannot be one."""
    plain = "".join(text.split()).replace("-", "").upper().translate(_LOOK_ALIKE)
    return plain if len(plain) == LENGTH and set(plain) <= set(SYMBOLS) else None


def digest_of(code: str) -> str:
    """What is kept of a code: with 130 random bits it cannot be guessed from this."""
    return hashlib.sha256(b"legal-ledger/party-link/v1\n" + code.encode()).hexdigest()
