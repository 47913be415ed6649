"""Rules for every test: no network, a tier that sets how much is run, and no silence about what a machine lacks."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.clock import FixedClock
from tests.needs import MISSING_PREFIX
from tests.results import ResultFile

TIERS = ("quick", "ci", "full")

LOOPBACK = ["127.0.0.1", "::1"]
MARKERS_THAT_TALK = ("browser", "server")

# No deadlines: a shared machine is slow at times, and that is no fault of the code under test.
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "full", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
PROFILE_OF_TIER = {"quick": "dev", "ci": "ci", "full": "full"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", choices=TIERS, default="quick", help="how much to run")
    parser.addoption(
        "--screenshots", type=Path, default=None, metavar="DIR", help="keep pictures of the pages that tests look at"
    )
    parser.addoption("--result-json", type=Path, default=None, metavar="PATH", help="write the result as JSON")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile(PROFILE_OF_TIER[config.getoption("tier")])
    path = config.getoption("result_json")
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ResultFile(path, config), "result-file")


def _belongs(item: pytest.Item, tier: str) -> bool:
    long, scaled = item.get_closest_marker("full"), item.get_closest_marker("scaled")
    if tier == "full":
        return bool(long or scaled)
    return not long and not (tier == "quick" and _is_longer(item))


def _is_longer(item: pytest.Item) -> bool:
    """Whether a test is left out of the quick tier. Of a matrix, the same cases stay in every time."""
    mark = item.get_closest_marker("longer")
    if mark is None:
        return False
    one_in = mark.kwargs.get("one_in")
    return not one_in or zlib.crc32(item.nodeid.encode()) % one_in != 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tier = config.getoption("tier")
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (chosen if _belongs(item, tier) else left_out).append(item)
        if any(item.get_closest_marker(name) for name in MARKERS_THAT_TALK):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = chosen


def _missing(reports: Iterable[pytest.TestReport]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for report in reports:
        _, _, reason = str(report.longrepr).partition(MISSING_PREFIX)
        if reason:
            reason = reason.rstrip("')") + ")"
            counted[reason] = counted.get(reason, 0) + 1
    return counted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = _missing(
        [
            *terminalreporter.getreports("skipped"),
            *terminalreporter.getreports("failed"),
            *terminalreporter.getreports("error"),
        ]
    )
    if not missing:
        return
    terminalreporter.section("NOT TESTED HERE, because something is missing", sep="!", red=True, bold=True)
    for reason, count in sorted(missing.items()):
        terminalreporter.line(f"{count} test(s): {reason}", red=True)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Undo what a command that was run in this process set: its log would go to a stream that is closed by then."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 2026-07-20T01:30:00Z until the test moves it."""
    return FixedClock()


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> int:
    """How many rounds this test does in this tier, from its mark `scaled(quick=…, ci=…, full=…)`."""
    mark = request.node.get_closest_marker("scaled")
    if mark is None:
        raise pytest.UsageError(f"{request.node.nodeid} asks for `scale` without the mark `scaled`")
    return int(mark.kwargs[request.config.getoption("tier")])


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The run's seed, printed in the heading of every run; the same seed draws the same cases."""
    return int(request.config.getoption("randomly_seed"))
