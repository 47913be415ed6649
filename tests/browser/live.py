"""A service that a real browser reaches and whose insides a test can reach too: causes are injected, not pretended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from service.app import create_app
from service.home.opening import serving
from tests.clock import START, FixedClock
from tests.process import free_port
from tests.service.conftest import Service, settings_of

STARTED_WITHIN_S = 60


@dataclass(slots=True)
class Live(Service):
    """A `Service` that listens on a port of 127.0.0.1."""

    url: str = ""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])


@contextmanager
def live(home: Path, **changed: Any) -> Iterator[Live]:
    """Serve `home`, in September, on a free port; ended after."""
    settings, clock, port = settings_of(home, **changed), FixedClock(now=START.replace(month=9)), free_port()
    url = f"http://127.0.0.1:{port}"
    with serving(settings, mark="production", url=url, clock=clock) as runtime:
        app = create_app(settings, open_runtime=lambda: nullcontext(runtime))
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="on")
        )
        thread = threading.Thread(target=server.run, name="live", daemon=True)
        thread.start()
        deadline = time.monotonic() + STARTED_WITHIN_S
        while not server.started:
            assert thread.is_alive(), "the server ended at once"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        try:
            with httpx2.Client(base_url=url, timeout=30) as client:
                yield Live(client=client, runtime=runtime, home=home, clock=clock, wake=runtime.wake, url=url)  # type: ignore[arg-type]
        finally:
            server.should_exit = True
            thread.join(timeout=30)
