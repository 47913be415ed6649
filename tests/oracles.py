"""Second implementations to compare with: slow, close to the words of the specification, importing nothing of ours.

RFC 9162 §2.1 as it is written, recursion for what it defines by recursion and its numbered steps for what it defines
by steps; and the record number by multiplication in GF(2^5) from first principles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from uuid import UUID

EMPTY_ROOT = hashlib.sha256(b"").digest()

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def largest_power_of_two_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def hash_leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class NaiveTree:
    """The tree over `entries`: D[start:end] of the RFC is (start, end) here, so that its hash can be remembered."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.leaves = [hash_leaf(entry) for entry in entries]
        self.mth = cache(self._mth)

    def _mth(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]), §2.1.1."""
        n = end - start
        if n == 0:
            return EMPTY_ROOT
        if n == 1:
            return self.leaves[start]
        k = largest_power_of_two_below(n)
        return hash_children(self.mth(start, start + k), self.mth(start + k, end))

    def root(self, size: int) -> bytes:
        return self.mth(0, size)

    def inclusion(self, m: int, size: int, start: int = 0) -> list[bytes]:
        """PATH(m, D_n), §2.1.3.1, of the tree over D[start : start + size]."""
        if size == 1:
            return []
        k = largest_power_of_two_below(size)
        if m < k:
            return [*self.inclusion(m, k, start), self.mth(start + k, start + size)]
        return [*self.inclusion(m - k, size - k, start + k), self.mth(start, start + k)]

    def consistency(self, m: int, size: int) -> list[bytes]:
        """PROOF(m, D_n), §2.1.4.1, for 0 < m < n; and an empty one where m is 0 or n."""
        return [] if m in {0, size} else self._subproof(m, 0, size, known=True)

    def _subproof(self, m: int, start: int, end: int, *, known: bool) -> list[bytes]:
        n = end - start
        if m == n:
            return [] if known else [self.mth(start, end)]
        k = largest_power_of_two_below(n)
        if m <= k:
            return [*self._subproof(m, start, start + k, known=known), self.mth(start + k, end)]
        return [*self._subproof(m - k, start + k, end, known=False), self.mth(start, start + k)]


def accepts_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """The steps of §2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = hash_children(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hash_children(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def accepts_consistency(*, size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """The steps of §2.1.4.2 for 0 < size1 < size2; the rule of C2SP tlog-witness at the edges."""
    if size1 == 0:
        return not proof and root1 == EMPTY_ROOT and (size2 > 0 or root2 == EMPTY_ROOT)
    if size1 == size2:
        return not proof and root1 == root2
    if size1 > size2 or not proof:
        return False
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        path.insert(0, root1)
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = hash_children(c, fr), hash_children(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = hash_children(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == root1 and sr == root2 and sn == 0


def field_product(a: int, b: int) -> int:
    """Multiply two polynomials over GF(2) and reduce by x^5 + x^2 + 1."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for degree in range(8, 4, -1):
        if product >> degree & 1:
            product ^= 0b100101 << (degree - 5)
    return product


def check_sum(symbols: str) -> int:
    """Σ α^i·c_i with α = 2; 0 when the check symbol is right."""
    total, power = 0, 1
    for symbol in symbols:
        total ^= field_product(power, CROCKFORD.index(symbol))
        power = field_product(power, 2)
    return total


def with_check_symbol(symbols: str) -> str:
    (check,) = [symbol for symbol in CROCKFORD if check_sum(symbols + symbol) == 0]
    return symbols + check


def record_number(subject: str) -> str:
    digest = hashlib.sha256(b"legal-ledger/record-no/v1\n" + UUID(subject).bytes).digest()
    bits = "".join(f"{byte:08b}" for byte in digest)[:60]
    symbols = with_check_symbol("".join(CROCKFORD[int(bits[at : at + 5], 2)] for at in range(0, 60, 5)))
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"
