"""The background loop: what it shows of each failure, and that none ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from ledger.anchorer import Position, Progress
from ledger.errors import LedgerError, Malformed, NeedsAttention, Unavailable, WrongChain
from ledger.merkle import RootHash
from service.anchoring import Anchoring, AnchoringStatus
from tests.clock import FixedClock

IDLE = Progress(moved=0, sealed=None, busy=False)
BUSY = Progress(moved=1, sealed=Position(size=3, root=RootHash(bytes(32))), busy=True)
PATIENCE_S = 10


class Script:
    """Steps with prepared outcomes; after the last it is idle. `reached` tells when a number of steps was done."""

    def __init__(self, *outcomes: Progress | Exception) -> None:
        self._outcomes = list(outcomes)
        self._changed = threading.Condition()
        self.steps = 0

    def step(self) -> Progress:
        with self._changed:
            self.steps += 1
            self._changed.notify_all()
            outcome = self._outcomes.pop(0) if self._outcomes else IDLE
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def reached(self, steps: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.steps >= steps, timeout=PATIENCE_S)


def _run(script: Script, clock: FixedClock, look: Callable[[Anchoring], None]) -> AnchoringStatus:
    anchoring = Anchoring(script, interval=timedelta(hours=1), clock=clock)
    anchoring.start()
    try:
        look(anchoring)
    finally:
        anchoring.stop()
    return anchoring.status


@pytest.mark.parametrize(
    ("error", "state", "cause"),
    [
        (Unavailable("chain", "refused"), "chain_unavailable", "chain"),
        (WrongChain("genesis_hash", "0x01", "0x02"), "wrong_chain", "genesis_hash"),
        (NeedsAttention("chain_set_back", "size 3", "look"), "needs_attention", "chain_set_back"),
        (Malformed("tile", "short"), "needs_attention", "malformed"),
        (ZeroDivisionError(), "failed", "ZeroDivisionError"),
    ],
)
def test_failure_is_shown_with_its_cause(clock: FixedClock, error: Exception, state: str, cause: str) -> None:
    script = Script(error)

    status = _run(script, clock, lambda _: None if script.reached(1) else pytest.fail("no step"))

    assert (status.state, status.cause) == (state, cause)
    assert status.last_success is None


@pytest.mark.parametrize("error", [Unavailable("chain", "refused"), NeedsAttention("a", "b", "c"), LedgerError()])
def test_failure_does_not_end_the_loop(clock: FixedClock, error: Exception) -> None:
    script = Script(error)

    def wake(anchoring: Anchoring) -> None:
        assert script.reached(1)
        anchoring.wake()
        assert script.reached(2)

    status = _run(script, clock, wake)

    assert status.state == "working"
    assert status.last_success == clock()


def test_busy_anchorer_is_stepped_again_at_once(clock: FixedClock) -> None:
    script = Script(BUSY, BUSY, BUSY)

    _run(script, clock, lambda _: None if script.reached(4) else pytest.fail("stopped stepping"))

    assert script.steps == 4


def test_status_keeps_when_its_state_began(clock: FixedClock) -> None:
    script = Script(Unavailable("chain", "refused"), Unavailable("chain", "refused"))
    began = clock()

    def wake_later(anchoring: Anchoring) -> None:
        assert script.reached(1)
        while anchoring.status.state == "starting":
            pass
        clock.advance(timedelta(minutes=5))
        anchoring.wake()
        assert script.reached(2)

    status = _run(script, clock, wake_later)

    assert (status.state, status.since) == ("chain_unavailable", began)
