"""Receipts: one spelling, every change noticed, and each check failing for its own reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchor import AnchoredCheckpoint
from ledger.canonical import canonical_bytes, encode_base64
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import Malformed
from ledger.merkle import RootHash, root_from_inclusion_proof
from ledger.proof_file import TlogProof, render_tlog_proof
from ledger.receipt import (
    Receipt,
    make_receipt,
    parse_receipt,
    redact_receipt,
    render_receipt,
    verify_receipt,
)
from ledger.receipt.form import MAX_ANCHORS, MAX_DISCLOSURES, MAX_RECEIPT_BYTES
from ledger.trust import Evidence, Trust, TrustedKey
from ledger.verdict import Colour, Outcome, Report, Verdict, words_of
from tests.fakes import IDENTITY, OUTAGES, FakeChain, Fault
from tests.receipts import (
    FIELDS,
    FILE_SHA256,
    ORIGIN,
    World,
    disclose,
    make_world,
    moved,
    signer,
    state,
    trust_in,
)

WORLD = make_world()
RECEIPT = WORLD.receipt(4)
DATA = render_receipt(RECEIPT)

OTHER_SHA256 = "0" * 64


@pytest.fixture
def world() -> World:
    """A world of one's own, whose chain a test may spoil."""
    return make_world()


def check(
    data: bytes = DATA,
    *,
    trust: Trust | None = WORLD.trust,
    reader: FakeChain | None = WORLD.chain,
    file: str | None = FILE_SHA256,
    newer: bool | None = None,
) -> Report:
    return verify_receipt(data, trust=trust, reader=reader, file_sha256=file, newer=newer)


def outcomes(report: Report) -> str:
    """One letter a check, in order: p, f, n or u."""
    return "".join(check.outcome.value[0] for check in report.checks)


def with_member(name: str, value: object) -> bytes:
    return canonical_bytes(json.loads(DATA) | {name: value}) + b"\n"


# ------------------------------------------------------------------------------------------------------------- form


def test_receipt_reads_what_it_writes() -> None:
    assert parse_receipt(DATA) == RECEIPT


def test_receipt_is_written_as_published() -> None:
    members = json.loads(DATA)
    assert list(members) == ["anchors", "approvals", "disclosures", "format", "proof", "record_no", "statement"]
    assert members["format"] == "legal-ledger/receipt/v1"
    assert members["record_no"] == RECEIPT.record_no
    assert members["statement"].encode() == WORLD.statements[4]
    assert members["disclosures"] == [item.encoded for item in WORLD.disclosures[4]]
    assert members["proof"].startswith("c2sp.org/tlog-proof@v1\nextra ")
    assert f"\nindex 4\n{encode_base64(RECEIPT.proof.hashes[0])}\n" in members["proof"]
    assert members["proof"].endswith("\n\n" + WORLD.note(12))
    assert members["anchors"] == [
        {
            "block_hash": WORLD.hint(12).block_hash,
            "block_number": 5,
            "chain_id": 1371103,
            "checkpoint_index": 3,
            "contract": IDENTITY.contract,
            "log_id": IDENTITY.log_id,
            "transaction_hash": WORLD.hint(12).transaction_hash,
        }
    ]
    assert members["approvals"] == []


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(DATA[:-1], id="no newline"),
        pytest.param(DATA + b"\n", id="two newlines"),
        pytest.param(b"\xef\xbb\xbf" + DATA, id="byte order mark"),
        pytest.param(b" " + DATA, id="white space"),
        pytest.param(json.dumps(json.loads(DATA), indent=1).encode() + b"\n", id="laid out"),
        pytest.param(json.dumps(json.loads(DATA), ensure_ascii=True).encode() + b"\n", id="spaces after separators"),
        pytest.param(
            canonical_bytes(dict(reversed(json.loads(DATA).items())))[:-1] + b',"note":""}\n', id="extra member"
        ),
        pytest.param(b"{" + DATA[1:].replace(b'"approvals":[],', b"", 1), id="missing member"),
        pytest.param(DATA.replace(b'"approvals":[],', b'"approvals":[],"approvals":[],', 1), id="member twice"),
        pytest.param(with_member("approvals", [{"by": "nobody"}]), id="approval"),
        pytest.param(with_member("format", "legal-ledger/receipt/v2"), id="other version"),
        pytest.param(with_member("record_no", WORLD.receipt(5).record_no), id="number of another record"),
        pytest.param(with_member("record_no", RECEIPT.record_no.lower()), id="number in lower case"),
        pytest.param(with_member("statement", 7), id="statement no text"),
        pytest.param(with_member("statement", RECEIPT.statement.decode() + " "), id="statement not canonical"),
        pytest.param(with_member("disclosures", "x"), id="disclosures no array"),
        pytest.param(with_member("disclosures", [1]), id="disclosure no text"),
        pytest.param(with_member("disclosures", ["WyJ4Il0"]), id="disclosure malformed"),
        pytest.param(with_member("disclosures", ["x"] * (MAX_DISCLOSURES + 1)), id="too many disclosures"),
        pytest.param(with_member("proof", WORLD.note(12)), id="proof without header"),
        pytest.param(with_member("proof", render_tlog_proof(WORLD.proof(4, 12))), id="no checksum"),
        pytest.param(with_member("anchors", {}), id="anchors no array"),
        pytest.param(with_member("anchors", ["0x"]), id="anchor no object"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[]\n", id="array"),
        pytest.param(b"{}\n", id="no member"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b'"' + b"x" * MAX_RECEIPT_BYTES + b'"', id="too large"),
    ],
)
def test_receipt_of_another_form_is_refused(data: bytes) -> None:
    assert data != DATA
    with pytest.raises(Malformed):
        parse_receipt(data)
    report = check(data)
    assert report.verdict is Verdict.BAD_INPUT
    assert outcomes(report) == "fnnnnnnnnnn"
    assert report.checks[0].facts["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chain_id", -1),
        ("checkpoint_index", 2**53),
        ("block_number", -1),
        ("contract", "0x12"),
        ("log_id", "1d" * 32),
        ("transaction_hash", "0x" + "AA" * 32),
        ("block_hash", ""),
    ],
)
def test_anchor_of_another_form_is_refused(name: str, value: object) -> None:
    with pytest.raises(Malformed, match=name):
        replace(WORLD.hint(12), **{name: value})  # type: ignore[arg-type]


