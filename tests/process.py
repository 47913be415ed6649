"""The real program in real processes: a home, its server, and the command line beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

PASSWORD = "correct horse battery staple"
START_TIMEOUT_S = 90
"""Seconds a server may take on a slow, shared machine before the test says so."""
FINAL_TIMEOUT_S = 90

SHORT_CASE: dict[str, Any] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "12351",
    "received_on": "2026-07-08",
    "applicant": {
        "name": "周小满",
        "gender": "female",
        "birth_date": "1979-05-20",
        "id_number": "371103197905200009",
        "phone": "000-00000000",
        "address": "岚山区示例街道",
        "category": "migrant_worker",
    },
    "employer": {
        "name": "日照示例绳网有限公司",
        "credit_code": "91371103MA0000000L",
        "address": "岚山区示例路1号",
        "representative": "李示例",
        "phone": "000-00000001",
    },
    "claims": [
        {"kind": "wages", "amount_fen": 1864000, "detail": "2026年3月至6月工资"},
        {"kind": "severance", "amount_fen": 932000, "detail": "经济补偿"},
    ],
    "facts": "2026-03 至 2026-06 欠发工资。",
}
"""The published example of a registration, as it is."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Home:
    """A home folder and the program on it. `environment` overrides settings for every command."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        """The command line of one call, in this test's interpreter."""
        return [sys.executable, "-m", "service.cli", *arguments]

    def env(self) -> dict[str, str]:
        """The environment: nothing of the tester's own settings, this home, a quick anchorer."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LEDGER_")}
        return {
            **kept,
            "LEDGER_HOME": str(self.path),
            "LEDGER_ANCHOR_INTERVAL": "0.2",
            "NO_COLOR": "1",
            **self.environment,
        }

    def run(self, *arguments: str, stdin: str | None = None, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run one command to its end and return what it printed; the exit code is the caller's to judge."""
        return subprocess.run(
            self.command(*arguments),
            env=self.env(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=self.path.parent,
        )

    def init(self) -> None:
        """Make the home, with one user of each role; the password is PASSWORD, the name is the role."""
        self._must("init")
        for role in ("lawyer", "mediator", "auditor"):
            self._must("user", "add", "--role", role, "--username", role, "--password-stdin", stdin=PASSWORD + "\n")

    def _must(self, *arguments: str, stdin: str | None = None) -> None:
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"


class Server:
    """`legal-ledger serve` on a free port of 127.0.0.1, as a context: ready inside, ended after."""

    def __init__(self, home: Home, *, port: int | None = None) -> None:
        self.home = home
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start and return when the server says it is ready."""
        log = self.home.path.parent / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.home.command("serve", "--port", str(self.port)),
                env=self.home.env(),
                stdout=output,
                stderr=output,
                cwd=self.home.path.parent,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._ready():
            assert self._process.poll() is None, f"the server ended at once:\n{log.read_text('utf-8')[-4000:]}"
            assert time.monotonic() < deadline, f"not ready in time:\n{log.read_text('utf-8')[-4000:]}"
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/health/ready", timeout=2).status_code == httpx2.codes.OK
        except httpx2.TransportError:
            return False

    def stop(self) -> int:
        """Ask the server to end and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server between two instructions, without asking it."""
        self._end(signal.SIGKILL)

    def _end(self, by: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(by)
        return process.wait(timeout=60)

    def client(self, role: str = "lawyer") -> httpx2.Client:
        """An API client signed in as that role."""
        token = httpx2.post(
            f"{self.url}/api/v1/token", data={"username": role, "password": PASSWORD}, timeout=30
        ).raise_for_status()
        return httpx2.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token.json()['access_token']}"},
            timeout=30,
        )


def wait_until_final(client: httpx2.Client, statement_ids: list[str]) -> None:
    """Return when every statement is final; fail, naming the states, when that takes too long."""
    deadline = time.monotonic() + FINAL_TIMEOUT_S
    while True:
        states = {name: client.get(f"/statements/{name}").raise_for_status().json()["state"] for name in statement_ids}
        if set(states.values()) <= {"final"}:
            return
        assert time.monotonic() < deadline, f"not final in time: {states}"
        time.sleep(0.1)
