"""An embedded chain as the rest of the ledger uses it: a folder, one lock, one clock."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ledger.canonical import JsonValue
from ledger.durable import replace_file
from ledger.embedded.evm import Evm, Refused, genesis_hash
from ledger.embedded.genesis import MAX_GENESIS_SIZE, Genesis, parse_genesis, render_genesis
from ledger.embedded.methods import answer
from ledger.embedded.params import INTERNAL_ERROR, INVALID_PARAMS, RpcError
from ledger.embedded.state import SqliteState, WriterLock
from ledger.errors import Conflict, Unavailable, WrongChain

GENESIS_FILE: Final = "genesis.json"
STATE_FILE: Final = "chain.sqlite"
LOCK_FILE: Final = "writer.lock"

Clock = Callable[[], datetime]


class EmbeddedChain:
    """A whole Ethereum chain in this process, its state in a folder.

    One process writes, guarded by an exclusive lock of the operating system; others open it read-only, while it is
    written too. Every method may be called from several threads; calls take turns. A transaction is in a block of its
    own, on the disk, when `send` returns; after a crash the tip is that block or the one before.
    """

    def __init__(self, *, evm: Evm, state: SqliteState, lock: WriterLock | None, clock: Clock) -> None:
        self._evm = evm
        self._state = state
        self._lock = lock
        self._clock = clock
        self._turn = threading.RLock()

    @classmethod
    def create(cls, folder: Path, *, genesis: Genesis, clock: Clock, durable: bool = True) -> Self:
        """Start a chain in `folder`, or finish a start that was cut off, and open it for writing.

        `durable=False` never waits for the disk; it is for chains that can be made again. Raises Conflict when another
        chain is there or another process writes to this one.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / GENESIS_FILE
        if not path.exists():
            replace_file(path, render_genesis(genesis))
        if load_genesis(folder) != genesis:
            raise Conflict("embedded chain", f"{path} is the beginning of another chain")
        return cls._open(folder, clock, WriterLock(folder / LOCK_FILE), durable=durable, create=True)

    @classmethod
    def open(cls, folder: Path, *, clock: Clock, read_only: bool = False, durable: bool = True) -> Self:
        """Open the chain in `folder`.

        Raises Unavailable when files are missing, Conflict when another process writes, WrongChain when the state does
        not begin with the genesis beside it.
        """
        load_genesis(folder)
        lock = None if read_only else WriterLock(folder / LOCK_FILE)
        return cls._open(folder, clock, lock, durable=durable, create=False)

    @classmethod
    def _open(cls, folder: Path, clock: Clock, lock: WriterLock | None, *, durable: bool, create: bool) -> Self:
        path, genesis = folder / STATE_FILE, load_genesis(folder)
        state: SqliteState | None = None
        try:
            if create:
                state = SqliteState.create(path, durable=durable)
            else:
                state = SqliteState.open(path, durable=durable, read_only=lock is None)
            evm = Evm(state, genesis)
            if create:
                evm.start()
            _verify_beginning(evm, genesis)
        except BaseException:
            if state is not None:
                state.close()
            if lock is not None:
                lock.release()
            raise
        return cls(evm=evm, state=state, lock=lock, clock=clock)

    @property
    def genesis(self) -> Genesis:
        """What the chain began with."""
        return self._evm.genesis

    def request(self, method: str, params: JsonValue = ()) -> dict[str, JsonValue]:
        """Answer a JSON-RPC call with `{"result": …}` or `{"error": {"code", "message", "data"?}}`; no input raises."""
        try:
            if not isinstance(params, list | tuple):
                raise RpcError(INVALID_PARAMS, "params is a list")
            with self._turn:
                return {"result": answer(self._evm, self._send_now, method, params)}
        except RpcError as error:
            return {"error": error.render()}
        except sqlite3.Error as error:
            return {"error": RpcError(INTERNAL_ERROR, f"the chain's state cannot be used: {error}").render()}

    def send(self, raw: bytes, *, timestamp: int | None = None) -> str:
        """Put a signed transaction into a block and return its hash, 0x-prefixed.

        The block's time is `timestamp` in Unix seconds, which must be later than the last block's; left out, it is the
        clock's, or a second after the last block when the clock is behind. Raises Refused, and Unavailable when the
        state cannot be written.
        """
        try:
            with self._turn:
                return "0x" + self._send(raw, timestamp).hex()
        except sqlite3.Error as error:
            raise Unavailable("embedded chain", f"its state cannot be written: {error}") from error

    def close(self) -> None:
        """Let go of files and lock; a second call does nothing."""
        with self._turn:
            self._state.close()
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send_now(self, raw: bytes) -> bytes:
        return self._send(raw, None)

    def _send(self, raw: bytes, timestamp: int | None) -> bytes:
        if self._lock is None:
            raise Refused("this process has opened the chain for reading only")
        if timestamp is None:
            timestamp = max(self._evm.head().timestamp + 1, int(self._clock().timestamp()))
        return bytes(self._evm.mine(raw, timestamp=timestamp).transaction.hash)


def load_genesis(folder: Path) -> Genesis:
    """Read the genesis of the chain in `folder`; raises Unavailable when it is missing, Malformed for other content."""
    try:
        with (folder / GENESIS_FILE).open("rb") as file:
            return parse_genesis(file.read(MAX_GENESIS_SIZE + 1))
    except OSError as error:
        raise Unavailable("embedded chain", f"{folder / GENESIS_FILE}: {error.strerror}") from error


def _verify_beginning(evm: Evm, genesis: Genesis) -> None:
    first = evm.header(0)
    if first is None:
        raise Unavailable("embedded chain", "its state holds no block")
    expected = genesis_hash(genesis)
    if first.hash != expected:
        raise WrongChain("genesis_hash", expected.hex(), first.hash.hex())
