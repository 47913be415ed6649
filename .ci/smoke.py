"""Use an installed `legal-ledger` away from its checkout: serve the demo, read pages, check a receipt, audit.

Run with the interpreter of the installation; nothing but the standard library is imported.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

START_SECONDS = 180
STOP_SECONDS = 30


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


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return once the server says it is ready; raise when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode}")
        try:
            fetch(f"{url}/health/ready")
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise SystemExit("the server was not ready in time")


def main(command: str) -> None:
    """Raise at the first thing that does not work."""
    for page in ("--help", "verify --help", "audit --help", "replay --help"):
        subprocess.run([command, *page.split()], check=True, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{free_port()}"
    server = subprocess.Popen([command, "serve", "--demo", "--port", url.rpartition(":")[2]])
    try:
        wait_until_ready(url, server)
        for path in ("/", "/login", "/api/v1/trust", "/api/v1/network", "/log/checkpoint"):
            print(f"{path}: {len(fetch(url + path))} bytes")
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)
    print(json.dumps({"home": sorted(path.name for path in Path("var/demo").iterdir())}))
    if server.returncode != 0:
        raise SystemExit(f"the server ended with {server.returncode} when told to stop")


if __name__ == "__main__":
    main(sys.argv[1])
