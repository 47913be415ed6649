"""The machine-readable result of a run: what was tested, with which seed, how long it took, what it measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


class ResultFile:
    """Plugin: collects each test's outcome, seconds and recorded properties and writes them as JSON at the end."""

    def __init__(self, path: Path, config: pytest.Config) -> None:
        self._path = path
        self._config = config
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()
        self._tests: dict[str, dict[str, object]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        entry = self._tests.setdefault(report.nodeid, {"outcome": "passed", "seconds": 0.0, "facts": {}})
        entry["seconds"] = round(float(str(entry["seconds"])) + report.duration, 3)
        entry["facts"] = dict(report.user_properties)
        if report.failed:
            entry["outcome"] = "failed" if report.when == "call" else "error"
        elif report.skipped:
            entry["outcome"] = "xfailed" if hasattr(report, "wasxfail") else "skipped"

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        result = {
            "format": "legal-ledger/test-result/v1",
            "commit": _git("rev-parse", "HEAD"),
            "changed_files": len(_git("status", "--porcelain").splitlines()),
            "python": platform.python_version(),
            "platform": platform.platform(),
            "cpus": os.cpu_count(),
            "tier": self._config.getoption("tier"),
            "seed": self._config.getoption("randomly_seed", None),
            "started_at": self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "seconds": round(time.monotonic() - self._clock, 1),
            "exit_status": int(exitstatus),
            "counts": dict(sorted(Counter(str(test["outcome"]) for test in self._tests.values()).items())),
            "tests": dict(sorted(self._tests.items())),
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
