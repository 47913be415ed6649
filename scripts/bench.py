"""Measure the audit of a large ledger: memory of all its processes, time, and the distance from the raw SHA-256 limit.

    python -m scripts.bench audit --statements 1000000 --seed 1 --folder /var/tmp/bench    # text, and JSON with --json

The bundle is made once for a number and a seed, and kept in the folder. What is measured is the command itself in a
process of its own, against the embedded chain that the bundle's checkpoints are anchored on. The limit of the same run
is the time in which one process merely hashes the same bytes as often as the audit does, divided by the cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ledger.bundle import Bundle, open_bundle
from ledger.embedded import EmbeddedChain
from ledger.statement import SCHEMA
from tests.clock import FixedClock
from tests.large_ledger import make_large_bundle

SAMPLE_EVERY_S: Final = 0.2
BATCH: Final = 2000
MAX_LINE: Final = 16 << 20
TAG: Final = SCHEMA.encode() + b"\n"


@dataclass(slots=True)
class Memory:
    """The most that a process and all below it held at one moment, in KiB, and how many they were at most.

    `pss` counts a page that several share in parts, `rss` in each: the sum of the first is what the machine needs.
    """

    pss: int = 0
    rss: int = 0
    processes: int = 0

    def look(self, root: int) -> None:
        """Take a sample."""
        pids = list(_tree(root))
        sizes = [_sizes(pid) for pid in pids]
        self.pss = max(self.pss, sum(size[0] for size in sizes))
        self.rss = max(self.rss, sum(size[1] for size in sizes))
        self.processes = max(self.processes, len(pids))


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["audit"])
    parser.add_argument("--statements", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True, help="where bundles are kept, outside the repository")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    wanted = parser.parse_args()
    bundle, chain = make_large_bundle(wanted.folder, statements=wanted.statements, seed=wanted.seed)
    figures = measure_audit(bundle, chain) | {"statements": wanted.statements, "seed": wanted.seed}
    print(render(figures))
    if wanted.json:
        wanted.json.write_text(json.dumps(figures, indent=2) + "\n")


def measure_audit(bundle: Path, chain: Path) -> dict[str, Any]:
    """Audit a bundle by the command, then hash its bytes. Seconds, KiB, and what the audit said."""
    memory = Memory()
    with _node(chain) as address:
        command = [sys.executable, "-m", "ledger.cli", "audit", "--bundle", str(bundle), "--rpc", address, "--json"]
        began, before = time.perf_counter(), os.times()
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            stop = threading.Event()
            watcher = threading.Thread(target=_watch, args=(memory, process.pid, stop))
            watcher.start()
            printed, _ = process.communicate()
            stop.set()
            watcher.join()
        took, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    report = json.loads(printed)
    limit = sha256_seconds(bundle)
    cores = os.cpu_count() or 1
    return {
        "result": report["result"],
        "findings": report["found"],
        "size": report["size"],
        "root": report["root"],
        "cores": cores,
        "load": os.getloadavg()[0],
        "peak_pss_kib": memory.pss,
        "peak_rss_kib": memory.rss,
        "processes": memory.processes,
        "wall_s": round(took, 1),
        "cpu_s": round(used, 1),
        "cores_kept_busy": round(used / took, 2),
        "statements_a_second": round(report["size"] / took),
        "sha256_cpu_s": round(limit, 2),
        "wall_to_limit": round(took / (limit / cores), 1),
        "cpu_to_limit": round(used / limit, 1),
    }


def render(figures: dict[str, Any]) -> str:
    """The figures for people."""
    return "\n".join(f"{name:22}{value}" for name, value in figures.items())


# ------------------------------------------------------------------------------------------------------------ the limit


def sha256_seconds(path: Path) -> float:
    """The processor time of one process for what the audit hashes, and nothing else.

    Every member twice (its digest before, and while it is read), each statement, leaf and node once, each disclosure.
    """
    with open_bundle(path) as bundle:
        used = 2 * sum(_members(bundle))
        used += sum(_hash_all(_bodies(batch)) for batch in _batches(bundle, "statements.jsonl"))
        used += sum(_hash_all(_disclosures(batch)) for batch in _batches(bundle, "disclosures.jsonl"))
    return used


def _members(bundle: Bundle) -> Iterator[float]:
    for member in bundle.members:
        with bundle.open(member) as stream:
            while chunk := stream.read(1 << 20):
                yield _hash_all([chunk])


def _batches(bundle: Bundle, member: str) -> Iterator[Sequence[bytes]]:
    lines = bundle.lines(member, max_line_bytes=MAX_LINE)
    while batch := list(islice(lines, BATCH)):
        yield batch


def _bodies(lines: Iterable[bytes]) -> list[bytes]:
    bodies = [TAG + json.loads(line)["statement"].encode() for line in lines]
    return [*bodies, *(bytes(33) for _ in bodies), *(bytes(65) for _ in bodies)]


def _disclosures(lines: Iterable[bytes]) -> list[bytes]:
    return [text.encode() for line in lines for text in json.loads(line)["disclosures"]]


def _hash_all(pieces: Sequence[bytes]) -> float:
    began = time.process_time()
    for piece in pieces:
        hashlib.sha256(piece).digest()
    return time.process_time() - began


# ---------------------------------------------------------------------------------------------------------- the machine


def _watch(memory: Memory, root: int, stop: threading.Event) -> None:
    while not stop.wait(SAMPLE_EVERY_S):
        memory.look(root)


def _tree(root: int) -> Iterator[int]:
    yield root
    with suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _sizes(pid: int) -> tuple[int, int]:
    """PSS and RSS of a process in KiB; nothing of one that has ended."""
    with suppress(OSError):
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
        return int(lines["Pss"].split()[0]), int(lines["Rss"].split()[0])
    return 0, 0


@contextmanager
def _node(folder: Path) -> Iterator[str]:
    """The bundle's chain behind an address of this machine."""
    with EmbeddedChain.open(folder, clock=FixedClock(), durable=False) as chain:

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = {"jsonrpc": "2.0", "id": call["id"], **chain.request(call["method"], call.get("params", []))}
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


if __name__ == "__main__":
    main()