def test_receipt_with_too_many_anchors_is_refused() -> None:
    with pytest.raises(Malformed, match="more disclosures or anchors"):
        make_receipt(
            statement=RECEIPT.statement,
            disclosures=(),
            proof=RECEIPT.proof,
            anchors=[WORLD.hint(12)] * (MAX_ANCHORS + 1),
        )


def test_receipt_too_large_to_be_read_is_not_written() -> None:
    fields = {f"text{number}": "x" * 700_000 for number in range(5)}
    shown = disclose(fields)
    statement = state(shown, number=5)
    with pytest.raises(Malformed, match="at most"):
        render_receipt(make_receipt(statement=statement, disclosures=shown, proof=RECEIPT.proof))


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_receipt_parser_raises_only_malformed_for_garbage(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_receipt(data)


@given(
    st.fixed_dictionaries(
        {
            name: st.just(json.loads(DATA)[name])
            | st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9), st.lists, max_leaves=4)
            for name in json.loads(DATA)
        }
    )
)
def test_receipt_of_strange_members_never_breaks_the_check(members: dict[str, Any]) -> None:
    data = canonical_bytes(members) + b"\n"
    assert check(data).verdict is (Verdict.VERIFIED if data == DATA else Verdict.BAD_INPUT)


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


# --------------------------------------------------------------------------------------- what could not be checked


def test_receipt_without_trust_and_chain_is_grey() -> None:
    report = check(trust=None, reader=None)
    assert outcomes(report) == "pppnpnnnnpn"
    assert report.verdict is Verdict.CHAIN_UNREACHABLE


def test_receipt_without_chain_is_grey() -> None:
    report = check(reader=None)
    assert outcomes(report) == "pppppnnnnpn"
    assert report.verdict is Verdict.CHAIN_UNREACHABLE


def test_chain_is_not_asked_without_a_trust_file(world: World) -> None:
    report = check(trust=None, reader=world.chain)
    assert report.verdict is Verdict.CHAIN_UNREACHABLE
    assert world.chain.calls == []


def test_chain_is_not_asked_about_a_receipt_that_does_not_hold_together(world: World) -> None:
    check(render_receipt(replace(RECEIPT, disclosures=())), reader=world.chain)
    assert world.chain.calls == []


@pytest.mark.parametrize("fault", sorted(OUTAGES))
@pytest.mark.parametrize("lag", [1, 2, 3, 5, 6])
def test_outage_is_never_red_and_green_returns_after_it(world: World, fault: Fault, lag: int) -> None:
    world.chain.faults, world.chain.lag = {fault}, lag
    during = check(reader=world.chain).verdict
    assert words_of(during).colour is not Colour.RED
    if fault not in {Fault.NO_HEAD, Fault.LAGGING, Fault.TORN}:  # these hide nothing that an anchored receipt needs
        assert during is Verdict.CHAIN_UNREACHABLE
    world.chain.faults.clear()
    assert check(reader=world.chain).verdict is Verdict.VERIFIED


@pytest.mark.parametrize("fault", sorted(OUTAGES))
def test_outage_over_a_rewritten_chain_is_never_green(world: World, fault: Fault) -> None:
    world.chain.faults = {fault, Fault.REWRITTEN}
    world.chain.lag = 3
    seen_all_the_same = fault is Fault.NO_REVOCATION
    expected = Verdict.LEDGER_MISMATCH if seen_all_the_same else Verdict.CHAIN_UNREACHABLE
    assert check(reader=world.chain).verdict is expected


def test_another_file_during_an_outage_is_different(world: World) -> None:
    world.chain.faults = {Fault.UNREACHABLE}
    assert check(reader=world.chain, file=OTHER_SHA256).verdict is Verdict.DIFFERENT


# ------------------------------------------------------------------------------------------------------- any change


