"""How often something may be tried: per address and per account, in memory, in a moving window."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from service.problems import RateLimited

SIMULTANEOUS_PASSWORDS = 2
"""Argon2 takes 64 MiB and a core for each check; more at once would be a way to stop the service."""


class Limits:
    """Counts tries in this process. Methods may be called from several threads."""

    def __init__(self, *, sign_in: str, public: str) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._sign_in = parse(sign_in)
        self._public = parse(public)
        self._passwords = threading.BoundedSemaphore(SIMULTANEOUS_PASSWORDS)

    def count_public(self, address: str) -> None:
        """Count a public verification; raises RateLimited."""
        if not self._limiter.hit(self._public, "public", address):
            raise self._refusal(self._public, "public", address)

    @contextmanager
    def sign_in(self, *, address: str, username: str) -> Iterator[None]:
        """Let one attempt to sign in through; when it raises, it is counted against address and account.

        Success is not counted, so that an office behind one address is not locked out by its own people.
        """
        keys = (("sign-in-address", address), ("sign-in-account", username))
        with self._passwords:
            for kind, key in keys:
                if not self._limiter.test(self._sign_in, kind, key):
                    raise self._refusal(self._sign_in, kind, key)
            try:
                yield
            except Exception:
                for kind, key in keys:
                    self._limiter.hit(self._sign_in, kind, key)
                raise

    def _refusal(self, item: RateLimitItem, kind: str, key: str) -> RateLimited:
        reset = self._limiter.get_window_stats(item, kind, key).reset_time
        return RateLimited(max(1, math.ceil(reset - time())))
