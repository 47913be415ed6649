"""The background process of the service: steps the anchorer, woken by every recording, and says how it stands.

One thread, started and stopped by the application. A failure never ends it: an unreachable chain is tried again, a
cause that needs a person stays named until it is gone. Requests are answered whatever its state: "received" needs no
chain.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from ledger.anchorer import Progress
from ledger.errors import LedgerError, NeedsAttention, Unavailable, WrongChain

MAX_PAUSE = timedelta(minutes=1)
"""The longest wait between two tries against a chain that does not answer."""


class Steps(Protocol):
    """What the loop drives: `ledger.anchorer.Anchorer`."""

    def step(self) -> Progress:
        """Do one step; raises Unavailable to be tried again, WrongChain and NeedsAttention to be shown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchoringStatus:
    """How anchoring stands. `state` is starting, working, chain_unavailable, wrong_chain, needs_attention or failed.

    `cause`, `detail` and `remedy` are for operators; none of them holds personal data. `since` is when this state
    began, `last_success` the end of the newest step that went through.
    """

    state: str
    since: datetime
    last_success: datetime | None = None
    cause: str | None = None
    detail: str | None = None
    remedy: str | None = None


class NoOperator:
    """Steps of a home without its operator's key: everything else works, and nothing is signed by another key."""

    def step(self) -> Progress:
        """See `Steps.step`; always raises NeedsAttention."""
        raise NeedsAttention(
            "operator_key_missing",
            "there is no operator.key in the home's folder of keys, so nothing new is anchored",
            "put the key there from the backup; if it is lost, `legal-ledger operator name` with the owner's key",
        )


class OnlyByOperator:
    """Steps of an anchorer, once the contract was seen to name its key the operator: no other key signs anything."""

    def __init__(self, anchorer: Steps, *, address: str, operator: Callable[[], str | None]) -> None:
        """`operator` asks the pinned contract; raises Unavailable and WrongChain."""
        self._anchorer = anchorer
        self._address = address
        self._operator = operator
        self._is_operator = False

    def step(self) -> Progress:
        """See `Steps.step`."""
        if not self._is_operator:
            operator = self._operator()
            if operator != self._address:
                raise NeedsAttention(
                    "not_the_operator",
                    f"operator.key is that of {self._address}, the contract names {operator}",
                    "put the right key there, or name this one: `legal-ledger operator name` with the owner's key",
                )
            self._is_operator = True
        return self._anchorer.step()


class Anchoring:
    """Runs steps in a thread of its own. `wake`, `status`, `start` and `stop` may be called from any thread."""

    def __init__(self, anchorer: Steps, *, interval: timedelta, clock: Callable[[], datetime]) -> None:
        self._anchorer = anchorer
        self._interval = interval
        self._clock = clock
        self._woken = threading.Event()
        self._stopping = False
        self._status = AnchoringStatus(state="starting", since=clock())
        self._thread = threading.Thread(target=self._run, name="anchorer", daemon=True)

    @property
    def status(self) -> AnchoringStatus:
        """The newest status; a value, safe to keep."""
        return self._status

    def start(self) -> None:
        """Begin to step."""
        self._thread.start()

    def wake(self) -> None:
        """Step now instead of at the end of the interval."""
        self._woken.set()

    def stop(self) -> None:
        """End after the step under way; whatever that step stored is taken up at the next start."""
        self._stopping = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        pause = self._interval
        while True:
            self._woken.clear()
            if self._stopping:  # looked at after the clearing, so that the waking of `stop` is never lost
                return
            busy, reached = self._step()
            if busy:
                continue
            pause = self._interval if reached else min(max(pause, self._interval) * 2, MAX_PAUSE)
            self._woken.wait(pause.total_seconds())

    def _step(self) -> tuple[bool, bool]:
        """Step once; returns whether to go on at once, and whether the chain answered."""
        try:
            progress = self._anchorer.step()
        except Unavailable as error:
            self._show("chain_unavailable", cause=error.what, detail=error.reason)
            return False, False
        except WrongChain as error:
            self._show("wrong_chain", cause=error.field, detail=str(error), remedy="see the operations guide")
            return False, True
        except NeedsAttention as error:
            self._show("needs_attention", cause=error.cause, detail=error.detail, remedy=error.remedy)
            return False, True
        except LedgerError as error:
            self._show("needs_attention", cause=error.code, detail=str(error), remedy="run the audit")
            return False, True
        except Exception as error:  # noqa: BLE001 - the thread must outlive a defect, and name it
            self._show("failed", cause=type(error).__name__, remedy="this is a defect: report it with the log")
            structlog.get_logger().exception("anchoring_failed")
            return False, True
        self._show("working")
        self._status = replace(self._status, last_success=self._clock())
        return progress.busy, True

    def _show(
        self, state: str, *, cause: str | None = None, detail: str | None = None, remedy: str | None = None
    ) -> None:
        before = self._status
        shown = replace(before, state=state, cause=cause, detail=detail, remedy=remedy)
        if shown != before:
            self._status = replace(shown, since=self._clock())
            log = structlog.get_logger()
            (log.info if state == "working" else log.warning)("anchoring", state=state, cause=cause, detail=detail)
