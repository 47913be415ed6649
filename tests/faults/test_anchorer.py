"""The table of faults of anchoring: each is injected, the anchorer goes on, and the whole ledger is checked again.

Every fault is one of: before it happened, after it happened, and *it happened but the reply was lost*. What must hold
after each of them is `check_invariants`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, SQLModel, col, select

from ledger.anchor import AnchorState, StatementState, statement_state
from ledger.anchorer import Anchorer, Attempt, BatchMaker, DueRevocation, Position, RevocationMaker
from ledger.checkpoint import open_checkpoint
from ledger.errors import NeedsAttention, Unavailable, WrongChain
from ledger.merkle import RootHash
from ledger.note import NoteSigner
from ledger.store.database import Database
from ledger.store.journal import FileHighWater, SqlAnchorJournal, anchored_sizes
from ledger.store.revocations import SqlRevocationQueue, order_revocation
from ledger.store.statements import Draft, append_statement, open_stream, reserve_record
from ledger.store.tables import ChainTransaction, CheckpointRow, RevocationRow, StatementRow, Stream
from tests.clock import FixedClock
from tests.fake_node import IDENTITY, FakeNode
from tests.oracles import NaiveTree

WRAP = bytes(range(32))
ORIGIN = "test.example/log"


@dataclass(slots=True)
class World:
    """A database, a node and the anchorer between them; `restart` makes a new anchorer on what is on disk."""

    folder: Path
    clock: FixedClock
    node: FakeNode = field(default_factory=FakeNode)
    counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    database: Database = field(init=False)
    anchorer: Anchorer = field(init=False)
    signer: NoteSigner = field(init=False)

    def __post_init__(self) -> None:
        self.signer = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
        self.database = Database(f"sqlite:///{self.folder}/ledger.db")
        SQLModel.metadata.create_all(self.database.engine)
        self.restart()
        with self.database.write() as session:
            open_stream(session, kind="case", institution="X", wrapping_key=WRAP, now=self.clock(), random=self.random)

    @property
    def journal(self) -> SqlAnchorJournal:
        return SqlAnchorJournal(self.database, clock=self.clock)

    @property
    def high_water(self) -> FileHighWater:
        return FileHighWater(self.folder / "high-water.json", clock=self.clock)

    def restart(self, journal: SqlAnchorJournal | None = None, revocations: SqlRevocationQueue | None = None) -> None:
        self.anchorer = Anchorer(
            journal=journal or self.journal,
            revocations=revocations or SqlRevocationQueue(self.database, clock=self.clock),
            reader=self.node,
            writer=self.node,
            high_water=self.high_water,
            signer=self.signer,
            origin=ORIGIN,
            pinned=IDENTITY,
        )

    def random(self, size: int) -> bytes:
        return next(self.counter).to_bytes(size, "big")

    def record(self, count: int = 1) -> None:
        with self.database.write() as session:
            stream = session.exec(select(Stream.id)).one()
            for _ in range(count):
                self._append(session, reserve_record(session, stream=stream, random=self.random).subject)

    def take_back(self, reason: int = 3) -> None:
        """Record a new version of the first record that takes the earlier ones back."""
        with self.database.write() as session:
            first = session.exec(select(StatementRow).order_by(col(StatementRow.ordinal))).first()
            assert first is not None
            order_revocation(session, self._append(session, first.subject), reason=reason)

    def _append(self, session: Session, subject: str) -> StatementRow:
        draft = Draft(
            stream=session.exec(select(Stream.id)).one(),
            subject=subject,
            type="case.registered",
            institution="X",
            values={"facts": "示例"},
            required=frozenset(),
        )
        return append_statement(session, draft, wrapping_key=WRAP, now=self.clock(), random=self.random)

    def steps(self, count: int = 12) -> None:
        """Let the anchorer and the chain go on for a while, whatever is unavailable now and then."""
        for _ in range(count):
            try:
                self.anchorer.step()
            except Unavailable:
                continue
            finally:
                self.node.mine()

    def states(self) -> list[StatementState]:
        with self.database.read() as session:
            anchored, final = anchored_sizes(session)
            rows = session.exec(select(StatementRow).order_by(col(StatementRow.ordinal))).all()
        return [statement_state(leaf_index=row.leaf_index, anchored_size=anchored, final_size=final) for row in rows]


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    made = World(folder=tmp_path, clock=clock)
    yield made
    made.database.close()


def check_invariants(world: World) -> None:
    """I2 one leaf a statement, one checkpoint a size; I3 the chain holds nothing else; I4 nonces without gaps;
    I5 nothing is called anchored that the contract does not hold."""
    with world.database.read() as session:
        rows = session.exec(
            select(StatementRow).where(col(StatementRow.leaf_index).is_not(None)).order_by(col(StatementRow.leaf_index))
        ).all()
        checkpoints = session.exec(select(CheckpointRow).order_by(col(CheckpointRow.size))).all()
        transactions = session.exec(select(ChainTransaction).order_by(col(ChainTransaction.nonce))).all()
        anchored, final = anchored_sizes(session)
        ordered = session.exec(select(RevocationRow)).all()
    assert [row.leaf_index for row in rows] == list(range(len(rows)))
    tree = NaiveTree([bytes.fromhex(row.commitment) for row in rows])
    explained = {}
    for checkpoint in checkpoints:
        root = tree.root(checkpoint.size)
        assert bytes.fromhex(checkpoint.root) == root
        assert open_checkpoint(checkpoint.note, [world.signer.vkey]).size == checkpoint.size
        explained[root] = checkpoint.size
    held = replace(world.node, unreachable=False, forget_storage=False)._checkpoints()
    assert {root: item.size for root, item in held.items()}.items() <= explained.items()
    signed = {bytes.fromhex(row.commitment): row.reason for row in ordered if row.transaction_hash}
    assert {commitment: item.reason for commitment, item in world.node.revocations().items()}.items() <= signed.items()
    assert [transaction.nonce for transaction in transactions] == sorted({t.nonce for t in transactions})
    assert final <= anchored <= max((item.size for item in held.values()), default=0)


def finished(world: World, expected: int) -> None:
    world.steps()
    assert world.states() == [StatementState.FINAL] * expected
    check_invariants(world)


def test_batches_become_final_one_checkpoint_each(world: World) -> None:
    for count in (1, 2, 5):
        world.record(count)
        world.steps()

    finished(world, 8)
    assert [item.size for item in world.node._checkpoints().values()] == [1, 3, 8]


def test_idle_anchorer_sends_nothing(world: World) -> None:
    world.steps()

    assert world.node.sent == []


def _send_refused(world: World) -> None:
    world.node.refuse_next_send = True


def _reply_lost(world: World) -> None:
    world.node.lose_next_reply = True


def _pool_only(world: World) -> None:
    world.node.automine = False


@pytest.mark.parametrize("fault", [_send_refused, _reply_lost, _pool_only])
def test_fault_of_sending_ends_in_one_transaction(world: World, fault: Callable[[World], None]) -> None:
    world.record(3)
    fault(world)

    finished(world, 3)
    assert len(set(world.node.sent)) == 1


def test_unreachable_chain_keeps_statements_received(world: World) -> None:
    world.record(2)
    world.node.unreachable = True

    with pytest.raises(Unavailable):
        world.anchorer.step()

    assert world.states() == [StatementState.RECEIVED] * 2
    world.node.unreachable = False
    finished(world, 2)


class Crash(BaseException):
    """The process ends here."""


T = TypeVar("T")


class CrashingJournal(SqlAnchorJournal):
    """Ends the process at one of its calls, before or after the call took effect."""

    def __init__(self, world: World, *, at: str, after: bool) -> None:
        super().__init__(world.database, clock=world.clock)
        self._at, self._after = at, after

    def seal(self, limit: int, make: BatchMaker) -> Attempt | None:
        return self._crash("seal", lambda: super(CrashingJournal, self).seal(limit, make))

    def save(self, attempt: Attempt) -> None:
        self._crash("save", lambda: super(CrashingJournal, self).save(attempt))

    def _crash(self, name: str, call: Callable[[], T]) -> T:
        return crash_around(call, here=name == self._at, after=self._after)


class CrashingQueue(SqlRevocationQueue):
    """Ends the process when a revocation is taken, before or after it is stored."""

    def __init__(self, world: World, *, after: bool) -> None:
        super().__init__(world.database, clock=world.clock)
        self._after = after

    def seal(self, make: RevocationMaker) -> Attempt | None:
        return crash_around(lambda: super(CrashingQueue, self).seal(make), here=True, after=self._after)


def crash_around(call: Callable[[], T], *, here: bool, after: bool) -> T:
    if here and not after:
        raise Crash
    done = call()
    if here:
        raise Crash
    return done


@pytest.mark.parametrize("at", ["seal", "save"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_crash_at_a_durable_step_loses_and_doubles_nothing(world: World, at: str, after: bool) -> None:
    world.record(3)
    world.restart(CrashingJournal(world, at=at, after=after))
    with pytest.raises(Crash):
        world.anchorer.step()
    check_invariants(world)

    world.restart()

    finished(world, 3)
    assert len(set(world.node.sent)) == 1


def test_crash_inside_sealing_leaves_statements_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.record(3)

    def crash(*_: object, **__: object) -> None:
        raise Crash

    monkeypatch.setattr(world.signer.__class__, "sign", crash)
    with pytest.raises(Crash):
        world.anchorer.step()
    monkeypatch.undo()

    assert world.states() == [StatementState.RECEIVED] * 3
    finished(world, 3)


def test_transaction_dropped_from_the_pool_is_sent_again_unchanged(world: World) -> None:
    world.node.automine = False
    world.record(1)
    world.anchorer.step()
    world.anchorer.step()
    world.node.pool.clear()

    finished(world, 1)
    assert len(world.node.sent) >= 2
    assert len(set(world.node.sent)) == 1


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("keep_transactions", [True, False], ids=["back-in-the-pool", "lost"])
def test_reorganisation_below_finality_heals(world: World, depth: int, keep_transactions: bool) -> None:
    world.node.depth = 3
    world.record(1)
    world.anchorer.step()
    world.node.mine(depth - 1)
    world.anchorer.step()
    assert world.states() == [StatementState.ANCHORED]

    world.node.reorganise(depth, keep_transactions=keep_transactions)
    world.node.automine = False
    world.anchorer.step()
    assert world.states() == [StatementState.SEQUENCED]

    world.node.automine = True
    finished(world, 1)
    assert len(set(world.node.sent)) == 1


def test_reorganisation_behind_finality_stops_and_names_itself(world: World) -> None:
    world.record(1)
    world.steps()
    assert world.states() == [StatementState.FINAL]

    world.node.reorganise(len(world.node.blocks), keep_transactions=False)
    sent = list(world.node.sent)

    with pytest.raises(NeedsAttention) as caught:
        world.anchorer.step()
    assert caught.value.cause == "chain_set_back"
    assert world.node.sent == sent


def test_wiped_chain_is_found_by_the_kept_mark_alone(world: World) -> None:
    world.record(1)
    world.steps()
    world.node.reorganise(len(world.node.blocks), keep_transactions=False)
    with world.database.write() as session:  # the database was wiped with it
        for row in session.exec(select(ChainTransaction)).all():
            session.delete(row)
        session.flush()
        for checkpoint in session.exec(select(CheckpointRow)).all():
            session.delete(checkpoint)
        for statement in session.exec(select(StatementRow)).all():
            statement.leaf_index = None

    with pytest.raises(NeedsAttention) as caught:
        world.anchorer.step()

    assert caught.value.cause == "chain_set_back"


def test_database_older_than_the_chain_stops(world: World, tmp_path: Path) -> None:
    world.record(1)
    world.steps()
    world.database.close()
    backup = (tmp_path / "ledger.db").read_bytes()
    world.record(1)
    world.steps()
    world.database.close()
    (tmp_path / "ledger.db").write_bytes(backup)
    for leftover in tmp_path.glob("ledger.db-*"):
        leftover.unlink()
    world.restart()

    with pytest.raises(NeedsAttention) as caught:
        world.anchorer.step()

    assert caught.value.cause == "database_set_back"


def test_database_with_another_history_stops(world: World) -> None:
    world.record(1)
    world.steps()
    with world.database.write() as session:
        row = session.exec(select(CheckpointRow)).one()
        row.root = "00" * 32

    with pytest.raises(NeedsAttention) as caught:
        world.anchorer.step()

    assert caught.value.cause == "history_differs"


def test_reverted_transaction_needs_attention_and_is_not_repeated(world: World) -> None:
    world.node.revert_next = True
    world.record(1)
    world.anchorer.step()

    for _ in range(3):
        with pytest.raises(NeedsAttention) as caught:
            world.anchorer.step()
        assert caught.value.cause == "transaction_reverted"
    assert len(world.node.sent) == 1
    assert world.states() == [StatementState.SEQUENCED]


def test_nonce_taken_by_another_needs_attention(world: World) -> None:
    world.node.automine = False
    world.record(1)
    world.anchorer.step()
    world.node.pool.clear()
    world.node.take_nonce()
    sent = list(world.node.sent)

    with pytest.raises(NeedsAttention) as caught:
        world.anchorer.step()

    assert caught.value.cause == "nonce_taken"
    assert world.node.sent == sent


def test_key_used_elsewhere_stops_before_anything_is_signed(world: World) -> None:
    world.record(1)
    world.steps()
    world.node.take_nonce()
    world.record(1)

    with pytest.raises(NeedsAttention) as caught:
        world.anchorer.step()

    assert caught.value.cause == "operator_key_shared"
    assert world.states() == [StatementState.FINAL, StatementState.RECEIVED]


@pytest.mark.parametrize(
    "found",
    [
        replace(IDENTITY, chain_id=1),
        replace(IDENTITY, genesis_hash="0x" + "ff" * 32),
        replace(IDENTITY, code_sha256="ff" * 32),
    ],
    ids=["chain-id", "genesis", "code"],
)
def test_other_chain_gets_no_transaction(world: World, found: object) -> None:
    world.record(1)
    world.node.found = found  # type: ignore[assignment]

    with pytest.raises(WrongChain):
        world.anchorer.step()

    assert world.node.sent == []
    assert world.states() == [StatementState.RECEIVED]


def test_receipt_without_the_contract_is_not_called_final(world: World) -> None:
    world.record(1)
    world.anchorer.step()
    world.node.mine(3)
    world.node.forget_storage = True

    with pytest.raises(NeedsAttention) as caught:
        world.anchorer.step()

    assert caught.value.cause == "contract_lacks_checkpoint"
    assert StatementState.FINAL not in world.states()


def test_mark_is_kept_before_anything_is_called_final(world: World) -> None:
    world.record(1)
    world.anchorer.step()
    world.node.mine(3)
    world.restart(CrashingJournal(world, at="save", after=False))
    with pytest.raises(Crash):
        world.anchorer.step()

    assert world.high_water.load() == Position(size=1, root=RootHash(next(iter(world.node._checkpoints()))))
    assert StatementState.FINAL not in world.states()
    world.restart()
    finished(world, 1)


def test_attempts_keep_where_they_were_mined(world: World) -> None:
    world.record(1)
    world.steps()

    with world.database.read() as session:
        row = session.exec(select(ChainTransaction)).one()
    assert (row.state, row.block_number) == (AnchorState.FINAL, 0)
    assert row.block_hash == world.node.blocks[0].hash


# -------------------------------------------------------------------------------------------------------- revocations


def revoked(world: World) -> dict[bytes, int]:
    return {commitment: item.reason for commitment, item in world.node.revocations().items()}


def first_commitment(world: World) -> bytes:
    with world.database.read() as session:
        row = session.exec(select(StatementRow).order_by(col(StatementRow.ordinal))).first()
    assert row is not None
    return bytes.fromhex(row.commitment)


def test_revocation_is_sent_once_its_ground_is_final_and_not_before(world: World) -> None:
    world.record(1)
    world.steps()
    world.take_back(reason=3)
    world.anchorer.step()
    assert world.states()[-1] is StatementState.SEQUENCED
    world.anchorer.step()
    assert revoked(world) == {}

    finished(world, 2)
    assert revoked(world) == {first_commitment(world): 3}


def test_second_ground_revokes_only_what_nobody_took_back_before(world: World) -> None:
    world.record(1)
    world.take_back(reason=2)
    world.take_back(reason=3)

    finished(world, 3)
    assert sorted(revoked(world).values()) == [2, 3]
    assert revoked(world)[first_commitment(world)] == 2


def test_revocations_and_waiting_statements_take_turns(world: World) -> None:
    world.record(1)
    for _ in range(4):
        world.take_back()
    while world.states()[-1] is not StatementState.FINAL:
        world.steps(1)
    kinds = []
    for _ in range(6):
        world.record(1)
        while (sealed := world.anchorer.step().sealed) is None:
            world.node.mine()
        kinds.append(type(sealed))

    assert kinds in ([DueRevocation, Position] * 3, [Position, DueRevocation] * 3)
    finished(world, 11)


@pytest.mark.parametrize("fault", [_send_refused, _reply_lost, _pool_only])
def test_fault_of_sending_a_revocation_ends_in_one_transaction(world: World, fault: Callable[[World], None]) -> None:
    world.record(1)
    world.take_back()
    while not any(b"revoke" in raw for raw in world.node.pool + world.node.sent):
        world.anchorer.step()
        world.node.mine()
        if world.states() == [StatementState.FINAL] * 2:
            fault(world)
            world.steps(1)

    finished(world, 2)
    assert len({raw for raw in world.node.sent if b"revoke" in raw}) == 1
    assert revoked(world) == {first_commitment(world): 3}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_crash_while_taking_a_revocation_loses_and_doubles_nothing(world: World, *, after: bool) -> None:
    world.record(1)
    world.take_back()
    world.restart(revocations=CrashingQueue(world, after=after))
    with pytest.raises(Crash):
        world.steps(20)
    check_invariants(world)

    world.restart()

    finished(world, 2)
    assert revoked(world) == {first_commitment(world): 3}


def test_revocation_lost_in_a_reorganisation_is_sent_again_unchanged(world: World) -> None:
    world.node.depth = 3
    world.record(1)
    world.take_back()
    while not revoked(world):
        world.anchorer.step()
        if not revoked(world):
            world.node.mine()
    world.anchorer.step()

    world.node.reorganise(1, keep_transactions=False)
    assert revoked(world) == {}

    finished(world, 2)
    assert revoked(world) == {first_commitment(world): 3}
    assert len({raw for raw in world.node.sent if b"revoke" in raw}) == 1


def test_reverted_revocation_needs_attention_and_is_not_repeated(world: World) -> None:
    world.record(1)
    world.take_back()
    while world.states() != [StatementState.FINAL] * 2:
        if world.states()[-1] is StatementState.ANCHORED:
            world.node.revert_next = True
        world.anchorer.step()
        world.node.mine()

    for _ in range(3):
        with pytest.raises(NeedsAttention) as caught:
            world.anchorer.step()
        assert caught.value.cause == "transaction_reverted"
    assert len([raw for raw in world.node.sent if b"revoke" in raw]) == 1


def test_receipt_of_a_revocation_without_the_contract_is_not_called_final(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.record(1)
    world.take_back()
    monkeypatch.setattr(FakeNode, "revocation", lambda *_: None)

    with pytest.raises(NeedsAttention) as caught:
        world.steps(20)

    assert caught.value.cause == "contract_lacks_revocation"
