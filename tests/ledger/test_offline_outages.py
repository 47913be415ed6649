"""A node that is not well is never held against a receipt, by neither verifier; and green returns when it is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from ledger.chain import LogReader, connect
from ledger.receipt import render_receipt, verify_receipt
from ledger.trust import render_trust
from ledger.verdict import Colour, Verdict, words_of
from tests.faulty_node import FAULTS, NO_OUTAGE, QUESTIONS, FaultyNode, faulty_node, silent
from tests.offline_verifier import Verifier, b64, running_verifier
from tests.table_node import INTERFACE, coded_world, table_of

pytestmark = pytest.mark.server

WORLD = coded_world()
TABLE = table_of(WORLD)
LONG, SHORT, FAULTY = timedelta(seconds=20), timedelta(seconds=0.3), timedelta(seconds=2)

Seen = tuple[Verdict, str]


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with running_verifier() as verifier:
        yield verifier


@pytest.fixture
def node() -> Iterator[FaultyNode]:
    with faulty_node(TABLE) as node:
        yield node


def by_python(url: str, index: int, size: int, timeout: timedelta) -> Seen:
    (anchor,) = WORLD.trust.anchors
    reader = LogReader(
        connect(url, timeout=timeout),
        INTERFACE,
        contract=anchor.identity.contract,
        log_id=anchor.identity.log_id,
        finality=anchor.finality,
    )
    report = verify_receipt(render_receipt(WORLD.receipt(index, size)), trust=WORLD.trust, reader=reader)
    return report.verdict, "".join(check.outcome.value[0] for check in report.checks)


def by_javascript(verifier: Verifier, url: str, index: int, size: int, timeout: timedelta) -> Seen:
    report = verifier.ask(
        "verify",
        receipt=b64(render_receipt(WORLD.receipt(index, size))),
        trust=b64(render_trust(WORLD.trust)),
        rpc=url,
        timeout=int(timeout.total_seconds() * 1000),
        file_sha256=None,
    )
    return Verdict(report["verdict"]), "".join(check["outcome"][0] for check in report["checks"])


def both(verifier: Verifier, node: FaultyNode, index: int, size: int, timeout: timedelta = LONG) -> tuple[Seen, Seen]:
    return (
        by_python(node.url, index, size, timeout),
        by_javascript(verifier, node.url, index, size, timeout),
    )


def spoil(draw: Random, node: FaultyNode) -> tuple[str, timedelta]:
    """Switch a fault on: what it is, and how long to wait for the node."""
    node.hit = draw.choice(QUESTIONS)
    kind = draw.choice(
        [*(fault for fault in FAULTS if (fault, node.hit) not in NO_OUTAGE), "silent", "lagging", "lagging", "torn"]
    )
    if kind == "silent":
        node.fault = silent
        return f"silent about {node.hit or 'everything'}", SHORT
    if kind in {"lagging", "torn"}:
        lag = draw.randrange(1, WORLD.chain.block)
        node.table = table_of(WORLD, lag=lag)
        node.torn = TABLE if kind == "torn" else None
        return f"{kind} by {lag}", LONG
    node.fault = FAULTS[kind]
    return f"{kind} to {node.hit or 'everything'}", FAULTY


def mend(node: FaultyNode) -> None:
    node.fault, node.torn, node.table = None, None, TABLE
    node.released.set()
    node.released.clear()


@pytest.mark.scaled(quick=25, ci=100, full=1_500)
def test_outage_is_never_red_and_green_returns_after_it(
    verifier: Verifier, node: FaultyNode, seed: int, scale: int, record_property: Any
) -> None:
    draw = Random(seed)
    during: Counter[str] = Counter()
    for _ in range(scale):
        size = draw.choice(WORLD.sizes)
        index = draw.randrange(size)
        what, timeout = spoil(draw, node)
        python, javascript = both(verifier, node, index, size, timeout)
        assert python == javascript, what
        assert words_of(python[0]).colour is not Colour.RED, what
        if not what.startswith(("lagging", "torn")):  # these hide nothing that an older receipt needs
            assert python[0] is Verdict.CHAIN_UNREACHABLE, what
        during[python[0].value] += 1
        mend(node)
        python, javascript = both(verifier, node, index, size)
        assert (python[0], javascript[0]) == (Verdict.VERIFIED, Verdict.VERIFIED), what
    record_property("outages", dict(during))


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_an_outage_to_both(verifier: Verifier, node: FaultyNode, fault: str) -> None:
    node.fault = FAULTS[fault]
    python, javascript = both(verifier, node, 4, 12, FAULTY)
    assert python == javascript
    assert python[0] is Verdict.CHAIN_UNREACHABLE


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("eth_chainId", "0x1"),
        ("eth_getBlockByNumber 0x0", TABLE["eth_getBlockByNumber 0x0"]["result"] | {"hash": "0x" + "66" * 32}),
        (f"eth_getCode {WORLD.chain.identity_.contract}", "0x6001"),
        (f"eth_getCode {WORLD.chain.identity_.contract}", "0x"),
    ],
    ids=["another id", "another genesis", "another code", "no code"],
)
def test_another_chain_is_the_wrong_chain_to_both(
    verifier: Verifier, node: FaultyNode, question: str, answer: Any
) -> None:
    node.table = TABLE | {question: {"result": answer}}
    python, javascript = both(verifier, node, 4, 12)
    assert python == javascript
    assert python[0] is Verdict.WRONG_CHAIN


def test_chain_without_the_contract_that_is_catching_up_is_an_outage_to_both(
    verifier: Verifier, node: FaultyNode
) -> None:
    code = f"eth_getCode {WORLD.chain.identity_.contract}"
    node.table = TABLE | {code: {"result": "0x"}, "eth_syncing": {"result": {"currentBlock": "0x0"}}}
    python, javascript = both(verifier, node, 4, 12)
    assert python == javascript
    assert python[0] is Verdict.CHAIN_UNREACHABLE


def test_node_that_is_not_there_is_an_outage_to_both(verifier: Verifier) -> None:
    with faulty_node(TABLE) as gone:
        pass
    python, javascript = both(verifier, gone, 4, 12)
    assert python == javascript
    assert python[0] is Verdict.CHAIN_UNREACHABLE
