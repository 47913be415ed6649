"""How often something may be tried: per address, account and paper, in memory, in a moving window."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from service.inputs import Refused
from service.problems import RateLimited

SIMULTANEOUS_PASSWORDS = 2
"""Argon2 takes 64 MiB and a core for each check; more at once would be a way to stop the service."""

ENTRIES_BY_LINK = "20/day"
"""What one party enters for itself. A link that is lost must not fill the file."""


class Limits:
    """Counts tries in this process. Methods may be called from several threads."""

    def __init__(self, *, sign_in: str, public: str, paper_code: str) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._sign_in = parse(sign_in)
        self._public = parse(public)
        self._paper_code = parse(paper_code)
        self._entries = parse(ENTRIES_BY_LINK)
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
        with self._passwords, self._counting(Exception, self._sign_in, keys):
            yield

    @contextmanager
    def paper_code(self, *, address: str, record_no: str) -> Iterator[None]:
        """Let one paper code be tried; when it is Refused, that is counted against address and record.

        Who types right is not counted, so that a paper can be read as often as its holder wants. Who wants to keep a
        holder out by wrong codes needs several addresses, and again and again.
        """
        keys = (("paper-code-address", address), ("paper-code-record", record_no))
        with self._counting(Refused, self._paper_code, keys):
            yield

    @contextmanager
    def party_link(self, *, address: str) -> Iterator[None]:
        """Let one access code be tried; when it is Refused, that is counted against the address.

        There is nothing else to count against: a wrong code names no link.
        """
        with self._counting(Refused, self._paper_code, (("party-link-address", address),)):
            yield

    def count_entry(self, link_id: str) -> None:
        """Count what somebody enters through a party's link; raises RateLimited."""
        if not self._limiter.hit(self._entries, "party-entry", link_id):
            raise self._refusal(self._entries, "party-entry", link_id)

    @contextmanager
    def _counting(
        self, failure: type[Exception], item: RateLimitItem, keys: tuple[tuple[str, str], ...]
    ) -> Iterator[None]:
        for kind, key in keys:
            if not self._limiter.test(item, kind, key):
                raise self._refusal(item, kind, key)
        try:
            yield
        except failure:
            for kind, key in keys:
                self._limiter.hit(item, kind, key)
            raise

    def _refusal(self, item: RateLimitItem, kind: str, key: str) -> RateLimited:
        reset = self._limiter.get_window_stats(item, kind, key).reset_time
        return RateLimited(max(1, math.ceil(reset - time())))
