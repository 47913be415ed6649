"""The embedded chain: what it begins with, what it writes, what a crash leaves, what it costs."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from ledger.embedded import (
    CHAIN_ID,
    EmbeddedChain,
    Genesis,
    Refused,
    genesis_hash,
    load_genesis,
    new_genesis,
    parse_genesis,
    render_genesis,
)
from ledger.embedded.state import SqliteState
from ledger.errors import Conflict, Malformed, Unavailable, WrongChain
from ledger.recursion import recursion_limit_kept
from tests.chains import (
    GENESIS_TIME,
    OPERATOR,
    OWNER,
    STRANGER,
    deploy_clock,
    error,
    fixed_genesis,
    head,
    new_chain,
    result,
    sign,
)
from tests.clock import START, FixedClock

pytestmark = pytest.mark.longer(one_in=4)

NOW = int(START.timestamp())
ROOT = Path(__file__).parents[2]


@pytest.fixture
def chain(tmp_path: Path, clock: FixedClock) -> Iterator[EmbeddedChain]:
    with new_chain(tmp_path / "chain", clock=clock) as chain:
        yield chain


# Genesis


def test_genesis_reads_what_it_wrote() -> None:
    genesis = fixed_genesis()
    assert parse_genesis(render_genesis(genesis)) == genesis


def test_genesis_hash_stays_the_same_for_ever() -> None:
    # A chain made today must open after any update of py-evm.
    assert genesis_hash(fixed_genesis()).hex() == "0d1403fcf385958ee7d1f0f9829e2f2744cb07b77cd7e98d51e89b418e9272e4"


def test_genesis_hash_differs_with_every_installation() -> None:
    assert genesis_hash(fixed_genesis()) != genesis_hash(fixed_genesis(extra_data=b"\x08" * 32))


def test_genesis_funds_owner_and_operator_alone() -> None:
    assert set(fixed_genesis().funds) == {OWNER.address, OPERATOR.address}


@pytest.mark.parametrize(
    "change",
    [
        {"coinbase": "0x" + "01" * 20},
        {"difficulty": "0x1"},
        {"baseFeePerGas": "0x0"},
        {"nonce": "0x0000000000000042"},
        {"config": {"chainId": CHAIN_ID}},
        {"extraData": "0x00"},
        {"extraData": "0x" + "zz" * 32},
        {"gasLimit": 30_000_000},
        {"gasLimit": "-0x1"},
        {"timestamp": "0x 1"},
        {"alloc": {}},
        {"alloc": {OWNER.address.lower(): {"balance": "0x1"}}},
        {"alloc": {OWNER.address: {"balance": "0x1", "code": "0x00"}}},
        {"alloc": {OWNER.address: {"balance": "1e3"}}},
        {"alloc": {OWNER.address: {"balance": "-0x1"}}},
        {"number": "0x1"},
    ],
)
def test_genesis_of_another_kind_of_chain_is_malformed(change: dict[str, Any]) -> None:
    document = {**json.loads(render_genesis(fixed_genesis())), **change}
    with pytest.raises(Malformed):
        parse_genesis(json.dumps(document).encode())


@pytest.mark.parametrize("member", sorted(json.loads(render_genesis(fixed_genesis()))))
def test_genesis_without_a_member_is_malformed(member: str) -> None:
    document = json.loads(render_genesis(fixed_genesis()))
    del document[member]
    with pytest.raises(Malformed):
        parse_genesis(json.dumps(document).encode())


@given(st.binary(max_size=200))
def test_genesis_of_garbage_is_malformed(garbage: bytes) -> None:
    with pytest.raises(Malformed):
        parse_genesis(garbage)


# Opening


def test_chain_created_opens_again_at_the_same_tip(tmp_path: Path, clock: FixedClock) -> None:
    with new_chain(tmp_path, clock=clock) as chain:
        chain.send(sign(OWNER, 0))
        tip = head(chain)
    with EmbeddedChain.open(tmp_path, clock=clock) as chain:
        assert head(chain) == tip


def test_chain_begins_with_the_block_of_its_genesis(chain: EmbeddedChain) -> None:
    assert head(chain) == (0, "0x" + genesis_hash(chain.genesis).hex())


def test_chain_created_twice_is_the_same_chain(tmp_path: Path, clock: FixedClock) -> None:
    with new_chain(tmp_path, clock=clock) as chain:
        chain.send(sign(OWNER, 0))
        tip = head(chain)
    with new_chain(tmp_path, clock=clock) as chain:
        assert head(chain) == tip


@pytest.mark.parametrize("left_behind", ["genesis.json", "genesis.json and an empty state", "a state without blocks"])
def test_chain_creation_cut_off_is_finished_by_the_next(tmp_path: Path, clock: FixedClock, left_behind: str) -> None:
    (tmp_path / "genesis.json").write_bytes(render_genesis(fixed_genesis()))
    if left_behind == "genesis.json and an empty state":
        (tmp_path / "chain.sqlite").touch()
    if left_behind == "a state without blocks":
        SqliteState.create(tmp_path / "chain.sqlite", durable=False).close()
    with new_chain(tmp_path, clock=clock) as chain:
        assert head(chain)[0] == 0


def test_chain_creation_over_another_genesis_is_a_conflict(tmp_path: Path) -> None:
    new_chain(tmp_path).close()
    with pytest.raises(Conflict):
        new_chain(tmp_path, genesis=fixed_genesis(extra_data=b"\x08" * 32))


@pytest.mark.parametrize("missing", ["genesis.json", "chain.sqlite"])
def test_chain_with_a_file_missing_is_unavailable(tmp_path: Path, clock: FixedClock, missing: str) -> None:
    new_chain(tmp_path).close()
    (tmp_path / missing).unlink()
    with pytest.raises(Unavailable):
        EmbeddedChain.open(tmp_path, clock=clock)


def test_chain_with_the_state_of_another_is_the_wrong_chain(tmp_path: Path, clock: FixedClock) -> None:
    new_chain(tmp_path / "a").close()
    new_chain(tmp_path / "b", genesis=fixed_genesis(extra_data=b"\x08" * 32)).close()
    (tmp_path / "b" / "chain.sqlite").replace(tmp_path / "a" / "chain.sqlite")
    with pytest.raises(WrongChain):
        EmbeddedChain.open(tmp_path / "a", clock=clock)


def test_chain_over_another_database_is_malformed(tmp_path: Path, clock: FixedClock) -> None:
    new_chain(tmp_path).close()
    (tmp_path / "chain.sqlite").unlink()
    with closing(sqlite3.connect(tmp_path / "chain.sqlite")) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(Malformed):
        EmbeddedChain.open(tmp_path, clock=clock)


def test_chain_over_a_damaged_file_is_unavailable(tmp_path: Path, clock: FixedClock) -> None:
    new_chain(tmp_path).close()
    (tmp_path / "chain.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(Unavailable):
        EmbeddedChain.open(tmp_path, clock=clock)


def test_chain_takes_one_writer(chain: EmbeddedChain, tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(Conflict):
        EmbeddedChain.open(tmp_path / "chain", clock=clock)


def test_chain_takes_the_next_writer_after_a_failed_opening(tmp_path: Path, clock: FixedClock) -> None:
    new_chain(tmp_path).close()
    state = (tmp_path / "chain.sqlite").rename(tmp_path / "away")
    with pytest.raises(Unavailable):
        EmbeddedChain.open(tmp_path, clock=clock)
    state.rename(tmp_path / "chain.sqlite")
    with EmbeddedChain.open(tmp_path, clock=clock) as chain:
        assert head(chain)[0] == 0


def test_reader_beside_the_writer_sees_its_blocks(chain: EmbeddedChain, tmp_path: Path, clock: FixedClock) -> None:
    with EmbeddedChain.open(tmp_path / "chain", clock=clock, read_only=True) as reader:
        sent = chain.send(sign(OWNER, 0))
        assert head(reader) == head(chain)
        assert result(reader, "eth_getTransactionReceipt", sent)["status"] == "0x1"


def test_reader_of_a_stopped_chain_writes_nothing(tmp_path: Path, clock: FixedClock) -> None:
    with new_chain(tmp_path, clock=clock) as chain:
        chain.send(sign(OWNER, 0))
    before = (tmp_path / "chain.sqlite").read_bytes()
    with EmbeddedChain.open(tmp_path, clock=clock, read_only=True) as reader:
        result(reader, "eth_call", {"to": OPERATOR.address})
        assert "reading only" in error(reader, "eth_sendRawTransaction", "0x" + sign(OWNER, 1).hex())["message"]
        assert head(reader)[0] == 1
    assert (tmp_path / "chain.sqlite").read_bytes() == before


def test_chain_closed_answers_with_an_error(tmp_path: Path) -> None:
    chain = new_chain(tmp_path)
    chain.close()
    assert error(chain, "eth_blockNumber")["code"] == -32603


def test_load_genesis_gives_what_the_chain_began_with(chain: EmbeddedChain, tmp_path: Path) -> None:
    assert load_genesis(tmp_path / "chain") == chain.genesis


# Blocks


def test_block_holds_one_transaction(chain: EmbeddedChain) -> None:
    hashes = [chain.send(sign(OWNER, nonce)) for nonce in range(3)]
    blocks = [result(chain, "eth_getBlockByNumber", hex(number)) for number in (1, 2, 3)]
    assert [block["transactions"] for block in blocks] == [[sent] for sent in hashes]


def test_block_time_is_the_clocks_when_the_transaction_runs(chain: EmbeddedChain, clock: FixedClock) -> None:
    chain.send(sign(OWNER, 0))
    clock.advance(timedelta(hours=9))
    chain.send(sign(OWNER, 1))
    assert int(result(chain, "eth_getBlockByNumber", "latest")["timestamp"], 16) == NOW + 9 * 3600


def test_block_time_is_what_the_contract_sees(chain: EmbeddedChain, clock: FixedClock) -> None:
    contract = deploy_clock(chain)
    clock.advance(timedelta(hours=9))
    chain.send(sign(OWNER, 1, to=contract, data=bytes(31) + b"\x05"))
    assert int(result(chain, "eth_getStorageAt", contract, "0x5"), 16) == NOW + 9 * 3600


def test_block_time_moves_on_when_the_clock_does_not(chain: EmbeddedChain, clock: FixedClock) -> None:
    chain.send(sign(OWNER, 0))
    clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    chain.send(sign(OWNER, 1))
    assert int(result(chain, "eth_getBlockByNumber", "latest")["timestamp"], 16) == NOW + 1


def test_block_time_given_is_taken(chain: EmbeddedChain) -> None:
    chain.send(sign(OWNER, 0), timestamp=GENESIS_TIME + 7)
    assert int(result(chain, "eth_getBlockByNumber", "latest")["timestamp"], 16) == GENESIS_TIME + 7


@pytest.mark.parametrize("timestamp", [GENESIS_TIME, GENESIS_TIME - 1, 0])
def test_block_time_not_after_the_parents_is_refused(chain: EmbeddedChain, timestamp: int) -> None:
    with pytest.raises(Refused, match="not after"):
        chain.send(sign(OWNER, 0), timestamp=timestamp)
    assert head(chain)[0] == 0


def test_block_leaves_nothing_to_chance(chain: EmbeddedChain) -> None:
    chain.send(sign(OWNER, 0))
    block = result(chain, "eth_getBlockByNumber", "latest")
    assert block["miner"] == "0x" + "00" * 20
    assert block["mixHash"] == "0x" + "00" * 32
    assert block["extraData"] == "0x"
    assert block["gasLimit"] == hex(30_000_000)


def test_blocks_stay_the_same_for_ever(chain: EmbeddedChain) -> None:
    # What a replay compares with: py-evm must go on making these blocks.
    deploy_clock(chain)
    chain.send(sign(OWNER, 1), timestamp=NOW + 60)
    assert head(chain)[1] == "0xcc52175c306b5d7c507142a5b9225e4ce9862acfde8871682d21776051ec5222"


def script(contract: str) -> list[tuple[bytes, int]]:
    """Transactions of several kinds with their times: a transfer, calls, a reverted one, a legacy one, a creation."""
    return [
        (sign(OWNER, 1, value=10**18), NOW + 10),
        (sign(OWNER, 2, to=contract, data=b"\x01" * 32), NOW + 11),
        (sign(OWNER, 3, to=contract), NOW + 400),
        (sign(OPERATOR, 0, to=contract, data=b"\x02" * 32, maxPriorityFeePerGas=3), NOW + 401),
        (legacy(OPERATOR, 1, contract), NOW + 402),
        (sign(OPERATOR, 2, to=contract, data=b"\x03" * 32, gas=22_000), NOW + 403),
    ]


def legacy(account: Any, nonce: int, to: str) -> bytes:
    fields = {"chainId": CHAIN_ID, "nonce": nonce, "to": to, "value": 0, "gas": 90_000, "gasPrice": 10**9, "data": b""}
    return bytes(account.sign_transaction(fields).raw_transaction)


def blocks_of(chain: EmbeddedChain) -> list[Any]:
    return [result(chain, "eth_getBlockByNumber", hex(number), True) for number in range(head(chain)[0] + 1)]


def test_chain_replayed_has_the_same_blocks(chain: EmbeddedChain, tmp_path: Path) -> None:
    contract = deploy_clock(chain)
    for raw, timestamp in script(contract):
        chain.send(raw, timestamp=timestamp)
    statuses = [result(chain, "eth_getBlockReceipts", hex(n))[0]["status"] for n in range(1, head(chain)[0] + 1)]
    assert statuses == ["0x1", "0x1", "0x1", "0x0", "0x1", "0x0", "0x0"]
    with new_chain(tmp_path / "replay") as replay:
        for number in range(1, head(chain)[0] + 1):
            block = result(chain, "eth_getBlockByNumber", hex(number))
            raw = result(chain, "eth_getRawTransactionByHash", block["transactions"][0])
            replay.send(bytes.fromhex(raw[2:]), timestamp=int(block["timestamp"], 16))
        assert blocks_of(replay) == blocks_of(chain)


def test_chain_replayed_from_another_genesis_has_other_blocks(chain: EmbeddedChain, tmp_path: Path) -> None:
    chain.send(sign(OWNER, 0))
    with new_chain(tmp_path / "replay", genesis=fixed_genesis(extra_data=b"\x08" * 32)) as replay:
        replay.send(sign(OWNER, 0))
        assert head(replay)[1] != head(chain)[1]


# What is refused writes nothing

RAW = sign(OWNER, 0)

REFUSALS = [
    pytest.param(b"", "empty", id="nothing"),
    pytest.param(b"\x02", "invalid transaction", id="a type alone"),
    pytest.param(b"\x7f\x00", "invalid transaction", id="an unknown type"),
    pytest.param(b"\x03" + RAW[1:], "invalid transaction", id="a blob transaction"),
    pytest.param(b"\xff" * 40, "invalid transaction", id="no list"),
    pytest.param(RAW[:14] + bytes([RAW[14] ^ 0x40]) + RAW[15:], "invalid transaction", id="a list for a number"),
    pytest.param(RAW[:-1], "invalid transaction", id="cut"),
    pytest.param(RAW + b"\0", "invalid transaction", id="a byte more"),
    pytest.param(sign(OWNER, 0, chainId=1), "invalid chain id", id="another chain's"),
    pytest.param(sign(OWNER, 1), "nonce too high", id="a nonce left out"),
    pytest.param(sign(OWNER, 0, gas=30_000_001), "exceeds block gas limit", id="too much gas"),
    pytest.param(sign(OWNER, 0, gas=20_999), "intrinsic gas too low", id="too little gas"),
    pytest.param(sign(OWNER, 0, maxFeePerGas=1), "less than block base fee", id="too small a fee"),
    pytest.param(
        sign(OWNER, 0, maxPriorityFeePerGas=3 * 10**9), "higher than max fee per gas", id="a tip above the fee"
    ),
    pytest.param(sign(OWNER, 0, value=10**24), "insufficient funds", id="more than it has"),
    pytest.param(sign(STRANGER, 0), "insufficient funds", id="nothing at all"),
]


@pytest.mark.parametrize(("raw", "reason"), REFUSALS)
def test_transaction_refused_writes_nothing(chain: EmbeddedChain, raw: bytes, reason: str) -> None:
    before = head(chain)
    with pytest.raises(Refused, match=reason):
        chain.send(raw)
    assert head(chain) == before


def test_transaction_without_replay_protection_is_refused(chain: EmbeddedChain) -> None:
    fields: dict[str, Any] = {"nonce": 0, "to": OPERATOR.address, "value": 0, "gas": 90_000, "gasPrice": 10**9}
    raw = bytes(OWNER.sign_transaction(fields).raw_transaction)
    with pytest.raises(Refused, match="EIP-155"):
        chain.send(raw)


def test_transaction_sent_twice_is_refused_the_second_time(chain: EmbeddedChain) -> None:
    chain.send(RAW)
    with pytest.raises(Refused, match="already known"):
        chain.send(RAW)
    assert head(chain)[0] == 1


def test_transaction_of_a_used_nonce_is_refused(chain: EmbeddedChain) -> None:
    chain.send(RAW)
    with pytest.raises(Refused, match="nonce too low"):
        chain.send(sign(OWNER, 0, value=1))


@given(at=st.integers(0, len(RAW) - 1), bit=st.integers(0, 7))
def test_transaction_with_a_changed_bit_never_spends_the_owners_funds(
    tmp_path_factory: pytest.TempPathFactory, at: int, bit: int
) -> None:
    changed = bytearray(RAW)
    changed[at] ^= 1 << bit
    with new_chain(tmp_path_factory.mktemp("chain")) as chain:
        before = result(chain, "eth_getBalance", OWNER.address)
        with pytest.raises(Refused):
            chain.send(bytes(changed))
        assert result(chain, "eth_getBalance", OWNER.address) == before


def test_block_that_cannot_be_written_leaves_the_one_before(
    chain: EmbeddedChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.send(RAW)
    before = head(chain)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        patch.setattr(SqliteState, "write", full)
        with pytest.raises(Unavailable, match="disk is full"):
            chain.send(sign(OWNER, 1))
    assert head(chain) == before
    chain.send(sign(OWNER, 1))
    assert head(chain)[0] == 2


def test_block_cut_off_between_its_keys_is_not_there(chain: EmbeddedChain, monkeypatch: pytest.MonkeyPatch) -> None:
    before = head(chain)
    write = SqliteState.write

    def half(state: SqliteState, items: dict[bytes, bytes]) -> None:
        class Torn(dict[bytes, bytes]):
            def items(self) -> Any:
                kept = list(super().items())
                yield from kept[: len(kept) // 2]
                raise sqlite3.OperationalError("disk I/O error")

        write(state, Torn(items))

    with monkeypatch.context() as patch:
        patch.setattr(SqliteState, "write", half)
        with pytest.raises(Unavailable, match="I/O"):
            chain.send(RAW)
    assert head(chain) == before
    assert result(chain, "eth_getTransactionByHash", chain.send(RAW))["nonce"] == "0x0"


# Crashes

WRITER = """
import sys
from pathlib import Path
from ledger.embedded import EmbeddedChain
from tests.chains import OWNER, fixed_genesis, head, sign
from tests.clock import FixedClock

