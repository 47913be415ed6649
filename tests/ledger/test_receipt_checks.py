"""The eleven checks: what an untouched receipt shows, and each check failing for its own reason alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger.anchor import AnchoredCheckpoint
from ledger.canonical import encode_base64
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.merkle import RootHash, root_from_inclusion_proof
from ledger.proof_file import TlogProof
from ledger.receipt import (
    make_receipt,
    render_receipt,
)
from ledger.trust import Evidence, TrustedKey
from ledger.verdict import Outcome, Verdict
from tests.fakes import IDENTITY, FakeChain, Fault
from tests.receipts import (
    FIELDS,
    FILE_SHA256,
    ORIGIN,
    OTHER_SHA256,
    RECEIPT,
    WORLD,
    World,
    check,
    disclose,
    make_world,
    moved,
    outcomes,
    signer,
    state,
    trust_in,
)

# ------------------------------------------------------------------------------------------------------------ green


def test_receipt_untouched_is_verified() -> None:
    report = check(newer=False)
    assert outcomes(report) == "ppppppppppp"
    assert report.verdict is Verdict.VERIFIED
    assert not report.test_network


@pytest.mark.parametrize("size", WORLD.sizes)
def test_every_leaf_at_every_checkpoint_is_verified(size: int) -> None:
    for index in range(size):
        assert check(render_receipt(WORLD.receipt(index, size))).verdict is Verdict.VERIFIED


def test_receipt_without_a_file_is_verified_and_says_so() -> None:
    report = check(file=None)
    assert outcomes(report) == "pppppppppnn"
    assert report.verdict is Verdict.VERIFIED


def test_receipt_without_anchors_is_verified() -> None:
    receipt = make_receipt(
        statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=RECEIPT.proof, anchors=[]
    )
    assert check(render_receipt(receipt)).verdict is Verdict.VERIFIED


def test_report_takes_time_and_place_from_the_contract() -> None:
    facts = check().facts
    anchored = WORLD.chain.checkpoints[3][1]
    assert facts == {
        "record_no": RECEIPT.record_no,
        "statement_id": RECEIPT.record.id,
        "institution": "LS-UNION",
        "type": "document.filed",
        "version": 1,
        "stream": RECEIPT.record.stream,
        "stream_seq": 5,
        "recorded_at": "2026-07-20T01:30:00.000Z",
        "commitment": WORLD.commitment(4).hex(),
        "origin": ORIGIN,
        "leaf_index": 4,
        "size": 12,
        "root": RECEIPT.checkpoint.root.hex(),
        "anchored_at": "2026-07-20T01:14:20.000Z",
        "block_number": anchored.block_number,
        "checkpoint_index": 3,
    }


def test_contract_with_an_impossible_time_gives_no_time(world: World) -> None:
    root, anchored = world.chain.checkpoints[3]
    world.chain.checkpoints[3] = (root, replace(anchored, time=2**40 - 1))
    report = check(reader=world.chain)
    assert report.verdict is Verdict.VERIFIED
    assert report.facts["anchored_at"] is None


def test_unwitnessed_chain_is_labelled_a_test_network() -> None:
    assert check(trust=trust_in(evidence=Evidence.NONE)).test_network


def test_result_without_a_trust_file_is_labelled_a_test_network() -> None:
    assert check(trust=None).test_network


# ------------------------------------------------------------------------------------------------- one check, one cause


def test_check_2_fails_for_a_disclosure_of_another_statement() -> None:
    receipt = replace(RECEIPT, disclosures=(*RECEIPT.disclosures[:-1], WORLD.disclosures[3][-1]))
    report = check(render_receipt(receipt))
    assert outcomes(report) == "pfpppnnnnnn"
    assert report.verdict is Verdict.RECEIPT_INVALID


def test_check_2_fails_for_a_changed_value_with_the_same_salt() -> None:
    changed = disclose(FIELDS | {"amount_fen": 1}, seed=4)
    report = check(render_receipt(replace(RECEIPT, disclosures=changed)))
    assert outcomes(report) == "pfpppnnnnnn"


def test_check_2_fails_for_a_disclosure_twice() -> None:
    receipt = replace(RECEIPT, disclosures=(*RECEIPT.disclosures, RECEIPT.disclosures[0]))
    assert outcomes(check(render_receipt(receipt))) == "pfpppnnnnnn"


@pytest.mark.parametrize("name", ["sha256", "amount_fen"])
def test_check_2_fails_without_a_required_disclosure(name: str) -> None:
    receipt = replace(RECEIPT, disclosures=tuple(item for item in RECEIPT.disclosures if item.name != name))
    report = check(render_receipt(receipt))
    assert outcomes(report) == "pfpppnnnnnn"
    assert report.verdict is Verdict.RECEIPT_INVALID


def test_check_4_fails_for_a_key_that_is_not_trusted() -> None:
    report = check(trust=trust_in(key=signer(2)))
    assert outcomes(report) == "pppfpnnnnpn"
    assert report.verdict is Verdict.RECEIPT_INVALID


def test_check_4_fails_for_a_key_whose_time_is_over() -> None:
    retired = replace(WORLD.trust, keys=(TrustedKey(vkey=signer().vkey, until_size=11),))
    assert outcomes(check(trust=retired)) == "pppfpnnnnpn"


def test_check_4_fails_for_another_log_of_the_same_key_holder() -> None:
    other = signer(name="demo.example.org/1")
    checkpoint = Checkpoint(origin="demo.example.org/1", size=12, root=RECEIPT.checkpoint.root)
    proof = replace(RECEIPT.proof, note=sign_checkpoint(checkpoint, other))
    data = render_receipt(make_receipt(statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=proof))
    assert outcomes(check(data)) == "pppfpnnnnpn"


def test_check_4_fails_for_a_bad_signature_under_a_trusted_name() -> None:
    note = WORLD.note(12).replace(WORLD.note(12).split("\n")[2], encode_base64(bytes(32)))
    proof = replace(RECEIPT.proof, note=note)
    data = render_receipt(make_receipt(statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=proof))
    assert outcomes(check(data)) == "pppffnnnnpn"


def test_check_5_fails_for_the_statement_of_another_leaf() -> None:
    report = check(
        render_receipt(
            make_receipt(statement=WORLD.statements[3], disclosures=WORLD.disclosures[3], proof=RECEIPT.proof)
        )
    )
    assert outcomes(report) == "ppppfnnnnpn"
    assert report.verdict is Verdict.RECEIPT_INVALID


def test_check_5_fails_for_a_statement_that_was_never_in_the_log() -> None:
    shown = disclose(FIELDS | {"amount_fen": 1}, seed=4)
    receipt = make_receipt(statement=state(shown, number=5), disclosures=shown, proof=RECEIPT.proof)
    assert outcomes(check(render_receipt(receipt))) == "ppppfnnnnpn"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda proof: replace(proof, index=proof.index + 1), id="next index"),
        pytest.param(lambda proof: replace(proof, index=12), id="index outside"),
        pytest.param(lambda proof: replace(proof, hashes=proof.hashes[:-1]), id="hash missing"),
        pytest.param(lambda proof: replace(proof, hashes=(*proof.hashes, bytes(32))), id="hash too many"),
        pytest.param(lambda proof: replace(proof, hashes=proof.hashes[::-1]), id="hashes reversed"),
        pytest.param(lambda proof: replace(proof, hashes=()), id="no hash"),
    ],
)
def test_check_5_fails_for_a_changed_proof(change: Callable[[TlogProof], TlogProof]) -> None:
    proof = change(RECEIPT.proof)
    data = render_receipt(make_receipt(statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=proof))
    assert outcomes(check(data)) == "ppppfnnnnpn"


def test_check_5_fails_for_any_other_index() -> None:
    for size in WORLD.sizes:
        for index in range(size):
            receipt = WORLD.receipt(index, size)
            for other in set(range(size + 4)) - {index}:
                proof = replace(receipt.proof, index=other)
                changed = make_receipt(statement=receipt.statement, disclosures=receipt.disclosures, proof=proof)
                assert outcomes(check(render_receipt(changed)))[4] == "f"


def test_proof_that_leads_to_the_same_root_under_other_numbers_is_never_green() -> None:
    """Leaf 5 of 8 and leaf 9 of 12 have the same path: only a signed and anchored size tells them apart."""
    honest = WORLD.receipt(5, 8)
    root = RootHash(honest.checkpoint.root)
    leaf = bytes.fromhex(str(check(render_receipt(honest)).checks[2].facts["leaf"]))
    claimed = root_from_inclusion_proof(index=9, size=12, leaf=leaf, proof=honest.proof.hashes)  # type: ignore[arg-type]
    assert claimed == root, "the two are one and the same climb"

    forged = replace(honest.proof, index=9, note=WORLD.note(12))
    for proof in (forged, replace(forged, note=honest.proof.note)):
        data = render_receipt(make_receipt(statement=honest.statement, disclosures=honest.disclosures, proof=proof))
        assert check(data).verdict is Verdict.RECEIPT_INVALID


def test_operator_who_signs_a_root_under_a_false_size_is_caught_by_the_contract() -> None:
    honest = WORLD.receipt(5, 8)
    lie = sign_checkpoint(Checkpoint(origin=ORIGIN, size=12, root=honest.checkpoint.root), WORLD.signer)
    proof = replace(honest.proof, index=9, note=lie)
    data = render_receipt(make_receipt(statement=honest.statement, disclosures=honest.disclosures, proof=proof))
    report = check(data)
    assert outcomes(report) == "ppppppfnppn"
    assert report.verdict is Verdict.LEDGER_MISMATCH
    assert report.checks[6].facts["note"] == lie


def test_check_6_fails_on_another_chain(world: World) -> None:
    world.chain.faults = {Fault.OTHER_CHAIN}
    report = check(reader=world.chain)
    assert outcomes(report) == "pppppfnnnpn"
    assert report.verdict is Verdict.WRONG_CHAIN
    assert "genesis_hash" in str(report.checks[5].facts["detail"])


def test_check_6_fails_on_another_code(world: World) -> None:
    world.chain.faults = {Fault.OTHER_CODE}
    assert outcomes(check(reader=world.chain)) == "pppppfnnnpn"


def test_check_6_failing_asks_the_chain_nothing_about_the_record(world: World) -> None:
    world.chain.faults = {Fault.OTHER_CHAIN}
    check(reader=world.chain)
    assert world.chain.calls == ["identity"]


@pytest.mark.parametrize("field", ["chain_id", "contract", "log_id"])
def test_check_6_fails_for_a_receipt_that_names_no_trusted_network(field: str) -> None:
    other = {"chain_id": 1, "contract": "0x" + "11" * 20, "log_id": "0x" + "22" * 32}
    hint = replace(WORLD.hint(12), **{field: other[field]})  # type: ignore[arg-type]
    receipt = make_receipt(
        statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=RECEIPT.proof, anchors=[hint]
    )
    report = check(render_receipt(receipt))
    assert outcomes(report) == "pppppfnnnpn"
    assert report.verdict is Verdict.WRONG_CHAIN


def test_check_6_fails_without_a_trusted_network_for_the_size() -> None:
    later = replace(WORLD.trust, anchors=(replace(WORLD.trust.anchors[0], from_size=13),))
    assert check(trust=later).verdict is Verdict.WRONG_CHAIN


def test_receipt_is_verified_on_either_chain_at_the_size_of_a_move(world: World) -> None:
    elsewhere = replace(IDENTITY, chain_id=7, contract="0x" + "77" * 20)
    new = FakeChain(identity_=elsewhere)
    new.append(12, world.chain.checkpoints[-1][0])
    trust = moved(world.trust, 12, elsewhere)
    for reader in (world.chain, new):
        assert check(trust=trust, reader=reader).verdict is Verdict.VERIFIED


def test_receipt_from_before_a_move_is_not_sought_on_the_new_chain(world: World) -> None:
    elsewhere = replace(IDENTITY, chain_id=7, contract="0x" + "77" * 20)
    trust = moved(world.trust, 12, elsewhere)
    report = check(render_receipt(world.receipt(4, 9)), trust=trust, reader=FakeChain(identity_=elsewhere))
    assert report.verdict is Verdict.WRONG_CHAIN


def test_check_7_fails_on_a_chain_rebuilt_with_another_history(world: World) -> None:
    world.chain.faults = {Fault.REWRITTEN}
    report = check(reader=world.chain)
    assert outcomes(report) == "ppppppfnppn"
    assert report.verdict is Verdict.LEDGER_MISMATCH
    assert report.checks[6].facts["note"] == WORLD.note(12)


def test_check_7_fails_only_once_the_contradiction_is_final(world: World) -> None:
    chain = FakeChain(depth=2)
    chain.append(12, bytes(32))
    verdicts = []
    for _ in range(3):
        verdicts.append(check(reader=chain).verdict)
        chain.mine()
    assert verdicts == [Verdict.CHAIN_UNREACHABLE, Verdict.CHAIN_UNREACHABLE, Verdict.LEDGER_MISMATCH]


def test_check_7_under_another_size_fails_only_once_final(world: World) -> None:
    chain = FakeChain(depth=2)
    chain.append(11, RECEIPT.checkpoint.root)
    assert check(reader=chain).verdict is Verdict.CHAIN_UNREACHABLE
    chain.mine(2)
    assert check(reader=chain).verdict is Verdict.LEDGER_MISMATCH


def test_check_7_is_unavailable_while_the_node_is_behind_the_receipt() -> None:
    chain = FakeChain()
    chain.append(9, WORLD.chain.checkpoints[2][0])
    report = check(reader=chain)
    assert outcomes(report) == "ppppppunppn"
    assert report.verdict is Verdict.CHAIN_UNREACHABLE


def test_check_7_is_unavailable_on_an_empty_log() -> None:
    assert check(reader=FakeChain()).verdict is Verdict.CHAIN_UNREACHABLE


def test_checkpoint_that_arrives_during_the_check_is_no_contradiction(world: World) -> None:
    class Late(FakeChain):
        def checkpoint(self, root: bytes) -> AnchoredCheckpoint | None:
            first = "checkpoint" not in self.calls
            found = super().checkpoint(root)
            return None if first else found

    late = Late(checkpoints=world.chain.checkpoints, block=world.chain.block)
    report = check(reader=late)
    assert outcomes(report) == "ppppppunppn"
    assert report.verdict is Verdict.CHAIN_UNREACHABLE


def test_check_8_fails_until_the_block_is_final(world: World) -> None:
    chain = FakeChain(depth=2)
    for root, anchored in world.chain.checkpoints:
        chain.append(anchored.size, root)
    verdicts = []
    for _ in range(3):
        verdicts.append(check(reader=chain).verdict)
        chain.mine()
    assert verdicts == [Verdict.VERIFIED_NOT_FINAL, Verdict.VERIFIED_NOT_FINAL, Verdict.VERIFIED]


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        (1, Verdict.REVOKED),
        (2, Verdict.SUPERSEDED),
        (3, Verdict.REVOKED),
        (4, Verdict.REVOKED),
        (5, Verdict.REVOKED),
    ],
)
def test_check_9_fails_for_a_revoked_statement(world: World, reason: int, verdict: Verdict) -> None:
    world.chain.revoke(world.commitment(4), reason)
    report = check(reader=world.chain)
    assert outcomes(report) == "ppppppppfpn"
    assert report.verdict is verdict
    assert report.checks[8].facts == {"reason": reason, "revoked_at": "2026-07-20T01:14:56.000Z"}


def test_check_9_passes_when_another_statement_is_revoked(world: World) -> None:
    world.chain.revoke(world.commitment(3), 1)
    assert check(reader=world.chain).verdict is Verdict.VERIFIED


def test_check_10_fails_for_another_file() -> None:
    report = check(file=OTHER_SHA256)
    assert outcomes(report) == "pppppppppfn"
    assert report.verdict is Verdict.DIFFERENT


def test_check_10_fails_without_any_chain() -> None:
    assert check(file=OTHER_SHA256, reader=None).verdict is Verdict.DIFFERENT


@pytest.mark.parametrize("fields", [{"title": "无文件"}, {"sha256": 7}, {"sha256": "FF" * 32}, {"sha256": None}])
def test_check_10_is_unavailable_without_a_digest_to_compare(fields: dict[str, Any]) -> None:
    shown = disclose(fields)
    receipt = make_receipt(statement=state(shown, number=5), disclosures=shown, proof=RECEIPT.proof)
    report = check(render_receipt(receipt))
    assert report.checks[9].outcome is Outcome.UNAVAILABLE


def test_file_beside_a_receipt_that_names_no_file_is_never_green() -> None:
    world = make_world((1,), fields={"title": "立案登记"})
    data = render_receipt(world.receipt(0))
    assert check(data, reader=world.chain, file=None).verdict is Verdict.VERIFIED
    assert check(data, reader=world.chain).verdict is Verdict.BAD_INPUT


@pytest.mark.parametrize("file", ["", FILE_SHA256.upper(), FILE_SHA256[:-1], "0x" + FILE_SHA256])
def test_digest_of_another_form_is_an_error_of_the_caller(file: str) -> None:
    with pytest.raises(ValueError, match="64 lower-case hex"):
        check(file=file)


def test_check_11_fails_when_a_newer_version_is_known() -> None:
    report = check(newer=True)
    assert outcomes(report) == "ppppppppppf"
    assert report.verdict is Verdict.SUPERSEDED
