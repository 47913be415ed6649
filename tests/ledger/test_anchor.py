"""Every state against every observation, the four states a user sees, and the pinned identity."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchor import (
    AnchorState,
    ChainIdentity,
    Finality,
    Included,
    Observation,
    StatementState,
    Step,
    Unknown,
    Waiting,
    parse_finality,
    render_finality,
    statement_state,
    transition,
    verify_identity,
)
from ledger.errors import Malformed, WrongChain

LOST = Unknown(nonce_used=False)
TAKEN = Unknown(nonce_used=True)
WAITING = Waiting()
MINED = Included(block_number=9, block_hash="0x09", succeeded=True, final=False)
FINAL = Included(block_number=9, block_hash="0x09", succeeded=True, final=True)
REVERTED = Included(block_number=9, block_hash="0x09", succeeded=False, final=False)
REVERTED_FINAL = Included(block_number=9, block_hash="0x09", succeeded=False, final=True)
OBSERVATIONS = (LOST, TAKEN, WAITING, MINED, FINAL, REVERTED, REVERTED_FINAL)

S = AnchorState
STUCK_REVERTED = Step(state=S.NEEDS_ATTENTION, cause="transaction_reverted")
STUCK_TAKEN = Step(state=S.NEEDS_ATTENTION, cause="nonce_taken")

TABLE: dict[tuple[AnchorState, Observation], Step] = {
    **{(state, TAKEN): STUCK_TAKEN for state in (S.SIGNED, S.SENT, S.MINED, S.DROPPED, S.REORGANISED)},
    **{(state, MINED): Step(state=S.MINED) for state in (S.SIGNED, S.SENT, S.MINED, S.DROPPED, S.REORGANISED)},
    **{(state, FINAL): Step(state=S.FINAL) for state in (S.SIGNED, S.SENT, S.MINED, S.DROPPED, S.REORGANISED)},
    **{(state, REVERTED): STUCK_REVERTED for state in (S.SIGNED, S.SENT, S.MINED, S.DROPPED, S.REORGANISED)},
    **{(state, REVERTED_FINAL): STUCK_REVERTED for state in (S.SIGNED, S.SENT, S.MINED, S.DROPPED, S.REORGANISED)},
    (S.SIGNED, LOST): Step(state=S.SIGNED, send=True),
    (S.SENT, LOST): Step(state=S.DROPPED, send=True),
    (S.DROPPED, LOST): Step(state=S.DROPPED, send=True),
    (S.MINED, LOST): Step(state=S.REORGANISED, send=True),
    (S.REORGANISED, LOST): Step(state=S.REORGANISED, send=True),
    (S.SIGNED, WAITING): Step(state=S.SENT),
    (S.SENT, WAITING): Step(state=S.SENT),
    (S.DROPPED, WAITING): Step(state=S.SENT),
    (S.MINED, WAITING): Step(state=S.SENT),
    (S.REORGANISED, WAITING): Step(state=S.SENT),
}
DEAD = (S.PREPARED, S.FINAL, S.REPLACED, S.NEEDS_ATTENTION)


@pytest.mark.parametrize(("state", "seen"), TABLE, ids=str)
def test_transition_follows_the_table(state: AnchorState, seen: Observation) -> None:
    assert transition(state, seen) == TABLE[state, seen]


def test_table_holds_every_pair_that_can_move() -> None:
    assert {state for state, _ in TABLE} | set(DEAD) == set(AnchorState)
    assert len(TABLE) == len(OBSERVATIONS) * (len(AnchorState) - len(DEAD))


@pytest.mark.parametrize("state", DEAD)
@pytest.mark.parametrize("seen", OBSERVATIONS, ids=str)
def test_transition_of_a_state_that_cannot_move_is_refused(state: AnchorState, seen: Observation) -> None:
    with pytest.raises(ValueError, match=state):
        transition(state, seen)


@pytest.mark.parametrize(
    ("leaf_index", "expected"),
    [
        (None, StatementState.RECEIVED),
        (0, StatementState.FINAL),
        (4, StatementState.FINAL),
        (5, StatementState.ANCHORED),
        (7, StatementState.ANCHORED),
        (8, StatementState.SEQUENCED),
    ],
)
def test_statement_state_is_derived_from_sizes(leaf_index: int | None, expected: StatementState) -> None:
    assert statement_state(leaf_index=leaf_index, anchored_size=8, final_size=5) is expected


@given(st.one_of(st.none(), st.integers(0, 20)), st.integers(0, 20), st.integers(0, 20))
def test_statement_is_never_shown_further_than_the_contract(leaf_index: int | None, one: int, other: int) -> None:
    final, anchored = sorted((one, other))
    shown = statement_state(leaf_index=leaf_index, anchored_size=anchored, final_size=final)

    assert (shown is StatementState.FINAL) == (leaf_index is not None and leaf_index < final)
    assert (shown in {StatementState.ANCHORED, StatementState.FINAL}) == (
        leaf_index is not None and leaf_index < anchored
    )


@pytest.mark.parametrize("text", ["instant", "tag", "depth:1", "depth:12", "depth:10000"])
def test_finality_is_read_and_written(text: str) -> None:
    assert render_finality(parse_finality(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "depth", "depth:", "depth:0", "depth:-1", "depth:10001", "depth:１", "finalized", "Instant", "depth: 3"],
)
def test_unknown_finality_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse_finality(text)


@pytest.mark.parametrize("number", ["012", "0000019999999", "000001" + "0" * 5000])
def test_depth_with_leading_zeros_is_malformed(number: str) -> None:
    with pytest.raises(Malformed):
        parse_finality(f"depth:{number}")


def test_depth_is_a_number_of_blocks() -> None:
    assert parse_finality("depth:3") == Finality(kind="depth", depth=3)


PINNED = ChainIdentity(chain_id=1371103, genesis_hash="0x01", contract="0x02", code_sha256="03", log_id="0x04")


def test_same_identity_passes() -> None:
    verify_identity(pinned=PINNED, found=replace(PINNED))


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("chain_id", replace(PINNED, chain_id=1)),
        ("genesis_hash", replace(PINNED, genesis_hash="0xff")),
        ("contract", replace(PINNED, contract="0xff")),
        ("code_sha256", replace(PINNED, code_sha256="ff")),
        ("log_id", replace(PINNED, log_id="0xff")),
    ],
)
def test_identity_that_differs_in_one_field_is_named(field: str, other: ChainIdentity) -> None:
    with pytest.raises(WrongChain) as caught:
        verify_identity(pinned=PINNED, found=other)

    assert caught.value.field == field
    assert (caught.value.expected, caught.value.got) == (getattr(PINNED, field), getattr(other, field))