folder, first = Path(sys.argv[1]), int(sys.argv[2])
chain = EmbeddedChain.open(folder, clock=FixedClock())
for nonce in range(first, first + 1000):
    print("sending", nonce, flush=True)
    chain.send(sign(OWNER, nonce))
    print("sent", *head(chain), flush=True)
"""


def run_until_killed(folder: Path, *, first: int, delay: random.Random) -> list[str]:
    """Write blocks in a process of its own and kill it -9 at some moment; return what it said before."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        # Not a pause: the moment of death is drawn from the span that a few blocks take.
        timer = threading.Timer(delay.uniform(0, 0.12), writer.send_signal, [signal.SIGKILL])
        timer.start()
        said += writer.stdout.readlines()
        timer.join()
    assert writer.returncode == -signal.SIGKILL
    return said


@pytest.mark.server
@pytest.mark.scaled(quick=3, ci=8, full=100)
def test_writer_killed_in_a_block_leaves_that_block_or_the_one_before(tmp_path: Path, scale: int, seed: int) -> None:
    new_chain(tmp_path / "killed").close()
    delay, height = random.Random(seed), 0
    for _ in range(scale):
        said = run_until_killed(tmp_path / "killed", first=height, delay=delay)
        # A line may be cut short by the kill, where output is not buffered.
        sent = [line.split() for line in said if line.startswith("sent") and line.endswith("\n")]
        last = int(sent[-1][1]) if sent else height
        with EmbeddedChain.open(tmp_path / "killed", clock=FixedClock(), read_only=True) as chain:
            height, tip = head(chain)
            assert height in {last, last + 1}
            if sent and height == last:
                assert tip == sent[-1][2]
            hashes = [block["hash"] for block in blocks_of(chain)]
            parents = [block["parentHash"] for block in blocks_of(chain)[1:]]
            assert parents == hashes[:-1]
    with EmbeddedChain.open(tmp_path / "killed", clock=FixedClock()) as chain:
        chain.send(sign(OWNER, height))
        assert head(chain)[0] == height + 1
        with new_chain(tmp_path / "unharmed") as unharmed:
            for block in blocks_of(chain)[1:]:
                raw = result(chain, "eth_getRawTransactionByHash", block["transactions"][0]["hash"])
                unharmed.send(bytes.fromhex(raw[2:]), timestamp=int(block["timestamp"], 16))
            assert head(unharmed) == head(chain)


