"""Fresh chains that take the original transactions: the embedded one, and nodes that speak Anvil's own methods."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from eth_utils.crypto import keccak

from ledger.anchor import ChainIdentity, Finality
from ledger.audit.sources import Block, MinedTransaction
from ledger.canonical import JsonValue
from ledger.chain import (
    DEFAULT_TIMEOUT,
    HttpProvider,
    Interface,
    LogHistory,
    Node,
    Rpc,
    RpcRefusal,
    connect,
    load_artifact,
    node_name,
)
from ledger.embedded import EmbeddedChain, Genesis, Refused
from ledger.errors import Conflict, Unavailable

INSTANT: Final = Finality(kind="instant")
FIRST_BASE_FEE: Final = 10**9
"""Wei per gas of block 0 (EIP-1559), which the embedded chain fixes."""

GAS_TARGET_FRACTION: Final = 2
BASE_FEE_STEP: Final = 8
"""EIP-1559: blocks aim at half the gas limit, and the base fee moves by an eighth of itself at most."""

GUARD: Final = Path(__file__).with_name("guard.py")

MAX_START_LINES: Final = 1000
"""Lines that Anvil may print before it says where it listens."""


class _AtNode:
    """Reads transactions, blocks and the log's contract at a node."""

    def __init__(self, node: Node, identity: ChainIdentity) -> None:
        self._node = node
        self._history = LogHistory(
            node, Interface(load_artifact()), contract=identity.contract, log_id=identity.log_id, finality=INSTANT
        )

    def executed(self, transaction_hash: str) -> MinedTransaction | None:
        """See `ReplayChain.executed`."""
        return self._history.mined(transaction_hash)

    def tip(self) -> Block:
        """See `ReplayChain.tip`."""
        block = self._history.head_block()
        return Block(block_number=block.number, block_hash=block.hash, state_root=block.state_root)

    def ledger(self) -> LogHistory:
        """See `ReplayChain.ledger`."""
        return self._history


class EmbeddedReplay(_AtNode):
    """A fresh embedded chain from the same genesis: every block must come out the same."""

    same_blocks = True

    def __init__(self, folder: Path, genesis: Genesis, identity: ChainIdentity) -> None:
        self._chain = EmbeddedChain.create(
            folder, genesis=genesis, clock=lambda: datetime.fromtimestamp(genesis.timestamp, UTC), durable=False
        )
        super().__init__(connect(self._chain), identity)

    def execute(self, raw: Sequence[bytes], *, block_time: int) -> None:
        """See `ReplayChain.execute`."""
        if len(raw) != 1:
            raise Conflict("embedded chain", f"a block of {len(raw)} transactions: it has one in each")
        try:
            self._chain.send(raw[0], timestamp=block_time)
        except Refused as error:
            raise Conflict("embedded chain", error.reason) from error

    def close(self) -> None:
        """Let go of the files."""
        self._chain.close()


class AnvilReplay(_AtNode):
    """A node that speaks Anvil's own methods and stands at its first block, made from the same genesis.

    Blocks get the original times, and the base fees that follow from the original gas (EIP-1559). Genesis and state
    roots are another matter: Anvil computes them otherwise, so block hashes cannot be equal.
    """

    same_blocks = False

    def __init__(self, url: str, identity: ChainIdentity, *, gas_limit: int) -> None:
        super().__init__(connect(url), identity)
        self._rpc = Rpc(HttpProvider(url, timeout=DEFAULT_TIMEOUT), node_name(url))
        self._gas_limit = gas_limit
        self._base_fee, self._gas_used = FIRST_BASE_FEE, 0

    def takes_originals(self, chain_id: int) -> bool:
        """Whether this node can be told the time of a block, and nothing has happened on it yet."""
        if self._node.chain_id() != chain_id or self._node.head_number():
            return False
        try:
            self._rpc.call("anvil_nodeInfo")
            self._rpc.call("evm_setAutomine", False)
        except RpcRefusal:
            return False
        return True

    def execute(self, raw: Sequence[bytes], *, block_time: int) -> None:
        """See `ReplayChain.execute`."""
        self._base_fee = next_base_fee(self._base_fee, gas_used=self._gas_used, gas_limit=self._gas_limit)
        self._tell("anvil_setNextBlockBaseFeePerGas", hex(self._base_fee))
        self._tell("evm_setNextBlockTimestamp", block_time)
        for item in raw:
            self._tell("eth_sendRawTransaction", "0x" + item.hex())
        self._tell("evm_mine")
        hashes = ["0x" + keccak(item).hex() for item in raw]
        done = [self.executed(transaction_hash) for transaction_hash in hashes]
        self._gas_used = sum(item.gas_used for item in done if item is not None)

    def _tell(self, method: str, *params: JsonValue) -> None:
        try:
            self._rpc.call(method, *params)
        except RpcRefusal as refusal:
            raise Conflict(self._rpc.name, str(refusal)) from refusal


def next_base_fee(base_fee: int, *, gas_used: int, gas_limit: int) -> int:
    """The base fee of the block after one with `base_fee` wei per gas and `gas_used` of `gas_limit` (EIP-1559)."""
    target = gas_limit // GAS_TARGET_FRACTION
    step = base_fee * abs(gas_used - target) // target // BASE_FEE_STEP
    if gas_used > target:
        return base_fee + max(step, 1)
    return base_fee - step


@contextmanager
def running_anvil(folder: Path, genesis: bytes) -> Iterator[str]:
    """Start Anvil on a genesis, on a free port of this machine alone, and give its address.

    It is ended afterwards, and by its guard when this process is killed.
    """
    path = folder / "genesis.json"
    path.write_bytes(genesis)
    command = [sys.executable, "-I", str(GUARD), str(find_anvil()), "--host", "127.0.0.1", "--port", "0"]
    command += ["--init", str(path), "--hardfork", "paris", "--accounts", "0", "--no-mining"]
    # Of a long chain it would put every state into the user's home, and leave them there.
    command += ["--prune-history"]
    with subprocess.Popen(  # noqa: S603 - a program that the reader installed
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as anvil:
        # It prints every call: a full pipe would stop it.
        drain = threading.Thread(target=deque, args=[anvil.stdout], kwargs={"maxlen": 0})
        try:
            address = _address(anvil)
            drain.start()
            yield f"http://{address}"
        finally:
            # The whole group: the guard, and what npm installs is a script that starts the program itself.
            with suppress(ProcessLookupError):
                os.killpg(anvil.pid, signal.SIGKILL)
            if drain.ident is not None:
                drain.join()


def find_anvil() -> Path:
    """The Anvil that LEDGER_ANVIL names, the one on the path, or the one in the checkout; raises Unavailable."""
    named = os.environ.get("LEDGER_ANVIL") or shutil.which("anvil")
    built = sorted(Path(__file__).parents[2].glob("contracts/node_modules/@foundry-rs/anvil-*/bin/anvil"))
    found = Path(named) if named else next(iter(built), None)
    if found is None or not found.is_file():
        raise Unavailable("anvil", "not installed: put it on the path, or name it in LEDGER_ANVIL")
    return found


def _address(anvil: subprocess.Popen[str]) -> str:
    said: list[str] = []
    for line in anvil.stdout or ():
        said.append(line)
        if line.startswith("Listening on "):
            return line.split()[-1]
        if len(said) == MAX_START_LINES:
            break
    raise Unavailable("anvil", f"did not start: {' '.join(said[-3:]).strip()}")