def _flipped(at: int, bit: int) -> bytes:
    data = bytearray(DATA)
    data[at] ^= 1 << bit
    return bytes(data)


def test_receipt_with_any_byte_changed_is_refused(seed: int) -> None:
    draw = Random(seed)
    allowed = {Verdict.BAD_INPUT, Verdict.RECEIPT_INVALID}
    green = [at for at in range(len(DATA)) if check(_flipped(at, draw.randrange(8))).verdict not in allowed]
    assert not green


@pytest.mark.full
def test_receipt_with_any_bit_changed_is_refused() -> None:
    allowed = {Verdict.BAD_INPUT, Verdict.RECEIPT_INVALID}
    changes = ((at, bit) for at in range(len(DATA)) for bit in range(8))
    assert not [place for place in changes if check(_flipped(*place)).verdict not in allowed]


@given(at=st.integers(0, len(DATA) - 1), length=st.integers(0, 60), put=st.binary(max_size=60))
def test_receipt_with_any_piece_replaced_is_never_green(at: int, length: int, put: bytes) -> None:
    data = DATA[:at] + put + DATA[at + length :]
    verdict = check(data).verdict
    assert verdict is Verdict.VERIFIED if data == DATA else verdict in {Verdict.BAD_INPUT, Verdict.RECEIPT_INVALID}


@pytest.mark.parametrize("size", WORLD.sizes)
def test_receipts_with_parts_swapped_are_never_green(size: int) -> None:
    """Statement, disclosures, proof and note each from another honest receipt."""
    here = WORLD.receipt(2, size)
    for other in (WORLD.receipt(3, size), WORLD.receipt(2, 5 if size != 5 else 12)):
        for part in ("statement", "disclosures", "proof", "note", "hashes"):
            mixed = _mixed(here, other, part)
            if mixed == here:
                continue  # the same record at another size shares statement and disclosures
            verdict = check(render_receipt(mixed)).verdict
            whole = part == "proof" and other.statement == here.statement
            assert verdict is (Verdict.VERIFIED if whole else Verdict.RECEIPT_INVALID)


def _mixed(here: Receipt, other: Receipt, part: str) -> Receipt:
    proof = here.proof
    if part == "proof":
        proof = other.proof
    elif part == "note":
        proof = replace(proof, note=other.proof.note)
    elif part == "hashes":
        proof = replace(proof, hashes=other.proof.hashes)
    return make_receipt(
        statement=other.statement if part == "statement" else here.statement,
        disclosures=other.disclosures if part == "disclosures" else here.disclosures,
        proof=proof,
        anchors=here.anchors,
    )


def test_signature_of_an_unknown_witness_is_ignored_but_cannot_be_damaged_unseen() -> None:
    note = WORLD.note(12) + "\u2014 witness.example.org " + encode_base64(bytes(76)) + "\n"
    proof = replace(RECEIPT.proof, note=note)
    receipt = make_receipt(statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=proof)
    data = render_receipt(receipt)
    assert check(data).verdict is Verdict.VERIFIED
    damaged = data.replace(b"AAAAAAAAAAAAAAAA==", b"BAAAAAAAAAAAAAAA==")
    assert damaged != data
    assert check(damaged).verdict is Verdict.BAD_INPUT


@pytest.mark.parametrize("name", ["transaction_hash", "block_hash"])
def test_signpost_damaged_is_noticed(name: str) -> None:
    members = json.loads(DATA)
    members["anchors"][0][name] = "0x" + "0" * 64
    assert check(canonical_bytes(members) + b"\n").verdict is Verdict.BAD_INPUT


def test_signpost_replaced_on_purpose_changes_nothing_that_is_believed() -> None:
    hint = replace(WORLD.hint(12), transaction_hash="0x" + "0" * 64, block_number=1, checkpoint_index=0)
    receipt = make_receipt(
        statement=RECEIPT.statement, disclosures=RECEIPT.disclosures, proof=RECEIPT.proof, anchors=[hint]
    )
    assert check(render_receipt(receipt)).facts == check().facts


# -------------------------------------------------------------------------------------------------------- redaction


def names(receipt: Receipt) -> list[str]:
    return [item.name for item in receipt.disclosures]


def test_redacted_receipt_keeps_what_is_named_and_what_is_required() -> None:
    assert names(redact_receipt(RECEIPT, {"title"})) == ["title", "sha256", "amount_fen"]


@given(st.sets(st.sampled_from(list(FIELDS))))
def test_redacted_receipt_proves_the_same(keep: set[str]) -> None:
    redacted = redact_receipt(RECEIPT, keep)
    data = render_receipt(redacted)
    assert set(names(redacted)) == keep | {"sha256", "amount_fen"}
    assert check(data).verdict is Verdict.VERIFIED
    assert redact_receipt(redacted, keep) == redacted
    withheld = [item for item in RECEIPT.disclosures if item not in redacted.disclosures]
    assert not [item.name for item in withheld if item.encoded.encode() in data]


def test_redaction_refuses_a_name_that_is_not_there() -> None:
    with pytest.raises(Malformed, match="'tilte' is not disclosed"):
        redact_receipt(RECEIPT, {"tilte"})