# Cost


class Reads:
    """Counts reads of the state: a measure of work that no busy machine can blur.

    Those of this thread alone: a service that other tests share reads its own chain all the while.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        read, here = SqliteState.read, threading.get_ident()

        def counted(state: SqliteState, key: bytes) -> bytes | None:
            self.count += threading.get_ident() == here
            return read(state, key)

        monkeypatch.setattr(SqliteState, "read", counted)

    def of(self, chain: EmbeddedChain, method: str, *params: Any) -> int:
        before = self.count
        result(chain, method, *params)
        return self.count - before


def test_lookups_and_opening_cost_the_same_at_any_height(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(monkeypatch)
    costs: list[dict[str, int]] = []
    with new_chain(tmp_path, clock=clock) as chain:
        contract = deploy_clock(chain)
        first = chain.send(sign(OWNER, 1, to=contract, data=bytes(32)))
    height, newest = 2, first
    for target in (20, 200):
        with EmbeddedChain.open(tmp_path, clock=clock, durable=False) as chain:
            for nonce in range(height, target):
                newest = chain.send(sign(OWNER, nonce, to=contract, data=nonce.to_bytes(32)))
            height = target
        before = reads.count
        with EmbeddedChain.open(tmp_path, clock=clock, read_only=True) as chain:
            costs.append(
                {
                    "open": reads.count - before,
                    "oldest receipt": reads.of(chain, "eth_getTransactionReceipt", first),
                    "newest receipt": reads.of(chain, "eth_getTransactionReceipt", newest),
                    "unknown receipt": reads.of(chain, "eth_getTransactionReceipt", "0x" + "77" * 32),
                    "old log": reads.of(chain, "eth_getLogs", {"fromBlock": "0x2", "toBlock": "0x2"}),
                    "new log": reads.of(
                        chain, "eth_getLogs", {"fromBlock": hex(height - 1), "toBlock": hex(height - 1)}
                    ),
                }
            )
    assert costs[0] == costs[1]
    assert max(costs[0].values()) < 40


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.full
def test_ten_thousand_blocks_take_no_memory_and_no_longer(tmp_path: Path, clock: FixedClock) -> None:
    def quickest(ask: Callable[[], object]) -> float:
        times = []
        for _ in range(50):
            begun = time.perf_counter()
            ask()
            times.append(time.perf_counter() - begun)
        return min(times)

    def durations(chain: EmbeddedChain, height: int) -> list[float]:
        middle = {"fromBlock": hex(height // 2), "toBlock": hex(height // 2)}
        return [
            quickest(lambda: result(chain, "eth_getTransactionReceipt", first)),
            quickest(lambda: result(chain, "eth_getTransactionReceipt", "0x" + "77" * 32)),
            quickest(lambda: result(chain, "eth_getLogs", middle)),
            quickest(lambda: EmbeddedChain.open(tmp_path, clock=clock, read_only=True).close()),
        ]

    with new_chain(tmp_path, clock=clock) as chain:
        contract = deploy_clock(chain)
        first = chain.send(sign(OWNER, 1, to=contract, data=bytes(32)))
        for nonce in range(2, 100):
            chain.send(sign(OWNER, nonce, to=contract, data=nonce.to_bytes(32)))
        early, memory = durations(chain, 100), resident_bytes()
        for nonce in range(100, 10_000):
            chain.send(sign(OWNER, nonce, to=contract, data=nonce.to_bytes(32)))
        late = durations(chain, 10_000)
        assert resident_bytes() - memory < 32 * 1024 * 1024
    assert all(after <= 2 * before + 0.001 for before, after in zip(early, late, strict=True))


def test_log_search_reads_receipts_only_where_the_bloom_says_perhaps(
    chain: EmbeddedChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = deploy_clock(chain)
    for nonce in range(1, 41):
        chain.send(sign(OWNER, nonce, to=contract, data=nonce.to_bytes(32)))
    reads = Reads(monkeypatch)
    wanted = {"fromBlock": "0x0", "toBlock": "latest", "topics": ["0x" + (17).to_bytes(32).hex()]}
    assert [log["blockNumber"] for log in result(chain, "eth_getLogs", wanted)] == [hex(18)]
    assert reads.count < 2 * 42 + 40


# Threads


def test_chain_answers_many_threads_while_it_writes(chain: EmbeddedChain) -> None:
    contract = deploy_clock(chain)
    seen: list[int] = []
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            number = int(result(chain, "eth_blockNumber"), 16)
            logs = result(chain, "eth_getLogs", {"fromBlock": "0x1", "toBlock": hex(number), "address": contract})
            if len(logs) != number - 1:
                wrong.append((number, len(logs)))
            seen.append(number)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for nonce in range(1, 25):
        chain.send(sign(OWNER, nonce, to=contract, data=nonce.to_bytes(32)))
    done.set()
    for reader in readers:
        reader.join()
    assert seen
    assert wrong == []


def test_two_threads_sending_never_share_a_block(chain: EmbeddedChain) -> None:
    def send(account: Any) -> None:
        for nonce in range(12):
            chain.send(sign(account, nonce))

    threads = [threading.Thread(target=send, args=[account]) for account in (OWNER, OPERATOR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    blocks = blocks_of(chain)
    assert [len(block["transactions"]) for block in blocks] == [0] + [1] * 24
    assert all(int(a["timestamp"], 16) < int(b["timestamp"], 16) for a, b in pairwise(blocks))


@pytest.mark.parametrize("module", ["ledger.keys", "ledger.embedded", "ledger.chain"])
def test_import_leaves_the_recursion_limit_alone(module: str) -> None:
    # py_ecc lifts it for the whole process; nested JSON would then overrun the C stack in anybody's parser.
    program = f"import sys; before = sys.getrecursionlimit(); import {module}; print(sys.getrecursionlimit() == before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "True\n"


def test_calls_nested_too_deep_are_refused_and_leave_no_block(chain: EmbeddedChain) -> None:
    # A contract that calls itself with all its gas: PUSH1 0 ×5, ADDRESS GAS CALL POP STOP
    runtime = bytes.fromhex("6000" * 5 + "305af15000")
    init = bytes.fromhex(f"60{len(runtime):02x}80600b6000396000f3") + runtime
    sent = chain.send(sign(OWNER, 0, to=b"", data=init))
    endless = to_checksum_address(result(chain, "eth_getTransactionReceipt", sent)["contractAddress"])
    with recursion_limit_kept():
        sys.setrecursionlimit(1000)  # as in the service; the libraries that tests import have lifted it
        with pytest.raises(Refused, match="recursion"):
            chain.send(sign(OWNER, 1, to=endless, gas=29_000_000))
        assert "recursion" in error(chain, "eth_call", {"to": endless})["message"]
    assert head(chain)[0] == 1


def test_genesis_of_a_new_installation_is_checked_as_a_file_is() -> None:
    with pytest.raises(Malformed):
        new_genesis(funded=[OWNER.address], timestamp=GENESIS_TIME, extra_data=b"too short")


def test_genesis_is_a_value() -> None:
    first: Genesis = fixed_genesis()
    assert first == fixed_genesis()
