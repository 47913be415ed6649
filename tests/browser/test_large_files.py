"""A large file on the public page: memory stays flat, the page stays responsive; throughput beside npm's hash-wasm."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.pages.assets import load_assets
from tests.browser.conftest import OpenPage
from tests.needs import need_npm_package
from tests.process import Server

pytestmark = [pytest.mark.browser, pytest.mark.longer]

MIB = 1 << 20
SAMPLE_EVERY_S = 0.05
MOST_MEMORY = 160 * MIB
"""By which all processes of the browser together may grow: slices of 4 MiB, and what a collector leaves lying."""
LONGEST_FREEZE_MS = 500
"""Longest gap between two pictures of the page, on a machine that tests share."""

GAPS = """
window.gaps = [];
(function next(before) {
  requestAnimationFrame((now) => { if (before) { window.gaps.push(now - before); } next(now); });
})(0);
"""

BENCH = """<!doctype html><meta charset="utf-8"><title>bench</title><input type="file"><script>
window.run = (script) => new Promise((resolve, reject) => {
  const started = performance.now(), worker = new Worker(script);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = (message) => {
    if (message.data.error) { reject(new Error(message.data.error)); }
    if (message.data.sha256) { resolve([message.data.sha256, (performance.now() - started) / 1000]); }
  };
  worker.postMessage({ file: document.querySelector("input").files[0] });
});
</script>"""

THEIRS = """
importScripts("sha256.umd.min.js");
self.onmessage = async (message) => {
  try {
    const file = message.data.file, reader = new FileReaderSync(), hash = await hashwasm.createSHA256();
    for (let start = 0; start < file.size; start += 4 << 20) {
      hash.update(new Uint8Array(reader.readAsArrayBuffer(file.slice(start, start + (4 << 20)))));
    }
    self.postMessage({ sha256: hash.digest() });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
"""
"""The same slices as ours, read in the same way."""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[str]:
    """The address of a page that hashes one file with our worker and with theirs."""
    folder = tmp_path / "bench"
    folder.mkdir()
    assets = load_assets()
    for name in ("sha256.js", "hash-worker.js"):
        (folder / name).write_bytes(assets.by_name[name].plain)
    shutil.copy(need_npm_package("hash-wasm") / "dist" / "sha256.umd.min.js", folder)
    (folder / "theirs.js").write_text(THEIRS, "utf-8")
    (folder / "index.html").write_text(BENCH, "utf-8")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/index.html"
        listening.shutdown()
        thread.join()


@pytest.fixture
def large(tmp_path: Path, scale: int) -> Iterator[Path]:
    """`scale` MiB of which no two are alike."""
    path = tmp_path / "large.bin"
    block = hashlib.shake_256(b"large file").digest(MIB)
    with path.open("wb") as file:
        for number in range(scale):
            file.write(number.to_bytes(8) + block[8:])
    yield path
    path.unlink()


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def memory_of(pids: list[int]) -> int:
    """Bytes that these processes hold for themselves alone; one that has ended holds none."""
    held = 0
    for pid in pids:
        try:
            resident, shared = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1:3]
        except OSError:
            continue
        held += (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    return held


@contextmanager
def watched_memory(chromium: Browser) -> Iterator[list[int]]:
    """Sample what all processes of the browser hold together; the first sample is taken at once."""
    session = chromium.new_browser_cdp_session()
    pids = [item["id"] for item in session.send("SystemInfo.getProcessInfo")["processInfo"]]
    samples = [memory_of(pids)]
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(SAMPLE_EVERY_S):
            samples.append(memory_of(pids))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()
        session.detach()


def measured(page: Page, script: str) -> tuple[str, float]:
    digest, seconds = page.evaluate("(script) => window.run(script)", script)
    return str(digest), float(seconds)


@pytest.mark.scaled(quick=48, ci=128, full=500)
def test_large_file_is_hashed_with_flat_memory_and_a_responsive_page(  # noqa: PLR0917 - fixtures, by name
    open_page: OpenPage, chromium: Browser, server: Server, large: Path, scale: int, record_property: Any
) -> None:
    page = open_page()
    page.set_default_timeout(300_000)
    page.add_init_script(GAPS)
    page.goto(server.url)
    title = page.get_by_role("heading", level=1, name="未查到登记记录")
    with watched_memory(chromium) as samples:
        page.evaluate("window.gaps.length = 0")
        page.get_by_label("选择文件").set_input_files(large)
        expect(title).to_be_visible(timeout=300_000)
    gaps = page.evaluate("window.gaps")
    grown = max(samples) - samples[0]
    shown = "".join(page.locator('[data-fact="sha256"] [data-value]').inner_text().split())
    figures = {
        "file_mib": scale,
        "grown_mib": round(grown / MIB),
        "longest_gap_ms": round(max(gaps)),
        "pictures": len(gaps),
        "memory_samples": len(samples),
    }
    record_property("large file", json.dumps(figures))

    assert shown == digest_of(large)
    assert grown < MOST_MEMORY, figures
    assert max(gaps) < LONGEST_FREEZE_MS, figures


@pytest.mark.scaled(quick=48, ci=128, full=500)
def test_throughput_stands_beside_that_of_hash_wasm(
    open_page: OpenPage, bench: str, large: Path, scale: int, record_property: Any
) -> None:
    page = open_page()
    page.set_default_timeout(300_000)
    page.goto(bench)
    page.locator("input").set_input_files(large)
    ours, our_seconds = measured(page, "hash-worker.js")
    theirs, their_seconds = measured(page, "theirs.js")
    figures = {
        "file_mib": scale,
        "ours_mib_s": round(scale / our_seconds, 1),
        "hash_wasm_mib_s": round(scale / their_seconds, 1),
        "ratio": round(their_seconds / our_seconds, 2),
    }
    record_property("throughput", json.dumps(figures))

    assert ours == theirs == digest_of(large)
    assert figures["ours_mib_s"] > 5, figures
