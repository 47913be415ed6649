"""Use an installed `legal-ledger` away from its checkout: serve the demo, read pages, verify, audit, export, replay.

Run with the interpreter of the installation; nothing but the standard library is imported.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

START_SECONDS = 180
STOP_SECONDS = 30
DEMO = Path("var/demo")
PATHS = ("/", "/sign-in", "/health/ready", "/api/v1/trust", "/api/v1/network", "/log/checkpoint")


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str, *, form: bytes | None = None, token: str = "") -> bytes:
    """Return the body of a 2xx answer; anything else raises."""
    request = urllib.request.Request(url, data=form)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=20) as answer:
        body: bytes = answer.read()
        return body


def start(command: str, port: int, log: Path) -> subprocess.Popen[bytes]:
    """Serve the demo and return when its samples are loaded and final; raise when that takes too long."""
    with log.open("wb") as output:
        server = subprocess.Popen([command, "serve", "--demo", "--port", str(port)], stdout=output, stderr=output)
    deadline = time.monotonic() + START_SECONDS
    while f"Ready: http://127.0.0.1:{port}".encode() not in log.read_bytes():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise SystemExit(log.read_text("utf-8")[-4000:] + "\nthe demo was not ready in time")
        time.sleep(0.3)
    return server


def password_of(role: str) -> str:
    """Return the demo's password of this role, as a user reads it from accounts.txt."""
    lines = (DEMO / "accounts.txt").read_text("utf-8").splitlines()
    return dict(line.split() for line in lines)[role]


def proofs(url: str) -> dict[str, bytes]:
    """Return what proves the newest statement of the first case in the list, by the names of files."""
    form = urlencode({"username": "auditor", "password": password_of("auditor")}).encode()
    token = json.loads(fetch(f"{url}/api/v1/token", form=form))["access_token"]
    case = json.loads(fetch(f"{url}/api/v1/cases", token=token))["items"][0]
    statements = json.loads(fetch(f"{url}/api/v1/cases/{case['id']}/statements", token=token))["items"]
    path = f"{url}/api/v1/statements/{statements[-1]['id']}"
    wanted = {"a.receipt.json": "receipt", "a.pdf": "certificate.pdf", "a.zip": "evidence.zip"}
    return {name: fetch(f"{path}/{what}", token=token) for name, what in wanted.items()}


def main(command: str) -> None:
    """Raise at the first thing that does not work."""

    def run(*arguments: str) -> None:
        print("legal-ledger", *arguments, flush=True)
        subprocess.run([command, *arguments], check=True, stdout=subprocess.DEVNULL)

    for name in ("", "verify", "audit", "replay", "export", "doctor"):
        run(*name.split(), "--help")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = start(command, port, Path("server.log"))
    try:
        home_page = fetch(url).decode()
        for path in (*PATHS, *re.findall(r'/static/[^"]+', home_page)):
            print(f"{path}: {len(fetch(url + path))} bytes")
        for name, content in proofs(url).items():
            Path(name).write_bytes(content)
        run("verify", "a.receipt.json", "a.pdf", "a.zip", "--trust", str(DEMO / "trust.json"), "--rpc", f"{url}/rpc")
        os.environ["LEDGER_HOME"] = str(DEMO)
        run("export", "ledger.zip")
        run("audit", "--bundle", "ledger.zip", "--rpc", f"{url}/rpc")
    finally:
        server.terminate()
        ended = server.wait(STOP_SECONDS)
    if ended != 0:
        raise SystemExit(f"the server ended with {ended} when it was told to stop")
    for command_line in ("doctor", "audit", "replay ledger.zip"):
        run(*command_line.split())


if __name__ == "__main__":
    main(sys.argv[1])
